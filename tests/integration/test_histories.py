"""After any history of edits, loads, settings and faults the law holds.

`make soak HISTORIES=300` runs more of them; `--seed` runs one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import tenacity

from akeneo_assets import resources
from akeneo_assets.assets import asset_metadata
from akeneo_assets.loads import window
from akeneo_assets.pim import call_limits, pim_retries
from akeneo_assets.pim.clock import Overlap
from sandbox import stack
from sandbox.catalogue_edits import Pim
from sandbox.pim.pim_start import open_pim, running
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sfcc_client import Instance
from tests.integration.conftest import Place
from tests.integration.history_machine import History, World, small_catalogue
from tests.integration.history_plan import Plan, plan, shrunk
from tests.integration.law_comparison import breaches

BY_ENGINE = 3
"""So many histories, the first ones, go through the Dagster jobs."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test a history."""
    if "seed" in metafunc.fixturenames:
        option = metafunc.config.getoption
        first, count = option("--first"), option("--histories")
        metafunc.parametrize("seed", range(first, first + count) if option("--seed") is None else [option("--seed")])


@pytest.fixture(scope="module")
def world(place_at: Callable[[str], Place], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The servers of all histories. Waiting, and what only people look at, take no time."""
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as open_servers, pytest.MonkeyPatch.context() as patch:
        # Else each load would read again all that was edited here, and so hide what no edit's time tells.
        patch.setattr(window, "overlap_of", lambda _: Overlap(timedelta(seconds=1), timedelta(seconds=1)))
        patch.setattr(job_executions, "follow", partial(job_executions.follow, pause=0.02, longest_pause=0.1))
        patch.setattr(job_executions, "start", partial(job_executions.start, busy_pause=0.05))
        patch.setattr(resources, "Instance", partial(Instance, backoff=0.02))
        patch.setattr(pim_retries, "_BACKOFF", tenacity.wait_fixed(0.05))
        patch.setattr(call_limits, "_SECOND", 0.0)
        patch.setattr(asset_metadata, "sample", lambda *_, **__: "")
        pim = open_pim(str(small_catalogue(folder / "catalogue")), folder / "pim.sqlite")
        pim_url = open_servers.enter_context(running(pim))
        made = World(folder, pim, pim_url, place_at(pim_url), place_at(pim_url))
        made.prepare()
        yield made


def test_after_any_history_the_instance_equals_one_given_everything_anew(
    world: World, seed: int, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    whole, by_engine = plan(seed), seed <= BY_ENGINE
    history = History(world, whole, by_engine=by_engine)
    broken = _broken(history)
    record_property("history", dict(history.kinds))
    if broken:
        shorter = shrunk(whole, partial(_breaks, world, by_engine), tries=request.config.getoption("--shrink"))
        again = History(world, shorter, by_engine=by_engine)
        pytest.fail(_told(whole, history, broken) + "\n\nShrunk:\n" + _told(shorter, again, _broken(again)))
    world.finish()


def _broken(history: History) -> object:
    """What breaks the law after a history, or what ended it; nothing: it holds."""
    try:
        return history.run()
    except Exception as error:
        return error


def _breaks(world: World, by_engine: bool, shorter: Plan) -> bool:
    return bool(_broken(History(world, shorter, by_engine=by_engine)))


def _told(history: Plan, happened: History, what: object) -> str:
    begun = f"begun {'empty' if history.empty else 'full'}, guard {history.guard}"
    head = f"History {history.seed} (pytest --seed {history.seed}; {begun}) ended with {what}"
    return "\n".join([head, *(said[:400] for said in happened.said)])


def test_a_category_and_a_model_made_anew_under_their_codes_have_nothing_of_the_old_ones(world: World) -> None:
    """The PIM takes what is deleted out of products without moving their `updated`."""
    fed, anew = world.start(empty=False)
    pim = Pim(world.pim_url, stack.CREDENTIAL)
    with closing(pim), fed.instance, anew.instance:
        products = {value["data"]: p for p in pim.items("products-uuid") for value in p["values"].get("sku", ())}
        tent, pack, lid = (products[sku] for sku in ("TENT-RIDGE-3", "PACK-SUMMIT-45-BLUE", "FLASK-CAIRN-LID"))
        model = pim.get("product-models/flask_cairn")
        for product in (tent, pack):
            body = {"categories": ["tents", "packs"], "associations": {"X_SELL": {"product_models": ["flask_cairn"]}}}
            pim.patch(f"products-uuid/{product['uuid']}", body)
        fed.jobs("3-1")
        assert "tents" in fed.export().categories_of("TENT-RIDGE-3")
        assert ("1", "flask_cairn") in fed.export().recommended("TENT-RIDGE-3")
        pim.delete("categories/tents")
        pim.delete("product-models/flask_cairn")
        run = fed.job("3-1")
        if not run.ok:
            run = fed.job("3-1", confirm=f"load_{fed.loads}")
        assert run.ok, run.failures
        pim.patch("categories/tents", {"parent": "camping"})
        kept = {name: model[name] for name in ("family", "family_variant", "parent", "categories", "values")}
        pim.patch("product-models/flask_cairn", kept)
        kept = {name: lid[name] for name in ("family", "parent", "values")}
        kept["values"] = {name: kept["values"][name] for name in ("sku", "with_lid")}
        pim.patch(f"products-uuid/{uuid4()}", kept)
        fed.jobs("3-1")
        anew.jobs("1", "2", "3-2")
        assert breaches(fed.export(), anew.export()) == {}
        now = fed.export()
        assert "tents" not in now.categories_of("TENT-RIDGE-3")
        assert now.recommended("TENT-RIDGE-3") == set()
    world.finish()
