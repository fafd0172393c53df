"""Feeds: the XML files of an import, streamed from the table of records.

Belongs here: which record goes to which file, the frame of each file, splitting by size, the manifest of what each file holds.
Doesn't: how one record is written (`sfcc_resources.xml`), zipping (`archive`).

A feed is written object by object; memory holds one batch of rows. Beside each feed lies its manifest, a Parquet table of
MANIFEST: in which file an object went, and what SFCC's log is later asked about.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self
from zlib import crc32

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sfcc_resources import records
from sfcc_resources.xml import catalog_xml, customobject_xml, library_xml, metadata_xml, pricebook_xml
from sfcc_resources.xml.markup import XSI, attributes, encode, forbidden

MAX_BYTES: Final = 60 * 1024 * 1024

MANIFEST: Final = pa.schema(
    [
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("delete", pa.bool_(), nullable=False),
        pa.field("elements", pa.int32(), nullable=False),  # XML elements that SFCC counts for it; 0 for a static file
        pa.field("feed", pa.string(), nullable=False),  # path below the archive's top folder
    ]
)
"""One row per object of a feed, in the order of the feed."""

_MANIFEST_ROWS: Final = 10_000  # a Parquet row group of the manifest

Frame = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Elements that enclose an object inside the root, outermost first: (name, attributes)."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One kind of feed. `types` in the order that the XSD demands; `paths` gives a container's file without its suffix."""

    kind: str
    root: str
    namespace: str
    types: tuple[str, ...]
    stem: Callable[[str], str]
    element: Callable[[str, records.Record], str]
    deletion: Callable[[str, str, records.Record | None], str]
    root_attributes: Callable[[str], Mapping[str, str]] = lambda _: {}  # those that name the container
    one_file: bool = False  # SFCC looks for it by its name: never split, all containers in it


@lru_cache(maxsize=1024)
def _frame(record_type: str, container: str) -> Frame:
    """What encloses an object of this type inside its feed's root."""
    if record_type in (records.ATTRIBUTE_DEFINITION, records.ATTRIBUTE_GROUP):
        wrapper = "custom-attribute-definitions" if record_type == records.ATTRIBUTE_DEFINITION else "group-definitions"
        return (("type-extension", (("type-id", container),)), (wrapper, ()))
    if record_type == records.PRICE_BOOK:
        return (("pricebook", ()),)
    if record_type == records.PRICE_TABLE:
        return (("pricebook", ()), ("price-tables", ()))
    return ()


SCHEMAS: Final = (
    Schema(
        "metadata",
        "metadata",
        metadata_xml.NAMESPACE,
        (records.ATTRIBUTE_DEFINITION, records.ATTRIBUTE_GROUP),
        lambda _: "meta/system-objecttype-extensions",
        metadata_xml.element,
        metadata_xml.deletion,
        one_file=True,
    ),
    Schema(
        "custom-types",
        "metadata",
        metadata_xml.NAMESPACE,
        (records.CUSTOM_TYPE,),
        lambda _: "meta/custom-objecttype-definitions",
        metadata_xml.element,
        metadata_xml.deletion,
        one_file=True,
    ),
    Schema(
        "catalog",
        "catalog",
        catalog_xml.NAMESPACE,
        (
            records.CATALOG_HEADER,
            records.CATEGORY,
            records.PRODUCT,
            records.PRODUCT_LINKS,
            records.CATEGORY_ASSIGNMENTS,
            records.RECOMMENDATIONS,
        ),
        lambda container: f"catalogs/{safe_name(container)}/catalog",
        catalog_xml.element,
        catalog_xml.deletion,
        root_attributes=lambda container: {"catalog-id": container},
    ),
    Schema(
        "pricebook",
        "pricebooks",
        pricebook_xml.NAMESPACE,
        (records.PRICE_BOOK, records.PRICE_TABLE),
        lambda container: f"pricebooks/{safe_name(container)}",
        pricebook_xml.element,
        pricebook_xml.deletion,
    ),
    Schema(
        "library",
        "library",
        library_xml.NAMESPACE,
        (records.FOLDER, records.CONTENT),
        lambda container: f"{library_folder(container, safe_name(container))}/library",
        library_xml.element,
        library_xml.deletion,
        # A site's feed without an id is of its private library (SFCC help, content and content library import).
        root_attributes=lambda container: {"library-id": container} if private_site(container) is None else {},
    ),
    Schema(
        "custom-objects",
        "custom-objects",
        customobject_xml.NAMESPACE,
        (records.CUSTOM_OBJECT,),
        lambda container: f"custom-objects/{safe_name(container)}",
        customobject_xml.element,
        customobject_xml.deletion,
    ),
)
"""Every kind of feed (SFCC help, site import: archive layout; the XSDs for the order of types)."""

