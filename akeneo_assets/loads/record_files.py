"""Mapped records on their way to SFCC: one Parquet file a stage and container, in the order in which SFCC must meet them.

Belongs here: the files and their order, the records that delete. Doesn't: the records' shapes (`sfcc_resources.records`), their
order (`sfcc_resources.record_types`), what of them is sent (`difference`).
"""

import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import orjson
import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.package import Package
from akeneo_assets.mapping.attribute_definitions import PRODUCT_TYPE
from akeneo_assets.mapping.content import CONTENT_TYPE
from akeneo_assets.mapping.emptied import fields_of, with_emptied
from akeneo_assets.store import Store, TableWriter, canonical, fingerprint, rows, sql_empty, sql_files, sql_table
from sfcc_resources import records as sfcc
from sfcc_resources.archive_paths import safe_name
from sfcc_resources.record_types import OF_PRODUCTS, REGISTRY, stage_of, stages, stages_of

_PLACES: Final = {stage: place for place, stage in enumerate(stages())}


def record_row(kind: str, container: str, record: Any, source: str | None = None) -> dict[str, Any]:
    """The `tables.RECORDS` row of a mapped record."""
    fields = "\n".join(sorted(fields_of(kind, record)))
    text = canonical(record)
    return {
        "container": container,
        "type": kind,
        "id": record["id"],
        "source": source,
        "key": object_key(container, kind, record["id"]),
        "output": fingerprint(text + (source or "").encode()),  # the ledger must learn whose an id now is
        "fields_fingerprint": fingerprint(fields.encode()),
        "fields": fields,
        "delete": False,
        "record": text,
    }


def deletion_row(kind: str, container: str, sfcc_id: str, source: str | None, formerly: Iterable[str]) -> dict[str, Any]:
    """The `tables.RECORDS` row that deletes an object of which the ledger has the fields `formerly`."""
    listed = REGISTRY[kind].list_key
    record = with_emptied(kind, {"id": sfcc_id, listed: []}, formerly) if listed else {"id": sfcc_id}
    return record_row(kind, container, {"id": sfcc_id} | ({listed: []} if listed else {}), source) | {
        "delete": True,
        "record": canonical(record),
    }


