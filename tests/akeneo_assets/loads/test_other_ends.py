"""What is read again since its associations changed by what happened at their other end, against the sandbox PIM."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.loads.item_reading import read_items
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.removals import Removals
from akeneo_assets.loads.window import Outcome, Window, succeed
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, write_json
from akeneo_assets.structure.pim_structure import Structure
from sandbox import stack
from sandbox.catalogue_edits import Pim
from sandbox.pim.pim_start import open_pim, running

TENT, POLES, PACK = (  # products without parent, and a model
    "14937f72-3b3e-4f7e-a0f5-fe67a88ba771",
    "e76c00fe-9849-4050-84ea-1cd43c2c9424",
    "pack_trail_30",
)

Load = Callable[..., set[tuple[str, str]]]


@pytest.fixture
def pim_url(tmp_path: Path) -> Iterator[str]:
    """A PIM of its own with the demo catalogue."""
    with running(open_pim("demo", tmp_path / "pim.sqlite")) as url:
        yield url


@pytest.fixture
def pim(pim_url: str) -> Iterator[Pim]:
    """A session that edits the PIM."""
    session = Pim(pim_url, stack.CREDENTIAL)
    yield session
    session.close()


@pytest.fixture
def load(store: Store, pim_url: str, pim: Pim) -> Iterator[Load]:
    """Reads all, or what was updated after the moment `since`, and then finds removals. Returns (item, target) of the mirror's
    associations of one type."""
    lists = {name: list(pim.items(name)) for name in ("families", "categories", "attributes", "association-types")}
    structure = Structure.build(channels=[], **{name.replace("-", "_"): items for name, items in lists.items()})
    settings, done = ConnectorSettings(), list[str]()
    with ExitStack() as opened:
        client = PimClient(pim_url, *[stack.CREDENTIAL] * 4)
        opened.callback(client.close)

        def do(kind: str, since: str | None = None) -> set[tuple[str, str]]:
            previous = done[-1] if since else None
            done.append(f"load {len(done)}")
            package = Package.of_load(store, done[-1])
            window = Window(done[-1], "full", datetime.now(UTC).isoformat(), since, previous, "")
            write_json(package.window_file, vars(window))
            read_items(package, client, window, settings.akeneo, structure, lambda _: None)
            removals = Removals(package, window, settings, structure, client, lambda _: None)
            removals.find()
            package.seal("changes", {"removals": removals.report()})
            succeed(store, done[-1], Outcome("", "", {}))
            query = removals.mirror.sql("associations", "key, target_key, association_type")
            found = store.select(f"SELECT key, target_key FROM ({query}) WHERE association_type = '{kind}'")
            return {(row["key"], row["target_key"]) for batch in found for row in batch.to_pylist()}

        yield do


def associate(pim: Pim, product: str, kind: str, **targets: list[str]) -> None:
    pim.patch(f"products-uuid/{product}", {"associations": {kind: targets}})


def updated(pim: Pim, product: str) -> str:
    """When the product was last edited; returns in a later second, so that an edit can be told from that one."""
    time.sleep(1.1)
    return str(pim.get(f"products-uuid/{product}")["updated"])


def test_a_two_way_association_that_was_taken_away_at_one_end_goes_at_the_other(load: Load, pim: Pim) -> None:
    associate(pim, TENT, "COMPATIBLE", products=[POLES])
    assert {(TENT, POLES), (POLES, TENT)} <= load("COMPATIBLE")
    stamp = updated(pim, POLES)
    associate(pim, TENT, "COMPATIBLE", products=[])
    assert updated(pim, POLES) == stamp
    assert not {(TENT, POLES), (POLES, TENT)} & load("COMPATIBLE", since=stamp)


def test_an_association_with_a_deleted_model_does_not_come_back_with_a_new_one_of_its_code(load: Load, pim: Pim) -> None:
    associate(pim, TENT, "X_SELL", product_models=[PACK])
    assert (TENT, PACK) in load("X_SELL")
    stamp, model = updated(pim, TENT), pim.get(f"product-models/{PACK}")
    pim.delete(f"product-models/{PACK}")
    assert (TENT, PACK) not in load("X_SELL", since=stamp)
    made = {name: model[name] for name in ("family", "family_variant", "parent")}
    pim.patch(f"product-models/{PACK}", made)
    assert (TENT, PACK) not in load("X_SELL", since=stamp)


def test_nor_where_the_model_was_deleted_and_made_anew_between_two_loads(load: Load, pim: Pim) -> None:
    associate(pim, TENT, "X_SELL", product_models=[PACK])
    assert (TENT, PACK) in load("X_SELL")
    stamp, model = updated(pim, TENT), pim.get(f"product-models/{PACK}")
    pim.delete(f"product-models/{PACK}")
    made: dict[str, Any] = {name: model[name] for name in ("family", "family_variant", "parent")}
    pim.patch(f"product-models/{PACK}", made)
    assert (TENT, PACK) not in load("X_SELL", since=stamp)
