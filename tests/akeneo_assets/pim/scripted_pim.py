"""A scripted PIM on a real port: it answers each path with what the test lays out for it, failures included."""

import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from akeneo_assets.pim.pim_client import PimClient

DATE = "Tue, 24 Nov 2026 02:00:00 GMT"
TOKEN_PATH = "/api/oauth/v1/token"


@dataclass
class Reply:
    """One scripted answer; `drop` closes the connection instead, `cut` sends only so many bytes of the body, `drip` waits so many
    seconds after each of its bytes."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    cut: int | None = None
    drip: float = 0.0


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class ScriptedPim(ThreadingHTTPServer):
    """`script[path]`: the answers in turn; the last one is repeated. Tokens are `token-1`, `token-2`... unless scripted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: dict[str, deque[Reply]] = defaultdict(deque)
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.under_way = self.most_under_way = 0
        self.tokens_given = 0

    @property
    def address(self) -> str:
        scheme = "https" if isinstance(self.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def answers(self, path: str, *replies: Reply) -> None:
        self.script[path] = deque(replies)

    def calls(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def next_reply(self, path: str) -> Reply:
        replies = self.script.get(path)
        if replies:
            return replies.popleft() if len(replies) > 1 else replies[0]
        if path == TOKEN_PATH:
            self.tokens_given += 1
            given = {"access_token": f"token-{self.tokens_given}", "refresh_token": f"refresh-{self.tokens_given}"}
            return Reply({**given, "expires_in": 3600, "token_type": "bearer", "scope": None})
        return Reply({"code": 404, "message": f"No route found for {path}"}, 404)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms until its head is acknowledged
    server: ScriptedPim

    def do_GET(self) -> None:
        pim = self.server
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with pim.lock:
            pim.under_way += 1
            pim.most_under_way = max(pim.most_under_way, pim.under_way)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            pim.seen.append(Seen(self.command, url.path, query, dict(self.headers), body))
            reply = pim.next_reply(url.path)
        try:
            time.sleep(reply.delay)
        finally:
            with pim.lock:
                pim.under_way -= 1
        self._send(reply)

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def _send(self, reply: Reply) -> None:
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        self.send_response_only(reply.status)
        headers = {"Date": DATE, "Content-Length": str(len(content)), **reply.headers}
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if reply.drip:
            self._drip(content, reply.drip)
            return
        self.wfile.write(content[: reply.cut])
        if reply.cut is not None or not headers["Content-Length"]:
            self.close_connection = True

    def _drip(self, content: bytes, seconds: float) -> None:
        with suppress(OSError):  # the client has gone
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(seconds)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(server: ScriptedPim) -> Iterator[ScriptedPim]:
    """The server at work until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_client(address: str, **settings: Any) -> PimClient:
    return PimClient(address, "the-client", "the-secret", "the-user", "the-password", **{"allow_http": True, **settings})
