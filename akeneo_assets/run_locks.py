"""Which runs work: each holds a lock of its own in the store while it does, so that a run whose process died is found and ended.

Belongs here: a run's lock, ending the runs of the dead, whether a run may go on. Doesn't: the locks themselves (`loads.lock`).

Dagster alone leaves a run STARTED for ever when its process and the code location's died (a machine that went down, a container
that was killed), and so does `akeneo-sfcc run` that was killed; everything behind it in the queue waits. Dagster's run monitoring
can't tell either: the default launcher has no check of health.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import dagster as dg

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.lock import appear, held_by_others, holds, left_by_the_dead, release
from akeneo_assets.store import Store

DIED: Final = (
    "The process of this run died before the run had ended (it was killed, ran out of memory, or its machine went down): "
    "re-execute the run from failure, or start the job again, a load with the same key; what is done is not done again."
)


def run_lock(store: Store, run_id: str) -> Path:
    """The lock that a run holds while it works."""
    return store.runs / f"{run_id}.lock"


def take(store: Store, run_id: str) -> bool:
    """Hold the run's lock. False: this process does so already."""
    return appear(run_lock(store, run_id), run_id)


def give_back(store: Store, run_id: str) -> None:
    """Free the run's lock and remove it: the run has ended."""
    release(run_lock(store, run_id), run_id, remove=True)


@contextmanager
def at_work(store: Store, run_id: str) -> Iterator[None]:
    """Hold the run's lock for the block."""
    take(store, run_id)
    try:
        yield
    finally:
        give_back(store, run_id)


def others_at_work(store: Store, run_id: str) -> list[str]:
    """The ids of the other runs that work in this store."""
    return [path.stem for path in held_by_others(store.runs, run_lock(store, run_id))]


def end_dead_runs(instance: dg.DagsterInstance, store: Store) -> list[str]:
    """End as failed each run that has a lock in the store which nobody holds, and that Dagster has not as ended. Returns their
    ids.

    A run without such a lock is left alone: it has not begun to work, or works in another store. So is a lock whose run this
    Dagster instance doesn't know.
    """
    ended = []
    for path, run_id in left_by_the_dead(store.runs):
        run = instance.get_run_by_id(run_id)
        if run is None:
            continue
        if not run.is_finished:
            instance.report_run_failed(run, DIED)
            ended.append(run_id)
        path.unlink(missing_ok=True)
    return ended


def refuse_ended(instance: dg.DagsterInstance, run_id: str, locks: Iterable[Path]) -> None:
    """Make sure that a run is still Dagster's and still holds its locks: asked before each archive.

    Raises:
        ConnectorError: it was cancelled, declared dead or deleted, or a lock was taken from it.
    """
    run = instance.get_run_by_id(run_id)
    if run is None or run.status is not dg.DagsterRunStatus.STARTED:
        state = "no longer knows this run" if run is None else f"has this run as {run.status.value}"
        raise ConnectorError(
            f"Dagster {state}: nothing more of it is sent. Re-execute it from failure, or start the job again, a load with the "
            "same key."
        )
    for path in locks:
        if not holds(path, run_id):
            raise ConnectorError(
                f"The lock {path} was removed while this run worked, so that another one may work, too: nothing more of this one "
                "is sent. Leave the store's locks alone, and start the job again, a load with the same key."
            )
