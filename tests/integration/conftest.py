"""Both sandboxes as processes of their own, and whole jobs of the connector against them.

Belongs here: starting servers, running jobs, reading the instance's own export. Doesn't: what a job should do.
"""

import io
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
import pyarrow.parquet as pq
import pytest
import requests
import yaml
from lxml import etree

from akeneo_assets.definitions import build
from akeneo_assets.job_names import KINDS, NUMBERS
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.resources import connector_on
from sandbox import census, stack
from sandbox.catalogue_edits import Pim

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material; tests that need it are skipped by name where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the reference material in ../shared")
    return SHARED


@dataclass
class Run:
    """What became of one job: `failures` as the command line would print them."""

    ok: bool
    id: str
    failures: list[str]
    objects: dict[str, dict[str, int]]
    folder: Path | None
    tags: dict[str, str]

    @property
    def sent(self) -> dict[str, int]:
        """Objects sent, by type."""
        return {kind: counts["sent"] for kind, counts in self.objects.items() if counts.get("sent")}

    @property
    def to_send(self) -> set[tuple[str, str]]:
        """(type, id) of everything that the run meant to send."""
        assert self.folder is not None
        rows = pq.read_table(self.folder / "to_send.parquet", columns=["type", "id"]).to_pylist()
        return {(row["type"], row["id"]) for row in rows}


@dataclass(frozen=True)
class Ended:
    """How a job ended: `success`: each step did what it does; `failures`: of steps and checks, as sentences."""

    run: dg.DagsterRun
    success: bool
    failures: list[str]


