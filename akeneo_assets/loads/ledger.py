"""The ledger: what SFCC was last given, a fold over every archive sent; it never starts afresh.

Belongs here: recording what an archive carries before it is sent and SFCC's verdict after, and reading the fold. Doesn't:
deciding what to send (`difference`) or reading SFCC's log (`sfcc_resources.importlog`).

One folder an archive, in the order sent: `entries.parquet` (the intent: every object in it) and, once SFCC has answered,
`verdict.parquet` (only the objects that it did not confirm). An archive without verdict confirms nothing.
An object leaves the ledger only when SFCC confirmed its removal, a field only when SFCC confirmed its clearing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from akeneo_assets.errors import ConnectorError
from akeneo_assets.store import Store, TableWriter, fingerprint, read_json, sql_empty, sql_numbered, write_json, write_table

Keys = npt.NDArray[np.uint64]

Verdict = Literal["confirmed", "refused", "pending", "unconfirmed"]
"""confirmed: as sent; refused: SFCC's error names it; pending: SFCC warned of a field; unconfirmed: SFCC did not say."""

ENTRIES: Final = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),  # of container, type and id: `object_key`
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string()),  # the PIM object it comes from: product:<uuid>, product_model:<code>
        pa.field("output", pa.uint64(), nullable=False),  # fingerprint of the record and its source
        pa.field("fields_fingerprint", pa.uint64(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),  # the paths written, one a line
        pa.field("deleted", pa.bool_(), nullable=False),
        pa.field("load", pa.string(), nullable=False),  # the load, or the run of job 1 or 2
        pa.field("file", pa.string(), nullable=False),  # the feed inside the archive
        pa.field("archive", pa.string(), nullable=False),
    ]
)

OBJECT: Final = ("container", "type", "id", "source", "verdict", "load", "file", "archive")
"""What is told of an object."""

_HELD: Final = "NOT (deleted AND verdict = 'confirmed')"

VERDICTS: Final = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("container", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("message", pa.string()),
    ]
)


def object_key(container: str, kind: str, sfcc_id: str) -> int:
    """64 bits that stand for an object of SFCC in look-ups."""
    return fingerprint(f"{container}\x00{kind}\x00{sfcc_id}".encode())


