"""The commands as a person runs them: real sandboxes, an environment of their own, a door before each end that can refuse."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from sandbox import stack

Run = Callable[..., Result]

PASSWORD = "sandbox"


@pytest.fixture(scope="session")
def pim_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo catalogue's PIM; no test changes it."""
    folder = tmp_path_factory.mktemp("pim")
    yield from _pim("demo", folder)


@pytest.fixture(scope="session")
def icecat_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The icecat catalogue's PIM; no test changes it."""
    shared = Path(os.environ.get("SHARED_DIR", str(stack.REPOSITORY.parent / "shared")))
    if not (shared / "icecat").is_dir():
        pytest.skip(f"{shared}/icecat is absent")
    yield from _pim(str(shared / "icecat"), tmp_path_factory.mktemp("icecat"))


def _pim(catalog: str, folder: Path) -> Iterator[str]:
    arguments = ["sandbox", "pim", "--catalog", catalog, "--port", "0", "--state", str(folder / "pim.sqlite")]
    with stack.server("PIM", [str(stack.COMMAND), *arguments], folder / "pim.log") as url:
        yield url


@dataclass(frozen=True)
class Instance:
    """An SFCC sandbox and the folder of its files."""

    url: str
    root: Path


@pytest.fixture(scope="session")
def empty_sfcc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An SFCC instance into which no test imports anything."""
    yield from _sfcc(tmp_path_factory.mktemp("empty_sfcc"))


@pytest.fixture
def own_sfcc(tmp_path: Path) -> Iterator[Instance]:
    """An SFCC instance of the test's own."""
    yield from _sfcc(tmp_path / "sfcc")


def _sfcc(root: Path) -> Iterator[Instance]:
    arguments = ["sandbox", "sfcc", "--root", str(root), "--port", "0"]
    with stack.server("SFCC", [str(stack.COMMAND), *arguments], root.with_suffix(".log")) as url:
        yield Instance(url, root)


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


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder, with no variable of the connector but those given."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in stack.CONNECTOR_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def invoke(app: typer.Typer, *arguments: str, **variables: str | None) -> Result:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            return CliRunner().invoke(app, list(arguments))

    return invoke


def pim_variables(url: str) -> dict[str, str]:
    """The PIM's half of the environment."""
    return {
        "AKENEO_URL": url,
        "AKENEO_CLIENT_ID": "sandbox",
        "AKENEO_CLIENT_SECRET": PASSWORD,
        "AKENEO_USERNAME": "sandbox",
        "AKENEO_PASSWORD": PASSWORD,
    }


@pytest.fixture
def pim_half(pim_url: str) -> dict[str, str]:
    return pim_variables(pim_url)


@pytest.fixture
def sfcc_half(empty_sfcc: Instance) -> dict[str, str]:
    url = empty_sfcc.url
    return {"SFCC_URL": url, "SFCC_LOGIN_URL": url, "SFCC_CLIENT_ID": "sandbox", "SFCC_CLIENT_SECRET": PASSWORD}
