"""The sensors: one starts 3-1 when the PIM has changes, one ends runs whose process died, one tells runs why they wait.

The first decides in a pure function; an error of the PIM is an error of the tick. What a load reads never depends on it: the
window starts where the last successful load's ended.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

import dagster as dg
from dagster import RunsFilter

from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.job_names import DIFFERENTIAL
from akeneo_assets.loads.partitions import KIND_TAG, PRODUCT_LOADS, new_key
from akeneo_assets.loads.window import Window, last_successful
from akeneo_assets.old_runs import UNFINISHED
from akeneo_assets.pim.probe import changed_since
from akeneo_assets.resources import Session
from akeneo_assets.run_locks import end_dead_runs
from akeneo_assets.waiting import tell_queued


def decide(last: Window | None, *, importing: bool, changed: Collection[str], now: datetime) -> dg.SensorResult | dg.SkipReason:
    """Start a differential load, or say why not. `changed` names the kinds of objects that changed since the last load."""
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


@dg.sensor(
    job_name=DIFFERENTIAL,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "Starts 3-1 when products, models, categories, attributes or families have changed in the PIM "
        "since the last successful load."
    ),
)
def pim_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks the PIM a few cheap questions every five minutes."""
    session = Session()
    try:
        end_dead_runs(context.instance, session.store)
        importing = bool(
            context.instance.get_run_records(
                RunsFilter(statuses=UNFINISHED, tags={KIND_TAG: ["differential", "full", "plan"]}), limit=1
            )
        )
        last = last_successful(session.store)
        ask = last is not None and not importing
        changed = (
            changed_since(session.pim, datetime.fromisoformat(last.poll_start), zone=session.settings.akeneo.timezone)
            if last and ask
            else ()
        )
        return decide(last, importing=importing, changed=changed, now=datetime.now(UTC))
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


SENSORS: Final = [pim_changes, dead_runs, waiting_runs]
