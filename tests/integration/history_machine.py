"""Random histories happen here: edits in the PIM, loads of both kinds, other settings, faults and interruptions.

Belongs here: how each event of a history is made, and the servers that all histories share. Doesn't: which events there are
(`history_plan`), single edits (`pim_edits`), what has to hold afterwards (`law_comparison`).
"""

import random
import re
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
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
from tests.integration.conftest import Place, Run, merged
from tests.integration.direct_runs import DirectPlace
from tests.integration.history_plan import GUARDS, LEFT_TO_MERCHANTS, PIM_FAULTS, SETTINGS, SFCC_FAULTS, Plan
from tests.integration.law_comparison import breaches
from tests.integration.pim_edits import DELETIONS, KINDS, Editor

PRODUCTS: Final = (
    *("TENT-RIDGE-2", "TENT-RIDGE-3", "FILTER-PAPER-100", "GRIND-HAND-38", "BUNDLE-MORNING", "SET-LAYERS", "SAMPLER-001"),
    *("PACK-SUMMIT-45-BLUE", "PACK-SUMMIT-45-ANTHRACITE", "FLASK-CAIRN-LID", "FLASK-CAIRN-OPEN"),
    *("JACKET-DRIZZLE-BLUE-S", "JACKET-DRIZZLE-BLUE-M", "JACKET-DRIZZLE-RED-S"),
)
MODELS: Final = ("pack_summit_45", "flask_cairn", "jacket_drizzle", "jacket_drizzle_blue", "jacket_drizzle_red")

_CONNECTOR_YAML: Final = (stack.REPOSITORY / "connector.yaml").read_text()


class Interrupted(Exception):  # noqa: N818 - a state of the load, not a mistake
    """The load ended in the midst of a request."""


class Requests:
    """Counts the requests that this process sends, by Python's own audit events, and does something at one of them."""

    def __init__(self) -> None:
        self._left, self._begin, self._action, self._dead = 0, b"", self._nothing, False
        sys.addaudithook(self._watch)

    @staticmethod
    def _nothing() -> None:
        """What happens at most requests."""

    @contextmanager
    def at(self, number: int, action: Callable[[], None], *, beginning: bytes = b"") -> Iterator[None]:
        """Within the block, do `action` before request `number` of those that begin so."""
        self._left, self._begin, self._action = number, beginning, action
        try:
            yield
        finally:
            self._left, self._dead = 0, False

    def die(self) -> None:
        """Let this request and all others of the block end as if the process had died. Raises Interrupted."""
        self._dead = True
        raise Interrupted

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "http.client.send":
            return
        if self._dead:
            raise Interrupted
        if self._left > 0 and bytes(arguments[1][: len(self._begin)]) == self._begin:
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

    def start(self, *, empty: bool, by_engine: bool = False) -> tuple[Place, Place]:
        """Both installations at a history's start: the one fed all along with what the catalogue had, or `empty`; a new one.
        `by_engine`: Dagster's engine runs the jobs of the first."""
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
            kind = Place if by_engine and name == "fed" else DirectPlace
            given = vars(place) | {"folder": folder / name, "instance": dg.DagsterInstance.ephemeral(), "loads": begun}
            places.append(kind(**given))
        return places[0], places[1]

    def finish(self) -> None:
        """Forget a history that held."""
        shutil.rmtree(self.folder / f"history-{self.histories}")


