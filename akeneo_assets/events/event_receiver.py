"""The HTTP server that takes in deliveries of events.

Belongs here: requests, answers and their statuses, the ids seen before, the log. Doesn't: what a delivery holds (`deliveries`),
what becomes of it (`event_wake`).

Each delivery is answered within milliseconds, since the Events API waits for half a second, the Event Platform for five. The
sender repeats what it has no 200 for, and suspends the subscription after many failures, a 404 or a redirect: so any path is
taken, and an event that came before is answered with 200, and wakes nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from akeneo_assets.errors import shown
from akeneo_assets.events.deliveries import Delivery, RefusedDeliveryError, read_delivery
from akeneo_assets.events.event_wake import read_wake, woken, write_wake

LARGEST: Final = 16 << 20
"""Bytes of a body: the Events API sends up to ten whole products."""
_SLOWEST: Final = 5.0
"""Seconds that a sender may take for its body."""
_REMEMBERED: Final = 100_000
"""Ids of events, the last ones. One that is forgotten, also by a restart, wakes once more while it isn't stale."""

_CONNECTIONS: Final = 500
"""At once; more are answered with 503."""

_log = logging.getLogger("akeneo_sfcc.events")


class EventReceiver:
    """Takes in deliveries, and wakes the sensor by the file at `path`. One receiver a store."""

    def __init__(self, secret: str, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._secret, self._path, self._clock = secret, path, clock
        self._wake = read_wake(path)
        self._seen: dict[str, None] = {}
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "HEAD", "POST"])])

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":  # the Event Platform looks by HEAD whether somebody is there
            return PlainTextResponse("Send events here by POST.\n")
        try:
            body = await asyncio.wait_for(_body(request), _SLOWEST)
            delivery = read_delivery(dict(request.headers), body, self._secret, self._clock())
            self._take(delivery)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return _refused(request, 408, f"took more than {_SLOWEST:.0f} s to arrive")
        except RefusedDeliveryError as refused:
            return _refused(request, refused.status, str(refused))
        except OSError as error:  # the sender tries again
            return _refused(request, 503, f"can't be noted in the store ({error.strerror}): make room or give rights")
        return PlainTextResponse("ok\n")

    def _take(self, delivery: Delivery) -> None:
        new = {id_: kind for id_, kind in delivery.events.items() if id_ not in self._seen}
        if not new:
            _log.info("Passed over a delivery: its events (%s) came before.", shown(", ".join(delivery.events)))
            return
        wake = woken(self._wake, set(new.values()), self._clock())
        write_wake(self._path, wake)
        self._wake = wake
        self._seen |= dict.fromkeys(new)
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            raise RefusedDeliveryError(413, f"has more than {LARGEST >> 20} MiB")
        chunks.append(chunk)
    return b"".join(chunks)


def _refused(request: Request, status: int, reason: str) -> Response:
    sender = request.client.host if request.client else "an unknown address"
    _log.warning("Refused a delivery of events from %s with %d: it %s.", sender, status, reason)
    return PlainTextResponse(f"Refused: it {reason.partition(':')[0]}.\n", status)


def event_server(receiver: EventReceiver) -> uvicorn.Server:
    """The server, to be run on a socket that listens."""
    config = uvicorn.Config(receiver.app, log_level="error", access_log=False, lifespan="off", limit_concurrency=_CONNECTIONS)
    return uvicorn.Server(config)
