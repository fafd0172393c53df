"""Locks that the operating system frees when their holder dies: one import of products at a time, one import sending at a time,
and one lock a run, which tells that the run still works.

Belongs here: taking, finding and freeing such a lock. Doesn't: what it guards, which runs are dead (`run_locks`). The run queue's
tag limit (dagster.yaml) is what people see; this is what holds when a job is started past the queue.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from filelock import FileLock, Timeout

from akeneo_assets.errors import ConnectorError


@dataclass(frozen=True)
class _Hold:
    """A lock that this process holds: for whom, and the file as it was when the lock was taken."""

    holder: str
    lock: FileLock
    file: os.stat_result


_held: dict[Path, _Hold] = {}
_guard = Lock()

WAITING_FOR: Final = "Waiting for "
"""How the sentence begins that tells whom somebody waits for."""

_ASKED_EVERY: Final = 1.0  # seconds


def acquire(path: Path, holder: str) -> None:
    """Take the lock of product imports for `holder` (a run's id), or keep it where this process already holds it for that run.

    Raises:
        ConnectorError: another run imports products; the message names it and since when.
    """
    with _guard:
        if path in _held and _held[path].holder == holder:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ConnectorError(
                f"Another import of products is running ({_holder(path)}) and 3-1 and 3-2 never run together: "
                "nothing was read or sent; start this one again when it has ended."
            ) from None
        _note(path, holder)
        _held[path] = _Hold(holder, lock, path.stat())


def appear(path: Path, holder: str) -> bool:
    """Take a lock that is `holder`'s alone and tells others that it works. False: this process holds it already.

    The file gets its name when it is held, so that nobody ever sees it free while its holder lives, and names its holder, so that
    it is told from one that was made by looking (`left_by_the_dead`).
    """
    with _guard:
        if path in _held:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        lock = FileLock(aside, thread_local=False)
        lock.acquire(timeout=0)
        aside.write_text(holder)
        _held[path] = _Hold(holder, lock, aside.stat())
        aside.replace(path)
        return True


def release(path: Path, holder: str, *, remove: bool = False) -> None:
    """Free the lock where this process holds it for `holder`, and `remove` its file first, if asked to; anything else is left
    alone."""
    with _guard:
        if holds(path, holder) and remove:
            path.unlink()
        if path in _held and _held[path].holder == holder:
            _held.pop(path).lock.release()


def holds(path: Path, holder: str) -> bool:
    """Whether this process holds the lock for `holder`, and others still find it held: its file is the one that was locked."""
    hold = _held.get(path)
    try:
        return hold is not None and hold.holder == holder and os.path.samestat(hold.file, path.stat())
    except FileNotFoundError:
        return False


def left_by_the_dead(folder: Path) -> Iterator[tuple[Path, str]]:
    """The locks that have appeared in a folder and whose holders died, with the name of each; held while the caller looks at
    them, so that two processes never find the same one at once. The caller removes them."""
    return ((path, holder) for path, holder in _looked_at(folder) if holder is not None)


def held_by_others(folder: Path, own: Path) -> list[Path]:
    """The locks in a folder that somebody holds, `own` left out."""
    return [path for path, holder in _looked_at(folder) if holder is None and path != own]


def _looked_at(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """The locks in a folder, each with the name of its dead holder and held while the caller looks at it; None: somebody holds
    it."""
    for path in sorted(folder.glob("*.lock")):
        lock = FileLock(path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield path, None
            continue
        try:
            if holder := path.read_text():
                yield path, holder
            else:  # the holder ended after the folder was listed, and taking the lock has made the file anew
                path.unlink()
        except FileNotFoundError:
            pass
        finally:
            lock.release()


@contextmanager
def held(path: Path, holder: str, limit: float, tell: Callable[[str], None], does: str = "sends to SFCC") -> Iterator[None]:
    """Hold a lock for the block. While another process holds it, wait, up to `limit` seconds, and tell once who that is, and
    again where it has become another one. `does`: what its holder does, for people.

    Raises:
        ConnectorError: it is still held then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock, end, told = FileLock(path, thread_local=False), time.monotonic() + limit, ""
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            other = _holder(path)
            if time.monotonic() > end:
                raise ConnectorError(
                    f"Another import {does} ({other}), for more than {limit / 60:,.0f} minutes: nothing of this "
                    "one was sent; start it again when that one has ended."
                ) from None
            if other != told:
                tell(f"{WAITING_FOR}the import that {does} now ({other}).")
                told = other
            time.sleep(_ASKED_EVERY)
    try:
        _note(path, holder)
        yield
    finally:
        lock.release()


def _note(path: Path, holder: str) -> None:
    path.with_suffix(".holder").write_text(f"{holder}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


def _holder(path: Path) -> str:
    note = path.with_suffix(".holder")
    return note.read_text() if note.exists() else "another run"
