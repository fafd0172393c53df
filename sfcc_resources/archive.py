"""Site archives: zip files in the layout that `sfcc-site-archive-import` reads, and the order of the files in them.

Belongs here: order, splitting, the manifest of each archive. Doesn't: names of folders and files (`archive_paths`), what the
feeds hold (`feeds`), sending (`delivery`).

Layout (SFCC help, site import): one top folder named like the zip; meta/, catalogs/<id>/, pricebooks/, libraries/<id>/ (a
site's private library: sites/<id>/library/), custom-objects/; static files below static/default/ of a catalog or library.
"""

import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sfcc_resources import records
from sfcc_resources.archive_paths import library_folder, safe_name
from sfcc_resources.feeds import MANIFEST, Feed, ManifestWriter, manifest_path
from sfcc_resources.limits import ARCHIVE_BYTES, file_path_problem
from sfcc_resources.record_types import CATALOG, REGISTRY, place

ARCHIVE_MANIFEST: Final = MANIFEST.append(pa.field("archive", pa.string(), nullable=False)).append(pa.field("size", pa.int64()))
"""MANIFEST, the archive's file name, and for static files their size in bytes (else null)."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # zip's earliest time: the same content gives the same archive
_ENTRY_BYTES: Final = 512  # zip's own headers for one entry, with room for long names
_DEFLATE_GROWTH: Final = 2048  # what can't be compressed grows by less than one part in so many (RFC 1951: stored blocks)
_CHUNK: Final = 1024 * 1024
_COMPRESSED: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".mp4", ".zip", ".gz", ".pdf", ".woff2"})


Enclosed = Callable[[str, Collection[str]], Mapping[str, bytes]]
"""Small files that go along in an archive: takes its file name and the catalogs that it holds something of, gives their content
by path. They stand in no manifest, and come on top of what an archive may hold."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of a catalog or library. `id`: its path below the container's static/default folder; `source`: where its bytes lie;
    `name`: its path in the archive."""

    container: str
    id: str
    source: Path
    name: str


@dataclass(frozen=True, slots=True)
class Archive:
    """One finished zip. `feeds`: names of its XML files; `files`: how many static files; `objects`: rows of its manifest;
    `bytes`: the zip's size."""

    path: Path
    name: str
    feeds: tuple[str, ...]
    files: int
    objects: int
    bytes: int
    manifest: Path


def static_files(tables: Iterable[pa.RecordBatch], store: Path, libraries: Collection[str] = ()) -> Iterator[StaticFile]:
    """The static files among batches of `records.RECORDS`, without deletions, since an archive only adds files.

    store: the folder to which a record's `source` is relative. libraries: the containers that are libraries; the others are
    catalogs. Raises ValueError for a path that SFCC wouldn't unpack.
    """
    for batch in tables:
        columns = (batch.column(name).to_pylist() for name in records.RECORDS.names)
        for container, record_type, file_id, delete, data in zip(*columns, strict=True):
            if record_type == records.FILE and not delete:
                if why := file_path_problem(file_id):
                    raise ValueError(
                        f"The static file {file_id!r} of {container!r} can't go into a site archive: its path {why}."
                    )
                name = static_entry(container, file_id, libraries)
                yield StaticFile(container, file_id, store / orjson.loads(data)["source"], name)


def static_entry(container: str, file_id: str, libraries: Collection[str] = ()) -> str:
    """The path of a static file in an archive. Example: `master`, `a/b.jpg` -> `catalogs/master/static/default/a/b.jpg`."""
    folder = library_folder(container, container) if container in libraries else f"catalogs/{container}"
    return f"{folder}/static/default/{file_id}"


