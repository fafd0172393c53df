"""The switch by which the PIM misbehaves on demand: an ASGI application around the PIM's own.

Belongs here: the address of the switch, counting the calls that a fault meets, waiting, sending. Doesn't: what a fault does
(`pim_faults`). `PUT /sandbox/faults` takes a document of faults, `GET` shows it, with the number of calls that each has met.
"""

import asyncio
from functools import reduce
from http.client import responses
from typing import Any, cast

import msgspec
import orjson

from sandbox.pim.pim_faults import (
    Fault,
    FaultsError,
    PagePastEnd,
    Reply,
    Request,
    Slow,
    first_page,
    is_past_end,
    read_faults,
    refilled,
)
from sandbox.pim.pim_refusals import ApiError
from sandbox.pim.pim_server import App, Message, Receive, Send, read_body
from sandbox.pim.pim_sight import EVERYTHING

ADDRESS = "/sandbox/faults"


class FaultSwitch:
    """Serves the PIM, and what the present faults make of it. Used from the event loop alone, so it needs no lock."""

    def __init__(self, app: App, faults: tuple[Fault, ...] = ()) -> None:
        self._app = app
        self._set(faults)

    def _set(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._calls = [0] * len(faults)
        self._hits = [0] * len(faults)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (not self._faults and scope["path"] != ADDRESS):
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            body = await read_body(receive)
        except ApiError as refused:
            await _send(_json(refused.status, refused.body()), receive, send)
            return
        request = Request(str(scope["method"]), str(scope["path"]), scope["query_string"].decode(), headers, body)
        if request.path == ADDRESS:
            await _send(self._switched(request), receive, send)
            return
        faults = self._due(request)
        if not faults:
            await self._app(scope, _replayed(body), send)
            return
        await asyncio.sleep(sum(f.seconds for f in faults if isinstance(f, Slow)))
        await _send(await self._misbehaved(faults, scope, request), receive, send)

    def _switched(self, request: Request) -> Reply:
        """The answer of the switch itself."""
        if request.method not in ("GET", "PUT"):
            return _json(405, {"code": 405, "message": f"{ADDRESS} knows PUT and GET."})
        if request.method == "PUT":
            try:
                self._set(read_faults(request.body))
            except FaultsError as wrong:
                return _json(400, {"code": 400, "message": str(wrong)})
        return _json(200, {"faults": msgspec.to_builtins(self._faults), "hits": self._hits})

    def _due(self, request: Request) -> list[Fault]:
        """The faults that strike this call, which is counted."""
        due = []
        for number, fault in enumerate(self._faults):
            if not fault.meets(request):
                continue
            self._calls[number] += 1
            if self._calls[number] > fault.after and (fault.times is None or self._hits[number] < fault.times):
                self._hits[number] += 1
                due.append(fault)
        return due

    async def _misbehaved(self, faults: list[Fault], scope: Message, request: Request) -> Reply:
        reply = next((r for f in faults if (r := f.replaced(request)) is not None), None)
        if reply is None:
            sight = reduce(lambda seen, fault: fault.narrowed(seen), faults, EVERYTHING)
            inner = {**scope, "sight": sight}
            reply = await self._asked(inner, request.body)
            if any(isinstance(f, PagePastEnd) for f in faults) and is_past_end(reply):
                first = await self._asked({**inner, "query_string": first_page(request.query).encode()}, request.body)
                reply = refilled(reply, first)
        return reduce(lambda altered, fault: fault.altered(altered), faults, reply)

    async def _asked(self, scope: Message, body: bytes) -> Reply:
        """The PIM's own answer, uncompressed."""
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, _replayed(body), keep)
        start, content = sent
        return Reply(
            start["status"], {k.decode("latin-1"): v.decode("latin-1") for k, v in start["headers"]}, bytes(content["body"])
        )


def _json(status: int, document: dict[str, Any]) -> Reply:
    return Reply(status, {"content-type": "application/json"}, b"").with_body(orjson.dumps(document))


def _replayed(body: bytes) -> Receive:
    """A `receive` that gives a body that was read before."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _send(reply: Reply, receive: Receive, send: Send) -> None:
    if reply.manner == "whole":
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.body})
        return
    transport = _transport(send)
    if reply.manner == "broken":
        lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}", *(f"{k}: {v}" for k, v in reply.headers.items())]
        transport.write("\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1") + reply.body)
    transport.close()
    ended = False
    while not ended:  # until the server knows that the connection is over: it would answer in our place
        ended = (await receive())["type"] == "http.disconnect"


def _transport(send: Send) -> asyncio.Transport:
    """uvicorn's own connection: it refuses to send an answer that breaks HTTP, which is what is wanted here."""
    transport: asyncio.Transport = cast(Any, send).__self__.transport
    return transport
