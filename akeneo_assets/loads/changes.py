"""Which products and masters a load must map: those whose inputs have changed since the load before.

Belongs here: the closure over masters, variants and association targets; when everything is mapped. Doesn't: whether what is
mapped is sent (`difference`). A master is made from its variants and its sub-models, so that a group of them is mapped whole or
not at all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.mirror import MIRRORED, Mirror
from akeneo_assets.store import Store, sql_empty, sql_table, write_query

REASONS: Final = (
    "new or changed",
    "id or kind changed",
    "belongs to a changed group",
    "an associated product changed",
    "not confirmed by SFCC, or sent by a load that did not end",
)


IS_MAPPED: Final = "c.owner = i.owner AND c.key = CASE i.owner WHEN 'product' THEN i.key ELSE coalesce(i.root, i.key) END"
"""SQL: whether `tables.CHANGES` `c` has the item of a `tables.IDENTITIES` row `i`: models appear there as root models only."""


@dataclass(frozen=True)
class Inputs:
    """What `write_changes` compares. `before` is the identities file of the load before, None where there is none."""

    mirror: Mirror
    identities: Path
    before: Path | None
    unsettled: pa.Table  # the ledger's objects that SFCC did not confirm, or was given by other loads since; column `source`


def write_changes(store: Store, path: Path, inputs: Inputs) -> dict[str, int]:
    """Write the items to map, `tables.CHANGES`, to `path`; returns how many by reason.

    Models appear as root models only.
    """
    with store.query() as query:
        query.register("unsettled", inputs.unsettled)
        for name, sql in _steps(inputs).items():
            # A table each, not a view: a view that others use several times would be worked out as often.
            query.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
        counts = dict(query.execute("SELECT reason, count(*) FROM changes GROUP BY reason ORDER BY reason").fetchall())
        write_query(query, "SELECT owner, key, reason FROM changes", path)
    return {REASONS[reason]: count for reason, count in counts.items()}


def _steps(inputs: Inputs) -> dict[str, str]:
    """The tables that lead from the items read to `changes`, those to be mapped, in the order in which they build on each
    other."""
    now = sql_table(inputs.identities, tables.IDENTITIES)
    then = sql_empty(tables.IDENTITIES) if inputs.before is None else sql_table(inputs.before, tables.IDENTITIES)
    own, before = Mirror(inputs.mirror.store, inputs.mirror.keys[-1:]), inputs.mirror.before()
    return {
        # Items read by this load whose content is new.
        "changed": " UNION ALL ".join(
            f"""SELECT '{owner}' AS owner, n.key FROM ({own.sql(table, "key, fingerprint")}) n
                LEFT JOIN ({before.sql(table, "key, fingerprint")}) b USING (key)
                WHERE b.fingerprint IS DISTINCT FROM n.fingerprint"""
            for owner, table in MIRRORED.items()
        ),
        # Items with another SFCC id, identifier or master than before (an identifier changed in case alone leaves the id), and
        # those that became or ceased to be bundles or sets, of which not every bundle or set can hold one.
        "moved": f"""
            SELECT coalesce(n.owner, b.owner) AS owner, coalesce(n.key, b.key) AS key,
                n.code, b.code AS old_code, b.root AS old_root
            FROM ({now}) n FULL JOIN ({then}) b ON n.owner = b.owner AND n.key = b.key
            WHERE (n.sfcc_id, n.code, n.root, n.composition) IS DISTINCT FROM (b.sfcc_id, b.code, b.root, b.composition)""",
        # Product groups whose members have changed.
        "regrouped": " UNION ".join(
            f"""SELECT unnest(groups) AS code FROM ({mirror.sql("products", "key, groups")})
                WHERE key IN (SELECT key FROM changed UNION SELECT key FROM moved)"""
            for mirror in (inputs.mirror, before)
        ),
        # What associations name that now stands for something else.
        "named": """
            SELECT owner AS target, key AS target_key FROM moved
            UNION SELECT 'identifier', unnest([code, old_code]) FROM moved WHERE owner = 'product'
            UNION SELECT 'group', code FROM regrouped""",
        # Items that are associated with it.
        "sources": f"""
            SELECT a.owner, a.key FROM ({inputs.mirror.sql("associations", "owner, key, target, target_key")}) a
            SEMI JOIN named USING (target, target_key)
            UNION SELECT 'product_model', m.model FROM ({inputs.mirror.named_by_models()}) m
            SEMI JOIN moved n ON n.owner = 'product' AND n.key = m.uuid""",
        # All items to be mapped for their own sake; the reason is a place in `REASONS`.
        "seeds": """
            SELECT owner, key, 0 AS reason FROM changed
            UNION ALL SELECT owner, key, 1 FROM moved
            UNION ALL SELECT owner, key, 3 FROM sources
            UNION ALL SELECT split_part(source, ':', 1), substr(source, strpos(source, ':') + 1), 4
                      FROM unsettled WHERE source IS NOT NULL""",
        # Masters with such an item below them, now or before.
        "roots": f"""
            SELECT DISTINCT n.root AS root FROM seeds s JOIN ({now}) n ON n.owner = s.owner AND n.key = s.key
            WHERE n.root IS NOT NULL
            UNION SELECT old_root FROM moved WHERE old_root IS NOT NULL""",
        # These items, and whatever belongs to the same masters; of models the roots alone.
        "changes": f"""
            SELECT n.owner, n.key, coalesce(min(s.reason), 2) AS reason
            FROM ({now}) n LEFT JOIN seeds s ON s.owner = n.owner AND s.key = n.key
            WHERE (s.key IS NOT NULL OR n.root IN (SELECT root FROM roots)) AND (n.owner = 'product' OR n.key = n.root)
            GROUP BY ALL""",
    }
