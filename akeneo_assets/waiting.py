"""Why a run waits, told in its own story: once a cause, in its log and in a tag that the runs page shows.

Belongs here: the sentence and the tag. Doesn't: who works before whom (`queue_order`), the locks (`loads.lock`), the sensor
(`sensors`).
"""

from collections.abc import Callable
from typing import Final

import dagster as dg

from akeneo_assets.loads.lock import WAITING_FOR
from akeneo_assets.loads.partitions import PARTITION_TAG
from akeneo_assets.queue_order import HOLDING, ahead_of, queue_tags

BEHIND_TAG: Final = "akeneo_sfcc/behind"
"""Run tag that names the run, or the import, that this run waits for or has last waited for."""


def named(run: dg.DagsterRun) -> str:
    """A run for people: `akeneo_3_2_full_import_products (load full_20261124T020000Z, run 1a2b3c4d)`. Dagster's pages show the
    first eight letters of a run's id, too."""
    load = f"load {run.tags[PARTITION_TAG]}, " if PARTITION_TAG in run.tags else ""
    return f"{run.job_name} ({load}run {run.run_id[:8]})"


def tell_queued(instance: dg.DagsterInstance) -> int:
    """Tell each run in the queue that waits for another import which one that is; returns how many were told something new."""
    queued = dg.DagsterRunStatus.QUEUED
    unfinished = instance.get_runs(dg.RunsFilter(statuses=[queued, *HOLDING]), ascending=True)
    told = 0
    for run in (run for run in unfinished if run.status is queued):
        other = ahead_of(run, unfinished)
        if other is None or run.tags.get(BEHIND_TAG) == named(other):
            continue
        sentence = f"{WAITING_FOR}{named(other)}: imports work one at a time. This one begins by itself once that one has ended."
        instance.report_engine_event(sentence, run)
        instance.add_run_tags(run.run_id, {BEHIND_TAG: named(other)})
        told += 1
    return told


def tell_of_lock(run_id: str, instance: dg.DagsterInstance, tell: Callable[[str], None]) -> Callable[[str], None]:
    """What a run gives `loads.lock.held` to tell its waiting with: `tell` is its log."""

    def waits(sentence: str) -> None:
        tell(sentence)
        instance.add_run_tags(run_id, {BEHIND_TAG: sentence.removeprefix(WAITING_FOR).removesuffix(".")})

    return waits


def beside(instance: dg.DagsterInstance, job: str) -> dg.DagsterRun | None:
    """The run that works already, and that a run of this job would wait for in the queue; None: there is none."""
    unfinished = instance.get_runs(dg.RunsFilter(statuses=HOLDING), ascending=True)
    return ahead_of(dg.DagsterRun(job, tags=queue_tags(job)), unfinished)
