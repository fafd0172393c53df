"""The page of what shoppers can't find or buy: an object a section, locales in one line, names as they are."""

from typing import Any

import pytest
from lxml import html

from akeneo_assets.assets import readiness_page as module
from akeneo_assets.assets.readiness_page import readiness_page
from akeneo_assets.readiness.shop_judgement import EFFECTS

FIGURES: dict[str, Any] = {
    "load": "monday",
    "poll_start": "2026-06-01T10:00:00+00:00",
    "judged": "2026-06-01T10:30:00+00:00",
    "sites": [{"id": "", "locales": ["en-US", "fr-FR"]}],
    "products": 1,
    "concerned": 1,
    "effects": {"looks unfinished": 1},
    "reasons": dict.fromkeys(EFFECTS, 1),
    "new": 0,
    "solved": 2,
    "not_known": 0,
    "by_site": [
        {"site": "", "locale": None, "reason": "no image", "objects": 7},
        {"site": "", "locale": "fr-FR", "reason": "no name", "objects": 1},
    ],
    "not_judged": ["Stock is not judged."],
}


def row(id_: str, locale: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"site": "", "locale": locale, "kind": "product", "id": id_, "name": "", "master": None, "online": True}
    return told | {"reason": "no name", "effect": "looks unfinished", "detail": "none", "new": False} | more


def page(*rows: dict[str, Any], **figures: Any) -> Any:
    return html.fromstring(readiness_page(rows, FIGURES | figures))


def test_what_differs_by_locale_alone_is_one_line() -> None:
    lines = page(row("TENT", "en-US"), row("TENT", "fr-FR"), row("TENT", "de-DE", detail="other")).xpath("//section/table/tr")
    assert [line.get("data-locale") for line in lines] == ["en-US fr-FR", "de-DE"]
    assert [line.xpath("string(td[3])") for line in lines] == ["en-US, fr-FR", "de-DE"]


def test_names_and_ids_are_shown_as_they_are() -> None:
    (section,) = page(row("<A&B>", name="<script>alert(1)</script>")).xpath("//section")
    assert "".join(section.find("h2").itertext()).split() == ["<script>alert(1)</script>", "<A&B>", "product"]


def test_the_table_counts_by_locale_and_reason() -> None:
    lines = page().xpath("//table[@id='places']/tr[position() > 1]")
    counted = [[cell.text or "" for cell in line.iterfind("td")] for line in lines]
    assert [[cells[0], *filter(None, cells[1:])] for cells in counted] == [["all locales", "7"], ["en-US"], ["fr-FR", "1"]]


def test_of_more_objects_than_a_browser_copes_with_the_gravest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_OBJECTS", 1)
    shown = page(row("A"), row("A", "fr-FR", detail="x"), row("B"), row("C"))
    assert len(shown.xpath("//section")) == 1
    assert "This page shows the 1 gravest; 2 more stand in the CSV and Excel files" in "".join(shown.itertext())


def test_what_is_known_in_part_only_is_said() -> None:
    assert "What SFCC has of 3 products is known in part only" in "".join(page(not_known=3).itertext())
    assert "known in part only" not in "".join(page().itertext())
