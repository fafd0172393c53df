"""Mapped records on their way to SFCC: one Parquet file a type and container, in the order in which SFCC must meet them.

Belongs here: the table and its order. Doesn't: the records' shapes (`sfcc_resources.records`), what of them is sent
(`difference`).
"""

import shutil
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa

from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.mapping.emptied import fields_of, with_emptied
from akeneo_assets.store import Store, TableWriter, canonical, fingerprint, sql_files
from sfcc_resources import records as sfcc
from sfcc_resources.archive_paths import safe_name

RECORD_ROWS: Final = pa.schema(
    [
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string()),  # the PIM object it comes from: product:<uuid>, product_model:<code>
        pa.field("key", pa.uint64(), nullable=False),  # `ledger.object_key`
        pa.field("output", pa.uint64(), nullable=False),  # fingerprint of the record and its source
        pa.field("fields_fingerprint", pa.uint64(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),  # the paths written, one a line
        pa.field("delete", pa.bool_(), nullable=False),  # SFCC holds it and must not any more
        pa.field("record", pa.binary()),  # the record as JSON; of what is deleted only what its deletion needs
    ]
)

ORDER: Final = (
    sfcc.ATTRIBUTE_DEFINITION,
    sfcc.ATTRIBUTE_GROUP,
    sfcc.CUSTOM_TYPE,
    sfcc.FILE,
    sfcc.CATALOG_HEADER,
    sfcc.CATEGORY,
    sfcc.PRODUCT,
    "master",  # after its variants: an archive may end between them
    "collection",  # bundles and sets, after their parts
    sfcc.PRODUCT_LINKS,
    sfcc.CATEGORY_ASSIGNMENTS,
    sfcc.RECOMMENDATIONS,
    sfcc.PRICE_BOOK,
    sfcc.PRICE_TABLE,
    sfcc.FOLDER,
    sfcc.CONTENT,
    sfcc.CUSTOM_OBJECT,
)

OF_PRODUCTS: Final = (sfcc.PRODUCT_LINKS, sfcc.CATEGORY_ASSIGNMENTS, sfcc.RECOMMENDATIONS, sfcc.PRICE_TABLE)
"""Objects that are a product's, under its id."""


def record_row(kind: str, container: str, record: Any, source: str | None = None) -> dict[str, Any]:
    """The `RECORD_ROWS` row of a mapped record."""
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
    """The `RECORD_ROWS` row that deletes an object of which the ledger has the fields `formerly`."""
    listed = _LISTS.get(kind)
    record = with_emptied(kind, {"id": sfcc_id, listed: []}, formerly) if listed else {"id": sfcc_id}
    return record_row(kind, container, {"id": sfcc_id} | ({listed: []} if listed else {}), source) | {
        "delete": True,
        "record": canonical(record),
    }


_LISTS: Final = {sfcc.PRODUCT_LINKS: "links", sfcc.CATEGORY_ASSIGNMENTS: "categories", sfcc.RECOMMENDATIONS: "targets"}
"""Objects that are a product's list of relations: each relation is deleted by itself."""


def _stage(kind: str, record: Any) -> int:
    if kind == sfcc.PRODUCT and "variations" in record:
        kind = "master"
    elif kind == sfcc.PRODUCT and ("bundled" in record or "set" in record):
        kind = "collection"
    return ORDER.index(kind)


class RecordFiles:
    """Writes records into one file for each stage and container below `folder`, which is there once the `with` block has ended
    without error, be it empty."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._tables: dict[tuple[int, str], TableWriter] = {}
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
            self.write_row(_stage(kind, record), record_row(kind, container, record, source))

    def write_row(self, stage: int, row: dict[str, Any]) -> None:
        """Add a `RECORD_ROWS` row at a place in `ORDER`."""
        place = (stage, row["container"])
        table = self._tables.get(place)
        if table is None:
            path = self._folder / f"{stage:02d}-{ORDER[stage]}-{safe_name(row['container'])}.parquet"
            table = self._tables[place] = self._stack.enter_context(TableWriter(path, RECORD_ROWS))
        table.write(row)
        self.counts[row["type"]] = self.counts.get(row["type"], 0) + 1


def write_gone(store: Store, ledger: Ledger, mapped: Path, folder: Path, handed_over: Collection[str] = ()) -> dict[str, int]:
    """Write to `folder` the deletion of relations and prices that SFCC has of the products in `mapped`, or had of others under
    their ids, and they no longer have.

    `mapped`: a folder of record files. `handed_over`: `akeneo_assets.mapping.emptied.handed_over`; types handed over as a whole
    stay. Returns counts by type.
    """
    products = record_files(mapped, sfcc.PRODUCT, "master", "collection")
    with RecordFiles(folder) as files:
        if products:
            owned = [kind for kind in OF_PRODUCTS if f"{kind}/" not in handed_over]
            held = ledger.sql(*owned, columns=("container", "type", "id", "source"))
            now = record_files(mapped, *OF_PRODUCTS)
            gone = store.select(
                f"""
                WITH mapped AS (SELECT id, source FROM read_parquet({sql_files(products)}))
                SELECT container, type, id, source FROM ({held})
                {f"ANTI JOIN read_parquet({sql_files(now)}) USING (container, type, id)" if now else ""}
                WHERE source IN (SELECT source FROM mapped) OR id IN (SELECT id FROM mapped)
                ORDER BY type, container, id
                """
            )
            books = book_currencies(ledger)
            for batch in gone:
                # Of a book that SFCC never took it has no prices; its header would be rejected once more.
                rows = [row for row in batch.to_pylist() if row["type"] != sfcc.PRICE_TABLE or row["container"] in books]
                keys = np.array([object_key(r["container"], r["type"], r["id"]) for r in rows], dtype=np.uint64)
                for row, formerly in zip(rows, ledger.fields(keys), strict=True):
                    deletion = deletion_row(row["type"], row["container"], row["id"], row["source"], formerly)
                    files.write_row(ORDER.index(row["type"]), deletion)
    return files.counts


def book_currencies(ledger: Ledger) -> dict[str, str]:
    """The price books that SFCC has or may have, by their ids, with their currency: the first that it took, since no import
    changes it."""
    found: dict[str, str] = {}
    for id_, fields in ledger.fields_ever(sfcc.PRICE_BOOK):
        for path in fields.split("\n"):
            if path.startswith("currency/"):
                found.setdefault(id_, path.removeprefix("currency/"))
    return found


def former_price_books(ledger: Ledger, now: Collection[str]) -> dict[str, sfcc.PriceBook]:
    """The headers of the price books that SFCC was given and that aren't among `now`: only what a file that deletes their prices
    needs."""
    given = book_currencies(ledger).items()
    return {id_: {"id": id_, "currency": currency, "names": {}} for id_, currency in given if id_ not in now}


def record_files(folder: Path, *kinds: str) -> list[Path]:
    """The files of the given types (all: none given) below `folder`, in order."""
    return [
        path
        for path in sorted(folder.glob("[0-9][0-9]-*.parquet"))
        if not kinds or path.name.startswith(tuple(f"{ORDER.index(k):02d}-" for k in kinds))
    ]
