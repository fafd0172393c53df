"""The connector's own files: where each lies, and the one way to write and read Parquet.

Belongs here: paths and atomic, streamed Parquet. Doesn't: what the tables mean (`akeneo_assets.loads`, `akeneo_assets.assets`).
Everything is immutable once it bears its name: a file is written aside and renamed when whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Store:
    """The folder named by CONNECTOR_STORE."""

    root: Path

    def lists(self, name: str) -> Path:
        """Snapshots of one list of the PIM (channels, attributes, ...), one file a run."""
        return self.root / "lookups" / name

    def load(self, key: str) -> Path:
        """One import of products: its window, raw batch, records, XML, archives and outcome."""
        return self.root / "loads" / safe_name(key)

    def loads(self) -> list[str]:
        """The keys of all loads that have begun."""
        return sorted(read_json(path)["key"] for path in self.windows())

    def windows(self) -> Iterator[Path]:
        """The window of each load that has begun."""
        return (self.root / "loads").glob("*/window.json")

    def structure(self, job: str, run_id: str) -> Path:
        """What a run made of the PIM's lists, or sent of it (`attributes` by job 1, `media_pricebook` by job 2)."""
        return self.root / job / run_id

    @property
    def media(self) -> Path:
        """The files that the PIM gave, and the index of what it was asked for."""
        return self.root / "media"

    @property
    def ledger(self) -> Path:
        """What SFCC was given: one folder an archive."""
        return self.root / "ledger"

    @contextmanager
    def query(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection whose memory is bounded and which spills into the store."""
        with _database(self.root / "tmp").cursor() as connection:
            yield connection

    def select(self, sql: str, **tables: pa.Table) -> Iterator[pa.RecordBatch]:
        """The rows of a query, streamed; `tables` can be named in it."""
        with self.query() as query:
            for name, table in tables.items():
                query.register(name, table)
            reader: Any = query.sql(sql).to_arrow_reader(BATCH_ROWS)
            yield from reader


class TableWriter:
    """Streams rows into one Parquet file that appears, whole, when the `with` block ends without error.

    Rows are collected into row groups of `rows` (fewer where `GROUP_BYTES` are reached) so that a reader can stream them back;
    until then they are held as columns, made of few rows at a time, while these are still in the processor's caches.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, rows: int = BATCH_ROWS) -> None:
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
        self._pending_bytes += sum(len(row.get(name) or b"") for name in self._documents)
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


def write_table(path: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> int:
    """Write all rows to `path`; returns how many."""
    with TableWriter(path, schema) as table:
        for row in rows:
            table.write(row)
    return table.count


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
    """The value in `path`, or None where there is no such file."""
    return orjson.loads(path.read_bytes()) if path.exists() else None


def batches(paths: Sequence[Path], columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of `paths` in order, a row group at a time."""
    for path in paths:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield from file.read_row_group(group, columns=columns, use_threads=False).to_batches()


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


def sql_empty(schema: pa.Schema) -> str:
    """A query that gives no row, with the columns of `schema`."""
    columns = ", ".join(f"NULL::{_SQL_TYPES[field.type]} AS {field.name}" for field in schema)
    return f"SELECT {columns} WHERE false"


def sql_numbered(files: Mapping[Path, int], options: str = "") -> str:
    """A query over the rows of several files, each with its file's `number`; `options` are further arguments of DuckDB's
    `read_parquet`. One scan of all of them: a query that names thousands of files one by one takes more memory to plan than there
    is."""
    paths = sql_files(files)
    numbers = f"SELECT unnest({paths}) AS filename, unnest({list(files.values())}) AS number"
    read = f"read_parquet({paths}, filename=true{options})"
    return f"SELECT * EXCLUDE (filename) FROM {read} JOIN ({numbers}) USING (filename)"  # noqa: S608 - quoted paths of our own


def sql_files(paths: Iterable[Path]) -> str:
    """`read_parquet` arguments for DuckDB. The paths are the store's own, quoted for SQL all the same."""
    return "[" + ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths) + "]"
