"""The quarantine stands: a load that maps little keeps the notes of what it hasn't mapped."""

from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.quarantine import Since, carried_on, since_before
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, write_table


def note(key: str, *, whole: bool = True, owner: str = "product") -> dict[str, Any]:
    reason = "it has no identifier" if whole else "its price is no number"
    return {"owner": owner, "key": key, "code": key, "held_back": whole, "attribute": None, "reason": reason}


@pytest.fixture
def second(store: Store, load: Any, make_product: Any) -> Load:
    """A differential after a load that held back p0, p1, the model m with its variant v, and a value of p2; it maps p1 and the
    group of m."""
    products = [make_product(key) for key in ("p0", "p1", "p2", "v")]
    load("one", products)
    write_table(
        Package.of_load(store, "one").held_back,
        tables.HELD_BACK,
        [
            note("p0"),
            note("p1"),
            note("p2", whole=False),
            note("v"),
            note("m", owner="product_model"),
            note("gone"),
            note("trees", owner="category"),
        ],
    )
    windows.succeed(store, "one", windows.Outcome("s", "t", {}))
    load("two", [], previous="one")
    package = Package.of_load(store, "two")
    identity = {"sfcc_id": None, "own_id": None, "left_out": False}
    roots = {"p0": None, "p1": None, "p2": None, "v": "m"}
    identities = [identity | {"owner": "product", "key": key, "code": key, "root": root} for key, root in roots.items()]
    identities.append(identity | {"owner": "product_model", "key": "m", "code": "m", "root": "m"})
    write_table(package.identities, tables.IDENTITIES, identities)
    mapped = (("product", "p1"), ("product", "v"), ("product_model", "m"))
    write_table(package.changes, tables.CHANGES, [{"owner": owner, "key": key, "reason": 0} for owner, key in mapped])
    window = windows.recorded(store, "two")
    assert window is not None
    return Load(package, window, ConnectorSettings(), None)  # type: ignore[arg-type]


def test_notes_of_what_is_there_and_was_not_mapped_are_carried_on(second: Load) -> None:
    assert list(carried_on(second, everything=False)) == [note("p0"), note("p2", whole=False)]
    assert list(carried_on(second, everything=True)) == []


def test_new_and_solved_objects_are_counted_against_the_last_load_that_succeeded(second: Load) -> None:
    write_table(second.package.held_back, tables.HELD_BACK, [note("p0"), note("new"), note("p1", whole=False)])
    assert since_before(second) == Since(new=1, solved=5)