_SCHEMA_OF: Final = {record_type: (schema, rank) for schema in SCHEMAS for rank, record_type in enumerate(schema.types)}


@dataclass(frozen=True, slots=True)
class Feed:
    """One finished XML file. `name`: its path below the archive's top folder; `container`: empty for metadata, which has
    several; `types`: of its records, in their order."""

    path: Path
    name: str
    kind: str
    container: str
    objects: int
    bytes: int
    manifest: Path
    types: tuple[str, ...]


def safe_name(text: str) -> str:
    """`text` as a file name of ASCII letters, digits, dot, dash and underscore; a changed one gets a checksum, so that no two
    meet."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    return name if name == text and name.strip(".") else f"{name.strip('.')}-{crc32(text.encode()):08x}"


def private_site(library: str) -> str | None:
    """The site whose private library is named, as `sites/<site id>`: it has no id of its own. None: a shared library."""
    site = library.removeprefix("sites/")
    return None if site == library else site


def library_folder(library: str, name: str) -> str:
    """Where an archive holds a library; a shared one under `name`."""
    return f"libraries/{name}" if private_site(library) is None else f"{library}/library"


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

    schema: Schema
    container: str
    name: str
    path: Path
    file: BinaryIO
    manifest: ManifestWriter
    frame: Frame = ()
    objects: int = 0
    size: int = 0
    headed: bool = False  # a price book's file has its header
    types: dict[str, None] = field(default_factory=dict)  # those of its records, in their order

    def takes(self, schema: Schema, container: str, record_type: str, size: int, max_bytes: int) -> bool:
        """Whether an object of `size` bytes belongs in this file and still fits. A file's first object always fits. Links don't
        go with products: the same product twice in one file is nothing that SFCC's documents speak of."""
        if self.schema is not schema:
            return False
        if schema.one_file:
            return True
        if record_type == records.PRODUCT_LINKS and records.PRODUCT in self.types:
            return False
        return self.container == container and (not self.objects or self.size + size + _FRAME_BYTES <= max_bytes)

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)

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
        self.write(f"</{self.schema.root}>\n".encode())
        self.abandon()
        container = "" if self.schema.one_file else self.container
        manifest = manifest_path(self.path)
        return Feed(self.path, self.name, self.schema.kind, container, self.objects, self.size, manifest, tuple(self.types))

    def abandon(self) -> None:
        """Closes the files as they are."""
        self.manifest.close()
        self.file.close()


def manifest_path(feed: Path) -> Path:
    """Where the manifest of a feed lies."""
    return feed.with_name(feed.name + ".manifest.parquet")


def write_feeds(
    tables: Iterable[pa.RecordBatch],
    folder: Path,
    *,
    max_bytes: int = MAX_BYTES,
    price_books: Mapping[str, records.PriceBook] | None = None,
) -> Iterator[Feed]:
    """Writes rows of `records.RECORDS` to XML files below `folder`; yields each file when it is complete.

    `price_books`: the header of books whose rows bring price tables only (pricebook.xsd demands one in each file). Static files
    (FILE rows) aren't XML and are passed over: see `archive.static_files`.
    A file is split before it would exceed `max_bytes` (uncompressed; a single larger object gets a file of its own). Metadata
    is never split:
    a site archive holds one such file, found by its name.

    Raises ValueError when rows of a container don't come in the order of the XSD, a record can't be written, or an id holds
    characters that XML forbids.
    """
    return _Feeds(folder, max_bytes, price_books or {}).write(tables)


