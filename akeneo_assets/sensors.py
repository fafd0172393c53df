"""The sensors: one starts 3-1 when the PIM has changes, one ends runs whose process died, one tells runs why they
wait, one watches how old the last load is.

The first decides in a pure function; an error of the PIM is an error of the tick. What a load reads never depends on it: the
window starts where the last successful load's ended.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

import dagster as dg
from dagster import RunsFilter

from akeneo_assets import checks
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.events.event_wake import Wake, burst_over, read_wake
from akeneo_assets.job_names import DIFFERENTIAL
from akeneo_assets.loads.partitions import KIND_TAG, PRODUCT_LOADS, new_key
from akeneo_assets.loads.window import Window, last_successful
from akeneo_assets.old_runs import UNFINISHED
from akeneo_assets.pim.probe import changed_since
from akeneo_assets.resources import Session
from akeneo_assets.run_locks import end_dead_runs
from akeneo_assets.waiting import tell_queued

ASKED_EVERY: Final = timedelta(minutes=5)
"""How often the PIM is asked what has changed."""


def decide(last: Window | None, *, importing: bool, changed: Collection[str], now: datetime) -> dg.SensorResult | dg.SkipReason:
    """Start a differential load, or say why not. `changed` names the kinds of objects that changed since the last load,
    or of the events that told so."""
    if importing:
        return dg.SkipReason("An import of products is queued or running.")
    if last is None:
        return dg.SkipReason("No load has succeeded yet: run 3-2 (full import) once, then this sensor takes over.")
    if not changed:
        return dg.SkipReason(f"Nothing has changed in the PIM since {last.poll_start} (load {last.key}).")
    key = new_key("differential", now)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, partition_key=key, tags={"akeneo_sfcc/changed": ", ".join(sorted(changed))})],
        dynamic_partitions_requests=[PRODUCT_LOADS.build_add_request([key])],
    )


class Cursor(NamedTuple):
    """What `pim_changes` remembers: when it last asked the PIM, the number of the last delivery of events that a load was started
    for, and when it first noticed later ones. Times are ISO 8601."""

    asked: str | None = None
    seen: int = 0
    noticed: str | None = None

    @classmethod
    def of(cls, text: str | None) -> Self:
        """The cursor that Dagster kept."""
        return cls(*json.loads(text)) if text else cls()

    def due(self, now: datetime) -> bool:
        """Whether to ask the PIM again."""
        return self.asked is None or now - datetime.fromisoformat(self.asked) >= ASKED_EVERY

    def over(self, wake: Wake, now: datetime) -> bool:
        """Whether there were events since, and the burst of them is over."""
        return burst_over(wake, self.seen, datetime.fromisoformat(self.noticed) if self.noticed else None, now)


@dg.sensor(
    job_name=DIFFERENTIAL,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "Starts 3-1 when products, models, categories, attributes or families have changed in the PIM "
        "since the last successful load, or when the PIM has sent events (akeneo-sfcc events)."
    ),
)
def pim_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Looks every half minute whether events have come, and asks the PIM a few cheap questions every five minutes."""
    session = Session()
    try:
        end_dead_runs(context.instance, session.store)
        importing = bool(
            context.instance.get_run_records(
                RunsFilter(statuses=UNFINISHED, tags={KIND_TAG: ["differential", "full", "plan"]}), limit=1
            )
        )
        last = last_successful(session.store)
        now, cursor, wake = datetime.now(UTC), Cursor.of(context.cursor), read_wake(session.store.events)
        changed: Collection[str] = ()
        if last is None or importing:
            pass
        elif cursor.over(wake, now):
            changed = [f"event {kind}" for kind in wake.since(cursor.seen)] or ["events"]
        elif cursor.due(now):
            since = datetime.fromisoformat(last.poll_start)
            changed = changed_since(session.pim, since, zone=session.settings.akeneo.timezone)
            cursor = cursor._replace(asked=now.isoformat())
        decision = decide(last, importing=importing, changed=changed, now=now)
        if isinstance(decision, dg.SensorResult):  # the load reads what all events until now tell of
            cursor = cursor._replace(seen=wake.number, noticed=None)
        elif wake.number != cursor.seen and cursor.noticed is None:
            cursor = cursor._replace(noticed=now.isoformat())
        context.update_cursor(json.dumps(cursor))
        return decision
    finally:
        session.close()


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends as failed the runs whose process died, so that nothing waits behind them in the queue.",
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Looks every minute which runs hold no lock any more. It starts nothing."""
    try:
        ended = end_dead_runs(context.instance, Session().store)
    except (ConnectorError, SettingsError) as error:
        return dg.SkipReason(str(error))
    return dg.SkipReason(f"Ended as failed, since their processes died: {', '.join(ended)}." if ended else "No run has died.")


@dg.sensor(
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells each run that waits in the queue for another import which one that is, in its log and in a tag.",
)
def waiting_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Looks every ten seconds, so that a person who has started a job soon sees why it doesn't begin. It starts nothing."""
    told = tell_queued(context.instance)
    return dg.SkipReason(f"Told {told:,} runs why they wait." if told else "No run waits that hasn't been told why.")


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails the check imported_lately when the last successful load is older than loads.max_age_hours allows.",
)
def import_age(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Tells the check's outcome where it has changed. It starts nothing."""
    session = Session()
    try:
        last, max_age = last_successful(session.store), session.settings.loads.max_age_hours
    except (ConnectorError, SettingsError) as error:
        return dg.SkipReason(str(error))
    passed, said = checks.imported_lately(last, datetime.now(UTC), max_age)
    outcome = json.dumps([passed, last.key if last else None, max_age])
    if context.cursor == outcome or (max_age is None and context.cursor is None):
        return dg.SkipReason(said)
    return dg.SensorResult(
        asset_events=[
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey(["sfcc", "product_import"]),
                check_name=checks.IMPORTED_LATELY,
                passed=passed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=said,
            )
        ],
        cursor=outcome,
    )


SENSORS: Final = [pim_changes, dead_runs, waiting_runs, import_age]
