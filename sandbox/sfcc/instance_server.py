"""The HTTP server: routes, the bearer token before them, TLS, and its life from the ready line to SIGTERM."""

import asyncio
import base64
import binascii
import hmac
import shutil
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.sfcc import account_manager, instance_snapshots, ocapi, webdav_server
from sandbox.sfcc.instance_jobs import JobFault, Jobs
from sandbox.sfcc.instance_settings import Settings
from sandbox.sfcc.provoked_answers import ProvokedAnswers
from sandbox.sfcc.storefront import shop_pages

_DATA = "/s/-/dw/data/{version}"

Handler = Callable[[Request], Awaitable[Response]]


def application(settings: Settings, jobs: Jobs) -> ASGIApp:
    """The instance as an ASGI application."""
    key = account_manager.signing_key(settings.root)

    async def token(request: Request) -> Response:
        return _token(settings, key, request.headers.get("authorization", ""), (await request.body()).decode("utf-8", "replace"))

    def data(handler: Callable[[Request, str], Awaitable[Response]]) -> Handler:
        """A Data API endpoint: needs a token, answers faults."""

        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request, _client(request, key))
            except JobFault as problem:
                return ocapi.fault(problem)
            except ValueError as error:
                return ocapi.fault(JobFault(500, "InternalServerErrorException", str(error)))

        return endpoint

    async def dav(request: Request) -> Response:
        if account_manager.inspect(key, _bearer(request)) is not account_manager.TokenState.VALID:
            return PlainTextResponse("Authorization required.\n", status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return await webdav_server.handle(request, settings.webdav, settings.upload_limit_bytes)

    async def unknown(request: Request, error: Exception) -> Response:
        """Data API clients read faults, others a page."""
        assert isinstance(error, HTTPException)
        if not request.url.path.startswith("/s/-/dw/data/"):
            return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
        type_ = "MethodNotAllowedException" if error.status_code == 405 else "ResourcePathNotFoundException"
        return ocapi.fault(JobFault(error.status_code, type_, f"{request.method} {request.url.path}: {error.detail}."))

    executions = f"{_DATA}/jobs/{{job_id}}/executions"
    instance = Starlette(
        routes=[
            Route("/dwsso/oauth2/access_token", token, methods=["POST"]),
            Route(executions, data(lambda r, client: ocapi.start(r, jobs, client)), methods=["POST"]),
            Route(f"{executions}/{{execution_id}}", data(lambda r, _: ocapi.read(r, jobs)), methods=["GET"]),
            Route(f"{executions}/{{execution_id}}", data(lambda r, _: ocapi.delete(r, jobs)), methods=["DELETE"]),
            Route(f"{_DATA}/job_execution_search", data(lambda r, _: ocapi.search(r, jobs)), methods=["POST"]),
            *_snapshots(settings, jobs),
            Route(webdav_server.PREFIX + "/{path:path}", dav, methods=list(webdav_server.METHODS)),
            Route(webdav_server.PREFIX, dav, methods=list(webdav_server.METHODS)),
            *shop_pages.routes(settings),
        ],
        exception_handlers={HTTPException: unknown},
    )
    return ProvokedAnswers(instance, settings.root)


def _snapshots(settings: Settings, jobs: Jobs) -> list[Route]:
    """The paths of `instance_snapshots`, which need no token."""

    def route(path: str, action: Callable[..., None]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                await run_in_threadpool(action, settings, jobs, **request.path_params)
            except JobFault as problem:
                return ocapi.fault(problem)
            return Response(status_code=204)

        return Route(f"/sandbox/{path}", endpoint, methods=["POST"])

    return [
        route("reset", instance_snapshots.reset),
        route("snapshot/{name}", instance_snapshots.take_snapshot),
        route("restore/{name}", instance_snapshots.restore_snapshot),
    ]


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _client(request: Request, key: bytes) -> str:
    """The calling client's id. Raises JobFault where the token is missing, foreign or expired."""
    token = _bearer(request)
    state = account_manager.inspect(key, token)
    if state is account_manager.TokenState.VALID:
        return account_manager.client_of(token)
    message = (
        "The access token is expired."
        if state is account_manager.TokenState.EXPIRED
        else "The access token is missing or invalid."
    )
    raise JobFault(401, "InvalidAccessTokenException", message)


def _token(settings: Settings, key: bytes, authorization: str, form: str) -> Response:
    """Account Manager's answer to a token request: Basic client id and secret (URL-encoded), grant_type=client_credentials."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client_id = secret = ""
    known = hmac.compare_digest(unquote(client_id).encode(), settings.client_id.encode())
    proven = hmac.compare_digest(unquote(secret).encode(), settings.client_secret.encode())
    if scheme.lower() != "basic" or not (known and proven):
        return ocapi.json_response({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    if parse_qs(form).get("grant_type") != ["client_credentials"]:
        return ocapi.json_response(
            {"error": "unsupported_grant_type", "error_description": "The grant type is not supported"}, 400
        )
    access_token = account_manager.issue(key, settings.client_id, settings.token_seconds)
    granted = {"access_token": access_token, "scope": "mail", "token_type": "Bearer", "expires_in": settings.token_seconds}
    return ocapi.json_response(granted)


def certificates(root: Path) -> tuple[Path, Path]:
    """The server's certificate chain with key, and its CA's certificate; made at the first start, kept for the next."""
    folder = root / "tls"
    server, ca = folder / "server.pem", folder / "ca.pem"
    if not ca.exists():
        folder.mkdir(exist_ok=True)
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        server.touch(mode=0o600)
        server.write_bytes(issued.private_key_pem.bytes() + b"".join(c.bytes() for c in issued.cert_chain_pems))
        authority.cert_pem.write_to_path(ca)
    return server, ca


def serve(settings: Settings, port: int, tls: bool) -> None:
    """Run until SIGTERM or SIGINT. Prints one line once requests are answered."""
    shutil.rmtree(settings.root / "work", ignore_errors=True)  # what a killed instance left
    settings.prepare()
    jobs = Jobs(settings)
    listener = socket.create_server(("127.0.0.1", port))
    # An answer is sent in two pieces, head and body; else the second waits 40 ms until the client has acknowledged the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    address = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    line = f"SFCC instance ready at {address} (root {settings.root}"
    # Longer than clients wait between two questions (sfcc-ci: 5 s), else one meets a connection that is just being closed.
    config = uvicorn.Config(
        application(settings, jobs),
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,  # a TLS connection whose client has just left would hold the end up for 30 s
        timeout_keep_alive=75,
    )
    if tls:
        server_pem, ca = certificates(settings.root)
        config.ssl_keyfile = config.ssl_certfile = str(server_pem)
        line += f", CA certificate {ca}"
    try:
        asyncio.run(_until_stopped(config, listener, f"{line})"))
    finally:
        jobs.stop()


async def _until_stopped(config: uvicorn.Config, listener: socket.socket, line: str) -> None:
    # uvicorn raises the signal that stopped it once more; by then it has been obeyed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        print(line, flush=True)
    await serving
