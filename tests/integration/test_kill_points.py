"""A load whose process is killed, wherever that is, and that is then run again, brings what an undisturbed one brings; nothing
that SFCC has answered is sent twice, and no run stays.

`make soak KILLS=100` kills at a hundred points.
"""

import multiprocessing
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
import pytest

from sandbox import stack
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.archive_transfer import IMPORT
from sfcc_resources.delivery.sfcc_client import Client, Instance
from tests.integration import killed_process
from tests.integration.conftest import Export, Place

CLOCK = "GET /api/rest/v1/channels?limit=1"
"""Asks the PIM for its time, before the load's window is opened."""

LISTS = ("channels", "locales", "currencies", "attributes", "families", "categories")
"""Lists of the PIM that are read page by page from an address of their own name."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test a point."""
    if "kill" in metafunc.fixturenames:
        kills = metafunc.config.getoption("--kills")
        metafunc.parametrize("kill", [(number, kills) for number in range(kills)], ids=lambda kill: f"{kill[0] + 1} of {kill[1]}")


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have imported the connector already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.killed_process"])
    return context


@dataclass
class Site:
    """An empty SFCC instance, and an installation of the connector with a Dagster home of its own."""

    place: Place
    processes: ForkServerContext

    def start(self, target: Callable[..., None], *arguments: Any) -> tuple[int, str]:
        """Run a process to its end; returns its exit code (-9: killed), and what it said."""
        (self.place.folder / "said.txt").unlink(missing_ok=True)
        process = self.processes.Process(target=target, args=(self.place.folder, self.place.environment(), *arguments))
        process.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode, (self.place.folder / "said.txt").read_text()

    def requests(self) -> list[str]:
        """The first lines of all requests since this was asked last."""
        path = self.place.folder / "requests.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def runs(self) -> list[dg.DagsterRunStatus]:
        """What Dagster has its runs as, the newest first."""
        with dg.DagsterInstance.from_config(str(self.place.folder / "dagster")) as instance:
            return [run.status for run in instance.get_runs()]

    def sealed(self) -> Mapping[str, Any]:
        """The steps of the load that are done."""
        path = self.place.store / "loads" / "one" / "package.json"
        sealed: Mapping[str, Any] = orjson.loads(path.read_bytes())["sealed"] if path.exists() else {}
        return sealed

    def archives(self) -> Counter[str]:
        """How often SFCC has imported each archive, by the instance's own list."""
        url = self.place.sfcc_url
        with Client(Instance(url, stack.CREDENTIAL, stack.CREDENTIAL, url)) as client:
            return Counter(done.parameters["ImportFile"] for done in job_executions.search(client, IMPORT, count=200))


@contextmanager
def a_site(folder: Path, pim_url: str, processes: ForkServerContext) -> Iterator[Site]:
    for name in ("store", "dagster"):
        (folder / name).mkdir(parents=True)
    shutil.copy(stack.REPOSITORY / "akeneo_assets" / "dagster.yaml", folder / "dagster")
    command = [str(stack.COMMAND), "sandbox", "sfcc", "--port", "0", "--root", str(folder / "sfcc")]
    with stack.server("sfcc", command, folder / "sfcc.log") as url, dg.DagsterInstance.ephemeral() as none:
        yield Site(Place(folder, pim_url, url, folder / "sfcc", none), processes)


@dataclass(frozen=True)
class Undisturbed:
    """A load that nothing has disturbed: how many points it has, what the instance holds then, which archives it sent."""

    pim_url: str
    points: int
    export: Export
    archives: Counter[str]


@pytest.fixture(scope="module")
def undisturbed(
    pim_of: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, processes: ForkServerContext
) -> Undisturbed:
    pim_url, folder = pim_of("demo"), tmp_path_factory.mktemp("undisturbed")
    with a_site(folder, pim_url, processes) as site:
        code, said = site.start(killed_process.run, 0, ["3-2", "--load", "one"])
        assert code == 0, said
        return Undisturbed(pim_url, int((folder / "points.txt").read_text()), site.place.export(), site.archives())


def test_a_load_killed_at_any_point_and_run_again_brings_what_an_undisturbed_one_brings(
    kill: tuple[int, int], undisturbed: Undisturbed, tmp_path: Path, processes: ForkServerContext
) -> None:
    number, kills = kill
    point = 1 + number * (undisturbed.points - 1) // max(kills - 1, 1)
    with a_site(tmp_path, undisturbed.pim_url, processes) as site:
        code, said = site.start(killed_process.run, point, ["3-2", "--load", "one"])
        assert code == -signal.SIGKILL, said
        before, sealed, concluded = set(site.requests()), site.sealed(), (site.place.store / "loads/one/outcome.json").exists()

        if number % 2 == 1 and site.runs() not in ([], [dg.DagsterRunStatus.SUCCESS]):
            code, said = site.start(killed_process.execute_again)
        else:
            code, said = site.start(killed_process.run, 0, ["3-2", "--load", "one"])

        assert code == 0 or (concluded and "The load 'one' was imported on" in said), said
        assert site.place.export().differs_from(undisturbed.export) == {}
        assert site.archives() == undisturbed.archives, "an archive was sent again"
        assert set(site.runs()) <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
        done = [f"/api/rest/v1/{name}?" for name in LISTS if f"list:{name}" in sealed]
        done += ["/api/rest/v1/products-uuid?", "/api/rest/v1/product-models?"] if "items" in sealed else []
        again = [line for line in site.requests() if line in before and any(address in line for address in done)]
        assert [line for line in again if line != CLOCK] == []
