"""Random histories: edits in the PIM, loads of both kinds, other settings, faults and interruptions, drawn by lot from a seed.

Belongs here: what may happen in a history, and the servers that all histories share. Doesn't: single edits (`pim_edits`), what
has to hold afterwards (`law_comparison`).
"""

import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import dagster as dg
import orjson
import requests
import yaml

from sandbox import stack
from sandbox.catalogue_edits import Pim
from sandbox.pim.api_shared import Pim as Catalogue
from sandbox.pim.pim_start import DEMO
from tests.integration.conftest import Place, Run
from tests.integration.law_comparison import breaches
from tests.integration.pim_edits import Editor

PRODUCTS: Final = (
    *("TENT-RIDGE-2", "TENT-RIDGE-3", "FILTER-PAPER-100", "GRIND-HAND-38", "BUNDLE-MORNING", "SET-LAYERS", "SAMPLER-001"),
    *("PACK-SUMMIT-45-BLUE", "PACK-SUMMIT-45-ANTHRACITE", "FLASK-CAIRN-LID", "FLASK-CAIRN-OPEN"),
    *("JACKET-DRIZZLE-BLUE-S", "JACKET-DRIZZLE-BLUE-M", "JACKET-DRIZZLE-RED-S"),
)
MODELS: Final = ("pack_summit_45", "flask_cairn", "jacket_drizzle", "jacket_drizzle_blue", "jacket_drizzle_red")

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "as they come": {},
    "a filter": {
        "products": {"filter": {"family": [{"operator": "NOT IN", "value": ["tents"]}]}},
    },
    "another tree": {"categories": {"trees": ["app_menu", "outlet"]}},
    "deleting": {"loads": {"retire": {"products": "delete", "categories": "delete", "content": "delete"}}},
    "other mappings": {
        "attributes": {"metric": "both", "standard": {"name": {"template": "{brand} {name}"}, "brand": "brand"}},
        "associations": {"X_SELL": {"as": "product-link", "type": "cross-sell"}, "COMPATIBLE": {"type": "4"}},
        "categories": {"primary": "none"},
        "price_books": [{"id": "{currency}-promo", "attribute": "promo_price"}],
        "products": {"status": {"source": "completeness"}, "model_import": "master-group-variation"},
    },
    "content": {"reference_entities": {"as": "content"}},
    "two sites": {
        "organization": {
            "sites": [
                {"id": "RefArch", "channel": "ecommerce", "default_locale": "en_US", "storefront_catalog": "kettle-web"},
                {
                    "id": "RefArchGlobal",
                    "channel": "mobile",
                    "default_locale": "de_DE",
                    "storefront_catalog": "kettle-app",
                    "trees": ["app_menu"],
                },
            ]
        }
    },
}
"""What connector.yaml says otherwise."""

PIM_FAULTS: Final[dict[str, dict[str, Any]]] = {
    "hidden attribute": {"kind": "hide", "attributes": ["name"]},
    "hidden categories": {"kind": "hide", "categories": ["outdoor", "tents", "packs"]},
    "empty lists": {"kind": "empty_list"},
    "half lists": {"kind": "partial_list", "keep": 0.5},
    "errors": {"kind": "status", "status": 503, "path": "products-uuid*", "after": 1, "times": 2},
}
"""What the PIM does wrong during a load."""

SFCC_FAULTS: Final[dict[str, dict[str, Any]]] = {
    "unread words": {"log_wording": {"data_error": "FEHLER: {message}", "processed_type": None}},
    "refused products": {"refuse": {"product": ["TENT-RIDGE-3", "jacket_drizzle", "PACK-SUMMIT-45-BLUE"]}},
    "no log": {"no_log": True},
    "busy": {"job_already_running": 1},
}
"""What SFCC does wrong during a load."""

EDITS: Final = (5, 12)
"""Fewest and most edits before a load."""


class Interrupted(Exception):  # noqa: N818 - a state of the load, not a mistake
    """The load ended in the midst of a request."""


class Requests:
    """Counts the requests that this process sends, by Python's own audit events, and does something at one of them."""

    def __init__(self) -> None:
        self._left, self._action = 0, self._nothing
        sys.addaudithook(self._watch)

    @staticmethod
    def _nothing() -> None:
        """What happens at most requests."""

    @contextmanager
    def at(self, number: int, action: Callable[[], None]) -> Iterator[None]:
        """Within the block, do `action` at request `number`."""
        self._left, self._action = number, action
        try:
            yield
        finally:
            self._left = 0

    def _watch(self, event: str, _: tuple[Any, ...]) -> None:
        if event == "http.client.send" and self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._action()


