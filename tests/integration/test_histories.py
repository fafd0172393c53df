"""After any history of edits, loads, settings and faults the law holds.

`make soak HISTORIES=300` runs more of them; `--seed` runs one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from uuid import uuid4

import pytest

from akeneo_assets.loads import window
from akeneo_assets.pim.clock import Overlap
from sandbox import stack
from sandbox.catalogue_edits import Pim
from sandbox.pim.pim_start import open_pim, running
from tests.integration.conftest import Place
from tests.integration.history_machine import History, World, small_catalogue
from tests.integration.law_comparison import breaches

KINDS: Counter[str] = Counter()
"""What has happened in all histories of this process."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test a history."""
    if "seed" in metafunc.fixturenames:
        seed, count = metafunc.config.getoption("--seed"), metafunc.config.getoption("--histories")
        metafunc.parametrize("seed", range(1, count + 1) if seed is None else [seed])


@pytest.fixture(scope="module")
def world(place_at: Callable[[str], Place], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The servers of all histories."""
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as open_servers, pytest.MonkeyPatch.context() as patch:
        # Else each load would read again all that was edited here, and so hide what no edit's time tells.
        patch.setattr(window, "overlap_of", lambda _: Overlap(timedelta(seconds=1), timedelta(seconds=1)))
        pim = open_pim(str(small_catalogue(folder / "catalogue")), folder / "pim.sqlite")
        pim_url = open_servers.enter_context(running(pim))
        made = World(folder, pim, pim_url, place_at(pim_url), place_at(pim_url))
        made.prepare()
        yield made
    print("\n" + "\n".join(f"{count:6} {kind}" for kind, count in sorted(KINDS.items())))


def test_after_any_history_the_instance_equals_one_given_everything_anew(world: World, seed: int) -> None:
    history = History(world, seed)
    try:
        broken = history.run()
    except Exception as error:
        pytest.fail(_told(seed, history, error))
    finally:
        KINDS.update(history.kinds)
    assert not broken, _told(seed, history, broken)
    world.finish()


def _told(seed: int, history: History, what: object) -> str:
    return "\n".join([f"History {seed} (pytest --seed {seed}) ended with {what}", *(said[:400] for said in history.said)])


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
