"""Schedules name a new load each time, and make its key before they ask for its run."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from akeneo_assets.definitions import build
from akeneo_assets.schedules import SCHEDULES

MOMENT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def tick(name: str, instance: dg.DagsterInstance) -> dg.RunRequest:
    repository = build().get_repository_def()
    (schedule,) = [one for one in SCHEDULES if one.job_name == name]
    with dg.build_schedule_context(instance, MOMENT, repository_def=repository) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or []
    return request


@pytest.mark.parametrize(
    ("job", "key"),
    [
        ("akeneo_3_1_differential_import_products", "diff_20261124T060000Z"),
        ("akeneo_3_2_full_import_products", "full_20261124T060000Z"),
    ],
)
def test_a_product_schedule_names_a_load_and_adds_its_key(tmp_path: Path, job: str, key: str) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        request = tick(job, instance)
        assert (request.partition_key, request.run_key) == (key, key)
        assert instance.get_dynamic_partitions("product_loads") == [key]


@pytest.mark.parametrize("job", ["akeneo_1_import_attributes", "akeneo_2_import_media_assets_pricebook"])
def test_the_other_schedules_run_their_job_without_a_load(tmp_path: Path, job: str) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        request = tick(job, instance)
        assert request.partition_key is None
        assert instance.get_dynamic_partitions("product_loads") == []
