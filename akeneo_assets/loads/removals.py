"""What the PIM has no more: found, proven by name, and left out of the mirror.

Belongs here: whom a load asks for, what follows from the answers. Doesn't: the calls (`akeneo_assets.pim.by_name`), what a
removal means for SFCC.

An item that a list lacks is not gone for that: lists come from a search index. Each is asked for by name. What the PIM still has
is kept, as it is now; what it answers with 404 is gone, unless all that it belonged to has vanished from the PIM's lists, too:
then it counts as hidden, and the load stops. Source: LOADS, "Absence is a claim", point 2, and "Removals".
"""

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.item_reading import (
    BY_NAME,
    PROGRESS_SECONDS,
    SOURCES,
    WALK_PARAMS,
    Part,
    RawRows,
    Tell,
    by_name_files,
    families_read,
    families_search,
)
from akeneo_assets.loads.mirror import Items, Mirror
from akeneo_assets.loads.other_ends import to_read_again
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.vanished_codes import refuse_hidden
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.codes_in_use import Codes, unlisted
from akeneo_assets.pim.absence import PAGE, Cell, Known, Rows, absent, differing, second_of, unknown
from akeneo_assets.pim.by_name import ask_by_name, listed_by_name
from akeneo_assets.pim.clock import filter_text, window_start
from akeneo_assets.pim.counting import Search, count
from akeneo_assets.pim.paging import key_of, pages
from akeneo_assets.pim.partial import item_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint, walk
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import sql_files
from akeneo_assets.structure.pim_structure import Structure, fold

LAST_WALK: Final = "last walk"
"""The report's key for when the last load began that compared all uuids and codes."""

MOST_CONTRADICTED: Final = 1_000
"""Products that no list has and that are there all the same: with more of them the PIM's search index is not whole, and asking
for the rest one by one would say no more."""


_CREATED: Final = "coalesce(epoch(TRY_CAST(substr(created, 1, 19) AS TIMESTAMP))::BIGINT, 0)"
"""SQL: the second in which an item was created, on the clock that the PIM prints, as `absence.Known` has it."""


class Suspect(NamedTuple):
    """An item that the mirror has and a list lacks. `code`: a product's identifier or a model's code, as spelled."""

    owner: str
    key: str
    code: str | None


How = Literal["counted", "walked"]
"""`counted`: the PIM's counts agree with the mirror's but for what was found, which is evidence; `walked`: all uuids and codes
were compared."""


