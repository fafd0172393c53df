"""Whether a feed can be imported at all: well-formed, without a DTD, valid.

Valid by SFCC's XSDs where the instance was started with them, else by those of their rules that matter (`feed_rules`). A file
that isn't valid is a process error, and nothing of it is imported.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from sandbox.sfcc.feed_rules import schema_of
from sandbox.sfcc.feed_xml import UNREADABLE, FeedError, Lines, forget, namespace, open_feed, root_of

_SCHEMAS: Final = {
    "http://www.demandware.com/xml/impex/catalog/2006-10-31": "catalog.xsd",
    "http://www.demandware.com/xml/impex/pricebook/2006-10-31": "pricebook.xsd",
    "http://www.demandware.com/xml/impex/metadata/2006-10-31": "metadata.xsd",
    "http://www.demandware.com/xml/impex/library/2006-10-31": "library.xsd",
    "http://www.demandware.com/xml/impex/customobject/2006-10-31": "customobject.xsd",
    "http://www.demandware.com/xml/impex/preferences/2007-03-31": "preferences.xsd",
    "http://www.demandware.com/xml/impex/site/2007-04-30": "site.xsd",
    "http://www.demandware.com/xml/impex/inventory/2007-05-31": "inventory.xsd",
}


_ITEMS: Final = [
    "{*}category",
    "{*}product",
    "{*}category-assignment",
    "{*}recommendation",
    "{*}price-table",
    "{*}folder",
    "{*}content",
    "{*}custom-object",
    "{*}record",
]
"""Elements that come in great numbers and are forgotten while a file is checked."""


_ALLOWED: Final = re.compile(r"}price-table', attribute 'online-(from|to)': The attribute '.*' is not allowed")
"""What the XSD forbids and the help shows: dates of a price table as attributes. Source: SFCC help, deleting price tables."""


@lru_cache(maxsize=32)
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


def check(path: Path, xsd_dir: Path | None) -> tuple[str, dict[str, str]]:
    """Read a whole feed once, in constant memory. Returns root tag and root attributes. Raises FeedError."""
    tag, attributes = root_of(path)
    with open_feed(path) as stream:
        lines = _CheckedLines(stream)
        events = lines.events = etree.iterparse(
            lines,
            tag=_ITEMS,
            schema=_schema_for(namespace(tag), xsd_dir),
            huge_tree=True,  # no resolve_entities=False: with a schema, lxml then takes a file that breaks off; there is no DTD
            no_network=True,
            remove_comments=True,
        )
        try:
            for _, element in events:
                forget(element)
        except UNREADABLE as error:
            lines.complain()
            if not events.error_log:  # else it complained of nothing that is refused
                raise FeedError(f"not well-formed XML: {error}") from error
    return tag, attributes


def _schema_for(ns: str, xsd_dir: Path | None) -> etree.XMLSchema | None:
    file = xsd_dir / _SCHEMAS[ns] if xsd_dir and ns in _SCHEMAS else None
    return _schema(file) if file is not None and file.is_file() else schema_of(ns)


class _CheckedLines(Lines):
    """Lines given to a parser with a schema, which knows no line of what breaks the schema in a stream: it's that read last."""

    events: Any = None

    def read(self, size: int = 1 << 16) -> bytes:
        self.complain()
        return super().read(size)

    def complain(self) -> None:
        """Raise FeedError if the parser has complained of what it was given so far."""
        if serious := [entry for entry in self.events.error_log if not _ALLOWED.search(entry.message)]:
            kind = "invalid against its schema" if "SCHEMAS" in serious[0].domain_name else "not well-formed XML"
            raise FeedError(f"{kind}: line {serious[0].line or self.number}: {' '.join(serious[0].message.split())}")
