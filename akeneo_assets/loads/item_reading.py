"""Reading products and models: pages of the window into part files, so that a broken reading goes on at its page.

Belongs here: the parts, and what is still to be read after each. Doesn't: the walk over pages (`akeneo_assets.pim.walk`), the
tables' meaning (`mirror`), what the window has not brought (`removals`).

A part holds some pages' rows of all four raw tables under one number. Once its files are whole, a file tells what was still to be
read then; parts without that file are read again. Parts from `BY_NAME` on hold items that were asked for by name afterwards.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from akeneo_assets import collector
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.mirror import SCHEMAS, Items, association_rows, item_key, media_rows, raw_row
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.window import Window
from akeneo_assets.pim.by_name import Parsers
from akeneo_assets.pim.clock import Overlap, filter_text, window_start
from akeneo_assets.pim.counting import came_meanwhile, count, counted_whole
from akeneo_assets.pim.partial import item_text_parser, page_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint, Frontier, Position, walk, walk_all
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.store import TableWriter, read_json, sql_files, sql_texts, write_json
from akeneo_assets.structure.pim_structure import Structure

PROGRESS_SECONDS: Final = 10.0
PART_ITEMS: Final = 5_000
PART_SECONDS: Final = 15.0
"""A part ends when it has so many items or is so old: so much is read again after a kill, at most."""
BY_NAME: Final = 900_000
"""The number of the first part of items that were asked for by name: beyond those of any window, so that they are the last word.
"""

SOURCES: Final[dict[Endpoint, tuple[Items, str]]] = {
    "product-models": ("product_models", "product_model"),
    "products-uuid": ("products", "product"),
}
"""The raw table of an endpoint's items, and what owns them is called there."""

WALK_PARAMS: Final[dict[Endpoint, dict[str, str]]] = {
    "products-uuid": {"with_completenesses": "true"},
    "product-models": {},
}

Tell = Callable[[str], None]


def window_search(window: Window, reading: Akeneo) -> dict[str, Any]:
    """The search of a window: what was updated since its lower bound; a whole reading may be narrowed to families."""
    if window.since:
        since = filter_text(datetime.fromisoformat(window.since), reading.timezone)
        return {"updated": [{"operator": ">", "value": since}]}
    return families_search(reading)


def families_search(reading: Akeneo) -> dict[str, Any]:
    """The search of all items of the families that are read; empty: of all items."""
    return {"family": [{"operator": "IN", "value": list(reading.families)}]} if reading.families else {}


def families_read(reading: Akeneo) -> str:
    """The same as `families_search` over a table with `family`: a WHERE clause, empty where all items are read."""
    return f"WHERE lower(family) IN {sql_texts(map(str.lower, reading.families))}" if reading.families else ""


def read_items(package: Package, client: PimClient, window: Window, reading: Akeneo, structure: Structure, tell: Tell) -> Report:
    """Read the window's products and models into the package's raw parts, or what is missing of them.

    Returns counts by raw table: rows, pages, and what the PIM counts for the same question before and after.

    Raises:
        PimError: what was read until then stays, and the next try goes on there.
        ConnectorError: the counts tell that items were not given . The next try reads all of it again.
    """
    search = window_search(window, reading)
    state = _last_whole_part(package)
    if not state["counted"]:
        state["counted"] = _counts(client, search)
    raw = RawRows.of(structure)
    frontiers: dict[Endpoint, Frontier] = {
        endpoint: [Position.of_json(*position) for position in state["frontiers"][endpoint]]
        for endpoint in SOURCES
        if endpoint in state["frontiers"]
    }
    asked = {endpoint: (search, params) for endpoint, params in WALK_PARAMS.items()}
    started, told = time.monotonic(), time.monotonic()
    read_before = sum(state["rows"][table] for table, _ in SOURCES.values())
    with collector.at_rest():
        parts = _Parts(package, state, raw)
        try:
            for endpoint, page, frontier in walk_all(client, asked, frontiers, parse=raw.parsers.page):
                for item in page:
                    parts.add(endpoint, item)
                parts.page_done(endpoint, frontier)
                if time.monotonic() - told > PROGRESS_SECONDS:
                    told = time.monotonic()
                    rows = state["rows"]["products"] + state["rows"]["product_models"]
                    tell(f"Read {rows:,} products and models, {(rows - read_before) / (told - started):,.0f} a second.")
        finally:
            parts.close()
    counted_after = _counts(client, search)
    began = window_start(datetime.fromisoformat(window.poll_start), reading.timezone, Overlap(usual=timedelta(seconds=1)))
    since = filter_text(began, reading.timezone)
    for endpoint, (table, _) in SOURCES.items():
        read, before, after = _distinct(package, table), state["counted"][table], counted_after[table]
        if counted_whole(table, read, before, after) is not None:
            came = came_meanwhile(client, endpoint, search, since)
            if problem := counted_whole(table, read, before, after, came):
                _forget_parts(package)
                raise ConnectorError(problem)
    return {"rows": state["rows"], "pages": state["pages"], "counted": state["counted"], "counted_after": counted_after}


def _distinct(package: Package, table: str) -> int:
    """How many items were read, those that moved to a later page and were read twice counted once."""
    with package.store.query() as query:
        files = sql_files(package.raw_parts(table))
        return int(query.execute(f"SELECT count(DISTINCT key) FROM read_parquet({files})").fetchall()[0][0])


