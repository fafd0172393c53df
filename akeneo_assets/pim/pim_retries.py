"""The retry policy of all calls to the PIM, the token endpoint included: what is tried again, when, and how often.

Source: Akeneo API, good practices (retry 408, 429, 5xx and socket errors with exponential backoff and jitter).
"""

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import tenacity
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from akeneo_assets.pim.pim_errors import TransientPimError

# A PIM (or a proxy before it) that asks for more patience than this gets asked again earlier.
MAX_RETRY_AFTER_S: Final = 300.0

_BACKOFF: Final = tenacity.wait_exponential(multiplier=0.5, max=60) + tenacity.wait_random(0, 0.4)

T = TypeVar("T")


def retried(once: Callable[[], T], *, retries: int, sleep: Callable[[float], None], cancel: threading.Event | None = None) -> T:
    """The result of `once`, tried again after a TransientPimError up to `retries` times. `cancel` ends the waiting.

    Raises the last error of `once`.
    """
    stop: Any = tenacity.stop_after_attempt(1 + retries)
    if cancel:
        stop = stop | tenacity.stop_when_event_set(cancel)
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientPimError),
        stop=stop,
        wait=_wait,
        sleep=tenacity.sleep_using_event(cancel) if cancel else sleep,
        reraise=True,
    )
    return attempts(once)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    backoff = _BACKOFF(state)
    asked = error.retry_after if isinstance(error, TransientPimError) else None
    return backoff if asked is None else min(asked, MAX_RETRY_AFTER_S) + min(backoff, 1.0) / 4


def retry_after(header: str | None) -> float | None:
    """Seconds, from a number or a date; None when absent or unreadable."""
    try:
        return None if header is None else Retry().parse_retry_after(header)
    except InvalidHeader:
        return None
