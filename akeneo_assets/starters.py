"""Starting 3-1 and 3-2 by two clicks: jobs without partitions, which name the load by the clock.

Belongs here: these jobs, and the sensor that starts the load they have named. Doesn't: the jobs that import (`jobs`), which are
partitioned so that a failed load can be run again under its name.
"""

from datetime import UTC, datetime
from typing import Final

import dagster as dg

from akeneo_assets.job_names import DIFFERENTIAL, FULL, KINDS
from akeneo_assets.jobs import JOBS
from akeneo_assets.loads.partitions import PRODUCT_LOADS, new_key
from akeneo_assets.waiting import beside, named

LOAD_TAG: Final = "akeneo_sfcc/starts"
"""Tag of a starter's run: the key of the load that it has named."""

STARTED_BY: Final = {f"start_{name.removeprefix('akeneo_')}": name for name in (DIFFERENTIAL, FULL)}
"""Starter -> the job that it starts."""


def _starter(name: str, job: str) -> dg.JobDefinition:
    @dg.op(name=f"{name}_now", out=dg.Out(dg.String, description="The load's name."))
    def name_load(context: dg.OpExecutionContext) -> str:
        key = new_key(KINDS[job], datetime.now(UTC))
        context.instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [key])
        context.instance.add_run_tags(context.run_id, {LOAD_TAG: key})
        other = beside(context.instance, job)
        when = f"waits for {named(other)} and begins once that one has ended" if other else "begins within seconds"
        context.log.info(f"{job} {when}, as the load '{key}'.")
        return key

    @dg.job(
        name=name,
        description=(
            f"Starts {job} with a new load, named by the clock: Launchpad, Launch run. To run a failed load again, re-execute "
            f"its run, or choose its key in {job}."
        ),
        executor_def=dg.in_process_executor,
    )
    def start() -> None:
        name_load()

    return start


STARTERS: Final = [_starter(name, job) for name, job in STARTED_BY.items()]


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=STARTERS,
    request_jobs=[job for job in JOBS if job.name in KINDS],
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts the loads that the start_... jobs have named.",
)
def named_loads(context: dg.RunStatusSensorContext) -> dg.RunRequest:
    """Requests one run a load, be the sensor asked twice."""
    run = context.dagster_run
    key = run.tags[LOAD_TAG]
    return dg.RunRequest(run_key=key, partition_key=key, job_name=STARTED_BY[run.job_name])
