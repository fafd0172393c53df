"""The page of what shoppers can't find or buy: one HTML file that needs nothing else, to read and filter in a browser.

Belongs here: what stands together on the page. Doesn't: what is found (`akeneo_assets.readiness`), how it looks
(`readiness.html.jinja`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from akeneo_assets.assets.page_template import page_template
from akeneo_assets.readiness.shop_judgement import EFFECTS

PAGE_OBJECTS: Final = 2_000
"""Objects that a page shows, so that a browser copes; the table, CSV and Excel have all."""


@dataclass
class Shortcomings:
    """One object on the page with its reasons: rows of `tables.READINESS`, each with the `locales` where it holds (none: all)."""

    kind: str
    id: str
    name: str
    master: str | None
    lines: list[dict[str, Any]]


def readiness_page(problems: Iterable[dict[str, Any]], figures: Mapping[str, Any]) -> str:
    """The page. `problems`: rows of `tables.READINESS`, those of one object together; `figures`: those of `readiness_tables`."""
    shown: list[Shortcomings] = []
    left_out = 0
    for (kind, id_), lines in groupby(problems, key=lambda row: (row["kind"], row["id"])):
        if len(shown) == PAGE_OBJECTS:
            left_out += 1
            continue
        of_object = list(lines)
        shown.append(Shortcomings(kind, id_, of_object[0]["name"], of_object[0]["master"], _joined(of_object)))
    rows = [line for one in shown for line in one.lines]
    return page_template("readiness.html.jinja", moment=_moment).render(
        figures=figures,
        objects=shown,
        left_out=left_out,
        effects=[effect for effect in dict.fromkeys(EFFECTS.values()) if any(row["effect"] == effect for row in rows)],
        reasons=[reason for reason in EFFECTS if any(row["reason"] == reason for row in rows)],
        all_reasons=EFFECTS,
        sites=[site["id"] for site in figures["sites"] if site["id"]],
        locales=sorted({locale for site in figures["sites"] for locale in site["locales"]}),
        kinds=sorted({row["kind"] for row in rows}),
        table=_by_place(figures),
    )


def _joined(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What differs in nothing but the locale in one line."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault((row["site"], row["reason"], row["detail"], row["new"]), row | {"locales": list[str]()})
        line["locales"] += filter(None, [row["locale"]])
    return list(lines.values())


def _moment(text: str) -> str:
    """A moment for people. Example: `2026-11-29T18:46:07+01:00` -> `2026-11-29 17:46 UTC`."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _by_place(figures: Mapping[str, Any]) -> list[tuple[str, str, dict[str, int]]]:
    """(site, locale, objects by reason) of each line of the page's table; what holds in all locales of a site stands first."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for site in figures["sites"]:
        for locale in ("", *site["locales"]):
            found[site["id"], locale] = {}
    for line in figures["by_site"]:
        found.setdefault((line["site"], line["locale"] or ""), {})[line["reason"]] = line["objects"]
    return [(site, locale or "all locales", counts) for (site, locale), counts in found.items()]