@dataclass
class Removals:
    """The removals of one load."""

    package: Package
    window: Window
    settings: ConnectorSettings
    structure: Structure
    client: PimClient
    tell: Tell
    how: How = "walked"
    gone: list[Suspect] = field(default_factory=list)
    kept: int = 0  # asked for by name, since a list lacked them, and still there
    held: int = 0  # gone, and left in the mirror, since the guard keeps them
    added: int = 0  # listed, and unknown until now
    read_again: int = 0  # since something that they are associated with changed
    parts: int = 0

    @property
    def mirror(self) -> Mirror:
        """The PIM as this load sees it."""
        return Mirror.of(self.package.store, self.window)

    @property
    def known(self) -> Mirror | None:
        """The PIM as it was known before this load; None where no load has succeeded yet."""
        if not self.window.whole:
            return self.mirror.before()
        last = windows.last_successful(self.package.store)
        return Mirror.of(self.package.store, last) if last else None

    def find(self) -> None:
        """Find the load's removals; what an earlier try of the load has found is forgotten.

        Raises:
            PimError: the PIM did not answer as it should.
            ConnectorError: the search index is not whole, or items may be hidden.
        """
        self.mirror.forget([])
        for path in by_name_files(self.package):
            path.unlink()
        if not self.window.whole:
            walked = [self._compare(endpoint, walk_all=self._walk_is_due) for endpoint in SOURCES]
            self.how = "walked" if all(walked) else "counted"
        elif (known := self.known) is not None:
            for endpoint in SOURCES:
                self._prove(endpoint, list(self._not_read(endpoint, known)))
        self._forget()
        self._read_again()
        found = "; ".join(f"{many:,} {what}" for what, many in self._found().items() if many)
        self.tell(f"Removals {self.how}: {found or 'none'}.")

    def prove(self, suspects: Sequence[dict[str, Any]]) -> None:
        """Ask for suspects (`owner`, `key`, `code`) by name. Raises as `find` does."""
        for endpoint, (_, owner) in SOURCES.items():
            self._prove(endpoint, [Suspect(owner, row["key"], row["code"]) for row in suspects if row["owner"] == owner])
        self._forget()
        self._read_again()

    def put_back(self, kept: Collection[tuple[str, str]]) -> None:
        """Leave these items (owner, key) in the mirror as they were known before, gone or not: the guard keeps them."""
        back = [item for item in self.gone if (item.owner, item.key) in kept]
        if not back:
            return
        self.gone = [item for item in self.gone if (item.owner, item.key) not in kept]
        self.held = len(back)
        self.mirror.forget([{"owner": item.owner, "key": item.key} for item in self.gone])
        if self.window.whole and self.known is not None:
            raw = RawRows.of(self.structure)
            with Part(self.package, BY_NAME + self.parts, raw) as part:
                for endpoint, (table, owner) in SOURCES.items():
                    for row in self.known.items(table, [item.key for item in back if item.owner == owner]):
                        part.add(endpoint, raw.parsers.item(row["item"]))
            self.parts += 1

    def report(self) -> Report:
        """How removals were found, how many items are gone and how many were kept since the PIM has them by name."""
        walked = self.window.poll_start if self.how == "walked" else self._last_walk
        return {"removals": self.how, **self._found(), LAST_WALK: walked}

    def _found(self) -> dict[str, int]:
        by_owner = {owner: sum(item.owner == owner for item in self.gone) for _, owner in SOURCES.values()}
        gone = {f"{owner.replace('_', ' ')}s gone": by_owner[owner] for _, owner in reversed(SOURCES.values())}
        return {
            **gone,
            "gone, held back": self.held,
            "kept, there by name": self.kept,
            "unknown before": self.added,
            "read again": self.read_again,
        }

    @cached_property
    def _last_walk(self) -> str | None:
        """When the last load that walked began (ISO 8601), or that read everything; None: unknown."""
        if self.window.previous is None:
            return None
        changes = Package.of_load(self.package.store, self.window.previous).report("changes") or {}
        walk: str | None = changes.get("removals", {}).get(LAST_WALK)
        return walk

    @property
    def _walk_is_due(self) -> bool:
        last, now = self._last_walk, datetime.fromisoformat(self.window.poll_start)
        return last is None or now - datetime.fromisoformat(last) >= timedelta(hours=self.settings.loads.verify_every)

    def _compare(self, endpoint: Endpoint, *, walk_all: bool) -> bool:
        """Compare the PIM's items with the mirror's; prove what it lacks, read what is unknown. Returns whether all were walked.

        Only items created before the poll count, on both sides: what came since hides nothing that went.
        """
        table, _ = SOURCES[endpoint]
        began, zone = datetime.fromisoformat(self.window.poll_start), self.settings.akeneo.timezone
        before = second_of(filter_text(window_start(began, zone, windows.overlap_of(self.settings.loads)), zone))
        (search,) = Cell.of_all(before).searches(())
        counted = None if walk_all else count(self.client, endpoint, self._of_families(search))
        if counted is not None and counted == self._known_before(table, before):
            return False
        known = self._known(table)
        everything = Cell.of_all(before, known, counted or 0)
        read = None if counted is None else self._read_cells(endpoint, known, everything)
        walked = read is None
        if read is None:
            read = [(everything.rows, self._walked(endpoint, search))]
        spelled = {name.lower(): name for _, names in read for name in names}
        gone = {key for rows, names in read for key in absent(known, rows, map(str.lower, names))}
        self._prove(endpoint, list(self._suspects(endpoint, gone)))
        self.added += self._read(endpoint, [spelled[key] for key in unknown(known, spelled)])
        return walked

    def _read_cells(self, endpoint: Endpoint, known: Known, everything: Cell) -> list[tuple[Rows, list[str]]] | None:
        """The cells that differ: the known items' rows, and the uuids or codes that the PIM lists. None: all is to be walked,
        since that costs less, or since the cells don't explain by how much the counts of all items differ."""
        cells = differing(known, everything, partial(self._count, endpoint))
        if cells is None:
            return None
        read = [(cell.rows, self._listed(endpoint, cell.searches(known.families)) if cell.counted else []) for cell in cells]
        explained = sum(len(rows) - len(names) for rows, names in read) == len(everything.rows) - everything.counted
        return read if explained else None

    def _of_families(self, search: Search) -> Search:
        """The search, of the families that are read alone."""
        families = families_search(self.settings.akeneo)
        return {name: [*search.get(name, ()), *families.get(name, ())] for name in {**search, **families}}

    def _known_items(self, table: Items, columns: str) -> str:
        """A query over the mirror's items of the families that are read."""
        items = self.mirror.sql(table, "key, family, created")
        return f"SELECT {columns} FROM ({items}) {families_read(self.settings.akeneo)}"

    def _known_before(self, table: Items, before: int) -> int:
        """How many items of the mirror were created before a second."""
        with self.package.store.query() as query:
            items = self._known_items(table, f"{_CREATED} AS created")
            return int(query.execute(f"SELECT count(*) FROM ({items}) WHERE created < {before}").fetchall()[0][0])

    def _known(self, table: Items) -> Known:
        with self.package.store.query() as query:
            items = query.sql(self._known_items(table, f"key, family, {_CREATED} AS created")).to_arrow_table()
        return Known.of(items, lambda code: self.structure.family(code) is not None)

    def _count(self, endpoint: Endpoint, searches: list[Search]) -> list[int]:
        with ThreadPoolExecutor(self.client.concurrency, "pim-counts") as pool:
            return list(pool.map(lambda search: count(self.client, endpoint, self._of_families(search)), searches))

    def _listed(self, endpoint: Endpoint, searches: Sequence[Search]) -> list[str]:
        """The uuids or codes of a cell's items."""
        asked = {"pagination_type": "search_after", "limit": PAGE, "attributes": self.structure.identifier or ""}
        found = (pages(self.client, endpoint, asked | {"search": self._of_families(search)}) for search in searches)
        return [key_of(item) for of_search in found for page in of_search for item in page]

    def _walked(self, endpoint: Endpoint, search: Search) -> list[str]:
        """The uuids or codes of all items, four calls at once."""
        found = walk(self.client, endpoint, self._of_families(search), params={"attributes": self.structure.identifier or ""})
        return [key_of(item) for page in found for item in page]

    def _suspects(self, endpoint: Endpoint, keys: Collection[str]) -> Iterator[Suspect]:
        table, owner = SOURCES[endpoint]
        if keys:
            named = pa.table({"key": pa.array(sorted(keys), pa.string())})
            rows = self.package.store.select(
                f"SELECT key, code FROM ({self.mirror.sql(table, 'key, code')}) SEMI JOIN named USING (key) ORDER BY key",
                named=named,
            )
            yield from (Suspect(owner, row["key"], row["code"]) for batch in rows for row in batch.to_pylist())

    def _read_again(self) -> None:
        """Read what else changed by what this load has read, or found gone; a load that reads everything has it already."""
        if self.window.whole:
            return
        two_way = [kind.code for kind in self.structure.association_types.values() if kind.two_way]
        names = to_read_again(self.mirror, [(item.owner, item.key) for item in self.gone], two_way)
        for endpoint, (_, owner) in SOURCES.items():
            self.read_again += self._read(endpoint, names.get(owner, []))

    def _read(self, endpoint: Endpoint, names: Sequence[str]) -> int:
        """Read items by name into the load. Returns how many the PIM gave."""
        given = 0
        if names:
            raw = RawRows.of(self.structure)
            with Part(self.package, BY_NAME + self.parts, raw) as part:
                for page in listed_by_name(self.client, endpoint, names, raw.parsers, WALK_PARAMS[endpoint]):
                    for item in page:
                        part.add(endpoint, item)
                    given += len(page)
            self.parts += 1
        return given

    def _not_read(self, endpoint: Endpoint, known: Mirror) -> Iterator[Suspect]:
        """The items that this load, which reads everything, would have read and didn't."""
        table, owner = SOURCES[endpoint]
        read = set(map(fold, self.settings.akeneo.families))
        rows = self.package.store.select(f"""
            SELECT key, code, family FROM ({known.sql(table, "key, code, family")})
            ANTI JOIN ({self.mirror.sql(table, "key")}) USING (key) ORDER BY key
        """)
        for row in (row for batch in rows for row in batch.to_pylist()):
            if not read or fold(row["family"] or "") in read:
                yield Suspect(owner, row["key"], row["code"])

    def _prove(self, endpoint: Endpoint, suspects: Sequence[Suspect]) -> None:
        """Ask for suspects by name; add those that are there to the load, and the others to `gone`."""
        if not suspects:
            return
        raw, contradicted, asked, told = RawRows.of(self.structure), 0, 0, time.monotonic()
        by_name = {suspect.key if suspect.owner == "product" else suspect.code or suspect.key: suspect for suspect in suspects}
        with Part(self.package, BY_NAME + self.parts, raw) as part:
            for answers in ask_by_name(self.client, endpoint, list(by_name), raw.parsers, WALK_PARAMS[endpoint]):
                for answer in answers:
                    if answer.item is None:
                        self.gone.append(by_name[answer.name])
                    else:
                        part.add(endpoint, answer.item)
                        self.kept += 1
                        contradicted += not answer.listed
                asked += len(answers)
                if contradicted > MOST_CONTRADICTED:
                    self._not_whole(endpoint, contradicted)
                    break
                if time.monotonic() - told > PROGRESS_SECONDS:
                    told = time.monotonic()
                    self.tell(f"Asked for {asked:,} of {len(suspects):,} items by name that {endpoint} does not list.")
        self.parts += 1

    def _not_whole(self, endpoint: Endpoint, contradicted: int) -> None:
        """Say that a list can't be trusted; a load that stands on it alone stops."""
        said = f"The PIM's list {endpoint} is not whole: {contradicted:,} items that it lacks are there when asked for by name"
        advice = "let the PIM's operator rebuild its search index"
        if self.window.whole:
            raise ConnectorError(f"{said}. Nothing was sent: {advice}, then start a new load.")
        self.tell(f"{said}; whatever else it lacks is kept, too: {advice}.")

    def _forget(self) -> None:
        """Leave out of the mirror what is gone.

        Raises:
            ConnectorError: it may be hidden.
        """
        self.mirror.forget([{"owner": item.owner, "key": item.key} for item in self.gone])
        if self.gone:
            refuse_hidden(self.package, dict(self._hidden()))

    def _hidden(self) -> Iterator[tuple[str, Codes]]:
        """What is gone and all that it belonged to as well: its name, and the codes that the lists no longer have."""
        known, parse = self.known, item_parser(())
        if known is None:
            return
        for table, owner in SOURCES.values():
            gone = f"SELECT key FROM read_parquet({sql_files([self.package.absent])}) WHERE owner = '{owner}'"
            for batch in known.stream(table, ["key", "code", "family", "item"], joins=f"SEMI JOIN ({gone}) g USING (key)"):
                for row in batch.to_pylist():
                    categories = parse(row["item"]).get("categories") or []
                    if codes := unlisted(self.structure, row["family"], categories):
                        yield f"{owner.replace('_', ' ')} '{row['code'] or row['key']}'", codes
