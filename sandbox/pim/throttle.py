"""Rate limits of the SaaS PIM: calls at once by connection and by PIM, and calls a second. Nothing else.

Source: Akeneo API, good practices: 4 at once a connection, 10 a PIM, 100 a second; over it 429, maybe with Retry-After.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.pim.pim_refusals import ApiError

AT_ONCE_CONNECTION = 4
AT_ONCE_PIM = 10
PER_SECOND = 100


class Limits:
    """Counts the calls under way; used from the event loop alone, so it needs no lock."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._recent: deque[float] = deque()

    @contextmanager
    def call(self, client: str, now: float) -> Iterator[None]:
        """Holds one of the client's places while the call runs. Raises ApiError 429 when there is none."""
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self._running[client] >= AT_ONCE_CONNECTION or self._running.total() >= AT_ONCE_PIM or len(self._recent) >= PER_SECOND:
            raise ApiError(429, "Too Many Requests", headers={"Retry-After": "1"})
        self._recent.append(now)
        self._running[client] += 1
        try:
            yield
        finally:
            self._running[client] -= 1
