"""Dagster's records of old imports: the runs that worked on them, and their partition keys.

Belongs here: finding and removing them. Doesn't: which imports are old (`loads.folding`).
"""

from collections.abc import Iterator
from typing import Final

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import PARTITION_TAG, PRODUCT_LOADS

ROOT_TAG: Final = "dagster/root_run_id"

UNFINISHED: Final = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def in_use(instance: dg.DagsterInstance, own_run: str) -> set[str]:
    """The names of the imports that a queued or running run other than `own_run` may still work on."""
    runs = [run for run in instance.get_runs(RunsFilter(statuses=UNFINISHED)) if run.run_id != own_run]
    return {run.tags.get(PARTITION_TAG) or run.root_run_id or run.run_id for run in runs}


def forget(instance: dg.DagsterInstance, package: Package) -> None:
    """Remove all runs that worked on an import, with their logs, and its partition key. None of them is in progress
    (`in_use`)."""
    for run in _runs_of(instance, package):
        if run.is_finished:
            instance.compute_log_manager.delete_logs(prefix=[run.run_id])
            instance.delete_run(run.run_id)
    name = PRODUCT_LOADS.name or ""
    if package.is_load and instance.has_dynamic_partition(name, package.name):
        instance.delete_dynamic_partition(name, package.name)


def _runs_of(instance: dg.DagsterInstance, package: Package) -> Iterator[dg.DagsterRun]:
    if package.is_load:
        yield from instance.get_runs(RunsFilter(tags={PARTITION_TAG: package.name}))
        return
    if (run := instance.get_run_by_id(package.name)) is not None:  # jobs 1 and 2: the package bears the name of the first run
        yield run
    yield from instance.get_runs(RunsFilter(tags={ROOT_TAG: package.name}))
