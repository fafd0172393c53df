"""The section `schedules` of connector.yaml: when each job starts by the clock, once a person has turned its schedule on.

Belongs here: the times and their zone. Doesn't: what a schedule does (`akeneo_assets.schedules`), in which order jobs that are
due work (`akeneo_assets.queue_order`).
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from akeneo_assets.errors import shown
from akeneo_assets.settings.section import Section
from akeneo_assets.settings.time_zone import TimeZone


def _as_list(value: Any) -> Any:
    """`0 1 * * *` -> [`0 1 * * *`]; nothing -> no time at all."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int) else value


def _refuse_what_dagster_refuses(times: tuple[str, ...]) -> tuple[str, ...]:
    import dagster as dg  # noqa: PLC0415 - takes more than a second, and only a file that sets a time needs it

    for time in times:
        try:
            dg.ScheduleDefinition(name="checked", job_name="checked", cron_schedule=time)
        except dg.DagsterInvalidDefinitionError:
            raise ValueError(
                f"'{shown(time)}' is no cron time; write minute, hour, day of month, month and day of week, "
                "e.g. '30 1 * * *' for 1:30 each night"
            ) from None
    return times


CronTimes = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str] | None),
    AfterValidator(_refuse_what_dagster_refuses),
]


class Schedules(Section):
    """When each job starts by the clock: a cron time (minute, hour, day of month, month, day of week) or a list of them; null: no
    schedule. All schedules are stopped until a person starts them in the Dagster UI. A change holds once the code location is
    loaded again (in the UI under Deployment, or by a restart).

    A job that is due while another import works waits for it. Of those that wait, 1 goes before 2, and 2 before 3-1 and 3-2."""

    timezone: TimeZone = "UTC"
    """Time zone of the times, as in the IANA database, e.g. `Europe/Paris`. A time that a change of summer time skips comes at
    the end of the gap, and one that it repeats comes once."""
    attributes: Annotated[CronTimes, Field(alias="1")] = ("0 1 * * *",)
    """Job 1 (attributes)."""
    media_pricebook: Annotated[CronTimes, Field(alias="2")] = ("30 1 * * *",)
    """Job 2 (media, price books)."""
    differential: Annotated[CronTimes, Field(alias="3-1")] = ("0 6-22 * * *",)
    """Job 3-1 (differential import of products)."""
    full: Annotated[CronTimes, Field(alias="3-2")] = ("0 2 * * 0",)
    """Job 3-2 (full import of products)."""
