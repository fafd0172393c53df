"""Where the PIM says otherwise than the mirror: all its products and models are read again, and nothing of them is kept.

Belongs here: that reading, and the comparison by key and content. Doesn't: what a load makes of it (`removals` proves by name
what a list lacks), SFCC's side (`drift`).
"""

from pathlib import Path
from typing import Any

from akeneo_assets import collector, tables
from akeneo_assets.loads.item_reading import SOURCES, WALK_PARAMS, RawRows, families_read, families_search
from akeneo_assets.loads.mirror import MIRRORED, Mirror, raw_row
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import walk_all
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.store import TableWriter, sql_table
from akeneo_assets.structure.pim_structure import Structure

PimDrift = dict[str, Any]
"""An item that differs: `owner` (product or product_model), `key`, `code`, `known` and `now` (its `updated` in the mirror and in
the PIM; None: not there), and `how`. new: the PIM lists it and the mirror doesn't have it; not listed: the other way round;
edited: its `updated` has moved, so that the next differential load reads it; otherwise: its content is another, and its `updated`
the same, so that only a full load reads it."""


def pim_drifts(client: PimClient, mirror: Mirror, reading: Akeneo, structure: Structure, folder: Path) -> list[PimDrift]:
    """What of the PIM's products and models differs from the mirror, in the order of owner, code and key. A file is written to
    `folder` and left there.

    Example: the mirror has product `A` as of 10:00, and the PIM with another value as of 10:00 -> one PimDrift: how `otherwise`.

    Raises PimError.
    """
    raw, seen = RawRows.of(structure), folder / "seen.parquet"
    asked = {endpoint: (families_search(reading), params) for endpoint, params in WALK_PARAMS.items()}
    with collector.at_rest(), TableWriter(seen, tables.SEEN) as items:
        for endpoint, page, _ in walk_all(client, asked, {}, parse=raw.parsers.page):
            for item in page:
                row = raw_row(item, raw.identifier)
                items.write({"owner": SOURCES[endpoint][1]} | {name: row[name] for name in tables.SEEN.columns.names[1:]})
    known = " UNION ALL ".join(
        f"""SELECT '{owner}' AS owner, key, code, updated, fingerprint
            FROM ({mirror.sql(table, "key, code, family, updated, fingerprint")}) {families_read(reading)}"""
        for owner, table in MIRRORED.items()
    )
    differing = mirror.store.select(f"""
        WITH now AS (SELECT DISTINCT ON (owner, key) * FROM ({sql_table(seen, tables.SEEN)}))
        SELECT owner, key, coalesce(n.code, m.code) AS code, m.updated AS known, n.updated AS now,
            CASE WHEN m.fingerprint IS NULL THEN 'new' WHEN n.fingerprint IS NULL THEN 'not listed'
                 WHEN n.updated IS DISTINCT FROM m.updated THEN 'edited' ELSE 'otherwise' END AS how
        FROM now n FULL JOIN ({known}) m USING (owner, key)
        WHERE n.fingerprint IS DISTINCT FROM m.fingerprint ORDER BY owner, code, key
    """)
    return [row for batch in differing for row in batch.to_pylist()]
