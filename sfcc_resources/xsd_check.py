"""Feeds against SFCC's own schemas, where they are at hand (they come with SFCC's documentation and are not ours to ship).

Belongs here: streaming validation. Doesn't: which schema a feed answers to (`record_types`), what follows (nothing is sent).
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from sfcc_resources.feeds import Feed
from sfcc_resources.record_types import FEED_KINDS


class _Lines:
    """A file read line by line: a parser knows no line of what breaks a schema in a stream, so that it is the one read last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0

    def read(self, _size: int) -> bytes:
        line = self._file.readline()
        self.number += bool(line)
        return line


@lru_cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def invalid(feeds: Iterable[Feed], schemas: Path) -> list[str]:
    """One sentence for each feed that is not valid: its name, line and what is wrong. `schemas`: the folder of SFCC's XSDs.

    Streams: memory does not grow with the feed. Raises OSError when a schema is missing.
    """
    return [f"{feed.name}, {problem}" for feed in feeds if (problem := _problem(feed.path, schemas / FEED_KINDS[feed.kind].xsd))]


def _problem(path: Path, schema: Path) -> str | None:
    with path.open("rb") as file:
        lines = _Lines(file)
        events = etree.iterparse(lines, events=("start", "end"), schema=_schema(schema), huge_tree=True)
        try:
            for event, element in events:
                if events.error_log:
                    return f"line {lines.number}: {events.error_log[0].message}"
                if event == "end":
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            return f"line {error.lineno or lines.number}: {error.msg}"
    return None
