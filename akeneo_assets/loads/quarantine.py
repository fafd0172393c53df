"""The quarantine as it stands: what this load held back, and what earlier ones did and this one hasn't mapped again.

Belongs here: carrying notes on from the load before, and what is new and solved since. Doesn't: making the notes (`mapping_run`).
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from akeneo_assets import tables
from akeneo_assets.loads.changes import IS_MAPPED
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.store import sql_empty, sql_table

NEW: Final = "objects new since the load before"
SOLVED: Final = "objects solved since the load before"
"""How an asset's metadata calls the figures of `Since`."""


class Since(NamedTuple):
    """Objects held back as a whole, compared with the load before."""

    new: int
    solved: int


def carried_on(load: Load, *, everything: bool) -> Iterator[dict[str, Any]]:
    """The `tables.HELD_BACK` rows of products and models that the load before had, that are still there, and that this load has
    not mapped: nothing about them has changed. `everything`: it maps all, so that there are none."""
    if everything or load.previous is None or not load.previous.held_back.exists():
        return
    package, columns = load.package, ", ".join(f"h.{name}" for name in tables.HELD_BACK.columns.names)
    batches = package.store.select(f"""
        SELECT {columns} FROM ({sql_table(load.previous.held_back, tables.HELD_BACK)}) h
        JOIN ({sql_table(package.identities, tables.IDENTITIES)}) i USING (owner, key)
        ANTI JOIN ({sql_table(package.changes, tables.CHANGES)}) c ON {IS_MAPPED}
        ORDER BY h.owner, h.key, h.reason
    """)
    for batch in batches:
        yield from batch.to_pylist()


def since_before(load: Load) -> Since:
    """How many objects came into the quarantine and left it since the last load that succeeded."""
    last = load.last
    before = sql_table(last.held_back, tables.HELD_BACK) if last and last.held_back.exists() else sql_empty(tables.HELD_BACK)
    with load.package.store.query() as query:
        for name, rows in {"now": sql_table(load.package.held_back, tables.HELD_BACK), "earlier": before}.items():
            query.execute(f"CREATE TEMP TABLE {name} AS SELECT DISTINCT owner, key FROM ({rows}) WHERE held_back")
        found = query.sql("""
            SELECT (SELECT count(*) FROM now ANTI JOIN earlier USING (owner, key)),
                   (SELECT count(*) FROM earlier ANTI JOIN now USING (owner, key))
        """).fetchall()
    return Since(*found[0])
