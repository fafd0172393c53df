"""One schedule a job, at the times of connector.yaml, stopped until a person starts it. A product schedule names a new load each
time.

Belongs here: the schedules. Doesn't: the times (`settings.schedule_settings`), what waits for what (`queue_order`).
"""

from typing import Final

import dagster as dg

from akeneo_assets.errors import SettingsError
from akeneo_assets.job_names import ATTRIBUTES, DIFFERENTIAL, FULL, KINDS, MEDIA_PRICEBOOK
from akeneo_assets.loads.partitions import PRODUCT_LOADS, new_key
from akeneo_assets.settings.connector import load
from akeneo_assets.settings.environment import settings_file
from akeneo_assets.settings.schedule_settings import Schedules


def schedules(settings: Schedules, problem: str = "") -> list[dg.ScheduleDefinition]:
    """The schedules of these settings. `problem`: what is wrong with connector.yaml, which each tick then fails with."""
    times = {
        ATTRIBUTES: settings.attributes,
        MEDIA_PRICEBOOK: settings.media_pricebook,
        DIFFERENTIAL: settings.differential,
        FULL: settings.full,
    }
    return [_schedule(job, crons, settings.timezone, problem) for job, crons in times.items() if crons]


def configured_schedules() -> list[dg.ScheduleDefinition]:
    """The schedules of connector.yaml as it is now. Where it is wrong they have their default times and start nothing: their
    ticks fail with the sentence that a run would fail with."""
    try:
        return schedules(load(settings_file()).schedules)
    except SettingsError as error:
        return schedules(Schedules(), str(error))


def _schedule(job: str, crons: tuple[str, ...], timezone: str, problem: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{job}_schedule",
        job_name=job,
        # One time is given alone, since Dagster's UI says in words only what is no list.
        cron_schedule=crons[0] if len(crons) == 1 else list(crons),
        execution_timezone=timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Starts nothing: {problem}" if problem else f"Runs {job} by the clock (`schedules` in connector.yaml).",
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        if problem:
            raise SettingsError(problem)
        if job not in KINDS:
            return dg.RunRequest()
        key = new_key(KINDS[job], context.scheduled_execution_time)
        # The key has to exist before the run is requested (a sensor may do both in one tick, a schedule may not).
        context.instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [key])
        return dg.RunRequest(run_key=key, partition_key=key)

    return tick


DEFAULT_SCHEDULES: Final = schedules(Schedules())
