"""The PIM's limits for callers: so many calls at once, so many a second. Kept for the whole process, not for one client object.

Source: Akeneo API, good practices (4 calls at once a connection, 100 a second a PIM).
"""

import threading
import time
from types import TracebackType

# Calls that leave evenly may arrive in bunches; a little slower than the limit keeps the PIM's own count below it.
_PACE = 1.02

_registry: dict[tuple[str, str], "CallLimits"] = {}
_registry_lock = threading.Lock()


class CallLimits:
    """A context manager around each call: waits for a free place and for its turn."""

    def __init__(self, concurrency: int, requests_per_second: float) -> None:
        self._places = threading.BoundedSemaphore(concurrency)
        self._interval = _PACE / requests_per_second
        self._lock = threading.Lock()
        self._next_turn = 0.0

    def __enter__(self) -> None:
        self._places.acquire()
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._interval
        if turn > now:
            time.sleep(turn - now)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._places.release()


def shared_limits(base_url: str, client_id: str, concurrency: int, requests_per_second: float) -> CallLimits:
    """The limits of one connection to one PIM, the same object for all clients of this process (the first one's figures hold)."""
    with _registry_lock:
        return _registry.setdefault((base_url, client_id), CallLimits(concurrency, requests_per_second))
