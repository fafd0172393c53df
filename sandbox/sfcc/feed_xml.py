"""Reading and writing feeds as streams: walking a file's elements, their lines, elements to plain nodes and back.

No object type is known here; whether a feed is valid belongs to `feed_checker`.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast
from xml.sax.saxutils import unescape

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


class Lines:
    """A feed read line by line, which counts the lines: `number` is that of the line read last, from 1."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._at_start = True
        self.number = 0

    def read(self, size: int = 1 << 16) -> bytes:
        """The rest of the line, or its next `size` bytes."""
        piece = self._stream.readline(size)
        self.number += bool(piece) and self._at_start
        self._at_start = piece.endswith(b"\n")
        return piece


_LINE = "sandbox-line"
"""Attribute in which `elements` notes an element's line: libxml2 keeps 16 bits of it. `to_node` leaves it out."""
_LINES_KEPT = 65_535


def elements(path: Path, ns: str, parents: Mapping[str, str], inside: Iterable[str] = ()) -> Iterator[Element]:
    """The elements named in `parents` (name -> its parent's name), each whole, forgotten once the caller asks for the next.

    `line_of` knows their true lines in a feed of any length, and those of the elements named in `inside` of them.
    """
    expected = {f"{{{ns}}}{name}": f"{{{ns}}}{parent}" for name, parent in parents.items()}
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=[*expected, *(f"{{{ns}}}{name}" for name in inside)],
        huge_tree=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    with open_feed(path) as stream:
        lines = Lines(stream)
        while piece := lines.read():
            parser.feed(piece)
            events: Iterable[tuple[str, Element]] = cast("Any", parser.read_events())
            for event, element in events:
                if event == "start":
                    element.set(_LINE, str(lines.number))
                elif element.tag in expected and getattr(element.getparent(), "tag", None) == expected[element.tag]:
                    yield element
                    forget(element)
        parser.close()


def line_of(element: Element) -> int:
    """The line of the feed on which an element's start tag ends, as a parser tells it; from 1.

    Beyond line 65,535 only what `elements` noted is exact: any other element is given the line of the object around it.
    """
    noted = element.get(_LINE)
    if noted is not None:
        return int(noted)
    line, parent = element.sourceline, element.getparent()
    if parent is None or (line is not None and line < _LINES_KEPT):
        return int(line or 0)
    return line_of(parent)


_START_TAG = re.compile(r"""<([\w:.-]+)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_QUOTED = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")


class StartTags:
    """Where the start tags of a feed end: parsers that tell no column are asked for lines, and the file for the rest.

    Reads the file again, and only when asked; cheap as long as lines are asked for in their order.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: Iterator[bytes] = iter(())
        self._number = 0
        self._text = ""

    def column(self, line: int, name: str, values: Sequence[str]) -> int:
        """The column behind the start tag of an element called `name` with these attribute values, from 1.

        Of several tags on the line the one is taken in which most of them are found. Example: line `  <a b="c"/>` -> 13.
        """
        self._go_to(line)
        tags = list(_START_TAG.finditer(self._text))
        if not tags:  # the tag began on a line before
            return self._text.find(">") + 2
        wanted = {*values}

        def alike(tag: re.Match[str]) -> int:
            found = {unescape(a or b, {"&quot;": '"', "&apos;": "'"}) for a, b in _QUOTED.findall(tag[2])}
            return 2 * len(wanted & found) + (local_name(tag[1]) == name)

        return max(tags, key=alike).end() + 1

    def _go_to(self, line: int) -> None:
        if line < self._number or not self._number:
            self._lines, self._number = _lines_of(self._path), 0
        while self._number < line:
            self._text = next(self._lines, b"").decode("utf-8", "replace")
            self._number += 1


def _lines_of(path: Path) -> Iterator[bytes]:
    with open_feed(path) as stream:
        yield from stream


def local_name(tag: str) -> str:
    """Example: 'cat:product' -> 'product'."""
    return tag.rpartition(":")[2]


def forget(element: Element) -> None:
    """Free an element that has been dealt with, and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def to_node(element: Element) -> Node:
    """An element as a plain node; text beside child elements is layout and dropped."""
    children = [to_node(child) for child in element]
    attributes = {("xml:lang" if k == XML_LANG else k): v for k, v in element.attrib.items() if k not in (XSI_NIL, _LINE)}
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
