"""Loads that are folded: an installation that keeps two goes on as one that keeps all, and Dagster forgets the others."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from akeneo_assets.loads import window
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.pim.clock import Overlap
from akeneo_assets.run_locks import at_work
from akeneo_assets.store import Store
from sandbox import stack
from sandbox.catalogue_edits import Pim

STOVE = "products-uuid/3ab7717f-104e-4ce1-9dce-adde18150f23"
TENT_3 = "products-uuid/14937f72-3b3e-4f7e-a0f5-fe67a88ba771"


def edited(attribute: str, data: str, locale: str | None = None) -> dict[str, Any]:
    return {"values": {attribute: [{"locale": locale, "scope": None, "data": data}]}}


@pytest.fixture
def keeping_two(tmp_path: Path) -> str:
    """connector.yaml that keeps two loads and no day."""
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
    path = tmp_path / "keeping.yaml"
    path.write_text(yaml.safe_dump(settings | {"keep": {"loads": 2, "days": 0}}))
    return str(path)


def packages(place: Any) -> set[str]:
    return {path.name for path in Store(place.store).loads.iterdir()}


def test_an_installation_that_keeps_two_loads_goes_on_as_one_that_keeps_all(
    pim_of: Callable[[str], str],
    place_at: Any,
    editor: Callable[[str], Pim],
    keeping_two: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Else each load would read again all that was edited here.
    monkeypatch.setattr(window, "overlap_of", lambda _: Overlap(timedelta(seconds=1)))
    pim_url = pim_of("demo")
    folding, whole, pim = place_at(pim_url), place_at(pim_url), editor(pim_url)

    def both(job: str) -> None:
        few, many = folding.job(job, CONNECTOR_CONFIG=keeping_two), whole.job(job)
        assert (few.ok, many.ok) == (True, True), few.failures
        assert (few.sent, few.to_send) == (many.sent, many.to_send)

    both("3-2")
    pim.patch(STOVE, edited("name", "Stove one", "en_US"))
    both("3-1")
    pim.delete(TENT_3)
    both("3-1")
    pim.patch(STOVE, edited("sku", "STOVE-GAS-ONE"))
    both("3-1")
    both("3-1")
    assert packages(folding) == {"load_1", "load_4", "load_5"}
    pim.patch(STOVE, edited("name", "Stove two", "en_US"))
    both("3-1")
    both("3-2")
    assert folding.export().differs_from(whole.export()) == {}

    assert packages(folding) == {"load_6", "load_7"}
    assert len(packages(whole)) == 7
    instance = folding.instance
    assert set(instance.get_dynamic_partitions(PRODUCT_LOADS.name or "")) == {"load_6", "load_7"}
    assert {run.tags["dagster/partition"] for run in instance.get_runs()} == {"load_6", "load_7"}

    again = folding.job("3-1", load="load_2", CONNECTOR_CONFIG=keeping_two)
    (said,) = again.failures
    assert "The load 'load_2' is older than what is kept (`keep` in connector.yaml), and its files are removed" in said
    assert packages(folding) == {"load_6", "load_7"}


def test_while_another_run_works_in_the_store_nothing_is_folded(place_at: Any, pim_of: Callable[[str], str]) -> None:
    place = place_at(pim_of("demo"))
    store = Store(place.store)
    replaced = store.base / "000001" / "ledger.parquet"  # as a fold that was killed leaves it
    replaced.parent.mkdir(parents=True)
    replaced.touch()
    with at_work(store, "another-run"):
        done = place.materialize("sfcc/base")
        assert done.success
        assert replaced.exists()
    assert place.materialize("sfcc/base").success
    assert not replaced.exists()
