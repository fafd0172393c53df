"""The codes in use, kept in the store from load to load, and what people have confirmed to be gone.

Belongs here: keeping them, stopping an import whose lists lost some, confirming. Doesn't: which codes are in use, the comparison
(`akeneo_assets.mapping.codes_in_use`).

A product load that succeeded leaves its codes in use. Each import of any job compares its lists with them; one that lacks some
keeps what vanished in its package and stops. A confirmation takes those codes, and no others, out of the codes in use, and holds
for products that belonged to them until a load has succeeded.
"""

from collections.abc import Mapping
from pathlib import Path

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package, vanished_files
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.codes_in_use import NAMED, Codes, codes_in_use, named, sentence, vanished, way_out
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
    store.codes_confirmed.unlink(missing_ok=True)


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


def refuse_hidden(package: Package, hidden: Mapping[str, Codes]) -> None:
    """Stop a load that can't tell whether items are gone or hidden, since what they belonged to has vanished, too.

    `hidden`: name of an item -> what it belonged to that the lists no longer have (`unlisted`).
    Example: {"product TENT-1": {"category": ["tents"]}}.

    Raises:
        ConnectorError: there is one whose codes nobody has confirmed; the package keeps which.
    """
    confirmed = _pairs(read_json(package.store.codes_confirmed) or {})
    unsure = {item: codes for item, codes in hidden.items() if not _pairs(codes) <= confirmed}
    if unsure:
        pairs = {pair for codes in unsure.values() for pair in _pairs(codes)}
        gone = {kind: sorted(code for of, code in pairs if of == kind) for kind in sorted({kind for kind, _ in pairs})}
        write_json(package.vanished_file, {"import": package.name, "codes": gone, "confirmed": False})
        items = ", ".join(list(unsure)[:NAMED]) + (f" and {len(unsure) - NAMED:,} more" if len(unsure) > NAMED else "")
        raise ConnectorError(
            f"Nothing was sent, since the PIM no longer shows {items}, and its lists no longer have what that belonged to: "
            f"{named(gone)}. {way_out(package.name)}"
        )


def _pairs(codes: Codes) -> set[tuple[str, str]]:
    return {(kind, code) for kind, of_kind in codes.items() for code in of_kind}


def confirm(store: Store, path: Path) -> None:
    """Take what had vanished before an import (`stopped`) out of the codes in use. A second time it does nothing: what comes back
    and vanishes again is asked for again."""
    stop = read_json(path)
    if stop["confirmed"]:
        return
    gone, in_use = stop["codes"], read_json(store.codes_in_use) or {}
    write_json(store.codes_in_use, {kind: [c for c in codes if c not in gone.get(kind, ())] for kind, codes in in_use.items()})
    before: Codes = read_json(store.codes_confirmed) or {}
    write_json(store.codes_confirmed, before | {kind: [*before.get(kind, ()), *codes] for kind, codes in gone.items()})
    write_json(path, stop | {"confirmed": True})
