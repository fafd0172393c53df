"""An instance without its HTTP server, for tests of import rules, and one as a process, for tests of what clients see."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from lxml import etree

from sandbox.sfcc.archive_exporter import export_site_archive
from sandbox.sfcc.archive_importer import import_site_archive
from sandbox.sfcc.import_log_writer import JobLog
from sandbox.sfcc.importers.feed_importer import JobContext, import_feed
from sandbox.sfcc.instance_faults import Faults
from sandbox.sfcc.instance_settings import Settings
from sandbox.sfcc.instance_state import Store

REPOSITORY = Path(__file__).parents[3]
NAMESPACES = {
    "catalog": "http://www.demandware.com/xml/impex/catalog/2006-10-31",
    "pricebooks": "http://www.demandware.com/xml/impex/pricebook/2006-10-31",
    "metadata": "http://www.demandware.com/xml/impex/metadata/2006-10-31",
    "library": "http://www.demandware.com/xml/impex/library/2006-10-31",
    "custom-objects": "http://www.demandware.com/xml/impex/customobject/2006-10-31",
    "preferences": "http://www.demandware.com/xml/impex/preferences/2007-03-31",
    "site": "http://www.demandware.com/xml/impex/site/2007-04-30",
}
EVERYTHING = {
    "catalogs": {"all": True},
    "catalog_static_resources": {"all": True},
    "price_books": {"all": True},
    "libraries": {"all": True},
    "library_static_resources": {"all": True},
    "sites": {"all": True},
    "global_data": {"all": True},
}


def document(root: str, inner: str, attributes: str = "") -> str:
    """A feed: the root element with its namespace, the inner text on the second line."""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{NAMESPACES[root]}" {xsi} {attributes}>\n{inner}\n</{root}>'


def archive(files: dict[str, str | bytes], name: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for path, content in files.items():
            zipped.writestr(f"{name}/{path}", content)
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """An archive's files, named without the top folder."""
    with zipfile.ZipFile(BytesIO(content)) as zipped:
        return {name.partition("/")[2]: zipped.read(name) for name in zipped.namelist()}


def plain(element: Any) -> str:
    """An element as text without namespace and layout, for comparing with what a test writes by hand."""
    element = etree.fromstring(etree.tostring(element, with_tail=False))
    for one in element.iter():
        one.tag = etree.QName(one).localname
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="unicode")


class Instance:
    """An instance's importers and exporter over a folder; each import keeps its log in `log`, a list of lines without time.

    Problems are worded in the form that says most, unless a test asks for another.
    """

    def __init__(self, root: Path, **settings: Any) -> None:
        self.settings = Settings(root=root, **{"log_wording": "assumed", **settings})
        self.settings.prepare()
        self.log: list[str] = []

    def _job(self, work: Callable[[JobContext], Any]) -> None:
        folder = self.settings.root / "work" / "job"
        folder.mkdir(parents=True)
        path = self.settings.root / "job.log"
        path.unlink(missing_ok=True)
        log = JobLog(path, self.settings.log_wording, self.settings.wording)
        try:
            with Store(self.settings.objects) as store:
                work(JobContext(self.settings, store, log, Faults(self.settings.root), folder))
        finally:
            log.close()
            shutil.rmtree(folder)
            self.log = [line.partition("] ")[2] for line in path.read_text(encoding="utf-8").splitlines()]

    def site_import(self, files: dict[str, str | bytes], name: str = "a") -> None:
        path = self.settings.webdav / f"Impex/src/instance/{name}.zip"
        path.write_bytes(archive(files, name))
        self.import_archive(path.name)

    def import_archive(self, name: str) -> None:
        """Import an archive that lies in Impex/src/instance, or should."""
        path = self.settings.webdav / "Impex/src/instance" / name
        self._job(lambda job: import_site_archive(job, path))

    def feed(self, text: str, mode: Any = "MERGE", site: str = "") -> None:
        path = self.settings.root / "feed.xml"
        path.write_text(text, encoding="utf-8")
        self._job(lambda job: import_feed(job, path, "feed.xml", mode=mode, site=site))

    def catalog(self, inner: str, mode: Any = "MERGE", id_: str = "c") -> None:
        self.feed(document("catalog", inner, f'catalog-id="{id_}"'), mode)

    def prices(self, inner: str, mode: Any = "MERGE") -> None:
        self.feed(document("pricebooks", inner), mode)

    def define(self, *definitions: str, type_id: str = "Product") -> None:
        inner = f"<custom-attribute-definitions>{''.join(definitions)}</custom-attribute-definitions>"
        self.feed(document("metadata", f'<type-extension type-id="{type_id}">{inner}</type-extension>'))

    def export(self, units: dict[str, Any] | None = None) -> dict[str, bytes]:
        path = self.settings.webdav / "Impex/src/instance/export.zip"
        self._job(lambda job: export_site_archive(job, path, units or EVERYTHING))
        return unpacked(path.read_bytes())

    def exported(self, path: str, name: str) -> Any:
        """The root element of one exported file, or None."""
        log = self.log
        content = self.export().get(name)
        self.log = log
        return None if content is None else etree.fromstring(content).find(path) if path else etree.fromstring(content)

    def all(self, element: str, name: str = "catalogs/c/catalog.xml") -> list[Any]:
        """Exported elements just below the root."""
        root = self.exported("", name)
        return [] if root is None else root.findall(f"{{*}}{element}")

    def ids(self, element: str) -> list[str]:
        return [one.get(f"{element}-id") for one in self.all(element)]

    def product(self, id_: str) -> str | None:
        """An exported product without its five create defaults, as text."""
        return self._one("product", id_, _PRODUCT_DEFAULTS)

    def category(self, id_: str) -> str | None:
        return self._one("category", id_, ())

    def _one(self, element: str, id_: str, without: tuple[str, ...]) -> str | None:
        for one in self.all(element):
            if one.get(f"{element}-id") == id_:
                text = plain(one)
                for default in without:
                    text = text.replace(default, "")
                return text.replace(f"></{element}>", "/>") if text.count("<") == 2 else text
        return None

    def problems(self) -> list[str]:
        return [line for line in self.log if line.startswith(("DATA", "ERROR"))]