class _Feeds:
    """The state of one `write_feeds`: the open file and, per container, how far its order and its numbering have come."""

    def __init__(self, folder: Path, max_bytes: int, price_books: Mapping[str, records.PriceBook]) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._price_books = price_books
        self._open: _Open | None = None
        self._turn: tuple[str, str] | None = None  # the container and type of the row before
        self._frame: Frame = ()
        self._ranks: dict[tuple[str, str], int] = {}
        self._parts: dict[str, int] = {}
        self._book_headers: dict[str, bytes] = {}

    def write(self, tables: Iterable[pa.RecordBatch]) -> Iterator[Feed]:
        try:
            for batch in tables:
                for row in zip(*(batch.column(name).to_pylist() for name in records.RECORDS.names), strict=True):
                    if row[1] != records.FILE:
                        yield from self._row(*row)
            yield from self._finish()
        finally:
            if self._open is not None:
                self._open.abandon()

    def _row(self, container: str, record_type: str, object_id: str, delete: bool, data: bytes | None) -> Iterator[Feed]:
        if record_type not in _SCHEMA_OF:
            raise ValueError(f"There is no XML feed for records of the type {record_type!r} ({object_id!r}).")
        schema, rank = _SCHEMA_OF[record_type]
        if forbidden(object_id):
            raise ValueError(
                f"The id {object_id!r} of a {record_type} holds characters that XML forbids; the mapping must hold it back."
            )
        xml = _xml(schema, container, record_type, object_id, delete, data)
        if not xml:
            return
        if self._turn != (container, record_type):
            self._in_order(schema, container, record_type, rank)
            self._turn, self._frame = (container, record_type), _frame(record_type, container)
        content = encode(xml + "\n")
        feed = self._open
        if feed is None or not feed.takes(schema, container, record_type, len(content), self._max_bytes):
            yield from self._finish()
            feed = self._start(schema, container)
        self._head(feed, record_type, object_id, content)
        if feed.frame != self._frame:
            feed.enter(self._frame)
        feed.write(content)
        feed.types[record_type] = None
        feed.objects += 1
        feed.manifest.add(container, record_type, object_id, delete, _elements(record_type, xml), feed.name)

    def _in_order(self, schema: Schema, container: str, record_type: str, rank: int) -> None:
        before = self._ranks.get((schema.kind, container), 0)
        if rank < before:
            raise ValueError(
                f"A {record_type} of {container!r} comes after a {schema.types[before]}; "
                f"the order of a {schema.kind} is: {', '.join(schema.types)}. Sort the records."
            )
        self._ranks[(schema.kind, container)] = rank

    def _start(self, schema: Schema, container: str) -> _Open:
        stem = schema.stem(container)
        part = self._parts[stem] = self._parts.get(stem, 0) + 1
        if part > 1 and schema.one_file:
            raise ValueError(f"Rows for {stem}.xml come in two places; a site archive holds one such file. Sort the records.")
        # "_" sorts after ".": by name, too, the parts come in the order in which they refer to each other.
        name = f"{stem}.xml" if part == 1 else f"{stem}_{part:04d}.xml"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        feed = _Open(schema, container, name, path, path.open("wb", _BUFFER_BYTES), ManifestWriter(manifest_path(path)))
        self._open = feed
        named = {"xmlns": schema.namespace, "xmlns:xsi": XSI, **schema.root_attributes(container)}
        feed.write(encode(f'<?xml version="1.0" encoding="UTF-8"?>\n<{schema.root}{attributes(named)}>\n'))
        return feed

    def _head(self, feed: _Open, record_type: str, object_id: str, content: bytes) -> None:
        """A price book's file starts with its header: its own row, or a repetition, or what `price_books` says."""
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
                header = pricebook_xml.element(records.PRICE_BOOK, self._price_books[feed.container])
                self._book_headers[feed.container] = encode(header + "\n")
            feed.enter(_frame(records.PRICE_BOOK, feed.container))
            feed.write(self._book_headers[feed.container])
        feed.headed = True

    def _finish(self) -> Iterator[Feed]:
        if self._open is not None:
            feed = self._open.close()
            self._open = None
            yield feed


_BUFFER_BYTES: Final = 1024 * 1024
_FRAME_BYTES: Final = 256  # room for the closing tags and, in a price book, the opening ones


def _xml(schema: Schema, container: str, record_type: str, object_id: str, delete: bool, data: bytes | None) -> str:
    record = None if data is None else orjson.loads(data)
    kind = container if record_type == records.CUSTOM_OBJECT else record_type
    try:
        if delete:
            return schema.deletion(kind, object_id, record)
        return schema.element(kind, record or {})
    except (ValueError, KeyError, TypeError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"The {record_type} {object_id!r} of {container!r} can't be written: {what}") from error


def _elements(record_type: str, xml: str) -> int:
    """How many elements SFCC counts for a record: its assignments or recommendations, a catalog's header none, else one."""
    if record_type == records.CATALOG_HEADER:
        return 0
    if record_type == records.CATEGORY_ASSIGNMENTS:
        return xml.count("<category-assignment ")
    return xml.count("<recommendation ") if record_type == records.RECOMMENDATIONS else 1