@dataclass
class World:
    """What all histories share: a PIM, an instance that is fed all along and one that is filled anew. `start`: the fed
    installation's folder after jobs 1, 2 and 3-2 of the first catalogue, which `catalogue` holds."""

    folder: Path
    pim: Catalogue
    pim_url: str
    fed: Place
    anew: Place
    requests: Requests = field(default_factory=Requests)
    histories: int = 0

    def prepare(self) -> None:
        """Make the state that histories start with."""
        self.fed.jobs("1", "2", "3-2")
        self.fed.sandbox("snapshot/start")
        with sqlite3.connect(self.folder / "catalogue.sqlite") as kept:
            self.pim.store.connection.backup(kept)

    def start(self, *, empty: bool) -> tuple[Place, Place]:
        """Both installations at a history's start: the one fed all along with what the catalogue had, or `empty`; a new one."""
        self.histories += 1
        folder = self.folder / f"history-{self.histories}"
        requests.put(f"{self.pim_url}/sandbox/faults", json={"faults": []}, timeout=10).raise_for_status()
        with sqlite3.connect(self.folder / "catalogue.sqlite") as kept:
            kept.backup(self.pim.store.connection)
        self.pim.structure_changed()
        places = []
        for place, name in ((self.fed, "fed"), (self.anew, "anew")):
            place.faults()
            place.sandbox("restore/start" if name == "fed" and not empty else "reset")
            (folder / name / "dagster").mkdir(parents=True)
            begun = self.fed.loads if name == "fed" and not empty else 0
            if begun:
                shutil.copytree(self.fed.store, folder / name / "store")
            else:
                (folder / name / "store").mkdir()
            places.append(replace(place, folder=folder / name, instance=dg.DagsterInstance.ephemeral(), loads=begun))
        return places[0], places[1]

    def finish(self) -> None:
        """Forget a history that held."""
        shutil.rmtree(self.folder / f"history-{self.histories}")


