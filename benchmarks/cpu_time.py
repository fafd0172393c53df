"""The CPU time of full loads over the floor.

Belongs here: which loads and floors are measured, in which order. Doesn't: the floor itself (`floor`), medians (`ratios`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.floor import floor, store_pages
from benchmarks.processes import REPOSITORY, apart, environment, feeds, pim, run_job, sfcc
from benchmarks.ratios import Ratio, held_against, median_ratio, note, tell

ROUNDS: Final = 3
FLOORS: Final = 2
FULL_MAPPING: Final = Path(__file__).with_name("full_mapping.yaml")
PLAIN_BAR: Final = 6.4
FULL_MAPPING_BAR: Final = 5.8


def full_load(products: int, folder: Path) -> list[Ratio]:
    """Full loads after jobs 1 and 2 over the floor of the same pages and elements: with the default settings, and with everything
    on that connector.yaml can ask for."""
    ratios = []
    with pim(f"generated:{products}", folder) as pim_url, sfcc(folder) as sfcc_url:
        pages = apart(store_pages, pim_url, folder / "pages")
        for name, config, bar in (
            ("full load", REPOSITORY / "connector.yaml", PLAIN_BAR),
            ("full mapping", FULL_MAPPING, FULL_MAPPING_BAR),
        ):
            env = environment(folder, config, pim_url, sfcc_url)
            for job in ("1", "2", "3-2"):
                tell(f"{name}: first job {job}", run_job(job, folder, env))
            ratios += over_floor(name, bar, pages, folder, env)
    return ratios


def over_floor(name: str, bar: float, pages: Sequence[Path], folder: Path, env: Mapping[str, str]) -> list[Ratio]:
    """Full loads over the floor, with Python's garbage collector at rest (held against `bar`) and at work (for information).

    A full load must have run with the same settings. It doesn't count: the first load after a change of settings also clears what
    the settings before have written. Then floors and loads take turns, a floor first and last: the speed of a shared machine
    changes from minute to minute, and a floor is too short to even that out. So each load is held against the floors on both
    sides of it, and the median counts. (The very first floor writes the feeds of the load that doesn't count: a hundredth more.)
    """
    floors = [_floors(name, pages, folder)]
    loads = []
    for _ in range(ROUNDS):
        load = run_job("3-2", folder, env)
        tell(f"{name}: job 3-2", load)
        loads.append(load.cpu)
        floors.append(_floors(name, pages, folder))
    return [
        median_ratio(f"{name}: CPU / floor without garbage collection", held_against(loads, [rest for rest, _ in floors]), bar),
        median_ratio(f"{name}: CPU / floor", held_against(loads, [work for _, work in floors])),
    ]


def _floors(name: str, pages: Sequence[Path], folder: Path) -> tuple[float, float]:
    """CPU seconds of the floor of the last load, with the garbage collector at rest and at work."""
    sent, target = feeds("3-2", folder), folder / "floor.xml"
    resting = apart(floor, pages, sent, target, collecting=False, times=FLOORS)
    working = apart(floor, pages, sent, target, collecting=True)
    note(f"{name}: floor of {len(pages)} pages and {len(sent)} feeds: {resting}; with garbage collection {working}")
    return resting.cpu, working.cpu
