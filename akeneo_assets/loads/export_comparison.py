"""Which of the records that were sent SFCC holds as they were sent, by its own export.

Belongs here: that comparison, field by field. Doesn't: getting the export (`sfcc_resources.delivery.instance_export`), what an
object's fields are (`sfcc_resources.exported_objects`), what follows (`unresolved`).

Only fields that were sent are compared: SFCC exports merchants' fields and its own defaults, too. A field that was sent empty
must be absent, and so must an object that was deleted. Both archives are read as streams and joined on disk.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from akeneo_assets import tables
from akeneo_assets.loads.answers import Record
from akeneo_assets.store import Store, TableWriter, sql_files
from sfcc_resources.exported_objects import READ_TYPES, objects

_DIFFERING: Final = """
    SELECT s.container, s.type, s.id,
        list(DISTINCT s.field ORDER BY s.field) FILTER (coalesce(e.value, '') <> s.value) AS differing
    FROM read_parquet({sent}) s
    LEFT JOIN read_parquet({exported}) e USING (container, type, id, field)
    GROUP BY s.container, s.type, s.id
"""


def differing_fields(store: Store, sent: Path, exported: Path, records: Collection[Record]) -> dict[Record, tuple[str, ...]]:
    """For each of `records` the fields that the archive `sent` gives otherwise than SFCC's export `exported` holds them: none
    where SFCC took the record. The field with the empty name is the object itself.

    A record of which the export can't tell isn't in the result: its type is none that an export is read for (definitions, files,
    a catalog's header), or the export doesn't hold its container.

    Example: sent was the brand `x` of a, whom SFCC has with the brand `y`, and b, whom SFCC doesn't have ->
    {(m, product, a): ("fields/brand/",), (m, product, b): ("", "fields/brand/")}.

    Raises ValueError with one sentence where one of the archives can't be read.
    """
    asked = {record for record in records if record[1] in READ_TYPES}
    files = {path: path.with_name(f"{path.name}.{name}.parquet") for name, path in (("sent", sent), ("held", exported))}
    containers = set[str]()
    try:
        for archive, file in files.items():
            with TableWriter(file, tables.OBJECT_FIELDS) as rows:
                containers.clear()  # in the end, those of the export
                for container, kind, object_id, fields in objects(archive):
                    containers.add(container)
                    if (container, kind, object_id) in asked:
                        for field, value in fields.items():
                            rows.write({"container": container, "type": kind, "id": object_id, "field": field, "value": value})
        query = _DIFFERING.format(sent=sql_files([files[sent]]), exported=sql_files([files[exported]]))
        return {
            (row["container"], row["type"], row["id"]): tuple(row["differing"] or ())
            for batch in store.select(query)
            for row in batch.to_pylist()
            if row["container"] in containers
        }
    finally:
        for file in files.values():
            file.unlink(missing_ok=True)