class History:
    """One history; `said` tells what happened, step by step; `kinds` counts it. `by_engine`: Dagster's engine runs its jobs."""

    def __init__(self, world: World, plan: Plan, *, by_engine: bool = False) -> None:
        self._plan, self._world = plan, world
        self._dice = random.Random(plan.seed)
        self._fed, self._anew = world.start(empty=plan.empty, by_engine=by_engine)
        self._pim = Pim(world.pim_url, stack.CREDENTIAL)
        self._edits = Editor(self._pim)
        self._settings = "as they come"
        self._to_confirm = ""
        self.said: list[str] = []
        self.kinds: Counter[str] = Counter()

    def run(self) -> dict[str, tuple[str | None, str | None]]:
        """Let it happen; returns what breaks the law in the end."""
        try:
            if self._plan.empty:
                self._thin_out()
            for event in self._plan.events:
                self._dice = random.Random(event.seed)
                {"edit": self._edit, "settings": self._choose, "load": self._load}[event.what](event.name)
            self._needed(self._fed, self._kind())
            for job in ("1", "2", "3-2"):
                self._needed(self._anew, job)
            merchants = LEFT_TO_MERCHANTS.get(self._settings, ())
            return breaches(self._fed.export(), self._anew.export(), merchants=merchants)
        finally:
            self.kinds.update({f"edit: {kind}": count for kind, count in self._edits.kinds.items()})
            self._pim.close()
            for place in (self._fed, self._anew):
                place.instance.dispose()

    def _count(self, what: str) -> None:
        self.kinds[what] += 1
        self.said.append(f"-- {what}")

    def _kind(self) -> str:
        return self._dice.choice(["3-1", "3-1", "3-2"])

    # Edits and settings

    def _thin_out(self) -> None:
        """Make the catalogue another one: some of its products only."""
        for product in self._pim.items("products-uuid"):
            if self._dice.random() < 0.3:
                self._pim.delete(f"products-uuid/{product['uuid']}")

    def _edit(self, kind: str) -> None:
        """An edit of a kind; where the PIM takes none, of values, so that as much is edited as the plan says."""
        before = len(self._edits.made)
        seed = self._dice.getrandbits(32)
        if not self._edits.edit(kind, seed):
            self._edits.edit("values", seed)
        self.said += self._edits.made[before:]

    def _edit_some(self) -> None:
        for _ in range(self._dice.randint(1, 3)):
            self._edit(self._dice.choice([*KINDS, *DELETIONS]))

    def _choose(self, name: str) -> None:
        self._settings = name
        self._count(f"settings: {name}")

    def _config(self) -> str:
        path = self._fed.folder / f"{self._settings}.yaml"
        if not path.exists():
            settings = yaml.safe_load(_CONNECTOR_YAML) | {"guard": GUARDS[self._plan.guard]}
            path.write_text(yaml.safe_dump(merged(settings, SETTINGS[self._settings])))
        return str(path)

    # Loads

    def _job(self, place: Place, number: str, **options: Any) -> Run:
        run = place.job(number, CONNECTOR_CONFIG=self._config(), **options)
        if place is self._fed:
            self.said.append(f"-- {number} {options or ''}: {'ok' if run.ok else run.failures}")
            self.kinds[f"loads: {number}"] += 1
            said = " ".join(run.failures)
            self.kinds["guard: held back"] += "Left in the shop" in said
            self.kinds["guard: stopped"] += "--confirm" in said
            self.kinds["guard: confirmed"] += bool(options.get("confirm"))
        confirms = re.search(r"(?:--confirm|akeneo-sfcc confirm) '([^']+)'", " ".join(run.failures))
        self._to_confirm = confirms[1] if confirms else ""
        return run

    def _fed_load(self, **options: Any) -> Run:
        """A load of either kind; now and then a person confirms what the one before stopped for or held back."""
        if self._to_confirm and self._dice.random() < 0.4:
            options["confirm"] = self._to_confirm
        return self._job(self._fed, self._kind(), **options)

    def _needed(self, place: Place, number: str) -> None:
        """A job that has to succeed, if only after a person has confirmed what the PIM has no more."""
        run = self._job(place, number)
        for _ in range(4):
            if run.ok or not self._to_confirm:
                break
            run = self._job(place, number, confirm=self._to_confirm)
        assert run.ok, run.failures

    def _load(self, name: str) -> None:
        if name != "load":
            self._count(name)
        of, _, fault = name.partition(": ")
        if fault in PIM_FAULTS and of == "PIM":
            self._faulty_pim(PIM_FAULTS[fault])
        elif fault in SFCC_FAULTS and of == "SFCC":
            self._faulty_sfcc(SFCC_FAULTS[fault])
        else:
            {
                "load": self._fed_load,
                "SFCC: reset": self._reset,
                "SFCC: restored": self._restored,
                "interrupted": self._interrupted,
                "interrupted at the end": self._interrupted_at_the_end,
                "edits during a load": self._edited,
                "edits in the second of a poll": self._edited_at_the_poll,
            }[name]()

    def _faulty_pim(self, fault: dict[str, Any]) -> None:
        address = f"{self._world.pim_url}/sandbox/faults"
        requests.put(address, json={"faults": [fault]}, timeout=10).raise_for_status()
        run = self._fed_load()
        requests.put(address, json={"faults": []}, timeout=10).raise_for_status()
        if not run.ok and self._dice.random() < 0.5:
            self._job(self._fed, "3-1", load=f"load_{self._fed.loads}")

    def _faulty_sfcc(self, fault: dict[str, Any]) -> None:
        self._fed.faults(**fault)
        run = self._fed_load()
        self._fed.faults()
        if not run.ok and self._dice.random() < 0.5:
            self._fed_load()

    def _interrupted(self) -> None:
        """In the midst of a request; gone on with under the same key, or left."""
        kind = self._kind()
        with self._world.requests.at(self._dice.randint(5, 90), self._world.requests.die):
            self._job(self._fed, kind)
        self._go_on(kind)

    def _interrupted_at_the_end(self) -> None:
        """SFCC has what the store doesn't know of."""
        kind = self._kind()
        if self._job(self._fed, kind).ok:
            self._fed.reopen(f"load_{self._fed.loads}")
        self._go_on(kind)

    def _go_on(self, kind: str) -> None:
        load = f"load_{self._fed.loads}"
        if self._dice.random() < 0.6:
            self._edit_some()
        if self._dice.random() < 0.6:
            self._job(self._fed, kind, load=load)

    def _edited(self) -> None:
        """Edits while the load reads or sends."""
        with self._world.requests.at(self._dice.randint(5, 80), self._edit_some):
            self._fed_load()

    def _edited_at_the_poll(self) -> None:
        """Edits just before the call whose Date header begins the next load's window, and just after it."""
        poll = b"GET /api/rest/v1/channels?limit=1 "

        def edit() -> None:
            self._edit_some()
            after.enter_context(self._world.requests.at(2, self._edit_some))

        with ExitStack() as after, self._world.requests.at(1, edit, beginning=poll):
            self._fed_load()

    def _reset(self) -> None:
        self._fed.sandbox("reset")
        self._fed_load()

    def _restored(self) -> None:
        """From a backup that is a load old."""
        self._fed.sandbox("snapshot/older")
        self._fed_load()
        self._edit_some()
        self._fed.sandbox("restore/older")
        self._fed_load()


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
