"""HTTP answers that go wrong as `faults.json` asks: `"answers": [rule, ...]`.

A rule:

- on: a regular expression for all of "METHOD /path", case ignored. Example: "GET .*/LOGS/.*".
- times: how many requests it changes, counted down in the file; without it, all of them.
- status: the status answered; the request does nothing. `body` and `headers` (a mapping) go with it. Without a body the Data API
  answers a fault, everything else one sentence.
- echo: true: the answer's body repeats the request: its Authorization header, the credentials in it, its body.
- carried_out: true: the request does its work first, and only its answer is replaced.
- lost: true: the request does its work, then the connection is closed after half of the answer's body.
- entries: n: a PROPFIND's answer shows only the first n entries of the folder.

The first rule that fits and has times left is taken.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import Any

import orjson
from lxml import etree
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.sfcc.instance_faults import counting_down

Rule = dict[str, Any]


class ProvokedAnswers:
    """ASGI middleware around an instance."""

    def __init__(self, app: ASGIApp, root: Path) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = self._rule(f"{scope['method']} {scope['path']}") if scope["type"] == "http" else None
        if rule is None:
            await self._app(scope, receive, send)
        elif "entries" in rule:
            await _shortened(await _answer(self._app, scope, receive), rule["entries"])(scope, receive, send)
        elif rule.get("lost"):
            await _break_off(await _answer(self._app, scope, receive), send)
        elif rule.get("carried_out"):
            await _answer(self._app, scope, receive)
            await _replaced(rule, scope, b"")(scope, receive, send)
        else:
            body = await Request(scope, receive).body()
            await _replaced(rule, scope, body)(scope, receive, send)

    def _rule(self, request: str) -> Rule | None:
        with counting_down(self._root) as faults:
            for rule in faults.get("answers", ()):
                if re.fullmatch(rule["on"], request, re.IGNORECASE) and rule.get("times", 1) > 0:
                    if "times" in rule:
                        rule["times"] -= 1
                    return dict(rule)
        return None


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """What the instance answers, kept back."""
    start: Message = {}
    body = bytearray()

    async def keep(message: Message) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        body.extend(message.get("body", b""))

    await app(scope, receive, keep)
    headers = dict(Headers(raw=start["headers"]))
    headers.pop("content-length", None)
    return Response(bytes(body), start["status"], headers)


def _shortened(answer: Response, entries: int) -> Response:
    """A multistatus answer with the folder itself and its first `entries`; any other answer as it is."""
    if answer.status_code == 207:
        multistatus = etree.fromstring(bytes(answer.body))
        for response in list(multistatus)[1 + entries :]:
            multistatus.remove(response)
        return Response(etree.tostring(multistatus), 207, media_type="application/xml; charset=utf-8")
    return answer


async def _break_off(answer: Response, send: Send) -> None:
    """Half an answer: the server closes the connection of an application that returns before its answer is whole."""
    body = bytes(answer.body) or b"\n"  # an answer without a body has no half
    answer.headers["content-length"] = str(len(body))
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


def _replaced(rule: Rule, scope: Scope, request_body: bytes) -> Response:
    status = int(rule.get("status", 500))
    text = str(rule.get("body", f"The answer {status} is provoked by faults.json."))
    if rule.get("echo"):
        text = f"{text} {_echo(Headers(scope=scope).get('authorization', ''), request_body)}"
    headers = {str(k): str(v) for k, v in rule.get("headers", {}).items()}
    if "body" in rule or not scope["path"].startswith("/s/-/dw/data/"):
        return Response(text, status, headers, media_type="text/plain; charset=utf-8")
    fault = {"_v": "21.3", "fault": {"arguments": {}, "type": "ProvokedException", "message": text}}
    return Response(orjson.dumps(fault), status, headers, media_type="application/json;charset=UTF-8")


def _echo(authorization: str, body: bytes) -> str:
    """What a careless server repeats of a request. Example: `Authorization: Basic YTpi (a:b); grant_type=client_credentials`."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        credentials = f" ({base64.b64decode(encoded, validate=True).decode()})" if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        credentials = ""
    return f"Authorization: {authorization}{credentials}; {body[:2000].decode('utf-8', 'replace')}"
