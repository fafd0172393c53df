"""`make bench`: prints one line a ratio, `name: value (bar B)`; exit code 1 when one is over its bar.

Belongs here: which measurements are taken and what they are held against. Doesn't: how they are taken (the other modules).
All figures of a run come from that run: nothing is compared with an earlier one or another machine.
"""

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Final

import yaml

from benchmarks import reading_speed, wide
from benchmarks.cpu_time import PLAIN_BAR, full_load, over_floor
from benchmarks.differentials import differentials
from benchmarks.floor import store_pages
from benchmarks.processes import BenchmarkError, Usage, apart, environment, pim, run_job, sfcc, without_images
from benchmarks.ratios import Ratio, missed, note, tell
from sandbox.catalogue_edits import EditError

LATENCY_MS: Final = 300
CALLS_AT_ONCE: Final = 4
PARTS: Final = ("full-load", "reading", "memory", "wide", "differentials")
READING_BAR: Final = 1.2
MEMORY_BAR: Final = 1.2
SCALE_BAR: Final = 3.2  # four times the products: 61.6 s against 20.6 s when the bar was set, and 7 % for a machine's moods
SCALE_TIMES: Final = 4  # the bar is one for 25,000 products and four times as many
SCALE_PRODUCTS: Final = 25_000


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
    """The connector's peak memory and CPU time of a full load for a larger catalogue against the smaller.

    Both leave images alone: their download, one call each, would take most of the benchmark's time and is job 2's.
    The CPU time of other sizes than those of its bar is for information: a smaller catalogue's is mostly that of starting up.
    """
    small, large = (_load_without_images(count, folder / str(count)) for count in (products, times * products))
    sizes = f"{times * products:,} / {products:,}"
    bar = SCALE_BAR if (products, times) == (SCALE_PRODUCTS, SCALE_TIMES) else None
    return [
        Ratio(f"peak memory {sizes}", large.peak / small.peak, MEMORY_BAR),
        Ratio(f"CPU time {sizes}", large.cpu / small.cpu, bar),
    ]


def _load_without_images(products: int, folder: Path) -> Usage:
    folder.mkdir()
    config = without_images(folder)
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
    ratios: list[Ratio] = []
    peaks: list[float] = []
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
                name = f"{wide.ATTRIBUTES} attributes x {len(wide.LOCALES)} locales"
                ratios += over_floor(name, PLAIN_BAR, apart(store_pages, pim_url, place / "pages"), place, env)
        tell(f"wide: job 3-2 of {count:,} products", load)
        peaks.append(load.peak)
        shutil.rmtree(place)
    return [*ratios, Ratio(f"wide: peak memory {times * products:,} / {products:,}", peaks[1] / peaks[0], MEMORY_BAR)]


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
    parser.add_argument("--products", type=int, default=SCALE_PRODUCTS, help="size of the generated catalogue")
    parser.add_argument(
        "--times",
        type=int,
        default=SCALE_TIMES,
        help="how much larger the catalogue is whose peak memory and CPU time are compared",
    )
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
        if "differentials" in only:
            ratios += differentials(asked.products * asked.times, folder)
    except (BenchmarkError, EditError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    note(f"All of it took {time.monotonic() - started:,.0f} s; files in {folder}.\n")
    for ratio in ratios:
        print(ratio)
    if failure := missed(ratios):
        print(failure, file=sys.stderr)
    return 1 if failure else 0


def _leave(number: int, _: FrameType | None) -> None:
    """SIGTERM unwinds the stack as Ctrl-C does, so that the processes started are stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
