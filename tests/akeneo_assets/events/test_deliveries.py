"""A delivery is the PIM's only if it is signed with the secret and of now; signatures are made by hand, as Akeneo documents."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akeneo_assets.events.deliveries import RefusedDeliveryError, read_delivery

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "3ha6eonoa9icsckw8kccos084w0c0000g08g40oo4kww0gc8w4"
DELETED = "com.akeneo.pim.v1.product.deleted"


def signature(signed: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def of_platform(secret: str = SECRET, name: str = "primary", **changes: Any) -> tuple[dict[str, str], bytes]:
    event = {
        "specversion": "1.0",
        "id": "018e197c-dfe2-70f8-9346-1a8e016f5fbb",
        "source": "pim",
        "type": DELETED,
        "subject": "0190fe8a-6213-76ce-8a9f-ba36a5ef555a",
        "datacontenttype": "application/json",
        "time": "2026-11-24T11:59:58.123456Z",
        "data": {"product": {"uuid": "3444ec1b-058e-4208-9b6c-284f47a7aa17"}},
    } | changes
    body = json.dumps(event).encode()
    return {f"x-akeneo-signature-{name}": signature(body, secret), "x-akeneo-signature-algorithm": "HmacSHA256"}, body


def of_events_api(sent: datetime = NOW, **changes: Any) -> tuple[dict[str, str], bytes]:
    events = {"events": [{"action": "product.removed", "event_id": "a"}, {"action": "product.updated", "event_id": "b"}]}
    body, stamp = json.dumps(events | changes).encode(), str(int(sent.timestamp()))
    return {
        "x-akeneo-request-signature": signature(f"{stamp}.".encode() + body),
        "x-akeneo-request-timestamp": stamp,
    }, body


def refused(headers: dict[str, str], body: bytes) -> tuple[int, str]:
    with pytest.raises(RefusedDeliveryError) as error:
        read_delivery(headers, body, SECRET, NOW)
    return error.value.status, str(error.value)


@pytest.mark.parametrize("name", ["primary", "secondary"])
def test_an_event_of_the_platform_is_taken_by_either_of_its_two_signatures(name: str) -> None:
    headers, body = of_platform(name=name)
    other = {"primary": "secondary", "secondary": "primary"}[name]
    headers[f"x-akeneo-signature-{other}"] = signature(body, "the secret that is being replaced")
    assert read_delivery(headers, body, SECRET, NOW).events == {"018e197c-dfe2-70f8-9346-1a8e016f5fbb": DELETED}


def test_the_events_api_sends_several_events_and_signs_the_time_with_them() -> None:
    assert read_delivery(*of_events_api(), SECRET, NOW).events == {"a": "product.removed", "b": "product.updated"}


def test_signatures_are_made_here_as_openssl_makes_them() -> None:
    signed = b'1602565368.{"events":[{"action": "product.created", ...}]}'
    # by `openssl dgst -sha256 -hmac`
    assert signature(signed) == "bc8a3f22ef1568222a52a185e36e856b5f97c8350379751d43c357018eb0633e"


def test_what_is_not_signed_with_the_secret_is_refused() -> None:
    advice = "is not signed with AKENEO_EVENTS_SECRET: set the secret that the subscription has"
    assert refused(*of_platform(secret="another")) == (401, advice)
    headers, body = of_platform()
    assert refused(headers, body.replace(b"deleted", b"updated")) == (401, advice)
    assert refused(headers | {"x-akeneo-signature-primary": "é"}, body) == (401, advice)
    headers, body = of_events_api()
    assert refused(headers | {"x-akeneo-request-timestamp": str(int(NOW.timestamp()) + 1)}, body) == (401, advice)
    assert refused(headers, body + b" ") == (401, advice)
    assert refused({}, b"{}") == (401, "has no signature of Akeneo's in its headers")


def test_a_signature_of_the_one_sender_is_none_of_the_other() -> None:
    headers, body = of_platform()
    assert refused({"x-akeneo-request-signature": headers["x-akeneo-signature-primary"]}, body)[0] == 401


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("2026-11-24T09:59:59Z", "is of 2026-11-24 09:59:59 UTC, more than 120 minutes ago"),
        ("2026-11-24T12:05:01+00:00", "is of 2026-11-24 12:05:01 UTC, which is yet to come: compare the clocks"),
    ],
)
def test_an_event_of_the_platform_may_be_two_hours_old_and_of_a_clock_five_minutes_ahead(sent: str, reason: str) -> None:
    assert refused(*of_platform(time=sent)) == (403, reason)
    for moment in ("2026-11-24T10:00:00Z", "2026-11-24T13:04:59+01:00", "2026-11-24T12:00:00"):
        assert read_delivery(*of_platform(time=moment), SECRET, NOW).events


def test_a_request_of_the_events_api_may_be_five_minutes_old() -> None:
    assert read_delivery(*of_events_api(NOW - timedelta(minutes=5)), SECRET, NOW).events
    assert refused(*of_events_api(NOW - timedelta(minutes=5, seconds=1))) == (
        403,
        "is of 2026-11-24 11:54:59 UTC, more than 5 minutes ago",
    )


@pytest.mark.parametrize("stamp", ["", "soon", "9" * 30])
def test_a_time_that_is_none_is_refused_though_it_is_signed(stamp: str) -> None:
    body = b'{"events": []}'
    headers = {"x-akeneo-request-signature": signature(f"{stamp}.".encode() + body), "x-akeneo-request-timestamp": stamp}
    assert refused(headers, body) == (400, f"has '{stamp}' for its time, which are no seconds since 1970")


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"id": 1}', b'{"id": "a", "type": "b", "time": "noon"}', b"[" * 100_000])
def test_what_is_signed_and_holds_no_event_is_refused(body: bytes) -> None:
    status, reason = refused({"x-akeneo-signature-primary": signature(body)}, body)
    assert (status, reason.partition(" (")[0]) == (400, "is no event of the Event Platform")
