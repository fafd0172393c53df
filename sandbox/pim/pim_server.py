"""The ASGI application: authentication, limits, latency, routing to endpoints, compression; and running it with uvicorn.

No endpoint's behaviour here. Endpoints run in worker threads, so that calls overlap as they do in the real PIM.
"""

import asyncio
import socket
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
import uvicorn
from starlette.routing import Match, Route

from sandbox.pim import api_entities, api_media, api_products, api_structure, issued_tokens
from sandbox.pim.api_shared import Answer, Call, Endpoint, Pim
from sandbox.pim.pim_faults import Fault
from sandbox.pim.pim_refusals import ApiError
from sandbox.pim.pim_sight import EVERYTHING
from sandbox.pim.pim_values import HREF
from sandbox.pim.throttle import AT_ONCE_PIM, Limits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

VERSION = {"version": "20261101000000", "edition": "Serenity"}
BASE = "/api/rest/v1"
MIN_GZIP = 1024
MAX_BODY = 256 * 1024 * 1024


SANDBOX = issued_tokens.Credentials("sandbox", "sandbox", "sandbox", "sandbox")


@dataclass(frozen=True)
class Options:
    """How the server behaves, apart from what it holds."""

    credentials: issued_tokens.Credentials = SANDBOX
    latency: float = 0.0
    limits: bool = True
    gzip: bool = True
    token_seconds: int = issued_tokens.ACCESS_SECONDS
    faults: tuple[Fault, ...] = ()


def system_information(_: Pim, __: Call) -> Answer:
    return Answer(body=orjson.dumps(VERSION))


ROUTES: list[tuple[str, str, str, Endpoint]] = [
    *api_products.ROUTES,
    *api_structure.ROUTES,
    *api_entities.ROUTES,
    *api_media.ROUTES,
    ("GET", "/system-information", "pim_api_system_information_get", system_information),
]


class App:
    """The PIM's HTTP side."""

    def __init__(self, pim: Pim, options: Options) -> None:
        self.pim = pim
        self.options = options
        self._limits = Limits()
        self._workers = ThreadPoolExecutor(AT_ONCE_PIM, thread_name_prefix="pim")
        by_path: dict[str, dict[str, Endpoint]] = {}
        for method, path, _, endpoint in ROUTES:
            by_path.setdefault(path, {})[method] = endpoint
        self._routes = [(Route(BASE + path, endpoint=_unused), methods) for path, methods in by_path.items()]

    def close(self) -> None:
        self._workers.shutdown()
        self.pim.store.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        base = f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        try:
            answer = await self._answer(scope, headers, base, await read_body(receive))
        except ApiError as refused:
            answer = Answer(refused.status, orjson.dumps(refused.body()), headers=refused.headers)
        await self._send(answer, headers, base, send)

    async def _answer(self, scope: Message, headers: dict[str, str], base: str, body: bytes) -> Answer:
        method, path = str(scope["method"]), str(scope["path"]).rstrip("/")
        now, started = self.pim.clock(), time.monotonic()
        loop = asyncio.get_running_loop()
        if path == "/api/oauth/v1/token":
            if method != "POST":
                raise _no_method(method, path, ["POST"])
            await self._tarry(started)
            token = await loop.run_in_executor(
                self._workers,
                lambda: issued_tokens.issue(
                    self.pim.store, self.options.credentials, headers, body, now, self.options.token_seconds
                ),
            )
            return Answer(body=orjson.dumps(token))
        if path == BASE:
            return Answer(body=orjson.dumps(_overview(base)))
        client = issued_tokens.client_of(self.pim.store, headers.get("authorization", ""), now)
        with self._place(client):
            endpoint, params = self._find(method, path)
            _check_accept(method, path, headers)
            query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
            call = Call(method, path, params, query, headers, body, scope.get("sight", EVERYTHING))
            try:
                return await loop.run_in_executor(self._workers, self._run, endpoint, call, base)
            finally:
                await self._tarry(started)

    async def _tarry(self, started: float) -> None:
        """Sleep what is left of the latency: an answer takes at least that long, its own work included."""
        await asyncio.sleep(max(0.0, started + self.options.latency - time.monotonic()))

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        with self._limits.call(client, time.monotonic()) if self.options.limits else nullcontext():
            yield

    def _find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        probe = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        allowed: list[str] = []
        for route, methods in self._routes:
            match, child = route.matches(probe)
            if match is Match.NONE:
                continue
            if method in methods:
                return methods[method], {k: str(v) for k, v in child["path_params"].items()}
            allowed += methods
        if allowed:
            raise _no_method(method, path, allowed)
        raise ApiError(404, f'No route found for "{method} {path}"')

    def _run(self, endpoint: Endpoint, call: Call, base: str) -> Answer:
        if call.method == "GET" or call.path.endswith("/search"):
            answer = endpoint(self.pim, call)
        else:
            with self.pim.lock:
                answer = endpoint(self.pim, call)
        if not answer.links or not answer.body:
            return answer
        return Answer(
            answer.status, answer.body.replace(HREF.encode(), f'"href":"{base}'.encode()), answer.content_type, answer.headers
        )

    async def _send(self, answer: Answer, asked: dict[str, str], base: str, send: Send) -> None:
        body = answer.body
        headers = {"content-type": answer.content_type} if answer.status != 204 else {}
        for name, value in answer.headers.items():
            headers[name.lower()] = value.replace("pim-base:", base, 1)
        if self.options.gzip and len(body) >= MIN_GZIP and "gzip" in asked.get("accept-encoding", "") and answer.links:
            packer = zlib.compressobj(1, wbits=31)
            body = await asyncio.get_running_loop().run_in_executor(self._workers, lambda: packer.compress(body) + packer.flush())
            headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
        headers["content-length"] = str(len(body))
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


async def _unused() -> None:
    """Routes only match paths here; `App` calls the endpoints."""


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request. Raises ApiError 400 and 413."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ApiError(400, "The request broke off.")
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > MAX_BODY:
            raise ApiError(413, "Request payload is too large.")
        if not message.get("more_body"):
            return b"".join(parts)


_JSON = ("application/json", "application/*", "*/*")


def _check_accept(method: str, path: str, headers: dict[str, str]) -> None:
    """JSON is all there is to get, except for downloads."""
    accept = headers.get("accept", "*/*")
    if method == "GET" and "media-files/" not in path and not any(kind in accept for kind in _JSON):
        raise ApiError(406, f'"{accept}" in "Accept" header is not valid. Only "application/json" is allowed.')


def _no_method(method: str, path: str, allowed: list[str]) -> ApiError:
    names = ", ".join(sorted(set(allowed)))
    return ApiError(405, f'No route found for "{method} {path}": Method Not Allowed (Allow: {names})', headers={"Allow": names})


def _overview(base: str) -> dict[str, object]:
    plain = {name: {"route": BASE + path.replace(":path", ""), "methods": [method]} for method, path, name, _ in ROUTES}
    return {
        "host": base,
        "authentication": {"fos_oauth_server_token": {"route": "/api/oauth/v1/token", "methods": ["POST"]}},
        "routes": plain,
    }


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def make_server(app: Application) -> uvicorn.Server:
    """The server of an application; its `run` stops cleanly on SIGTERM and SIGINT."""
    return uvicorn.Server(
        uvicorn.Config(
            app, loop="uvloop", http="httptools", lifespan="off", log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=5, timeout_keep_alive=75,
        )
    )  # fmt: skip
