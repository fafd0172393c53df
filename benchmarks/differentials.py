"""What a differential load costs beside the full load before it: nothing changed, an option's label, removals, products edited.

Belongs here: the edits, the loads after them, what is counted. Doesn't: floors (`floor`), what a process uses (`processes`).
Each differential reads again what was edited within ten minutes before the last load: so the edits come from few to many.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson
import pyarrow as pa
from dagster import DagsterInstance

from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store
from benchmarks.floor import store_pages
from benchmarks.processes import CREDENTIAL, BenchmarkError, apart, environment, pim, run_job, sfcc, without_images
from benchmarks.ratios import Ratio, note
from sandbox.catalogue_edits import Pim

NOTHING_BAR: Final = 0.03
EDITED_BAR: Final = 0.06
LABEL_BAR: Final = 0.6
CALLS_BAR: Final = 1.5
STATE_BAR: Final = 1.5
LARGE: Final = 100_000  # products
EDITED_SHARE: Final = 100  # one product in so many
REMOVED: Final = 3
CALLS_OF_REMOVALS: Final = 20
CALLS_A_REMOVAL: Final = 12
PAGE: Final = 100

_LISTS: Final = ("products-uuid", "product-models")
_COUNTED: Final[dict[str, dict[str, Any]]] = {
    "all": {"path": "*"},
    **{f"pages of {name}": {"path": name, "query": {"pagination_type": "search_after"}} for name in _LISTS},
}
"""The calls that the PIM counts: all that read, and the pages of products and models."""


@dataclass(frozen=True)
class Cost:
    """What a load took: seconds from its first step's start to its last one's end, calls to the PIM, pages of products and models
    among them, objects sent to SFCC."""

    wall: float
    calls: int
    pages: int
    sent: int


class Editor(Pim):
    """Edits the sandbox PIM through its REST API, and lets it count the calls that it answers."""

    def count_anew(self) -> None:
        """Count from now on: answers that take no longer are the one thing that the sandbox counts by their calls."""
        counted = [{"kind": "slow", "seconds": 0, **calls} for calls in _COUNTED.values()]
        self._call("PUT", "/sandbox/faults", json={"faults": counted})

    def counted(self) -> dict[str, int]:
        """How many calls of `_COUNTED` there were."""
        hits = self._call("GET", "/sandbox/faults").json()["hits"]
        return dict(zip(_COUNTED, hits, strict=True))

    def products(self, count: int) -> list[dict[str, Any]]:
        """So many products without model."""
        search = orjson.dumps({"parent": [{"operator": "EMPTY"}]}).decode()
        found = list(islice(self.items("products-uuid", pagination_type="search_after", search=search), count))
        if len(found) < count:
            raise BenchmarkError(f"The catalogue has {len(found)} products without model, {count} are to be edited.")
        return found

    def option_of_many(self) -> tuple[str, str, int]:
        """Attribute and code of the option that most models show, of the first option of each simple select; and how many."""
        return max(self._options(), key=lambda option: option[2])

    def _options(self) -> Iterator[tuple[str, str, int]]:
        search = '{"type": [{"operator": "IN", "value": ["pim_catalog_simpleselect"]}]}'
        for attribute in self.items("attributes", search=search):
            name = attribute["code"]
            for option in islice(self.items(f"attributes/{quote(name)}/options"), 1):
                has = orjson.dumps({name: [{"operator": "IN", "value": [option["code"]]}]}).decode()
                counted = self.get("product-models", pagination_type="page", limit="1", with_count="true", search=has)
                yield name, option["code"], counted["items_count"]


def differentials(products: int, folder: Path) -> list[Ratio]:
    """Differentials of a catalogue without images after a full load of it, and the size of what the full load keeps."""
    place = folder / "differentials"
    place.mkdir()
    config = without_images(place)
    with pim(f"generated:{products}", place) as pim_url, sfcc(place) as sfcc_url:
        env, editor = environment(place, config, pim_url, sfcc_url), Editor(pim_url, CREDENTIAL)
        for job in ("1", "2"):
            run_job(job, place, env)
        full = _load("3-2", place, env, editor)
        kept = _state(place)
        pages = apart(store_pages, pim_url, place / "pages")
        nothing = _load("3-1", place, env, editor)
        label = _after_label(place, env, editor)
        removal = _after_removals(place, env, editor)
        edited = _after_edits(products // EDITED_SHARE, place, env, editor)
    return [
        *costs(full, nothing, label, removal, edited, edited_products=products // EDITED_SHARE, large=products >= LARGE),
        Ratio("state kept by a full load / the PIM's JSON, zstd", kept / apart(_packed, pages), STATE_BAR),
    ]


def costs(
    full: Cost, nothing: Cost, label: Cost, removal: Cost, edited: Cost, *, edited_products: int, large: bool
) -> list[Ratio]:
    """What four differentials cost: with nothing changed, after an option's label, after `REMOVED` removals, after edits.

    Time has bars in a `large` catalogue only: in a small one it is mostly that of Dagster's steps.
    """
    nothing_bar, label_bar, edited_bar = (NOTHING_BAR, LABEL_BAR, EDITED_BAR) if large else (None, None, None)
    removal_calls = (removal.calls - nothing.calls) / (CALLS_OF_REMOVALS + CALLS_A_REMOVAL * REMOVED)
    edited_calls = edited.calls / (nothing.calls + math.ceil(edited_products / PAGE))
    return [
        Ratio("differential, nothing changed: wall / full load", nothing.wall / full.wall, nothing_bar),
        Ratio("differential, nothing changed: pages read beyond the windows", nothing.pages - len(_LISTS), 0),
        Ratio("differential, one option's label: wall / full load", label.wall / full.wall, label_bar),
        Ratio("differential, one option's label: pages more than with nothing changed", label.pages - nothing.pages, 0),
        Ratio("differential, one option's label: objects sent / full load", label.sent / full.sent),
        Ratio(f"differential, {REMOVED} products removed: calls more / allowed", removal_calls, 1),
        Ratio("differential, 1 % edited: wall / full load", edited.wall / full.wall, edited_bar),
        Ratio("differential, 1 % edited: calls / (with nothing changed + changed pages)", edited_calls, CALLS_BAR),
    ]


def _after_label(place: Path, env: Mapping[str, str], editor: Editor) -> Cost:
    attribute, option, models = editor.option_of_many()
    note(f"differentials: the label of {attribute} {option}, which {models:,} models show")
    editor.patch(f"attributes/{quote(attribute)}/options/{quote(option)}", {"labels": {"en_US": "another label"}})
    return _load("3-1", place, env, editor)


def _after_removals(place: Path, env: Mapping[str, str], editor: Editor) -> Cost:
    for product in editor.products(REMOVED):
        editor.delete(f"products-uuid/{product['uuid']}")
    return _load("3-1", place, env, editor)


def _after_edits(count: int, place: Path, env: Mapping[str, str], editor: Editor) -> Cost:
    for product in editor.products(count):
        editor.patch(f"products-uuid/{product['uuid']}", {"enabled": not product["enabled"]})
    return _load("3-1", place, env, editor)


def _load(job: str, place: Path, env: Mapping[str, str], editor: Editor) -> Cost:
    editor.count_anew()
    used = run_job(job, place, env)
    calls = editor.counted()
    pages = sum(calls[f"pages of {name}"] for name in _LISTS)
    objects = orjson.loads((place / f"summary-{job}.json").read_bytes())["objects"]
    sent = sum(counts.get("sent", 0) for counts in objects.values())
    cost = Cost(apart(_steps_wall, env["DAGSTER_HOME"]), calls["all"], pages, sent)
    note(f"differentials: job {job}: {used.cpu:.1f} s CPU; {cost}")
    return cost


def _steps_wall(home: str) -> float:
    """Seconds from the first step's start to the last one's end, of the last run."""
    with DagsterInstance.from_config(home) as instance:
        (run,) = instance.get_run_records(limit=1)
        steps = instance.get_run_step_stats(run.dagster_run.run_id)
    starts, ends = [step.start_time for step in steps], [step.end_time for step in steps]
    return max(end for end in ends if end) - min(start for start in starts if start)


def _state(place: Path) -> int:
    """Bytes of mirror, ledger and identities."""
    store = Store(place / "store")
    packages = [Package.of_load(store, folder.name) for folder in store.loads.iterdir()]
    files = [file for package in packages for file in (*package.raw.rglob("*"), package.identities)]
    return sum(file.stat().st_size for file in (*files, *store.ledger.rglob("*")) if file.is_file())


def _packed(pages: Sequence[Path]) -> int:
    """Bytes of these files, one after the other, by zstd."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        for page in pages:
            packed.write(page.read_bytes())
    return int(sink.getvalue().size)