def write_archives(
    feeds: Iterable[Feed],
    files: Iterable[StaticFile],
    folder: Path,
    *,
    name: str,
    max_bytes: int = ARCHIVE_BYTES,
    enclosed: Enclosed = lambda _, __: {},
) -> list[Archive]:
    """Zips feeds and static files into `folder` as `<name>-0001.zip`, `-0002.zip` ..., each with its manifest beside it.

    Order: metadata, static files, then the other feeds as they come. So nothing precedes what it refers to, over several archives
    as well; only bundles and sets within each other may.
    A new archive starts
    - before the zip could exceed `max_bytes` with the next entry uncompressed: it is never larger, whatever the content;
    - before a catalog that may name what another catalog of the archive holds (see `_may_name`).
    Both inputs are read once, lazily.

    `enclosed`: see `Enclosed`.

    Raises ValueError for an entry that alone exceeds `max_bytes`, FileNotFoundError for an absent source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Archives(folder, safe_name(name), max_bytes, enclosed)
    waiting: Iterable[StaticFile] = files
    try:
        for feed in feeds:
            if place(feed.types[0]) > place(records.FILE):
                for file in waiting:
                    writer.add_file(file)
                waiting = ()
            writer.add_feed(feed)
        for file in waiting:
            writer.add_file(file)
        writer.finish()
    finally:
        writer.abandon()
    return writer.done


def _may_name(feed: Feed, other: Feed) -> bool:
    """Whether a catalog may name what an earlier one holds. In which order SFCC imports the catalogs of one archive no document
    says, so that the two must not meet in one.

    Example: the assignments of a storefront catalog name products of the master catalog -> True; two catalogs of categories only
    -> False."""
    if not feed.kind == other.kind == CATALOG.name or feed.container == other.container:
        return False
    return any(named in other.types for record_type in feed.types for named in REGISTRY[record_type].refers_to)


@dataclass(slots=True)
class _Open:
    """An archive being written."""

    path: Path
    file: BinaryIO
    zip: zipfile.ZipFile
    manifest: ManifestWriter
    feeds: list[Feed]
    catalogs: set[str] = field(default_factory=set)
    files: int = 0
    objects: int = 0

    @property
    def size(self) -> int:
        """Bytes of the zip so far, its directory at the end included."""
        return self.file.tell() + _ENTRY_BYTES * len(self.zip.filelist)


def _entry(archive: _Open, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{archive.path.stem}/{name}", _EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if Path(name).suffix.lower() in _COMPRESSED else zipfile.ZIP_DEFLATED
    return entry


class _Archives:
    """The state of one `write_archives`: the open archive and those done."""

    def __init__(self, folder: Path, name: str, max_bytes: int, enclosed: Enclosed) -> None:
        self._folder = folder
        self._name = name
        self._max_bytes = max_bytes
        self._enclosed = enclosed
        self._open: _Open | None = None
        self.done: list[Archive] = []

    def add_feed(self, feed: Feed) -> None:
        if self._open is not None and any(_may_name(feed, other) for other in self._open.feeds):
            self.finish()
        archive = self._room(feed.name, feed.bytes)
        self._copy(archive, feed.path, feed.name)
        archive.feeds.append(feed)
        if feed.kind == CATALOG.name:
            archive.catalogs.add(feed.container)
        with pq.ParquetFile(feed.manifest) as manifest:
            for batch in manifest.iter_batches():
                named = pa.repeat(pa.scalar(archive.path.name), batch.num_rows)
                sizes = pa.nulls(batch.num_rows, pa.int64())
                archive.manifest.add_batch(pa.RecordBatch.from_arrays([*batch.columns, named, sizes], schema=ARCHIVE_MANIFEST))
                archive.objects += batch.num_rows

    def add_file(self, file: StaticFile) -> None:
        size = file.source.stat().st_size
        archive = self._room(file.name, size)
        self._copy(archive, file.source, file.name)
        archive.files += 1
        if file.name.startswith("catalogs/"):
            archive.catalogs.add(file.container)
        archive.objects += 1
        archive.manifest.add(file.container, records.FILE, file.id, False, 0, file.name, None, None, archive.path.name, size)

    def _room(self, entry: str, size: int) -> _Open:
        """The archive in which an entry of `size` bytes fits."""
        needed = size + size // _DEFLATE_GROWTH + _ENTRY_BYTES
        if needed > self._max_bytes:
            raise ValueError(f"{entry} has {size} bytes, but an archive holds {self._max_bytes}; split the feed or leave it out.")
        if self._open is not None and self._open.size + needed > self._max_bytes:
            self.finish()
        if self._open is None:
            path = self._folder / f"{self._name}-{len(self.done) + 1:04d}.zip"
            file = path.open("wb")
            archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
            manifest = ManifestWriter(manifest_path(path), ARCHIVE_MANIFEST)
            self._open = _Open(path, file, archive, manifest, [])
        return self._open

    def _copy(self, archive: _Open, source: Path, name: str) -> None:
        entry = _entry(archive, name)
        entry.file_size = source.stat().st_size
        with source.open("rb") as original, archive.zip.open(entry, "w") as copy:
            while data := original.read(_CHUNK):
                copy.write(data)

    def finish(self) -> None:
        """Completes the open archive."""
        if self._open is not None:
            archive, self._open = self._open, None
            for name, content in self._enclosed(archive.path.name, archive.catalogs).items():
                archive.zip.writestr(_entry(archive, name), content)
            archive.zip.close()
            archive.file.close()
            archive.manifest.close()
            size = archive.path.stat().st_size
            path = archive.path
            manifest = manifest_path(path)
            feeds = tuple(feed.name for feed in archive.feeds)
            self.done.append(Archive(path, path.name, feeds, archive.files, archive.objects, size, manifest))

    def abandon(self) -> None:
        """Closes the files of an archive that a failure left open."""
        if self._open is not None:
            self._open.zip.close()
            self._open.file.close()
            self._open.manifest.close()
            self._open = None
