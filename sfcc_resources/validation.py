"""Feeds against SFCC's own schemas, where they are at hand (they come with SFCC's documentation and are not ours to ship).

Belongs here: which schema a feed answers to, and streaming validation. Doesn't: what follows (nothing is sent).
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from lxml import etree

from sfcc_resources.feeds import Feed

SCHEMA_OF: Final = {
    "metadata": "metadata.xsd",
    "custom-types": "metadata.xsd",
    "catalog": "catalog.xsd",
    "pricebook": "pricebook.xsd",
    "library": "library.xsd",
    "custom-objects": "customobject.xsd",
}
"""The kind of a feed: the file name of its schema."""


@lru_cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def invalid(feeds: Iterable[Feed], schemas: Path) -> list[str]:
    """One sentence for each feed that is not valid: its name, line and what is wrong. `schemas`: the folder of SFCC's XSDs.

    Streams: memory does not grow with the feed. Raises OSError when a schema is missing.
    """
    found = []
    for feed in feeds:
        line = 1  # schema errors of a streamed file come without one: the last element that began is where they are
        try:
            events = etree.iterparse(
                feed.path, events=("start", "end"), schema=_schema(schemas / SCHEMA_OF[feed.kind]), huge_tree=True
            )
            for event, element in events:
                if event == "start":
                    line = element.sourceline or line
                    continue
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            found.append(f"{feed.name}, line {error.lineno or line}: {error.msg}")
    return found
