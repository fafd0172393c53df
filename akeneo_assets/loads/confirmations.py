"""What people have confirmed to be gone: objects and fields that the guard would otherwise keep in the shop.

Belongs here: keeping confirmations, telling them by load or by pattern. Doesn't: what the guard holds back (`guard`), codes that
vanished from the PIM's lists (`vanished_codes`).

A confirmation names one object, or one field of it, and holds for later loads. Source: LOADS, "Absence is a claim", point 4.
"""

from fnmatch import fnmatchcase
from typing import Any

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import vanished_codes
from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, rows, sql_table, write_query, write_table


def held_back(store: Store, name: str, pattern: str = "*") -> list[dict[str, Any]]:
    """What the load `name` was stopped for or holds back: `tables.ABSENCES` rows that match `pattern`, as for `confirm`."""
    held = Package.of_load(store, name).absences
    absences = rows([held]) if held.exists() else ()
    return [a for a in absences if fnmatchcase(f"{a['type']}/{a['id']}/{a['path']}", pattern)]


def confirm(store: Store, name: str, pattern: str = "*") -> int:
    """Confirm what the import `name` was stopped for or holds back. Returns how many absences of objects and fields.

    `pattern`: of those only what matches, as `type/id/path`: `product/*` or `*/fields/display-name/fr-FR`.

    Raises:
        ConnectorError: the import was stopped for nothing, and holds nothing back.
    """
    held = Package.of_load(store, name).absences
    vanished = vanished_codes.stopped(store, name)
    if not vanished and not held.exists():
        raise ConnectorError(f"There is nothing to confirm: the import '{name}' was stopped for nothing and holds nothing back.")
    if vanished:
        vanished_codes.confirm(store, vanished)
    if not held.exists():
        return 0
    chosen = held_back(store, name, pattern)
    added = store.confirmed_absences.with_name(".confirming.parquet")
    write_table(added, tables.ABSENCES, chosen)
    with store.query() as query:
        both = " UNION ".join(sql_table(path, tables.ABSENCES) for path in (added, store.confirmed_absences) if path.exists())
        write_query(query, f"SELECT DISTINCT ON (key, path) * FROM ({both}) ORDER BY key, path", store.confirmed_absences)
    added.unlink()
    return len(chosen)


def how_many(store: Store) -> int:
    """How many absences are confirmed."""
    if not store.confirmed_absences.exists():
        return 0
    with store.query() as query:
        (count,) = query.sql(f"SELECT count(*) FROM ({sql_table(store.confirmed_absences, tables.ABSENCES)})").fetchall()
    return int(count[0])
