"""The guard: nothing is taken from many objects at once without a person's word.

Belongs here: which absences of a load are held back, and when the load stops. Doesn't: finding retired objects (`retirement`),
exporting products on that are held back (`kept_items`), lists that lost codes (`vanished_codes`), what people have confirmed
(`confirmations`).

What the PIM has said is no absence: an item whose `updated` has moved since the last load was edited, and whatever it lost counts
as said. So do fields that a change of connector.yaml takes out. What is left are absences: objects no longer exported and fields
lost without a word. Beyond a share and a number within 24 hours (`guard` in connector.yaml) those of a type, or of a field and
locale, are held back until confirmed; the rest of the load goes. Source: LOADS, "Absence is a claim", 3 and 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import duckdb

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.base import Base
from akeneo_assets.loads.ledger import IS_RETIRED, Ledger
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.mirror import MIRRORED, Mirror
from akeneo_assets.loads.package import Package, load_packages
from akeneo_assets.mapping.emptied import RETIRED
from akeneo_assets.settings.guard_settings import Guard
from akeneo_assets.store import TableWriter, sql_empty, sql_files, sql_table, write_query
from sfcc_resources.record_types import REGISTRY
from sfcc_resources.records import FILE, PRODUCT

Counts = dict[str, int]
"""Absences by group: `product`, `price-table`; of fields `product: custom/akeneo_brand/`."""

LATELY: Final = timedelta(hours=24)
_NO_VALUES: Final = ("primary/", "parent/", "currency/", "shape/", RETIRED, "offline", "variation-groups")
"""Paths that say how something stood, and are no values."""

_GROUP: Final = """
    type || CASE WHEN path = '' THEN ''
                 WHEN type IN ({lists}) THEN ': ' || split_part(path, '/', 1)
                 ELSE ': ' || path END
