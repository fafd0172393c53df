"""One schedule a job, stopped until a person starts it. A product schedule names a new load each time."""

from typing import Final

import dagster as dg

from akeneo_assets.job_names import ATTRIBUTES, DIFFERENTIAL, FULL, KINDS, MEDIA_PRICEBOOK
from akeneo_assets.loads.partitions import PRODUCT_LOADS, new_key

CRON: Final = {ATTRIBUTES: "0 1 * * *", MEDIA_PRICEBOOK: "30 1 * * *", DIFFERENTIAL: "0 6-22 * * *", FULL: "0 2 * * 0"}
"""Attributes and media at night, products hourly by day, everything once a week."""


def _schedule(job: str, cron: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{job}_schedule",
        job_name=job,
        cron_schedule=cron,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Runs {job} by the clock.",
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        if job not in KINDS:
            return dg.RunRequest()
        key = new_key(KINDS[job], context.scheduled_execution_time)
        # The key has to exist before the run is requested (a sensor may do both in one tick, a schedule may not).
        context.instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [key])
        return dg.RunRequest(run_key=key, partition_key=key)

    return tick


SCHEDULES: Final = [_schedule(job, cron) for job, cron in CRON.items()]
