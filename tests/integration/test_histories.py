"""After any history of edits, loads, settings and faults the law holds.

`make soak HISTORIES=300` runs more of them; `--seed` runs one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from akeneo_assets.loads import window
from akeneo_assets.pim.clock import Overlap
from sandbox.pim.pim_start import open_pim, running
from tests.integration.conftest import Place
from tests.integration.history_machine import History, World, small_catalogue

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
