import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError, TransientPimError, UnreachableError
from akeneo_assets.pim.pim_retries import MAX_RETRY_AFTER_S, retried, retry_after

PATH = "/api/rest/v1/anything"


class Calls:
    """Fails with each of `errors` in turn, then gives the number of calls."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.made


def test_what_may_pass_is_tried_again_and_what_may_not_is_not(sleeps: list[float]) -> None:
    assert retried(Calls(TransientPimError("a"), UnreachableError("b")), retries=2, sleep=sleeps.append) == 3
    with pytest.raises(PermanentPimError):
        retried(Calls(PermanentPimError("a")), retries=2, sleep=sleeps.append)
    assert len(sleeps) == 2


def test_the_sentence_tells_how_often_it_was_tried_only_if_more_than_once(sleeps: list[float]) -> None:
    def error() -> TransientPimError:
        return TransientPimError("503: Maintenance.", 503, call="GET /x")

    with pytest.raises(TransientPimError, match=r"^GET /x, after 3 tries: 503: Maintenance\.$"):
        retried(Calls(error(), error(), error()), retries=2, sleep=sleeps.append)
    with pytest.raises(TransientPimError, match=r"^GET /x: 503: Maintenance\.$"):
        retried(Calls(error()), retries=0, sleep=sleeps.append)


def test_nobody_there_is_given_up_earlier_than_a_busy_pim(sleeps: list[float]) -> None:
    away, busy = [UnreachableError("away") for _ in range(4)], [TransientPimError("busy") for _ in range(3)]
    with pytest.raises(UnreachableError):
        retried(Calls(*away), retries=8, sleep=sleeps.append, when_unreachable=1)
    assert len(sleeps) == 1
    assert retried(Calls(*busy), retries=8, sleep=sleeps.append, when_unreachable=1) == 4


def test_a_cancelled_call_is_not_tried_again_and_claims_no_retries() -> None:
    cancelled, calls = threading.Event(), Calls(TransientPimError("503", 503, call="GET /x"), TransientPimError("late"))
    cancelled.set()
    with pytest.raises(TransientPimError, match=r"^GET /x: 503$"):
        retried(calls, retries=8, sleep=lambda _: None, cancel=cancelled)
    assert calls.made == 1


def test_a_call_that_can_be_cancelled_waits_as_it_is_told_to(sleeps: list[float]) -> None:
    calls = Calls(TransientPimError("a", retry_after=100.0), TransientPimError("b", retry_after=200.0))
    assert retried(calls, retries=2, sleep=sleeps.append, cancel=threading.Event()) == 3
    assert [seconds // 100 for seconds in sleeps] == [1, 2]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("86400", 86400),
        ("9" * 5000, MAX_RETRY_AFTER_S),
        ("-5", None),
        ("1.5", None),
        ("5, 7", None),
        ("whenever", None),
        ("١٢", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Tue, 24 Nov 2020 02:00:00 +999999", None),
        ("Tue, 24 Nov 2020 02:00:00 GMT", 0),
        ("", None),
        (None, None),
    ],
)
def test_what_a_server_asks_for_is_seconds_or_nothing(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_a_date_is_waited_for() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)
    assert 50 < (retry_after(format_datetime(in_a_minute, usegmt=True)) or 0) <= 60


@given(st.text())
def test_no_header_breaks_the_policy(header: str) -> None:
    assert (retry_after(header) or 0) >= 0


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 8),
        ("86400", 300, 301),  # more patience than is good for a load: capped
        ("whenever", 0, 2),  # unreadable: the usual backoff
        ("-3", 0, 2),
        ("9" * 500, 300, 301),
    ],
)
def test_retry_after_is_honoured(
    pim: ScriptedPim, client: PimClient, sleeps: list[float], header: str, least: float, most: float
) -> None:
    pim.answers(PATH, Reply(status=429, headers={"Retry-After": header}), Reply({}))
    client.get("anything")
    assert least <= sleeps[0] <= most
