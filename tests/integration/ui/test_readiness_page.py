"""The readiness page in a real browser: what it shows, and its filters."""

from pathlib import Path
from typing import Any

from akeneo_assets.assets.readiness_page import readiness_page
from akeneo_assets.readiness.shop_judgement import EFFECTS

FIGURES: dict[str, Any] = {
    "load": "monday",
    "poll_start": "2026-06-01T10:00:00+02:00",
    "judged": "2026-06-01T08:30:00+00:00",
    "sites": [{"id": "Web", "locales": ["en-US", "fr-FR"]}, {"id": "App", "locales": ["en-US"]}],
    "products": 3,
    "concerned": 2,
    "effects": {"can't be found": 1, "looks unfinished": 1},
    "reasons": dict.fromkeys(EFFECTS, 1),
    "new": 1,
    "solved": 0,
    "not_known": 0,
    "by_site": [{"site": "Web", "locale": "fr-FR", "reason": "no name", "objects": 1}],
    "not_judged": ["Stock is not judged."],
}


def row(id_: str, reason: str, effect: str, *, site: str = "Web", locale: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"site": site, "locale": locale, "kind": "product", "id": id_, "name": f"The {id_}", "master": None, "online": True}
    return told | {"reason": reason, "effect": effect, "detail": "a detail", "new": False} | more


ROWS = [
    row("TENT", "offline", "can't be found", site="App", online=False, new=True),
    row("MUG", "no name", "looks unfinished", locale="en-US"),
    row("MUG", "no name", "looks unfinished", locale="fr-FR"),
    row("MUG", "no image", "looks unfinished", site="App"),
]


def shown(tab: Any) -> list[str]:
    """The lines that the page shows: reason and locale."""
    lines = "[...document.querySelectorAll('tr[data-reason]')].filter(line => line.offsetParent)"
    text = str(tab.evaluate(f"{lines}.map(line => line.innerText).join('|')"))
    return [" ".join(line.split()) for line in text.split("|") if line]


def choose(tab: Any, name: str, value: str) -> None:
    what = f"checked = {value}" if value in ("true", "false") else f"value = {value!r}"
    tab.evaluate(f"document.getElementById('{name}').{what}; document.querySelector('form').dispatchEvent(new Event('input'))")


def test_the_page_needs_nothing_else_and_filters_by_site_locale_reason_and_words(tab: Any, tmp_path: Path) -> None:
    page = tmp_path / "readiness.html"
    page.write_text(readiness_page(ROWS, FIGURES), "utf-8")
    tab.open(page.as_uri())
    text = tab.wait_for("2 of 2 objects", "What is not judged")
    assert "up to the load monday (the PIM as it was on 2026-06-01 08:00 UTC), judged on 2026-06-01 08:30 UTC" in text
    everything = [
        "offline new can't be found App all locales a detail",
        "no name looks unfinished Web en-US, fr-FR a detail",
        "no image looks unfinished App all locales a detail",
    ]
    assert shown(tab) == everything
    for name, value, left in (
        ("locale", "fr-FR", everything),
        ("site", "App", [everything[0], everything[2]]),
        ("reason", "no name", [everything[1]]),
        ("effect", "can't be found", [everything[0]]),
    ):
        choose(tab, name, value)
        assert shown(tab) == left, name
        choose(tab, name, "")
    choose(tab, "online", "true")
    assert shown(tab) == everything[1:]
    choose(tab, "online", "false")
    choose(tab, "new", "true")
    assert shown(tab) == everything[:1]
    choose(tab, "new", "false")
    choose(tab, "text", "mug the")
    assert shown(tab) == everything[1:]
    assert "1 of 2 objects" in tab.text()