@dataclass(frozen=True)
class State:
    """The fold, one entry an object, sorted by key: 26 bytes each, so that a look-up of a million objects fits easily."""

    keys: Keys
    output: Keys
    fields: Keys
    confirmed: npt.NDArray[np.bool_]  # SFCC has it as `output` says

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The positions of `keys`; -1 where the ledger does not hold one."""
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        hit = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), dtype=bool)
        return np.where(hit, at, -1)


@dataclass(frozen=True)
class Ledger:
    """The ledger of a store."""

    store: Store

    def belongs_to(self, ends: Mapping[str, str]) -> None:
        """Make sure that the ledger tells of these ends (PIM, SFCC instance, catalog): of others it would say that they have what
        they never got. Until the first archive it follows them. Source: LOADS, ledger.

        Raises:
            ConnectorError: it tells of others.
        """
        if not self._archives():
            write_json(self._ends, ends)
        if stranger := self.stranger(ends):
            raise ConnectorError(f"Nothing was read or sent: {stranger}")

    def stranger(self, ends: Mapping[str, str]) -> str | None:
        """What is wrong where archives were sent and these aren't the ends that the ledger tells of; else None."""
        known = read_json(self._ends) if self._archives() else None
        other = [f"{name} {known[name]}, not {now}" for name, now in ends.items() if known and known.get(name, now) != now]
        if not other:
            return None
        return (
            f"the store {self.store.root} belongs to other ends ({'; '.join(other)}): set that back, or name a folder of its own "
            "in CONNECTOR_STORE."
        )

    @property
    def _ends(self) -> Path:
        return self.store.ledger / "ends.json"

    def unanswered(self, archive: str) -> bool:
        """Whether the archive was about to be sent before, and no verdict came: SFCC may know it already."""
        return any(p.name.split("-", 1)[1] == archive and not (p / "verdict.parquet").exists() for p in self._archives())

    @property
    def last(self) -> int:
        """The number of the archive sent last; 0 where none was."""
        return max(map(_number, self._archives()), default=0)

    def intend(self, archive: str) -> TableWriter:
        """A writer of the `ENTRIES` of an archive about to be sent; the entries count from the moment it closes."""
        return TableWriter(self.store.ledger / f"{self.last + 1:06d}-{archive}" / "entries.parquet", ENTRIES)

    def conclude(self, archive: str, exceptions: Iterable[dict[str, Any]]) -> int:
        """Record SFCC's verdict on an archive: the `VERDICTS` of all objects that it did not confirm; returns how many."""
        folder = next(p for p in reversed(self._archives()) if p.name.split("-", 1)[1] == archive)
        return write_table(folder / "verdict.parquet", VERDICTS, exceptions)

    def state(self) -> State:
        """The fold over all archives."""
        table = pa.Table.from_batches(
            self.store.select(f"""
                SELECT key, output, fields_fingerprint AS fields, verdict = 'confirmed' AS confirmed
                FROM ({self._latest("key, output, fields_fingerprint, deleted")}) WHERE {_HELD} ORDER BY key
            """),
            pa.schema([("key", pa.uint64()), ("output", pa.uint64()), ("fields", pa.uint64()), ("confirmed", pa.bool_())]),
        )
        return State(*(table.column(name).to_numpy() for name in ("key", "output", "fields", "confirmed")))

    def fields(self, keys: Keys) -> Iterator[set[str]]:
        """All field paths that SFCC may hold of each object of `keys`, in their order: those last confirmed and those of every
        archive since. One query, streamed."""
        if not len(keys):
            return
        wanted = pa.table({"key": keys, "position": np.arange(len(keys))})
        found = self.store.select(
            f"""
            WITH since AS (
                SELECT key, coalesce(max(number) FILTER (verdict = 'confirmed'), 0) AS since
                FROM ({self._entries("key")}) SEMI JOIN wanted USING (key) GROUP BY key
            )
            SELECT w.position, e.fields FROM ({self._entries("key, fields")}) e
            JOIN (SELECT * FROM wanted JOIN since USING (key)) w ON w.key = e.key AND e.number >= w.since
            ORDER BY w.position
            """,
            wanted=wanted,
        )
        held, at = set[str](), 0
        for batch in found:
            for position, fields in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                while at < position:
                    yield held
                    held, at = set(), at + 1
                held.update(filter(None, fields.split("\n")))
        for _ in range(at, len(keys)):
            yield held
            held = set()

    def fields_since(self, kind: str, container: str, number: int) -> Iterator[tuple[str, str]]:
        """(id, fields, one a line) of every object of the type and container: as it stood when archive `number` was the last one,
        and as each later archive carried it, confirmed or not."""
        found = self.store.select(f"""
            WITH sent AS (
                SELECT key, id, fields, number FROM ({self._entries("key, id, fields, type, container")})
                WHERE type = '{kind}' AND container = '{container}'
            )
            SELECT DISTINCT id, fields FROM sent s
            WHERE number >= (SELECT coalesce(max(number), {number + 1}) FROM sent b WHERE b.key = s.key AND b.number <= {number})
        """)
        return (row for batch in found for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def fields_ever(self, kind: str) -> Iterator[tuple[str, str]]:
        """(id, fields, one a line) of every object of the type, as each archive carried it that SFCC took or may have taken it
        from: first as confirmed, then where SFCC did not say, each in the order sent."""
        found = self.store.select(f"""
            SELECT id, fields FROM ({self._entries("key, id, fields, type")})
            WHERE type = '{kind}' AND verdict IN ('confirmed', 'unconfirmed') ORDER BY verdict, number, id
        """)
        return (row for batch in found for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def objects(self, *kinds: str, columns: Sequence[str] = OBJECT, unsettled_since: int | None = None) -> pa.Table:
        """What the ledger holds of the given types; `columns` of `OBJECT`.

        `unsettled_since`: only what is not confirmed, or was sent by an archive of a higher number, be it to delete it.
        """
        schema = pa.schema([(name, pa.string()) for name in columns])
        found = self.store.select(f"{self.sql(*kinds, columns=columns, unsettled_since=unsettled_since)} ORDER BY ALL")
        return pa.Table.from_batches(found, schema)

    def sql(self, *kinds: str, columns: Sequence[str] = OBJECT, unsettled_since: int | None = None) -> str:
        """The query that `objects` runs, in no order: to be part of another, which need not hold all of them."""
        types = ", ".join(f"'{kind}'" for kind in kinds)
        wanted = _HELD if unsettled_since is None else f"(verdict <> 'confirmed' OR number > {unsettled_since})"
        told = [name for name in columns if name != "verdict"]
        latest = self._latest(", ".join(dict.fromkeys(["key", "deleted", "type", *told])))
        return f"SELECT {', '.join(columns)} FROM ({latest}) WHERE type IN ({types}) AND {wanted}"

    def _latest(self, columns: str) -> str:
        """A query over each object's last entry: the entries are looked up by their numbers, so that nothing wide is held."""
        return (
            f"SELECT * FROM ({self._entries(columns)}) "
            f"SEMI JOIN (SELECT key, max(number) AS number FROM ({self._entries('key')}) GROUP BY key) USING (key, number)"
        )

    def _archives(self) -> list[Path]:
        return sorted(p.parent for p in self.store.ledger.glob("*/entries.parquet"))

    def _entries(self, columns: str) -> str:
        """A query over all entries with their archive's number and SFCC's verdict on them."""
        archives = self._archives()
        if not archives:
            return f"SELECT {columns}, 0 AS number, '' AS verdict FROM ({sql_empty(ENTRIES)})"
        entries = {folder / "entries.parquet": _number(folder) for folder in archives}
        verdicts = {path: _number(path.parent) for path in sorted(self.store.ledger.glob("*/verdict.parquet"))}
        open_ones = sorted({*entries.values()} - {*verdicts.values()})
        found = f"SELECT {columns}, number FROM ({sql_numbered(entries)})"
        if not verdicts:
            return f"SELECT *, 'unconfirmed' AS verdict FROM ({found})"
        return f"""
            SELECT e.*, CASE WHEN e.number IN ({", ".join(map(str, open_ones)) or "NULL"}) THEN 'unconfirmed'
                             ELSE coalesce(v.verdict, 'confirmed') END AS verdict
            FROM ({found}) e LEFT JOIN (SELECT key, number, verdict FROM ({sql_numbered(verdicts)})) v USING (key, number)
        """


def _number(folder: Path) -> int:
    return int(folder.name.split("-")[0])
