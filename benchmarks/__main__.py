"""`make bench`: prints one line a ratio, `name: value (bar B)`; exit code 1 when one is over its bar.

Belongs here: which measurements are taken and what they are held against. Doesn't: how they are taken (the other modules).
All figures of a run come from that run: nothing is compared with an earlier one or another machine.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Final

import yaml

from benchmarks import floor, reading_speed, wide
from benchmarks.processes import REPOSITORY, BenchmarkError, Usage, apart, environment, pim, run_job, sfcc

LATENCY_MS: Final = 300
CALLS_AT_ONCE: Final = 4
PARTS: Final = ("full-load", "reading", "memory", "wide")
ROUNDS: Final = 3
FULL_MAPPING: Final = Path(__file__).with_name("full_mapping.yaml")
FULL_LOAD_BAR: Final = 4.0
READING_BAR: Final = 1.2
MEMORY_BAR: Final = 1.2


@dataclass(frozen=True)
class Ratio:
    """One result; without a bar it is for information."""

    name: str
    value: float
    bar: float | None = None

    @property
    def over(self) -> bool:
        return self.bar is not None and self.value > self.bar


def full_load(products: int, folder: Path) -> list[Ratio]:
    """The connector's CPU time of a full load, after jobs 1 and 2, against the floor of the same pages and elements: with the
    default settings, and with everything on that connector.yaml can ask for."""
    with pim(f"generated:{products}", folder) as pim_url, sfcc(folder) as sfcc_url:
        pages = apart(floor.store_pages, pim_url, folder / "pages")
        ratios = []
        for name, config in (("full load", REPOSITORY / "connector.yaml"), ("full mapping", FULL_MAPPING)):
            env = environment(folder, config, pim_url, sfcc_url)
            for job in ("1", "2"):
                tell(f"{name}: job {job}", run_job(job, folder, env))
            rounds = [_round(name, pages, folder, env) for _ in range(ROUNDS)]
            ratios += [
                Ratio(f"{name}: CPU / floor", median(ratio for ratio, _ in rounds), FULL_LOAD_BAR),
                Ratio(f"{name}: CPU / floor without garbage collection", median(ratio for _, ratio in rounds)),
            ]
    return ratios


def _round(name: str, pages: Sequence[Path], folder: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """A full load over the floor with Python's garbage collector at work, and at rest. Both are measured right after the load: a
    machine shared with others is not equally fast all the time."""
    load = run_job("3-2", folder, env)
    tell(f"{name}: job 3-2", load)
    feeds = sorted(max((folder / "store" / "loads").iterdir(), key=lambda path: path.stat().st_mtime).glob("xml/**/*.xml"))
    floors = [_floor(pages, feeds, folder, collecting=collecting) for collecting in (True, False)]
    return load.cpu / floors[0], load.cpu / floors[1]


def _floor(pages: Sequence[Path], feeds: Sequence[Path], folder: Path, *, collecting: bool) -> float:
    parsing = apart(floor.parsing, pages, collecting=collecting)
    writing = apart(floor.writing, feeds, folder / "floor.xml", collecting=collecting)
    how = "as Python comes" if collecting else "without garbage collection"
    note(
        f"floor, {how}: {parsing:.2f} s to parse {len(pages)} pages, {writing:.2f} s to write the elements of {len(feeds)} feeds"
    )
    return parsing + writing


def slow_reading(products: int, folder: Path) -> list[Ratio]:
    """Reading from a slow PIM against the ideal (always four calls at once, for non-empty pages alone), and a rival's reading."""
    with pim(f"generated:{products}", folder, latency_ms=LATENCY_MS) as url:
        ours = apart(reading_speed.ours, url)
        note(f"reading: {ours.rows:,} products and models in {ours.pages} pages, {ours.rows / ours.wall:,.0f} a second")
        rival = reading_speed.rival(url)
        note(f"pyakeneo: {rival.rows:,} products and models, {rival.rows / rival.wall:,.0f} a second")
    ideal = ours.pages * LATENCY_MS / 1000 / CALLS_AT_ONCE
    return [
        Ratio("reading wall / ideal", ours.wall / ideal, READING_BAR),
        Ratio("reading calls refused by the PIM's limits", ours.refused, 0),
        Ratio("pyakeneo wall / ours, for the same rows", rival.wall / rival.rows / (ours.wall / ours.rows)),
    ]


def memory(products: int, times: int, folder: Path) -> list[Ratio]:
    """The connector's peak memory of a full load for a larger catalogue against the smaller.

    Both leave images alone: their download, one call each, would take most of the benchmark's time and is job 2's.
    """
    peaks = [_load_without_images(count, folder / str(count)).peak for count in (products, times * products)]
    return [Ratio(f"peak memory {times * products:,} / {products:,}", peaks[1] / peaks[0], MEMORY_BAR)]