@dataclass
class Place:
    """One installation of the connector: its environment, store and Dagster instance."""

    folder: Path
    pim_url: str
    sfcc_url: str
    sfcc_root: Path
    instance: dg.DagsterInstance
    loads: int = 0

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def environment(self, **changes: str) -> dict[str, str]:
        """What the connector's processes are started with."""
        return stack.connector_environment(self.folder, self.pim_url, self.sfcc_url, os.environ) | changes

    def definitions(self, **changes: str) -> dg.Definitions:
        """The code location on this installation."""
        return build(connector=connector_on(self.environment(**changes)))

    def materialize(self, *assets: str, load: str | None = None) -> dg.ExecuteInProcessResult:
        """Materialize assets by hand, as the UI does: no job, of one partition where `load` names one."""
        return (
            self.definitions()
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=self.instance,
                partition_key=load,
                asset_selection=[dg.AssetKey.from_user_string(asset) for asset in assets] or None,
                raise_on_error=False,
            )
        )

    def package(self, load: str) -> Package:
        """The package of a load."""
        from akeneo_assets.store import Store

        return Package.of_load(Store(self.store), load)

    def reopen(self, load: str) -> None:
        """Leave a load as if the process had died just before its end."""
        path = self.store / "loads" / load / "package.json"
        document = orjson.loads(path.read_bytes())
        del document["sealed"]["product_import"]
        path.write_bytes(orjson.dumps(document | {"state": "sending"}))
        (self.store / "loads" / load / "outcome.json").unlink()

    def job(
        self,
        number: str,
        load: str | None = None,
        only: Sequence[str] = (),
        confirm: str = "",
        take_over: bool = False,
        apply: str = "",
        **changes: str,
    ) -> Run:
        """Run a job in this process, or some of its assets `only`; a product job under a new load unless one is named. `confirm`,
        `take_over`: as the options of the command line; `apply`: the plan that it applies."""
        from akeneo_assets.commands.run import package_of
        from akeneo_assets.loads.sending import summary
        from akeneo_assets.store import Store

        name, key = NUMBERS[number], None
        if name in KINDS:
            self.loads += 1
            key = load or f"load_{self.loads}"
        config = {name: value for name, value in {"confirm": confirm, "take_over": take_over, "apply": apply}.items() if value}
        ended = self.execute(name, key, config, changes, only)
        found = summary(package_of(Store(self.store), ended.run, key)) if ended.success else None
        folder = Path(found["folder"]) if found else None
        objects = (found or {}).get("objects", {})
        return Run(ended.success and not ended.failures, ended.run.run_id, ended.failures, objects, folder, dict(ended.run.tags))

    def execute(
        self, name: str, key: str | None, config: dict[str, Any], changes: dict[str, str], only: Sequence[str] = ()
    ) -> Ended:
        """Run a job by Dagster's engine, or some of its assets `only`. `config`: of the connector's resource; `changes`: of its
        environment."""
        from akeneo_assets.commands.run import run_config
        from akeneo_assets.run_failures import failures_in

        if key:
            self.instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [key])
        result = (
            self.definitions(**changes)
            .resolve_job_def(name)
            .execute_in_process(
                instance=self.instance,
                partition_key=key,
                asset_selection=[dg.AssetKey.from_user_string(asset) for asset in only] or None,
                raise_on_error=False,
                run_config=run_config(**config),
            )
        )
        run = self.instance.get_run_by_id(result.run_id)
        assert run is not None
        return Ended(run, result.success, failures_in(result.all_events))

    def jobs(self, *numbers: str) -> list[Run]:
        """Run jobs that all have to succeed."""
        runs = []
        for number in numbers:
            runs.append(self.job(number))
            assert runs[-1].ok, (number, runs[-1].failures)
        return runs

    def command(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run `akeneo-sfcc run ...` in a process of its own, from an empty folder."""
        return subprocess.run(
            [str(stack.COMMAND), "run", *arguments],
            env=self.environment(**changes),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def faults(self, **given: Any) -> None:
        """What the SFCC instance does wrong from now on; nothing given: nothing."""
        path = self.sfcc_root / "faults.json"
        path.write_bytes(orjson.dumps(given))

    def sandbox(self, action: str) -> None:
        """Reset the SFCC instance (`reset`), keep its state (`snapshot/NAME`) or bring that back (`restore/NAME`)."""
        requests.post(f"{self.sfcc_url}/sandbox/{action}", timeout=60, verify=False).raise_for_status()

    def merchant_imports(self, name: str, files: dict[str, str]) -> None:
        """Import a small archive as a merchant does, without a data error or warning."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            for path, content in files.items():
                zipped.writestr(f"{name}/{path}", content)
        url = self.sfcc_url
        with requests.Session() as session:
            grant = {"grant_type": "client_credentials"}
            token = session.post(f"{url}/dwsso/oauth2/access_token", auth=(stack.CREDENTIAL,) * 2, data=grant, timeout=60)
            session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            webdav = f"{url}/on/demandware.servlet/webdav/Sites/Impex"
            session.put(f"{webdav}/src/instance/{name}.zip", data=archive.getvalue(), timeout=60).raise_for_status()
            jobs = f"{url}/s/-/dw/data/v25_6/jobs/sfcc-site-archive-import/executions"
            execution = session.post(jobs, json={"file_name": f"{name}.zip"}, timeout=60).json()
            while execution["execution_status"] not in ("finished", "aborted"):
                time.sleep(0.05)
                execution = session.get(f"{jobs}/{execution['id']}", timeout=60).json()
            assert execution["exit_status"]["status"] == "ok", execution

    def export(self) -> "Export":
        """What stands in the instance, by its own export."""
        archive = self.folder / "export.zip"
        census.export(self.sfcc_url, stack.CREDENTIAL, archive)
        target = self.folder / "export"
        shutil.rmtree(target, ignore_errors=True)
        shutil.unpack_archive(archive, target)
        return Export(target)

    def quarantine(self, load: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.store / "loads" / load / "held_back.parquet").to_pylist()
        return rows


def _plain(element: etree._Element) -> str:
    """One element as text, without namespaces, white space between elements, and a flag that says what its absence says."""
    text = etree.tostring(element, method="c14n2", strip_text=False, with_comments=False).decode()
    return text.replace("<primary-flag>false</primary-flag>", "")


_IDS = ("category-id", "product-id", "folder-id", "content-id", "type-id", "object-id")


def _named(root: etree._Element, place: str) -> Iterator[tuple[str, str]]:
    """A file's objects. Those of several catalogs and libraries are told apart by `in` and the `place` of the file."""
    for one in root:
        ids = " ".join(one.get(name) for name in _IDS if name in one.attrib)
        if one.tag in ("category-assignment", "recommendation"):
            yield f"{_plain(one)} in {place}", ""
        elif root.tag == "catalog":
            yield f"{one.tag} {ids} in {place}", _plain(one)
        elif root.tag in ("library", "custom-objects"):
            yield f"{root.tag} {one.tag} {ids} in {place}", _plain(one)
        elif one.tag == "type-extension":
            for part in one.iter("attribute-definition", "attribute-group"):
                yield f"{one.get('type-id')} {part.tag} {part.get('attribute-id') or part.get('group-id')}", _plain(part)
        elif one.tag == "pricebook":
            header = one.find("header")
            yield f"price book {header.get('pricebook-id')}", _plain(header)
            for table in one.iterfind("price-tables/price-table"):
                yield f"price {header.get('pricebook-id')} {table.get('product-id')}", _plain(table)


class Export:
    """The instance's own export, object by object, read with lxml alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._static = [str(path.relative_to(folder)) for path in folder.rglob("static/default/**/*") if path.is_file()]
        self.static = sorted(path.split("/static/default/")[1] for path in self._static)
        self._roots = []
        self._places: list[str] = []
        for path in sorted(folder.rglob("*.xml")):
            root = etree.parse(path, etree.XMLParser(huge_tree=True)).getroot()
            for element in root.iter(etree.Element):
                element.tag = etree.QName(element).localname
            etree.cleanup_namespaces(root)
            self._roots.append(root)
            self._places.append("/".join(path.relative_to(folder).parent.parts[1:]))

    def all(self, path: str) -> list[etree._Element]:
        return [found for root in self._roots for found in root.xpath(path)]

    def product(self, product_id: str) -> etree._Element:
        (found,) = self._of("product", "product-id", product_id)
        return found

    def _of(self, name: str, attribute: str, value: str) -> list[etree._Element]:
        return [found for root in self._roots for found in root.iterfind(f"{name}") if found.get(attribute) == value]

    def products(self) -> list[str]:
        return [str(one.get("product-id")) for one in self.all("/catalog/product")]

    def category(self, category_id: str) -> etree._Element:
        (found,) = self._of("category", "category-id", category_id)
        return found

    def categories_of(self, product_id: str) -> set[str]:
        return {str(one.get("category-id")) for one in self._of("category-assignment", "product-id", product_id)}

    def recommended(self, product_id: str) -> set[tuple[str, str]]:
        """(type, target) of each recommendation of a product."""
        return {(str(r.get("type")), str(r.get("target-id"))) for r in self._of("recommendation", "source-id", product_id)}

    def prices(self, product_id: str) -> dict[str, str]:
        """Price book -> amount."""
        found = {}
        for book in self.all("/pricebooks/pricebook"):
            for table in book.iterfind("price-tables/price-table"):
                if table.get("product-id") == product_id:
                    found[str(book.find("header").get("pricebook-id"))] = str(table.findtext("amount"))
        return found

    def definition(self, attribute_id: str) -> etree._Element:
        (found,) = [
            d
            for d in self.all("//type-extension[@type-id='Product']//attribute-definition")
            if d.get("attribute-id") == attribute_id
        ]
        return found

    def objects(self) -> dict[str, str]:
        """Every object by a name of its own, as text; the order of assignments, recommendations and prices set aside."""
        found: dict[str, str] = {f"static {path}": "" for path in self._static}
        for root, place in zip(self._roots, self._places, strict=True):
            for name, text in _named(root, place):
                assert name not in found, f"two objects are called {name}"
                found[name] = text
        return found

    def differs_from(self, other: "Export") -> dict[str, tuple[str | None, str | None]]:
        """The objects that the two don't have alike: here, there."""
        here, there = self.objects(), other.objects()
        return {name: (here.get(name), there.get(name)) for name in {*here, *there} if here.get(name) != there.get(name)}


Start = Callable[..., Place]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Starts a server that lives as long as the module's tests; returns its address."""
    with ExitStack() as running:

        def start(name: str, *arguments: str) -> str:
            log = tmp_path_factory.mktemp("logs") / f"{name}.log"
            command = [str(stack.COMMAND), "sandbox", name, "--port", "0", *arguments]
            return running.enter_context(stack.server(name, command, log))

        yield start


@pytest.fixture(scope="module")
def pim_of(servers: Callable[..., str]) -> Callable[[str], str]:
    """Starts a PIM with a catalogue."""
    return lambda catalogue: servers("pim", "--catalog", catalogue)


@pytest.fixture(scope="module")
def place_at(servers: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Makes an installation that reads a PIM and has an SFCC instance of its own."""
    with ExitStack() as opened:

        def place(pim_url: str, *arguments: str) -> Place:
            folder = tmp_path_factory.mktemp("place")
            for name in ("store", "dagster"):
                (folder / name).mkdir()
            root = folder / "sfcc"
            instance = opened.enter_context(dg.DagsterInstance.ephemeral())
            return Place(folder, pim_url, servers("sfcc", "--root", str(root), *arguments), root, instance)

        yield place


@pytest.fixture
def editor() -> Iterator[Callable[[str], Pim]]:
    """A session with a PIM for edits, as a person has one."""
    opened: list[Pim] = []

    def of(pim_url: str) -> Pim:
        opened.append(Pim(pim_url, stack.CREDENTIAL))
        return opened[-1]

    yield of
    for one in opened:
        one.close()


@pytest.fixture
def place(place_at: Any, pim_of: Any) -> Any:
    """An installation whose instance holds the demo catalogue, with a PIM of its own."""
    place = place_at(pim_of("demo"))
    place.jobs("1", "2", "3-2")
    return place


def merged(document: dict[str, Any], sections: dict[str, Any]) -> dict[str, Any]:
    """Settings with other keys in some sections; what is no section is replaced."""
    changed = {name: {**document.get(name, {}), **keys} if isinstance(keys, dict) else keys for name, keys in sections.items()}
    return document | changed


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., str]:
    """connector.yaml with other keys in some sections."""

    def write(**sections: Any) -> str:
        document = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(merged(document, sections)))
        return str(path)

    return write


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., str]:
    """connector.yaml with other sections."""

    def write(**sections: Any) -> str:
        document = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(document | sections))
        return str(path)

    return write
