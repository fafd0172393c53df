"""Reading and writing feeds as streams: checking a file, walking its elements, elements to plain nodes and back.

No object type is known here.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

from lxml import etree

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

Element = Any
Node = list[Any]
"""An element as JSON: [name, {attribute: value}, text or None, [child nodes]]; `xml:lang` is spelled so."""


UNREADABLE = (etree.XMLSyntaxError, OSError, EOFError, zlib.error)
"""What reading a file raises that is not well-formed, or broken as a gzip file."""


class FeedError(Exception):
    """A file that can't be imported at all: malformed, with a DTD, invalid against its XSD or of no known kind."""


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def open_feed(path: Path) -> IO[bytes]:
    """A feed's bytes; `.gz` is unpacked on the way. Source: SFCC help, import/export transaction handling and feed size."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def root_of(path: Path) -> tuple[str, dict[str, str]]:
    """Qualified tag and attributes of a feed's root element.

    Raises FeedError for a file without one or with a document type definition (SFCC refuses DTDs and external entities).
    """
    with open_feed(path) as stream:
        try:
            for _, element in etree.iterparse(stream, events=("start",), huge_tree=True, resolve_entities=False, no_network=True):
                if element.getroottree().docinfo.doctype:
                    raise FeedError("document type definitions are refused")
                return str(element.tag), {str(k): str(v) for k, v in element.attrib.items()}
        except UNREADABLE as error:
            raise FeedError(f"not well-formed XML: {error}") from error
    raise FeedError("not well-formed XML: no root element")


_SCHEMAS = {
    "http://www.demandware.com/xml/impex/catalog/2006-10-31": "catalog.xsd",
    "http://www.demandware.com/xml/impex/pricebook/2006-10-31": "pricebook.xsd",
    "http://www.demandware.com/xml/impex/metadata/2006-10-31": "metadata.xsd",
    "http://www.demandware.com/xml/impex/library/2006-10-31": "library.xsd",
    "http://www.demandware.com/xml/impex/customobject/2006-10-31": "customobject.xsd",
    "http://www.demandware.com/xml/impex/preferences/2007-03-31": "preferences.xsd",
    "http://www.demandware.com/xml/impex/site/2007-04-30": "site.xsd",
    "http://www.demandware.com/xml/impex/inventory/2007-05-31": "inventory.xsd",
}


_ITEMS = [
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


@lru_cache(maxsize=32)
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


def check(path: Path, xsd_dir: Path | None) -> tuple[str, dict[str, str]]:
    """Read a whole feed once, in constant memory: well-formed, no DTD, valid if the schemas are given.

    Returns root tag and root attributes. Raises FeedError.
    """
    tag, attributes = root_of(path)
    schema_name = _SCHEMAS.get(namespace(tag))
    schema = _schema(xsd_dir / schema_name) if xsd_dir and schema_name and (xsd_dir / schema_name).is_file() else None
    with open_feed(path) as stream:
        lines = _Lines(stream)
        events = lines.events = etree.iterparse(
            lines,
            tag=_ITEMS,
            schema=schema,
            huge_tree=True,  # no resolve_entities=False: with a schema, lxml then takes a file that breaks off; there is no DTD
            no_network=True,
            remove_comments=True,
        )
        try:
            for _, element in events:
                _forget(element)
        except UNREADABLE as error:
            lines.complain()
            raise FeedError(f"not well-formed XML: {error}") from error
    return tag, attributes


class _Lines:
    """A feed given to its parser line by line, which knows no line of what breaks a schema in a stream: it's that read last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._number = 0
        self._at_start = True
        self.events: Any = None

    def read(self, size: int) -> bytes:
        self.complain()
        piece = self._stream.readline(size)
        self._number += bool(piece) and self._at_start
        self._at_start = piece.endswith(b"\n")
        return piece

    def complain(self) -> None:
        """Raise FeedError if the parser has complained of what it was given so far."""
        if log := self.events.error_log:
            kind = "invalid against its schema" if "SCHEMAS" in log[0].domain_name else "not well-formed XML"
            raise FeedError(f"{kind}: line {log[0].line or self._number}: {log[0].message}")


def elements(path: Path, ns: str, parents: Mapping[str, str]) -> Iterator[Element]:
    """The elements named in `parents` (name -> its parent's name), each whole, forgotten once the caller asks for the next."""
    expected = {f"{{{ns}}}{name}": f"{{{ns}}}{parent}" for name, parent in parents.items()}
    with open_feed(path) as stream:
        events = etree.iterparse(
            stream,
            events=("end",),
            tag=list(expected),
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in events:
            parent = element.getparent()
            if parent is not None and parent.tag == expected[element.tag]:
                yield element
                _forget(element)


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def to_node(element: Element) -> Node:
    """An element as a plain node; text beside child elements is layout and dropped."""
    children = [to_node(child) for child in element]
    attributes = {("xml:lang" if k == XML_LANG else k): v for k, v in element.attrib.items() if k != XSI_NIL}
    return [local(element.tag), attributes, None if children else (element.text or None), children]


def to_element(node: Node) -> Element:
    """A node as an element without namespace: the feed's root declares it for all that is written inside."""
    return _fill(etree.Element(node[0]), node)


def add_node(parent: Element, node: Node) -> Element:
    return _fill(etree.SubElement(parent, node[0]), node)


def _fill(element: Element, node: Node) -> Element:
    for key, value in node[1].items():
        element.set(XML_LANG if key == "xml:lang" else key, value)
    element.text = node[2]
    for child in node[3]:
        add_node(element, child)
    return element
