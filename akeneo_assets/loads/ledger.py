"""The ledger: what SFCC was last given, a fold over every archive sent; it never starts afresh.

Belongs here: recording what an archive carries before it is sent and SFCC's verdict after, and reading the fold. Doesn't:
deciding what to send (`difference`) or reading SFCC's log (`sfcc_resources.log_wording`).

One folder an archive, in the order sent: `entries.parquet` (the intent: every object in it) and, once SFCC has answered,
`verdict.parquet` (only the objects that it did not confirm). An archive without verdict confirms nothing.
An object leaves the ledger only when SFCC confirmed its removal, a field only when SFCC confirmed its clearing.
The oldest archives are folded into one table in time (`loads.base`), whose entries count like those of the archives.

Beside them lie `ends.json` (whose ledger it is, and its id) and `marks.json`: the archive whose mark each catalog was seen with
last, and what a reset or restored instance has undone (`loads.sentinel`); and `doubts.parquet`: what SFCC confirmed and was found
not to hold any more (`loads.drift`).
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from uuid import uuid4

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.base import Base
from akeneo_assets.mapping.emptied import RETIRED
from akeneo_assets.store import (
    DamagedFileError,
    Store,
    TableWriter,
    fingerprint,
    read_json,
    rows,
    sql_empty,
    sql_numbered,
    sql_table,
    write_json,
    write_query,
    write_table,
)

Keys = npt.NDArray[np.uint64]

Verdict = Literal["confirmed", "refused", "pending", "unconfirmed"]
"""confirmed: as sent; refused: SFCC's error names it; pending: SFCC warned of a field; unconfirmed: SFCC did not say."""

OBJECT: Final = ("container", "type", "id", "source", "verdict", "load", "file", "archive")
"""What is told of an object."""

IS_RETIRED: Final = f"(starts_with(fields, '{RETIRED}') OR contains(fields, chr(10) || '{RETIRED}'))"
"""SQL: whether an entry took its object offline since it was no longer exported."""

_HELD: Final = "NOT (deleted AND verdict = 'confirmed')"

_NOTHING_SAID: Final = f"SELECT key, 0 AS number, verdict, message FROM ({sql_empty(tables.LEDGER_VERDICTS)})"


def object_key(container: str, kind: str, sfcc_id: str) -> int:
    """64 bits that stand for an object of SFCC in look-ups."""
    return fingerprint(f"{container}\x00{kind}\x00{sfcc_id}".encode())


@dataclass(frozen=True)
class Undone:
    """What a reset or restore took from the instance: that of all archives after number `as_of` up to `after`. `as_of` 0: of all;
    `taken_over`: the id of the ledger whose mark the instance had; `emptied`: nothing is left of the connector's, where `as_of`
    is 0. Else some of it may be."""

    as_of: int
    after: int
    taken_over: str | None = None
    emptied: bool = True

    @property
    def known(self) -> bool:
        """Whether it is known what the instance has lost; else it may have lost anything sent."""
        return bool(self.as_of) or self.emptied


@dataclass(frozen=True)
class Sent:
    """An archive that was about to be sent. `load`: the import that it is of; None: it carries nothing."""

    number: int
    archive: str
    load: str | None