class RecordFiles:
    """Writes records into one file for each stage and container below `folder`, which is there once the `with` block has ended
    without error, be it empty."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._tables: dict[tuple[str, str], TableWriter] = {}
        self.counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)  # what an earlier try of the run left
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)
        if kind is None:
            self._folder.mkdir(parents=True, exist_ok=True)
        else:
            shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, records: Iterable[tuple[str, str, Any]], source: str | None = None) -> None:
        """Add (type, container, record) triples, all made from the PIM object `source`."""
        for kind, container, record in records:
            self.write_row(stage_of(kind, record), record_row(kind, container, record, source))

    def write_row(self, stage: str, row: dict[str, Any]) -> None:
        """Add a `tables.RECORDS` row to a stage."""
        place = (stage, row["container"])
        table = self._tables.get(place)
        if table is None:
            path = self._folder / f"{_PLACES[stage]:02d}-{stage}-{safe_name(row['container'])}.parquet"
            table = self._tables[place] = self._stack.enter_context(TableWriter(path, tables.RECORDS))
        table.write(row)
        self.counts[row["type"]] = self.counts.get(row["type"], 0) + 1

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    @property
    def files(self) -> list[Path]:
        """The files written, in order."""
        return record_files(self._folder)


_BY_ENTRY: Final = (sfcc.CATEGORY_ASSIGNMENTS, sfcc.RECOMMENDATIONS)
"""Lists that are deleted entry by entry."""


def write_gone(
    store: Store,
    ledger: Ledger,
    mapped: Path,
    folder: Path,
    handed_over: Collection[str] = (),
    retired: Iterable[str] = (),
    held: Path | None = None,
) -> dict[str, int]:
    """Write to `folder` the deletion of what `gone_relations` finds. Returns counts by type."""
    with RecordFiles(folder) as files:
        for relations in gone_relations(store, ledger, mapped, handed_over, retired, held):
            keys = np.array([relation["key"] for relation in relations], dtype=np.uint64)
            for relation, formerly in zip(relations, ledger.fields(keys), strict=True):
                row = deletion_row(relation["type"], relation["container"], relation["id"], relation["source"], formerly)
                # A list whose last entry went while its primary category was handed over has nothing left to delete.
                if relation["type"] not in _BY_ENTRY or orjson.loads(row["record"]).get("removed"):
                    files.write_row(relation["type"], row)
    return files.counts


def gone_relations(
    store: Store,
    ledger: Ledger,
    mapped: Path,
    handed_over: Collection[str] = (),
    retired: Iterable[str] = (),
    held: Path | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """The relations and prices that SFCC has of the products in `mapped`, or had of others under their ids, and that they no
    longer have; and all that it has of the products `retired` (their ids). What SFCC had before it was reset
    isn't there. Lists of (key, container, type, id, source).

    `mapped`: a folder of record files. `handed_over`: `akeneo_assets.mapping.emptied.handed_over`; types handed over as a whole
    stay. `held`: a `tables.ABSENCES` file of what stays for now.
    """
    products, now, left = record_files(mapped, sfcc.PRODUCT), record_files(mapped, *OF_PRODUCTS), sorted(retired)
    if not products and not left:  # as in most differentials: the ledger needn't be read
        return
    owned = [kind for kind in OF_PRODUCTS if f"{kind}/" not in handed_over]
    kept = f"SELECT key, id, type FROM ({sql_table(held, tables.ABSENCES)}) WHERE path = ''" if held else ""
    gone = store.select(
        f"""
        WITH mapped AS ({f"FROM read_parquet({sql_files(products)})" if products else sql_empty(tables.RECORDS)}),
        gone AS MATERIALIZED (
            SELECT key, container, type, id, source
            FROM ({ledger.sql(*owned, columns=("key", "container", "type", "id", "source"))})
            {f"ANTI JOIN read_parquet({sql_files(now)}) USING (container, type, id)" if now else ""}
            {f"ANTI JOIN ({kept}) USING (key) ANTI JOIN (FROM ({kept}) WHERE type = '{sfcc.PRODUCT}') USING (id)" if kept else ""}
            WHERE source IN (SELECT source FROM mapped) OR id IN (SELECT id FROM mapped) OR id IN (SELECT id FROM retired)
        )
        FROM gone SEMI JOIN (
            SELECT key FROM ledger_entries SEMI JOIN gone USING (key) WHERE NOT deleted AND number > {ledger.emptied}
        ) USING (key)
        ORDER BY type, container, id
        """,
        ledger.views,
        retired=pa.table({"id": pa.array(left, pa.string())}),
    )
    books = book_currencies(ledger)
    for batch in gone:
        # Of a book that SFCC never took it has no prices; its header would be rejected once more.
        yield [row for row in batch.to_pylist() if row["type"] != sfcc.PRICE_TABLE or row["container"] in books]


def book_currencies(ledger: Ledger) -> dict[str, str]:
    """The price books that SFCC has or may have, by their ids, with their currency: the first that it took, since no import
    changes it."""
    currencies: dict[str, str] = {}
    for id_, fields in ledger.fields_ever(sfcc.PRICE_BOOK):
        for path in fields.split("\n"):
            if path.startswith("currency/"):
                currencies.setdefault(id_, path.removeprefix("currency/"))
    return currencies


def former_price_books(ledger: Ledger, now: Collection[str]) -> dict[str, sfcc.PriceBook]:
    """The headers of the price books that SFCC was given and that aren't among `now`: only what a file that deletes their prices
    needs."""
    currencies = book_currencies(ledger)
    return {id_: {"id": id_, "currency": currency, "names": {}} for id_, currency in currencies.items() if id_ not in now}


def defined_attributes(package: Package) -> dict[str, dict[str, sfcc.Record]]:
    """The connector's own definitions of custom attributes, by the type of record that holds them, and by id."""
    defined: dict[str, dict[str, sfcc.Record]] = {sfcc.PRODUCT: {}, sfcc.CONTENT: {}}
    of_type = {PRODUCT_TYPE: sfcc.PRODUCT, CONTENT_TYPE: sfcc.CONTENT}
    for container, record in read_records(package.records("attribute_definitions"), sfcc.ATTRIBUTE_DEFINITION):
        if container in of_type:
            defined[of_type[container]][record["id"]] = record
    return defined


def record_files(folder: Path, *kinds: str) -> list[Path]:
    """The files of the given record types (all: none given) below `folder`, in order."""
    places = {f"{_PLACES[stage]:02d}" for stage in (stages_of(*kinds) if kinds else stages())}
    return [path for path in sorted(folder.glob("[0-9][0-9]-*.parquet")) if path.name[:2] in places]


def read_records(folder: Path, kind: str) -> Iterator[tuple[str, Any]]:
    """(container, record) of each record of a type below `folder`, as it was mapped. For small types: definitions, price
    books."""
    for placed in rows(record_files(folder, kind), ["container", "type", "record"]):
        if placed["type"] == kind:
            yield placed["container"], orjson.loads(placed["record"])
