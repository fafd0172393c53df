"""The package: the folder of one import, the same for all four jobs. It knows its paths, its state and which steps are done.

Belongs here: every path inside a package, sealing a step, the state. Doesn't: what a step does, the ledger, the media.
No other module builds a path inside a package.

A package goes from begun over read, mapped and sending to concluded; or it is stopped or abandoned. That of a plan ends as
planned: nothing of it is ever sent, and no load stands on it. A step that is done is
*sealed*: its files and their sizes are noted, and no later run does it again. So a retry goes on at the first step that isn't
sealed. A concluded package is evidence: nothing in it changes any more. Source: LOADS, "Package and batch".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Literal

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.load_names import Kind
from akeneo_assets.store import DamagedFileError, Store, read_json, write_json
from sfcc_resources.archive_paths import safe_name

State = Literal["begun", "read", "planned", "mapped", "sending", "concluded", "stopped", "abandoned"]

Report = dict[str, Any]
"""What a step tells of its work, as JSON: counts and texts. It is kept with the seal, so that a retry can show it again."""

Done = tuple[Report, Iterable[Path]]
"""What a step has done: its report, and the files that it has made in the package."""

_FIRST_STEP_AFTER: Final[tuple[tuple[str, State], ...]] = (
    *((step, "mapped") for step in ("product_feeds", "media_pricebook_feeds", "attribute_feeds")),
    ("plan", "planned"),
    ("items", "read"),
)
"""Which sealed step brings a package into which state, the latest state first."""

MADE_BY: Final = {
    "window": "akeneo/product_load",
    "items": "akeneo/products",
    "missing_media": "akeneo/missing_media",
    "changes": "akeneo/changes",
    "media": "akeneo/media",
    "product_media": "akeneo/product_media",
    "attribute_definitions": "sfcc/attribute_definitions",
    "price_books": "sfcc/price_books",
    "media_files": "sfcc/media_files",
    "content": "sfcc/content",
    "catalog_header": "sfcc/catalog_header",
    "product_files": "sfcc/product_files",
    "categories": "sfcc/categories",
    "products": "sfcc/products",
    "retired": "sfcc/retired",
    "attribute_feeds": "sfcc/attribute_feeds",
    "media_pricebook_feeds": "sfcc/media_pricebook_feeds",
    "product_feeds": "sfcc/product_feeds",
    "plan": "sfcc/plan",
}
"""Step -> the asset that does it, as the UI names it."""


def connector_version() -> str:
    """The version of this connector; empty where it isn't installed."""
    try:
        return version("akeneo-sfcc")
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True)
class Package:
    """The folder of one import. `name` is what people call it: a load's partition key, or the run of job 1 or 2."""

    store: Store
    folder: Path
    name: str

    @classmethod
    def of_load(cls, store: Store, key: str) -> "Package":
        """The package of a load, be it begun or not."""
        return cls(store, store.load(key), key)

    @classmethod
    def of_structure_import(cls, store: Store, job: str, run_id: str) -> "Package":
        """The package of one import by job 1 (`attributes`) or 2 (`media_pricebook`)."""
        return cls(store, store.structure_import(job, run_id), run_id)

    # --- Paths ------------------------------------------------------------------------------------------------------------------

    def pim_list(self, name: str) -> Path:
        """One list of the PIM as this import read it."""
        return self.folder / "structure" / f"{name}.parquet"

    @property
    def window_file(self) -> Path:
        """What a load reads (`loads.window`)."""
        return self.folder / "window.json"

    @property
    def outcome_file(self) -> Path:
        """What a successful load leaves for the next one (`loads.window`)."""
        return self.folder / "outcome.json"

    @property
    def vanished_file(self) -> Path:
        """The codes that have stopped the import, since the PIM's lists lack them (`loads.vanished_codes`)."""
        return self.folder / "vanished.json"

    @property
    def absences(self) -> Path:
        """What the guard holds back of this load, or has stopped it for (`loads.guard`)."""
        return self.folder / "absences.parquet"

    @property
    def kept(self) -> Path:
        """Those of these absences whose products the load exports on (`loads.kept_items`)."""
        return self.folder / "kept.parquet"

    @property
    def raw(self) -> Path:
        """The folder of the items read, and of what is still to be read while the reading goes on."""
        return self.folder / "raw"

    def raw_parts(self, table: str) -> list[Path]:
        """The files of one raw table in the order in which they were read: `products-0001.parquet`, ... Version 0.1 wrote one."""
        return sorted([*self.raw.glob(f"{table}.parquet"), *self.raw.glob(f"{table}-[0-9]*.parquet")])

    def raw_part(self, table: str, number: int) -> Path:
        """The file of one part of a raw table."""
        return self.raw / f"{table}-{number:06d}.parquet"

    def raw_frontier(self, number: int) -> Path:
        """What was still to be read when part `number` was whole."""
        return self.raw / f"part-{number:06d}.json"

    @property
    def absent(self) -> Path:
        """Items that the PIM was asked for by name and has no more."""
        return self.folder / "absent.parquet"

    @property
    def identities(self) -> Path:
        """The SFCC id of each product and model."""
        return self.folder / "identities.parquet"

    @property
    def changes(self) -> Path:
        """The products and masters to map, with the reason of each."""
        return self.folder / "changes.parquet"

    def media(self, step: str) -> Path:
        """The folder of the media that a step has looked for (`media`, `missing_media`, `product_media`)."""
        return self.folder / ("media" if step == "product_media" else step)

    @property
    def held_back(self) -> Path:
        """The quarantine."""
        return self.folder / "held_back.parquet"

    def held_back_of(self, step: str) -> Path:
        """The part of the quarantine that one step fills."""
        return self.folder / f"held_back_{step}.parquet"

    def records(self, group: str) -> Path:
        """The folder of one group of mapped records, as the asset that maps them is called."""
        return self.folder / "records" / group

    def scratch(self, name: str) -> Path:
        """A file or folder that the step which makes it removes before it ends."""
        return self.folder / f".{name}"

    @property
    def to_send(self) -> Path:
        """All objects that the import sends, in the order in which they are sent."""
        return self.folder / "to_send.parquet"

    @property
    def links(self) -> Path:
        """The records of the links that the import sends, each with what of it is cleared."""
        return self.folder / "links.parquet"

    @property
    def plan(self) -> Path:
        """What a plan says that a load would change in SFCC (`loads.plan_difference`)."""
        return self.folder / "plan.parquet"

    @property
    def plan_page(self) -> Path:
        """The same as a page for people (`assets.plan_page`)."""
        return self.folder / "plan.html"

    @property
    def all_records(self) -> list[Path]:
        """The files of all records that the import has mapped, of whatever group."""
        return sorted((self.folder / "records").glob("*/*.parquet"))

    @property
    def xml(self) -> Path:
        """The folder of the XML feeds."""
        return self.folder / "xml"

    @property
    def archives(self) -> Path:
        """The folder of the archives with their manifests, answers and logs."""
        return self.folder / "archives"

    @property
    def feeds_file(self) -> Path:
        """What stands in which feed and archive."""
        return self.folder / "feeds.json"

    @property
    def answer_file(self) -> Path:
        """SFCC's answer to the whole import."""
        return self.folder / "import.json"

    # --- State ------------------------------------------------------------------------------------------------------------------

    @property
    def _file(self) -> Path:
        return self.folder / "package.json"

    def _document(self) -> dict[str, Any]:
        document = read_json(self._file)
        if document is None and self.outcome_file.exists():  # version 0.1 had no package.json
            return {"state": "concluded", "sealed": {}, "begun": "", "concluded": ""}
        return dict(document) if document is not None else {}

    def _update(self, **changes: Any) -> None:
        write_json(self._file, self._document() | changes)

    @property
    def state(self) -> State | None:
        """Where the import stands; None: it has not begun."""
        document = self._document()
        if "state" in document:
            state: State = document["state"]
            return state
        sealed = document.get("sealed", {})
        return next((state for step, state in _FIRST_STEP_AFTER if step in sealed), "begun") if document else None

    @property
    def concluded(self) -> str | None:
        """When SFCC's verdict on the whole import was recorded (ISO 8601); None: it wasn't yet."""
        return self._document().get("concluded", "") if self.state == "concluded" else None

    @property
    def kind(self) -> Kind | None:
        """Whether the load is full or differential, once it has begun."""
        kind: Kind | None = self._document().get("kind")
        return kind

    @property
    def is_plan(self) -> bool:
        """Whether it is a plan's, of which nothing is sent."""
        return bool(self._document().get("plan"))

    @property
    def applies(self) -> str:
        """The name of the plan that the load applies; empty: none."""
        return str(self._document().get("applies", ""))

    @property
    def settings(self) -> str:
        """The fingerprint of the settings that it is made by; empty: unknown."""
        return str(self._document().get("settings", ""))

    @property
    def is_load(self) -> bool:
        """Whether it is of a load of products, or of a plan of one."""
        return self.folder.parent == self.store.loads

    @property
    def steps(self) -> set[str]:
        """The steps that are done."""
        return {*self._document().get("sealed", {})}

    @property
    def begun(self) -> str:
        """When the import began (ISO 8601); empty: unknown."""
        return str(self._document().get("begun", ""))

    @property
    def undone(self) -> int:
        """How many resets and restores of the instance the ledger knew of when the import began."""
        return int(self._document().get("undone", 0))

    def begin(self, *, settings: str, kind: Kind | None = None, undone: int = 0, plan: bool = False, applies: str = "") -> None:
        """Begin the import, or go on with it. `settings`: their fingerprint; a package is made by one set of settings. `undone`:
        how many resets and restores of the instance the ledger knows of; what is sent is fixed by one state of the instance.
        `plan`: it is a plan's; `applies`: the plan that it applies. As long as no step of it is done, it may begin anew, with
        other settings or as the other kind of load.

        Raises:
            ConnectorError: it is abandoned, or becomes so now, since the settings, the connector or the instance have changed.
        """
        document = self._document()
        if document.get("state") == "abandoned":
            raise ConnectorError(self._abandoned(document["reason"]))
        if not document.get("sealed"):
            version = connector_version()
            begun = {"begun": _now(), "settings": settings, "connector": version, "kind": kind, "undone": undone}
            more = {name: value for name, value in (("plan", plan), ("applies", applies)) if value}
            write_json(self._file, {"name": self.name, **begun, **more, "sealed": dict[str, Any]()})
        elif document["settings"] != settings:
            self.abandon("connector.yaml has changed since it began")
        elif document["connector"] != connector_version():
            self.abandon("the connector was updated since it began")
        else:
            self.refuse_if_undone(undone)

    def refuse_if_undone(self, undone: int) -> None:
        """End the import where the instance was reset or restored since it began. Raises ConnectorError then."""
        if undone != self.undone:
            self.abandon("SFCC's instance was reset or restored since it began")

    def abandon(self, reason: str) -> None:
        """End the import without sending anything more of it. Raises ConnectorError, always."""
        self._update(state="abandoned", reason=reason)
        raise ConnectorError(self._abandoned(reason))

    def _abandoned(self, reason: str) -> str:
        return f"The import '{self.name}' is abandoned, since {reason}: start a new one, which brings whatever this one lacked."

    def sending(self) -> None:
        """Note that something of it is about to be sent."""
        if self.state != "sending":
            self._update(state="sending")

    def conclude(self) -> None:
        """Note that SFCC's verdict on all of it is recorded. From now on nothing in the package changes."""
        self._update(state="concluded", concluded=_now())

    # --- Steps ------------------------------------------------------------------------------------------------------------------

    def report(self, step: str) -> Report | None:
        """What a sealed step has reported; None: it isn't sealed."""
        seal = self._document().get("sealed", {}).get(step)
        return None if seal is None else dict(seal["report"])

    def do(self, step: str, work: Callable[[], Done]) -> Report:
        """Do a step and seal it, unless it is sealed already. Returns its report."""
        known = self.report(step)
        if known is not None:
            self.needs(step)
            return known
        report, files = work()
        self.seal(step, report, files)
        return report

    def seal(self, step: str, report: Report, files: Iterable[Path] = ()) -> None:
        """Note that a step is done and which files it has made."""
        sizes = {str(path.relative_to(self.folder)): path.stat().st_size for path in files}
        document = self._document()
        sealed = document.get("sealed", {}) | {step: {"at": _now(), "files": sizes, "report": report}}
        write_json(self._file, document | {"sealed": sealed})

    def needs(self, *steps: str) -> None:
        """Make sure that steps are done, and that their files are as they were left. For assets that build on them.

        Raises:
            ConnectorError: a step isn't done: somebody materialized an asset without those before it.
            DamagedFileError: a file is missing or has another size.
        """
        sealed = self._document().get("sealed", {})
        for step in steps:
            if step not in sealed:
                made_by = f"akeneo/{step.removeprefix('list:')}" if step.startswith("list:") else MADE_BY[step]
                raise ConnectorError(
                    f"Nothing was done: {made_by} has not been materialized for this load or in this run: do that first."
                )
            for name, size in sealed[step]["files"].items():
                path = self.folder / name
                if not path.is_file():
                    raise DamagedFileError(path, "is missing")
                if path.stat().st_size != size:
                    raise DamagedFileError(path, f"has {path.stat().st_size:,} bytes instead of {size:,}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def load_packages(store: Store) -> Iterator[Package]:
    """The packages of all loads whose window is fixed."""
    for path in store.loads.glob("*/window.json"):
        window: Mapping[str, Any] = read_json(path)
        yield Package.of_load(store, window["key"])


def all_packages(store: Store) -> Iterator[Package]:
    """The packages of all imports and plans that have begun."""
    for folder in {path.parent for file in ("package.json", "window.json") for path in store.root.glob(f"*/*/{file}")}:
        named: Mapping[str, Any] = read_json(folder / "package.json") or {}
        window: Mapping[str, Any] = read_json(folder / "window.json") or {}
        yield Package(store, folder, named.get("name") or window.get("key") or folder.name)  # version 0.1 noted no name


def newest_with(store: Store, step: str) -> Package | None:
    """The package that was begun last of those in which a step is done, plans left out; None where there is none."""
    packages = (Package(store, path.parent, path.parent.name) for path in store.root.glob("*/*/package.json"))
    done = (package for package in packages if package.report(step) is not None and not package.is_plan)
    return max(done, key=lambda p: p.begun, default=None)


def packages_named(store: Store, name: str) -> list[Package]:
    """The packages of this name that are still there: that of a load, or of an import by any other job."""
    folders = (folder / safe_name(name) for folder in store.root.iterdir())
    return [Package(store, folder, name) for folder in folders if folder.is_dir()]


def vanished_files(store: Store) -> Iterator[Path]:
    """The `Package.vanished_file` of all imports that have one."""
    return store.root.glob("*/*/vanished.json")
