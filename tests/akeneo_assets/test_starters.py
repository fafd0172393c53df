"""A start job names a load by the clock, and its sensor asks for that load's run."""

import re
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from akeneo_assets.definitions import build
from akeneo_assets.queue_order import queue_tags
from akeneo_assets.starters import named_loads


@pytest.mark.parametrize(
    ("starter", "job", "named"),
    [
        ("start_3_1_differential_import_products", "akeneo_3_1_differential_import_products", r"diff_\d{8}T\d{6}Z"),
        ("start_3_2_full_import_products", "akeneo_3_2_full_import_products", r"full_\d{8}T\d{6}Z"),
    ],
)
def test_a_start_job_adds_a_key_and_its_sensor_requests_the_load(tmp_path: Path, starter: str, job: str, named: str) -> None:
    repository = build().get_repository_def()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = repository.get_job(starter).execute_in_process(instance=instance)
        (key,) = instance.get_dynamic_partitions("product_loads")
        assert re.fullmatch(named, key)
        (event,) = (event for event in run.all_events if event.is_job_success)
        kept = instance.get_run_by_id(run.run_id)
        assert kept is not None
        context = dg.build_run_status_sensor_context("named_loads", event, instance, kept, repository_def=repository)
        request = named_loads(context)
        assert isinstance(request, dg.RunRequest)
        assert (request.job_name, request.partition_key, request.run_key) == (job, key, key)


def test_a_start_job_tells_at_once_which_import_the_load_waits_for(tmp_path: Path) -> None:
    starter = build().get_repository_def().get_job("start_3_1_differential_import_products")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        job = "akeneo_2_import_media_assets_pricebook"
        works = create_run_for_test(instance, job_name=job, tags=queue_tags(job), status=dg.DagsterRunStatus.STARTED)
        run = starter.execute_in_process(instance=instance)
        (key,) = instance.get_dynamic_partitions("product_loads")
        said = [entry.user_message for entry in instance.all_logs(run.run_id) if entry.dagster_event is None]
    waits = f"waits for {job} (run {works.run_id[:8]}) and begins once that one has ended"
    assert said == [f"akeneo_3_1_differential_import_products {waits}, as the load '{key}'."]
