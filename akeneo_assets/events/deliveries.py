"""One delivery of events: whether it is the PIM's, how old it is, and which events it brings. Pure.

Belongs here: what both senders sign and send. Doesn't: HTTP (`event_receiver`), remembering (`event_wake`).

Sources: Akeneo's documentation of the Event Platform (concepts, key platform behaviors) and of the Events API (security,
subscription). Neither names an age beyond which a delivery is stale.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from akeneo_assets.errors import shown

OLDEST_PLATFORM: Final = timedelta(hours=2)
"""The Event Platform's last try comes 35 minutes after the first, and an hour of throttling counts as a failure there."""
OLDEST_EVENTS_API: Final = timedelta(minutes=5)
"""The Events API signs each request when it sends it, and never tries again."""
EARLIEST: Final = timedelta(minutes=5)
"""How far the sender's clock may be ahead of this machine's."""


class RefusedDeliveryError(Exception):
    """A delivery that wakes nobody: `status` is HTTP's, the message the end of a sentence that begins with `it`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Delivery:
    """The events of one delivery: kind by id, e.g. `{"018e197c-...": "com.akeneo.pim.v1.product.deleted"}`."""

    events: dict[str, str]


class _PlatformEvent(msgspec.Struct):
    id: str
    type: str
    time: datetime


class _ApiEvent(msgspec.Struct):
    event_id: str
    action: str


class _ApiEvents(msgspec.Struct):
    events: list[_ApiEvent]


def read_delivery(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Delivery:
    """The events of a delivery. `headers`: names in lower case.

    The Event Platform signs the body, with up to two secrets, so that one can be replaced; the Events API signs the time in its
    header, a dot and the body. Both give hexadecimal HMAC-SHA256.

    Raises:
        RefusedDeliveryError: 401 not signed, or not with this secret; 403 too old, or from the future; 400 no events.
    """
    if "x-akeneo-request-signature" in headers:
        stamp = headers.get("x-akeneo-request-timestamp", "")
        _check_signature(secret, stamp.encode() + b"." + body, headers["x-akeneo-request-signature"])
        _check_age(_moment(stamp), now, OLDEST_EVENTS_API)
        try:
            return Delivery({event.event_id: event.action for event in msgspec.json.decode(body, type=_ApiEvents).events})
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RefusedDeliveryError(400, f"is no delivery of the Events API ({shown(str(error))})") from None
    _check_signature(secret, body, headers.get("x-akeneo-signature-primary", ""), headers.get("x-akeneo-signature-secondary", ""))
    try:
        event = msgspec.json.decode(body, type=_PlatformEvent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedDeliveryError(400, f"is no event of the Event Platform ({shown(str(error))})") from None
    _check_age(event.time if event.time.tzinfo else event.time.replace(tzinfo=UTC), now, OLDEST_PLATFORM)
    return Delivery({event.id: event.type})


def _check_signature(secret: str, signed: bytes, *signatures: str) -> None:
    if not any(signatures):
        raise RefusedDeliveryError(401, "has no signature of Akeneo's in its headers")
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
    if not sum(hmac.compare_digest(signature.encode(), expected) for signature in signatures):
        raise RefusedDeliveryError(401, "is not signed with AKENEO_EVENTS_SECRET: set the secret that the subscription has")


def _moment(stamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise RefusedDeliveryError(400, f"has '{shown(stamp)}' for its time, which are no seconds since 1970") from None


def _check_age(sent: datetime, now: datetime, oldest: timedelta) -> None:
    when = f"{sent.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if now - sent > oldest:
        raise RefusedDeliveryError(403, f"is of {when}, more than {oldest.total_seconds() / 60:.0f} minutes ago")
    if sent - now > EARLIEST:
        raise RefusedDeliveryError(403, f"is of {when}, which is yet to come: compare the clocks")
