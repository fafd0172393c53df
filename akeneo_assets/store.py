"""The connector's own files: the store's folders, and the one way to write and read Parquet and JSON.

Belongs here: where packages, media and the ledger lie, atomic streamed files, DuckDB, and what a damaged file means. Doesn't:
paths inside a package (`akeneo_assets.loads.package`), what the tables hold (`akeneo_assets.tables`). A file is written aside and
renamed when it is whole; once it bears its name it never changes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from akeneo_assets.errors import ConnectorError
from akeneo_assets.tables import Table
from sfcc_resources.archive_paths import safe_name

BATCH_ROWS = 1_000
"""Rows held at a time when a table is streamed: with products of 10 kB, some 10 MB."""

GROUP_BYTES = 4 * 1024 * 1024
"""Bytes of a row group, about: of very wide rows it holds fewer than `BATCH_ROWS`, so that a reader holds no more at a time."""

_COLUMN_ROWS = 100
_COLUMN_BYTES = GROUP_BYTES // 4

DUCKDB_MEMORY = "192MB"
"""What a query may hold before it spills to disk, so that memory does not grow with the catalogue."""


def fingerprint(data: bytes) -> int:
    """64 bits that tell two texts apart (XXH3): as good as certain for the millions of objects of a catalogue."""
    return xxhash.xxh3_64_intdigest(data)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@cache
def _database(spill: Path) -> duckdb.DuckDBPyConnection:
    """One engine a process: it takes 25 ms to start, a cursor of it nothing. Tables in it are temporary ones of its cursors."""
    spill.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(config={"memory_limit": DUCKDB_MEMORY, "threads": 2, "temp_directory": str(spill)})


class DamagedFileError(ConnectorError):
    """A file of the store is missing, truncated or unreadable. What it held is never taken for empty."""

    def __init__(self, file: object, what: str) -> None:
        super().__init__(
            f"The file {file} of the connector's store {what}: nothing more was read or sent. Restore it from a backup of the "
            "store; where only this load needs it, start a new load."
        )


_DAMAGE: Final = (
    (duckdb.IOException, ("No files found", "Cannot open file")),
    (duckdb.InvalidInputException, ("magic bytes", "parquet", "Parquet", "ZSTD")),
    (pa.ArrowInvalid, ("Parquet", "parquet", "footer", "magic")),
    (OSError, ("zstd", "ZSTD", "Corrupt", "Unexpected end of stream", "Parquet", "TProtocol", "thrift")),
)
"""Errors that tell of a damaged Parquet file, and the words that set them apart from others of their type."""


@contextmanager
def telling_damage(file: object = "") -> Iterator[None]:
    """Turn the many errors of a damaged or missing file into `DamagedFileError`; any other error passes."""
    try:
        yield
    except FileNotFoundError as error:
        raise DamagedFileError(file or error.filename, "is missing") from None
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        text = " ".join(str(error).split())
        if not any(isinstance(error, kind) and any(word in text for word in words) for kind, words in _DAMAGE):
            raise
        missing = "No files found" in text or "Cannot open file" in text
        raise DamagedFileError(file or _named_in(text), "is missing" if missing else f"can't be read ({text[:200]})") from None


def _named_in(text: str) -> str:
    """The path in an error of DuckDB, which quotes it: `... at end of file '/srv/store/x.parquet'` -> /srv/store/x.parquet."""
    path = re.search(r"/.*\.parquet", text)
    return path[0] if path else "that was asked for"


@dataclass(frozen=True)
class Store:
    """The folder named by CONNECTOR_STORE."""

    root: Path

    @property
    def loads(self) -> Path:
        """The packages of loads."""
        return self.root / "loads"

    def load(self, key: str) -> Path:
        """The package of the load with this key. Only `akeneo_assets.loads.package` builds paths inside it."""
        return self.loads / safe_name(key)

    def structure_import(self, job: str, run_id: str) -> Path:
        """The package of one import by job 1 (`attributes`) or 2 (`media_pricebook`)."""
        return self.root / job / run_id

    @property
    def media(self) -> Path:
        """The files that the PIM gave, and the index of what it was asked for."""
        return self.root / "media"

    @property
    def ledger(self) -> Path:
        """What SFCC was given: one folder an archive."""
        return self.root / "ledger"

    @property
    def base(self) -> Path:
        """What is left of the loads that are no longer kept whole (`loads.base`)."""
        return self.root / "base"

    @property
    def readiness(self) -> Path:
        """What shoppers can't find or buy, by load (`akeneo_assets.readiness.readiness_tables`)."""
        return self.root / "readiness"

    @property
    def removed(self) -> Path:
        """Folders on their way out: nothing looks for anything here."""
        return self.root / "tmp" / "removed"

    @property
    def codes_in_use(self) -> Path:
        """The codes of the PIM's lists that the last successful load used."""
        return self.root / "codes_in_use.json"

    @property
    def confirmed_absences(self) -> Path:
        """What a person has confirmed to be gone (`loads.confirmations`)."""
        return self.root / "confirmed_absences.parquet"

    @property
    def codes_confirmed(self) -> Path:
        """The codes whose vanishing people have confirmed since the last successful load."""
        return self.root / "codes_confirmed.json"

    @property
    def events(self) -> Path:
        """By which the receiver of the PIM's events wakes the sensor (`events.event_wake`)."""
        return self.root / "events.json"

    def lock(self, name: str) -> Path:
        """The file of a lock that all processes of this store share."""
        return self.root / f"{name}.lock"

    @property
    def runs(self) -> Path:
        """The folder of the locks that runs hold while they work, one a run."""
        return self.root / "runs"

    @contextmanager
    def query(self, *views: Callable[[duckdb.DuckDBPyConnection], None]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection whose memory is bounded and which spills into the store. `views`: make named views in it.

        Raises:
            DamagedFileError: a file that a query reads is missing or truncated.
        """
        with telling_damage(), _database(self.root / "tmp").cursor() as connection:
            for make in views:
                make(connection)
            yield connection

    def select(
        self, sql: str, *views: Callable[[duckdb.DuckDBPyConnection], None], **tables: pa.Table
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a query, streamed; `tables` can be named in it. Raises DamagedFileError."""
        with self.query(*views) as query:
            for name, table in tables.items():
                query.register(name, table)
            reader: Any = query.sql(sql).to_arrow_reader(BATCH_ROWS)
            yield from reader


class TableWriter:
    """Streams rows into one Parquet file that appears, whole, when the `with` block ends without error.

    Rows are collected into row groups of `rows` (fewer where `GROUP_BYTES` are reached) so that a reader can stream them back;
    until then they are held as columns, made of few rows at a time, while these are still in the processor's caches.
    """

    def __init__(self, path: Path, table: Table, *, rows: int = BATCH_ROWS) -> None:
        schema = table.schema
        self.path, self.schema, self.count = path, schema, 0
        self._rows, self._pending, self._batches = rows, list[dict[str, Any]](), list[pa.RecordBatch]()
        self._documents = [field.name for field in schema if pa.types.is_binary(field.type)]
        self._pending_bytes = 0  # of documents
        path.parent.mkdir(parents=True, exist_ok=True)
        self._aside = path.with_name(f".{path.name}.part")
        # Dictionaries and statistics help to find short values; for whole documents they only cost.
        short = [name for name in schema.names if name not in self._documents]
        self._writer = pq.ParquetWriter(
            self._aside, schema, compression="zstd", compression_level=1, use_dictionary=short, write_statistics=short
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._flush()
            self._writer.close()
            if kind is None:
                self._aside.replace(self.path)
        finally:
            self._writer.close()
            self._aside.unlink(missing_ok=True)

    def write(self, row: dict[str, Any]) -> None:
        """Add one row, keyed by the schema's names; a missing key is null."""
        self._pending.append(row)
        for name in self._documents:
            self._pending_bytes += len(row.get(name) or b"")
        self.count += 1
        if len(self._pending) >= min(_COLUMN_ROWS, self._rows) or self._pending_bytes >= _COLUMN_BYTES:
            self._collect()
            held = (sum(batch.num_rows for batch in self._batches), sum(batch.nbytes for batch in self._batches))
            if held[0] >= self._rows or held[1] >= GROUP_BYTES:
                self._flush()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch; its columns are the schema's, in any order."""
        self._flush()
        columns = [batch.column(name) for name in self.schema.names]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self.schema))
        self.count += batch.num_rows

    def _collect(self) -> None:
        if self._pending:
            self._batches.append(pa.RecordBatch.from_pylist(self._pending, schema=self.schema))
            self._pending.clear()
            self._pending_bytes = 0

    def _flush(self) -> None:
        self._collect()
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches))
            self._batches.clear()


