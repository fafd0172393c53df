"""A plan: what a load would change in SFCC, found out before anything is sent, and whether that is still so later.

Belongs here: the difference of a load against what SFCC has, value by value; comparing two differences. Doesn't: what is sent
(`difference`, `batches`), how records compare (`akeneo_assets.mapping.record_values`), the page
(`akeneo_assets.assets.plan_page`).

The ledger has no values. What SFCC has is the record that SFCC confirmed last, found in the package that carried it; where that
package is gone, the old value is unknown. Source: LOADS, "Plan and apply".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import orjson

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.batches import Contents, Written, chosen_records
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.load_names import Kind
from akeneo_assets.loads.package import Package, Report, packages_named
from akeneo_assets.loads.record_files import record_files
from akeneo_assets.mapping.record_values import Change, changes, place_of, texts_of, values_of
from akeneo_assets.store import BATCH_ROWS, Store, TableWriter, rows, sql_empty, sql_files, sql_table
from sfcc_resources.record_types import PHASES
from sfcc_resources.records import Record

_NAMED: Final = 10
"""How many objects a sentence names."""

_SENT: Final = 'key, container, type, id, source, output, "delete", record'


def write_plan(package: Package, contents: Contents) -> Report:
    """Write `tables.PLAN` and `tables.TO_SEND` of a plan's package; nothing is sent.

    Returns `actions` (objects by action and type; what is retired as "retired: offline" and the like), `again` (objects by type
    that SFCC has, or was sent, as they are, and that the load sends once more) and `unchanged` (objects by type that it doesn't
    send).
    """
    written = Written([], [], {}, {}, {})
    sent, retired = package.scratch("plan_sent.parquet"), package.scratch("plan_retired.parquet")
    with (
        Ledger(package.store).compared_with(package.scratch("ledger_current.parquet")) as current,
        TableWriter(package.to_send, tables.TO_SEND) as to_send,
        TableWriter(sent, tables.RECORDS) as objects,
        TableWriter(retired, tables.RECORDS) as leaving,
    ):
        for phase in PHASES:
            kept = [to_send, leaving if phase == "retirements" else objects]
            for _ in chosen_records(package, phase, contents, written, kept, current):
                pass
    actions, again = Counter[str](), Counter[str]()
    with package.store.query(Ledger(package.store).views) as query, TableWriter(package.plan, tables.PLAN) as plan:
        held = sql_table(contents.held, tables.ABSENCES) if contents.held else sql_empty(tables.ABSENCES)
        query.execute(f"CREATE TEMP TABLE held AS {held}")
        going = [retired, *_files_deleted(package)]
        _compare(query, package, [sent, *going])
        for entry in _entries(query, f"SELECT {_SENT} FROM read_parquet({sql_files(going)})"):
            policy = "delete" if entry["delete"] else "offline"
            plan.write(_row(entry, "retired", policy=policy))
            actions[f"retired: {policy}\n{entry['type']}"] += 1
        # A master loses its variants before it is deleted: that isn't told apart.
        stays = f"key NOT IN (SELECT key FROM read_parquet({sql_files([retired])}))"
        for entry in _entries(query, f"SELECT {_SENT} FROM read_parquet({sql_files([sent])}) WHERE {stays}"):
            told = list(_of_object(entry))
            for line in told:
                plan.write(line)
            if told:
                actions[f"{told[0]['action']}\n{entry['type']}"] += 1
            else:
                again[entry["type"]] += 1
        for absence in _entries(query, "SELECT *, NULL AS output, NULL AS record FROM held"):
            plan.write(_held_back(absence))
            actions[f"held back\n{absence['type']}"] += 1
    for scratch in (sent, retired):
        scratch.unlink()
    return {"actions": _by_action(actions), "again": dict(again), "unchanged": written.unchanged}


def _files_deleted(package: Package) -> list[Path]:
    """The record files of the static files that the load deletes at its end, without an archive (`file_retirement`)."""
    return record_files(package.records("unshown"))


def _by_action(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        action, kind = name.split("\n")
        found.setdefault(action, {})[kind] = count
    return found


def _compare(query: duckdb.DuckDBPyConnection, package: Package, sent: list[Path]) -> None:
    """Make the tables `had` (what SFCC confirmed last of each object concerned: key, output, fields) and `old_records` (its
    record, where a package still has it)."""
    query.execute(f"""
        CREATE TEMP TABLE had AS
        WITH concerned AS (SELECT key FROM read_parquet({sql_files(sent)}) UNION SELECT key FROM held)
        SELECT key, arg_max(output, number) AS output, arg_max(fields, number) AS fields, arg_max(load, number) AS load
        FROM ledger_entries SEMI JOIN concerned USING (key) WHERE verdict = 'confirmed' AND NOT undone
        GROUP BY key HAVING NOT arg_max(deleted, number)
    """)
    loads = [load for (load,) in query.sql("SELECT DISTINCT load FROM had").fetchall()]
    files = [path for load in loads for carrier in packages_named(package.store, load) for path in carrier.all_records]
    records = f"read_parquet({sql_files(files)})" if files else f"({sql_empty(tables.RECORDS)})"
    # Where the guard held fields back, the ledger has the output with its last bit turned (`difference`).
    query.execute(f"""
        CREATE TEMP TABLE old_records AS
        SELECT h.key, any_value(r.record) AS record FROM had h
        JOIN (FROM {records} WHERE NOT "delete") r ON r.key = h.key AND (r.output = h.output OR r.output = xor(h.output, 1))
        GROUP BY h.key
    """)


def _entries(query: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of a query with what SFCC has of each: `had` (its output, None: nothing), `fields`, `old` (its record, None:
    unknown); `record` parsed."""
    found: Any = query.sql(f"""
        SELECT s.*, h.output AS had, h.fields AS formerly, o.record AS old FROM ({sql}) s
        LEFT JOIN had h USING (key) LEFT JOIN old_records o USING (key)
        ORDER BY s.type, s.id, s.container
    """)
    for batch in found.to_arrow_reader(BATCH_ROWS):
        for entry in batch.to_pylist():
            for name in ("record", "old"):
                entry[name] = orjson.loads(entry[name]) if entry[name] else None
            yield entry