""".format(lists=", ".join(f"'{name}'" for name, of in REGISTRY.items() if of.list_key))


@dataclass(frozen=True)
class Judgement:
    """`passed`, `held`: how many absences of each group go, and are held back; `totals`: how many objects the ledger has of the
    groups held back."""

    passed: Counts
    held: Counts
    totals: Counts


def is_value(path: str) -> bool:
    """Whether a path of `emptied.fields_of` stands for a value that can be lost."""
    return not path.startswith(_NO_VALUES)


def judge(load: Load, absences: Iterable[dict[str, Any]], limits: Guard, now: datetime | None = None) -> Judgement:
    """Decide on the absences of a load: `tables.ABSENCES` rows. Those that are held back are left in the package. What is kept
    since before the mapping (`kept_items`) counts along, and is held back.

    Raises:
        ConnectorError: a type would lose more than half of what the ledger has (and more than `above`), or all products.
    """
    package, store = load.package, load.package.store
    package.absences.unlink(missing_ok=True)
    candidates = package.scratch("candidates.parquet")
    with TableWriter(candidates, tables.ABSENCES) as table:
        for absence in absences:
            table.write(absence)
    if not table.count and not package.kept.exists():  # as in most loads: whether items were edited since needn't be found out
        candidates.unlink()
        return Judgement({}, {}, {})
    with store.query(Ledger(store).views) as query:
        _absent(query, load, candidates)
        counts: Counts = dict(query.sql(f"SELECT {_GROUP}, count(*) FROM absent GROUP BY ALL").fetchall())
        lately = passed_lately(package, now or datetime.now(UTC))
        many = {group for group, count in counts.items() if count + lately.get(group, 0) > limits.above}
        totals = {group: _total(query, group) for group in sorted({*many, *counts.keys() & {PRODUCT}})}
        stopping = {group for group in many if _is_retired(group) and counts[group] > totals[group] / 2}
        if counts.get(PRODUCT, 0) >= totals.get(PRODUCT, 1):
            stopping.add(PRODUCT)  # none would be left, be it few
        held = stopping | {g for g in many if counts[g] + lately.get(g, 0) > limits.share / 100 * totals[g]}
        if package.kept.exists():
            held |= {PRODUCT} & counts.keys()
        if held:
            query.execute("CREATE TEMP TABLE held_groups AS SELECT unnest($1::VARCHAR[]) AS held_group", [sorted(held)])
            held_back = f"SELECT * FROM absent WHERE {_GROUP} IN (FROM held_groups) ORDER BY container, type, id, path"
            write_query(query, held_back, package.absences)
    candidates.unlink()
    if stopping:
        stop = [f"{counts[group]:,} of {totals[group]:,} {group}" for group in sorted(stopping)]
        raise ConnectorError(
            f"Nothing was sent, since more than half would be taken out of the shop: {', '.join(stop)}. Either the PIM's answers "
            "lack what is there, for instance since the connection has lost a right: mend that and start a new load. Or it is "
            f"meant so: confirm it with --confirm '{package.name}' (in the UI: resources.connector.config.confirm in the run "
            "config)."
        )
    # What is held back goes on showing its files: while anything is, none goes.
    passed = {group: count for group, count in counts.items() if group not in held and not (held and group == FILE)}
    return Judgement(passed, {group: counts[group] for group in sorted(held)}, {group: totals[group] for group in sorted(held)})


def _is_retired(group: str) -> bool:
    """Whether a group stands for whole objects of a type that is retired by itself."""
    return group in REGISTRY and REGISTRY[group].retired_by is not None


def _absent(query: duckdb.DuckDBPyConnection, load: Load, candidates: Any) -> None:
    """Make the table `absent`: the candidates that no edit in the PIM explains, and that nobody has confirmed."""
    confirmed, kept = (
        sql_table(path, tables.ABSENCES) if path.exists() else sql_empty(tables.ABSENCES)
        for path in (load.package.store.confirmed_absences, load.package.kept)
    )
    query.execute(f"CREATE TEMP TABLE said AS {_said(load)}")
    query.execute(f"""
        CREATE TEMP TABLE absent AS
        FROM (FROM read_parquet({sql_files([candidates])}) ANTI JOIN said USING (source) UNION FROM ({kept}))
        ANTI JOIN ({confirmed}) USING (key, path)
    """)


def _said(load: Load) -> str:
    """A query over the sources of records (`product:<uuid>`, `product_model:<code>`) that were edited since the last successful
    load: the item itself, a model above it, or something below it."""
    last = windows.last_successful(load.package.store)
    before = Mirror.of(load.package.store, last) if last else Mirror(load.package.store, ())
    items = " UNION ALL ".join(
        f"""SELECT '{owner}' AS owner, n.key FROM ({load.mirror.sql(table, "key, updated")}) n
            JOIN ({before.sql(table, "key, updated")}) b USING (key) WHERE n.updated IS DISTINCT FROM b.updated"""
        for owner, table in MIRRORED.items()
    )
    identities = sql_table(load.package.identities, tables.IDENTITIES)
    return f"""
        WITH edited AS ({items}),
        placed AS (
            SELECT i.owner, i.key, i.root, e.key IS NOT NULL AS edited
            FROM ({identities}) i LEFT JOIN edited e USING (owner, key)
        ),
        above AS (SELECT DISTINCT root FROM placed WHERE edited AND owner = 'product_model' AND root IS NOT NULL)
        SELECT owner || ':' || key AS source FROM placed WHERE edited
        UNION SELECT 'product:' || key FROM placed SEMI JOIN above USING (root) WHERE owner = 'product'
        UNION SELECT 'product_model:' || root FROM placed WHERE edited AND root IS NOT NULL
    """


def _total(query: duckdb.DuckDBPyConnection, group: str) -> int:
    """How many objects the ledger has of a group, those retired before left out."""
    kind, _, path = group.partition(": ")
    of_field = bool(path) and REGISTRY[kind].list_key is None
    with_path = "AND contains(chr(10) || fields || chr(10), chr(10) || $2 || chr(10))" if of_field else ""
    found = query.execute(
        f"SELECT count(*) FROM ledger_current WHERE type = $1 AND NOT {IS_RETIRED} {with_path}",
        [kind, path] if of_field else [kind],
    ).fetchall()
    return int(found[0][0])


def passed_lately(package: Package, now: datetime) -> Counts:
    """The absences that other loads have let pass within 24 hours, by group; those of loads that are folded since count, too."""
    passed = dict[str, Counts]()
    for name, (when, of_load) in Base.of(package.store).passed.items():
        if now - datetime.fromisoformat(when) <= LATELY:
            passed[name] = dict(of_load)
    for other in load_packages(package.store):
        if (concluded := other.concluded) and now - datetime.fromisoformat(concluded) <= LATELY:
            passed[other.name] = (other.report("retired") or {}).get("passed") or {}
    passed.pop(package.name, None)
    counts: Counts = {}
    for of_load in passed.values():
        for group, count in of_load.items():
            counts[group] = counts.get(group, 0) + count
    return counts