def _forget_parts(package: Package) -> None:
    """Let the next try read all of the window again."""
    for path in package.raw.glob("part-*.json"):
        path.unlink()


def raw_files(package: Package) -> list[Path]:
    """All files of the package's raw parts."""
    return [path for table in SCHEMAS for path in package.raw_parts(table)]


def by_name_files(package: Package) -> list[Path]:
    """The files of the parts of items that were asked for by name."""
    numbers = {path: path.stem.rpartition("-")[2] for path in raw_files(package)}
    return [path for path, number in numbers.items() if number.isdigit() and int(number) >= BY_NAME]


def _counts(client: PimClient, search: Mapping[str, Any]) -> dict[str, int]:
    return {table: count(client, endpoint, search) for endpoint, (table, _) in SOURCES.items()}


def _last_whole_part(package: Package) -> dict[str, Any]:
    """What the last whole part says: its number, the frontiers, and the counts so far. Later files are removed."""
    whole = sorted(package.raw.glob("part-*.json"))
    state: dict[str, Any] = read_json(whole[-1]) if whole else {}
    state = state or {
        "part": 0,
        "frontiers": {},
        "rows": dict.fromkeys(SCHEMAS, 0),
        "pages": dict.fromkeys((table for table, _ in SOURCES.values()), 0),
        "counted": {},
    }
    for path in raw_files(package):
        if int(path.stem.rpartition("-")[2]) > state["part"]:
            path.unlink()
    return state


class RawRows(NamedTuple):
    """Which of an item's values the raw tables look at: attribute codes as in the payload."""

    identifier: str
    media: frozenset[str]
    links: frozenset[str]

    @classmethod
    def of(cls, structure: Structure) -> "RawRows":
        """By the PIM's attributes."""
        return cls(
            structure.identifier or "",
            frozenset(a.code for a in structure.attributes.values() if a.type in ("image", "file")),
            frozenset(a.code for a in structure.attributes.values() if a.type == "product_link"),
        )

    @property
    def parsers(self) -> Parsers:
        """Parsers of pages and of single items that keep what the raw tables need."""
        texts = {self.identifier, *self.media}
        return Parsers(page_parser(self.links, texts), item_text_parser(self.links, texts))


class Part:
    """One part: the rows of some items in all raw tables under one number. Its files appear, whole, when the `with` block ends
    without error."""

    def __init__(self, package: Package, number: int, raw: RawRows) -> None:
        self._raw, self._stack = raw, ExitStack()
        self._tables = {
            name: self._stack.enter_context(TableWriter(package.raw_part(name, number), table)) for name, table in SCHEMAS.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, endpoint: Endpoint, item: dict[str, Any]) -> None:
        """Write the rows of a product or model."""
        table, owner = SOURCES[endpoint]
        row = raw_row(item, self._raw.identifier)
        self._tables[table].write(row)
        for association in association_rows(owner, row["key"], item, self._raw.links):
            self._tables["associations"].write(association)
        for reference in media_rows(owner, row["key"], item, self._raw.media):
            self._tables["media_references"].write(reference)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each raw table has so far."""
        return {name: table.count for name, table in self._tables.items()}


class _Parts:
    """Writes part after part. `state` is what the file of the last whole part says; it moves on with the pages."""

    def __init__(self, package: Package, state: dict[str, Any], raw: RawRows) -> None:
        self._package, self._state, self._raw = package, state, raw
        self._rows_before = dict(state["rows"])
        self._part: Part | None = None
        self._began = 0.0

    def add(self, endpoint: Endpoint, item: dict[str, Any]) -> None:
        self._opened().add(endpoint, item)

    def page_done(self, endpoint: Endpoint, frontier: Frontier) -> None:
        """Note what is still to be read after a page; end the part where it is large or old enough."""
        table, _ = SOURCES[endpoint]
        self._state["pages"][table] += 1
        self._state["frontiers"][endpoint] = [position.as_json() for position in frontier]
        rows = self._part.rows if self._part else dict.fromkeys(SCHEMAS, 0)
        self._state["rows"] = {name: self._rows_before[name] + count for name, count in rows.items()}
        if sum(rows[name] for name, _ in SOURCES.values()) >= PART_ITEMS or time.monotonic() - self._began > PART_SECONDS:
            self._end()

    def close(self) -> None:
        """End the last part. The first one is written even if nothing was read, so that each raw table has a file."""
        if self._part is None and not self._package.raw_parts("products"):
            self._opened()
        self._end()

    def _opened(self) -> Part:
        if self._part is None:
            self._state["part"] += 1
            self._began = time.monotonic()
            self._part = Part(self._package, self._state["part"], self._raw)
        return self._part

    def _end(self) -> None:
        if self._part is not None:
            with self._part:
                pass
            self._part = None
            self._rows_before = dict(self._state["rows"])
            write_json(self._package.raw_frontier(self._state["part"]), self._state)


def matching_keys(client: PimClient, endpoint: Endpoint, search: Mapping[str, Any], identifier: str) -> frozenset[str]:
    """The keys of all items that match a filter which only the PIM can evaluate."""
    pages = walk(client, endpoint, dict(search), params={"attributes": identifier})
    return frozenset(item_key(item) for page in pages for item in page)
