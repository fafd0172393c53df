"""The codes in use, kept in the store from load to load, and what people have confirmed to be gone.

Belongs here: keeping them, stopping an import whose lists lost some, confirming. Doesn't: which codes are in use, the comparison
(`akeneo_assets.mapping.codes_in_use`).

A product load that succeeded leaves its codes in use. Each import of any job compares its lists with them; one that lacks some
keeps what vanished in its package and stops. A confirmation takes those codes, and no others, out of the codes in use.
"""

from pathlib import Path

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package, vanished_files
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.codes_in_use import codes_in_use, sentence, vanished
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, read_json, write_json
from akeneo_assets.structure.pim_structure import Structure


def keep_codes_in_use(store: Store, window: Window, settings: ConnectorSettings, structure: Structure) -> None:
    """Note what the load of `window` has used, for the imports after it."""
    mirror = Mirror.of(store, window)
    of_items = " UNION ".join(mirror.sql(table, "family") for table in ("products", "product_models"))
    with store.query() as query:
        families = [family for (family,) in query.sql(of_items).fetchall() if family]
    write_json(store.codes_in_use, codes_in_use(settings, structure, families))


def refuse_vanished(package: Package, settings: ConnectorSettings, structure: Structure) -> None:
    """Stop an import whose lists lack codes in use.

    Raises:
        ConnectorError: they do; the package keeps which.
    """
    gone = vanished(read_json(package.store.codes_in_use) or {}, settings, structure)
    if gone:
        write_json(package.vanished_file, {"import": package.name, "codes": gone, "confirmed": False})
        raise ConnectorError(sentence(gone, package.name))


def stopped(store: Store, name: str) -> Path | None:
    """The file that says what the import `name` was stopped for; None: it wasn't stopped by vanished codes."""
    return next((path for path in vanished_files(store) if read_json(path)["import"] == name), None)


def confirm(store: Store, path: Path) -> None:
    """Take what had vanished before an import (`stopped`) out of the codes in use. A second time it does nothing: what comes back
    and vanishes again is asked for again."""
    stop = read_json(path)
    if stop["confirmed"]:
        return
    gone, in_use = stop["codes"], read_json(store.codes_in_use) or {}
    write_json(store.codes_in_use, {kind: [c for c in codes if c not in gone.get(kind, ())] for kind, codes in in_use.items()})
    write_json(path, stop | {"confirmed": True})
