"""What a run failed of, by its events."""

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from akeneo_assets.run_failures import failures_in


def test_a_run_that_is_interrupted_says_so_without_dagster_s_names() -> None:
    @dg.op
    def endless() -> None:
        raise DagsterExecutionInterruptedError  # what Dagster makes of Ctrl-C

    @dg.job
    def job() -> None:
        endless()

    with dg.DagsterInstance.ephemeral() as instance:
        ended = job.execute_in_process(instance=instance, raise_on_error=False)
    assert failures_in(ended.all_events) == [
        "endless failed: it was interrupted. Start the job again; a load goes on with --load and its name."
    ]
