"""Where SFCC no longer holds what it has confirmed, by its own export: objects that are gone, and fields that somebody changed.

Belongs here: which of the ledger's objects are compared, that comparison, and having the next load send them again. Doesn't:
getting the export (`sfcc_resources.delivery.instance_export`), comparing one archive right after it was sent
(`export_comparison`).

What an object was sent as stands in the archive that carried it last, in the package of that load. Only fields that were sent
are compared, so that merchants' own fields don't count; where the archive is gone, only whether the object is there. Left out are
what SFCC did not confirm, since the next load sends it anyway; what the settings hand over to merchants; and what was retired and
is gone, since merchants may delete it. Source: LOADS, ledger.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from akeneo_assets import tables
from akeneo_assets.loads.ledger import IS_RETIRED, Ledger
from akeneo_assets.mapping.emptied import is_handed_over
from akeneo_assets.store import TableWriter, sql_empty, sql_files, sql_numbered, sql_texts
from sfcc_resources.delivery.instance_export import DataUnits, data_units
from sfcc_resources.exported_objects import READ_TYPES, THERE, objects
from sfcc_resources.records import CATEGORY_ASSIGNMENTS, RECOMMENDATIONS

Drift = dict[str, Any]
"""A field that SFCC holds otherwise: `container`, `type`, `id`, `field` as in `tables.OBJECT_FIELDS` (the empty field is the
object itself), `sent` and `held` (empty: not there), `load` that sent it; `key` and `number` of its entry in the ledger."""

_CONFIRMED: Final = f"""
    SELECT key, number, container, type, id, fields, archive, load FROM ledger_current
    WHERE verdict = 'confirmed' AND NOT deleted AND type IN {sql_texts(sorted(READ_TYPES))}
"""

_DIFFERING: Final = f"""
    WITH confirmed AS (
        FROM ({_CONFIRMED}) c WHERE NOT {IS_RETIRED}
        OR EXISTS (FROM held h WHERE h.container = c.container AND h.type = c.type AND h.id = c.id)
    ), told AS (
        SELECT DISTINCT c.key, c.number, c.load, container, type, id, field, s.value AS sent, coalesce(h.value, '') AS held
        FROM confirmed c JOIN sent s USING (number, container, type, id) LEFT JOIN held h USING (container, type, id, field)
        WHERE coalesce(h.value, '') <> s.value
        UNION ALL
        SELECT key, number, load, container, type, id, '', '{THERE}', '' FROM confirmed ANTI JOIN held USING (container, type, id)
        WHERE archive NOT IN (SELECT unnest($archives))
        AND (fields <> '' OR type NOT IN ('{CATEGORY_ASSIGNMENTS}', '{RECOMMENDATIONS}'))
    )
    SELECT * FROM told QUALIFY field = '' OR NOT bool_or(field = '') OVER (PARTITION BY key)
    ORDER BY type, container, id, field
"""
"""Of an object that is gone, its fields aren't told."""


def units_to_compare(ledger: Ledger) -> DataUnits:
    """What SFCC must export so that all that it has confirmed can be compared; empty: it has confirmed nothing."""
    with ledger.store.query(ledger.views) as query:
        return data_units(query.execute(f"SELECT DISTINCT container, type FROM ({_CONFIRMED})").fetchall())


def drifted(ledger: Ledger, exported: Path, handed_over: tuple[str, ...] = ()) -> list[Drift]:
    """What SFCC's export `exported` of `units_to_compare` holds otherwise than SFCC has confirmed it, in the order of type,
    container, id and field. `handed_over`: `akeneo_assets.mapping.emptied.handed_over`. Files are written beside the export.

    Example: a product was sent with the brand `x`, and a merchant made it `y` -> one Drift: field `fields/brand/`, sent `x`, held
    `y`.

    Raises ValueError with one sentence where an archive can't be read.
    """
    store = ledger.store
    with store.query(ledger.views) as query:
        sent_in = query.execute(f"SELECT archive, max(number) FROM ({_CONFIRMED}) GROUP BY archive").fetchall()
    kept = {path.name: path for path in store.root.glob("*/*/archives/*.zip")}
    sent: dict[Path, int] = {}
    for archive, number in sent_in:
        if archive in kept:
            file = exported.with_name(f"sent-{number}.parquet")
            _write_fields(kept[archive], file)
            sent[file] = number
    held = exported.with_name("held.parquet")
    _write_fields(exported, held)
    sent_rows = sql_numbered(sent) if sent else f"SELECT *, 0 AS number FROM ({sql_empty(tables.OBJECT_FIELDS)})"
    with store.query(ledger.views) as query:
        query.execute(f"CREATE TEMP VIEW sent AS {sent_rows}")
        query.execute(f"CREATE TEMP VIEW held AS FROM read_parquet({sql_files([held])})")
        rows = query.sql(_DIFFERING, params={"archives": sorted(kept)}).to_arrow_table().to_pylist()
    return [row for row in rows if not is_handed_over(row["type"], row["field"], handed_over)]


def _write_fields(archive: Path, file: Path) -> None:
    """The `tables.OBJECT_FIELDS` of all objects in a site archive."""
    with TableWriter(file, tables.OBJECT_FIELDS) as rows:
        for container, kind, object_id, fields in objects(archive):
            for field, value in fields.items():
                rows.write({"container": container, "type": kind, "id": object_id, "field": field, "value": value})


def mend(ledger: Ledger, drifts: Collection[Drift]) -> int:
    """Have the next load send the objects of `drifts` again; returns how many. For the holder of the sending lock."""
    entries = {(drift["key"], drift["number"]) for drift in drifts}
    ledger.doubt(entries)
    return len(entries)