@dataclass(frozen=True)
class Ledger:
    """The ledger of a store."""

    store: Store

    def belongs_to(self, ends: Mapping[str, str]) -> None:
        """Make sure that the ledger tells of these ends (PIM, SFCC instance, catalog): of others it would say that they have what
        they never got. Until the first archive it follows them. Source: LOADS, ledger.

        Raises:
            ConnectorError: it tells of others.
            DamagedFileError: it holds archives, and the file that names its ends is missing; or an archive is missing.
        """
        known, begun = read_json(self._ends), self._begun
        if known is None and begun:
            raise DamagedFileError(self._ends, "is missing beside a ledger that holds archives")
        named = {"ledger": uuid4().hex, **(known or {}), **({} if begun else ends)}
        if named != known:
            write_json(self._ends, named)
        if stranger := self.stranger(ends):
            raise ConnectorError(f"Nothing was read or sent: {stranger}")

    def stranger(self, ends: Mapping[str, str]) -> str | None:
        """What is wrong where archives were sent and these aren't the ends that the ledger tells of; else None."""
        known = read_json(self._ends) if self._begun else None
        other = [f"{name} {known[name]}, not {now}" for name, now in ends.items() if known and known.get(name, now) != now]
        if not other:
            return None
        return (
            f"the store {self.store.root} belongs to other ends ({'; '.join(other)}): set that back, or name a folder of its own "
            "in CONNECTOR_STORE."
        )

    @property
    def _begun(self) -> bool:
        """Whether anything was ever about to be sent. Raises DamagedFileError as `_archives`."""
        return bool(self._archives() or self.folded)

    @property
    def folded(self) -> int:
        """The number of the last archive that is folded into the base; 0: none is."""
        return Base.of(self.store).through

    @property
    def _ends(self) -> Path:
        return self.store.ledger / "ends.json"

    @property
    def id(self) -> str:
        """What tells this ledger from all others; empty until `belongs_to` has given it."""
        return str((read_json(self._ends) or {}).get("ledger", ""))

    @property
    def catalog(self) -> str | None:
        """The master catalog that the ledger tells of; None until `belongs_to` has named it."""
        catalog: str | None = (read_json(self._ends) or {}).get("catalog")
        return catalog

    # --- The instance's state ---------------------------------------------------------------------------------------------------

    @property
    def _marks(self) -> Path:
        return self.store.ledger / "marks.json"

    @property
    def marks(self) -> dict[str, int]:
        """The number of the archive whose mark each catalog must have at least, as far as any is known."""
        return dict((read_json(self._marks) or {}).get("marks", {}))

    @property
    def undone(self) -> list[Undone]:
        """What resets and restores of the instance have undone, in their order."""
        return [Undone(**known) for known in (read_json(self._marks) or {}).get("undone", ())]

    @property
    def emptied(self) -> int:
        """The number of the last archive that a reset of the instance has wiped out; 0: it was never reset."""
        return max((undone.after for undone in self.undone if not undone.as_of and undone.emptied), default=0)

    def note_marks(self, marks: Mapping[str, int]) -> None:
        """Keep which archive's mark these catalogs have now. For the holder of the sending lock."""
        if marks:
            write_json(self._marks, (read_json(self._marks) or {}) | {"marks": {**self.marks, **marks}})

    def undo(self, as_of: int, marks: Mapping[str, int], taken_over: str | None = None, *, emptied: bool = True) -> None:
        """Note that the instance is again as it was after archive `as_of` (0: before any, empty or not, as `emptied` says):
        whatever came later counts as not confirmed. `marks`: those that its catalogs have now; `taken_over`: the id of the ledger
        that wrote there in between. For the holder of the sending lock."""
        undone = [*self.undone, Undone(as_of, self.last, taken_over, emptied)]
        write_json(self._marks, {"marks": marks, "undone": undone})

    def number_of(self, archive: str) -> int | None:
        """The number under which an archive was sent last; None: the ledger doesn't know it. Of those that are folded it knows
        those whose mark a catalog may have now."""
        numbers = (_number(folder) for folder in reversed(self._folders_of(archive)))
        return next(numbers, None) or Base.of(self.store).archives.get(archive)

    # --- Doubts -----------------------------------------------------------------------------------------------------------------

    @property
    def _doubts(self) -> Path:
        return self.store.ledger / "doubts.parquet"

    def doubt(self, entries: Collection[tuple[int, int]]) -> None:
        """Note that SFCC no longer holds what these entries (key, number of the archive) say: they count as unconfirmed from now
        on. For the holder of the sending lock."""
        known = ((row["key"], row["number"]) for row in rows([self._doubts] if self._doubts.exists() else []))
        doubts = sorted({*known, *entries})
        write_table(self._doubts, tables.LEDGER_DOUBTS, ({"key": key, "number": number} for key, number in doubts))

    # --- Archives ---------------------------------------------------------------------------------------------------------------

    def unanswered(self, archive: str) -> bool:
        """Whether the archive was about to be sent before, and no verdict came: SFCC may know it already."""
        return any(not (folder / "verdict.parquet").exists() for folder in self._folders_of(archive))

    @property
    def last(self) -> int:
        """The number of the archive sent last; 0 where none was."""
        whole = (folder for folder in reversed(self._folders()) if (folder / "entries.parquet").exists())
        return next((_number(folder) for folder in whole), self.folded)

    def sent(self) -> list[Sent]:
        """All archives that were about to be sent and aren't folded, in order."""
        entries = {folder / "entries.parquet": _number(folder) for folder in self._archives()}
        if not entries:
            return []
        loads = self.store.select(f"SELECT number, any_value(load) AS load FROM ({sql_numbered(entries)}) GROUP BY number")
        load_of = {row["number"]: row["load"] for batch in loads for row in batch.to_pylist()}
        return [Sent(number, _archive(path.parent), load_of.get(number)) for path, number in entries.items()]

    def names(self) -> dict[int, str]:
        """The names of all archives by their numbers; of folded ones as `number_of`."""
        folded = {number: name for name, number in Base.of(self.store).archives.items()}
        return folded | {_number(folder): _archive(folder) for folder in self._archives()}

    def outstanding(self) -> set[int]:
        """The numbers of the archives without verdict that still count: nothing later was sent of some object in them."""
        unanswered = {_number(folder) for folder in self._archives() if not (folder / "verdict.parquet").exists()}
        if not unanswered:
            return set()
        numbers = f"SELECT DISTINCT number FROM ledger_latest WHERE number IN ({', '.join(map(str, unanswered))})"
        return {row["number"] for batch in self.store.select(numbers, self.views) for row in batch.to_pylist()}

    def intend(self, archive: str) -> TableWriter:
        """A writer of the `tables.LEDGER_ENTRIES` of an archive about to be sent; the entries count from the moment it closes.
        The archive takes the next number."""
        folder = self.store.ledger / f"{self.last + 1:06d}-{archive}"
        folder.mkdir(parents=True, exist_ok=True)
        return TableWriter(folder / "entries.parquet", tables.LEDGER_ENTRIES)

    def conclude(self, archive: str, exceptions: Iterable[dict[str, Any]]) -> int:
        """Record SFCC's verdict on an archive: the `tables.LEDGER_VERDICTS` of all objects that it did not confirm; returns how
        many."""
        folder = self._folders_of(archive)[-1]
        return write_table(folder / "verdict.parquet", tables.LEDGER_VERDICTS, exceptions)

    def recorded(self) -> int:
        """A fingerprint of all that is recorded: it is another one after any archive, verdict, reset, doubt or fold."""
        archives = [(folder.name, (folder / "verdict.parquet").exists()) for folder in self._archives()]
        doubts = self._doubts.stat().st_size if self._doubts.exists() else 0
        return fingerprint(repr((self.folded, archives, self.undone, doubts)).encode())

    def views(self, query: duckdb.DuckDBPyConnection) -> None:
        """Make the views of the ledger in a connection: `ledger_entries`, each entry as in `tables.LEDGER_BASE` (of what isn't
        folded without lines), with the `verdict` that holds now; `ledger_latest`, the last entry of each object, looked up by its
        number so that nothing wide is held; `ledger_current`, those of them that SFCC holds or may hold."""
        query.execute(f"CREATE OR REPLACE TEMP VIEW ledger_entries AS {self._entries()}")
        query.execute("""
            CREATE OR REPLACE TEMP VIEW ledger_latest AS FROM ledger_entries
            SEMI JOIN (SELECT key, max(number) AS number FROM ledger_entries GROUP BY key) USING (key, number)
        """)
        query.execute(f"CREATE OR REPLACE TEMP VIEW ledger_current AS FROM ledger_latest WHERE {_HELD}")

    @contextmanager
    def compared_with(self, file: Path) -> Iterator[Path]:
        """`ledger_current` as a Parquet file of `key`, `output`, `fields_fingerprint` and `verdict`, until the block ends: for
        several comparisons at one moment, since working it out reads all of the ledger."""
        with self.store.query(self.views) as query:
            write_query(query, "SELECT key, output, fields_fingerprint, verdict FROM ledger_current", file)
        try:
            yield file
        finally:
            file.unlink()

    def fields(self, keys: Keys) -> Iterator[set[str]]:
        """All field paths that SFCC may hold of each object of `keys`, in their order: those last confirmed and those of every
        archive since, without what a reset or restore has undone. One query, streamed."""
        if not len(keys):
            return
        wanted = pa.table({"key": keys, "position": np.arange(len(keys))})
        batches = self.store.select(
            """
            WITH entries AS (FROM ledger_entries SEMI JOIN wanted USING (key) WHERE NOT undone), since AS (
                SELECT key, coalesce(max(number) FILTER (verdict = 'confirmed'), 0) AS since FROM entries GROUP BY key
            )
            SELECT w.position, e.fields FROM entries e
            JOIN (SELECT * FROM wanted JOIN since USING (key)) w ON w.key = e.key AND e.number >= w.since
            ORDER BY w.position
            """,
            self.views,
            wanted=wanted,
        )
        held, at = set[str](), 0
        for batch in batches:
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
        batches = self.store.select(
            f"""
            WITH sent AS (
                SELECT key, id, fields, number FROM ledger_entries WHERE type = '{kind}' AND container = '{container}'
            )
            SELECT DISTINCT id, fields FROM sent s
            WHERE number >= (SELECT coalesce(max(number), {number + 1}) FROM sent b WHERE b.key = s.key AND b.number <= {number})
            """,
            self.views,
        )
        return (entry for batch in batches for entry in zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def fields_ever(self, kind: str) -> Iterator[tuple[str, str]]:
        """(id, fields, one a line) of every object of the type, as each archive carried it that SFCC took or may have taken it
        from: first as confirmed, then where SFCC did not say, each in the order sent; without what a reset or restore has
        undone."""
        batches = self.store.select(
            f"""
            SELECT id, fields FROM ledger_entries WHERE type = '{kind}' AND verdict IN ('confirmed', 'unconfirmed') AND NOT undone
            ORDER BY verdict, number, id
            """,
            self.views,
        )
        return (entry for batch in batches for entry in zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def refused_before(self, archive: str) -> set[tuple[str, str, str]]:
        """The objects of an archive, by container, type and id, that SFCC refused when they were sent last, and that are the same
        since."""
        number = _number(self._folders_of(archive)[-1])
        batches = self.store.select(
            f"""
            WITH now AS (SELECT key, container, type, id, output FROM ledger_entries WHERE number = {number}),
            before AS (
                SELECT key, max_by(verdict, number) AS verdict, max_by(output, number) AS output
                FROM ledger_entries SEMI JOIN now USING (key) WHERE number < {number} GROUP BY key
            )
            SELECT container, type, id FROM now JOIN before USING (key, output) WHERE verdict = 'refused'
            """,
            self.views,
        )
        return {(row["container"], row["type"], row["id"]) for batch in batches for row in batch.to_pylist()}

    def objects(self, *kinds: str, columns: Sequence[str] = OBJECT, unsettled_since: int | None = None) -> pa.Table:
        """What the ledger holds of the given types; `columns` of `OBJECT`.

        `unsettled_since`: only what is not confirmed, or was sent by an archive of a higher number, be it to delete it.
        """
        schema = pa.schema([(name, pa.string()) for name in columns])
        wanted = f"({self.sql(*kinds, columns=columns, unsettled_since=unsettled_since)}) ORDER BY ALL"
        return pa.Table.from_batches(self.store.select(f"FROM {wanted}", self.views), schema)

    def sql(self, *kinds: str, columns: Sequence[str] = OBJECT, unsettled_since: int | None = None) -> str:
        """The query that `objects` runs over the ledger's views, in no order: to be part of another, which need not hold all of
        them."""
        types = ", ".join(f"'{kind}'" for kind in kinds)
        if unsettled_since is None:
            return f"SELECT {', '.join(columns)} FROM ledger_current WHERE type IN ({types})"
        unsettled = f"(verdict <> 'confirmed' OR number > {unsettled_since})"
        return f"SELECT {', '.join(columns)} FROM ledger_latest WHERE type IN ({types}) AND {unsettled}"

    def _folders(self) -> list[Path]:
        """The folders of all archives that aren't folded in order, those among them that a kill has left without entries."""
        names = sorted(entry.name for entry in os.scandir(self.store.ledger)) if self.store.ledger.exists() else []
        folders, folded = [self.store.ledger / name for name in names if name[:1].isdigit()], self.folded
        return [folder for folder in folders if _number(folder) > folded]

    def archives_folded(self) -> list[Path]:
        """The folders of folded archives that are still there: nothing reads them any more."""
        folded = self.folded
        return [path for path in self.store.ledger.glob("[0-9]*-*") if _number(path) <= folded]

    def _folders_of(self, archive: str) -> list[Path]:
        """The folders of the archive's intents, in order."""
        folders = (folder for folder in self._folders() if _archive(folder) == archive)
        return [folder for folder in folders if (folder / "entries.parquet").exists()]

    def _archives(self) -> list[Path]:
        """The folders of all archives that were about to be sent and aren't folded, in order.

        Raises:
            DamagedFileError: one of them is gone, or has lost its entries. Archives are numbered without a gap, and an intent
                that a kill has broken off is the last one and has no verdict.
        """
        folders = self._folders()
        whole = [folder for folder in folders if (folder / "entries.parquet").exists()]
        numbers = {_number(folder) for folder in whole}
        for number in range(self.folded + 1, max(numbers, default=0) + 1):
            if number not in numbers:
                raise DamagedFileError(self.store.ledger / f"{number:06d}-*" / "entries.parquet", "is missing")
        for folder in set(folders) - set(whole):
            if (folder / "verdict.parquet").exists():
                raise DamagedFileError(folder / "entries.parquet", "is missing")
        return whole

    def _entries(self) -> str:
        """A query over all entries with their archive's number, whether a reset or restore has undone them, and SFCC's verdict on
        them. What is undone, may be or is doubted isn't confirmed; but what was deleted is gone from an empty instance, too."""
        doubts = sql_table(self._doubts, tables.LEDGER_DOUBTS) if self._doubts.exists() else sql_empty(tables.LEDGER_DOUBTS)
        may_be = " OR ".join(f"s.number <= {gone.after}" for gone in self.undone if not gone.known) or "false"
        known = [f"number > {gone.as_of} AND number <= {gone.after}" for gone in self.undone if gone.known]
        return f"""
            WITH said AS (SELECT *, ({" OR ".join(known) or "false"}) AS undone FROM ({self._said()}))
            SELECT s.*, CASE WHEN s.said <> 'confirmed' THEN s.said
                             WHEN d.key IS NOT NULL THEN 'unconfirmed'
                             WHEN (s.undone OR {may_be}) AND NOT (s.deleted AND s.number <= {self.emptied}) THEN 'unconfirmed'
                             ELSE 'confirmed' END AS verdict
            FROM said s LEFT JOIN ({doubts}) d ON d.key = s.key AND d.number = s.number
        """

    def _said(self) -> str:
        """A query over all entries as `tables.LEDGER_BASE`: what SFCC said of each, be it undone or doubted since."""
        base = Base.of(self.store).entries
        folded = sql_empty(tables.LEDGER_BASE) if base is None else sql_table(base, tables.LEDGER_BASE)
        archives = self._archives()
        if not archives:
            return folded
        entries = {folder / "entries.parquet": _number(folder) for folder in archives}
        verdicts = {path: _number(folder) for folder in archives if (path := folder / "verdict.parquet").exists()}
        unanswered = sorted({*entries.values()} - {*verdicts.values()})
        said = f"SELECT key, number, verdict, message FROM ({sql_numbered(verdicts)})" if verdicts else _NOTHING_SAID
        return f"""
            SELECT e.*, CASE WHEN e.number IN ({", ".join(map(str, unanswered)) or "NULL"}) THEN 'unconfirmed'
                             ELSE coalesce(v.verdict, 'confirmed') END AS said, v.message
            FROM ({sql_numbered(entries)}) e LEFT JOIN ({said}) v ON v.key = e.key AND v.number = e.number
            UNION ALL BY NAME {folded}
        """


def _number(folder: Path) -> int:
    return int(folder.name.split("-")[0])


def _archive(folder: Path) -> str:
    return folder.name.split("-", 1)[1]
