"""The page of a plan: one HTML file that needs nothing else, for people who read and filter it in a browser.

Belongs here: what stands together on the page, and its pictures. Doesn't: what a plan says
(`akeneo_assets.loads.plan_difference`), how it looks (`plan.html.jinja`).
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, Final

from akeneo_assets.assets.page_template import page_template
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.plan_difference import plan_lines
from akeneo_assets.loads.record_files import read_records
from akeneo_assets.loads.window import Window
from sfcc_resources.record_types import OF_PRODUCTS
from sfcc_resources.records import FILE, PRODUCT

PAGE_OBJECTS: Final = 2_000
"""Objects that a page shows, so that a browser copes; the table has all."""
PICTURE_BYTES: Final = 60_000
PICTURES_BYTES: Final = 8_000_000
"""The largest picture that a page holds, and what all of them may take."""

_TYPES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass
class Card:
    """One object on the page; a product's prices, categories, links and recommendations stand on its card."""

    kind: str
    id: str
    name: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)  # file name -> data URI

    @property
    def actions(self) -> list[str]:
        """What becomes of it, each once."""
        return list(dict.fromkeys(line["action"] for line in self.lines))


def write_page(package: Package, window: Window, report: Report) -> None:
    """Write the page of a plan that has just been made, into its package."""
    found = cards(plan_lines(package))
    shown = list(found.values())[:PAGE_OBJECTS]
    _add_pictures(package, shown)
    lines = [line for card in shown for line in card.lines]
    document = page_template("plan.html.jinja").render(
        plan=package.name,
        window=window,
        report=report,
        cards=shown,
        left_out=len(found) - len(shown),
        actions=list(report["actions"]),
        kinds=sorted({line["type"] for line in lines}),
        locales=sorted({line["locale"] for line in lines if line["locale"]}),
        sites=sorted({line["site"] for line in lines if line["site"]}),
    )
    package.plan_page.write_text(document, "utf-8")


def cards(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Card]:
    """The objects of a plan's lines, those of one product together."""
    found: dict[tuple[str, str], Card] = {}
    for line in lines:
        kind = PRODUCT if line["type"] in OF_PRODUCTS else line["type"]
        card = found.setdefault((kind, line["id"]), Card(kind, line["id"]))
        card.name = card.name or line["name"] or ""
        action = f"retired: {line['policy']}" if line["policy"] else line["action"]
        card.lines.append(line | {"action": action})
    return found


def _add_pictures(package: Package, shown: Iterable[Card]) -> None:
    """Put small pictures of the store's media on the cards whose image groups change; of others the names stand there."""
    files = {
        PurePosixPath(record["id"]).name: record["source"] for _, record in read_records(package.records("product_files"), FILE)
    }
    left = PICTURES_BYTES
    for card in shown:
        for name in dict.fromkeys(chain.from_iterable(map(_image_names, card.lines))):
            path = package.store.root / files[name] if name in files else None
            media_type = _TYPES.get(PurePosixPath(name).suffix.lower())
            if path is None or media_type is None or not path.is_file() or path.stat().st_size > min(PICTURE_BYTES, left):
                continue
            left -= path.stat().st_size
            card.pictures[name] = f"data:{media_type};base64,{b64encode(path.read_bytes()).decode()}"


def _image_names(line: dict[str, Any]) -> Iterator[str]:
    if line["field"] == "images":
        for text in filter(None, (line["new"], line["old"])):
            for group in text.split("; "):
                yield from (PurePosixPath(path).name for path in group.partition(": ")[2].split(", "))
