"""What the whole test session needs: a door before a server, and a quiet end."""

import gc
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import requests
from xdist.scheduler import LoadFileScheduling

from sandbox import stack
from tests.integration import history_plan

_HISTORIES: Final = "histories"

_ALL_KINDS_IN: Final = 40
"""In so many histories each kind of edit, setting, fault and interruption happens at least once."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much the long tests do."""
    parser.addoption("--kills", type=int, default=10, help="at how many points of a load its process is killed")
    parser.addoption("--histories", type=int, default=40, help="how many random histories are tried")
    parser.addoption("--loads", type=int, default=12, help="after how many loads the store must be as small as before")
    parser.addoption("--first", type=int, default=1, help="the first one's seed")
    parser.addoption("--seed", type=int, default=None, help="the one history to try")
    parser.addoption("--pictures", type=Path, default=None, help="a folder for pictures of the pages that the browser opens")
    parser.addoption("--shrink", type=int, default=25, help="how often a history that breaks the law is tried again, shorter")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """A file's tests stay together, but each history is free: they share nothing, and would keep one process busy for long."""

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if "test_histories.py" in nodeid else super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def _histories(config: pytest.Config) -> Counter[str]:
    """What happened in the histories of all processes, and how many there were."""
    stats = config.pluginmanager.getplugin("terminalreporter").stats
    reports = [report for of in ("passed", "failed") for report in stats.get(of, ())]
    given = [value for report in reports for name, value in report.user_properties if name == "history"]
    return sum(map(Counter, given), Counter({_HISTORIES: len(given)}))


def _never(counts: Counter[str]) -> list[str]:
    """The kinds of edits, settings, faults and interruptions that should have happened in so many histories, and haven't."""
    return [kind for kind in history_plan.ALL_KINDS if not counts[kind]] if counts[_HISTORIES] >= _ALL_KINDS_IN else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Histories that never tried something prove nothing about it."""
    if not hasattr(session.config, "workerinput") and _never(_histories(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What happened in the histories, and what should have."""
    counts = _histories(terminalreporter.config)
    if counts[_HISTORIES]:
        terminalreporter.section(_HISTORIES)
        terminalreporter.write_line("\n".join(f"{count:6} {kind}" for kind, count in sorted(counts.items())))
        for kind in _never(counts):
            terminalreporter.write_line(f"NEVER HAPPENED: {kind}", red=True)


def pytest_unconfigure() -> None:
    """Empty DuckDB's modules. Exceptions kept by C extensions (pydantic's, with their frames) outlive the interpreter's own
    clearing, and DuckDB's binding would print a page about each of its functions that they still reach."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("duckdb", "_duckdb")]:
        sys.modules.pop(name).__dict__.clear()
    gc.collect()


@pytest.fixture(scope="session")
def tell_pim() -> Callable[..., None]:
    """Switches the faults of the PIM at an address: `tell_pim(url, {"kind": ...}, ...)`; without any it is well."""

    def tell(url: str, *faults: dict[str, Any]) -> None:
        requests.put(f"{url}/sandbox/faults", json={"faults": faults}, timeout=10).raise_for_status()

    return tell


@dataclass
class Door:
    """A server before another one. `refused`: (method, start of the path) that get the status and body given."""

    behind: str
    refused: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # answered instead of those behind
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def door() -> Iterator[Callable[[str], Door]]:
    """Makes doors; closes them at the end."""
    servers: list[ThreadingHTTPServer] = []

    def make(behind: str) -> Door:
        made = Door(behind)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        return made

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, *_: object) -> None:
            pass

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self._pass
            raise AttributeError(name)

        def _pass(self) -> None:
            door.asked.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            refused = next((a for (m, p), a in door.refused.items() if m == self.command and self.path.startswith(p)), None)
            if refused is not None:
                self._answer(refused[0], [("Content-Type", "application/json")], refused[1].encode())
                return
            connection = HTTPConnection(urlsplit(door.behind).netloc)
            sent = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            connection.request(self.command, self.path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
            dropped = {"transfer-encoding", "content-length", "connection", *(name.lower() for name in door.headers)}
            kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in dropped]
            self._answer(answer.status, [*kept, *door.headers.items()], content)
            connection.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if not any(name.lower() == "date" for name, _ in headers):
                self.send_header("Date", self.date_time_string())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler


@pytest.fixture(scope="module")
def sfcc_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """An SFCC instance: its address, its folder, and what it does wrong."""
    root = tmp_path_factory.mktemp("sfcc")
    command = [str(stack.COMMAND), "sandbox", "sfcc", "--port", "0", "--root", str(root)]
    with stack.server("sfcc", command, root / "sfcc.log") as url:
        yield SimpleNamespace(url=url, root=root, faults=lambda **faults: (root / "faults.json").write_text(json.dumps(faults)))
