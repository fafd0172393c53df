"""Feeds: the XML files of an import, streamed from the table of records.

Belongs here: cutting records into files, splitting by size, the manifest of what each file holds. Doesn't: which type goes to
which kind of file (`record_types`), how one record is written (`sfcc_resources.xml`), zipping (`archive`).

A feed is written object by object; memory holds one batch of records. Beside each feed lies its manifest, a Parquet table of
MANIFEST: which object went to which file and line. SFCC's log is held against it later.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sfcc_resources import records
from sfcc_resources.record_types import REGISTRY, FeedKind, Frame, RecordType, place, types_of
from sfcc_resources.xml.markup import XSI, attributes, encode, forbidden
from sfcc_resources.xml.pricebook_xml import price_book

MAX_BYTES: Final = 60 * 1024 * 1024

MANIFEST: Final = pa.schema(
    [
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("delete", pa.bool_(), nullable=False),
        pa.field("elements", pa.int32(), nullable=False),  # XML elements that SFCC counts for it; 0 for a static file
        pa.field("feed", pa.string(), nullable=False),  # path below the archive's top folder
        pa.field("first_line", pa.int64()),  # of the feed, counted from 1, the object stands in; null for a static file
        pa.field("last_line", pa.int64()),
    ]
)
"""One row per object of a feed, in the order of the feed. The lines are what ties an error line of SFCC's log to its object where
the log doesn't name the object's id."""

_MANIFEST_ROWS: Final = 10_000  # a Parquet row group of the manifest


@dataclass(frozen=True, slots=True)
class Feed:
    """One finished XML file.

    name: its path below the archive's top folder. kind: a name of `record_types.FEED_KINDS`. container: empty for metadata, whose
    file holds several. objects: how many. manifest: where its manifest lies. types: of its records, in their order.
    """

    path: Path
    name: str
    kind: str
    container: str
    objects: int
    bytes: int
    manifest: Path
    types: tuple[str, ...]


class ManifestWriter:
    """A Parquet file of MANIFEST (plus further columns, the same for each row), written by row groups."""

    def __init__(self, path: Path, schema: pa.Schema = MANIFEST) -> None:
        """Creates the file."""
        self._schema = schema
        self._file = pq.ParquetWriter(path, schema)
        self._rows: list[tuple[object, ...]] = []

    def add(self, *row: object) -> None:
        """One row, in the order of the schema's columns."""
        self._rows.append(row)
        if len(self._rows) >= _MANIFEST_ROWS:
            self._flush()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Rows with the schema's columns, in their order."""
        if self._rows:
            self._flush()
        self._file.write_batch(batch)

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else ([] for _ in self._schema)
        self._file.write_table(pa.table([list(column) for column in columns], schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        """Writes what is left."""
        if self._rows:
            self._flush()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(slots=True)
class _Open:
    """A feed being written."""

    kind: FeedKind
    container: str
    name: str
    path: Path
    file: BinaryIO
    manifest: ManifestWriter
    frame: Frame = ()
    objects: int = 0
    size: int = 0
    line: int = 1  # the one that is written next
    headed: bool = False  # a price book's file has its header
    types: dict[str, None] = field(default_factory=dict)  # those of its records, in their order

    def takes(self, record_type: RecordType, container: str, size: int, max_bytes: int) -> bool:
        """Whether an object of `size` bytes belongs in this file and still fits. A file's first object always fits."""
        if self.kind is not record_type.feed:
            return False
        if self.kind.one_file:
            return True
        if any(other in self.types for other in record_type.apart_from):
            return False
        return self.container == container and (not self.objects or self.size + size + _FRAME_BYTES <= max_bytes)

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)
        self.line += data.count(b"\n")

    def enter(self, frame: Frame) -> None:
        """Closes and opens enclosing elements until exactly `frame` is open."""
        if frame == self.frame:
            return
        shared = 0
        while shared < min(len(frame), len(self.frame)) and frame[shared] == self.frame[shared]:
            shared += 1
        for name, _ in reversed(self.frame[shared:]):
            self.write(f"</{name}>\n".encode())
        for name, named in frame[shared:]:
            self.write(encode(f"<{name}{attributes(dict(named))}>\n"))
        self.frame = frame

    def close(self) -> Feed:
        """Ends the document."""
        self.enter(())
        self.write(f"</{self.kind.root}>\n".encode())
        self.abandon()
        container = "" if self.kind.one_file else self.container
        manifest = manifest_path(self.path)
        return Feed(self.path, self.name, self.kind.name, container, self.objects, self.size, manifest, tuple(self.types))

    def abandon(self) -> None:
        """Closes the files as they are."""
        self.manifest.close()
        self.file.close()


def manifest_path(file: Path) -> Path:
    """Where the manifest of a feed or archive lies."""
    return file.with_name(file.name + ".manifest.parquet")


def write_feeds(
    tables: Iterable[pa.RecordBatch],
    folder: Path,
    *,
    max_bytes: int = MAX_BYTES,
    price_books: Mapping[str, records.PriceBook] | None = None,
) -> Iterator[Feed]:
    """Writes records to XML files below `folder`; yields each file when it is complete.

    tables: batches of `records.RECORDS`, each container's records in the order of its XSD. Static files aren't XML and are passed
        over (see `archive.static_files`).
    max_bytes: a file is split before it would become larger (uncompressed); a single larger object gets a file of its own.
        Metadata is never split: SFCC finds its one file by name.
    price_books: headers of price books of which `tables` brings prices only, since pricebook.xsd demands a header in each file.

    Raises ValueError when records don't come in the order of the XSD, a record can't be written, or an id holds characters that
    XML forbids.
    """
    return _Feeds(folder, max_bytes, price_books or {}).write(tables)


class _Feeds:
    """The state of one `write_feeds`: the open file and, for each container, how far its order and its numbering have come."""

    def __init__(self, folder: Path, max_bytes: int, price_books: Mapping[str, records.PriceBook]) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._price_books = price_books
        self._open: _Open | None = None
        self._turn: tuple[str, str] | None = None  # container and type of the record before
        self._frame: Frame = ()
        self._last: dict[tuple[str, str], str] = {}  # by kind and container: the type written last
        self._parts: dict[str, int] = {}
        self._book_headers: dict[str, bytes] = {}

    def write(self, tables: Iterable[pa.RecordBatch]) -> Iterator[Feed]:
        try:
            for batch in tables:
                columns = (batch.column(name).to_pylist() for name in records.RECORDS.names)
                for container, record_type, object_id, delete, data in zip(*columns, strict=True):
                    if record_type != records.FILE:
                        yield from self._object(container, record_type, object_id, delete, data)
            yield from self._finish()
        finally:
            if self._open is not None:
                self._open.abandon()

    def _object(self, container: str, record_type: str, object_id: str, delete: bool, data: bytes | None) -> Iterator[Feed]:
        known = REGISTRY.get(record_type)
        if known is None or known.feed is None:
            raise ValueError(f"There is no XML feed for records of the type {record_type!r} ({object_id!r}).")
        if forbidden(object_id):
            raise ValueError(
                f"The id {object_id!r} of a {record_type} holds characters that XML forbids; the mapping must hold it back."
            )
        xml = _xml(known, container, object_id, delete, data)
        if not xml:
            return
        if self._turn != (container, record_type):
            self._in_order(known.feed, container, record_type)
            self._turn, self._frame = (container, record_type), known.frame(container)
        content = encode(xml + "\n")
        feed = self._open
        if feed is None or not feed.takes(known, container, len(content), self._max_bytes):
            yield from self._finish()
            feed = self._start(known.feed, container)
        self._head(feed, record_type, object_id, content)
        if feed.frame != self._frame:
            feed.enter(self._frame)
        first_line = feed.line
        feed.write(content)
        feed.types[record_type] = None
        feed.objects += 1
        elements = known.elements(xml)
        feed.manifest.add(container, record_type, object_id, delete, elements, feed.name, first_line, feed.line - 1)

    def _in_order(self, kind: FeedKind, container: str, record_type: str) -> None:
        before = self._last.get((kind.name, container), record_type)
        if place(record_type) < place(before):
            raise ValueError(
                f"A {record_type} of {container!r} comes after a {before}; "
                f"the order of a {kind.name} is: {', '.join(types_of(kind))}. Sort the records."
            )
        self._last[(kind.name, container)] = record_type

    def _start(self, kind: FeedKind, container: str) -> _Open:
        stem = kind.stem(container)
        part = self._parts[stem] = self._parts.get(stem, 0) + 1
        if part > 1 and kind.one_file:
            raise ValueError(f"Records for {stem}.xml come in two places; a site archive holds one such file. Sort the records.")
        # "_" sorts after ".": by name, too, the parts come in the order in which they refer to each other.
        name = f"{stem}.xml" if part == 1 else f"{stem}_{part:04d}.xml"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        feed = _Open(kind, container, name, path, path.open("wb", _BUFFER_BYTES), ManifestWriter(manifest_path(path)))
        self._open = feed
        named = {"xmlns": kind.namespace, "xmlns:xsi": XSI, **kind.root_attributes(container)}
        feed.write(encode(f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind.root}{attributes(named)}>\n'))
        return feed

    def _head(self, feed: _Open, record_type: str, object_id: str, content: bytes) -> None:
        """Starts a price book's file with the book's header: the record itself, a repetition of it, or one of `price_books`."""
        if record_type == records.PRICE_BOOK:
            if feed.container != object_id or feed.container in self._book_headers:
                raise ValueError(f"The price book {object_id!r} comes twice or in another's container {feed.container!r}.")
            self._book_headers[feed.container] = content
        elif record_type == records.PRICE_TABLE and not feed.headed:
            if feed.container not in self._book_headers:
                if feed.container not in self._price_books:
                    raise ValueError(
                        f"Price tables of {feed.container!r} came without its price book, whose header pricebook.xsd demands in "
                        "each file; give its record first or among `price_books`."
                    )
                self._book_headers[feed.container] = encode(price_book(self._price_books[feed.container]) + "\n")
            feed.enter(REGISTRY[records.PRICE_BOOK].frame(feed.container))
            feed.write(self._book_headers[feed.container])
        feed.headed = True

    def _finish(self) -> Iterator[Feed]:
        if self._open is not None:
            feed = self._open.close()
            self._open = None
            yield feed


_BUFFER_BYTES: Final = 1024 * 1024
_FRAME_BYTES: Final = 256  # room for the closing tags and, in a price book, the opening ones


def _xml(record_type: RecordType, container: str, object_id: str, delete: bool, data: bytes | None) -> str:
    record = None if data is None else orjson.loads(data)
    assert record_type.write is not None, "what has a feed has a writer"
    try:
        if not delete:
            return record_type.write(container, record or {})
        if record_type.write_deletion is not None:
            return record_type.write_deletion(container, object_id, record)
    except (ValueError, KeyError, TypeError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"The {record_type.name} {object_id!r} of {container!r} can't be written: {what}") from error
    raise ValueError(f"SFCC can't delete the {record_type.name} {object_id!r} by import; remove it in Business Manager.")