class History:
    """One history; `said` tells what happened, step by step."""

    def __init__(self, world: World, seed: int) -> None:
        self._dice, self._world = random.Random(seed), world
        self._fed, self._anew = world.start(empty=self._dice.random() < 0.2)
        self._pim = Pim(world.pim_url, stack.CREDENTIAL)
        self._edits = Editor(self._pim, seed)
        self._settings = "as they come"
        self.said: list[str] = []
        self.kinds: Counter[str] = Counter()

    def run(self) -> dict[str, tuple[str | None, str | None]]:
        """Let it happen; returns what breaks the law in the end."""
        try:
            for _ in range(self._dice.randint(2, 3)):
                self._edit()
                if self._dice.random() < 0.5:
                    self._choose_settings()
                self._dice.choice(
                    [self._load, self._faulty_pim, self._faulty_sfcc, self._interrupted, self._edited, self._instance]
                )()
            self._edit()
            self._last_load()
            for job in ("1", "2", "3-2"):
                self._needed(self._anew, job)
            return breaches(self._fed.export(), self._anew.export())
        finally:
            self.kinds.update(self._edits.kinds)
            self._pim.close()
            for place in (self._fed, self._anew):
                place.instance.dispose()

    def _tell(self, what: str) -> None:
        self.said.append(what)

    def _edit(self) -> None:
        before = len(self._edits.made)
        self._edits.edit(self._dice.randint(*EDITS))
        self.said += self._edits.made[before:]

    def _choose_settings(self) -> None:
        self._settings = self._dice.choice(list(SETTINGS))
        self.kinds[f"settings: {self._settings}"] += 1
        self._tell(f"-- settings: {self._settings}")

    def _config(self) -> str:
        settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
        settings["guard"] = {"share": 100, "above": 100_000}
        for section, changed in SETTINGS[self._settings].items():
            settings[section] = {**settings.get(section, {}), **changed} if isinstance(changed, dict) else changed
        path = self._fed.folder / "connector.yaml"
        path.write_text(yaml.safe_dump(settings))
        return str(path)

    def _job(self, place: Place, number: str, **options: Any) -> Run:
        run = place.job(number, CONNECTOR_CONFIG=self._config(), **options)
        if place is self._fed:
            self._tell(f"-- {number} {options or ''}: {'ok' if run.ok else run.failures}")
            self.kinds[f"loads: {number}"] += 1
        return run

    def _load(self, **options: Any) -> Run:
        """A load of either kind; what it stops for is not confirmed."""
        return self._job(self._fed, self._dice.choice(["3-1", "3-1", "3-2"]), **options)

    def _needed(self, place: Place, number: str) -> None:
        """A job that has to succeed, if only after a person has confirmed what the PIM has no more."""
        run = self._job(place, number)
        for _ in range(2):
            if run.ok or "--confirm" not in " ".join(run.failures):
                break
            stopped = run.failures[0].partition("--confirm '")[2].partition("'")[0] or f"load_{place.loads}"
            run = self._job(place, number, confirm=stopped)
        assert run.ok, run.failures

    def _last_load(self) -> None:
        self._needed(self._fed, self._dice.choice(["3-1", "3-1", "3-2"]))

    def _count(self, what: str) -> None:
        self.kinds[what] += 1
        self._tell(f"-- {what}")

    def _faulty_pim(self) -> None:
        name = self._dice.choice(list(PIM_FAULTS))
        self._count(f"PIM: {name}")
        address = f"{self._world.pim_url}/sandbox/faults"
        requests.put(address, json={"faults": [PIM_FAULTS[name]]}, timeout=10).raise_for_status()
        run = self._load()
        requests.put(address, json={"faults": []}, timeout=10).raise_for_status()
        if not run.ok and self._dice.random() < 0.5:
            self._job(self._fed, "3-1", load=f"load_{self._fed.loads}")

    def _faulty_sfcc(self) -> None:
        name = self._dice.choice(list(SFCC_FAULTS))
        self._count(f"SFCC: {name}")
        self._fed.faults(**SFCC_FAULTS[name])
        run = self._load()
        self._fed.faults()
        if not run.ok and self._dice.random() < 0.5:
            self._load()

    def _interrupted(self) -> None:
        """In the midst of a request, or just before the end; gone on with under the same key, or left."""
        kind, load = self._dice.choice(["3-1", "3-2"]), f"load_{self._fed.loads + 1}"
        if self._dice.random() < 0.3:
            self._count("interrupted at the end")
            if self._job(self._fed, kind).ok:
                self._fed.reopen(load)
        else:
            self._count("interrupted")
            with self._world.requests.at(self._dice.randint(5, 120), self._raise):
                self._job(self._fed, kind)
        if self._dice.random() < 0.6:
            self._edit()
        if self._dice.random() < 0.6:
            self._job(self._fed, kind, load=load)

    @staticmethod
    def _raise() -> None:
        raise Interrupted

    def _edited(self) -> None:
        """Edits while the load reads or sends."""
        self._count("edits during a load")
        with self._world.requests.at(self._dice.randint(5, 80), self._edit):
            self._load()

    def _instance(self) -> None:
        """SFCC is reset, or restored from a backup that is a load old."""
        if self._dice.random() < 0.5:
            self._count("SFCC: reset")
            self._fed.sandbox("reset")
        else:
            self._count("SFCC: restored")
            self._fed.sandbox("snapshot/older")
            self._load()
            self._edit()
            self._fed.sandbox("restore/older")
        self._load()


def small_catalogue(folder: Path) -> Path:
    """A cut of the demo catalogue: few products and models, the whole structure. Returns the folder."""
    folder.mkdir()
    for path in DEMO.iterdir():
        if path.is_dir():
            (folder / path.name).symlink_to(path)
        elif path.stem not in ("products", "product_models"):
            shutil.copy(path, folder)
    items = {
        name: [orjson.loads(line) for line in (DEMO / f"{name}.jsonl").read_bytes().splitlines()]
        for name in ("products", "product_models")
    }
    products = [p for p in items["products"] if p["values"].get("sku", [{"data": ""}])[0]["data"] in PRODUCTS]
    models = [m for m in items["product_models"] if m["code"] in MODELS]
    kept = {*(p["uuid"] for p in products), *MODELS}
    for name, chosen in (("products", products), ("product_models", models)):
        cut = [
            item
            | {
                kind: {
                    code: {k: [t for t in targets if _target(t) in kept] for k, targets in kinds.items()}
                    for code, kinds in given.items()
                }
                for kind in ("associations", "quantified_associations")
                if (given := item.get(kind))
            }
            for item in chosen
        ]
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, cut)) + b"\n")
    return folder


def _target(target: str | dict[str, Any]) -> str:
    return target if isinstance(target, str) else str(target.get("uuid") or target.get("identifier"))
