"""Only one import of products at a time: a lock that the operating system frees when its holder dies.

The run queue's tag limit (dagster.yaml) is what people see; this is what holds when a job is started past the queue.
"""

from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from akeneo_assets.errors import ConnectorError

_held: dict[Path, tuple[str, FileLock]] = {}
_guard = Lock()


def acquire(path: Path, holder: str) -> None:
    """Take the lock for `holder` (a run's id), or keep it where this process already holds it for that run.

    Raises:
        ConnectorError: another run imports products; the message names it and since when.
    """
    with _guard:
        if path in _held and _held[path][0] == holder:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, thread_local=False)
        note = path.with_suffix(".holder")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            who = note.read_text() if note.exists() else "another run"
            raise ConnectorError(
                f"Another import of products is running ({who}) and 3-1 and 3-2 never run together: "
                "nothing was read or sent; start this one again when it has ended."
            ) from None
        note.write_text(f"{holder}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        _held[path] = (holder, lock)


def release(path: Path, holder: str) -> None:
    """Free the lock where this process holds it for `holder`; anything else is left alone."""
    with _guard:
        if path in _held and _held[path][0] == holder:
            _held.pop(path)[1].release()
