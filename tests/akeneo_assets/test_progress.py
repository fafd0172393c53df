"""The command line shows what assets say, and nothing of Dagster's own events."""

import dagster as dg
import pytest

from akeneo_assets.progress import progress_logger


def test_only_what_an_asset_says_is_shown_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    @dg.asset
    def talkative(context: dg.AssetExecutionContext) -> None:
        context.log.info("Read 3 products.")
        context.log.debug("not for people")

    job = dg.Definitions(
        assets=[talkative],
        loggers={"progress": progress_logger},
        jobs=[dg.define_asset_job("job")],
        executor=dg.in_process_executor,
    ).resolve_job_def("job")
    with dg.DagsterInstance.ephemeral() as instance:
        assert job.execute_in_process(instance=instance, run_config={"loggers": {"progress": {"config": {}}}}).success
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == ["Read 3 products."]


def test_a_failure_is_not_followed_by_the_steps_that_dagster_passes_over(capsys: pytest.CaptureFixture[str]) -> None:
    @dg.asset
    def first(context: dg.AssetExecutionContext) -> None:
        context.log.info("Reading.")
        raise dg.Failure("no answer", allow_retries=False)

    @dg.asset(deps=[first])
    def second() -> None: ...

    job = dg.Definitions(
        assets=[first, second],
        loggers={"progress": progress_logger},
        jobs=[dg.define_asset_job("job")],
        executor=dg.in_process_executor,
    ).resolve_job_def("job")
    with dg.DagsterInstance.ephemeral() as instance:
        run = {"loggers": {"progress": {"config": {}}}}
        assert not job.execute_in_process(instance=instance, run_config=run, raise_on_error=False).success
    assert [line.split("  ", 1)[1] for line in capsys.readouterr().err.splitlines()] == ["Reading."]
