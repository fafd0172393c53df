"""Making the tables of the base: the fold of a mirror, and what of the ledger's oldest archives still counts.

Belongs here: which rows stay. Doesn't: which loads and archives are old enough, switching from one base to the next (`folding`),
reading a base (`base`, `mirror`, `ledger`).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.base import ledger_entries, named, read_by
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.mirror import MIRRORED, SCHEMAS, Mirror
from akeneo_assets.loads.package import Package, packages_named
from akeneo_assets.store import BATCH_ROWS, GROUP_BYTES, TableWriter, sql_empty, sql_numbered, sql_table
from akeneo_assets.tables import Table
from sfcc_resources.feeds import manifest_path
from sfcc_resources.records import PRICE_BOOK

_NARROW: Final = 20_000
"""Rows of a row group where they are narrow."""


def write_mirror(mirror: Mirror, folder: Path) -> None:
    """Write the fold of a mirror to a folder, as the raw tables of one load of the name of its newest; with what single readings
    told beyond it: which load read each item, and which product a model meant by an identifier."""
    store, package = mirror.store, Package(mirror.store, folder, mirror.keys[-1])
    for table, schema in SCHEMAS.items():
        if table == "products" or table == "product_models":
            _write(package.raw_part(table, 1), schema, mirror.stream(table, schema.columns.names))
            continue
        columns = ", ".join(schema.columns.names)
        rows = f"SELECT {columns} FROM ({mirror.sql(table, f'{columns}, part, file_row_number')}) ORDER BY part, file_row_number"
        _write(package.raw_part(table, 1), schema, store.select(rows), _NARROW)
    _write(named(package), tables.NAMED_BY_MODELS, store.select(mirror.named_by_models()), _NARROW)
    loads, reads = zip(*map(mirror.reading, range(len(mirror.keys))), strict=True)
    before = sql_table(read_by(mirror.base), tables.READ_BY) if mirror.base else sql_empty(tables.READ_BY)
    items = " UNION ALL ".join(
        f"SELECT '{owner}' AS owner, key, batch FROM ({mirror.sql(table, 'key, batch')})" for owner, table in MIRRORED.items()
    )
    readings = store.select(
        f"""
        SELECT i.owner, i.key, coalesce(b.load, l.load) AS load, CASE WHEN b.load IS NULL THEN l.read ELSE b.read END AS read
        FROM ({items}) i JOIN loads l ON l.number = i.batch
        LEFT JOIN ({before}) b ON i.batch = 0 AND b.owner = i.owner AND b.key = i.key
        ORDER BY i.owner, i.key
        """,
        loads=pa.table({"number": range(len(loads)), "load": loads, "read": pa.array(reads, pa.string())}),
    )
    _write(read_by(package), tables.READ_BY, readings, _NARROW)


def write_ledger(ledger: Ledger, through: int, folder: Path) -> None:
    """Write to a folder what the entries of the archives up to number `through` still tell.

    Of each object stay: the last entry of each verdict, be it sent or deleted, so also the one that says that it is gone; those
    since SFCC confirmed it last, as far as their fields differ, since SFCC may hold the fields of any of them; and of a price
    book the first of each currency, since SFCC keeps the one that it took first. A record that SFCC refuses with every load
    leaves one entry, not one a load.
    """
    columns = [name for name in tables.LEDGER_BASE.columns.names if name not in ("number", "first_line", "last_line")]
    manifests = _manifests(ledger, through)
    lines = sql_numbered(manifests) if manifests else _NO_LINES
    entries = ledger.store.select(
        f"""
        WITH known AS (
            SELECT key, number, type, deleted, verdict, undone, hash(fields) AS sent,
                coalesce(max(number) FILTER (verdict = 'confirmed' AND NOT undone) OVER (PARTITION BY key), 0) AS since
            FROM ledger_entries WHERE number <= {through}
        ), chosen AS (
            SELECT key, number FROM known
            QUALIFY row_number() OVER (PARTITION BY key, deleted, verdict, undone ORDER BY number DESC) = 1
            OR number >= since AND row_number() OVER (PARTITION BY key, deleted, verdict, undone, sent ORDER BY number DESC) = 1
            OR type = '{PRICE_BOOK}' AND row_number() OVER (PARTITION BY key, deleted, verdict, undone, sent ORDER BY number) = 1
        )
        SELECT {", ".join(f"e.{name}" for name in columns)}, e.number::BIGINT AS number,
            coalesce(l.first_line, e.first_line) AS first_line, coalesce(l.last_line, e.last_line) AS last_line
        FROM (FROM ledger_entries SEMI JOIN chosen USING (key, number)) e
        LEFT JOIN ({lines}) l ON l.number = e.number AND l.container = e.container AND l.type = e.type AND l.id = e.id
            AND l.delete = e.deleted
        ORDER BY e.number, e.key
        """,
        ledger.views,
    )
    _write(ledger_entries(folder), tables.LEDGER_BASE, entries, _NARROW)


def archives_to_know(ledger: Ledger, through: int) -> dict[str, int]:
    """The names and numbers of those archives up to `through` whose mark a catalog of the instance may have now: the last that
    carried anything of it, and the one whose mark was seen there last."""
    batches = ledger.store.select(
        f"""
        SELECT DISTINCT arg_max(archive, number) AS archive, max(number) AS number
        FROM ledger_entries WHERE number <= {through} GROUP BY container
        """,
        ledger.views,
    )
    last = {row["archive"]: row["number"] for batch in batches for row in batch.to_pylist()}
    seen = set(ledger.marks.values())
    return last | {name: number for number, name in ledger.names().items() if number in seen and number <= through}


def _manifests(ledger: Ledger, through: int) -> Mapping[Path, int]:
    """The manifests of the archives that are not folded yet, as far as their packages have them."""
    store, manifests = ledger.store, dict[Path, int]()
    for sent in ledger.sent():
        if sent.number <= through and sent.load is not None:
            for package in packages_named(store, sent.load):
                if (manifest := manifest_path(package.archives / sent.archive)).is_file():
                    manifests[manifest] = sent.number
    return manifests


def _write(path: Path, table: Table, batches: Iterable[pa.RecordBatch], rows: int = BATCH_ROWS) -> None:
    with TableWriter(path, table) as writer:
        for batch in _collected(batches, rows):
            writer.write_batch(batch)


def _collected(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The rows in batches of about `rows`, fewer where they are wide: the row groups of many small loads don't stay small."""
    held = list[pa.RecordBatch]()
    for batch in batches:
        held.append(batch)
        if sum(b.num_rows for b in held) >= rows or sum(b.nbytes for b in held) >= GROUP_BYTES:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()
            held.clear()
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()


_NO_LINES: Final = """
    SELECT 0 AS number, '' AS container, '' AS type, '' AS id, false AS delete, 0::BIGINT AS first_line, 0::BIGINT AS last_line
    WHERE false
"""
