"""The floor: the CPU time without which no connector in Python does a full load.

Belongs here: `orjson.loads` of the PIM's pages, and writing the elements of the connector's feeds with `lxml.etree.xmlfile`; no
zip, no validation, no mapping. Only these two are timed: what is read and written is made ready outside the clock, in chunks.
Python's garbage collector works as it comes, or rests: `orjson.loads` of a page costs three times as much while it works.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any, Final

import orjson
from lxml import etree

from akeneo_assets.loads.item_reading import WALK_PARAMS
from benchmarks import reading_speed

CHUNK_PAGES: Final = 20
CHUNK_OBJECTS: Final = 1_000

Element = tuple[str, dict[str, str], str | None, list[Any]]
"""Name with namespace, attributes, text, children."""


def store_pages(url: str, folder: Path) -> list[Path]:
    """Keep the JSON of every page of products and models as the PIM at `url` gives it, a file each."""
    folder.mkdir()
    client = reading_speed.client(url)
    files: list[Path] = []
    for endpoint, params in WALK_PARAMS.items():
        asked = {"pagination_type": "search_after", "limit": "100"} | params
        link: str | None = f"{endpoint}?" + "&".join(f"{name}={value}" for name, value in asked.items())
        while link is not None:
            page = client.get_bytes(link)
            files.append(folder / f"{len(files):06d}.json")
            files[-1].write_bytes(page)
            following = orjson.loads(page)["_links"].get("next")
            link = following["href"] if following else None
    client.close()
    return files


@dataclass(frozen=True)
class Floor:
    """CPU seconds of both halves of the floor."""

    parsing: float
    writing: float

    @property
    def cpu(self) -> float:
        return self.parsing + self.writing

    def __str__(self) -> str:
        return f"{self.parsing:.2f} s to parse, {self.writing:.2f} s to write"


def floor(pages: Sequence[Path], feeds: Sequence[Path], target: Path, *, collecting: bool, times: int = 1) -> Floor:
    """The floor of a load that read `pages` and sent `feeds`; the mean, where it is measured several `times`.

    `collecting`: Python's garbage collector works. `target` is a file that is overwritten.
    """
    return Floor(
        mean(parsing(pages, collecting=collecting) for _ in range(times)),
        mean(writing(feeds, target, collecting=collecting) for _ in range(times)),
    )


def parsing(pages: Sequence[Path], *, collecting: bool) -> float:
    """CPU seconds of `orjson.loads` of all pages."""
    seconds = 0.0
    for start in range(0, len(pages), CHUNK_PAGES):
        texts = [page.read_bytes() for page in pages[start : start + CHUNK_PAGES]]
        seconds += _timed(orjson.loads, texts, collecting)
    return seconds


def writing(feeds: Iterable[Path], target: Path, *, collecting: bool) -> float:
    """CPU seconds of writing the elements of `feeds` anew, to `target`."""
    seconds = 0.0
    for feed in feeds:
        objects = _objects(feed)
        name, attributes, *_ = next(objects)
        names = {None: etree.QName(name).namespace}
        with target.open("wb") as file, etree.xmlfile(file, encoding="UTF-8") as out, out.element(name, attributes, nsmap=names):

            def write(element: Element, out: Any = out) -> None:
                name, attributes, text, children = element
                with out.element(name, attributes):
                    if text:
                        out.write(text)
                    for child in children:
                        write(child)

            while chunk := list(islice(objects, CHUNK_OBJECTS)):
                seconds += _timed(write, chunk, collecting)
    return seconds


def _objects(feed: Path) -> Iterator[Element]:
    """The root without its children, then each child of it."""
    root: Any = None
    for event, node in etree.iterparse(feed, events=("start", "end")):
        if root is None:
            root = node
            yield node.tag, dict(node.attrib), None, []
        elif event == "end" and node.getparent() is root:
            yield _plain(node)
            node.clear()
            while node.getprevious() is not None:  # the parser may be ahead: only what lies behind is let go
                del root[0]


def _plain(node: Any) -> Element:
    text = node.text if node.text and node.text.strip() else None
    return node.tag, dict(node.attrib), text, [_plain(child) for child in node]


def _timed(work: Callable[[Any], Any], chunk: Sequence[Any], collecting: bool) -> float:
    if not collecting:
        gc.disable()
    try:
        started = time.process_time()
        for one in chunk:
            work(one)
        return time.process_time() - started
    finally:
        gc.enable()
