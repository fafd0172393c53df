"""What a run failed of, in sentences, by Dagster's events.

Belongs here: reading events. Doesn't: making the sentences (`resources.clear_failures`), telling people (`notices`).
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg


def failures_in(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """One sentence for each failed step and check of a run; what several say alike is said once. A run that failed outside its
    steps tells why itself."""
    failures, of_run = [], []
    for event in events:
        if event.is_step_failure:
            data: Any = event.step_failure_data
            said = data.user_failure_data.description if data.user_failure_data else None
            failures.append(said or f"{event.step_key} failed: {_innermost(data.error)}")
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            failures += failed(event.asset_check_evaluation_data)
        elif event.event_type_value == "PIPELINE_FAILURE" and event.message:
            of_run.append(event.message)
    return list(dict.fromkeys(failures or of_run))


def failed(check: Any) -> list[str]:
    """The sentence of a check that failed as an error; none of any other. `check`: its result, or Dagster's record of it."""
    if check.passed or check.severity != dg.AssetCheckSeverity.ERROR:
        return []
    return [f"Check {check.check_name} of {check.asset_key.to_user_string()} failed: {check.description}"]


def _innermost(error: Any) -> str:
    """The cause of an unforeseen failure; the whole of it stands in the run's page."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is not None and error.cls_name == "DagsterExecutionInterruptedError":
        return "it was interrupted. Start the job again; a load goes on with --load and its name."
    return error.message.strip() if error is not None else "no reason given"
