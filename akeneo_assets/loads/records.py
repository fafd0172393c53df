"""Mapped records on their way to SFCC: one Parquet file a type and container, in the order in which SFCC must meet them.

Belongs here: the table and its order. Doesn't: the records' shapes (`sfcc_resources.records`), what of them is sent
(`difference`).
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa

from akeneo_assets.loads.ledger import object_key
from akeneo_assets.mapping.emptied import fields_of
from akeneo_assets.store import TableWriter, canonical, fingerprint
from sfcc_resources import records as sfcc
from sfcc_resources.feeds import safe_name

RECORD_ROWS: Final = pa.schema(
    [
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string()),  # the PIM object it comes from: product:<uuid>, product_model:<code>
        pa.field("key", pa.uint64(), nullable=False),  # `ledger.object_key`
        pa.field("output", pa.uint64(), nullable=False),  # fingerprint of the record
        pa.field("fields_fingerprint", pa.uint64(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),  # the paths written, one a line
        pa.field("record", pa.binary(), nullable=False),  # the record as JSON
    ]
)

ORDER: Final = (
    sfcc.ATTRIBUTE_DEFINITION,
    sfcc.ATTRIBUTE_GROUP,
    sfcc.CUSTOM_TYPE,
    sfcc.FILE,
    sfcc.CATEGORY,
    sfcc.PRODUCT,
    "master",  # after its variants: an archive may end between them
    "collection",  # bundles and sets, after their parts
    sfcc.CATEGORY_ASSIGNMENTS,
    sfcc.RECOMMENDATIONS,
    sfcc.PRICE_BOOK,
    sfcc.PRICE_TABLE,
    sfcc.FOLDER,
    sfcc.CONTENT,
    sfcc.CUSTOM_OBJECT,
)


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
        "output": fingerprint(text),
        "fields_fingerprint": fingerprint(fields.encode()),
        "fields": fields,
        "record": text,
    }


def _stage(kind: str, record: Any) -> int:
    if kind == sfcc.PRODUCT and "variations" in record:
        kind = "master"
    elif kind == sfcc.PRODUCT and ("bundled" in record or "set" in record):
        kind = "collection"
    return ORDER.index(kind)


class RecordFiles:
    """Writes records into one file for each stage and container below `folder`; all appear when the `with` block ends without
    error."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._tables: dict[tuple[int, str], TableWriter] = {}
        self.counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, records: Iterable[tuple[str, str, Any]], source: str | None = None) -> None:
        """Add (type, container, record) triples, all made from the PIM object `source`."""
        for kind, container, record in records:
            place = (_stage(kind, record), container)
            table = self._tables.get(place)
            if table is None:
                path = self._folder / f"{place[0]:02d}-{ORDER[place[0]]}-{safe_name(container)}.parquet"
                table = self._tables[place] = self._stack.enter_context(TableWriter(path, RECORD_ROWS))
            table.write(record_row(kind, container, record, source))
            self.counts[kind] = self.counts.get(kind, 0) + 1


def record_files(folder: Path, *kinds: str) -> list[Path]:
    """The files of the given types (all: none given) below `folder`, in order."""
    return [
        path
        for path in sorted(folder.glob("[0-9][0-9]-*.parquet"))
        if not kinds or path.name.startswith(tuple(f"{ORDER.index(k):02d}-" for k in kinds))
    ]
