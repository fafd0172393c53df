"""Which items have to be read again since what they are associated with changed: no `updated` of theirs tells.

Belongs here: finding them. Doesn't: reading them (`removals`), which products are mapped again for it (`changes`).

The PIM takes a deleted product or model out of all associations, and a two-way association that was taken away at one end also
at its other end, without moving the `updated` there (facts, Akeneo API: association types). Source: LOADS, "Mirror".
"""

from collections.abc import Collection

import pyarrow as pa

from akeneo_assets.loads.mirror import MIRRORED, Mirror
from akeneo_assets.store import sql_texts


def to_read_again(mirror: Mirror, gone: Collection[tuple[str, str]], two_way: Collection[str]) -> dict[str, list[str]]:
    """Items that this load hasn't read: owner -> their uuids, or codes of models.

    `mirror`: as the load sees it, less what is gone. `gone`: (owner, key) of what the PIM has no more. `two_way`: codes of
    association types. An item is read again that is associated with something gone, or made anew under its code (another
    `created`), or that stands at the other end of a two-way association that came or went on an item that was read.
    """
    before, last = mirror.before(), len(mirror.keys) - 1
    went = pa.table({
        "target": pa.array([owner for owner, _ in gone], pa.string()),
        "target_key": pa.array([key for _, key in gone], pa.string()),
    })  # fmt: skip
    association = "owner, key, association_type, target, target_key"
    is_two_way = f"association_type IN {sql_texts(two_way)}" if two_way else "false"
    found = mirror.store.select(
        f"""
        WITH now AS ({mirror.sql("associations", f"{association}, batch")}),
        before AS ({before.sql("associations", association)}),
        items AS ({_items(mirror, "batch")}),
        fresh AS (SELECT * FROM items WHERE batch = {last}),
        went AS (
            FROM gone
            UNION SELECT f.owner, f.key FROM fresh f JOIN ({_items(before, "0")}) b USING (owner, key)
            WHERE f.created IS DISTINCT FROM b.created
        ), came_or_went AS (
            (SELECT {association} FROM now WHERE batch = {last} AND {is_two_way} EXCEPT SELECT {association} FROM before)
            UNION (
                SELECT {association} FROM before SEMI JOIN fresh USING (owner, key) WHERE {is_two_way}
                EXCEPT SELECT {association} FROM now
            )
        ), ends AS (
            SELECT owner, key, NULL AS code FROM now SEMI JOIN went USING (target, target_key)
            UNION SELECT target, target_key, NULL FROM came_or_went WHERE target <> 'identifier'
            UNION SELECT 'product', NULL, target_key FROM came_or_went WHERE target = 'identifier'
        )
        SELECT DISTINCT i.owner, CASE i.owner WHEN 'product' THEN i.key ELSE i.code END AS name
        FROM items i JOIN ends e ON i.owner = e.owner AND (i.key = e.key OR i.code = e.code)
        WHERE i.batch < {last} ORDER BY ALL
        """,
        gone=went,
    )
    names: dict[str, list[str]] = {}
    for batch in found:
        for item in batch.to_pylist():
            names.setdefault(item["owner"], []).append(item["name"])
    return names


def _items(mirror: Mirror, batch: str) -> str:
    columns = f"key, code, created, {batch} AS batch"
    return " UNION ALL ".join(
        f"SELECT '{owner}' AS owner, * FROM ({mirror.sql(table, columns)})" for owner, table in MIRRORED.items()
    )
