"""Telling people what went wrong, once a cause: by Slack, e-mail, Teams and whatever else apprise knows.

Belongs here: what a run gives to tell, what of it is new, sending, the sensor. Doesn't: the sentences themselves
(`run_failures`).

A cause that was told is told again only after a run of the same job has ended well in between. So an outage of a night is one
message, not one an hour.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from akeneo_assets.errors import ConnectorError
from akeneo_assets.job_names import KINDS, NUMBERS, PLAN
from akeneo_assets.loads import quarantine
from akeneo_assets.loads.partitions import PARTITION_TAG
from akeneo_assets.run_failures import failures_in
from akeneo_assets.settings.environment import Environment

_JOBS: Final = {*NUMBERS.values(), PLAN}
_AT_ONCE: Final = 200
"""Runs that a tick looks at; those after them come with the next."""


class Notice(NamedTuple):
    """`cause`: what stays the same from run to run, since numbers and names with numbers in them are left out."""

    cause: str
    text: str


class Told(NamedTuple):
    """What was told: of the runs until `until` (ISO 8601), the causes of each job since it last ended well."""

    until: str
    causes: dict[str, list[str]]


def notices_of(run: dg.DagsterRun, events: Iterable[dg.DagsterEvent]) -> list[Notice]:
    """What a run that has ended gives to tell: its failures, and that objects came into the quarantine.

    Example: `PIM not reachable (try 9)` of job 1 -> cause `PIM not reachable (try #`.
    """
    kept = list(events)
    notices = [Notice(re.sub(r"\S*\d\S*", "#", said), said) for said in failures_in(kept)]
    if new := _new_in_quarantine(kept):
        text = f"{new:,} more products, models or categories are held back: see the asset sfcc/held_back."
        notices.append(Notice(f"held back by {run.run_id}", text))
    return notices


def _new_in_quarantine(events: Iterable[dg.DagsterEvent]) -> int:
    for event in events:
        if event.is_step_materialization and event.asset_key == dg.AssetKey(["sfcc", "held_back"]):
            value: Any = event.step_materialization_data.materialization.metadata.get(quarantine.NEW)
            return int(value.value) if value is not None else 0
    return 0


def look(instance: dg.DagsterInstance, told: Told) -> tuple[list[str], Told]:
    """The texts to tell of runs that have ended since, and what is told with them."""
    ended = RunsFilter(
        statuses=[DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE], updated_after=datetime.fromisoformat(told.until)
    )
    records = instance.get_run_records(ended, limit=_AT_ONCE, order_by="update_timestamp", ascending=True)
    texts, until, causes = [], told.until, dict(told.causes)
    for record in records:
        run, until = record.dagster_run, record.update_timestamp.isoformat()
        if run.job_name not in _JOBS:
            continue
        logged = instance.all_logs(run.run_id)
        notices = notices_of(run, (entry.dagster_event for entry in logged if entry.dagster_event is not None))
        known = causes.get(run.job_name, [])
        new = [notice for notice in notices if notice.cause not in known]
        if new:
            load = f", load '{run.tags[PARTITION_TAG]}'" if run.job_name in KINDS and PARTITION_TAG in run.tags else ""
            texts.append("\n".join((f"{run.job_name}{load} (run {run.run_id}):", *(notice.text for notice in new))))
        kept = known if run.status is DagsterRunStatus.FAILURE else []
        causes[run.job_name] = sorted({*kept, *(notice.cause for notice in notices)})
    return texts, Told(until, causes)


def send(addresses: str, texts: Iterable[str]) -> None:
    """Send texts as one message to apprise addresses, which blanks set apart.

    Raises:
        ConnectorError: apprise isn't installed, doesn't know an address, or could not send.
    """
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConnectorError("CONNECTOR_NOTIFY is set, and apprise is missing: pip install 'akeneo-sfcc[notify]'.") from None
    receivers = apprise.Apprise()
    for number, address in enumerate(addresses.split(), 1):
        if not receivers.add(address):
            raise ConnectorError(
                f"CONNECTOR_NOTIFY: its address number {number} is none that apprise knows; see https://appriseit.com/services/."
            )
    if not receivers.notify(title="Akeneo to SFCC", body="\n\n".join(texts), body_format=apprise.NotifyFormat.TEXT):
        raise ConnectorError("A notice could not be sent to all addresses of CONNECTOR_NOTIFY: it is tried again.")


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "Tells people at the addresses of CONNECTOR_NOTIFY what failed, what the guard holds back, and what came into the "
        "quarantine: once a cause, until a run of the job ends well."
    ),
)
def notices(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Looks every half minute which runs have ended. It starts nothing."""
    addresses = Environment.read().connector_notify
    if addresses is None:
        return dg.SkipReason("CONNECTOR_NOTIFY names no address, so that nobody is told.")
    told = Told(*json.loads(context.cursor)) if context.cursor else Told(datetime.now(UTC).isoformat(), {})
    texts, told = look(context.instance, told)
    if texts:
        send(addresses.get_secret_value(), texts)
    context.update_cursor(json.dumps(told))
    return dg.SkipReason(f"Told of {len(texts):,} runs." if texts else "There is nothing new to tell.")