def write_table(path: Path, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Write all rows to `path`; returns how many."""
    with TableWriter(path, table) as writer:
        for row in rows:
            writer.write(row)
    return writer.count


def write_query(query: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """Write the rows of a query to a Parquet file that appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    query.execute(f"COPY ({sql}) TO '{str(aside).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    aside.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    aside.replace(path)


def read_json(path: Path) -> Any:
    """The value in `path`, or None where there is no such file. Raises DamagedFileError where it is cut short or no JSON."""
    if not path.exists():
        return None
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DamagedFileError(path, f"can't be read ({error})") from None


def parquet(path: Path, table: Table | None = None) -> pq.ParquetFile:
    """An open Parquet file, of `table` where one is named.

    Raises:
        DamagedFileError: it is missing or truncated.
        ConnectorError: it holds another table, or one of a newer version.
    """
    with telling_damage(path):
        file = pq.ParquetFile(path)
    if table is not None:
        table.check(file.schema_arrow, path)
    return file


def batches(paths: Sequence[Path], columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of `paths` in order, a row group at a time. Raises DamagedFileError."""
    for path in paths:
        with parquet(path) as file:
            for group in range(file.num_row_groups):
                with telling_damage(path):
                    table = file.read_row_group(group, columns=columns, use_threads=False)
                yield from table.to_batches()


def rows(paths: Sequence[Path], columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of `paths` in order, as dictionaries."""
    for batch in batches(paths, columns):
        yield from batch.to_pylist()


_SQL_TYPES: Final = {
    pa.string(): "VARCHAR",
    pa.list_(pa.string()): "VARCHAR[]",
    pa.bool_(): "BOOLEAN",
    pa.int64(): "BIGINT",
    pa.uint64(): "UBIGINT",
    pa.binary(): "BLOB",
}


def sql_empty(table: Table) -> str:
    """A query that gives no row, with the columns of `table`."""
    columns = ", ".join(f"NULL::{_SQL_TYPES[field.type]} AS {field.name}" for field in table.columns)
    return f"SELECT {columns} WHERE false"


def sql_numbered(files: Mapping[Path, int], *, rows: bool = False, **more: Sequence[int]) -> str:
    """A query over the rows of several files, each with its file's `number`, and with `more` columns of numbers, one a file;
    `rows`: with `file_row_number`, too.

    One scan of all of them: a query that names thousands of files one by one takes more memory to plan than there is.
    """
    paths = sql_files(files)
    columns = "".join(f", unnest({list(numbers)}) AS {name}" for name, numbers in more.items())
    numbers = f"SELECT unnest({paths}) AS filename, unnest({list(files.values())}) AS number{columns}"
    read = f"read_parquet({paths}, filename=true{', file_row_number=true' if rows else ''})"
    return f"SELECT * EXCLUDE (filename) FROM {read} JOIN ({numbers}) USING (filename)"


def sql_table(path: Path, table: Table) -> str:
    """A query over one Parquet file of `table`. Columns that an earlier version of the connector didn't write are null."""
    return f"{sql_empty(table)} UNION ALL BY NAME FROM read_parquet({sql_files([path])})"


def sql_texts(texts: Iterable[str]) -> str:
    """Texts for what follows `IN`, quoted: `('a', 'b''s')`. Meant for few: a query looks only where they may be."""
    return "(" + (", ".join("'" + text.replace("'", "''") + "'" for text in texts) or "NULL") + ")"


def sql_files(paths: Iterable[Path]) -> str:
    """`read_parquet` arguments for DuckDB. The paths are the store's own, quoted for SQL all the same."""
    return "[" + ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths) + "]"