def _of_object(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The `tables.PLAN` rows of an object that the load would send; none where SFCC has it so already."""
    if entry["had"] == entry["output"] and not entry["delete"]:
        return
    new, had = entry["record"] or {}, entry["had"] is not None
    found = list(changes(entry["type"], entry["old"], entry["formerly"] or "", new)) if had or not entry["delete"] else []
    action = "removed" if entry["delete"] else "changed" if had else "created"
    if action == "created":
        found = [change for change in found if change.new is not None]
    for change in found:
        yield _row(entry, action, change)
    if not found:
        yield _row(entry, action)


def _held_back(entry: dict[str, Any]) -> dict[str, Any]:
    path, old = entry["path"], values_of(entry["type"], entry["old"]) if entry["old"] else {}
    return _row(entry, "held back", Change(path, old.get(path), None, known=path in old) if path else None)


def _row(entry: dict[str, Any], action: str, change: Change | None = None, policy: str | None = None) -> dict[str, Any]:
    row = {name: entry[name] for name in ("type", "container", "id", "source")} | {"action": action, "policy": policy}
    row |= {"name": _name(entry["record"]) or _name(entry["old"]), "old_known": True}
    if change is not None:
        (field, locale, site), (old, new) = place_of(change.path), texts_of(change)
        row |= {"field": field, "locale": locale, "site": site, "old": old, "new": new, "old_known": change.known}
    return row


def _name(record: Record | None) -> str | None:
    """The display name of an object: the default one, or the first."""
    slots = ((record or {}).get("fields") or {}).get("display-name") or {}
    names = [text for text in (slots.get("x-default"), *slots.values()) if text]
    return str(names[0]) if names else None


# --- Later ----------------------------------------------------------------------------------------------------------------------


def plan_to_apply(store: Store, name: str, kind: Kind | None = None) -> Package:
    """The package of the plan `name`, for a load of this kind (None: of either).

    Raises:
        ConnectorError: there is no such plan, or it isn't made yet; it is of the other kind; a load was imported after it.
    """
    plan = Package.of_load(store, name)
    if not plan.is_plan:
        raise ConnectorError(f"There is no plan '{shown(name)}': make one with akeneo-sfcc plan, which prints its name.")
    window = windows.recorded(store, name)
    if plan.report("plan") is None or window is None:
        raise ConnectorError(f"The plan '{shown(name)}' was not made to its end: make a new one with akeneo-sfcc plan.")
    if kind not in (None, window.kind):
        job = "3-2" if window.kind == "full" else "3-1"
        raise ConnectorError(f"The plan '{shown(name)}' is of a {window.kind} load: apply it with job {job}.")
    last = windows.last_successful(store)
    if last is not None and datetime.fromisoformat(last.poll_start) > datetime.fromisoformat(window.poll_start):
        applied = Package.of_load(store, last.key).applies == name
        why = "was applied by" if applied else "is older than"
        raise ConnectorError(f"The plan '{shown(name)}' {why} the load '{last.key}', which is imported: make a new plan.")
    return plan


def moved_since(plan: Package, load: Package) -> list[dict[str, Any]]:
    """What the load would send otherwise than its plan says: rows of `type`, `container`, `id`, and `how`: "more" (the plan
    doesn't have it), "no longer" or "otherwise"."""
    plan.needs("plan")
    sides = {side: [package.to_send, *_files_deleted(package)] for side, package in (("planned", plan), ("now", load))}
    with plan.store.query() as query:
        for side, files in sides.items():
            query.execute(f"""
                CREATE TEMP TABLE {side} AS SELECT key, type, container, id, output, "delete"
                FROM read_parquet({sql_files(files)})
            """)
        moved: list[dict[str, Any]] = (
            query.sql("""
            WITH gone AS (FROM planned EXCEPT FROM now), come AS (FROM now EXCEPT FROM planned), moved AS (
                SELECT DISTINCT key, type, container, id FROM (FROM gone UNION ALL FROM come)
            )
            SELECT type, container, id, CASE WHEN key NOT IN (SELECT key FROM planned) THEN 'more'
                                             WHEN key NOT IN (SELECT key FROM now) THEN 'no longer' ELSE 'otherwise' END AS how
            FROM moved ORDER BY how, type, container, id
        """)
            .to_arrow_table()
            .to_pylist()
        )
        return moved


def moved_sentence(name: str, moved: Iterable[Mapping[str, Any]]) -> str:
    """What has moved since a plan was made, in one sentence."""
    listed = list(moved)
    counts = Counter(each["how"] for each in listed)
    told = ", ".join(f"{count:,} {how}" for how, count in counts.items())
    named = ", ".join(f"{each['type']} {shown(each['id'])} ({each['how']})" for each in listed[:_NAMED])
    more = f" and {len(listed) - _NAMED:,} others" if len(listed) > _NAMED else ""
    return f"The load would send otherwise than the plan '{shown(name)}' says: {told}: {named}{more}."


def plan_lines(package: Package) -> Iterator[dict[str, Any]]:
    """The `tables.PLAN` rows of a plan. Raises DamagedFileError where they are missing."""
    return rows([package.plan])
