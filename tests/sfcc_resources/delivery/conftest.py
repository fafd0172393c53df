"""A small real HTTP server that answers as SFCC does, with failures on demand."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
import trustme

from sfcc_resources.delivery.sfcc_client import Client, Instance

SITES = "/on/demandware.servlet/webdav/Sites/"
SECRET = "s3cr&t"
LISTING = """<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{0}</D:multistatus>"""
ENTRY = (
    "<D:response><D:href>{href}</D:href><D:propstat><D:prop><D:resourcetype>{kind}</D:resourcetype>"
    "<D:getcontentlength>{size}</D:getcontentlength><D:getlastmodified>Tue, 24 Nov 2026 02:00:00 GMT</D:getlastmodified>"
    "</D:prop></D:propstat></D:response>"
)


@dataclass
class Sfcc:
    """The server's state. `failures`: answers given once instead of the real one, to calls `METHOD path` that contain a text."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    failures: list[tuple[str, int, Any, dict[str, str]]] = field(default_factory=list)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: int = 0
    valid: set[str] = field(default_factory=set)
    polls: int = 0  # answers RUNNING so often
    final: str = "OK"
    ends_as: str = "finished"
    drop_start: bool = False  # starts the job, then hangs up without an answer
    log_after: int = 0  # answers so often that there is no log, although the job has ended
    cuts: list[tuple[str, int, bool]] = field(default_factory=list)  # see `cut`

    def fail(self, call: str, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        self.failures.append((call, status, body, headers or {}))

    def cut(self, call: str, size: int, *, sized: bool = True, times: int = 1) -> None:
        """The next answers to a call break off after `size` bytes; `sized`: they have said before how long they are."""
        self.cuts += [(call, size, sized)] * times


def fault(kind: str, message: str) -> dict[str, Any]:
    return {"_v": "25.6", "fault": {"type": kind, "message": message, "arguments": {}}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms until its head is acknowledged
    sfcc: Sfcc

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        call = f"{self.command} {unquote(self.path)}"
        cut = next((cut for cut in self.sfcc.cuts if cut[0] in call), None)
        if cut is not None:
            self.sfcc.cuts.remove(cut)
            self.close_connection = True
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if cut is None or cut[2]:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data if cut is None else data[: cut[1]])

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _any(self) -> None:
        sfcc = self.sfcc
        path = unquote(self.path)
        call = f"{self.command} {path}"
        sfcc.calls.append(call)
        body = self._body()
        for number, (wanted, status, answer, headers) in enumerate(sfcc.failures):
            if wanted in call:
                del sfcc.failures[number]
                return self._answer(status, answer, headers)
        if path == "/dwsso/oauth2/access_token":
            return self._token(body)
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in sfcc.valid:
            return self._answer(401, fault("InvalidAccessTokenException", "The access token is invalid."))
        if path.startswith(SITES):
            return self._webdav(path.removeprefix(SITES).rstrip("/"), body)
        return self._api(path, json.loads(body or b"{}"))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PROPFIND = do_MKCOL = _any  # noqa: N815

    def _token(self, body: bytes) -> None:
        given = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        if given != "client:s3cr%26t" or parse_qs(body.decode()) != {"grant_type": ["client_credentials"]}:
            error = {"error": "invalid_client", "error_description": f"Client authentication failed for {given}"}
            return self._answer(401, error)
        self.sfcc.tokens += 1
        token = f"token-{self.sfcc.tokens}"
        self.sfcc.valid = {token}
        return self._answer(200, {"access_token": token, "expires_in": 1799, "token_type": "Bearer"})

    def _webdav(self, path: str, body: bytes) -> None:
        files = self.sfcc.files
        if self.command == "PUT":
            files[path] = body
            return self._answer(201)
        if self.command == "MKCOL":
            return self._answer(405 if any(name.startswith(path + "/") for name in files) else 201)
        if self.command == "PROPFIND":
            inside = {name.removeprefix(path + "/").split("/")[0] for name in files if name.startswith(path + "/")}
            if not inside:
                return self._answer(404)
            entries = [ENTRY.format(href=f"{SITES}{path}/", kind="<D:collection/>", size=0)]
            for name in inside:
                full = f"{path}/{name}"
                kind = "" if full in files else "<D:collection/>"
                entries.append(ENTRY.format(href=f"{SITES}{full}", kind=kind, size=len(files.get(full, b""))))
            return self._answer(207, LISTING.format("".join(entries)).encode())
        if path not in files:
            return self._answer(404, b"<html><body><h1>Not  Found</h1></body></html>")
        if self.command == "DELETE":
            del files[path]
            return self._answer(204)
        return self._answer(200, files[path])

    def _api(self, path: str, body: dict[str, Any]) -> None:
        sfcc = self.sfcc
        if path.endswith("/job_execution_search"):
            hits = sorted(sfcc.executions.values(), key=lambda one: str(one["id"]), reverse=True)
            return self._answer(200, {"count": len(hits), "hits": hits, "total": len(hits)})
        if self.command == "POST":
            number = len(sfcc.executions) + 1
            values = [{"name": "ImportFile", "value": body.get("file_name") or body.get("parameters", [{}])[0].get("value")}]
            execution = {
                "id": f"e{number}",
                "job_id": path.split("/")[-2],
                "client_id": "client",
                "status": "PENDING",
                "execution_status": "pending",
                "start_time": f"2026-11-24T02:00:0{number}.000Z",
                "parameters": values,
                "is_log_file_existing": False,
                "log_file_path": f"/Sites/LOGS/jobs/e{number}.log",
                "left": sfcc.polls,
            }
            sfcc.executions[f"e{number}"] = execution
            sfcc.files[f"LOGS/jobs/e{number}.log"] = b"Starting Import\nProcessed 0 total elements\n"
            if sfcc.drop_start:
                sfcc.drop_start = False
                self.close_connection = True
                return None
            return self._answer(202, execution)
        execution = sfcc.executions.get(path.rsplit("/", 1)[-1])
        if execution is None:
            return self._answer(404, fault("JobExecutionNotFoundException", "No execution with this ID was found."))
        execution["left"] -= 1
        execution |= {"status": "RUNNING", "execution_status": "running"}
        if execution["left"] < 0:
            execution["is_log_file_existing"] = sfcc.log_after <= 0
            sfcc.log_after -= 1
            execution |= {
                "status": sfcc.final,
                "execution_status": sfcc.ends_as,
                "exit_status": {"code": sfcc.final, "status": "ok"},
            }
        return self._answer(200, execution)


@contextmanager
def _running(context: ssl.SSLContext | None = None) -> Iterator[Sfcc]:
    state = Sfcc()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sfcc": state}))
    server.daemon_threads = True
    if context is not None:
        # The handshake belongs to the thread of the connection: a client that breaks it off disturbs no other.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    state.url = f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def served_over_tls(authority: trustme.CA) -> Iterator[tuple[str, Sfcc]]:
    """A running server with a certificate of `authority`: its address and its state."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with _running(context) as state:
        yield state.url, state


@pytest.fixture
def sfcc() -> Iterator[Sfcc]:
    """A running server."""
    with _running() as state:
        yield state


@pytest.fixture
def client(sfcc: Sfcc) -> Iterator[Client]:
    """A client of that server, with short pauses."""
    with Client(Instance(sfcc.url, "client", SECRET, sfcc.url, backoff=0.01, retries=3)) as opened:
        yield opened
