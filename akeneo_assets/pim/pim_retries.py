"""The retry policy of all calls to the PIM, the token endpoint included: what is tried again, when, and how often.

Source: Akeneo API, good practices (retry 408, 429, 5xx and socket errors with exponential backoff and jitter).
"""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import tenacity

from akeneo_assets.pim.clock import date_header
from akeneo_assets.pim.pim_errors import TransientPimError, UnreachableError

# A PIM (or a proxy before it) that asks for more patience than this gets asked again earlier.
MAX_RETRY_AFTER_S: Final = 300.0

_BACKOFF: Final = tenacity.wait_exponential(multiplier=0.5, max=60) + tenacity.wait_random(0, 0.4)

T = TypeVar("T")


def retried(
    once: Callable[[], T],
    *,
    retries: int,
    sleep: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
    when_unreachable: int | None = None,
) -> T:
    """The result of `once`, tried again after a TransientPimError up to `retries` times.

    `when_unreachable`: so many retries instead where nobody answers at all. `cancel` ends the waiting and the trying.
    `sleep` waits instead of the clock; then `cancel` ends the trying only.

    Raises the last error of `once`; a TransientPimError knows how often it was tried.
    """

    def is_last(state: tenacity.RetryCallState) -> bool:
        unreachable = isinstance(_error(state), UnreachableError)
        most = when_unreachable if unreachable and when_unreachable is not None else retries
        return state.attempt_number > most or (cancel is not None and cancel.is_set())

    attempts: Any = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientPimError),
        stop=is_last,
        wait=_wait,
        sleep=sleep or (tenacity.sleep_using_event(cancel) if cancel else time.sleep),
        reraise=True,
    )
    try:
        result: T = attempts(once)
    except TransientPimError as error:
        error.tries = attempts.statistics["attempt_number"]
        raise
    return result


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait(state: tenacity.RetryCallState) -> float:
    error = _error(state)
    backoff = _BACKOFF(state)
    asked = error.retry_after if isinstance(error, TransientPimError) else None
    return backoff if asked is None else min(asked, MAX_RETRY_AFTER_S) + min(backoff, 1.0) / 4


def retry_after(header: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks for: at least 0; None when it is absent, or neither a number nor a date.

    Example: `"7"` -> 7.0, `"Tue, 24 Nov 2026 02:00:00 GMT"` -> the seconds until then, `"-5"` and `"soon"` -> None.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
        return seconds if math.isfinite(seconds) else MAX_RETRY_AFTER_S
    moment = date_header(text)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())