def _load_without_images(products: int, folder: Path) -> Usage:
    folder.mkdir()
    settings = yaml.safe_load((REPOSITORY / "connector.yaml").read_text(encoding="utf-8"))
    settings["images"] = {"view_types": []}
    settings["attributes"]["exclude"] = {"attributes": ["image"]}
    config = folder / "connector.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pim(f"generated:{products}", folder) as pim_url, sfcc(folder) as sfcc_url:
        env = environment(folder, config, pim_url, sfcc_url)
        for job in ("1", "2"):
            run_job(job, folder, env)
        load = run_job("3-2", folder, env)
    tell(f"memory: job 3-2 of {products:,} products", load)
    shutil.rmtree(folder / "store")
    return load


def wide_products(products: int, times: int, folder: Path) -> list[Ratio]:
    """Products of 500 attributes in 6 locales: CPU time against the floor, and peak memory of more of them against fewer."""
    ratios, peaks = [], []
    for count in (products, times * products):
        place = folder / f"wide-{count}"
        catalogue = apart(wide.write, place / "catalogue", count)
        config = place / "connector.yaml"
        config.write_text(yaml.safe_dump({"attributes": {"metric": "both", "groups": "pim"}, "images": {"view_types": []}}))
        locales = ",".join(code.replace("_", "-") for code in wide.LOCALES)
        with pim(str(catalogue), place) as pim_url, sfcc(place, "--locales", locales) as sfcc_url:
            env = environment(place, config, pim_url, sfcc_url)
            run_job("1", place, env)
            load = run_job("3-2", place, env)
            if not ratios:
                pages = apart(floor.store_pages, pim_url, place / "pages")
                ratio = median(ratio for ratio, _ in (_round("wide", pages, place, env) for _ in range(ROUNDS)))
                name = f"{wide.ATTRIBUTES} attributes x {len(wide.LOCALES)} locales: CPU / floor"
                ratios.append(Ratio(name, ratio, FULL_LOAD_BAR))
        tell(f"wide: job 3-2 of {count:,} products", load)
        peaks.append(load.peak)
        shutil.rmtree(place)
    return [*ratios, Ratio(f"wide: peak memory {times * products:,} / {products:,}", peaks[1] / peaks[0], MEMORY_BAR)]


def note(text: str) -> None:
    """A line of information."""
    print(text, flush=True)


def tell(what: str, used: Usage) -> None:
    """A line about a job's process."""
    note(f"{what}: {used.cpu:.1f} s CPU, {used.wall:.1f} s wall, {used.peak:,.0f} MiB")


def emptied(folder: Path) -> Path:
    """`folder`, absolute and empty but for a mark. Raises BenchmarkError when something else than a benchmark filled it."""
    folder, mark = folder.absolute(), folder.absolute() / ".akeneo-sfcc-bench"
    if folder.exists():
        if any(folder.iterdir()) and not mark.exists():
            raise BenchmarkError(f"{folder} holds something else than an earlier benchmark: give another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    mark.touch()
    return folder


def main() -> int:
    """Take the measurements asked for and print their ratios."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="The connector against a floor, an ideal and a rival."
    )
    parser.add_argument("--products", type=int, default=25_000, help="size of the generated catalogue")
    parser.add_argument("--times", type=int, default=4, help="how much larger the catalogue is whose peak memory is compared")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="where everything is kept; emptied at the start")
    parser.add_argument("--only", choices=PARTS, action="append", help="these measurements only")
    asked = parser.parse_args()
    only = asked.only or PARTS
    signal.signal(signal.SIGTERM, _leave)
    started = time.monotonic()
    ratios: list[Ratio] = []
    try:
        folder = emptied(asked.folder)
        if "full-load" in only:
            ratios += full_load(asked.products, folder)
        if "reading" in only:
            ratios += slow_reading(asked.products, folder)
        if "memory" in only:
            ratios += memory(asked.products, asked.times, folder)
        if "wide" in only:
            ratios += wide_products(asked.products // 10, asked.times, folder)
    except BenchmarkError as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    note(f"All of it took {time.monotonic() - started:,.0f} s; files in {folder}.\n")
    for ratio in ratios:
        bar = "no bar" if ratio.bar is None else f"bar {ratio.bar:g}"
        print(f"{ratio.name}: {ratio.value:.2f} ({bar})" + ("  OVER" if ratio.over else ""))
    return 1 if any(ratio.over for ratio in ratios) else 0


def _leave(number: int, _: FrameType | None) -> None:
    """SIGTERM unwinds the stack as Ctrl-C does, so that the processes started are stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
