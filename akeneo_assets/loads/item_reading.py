"""Reading products and models: pages of the window into part files, so that a broken reading goes on at its page.

Belongs here: the parts, what is still to be read after each, asking the PIM for single items by name. Doesn't: the walk over
pages (`akeneo_assets.pim.walk`), the tables' meaning (`mirror`).

A part holds some pages' rows of all four raw tables under one number. Once its files are whole, a file tells what was still to be
read then; parts without that file are read again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from akeneo_assets import collector
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.mirror import SCHEMAS, association_rows, media_rows, raw_row
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.window import Window
from akeneo_assets.pim.clock import Overlap, filter_text, window_start
from akeneo_assets.pim.counting import came_meanwhile, count, counted_whole
from akeneo_assets.pim.partial import page_parser, whole_page_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint, Frontier, Position, walk, walk_all
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.store import TableWriter, read_json, sql_files, write_json
from akeneo_assets.structure.pim_structure import Structure

PROGRESS_SECONDS: Final = 10.0
PART_ITEMS: Final = 5_000
PART_SECONDS: Final = 15.0
"""A part ends when it has so many items or is so old: so much is read again after a kill, at most."""
ASKED_AT_ONCE: Final = 50  # by name: the PIM takes 100, servers a line of 8 KiB

SOURCES: Final[dict[Endpoint, tuple[str, str]]] = {
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
    return {"family": [{"operator": "IN", "value": list(reading.families)}]} if reading.families else {}


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
    identifier = structure.identifier or ""
    media = frozenset(a.code for a in structure.attributes.values() if a.type in ("image", "file"))
    links = frozenset(a.code for a in structure.attributes.values() if a.type == "product_link")
    frontiers: dict[Endpoint, Frontier] = {
        endpoint: [Position.of_json(*position) for position in state["frontiers"][endpoint]]
        for endpoint in SOURCES
        if endpoint in state["frontiers"]
    }
    asked = {endpoint: (search, params) for endpoint, params in WALK_PARAMS.items()}
    started, told = time.monotonic(), time.monotonic()
    read_before = sum(state["rows"][table] for table, _ in SOURCES.values())
    with collector.at_rest():
        parts = _Parts(package, state)
        try:
            for endpoint, page, frontier in walk_all(client, asked, frontiers, parse=page_parser(links, {identifier, *media})):
                table, owner = SOURCES[endpoint]
                for item in page:
                    row = raw_row(item, identifier)
                    parts.write(table, row)
                    for association in association_rows(owner, row["key"], item, links):
                        parts.write("associations", association)
                    for reference in media_rows(owner, row["key"], item, media):
                        parts.write("media_references", reference)
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


def raw_files(package: Package) -> list[Any]:
    """All files of the package's raw parts."""
    return [path for table in SCHEMAS for path in package.raw_parts(table)]


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


class _Parts:
    """Writes part after part. `state` is what the file of the last whole part says; it moves on with the pages."""

    def __init__(self, package: Package, state: dict[str, Any]) -> None:
        self._package, self._state = package, state
        self._stack, self._tables = ExitStack(), dict[str, TableWriter]()
        self._began, self._items = 0.0, 0

    def write(self, table: str, row: dict[str, Any]) -> None:
        if not self._tables:
            self._open()
        self._tables[table].write(row)
        self._state["rows"][table] += 1

    def page_done(self, endpoint: Endpoint, frontier: Frontier) -> None:
        """Note what is still to be read after a page; end the part where it is large or old enough."""
        table, _ = SOURCES[endpoint]
        self._state["pages"][table] += 1
        self._state["frontiers"][endpoint] = [position.as_json() for position in frontier]
        held = sum(self._tables[name].count for name, _ in SOURCES.values()) if self._tables else 0
        if held >= PART_ITEMS or time.monotonic() - self._began > PART_SECONDS:
            self._end()

    def close(self) -> None:
        """End the last part. The first one is written even if nothing was read, so that each raw table has a file."""
        if not self._tables and not self._package.raw_parts("products"):
            self._open()
        self._end()

    def _open(self) -> None:
        self._state["part"] += 1
        self._began = time.monotonic()
        self._tables = {
            name: self._stack.enter_context(TableWriter(self._package.raw_part(name, self._state["part"]), table))
            for name, table in SCHEMAS.items()
        }

    def _end(self) -> None:
        if self._tables:
            self._stack.close()
            self._tables = {}
            write_json(self._package.raw_frontier(self._state["part"]), self._state)


def no_longer_there(client: PimClient, known: Sequence[dict[str, Any]], identifier: str) -> list[dict[str, Any]]:
    """Those of `known` (owner, key, code) that the PIM has no more, or no more under that code: asked for by name."""
    there = set[tuple[str, str, str]]()
    for endpoint, (_, owner) in SOURCES.items():
        by, field = ("uuid", "key") if owner == "product" else ("identifier", "code")
        sought = [item[field] for item in known if item["owner"] == owner]
        for start in range(0, len(sought), ASKED_AT_ONCE):
            search = {by: [{"operator": "IN", "value": sought[start : start + ASKED_AT_ONCE]}]}
            parse = whole_page_parser({identifier})
            for page in walk(client, endpoint, search, params={"attributes": identifier}, parse=parse):
                for row in (raw_row(item, identifier) for item in page):
                    there.add((owner, row["key"], row["code"] or row["key"]))
    return [item for item in known if (item["owner"], item["key"], item["code"]) not in there]


def matching_keys(client: PimClient, endpoint: Endpoint, search: Mapping[str, Any], identifier: str) -> frozenset[str]:
    """The keys of all items that match a filter which only the PIM can evaluate."""
    pages = walk(client, endpoint, dict(search), params={"attributes": identifier})
    return frozenset(item.get("uuid") or item["code"].lower() for page in pages for item in page)
