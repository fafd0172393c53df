"""The PIM's limits for callers: so many calls at once, so many a second. Kept for the whole process, not for one client object.

Source: Akeneo API, good practices (4 calls at once a connection, 100 a second a PIM).
"""

import threading
import time
from collections import deque
from types import TracebackType

# Calls that leave within a second may arrive within less: a little more keeps the PIM's own count below the limit.
_SECOND = 1.05

_registry: dict[tuple[str, str], "CallLimits"] = {}
_registry_lock = threading.Lock()


class CallLimits:
    """A context manager around each call: waits for a free place and for its turn."""

    def __init__(self, concurrency: int, requests_per_second: int) -> None:
        self._places = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._starts: deque[float] = deque(maxlen=requests_per_second)

    def __enter__(self) -> None:
        self._places.acquire()
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._starts[0] + _SECOND) if len(self._starts) == self._starts.maxlen else now
            self._starts.append(turn)
        if turn > now:
            time.sleep(turn - now)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._places.release()


def shared_limits(base_url: str, client_id: str, concurrency: int, requests_per_second: int) -> CallLimits:
    """The limits of one connection to one PIM, the same object for all clients of this process (the first one's figures hold)."""
    with _registry_lock:
        return _registry.setdefault((base_url, client_id), CallLimits(concurrency, requests_per_second))