_PRODUCT_DEFAULTS = (
    "<min-order-quantity>1</min-order-quantity>",
    "<step-quantity>1</step-quantity>",
    "<online-flag>false</online-flag>",
    "<available-flag>true</available-flag>",
    "<searchable-flag>true</searchable-flag>",
)


def attribute(id_: str, type_: str = "string", rest: str = "", *, localizable: bool = False, site_specific: bool = False) -> str:
    """An attribute definition."""
    flags = "<localizable-flag>true</localizable-flag>" if localizable else ""
    flags += "<site-specific-flag>true</site-specific-flag>" if site_specific else ""
    return f'<attribute-definition attribute-id="{id_}"><type>{type_}</type>{flags}{rest}</attribute-definition>'


def enum(*values: str) -> str:
    return (
        f"<value-definitions>{''.join(f'<value-definition><value>{v}</value></value-definition>' for v in values)}"
        "</value-definitions>"
    )


@pytest.fixture
def make_instance(tmp_path: Path) -> Callable[..., Instance]:
    numbers = iter(range(100))
    return lambda **settings: Instance(tmp_path / f"instance{next(numbers)}", **settings)


@pytest.fixture
def instance(make_instance: Callable[..., Instance]) -> Instance:
    return make_instance()


@pytest.fixture
def xsd_dir() -> Path:
    path = Path(os.environ.get("SHARED_DIR", REPOSITORY.parent / "shared")) / "sfcc-xsd"
    if not path.is_dir():
        pytest.skip("the shared reference material (SFCC's schemas) is not there")
    return path


class Server:
    """The command as a process, and a client with a token. `session` calls carry it."""

    def __init__(self, root: Path, *options: str) -> None:
        self._arguments = [sys.executable, "-m", "sandbox.sfcc", "--root", str(root), "--port", "0", *options]
        self.root = root
        self.start()

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if key != "SFCC_XSD_DIR"}
        self.process = subprocess.Popen(self._arguments, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
        assert self.process.stdout is not None
        self.ready = self.process.stdout.readline()
        found = re.search(r"ready at (\S+)", self.ready)
        assert found is not None, self.ready
        self.url = found[1]
        self.session = requests.Session()
        self.session.trust_env = False  # a CA bundle of the environment would win over the session's own
        if self.url.startswith("https"):
            self.session.verify = str(self.root / "tls/ca.pem")
        self.session.headers["Authorization"] = f"Bearer {self.token()['access_token']}"

    def token(self, secret: str = "sandbox") -> dict[str, Any]:
        answer = requests.post(
            f"{self.url}/dwsso/oauth2/access_token",
            auth=("sandbox", secret),
            data={"grant_type": "client_credentials"},
            verify=self.session.verify,
        )
        return {"status": answer.status_code, **answer.json()}

    def stop(self) -> int:
        self.session.close()
        self.process.terminate()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(30)

    def dav(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/on/demandware.servlet/webdav/Sites/{path}", **options)

    def data(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/s/-/dw/data/v21_3/{path}", **options)

    def start_job(self, job: str, body: Any) -> requests.Response:
        return self.data("POST", f"jobs/{job}/executions", json=body)

    def wait(self, execution: dict[str, Any]) -> dict[str, Any]:
        while execution["execution_status"] in ("pending", "running"):
            time.sleep(0.05)
            execution = self.data("GET", f"jobs/{execution['job_id']}/executions/{execution['id']}").json()
        return execution

    def site_import(self, files: dict[str, str | bytes], name: str = "a") -> dict[str, Any]:
        assert self.dav("PUT", f"Impex/src/instance/{name}.zip", data=archive(files, name)).ok
        return self.wait(self.start_job("sfcc-site-archive-import", {"file_name": f"{name}.zip"}).json())

    def log(self, execution: dict[str, Any]) -> str:
        """The log of an execution, whole."""
        return self.dav("GET", execution["log_file_path"].removeprefix("/Sites/")).text

    def export(self, units: dict[str, Any]) -> dict[str, bytes]:
        execution = self.wait(self.start_job("sfcc-site-archive-export", {"export_file": "e.zip", "data_units": units}).json())
        assert execution["status"] == "OK"
        return unpacked(self.dav("GET", "Impex/src/instance/e.zip").content)


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(*options: str, root: Path = tmp_path / "server") -> Server:
        started.append(Server(root, *options))
        return started[-1]

    yield start
    for server in started:
        if server.process.returncode is None:
            server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One process for the tests of a module that need nothing special."""
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
def feeds() -> SimpleNamespace:
    """The helpers of this file, for test modules, which can't import it by name."""
    return SimpleNamespace(
        Instance=Instance,
        document=document,
        archive=archive,
        unpacked=unpacked,
        attribute=attribute,
        enum=enum,
        plain=plain,
        everything=EVERYTHING,
    )
