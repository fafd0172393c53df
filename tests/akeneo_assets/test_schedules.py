"""Schedules start at the times of connector.yaml, name a new load each time, and make its key before they ask for its run."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from daemons import Daemons, daemons

from akeneo_assets.definitions import build
from akeneo_assets.schedules import DEFAULT_SCHEDULES, configured_schedules, schedules
from akeneo_assets.settings.schedule_settings import Schedules

MOMENT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
FULL = "akeneo_3_2_full_import_products"


def tick(name: str, instance: dg.DagsterInstance) -> dg.RunRequest:
    repository = build().get_repository_def()
    (schedule,) = [one for one in DEFAULT_SCHEDULES if one.job_name == name]
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


# --- connector.yaml -------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of the test's own, without a connector.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)


def times(definitions: list[dg.ScheduleDefinition]) -> dict[str, object]:
    return {one.job_name: one.cron_schedule for one in definitions}


def test_the_file_decides_times_and_zone_and_which_jobs_have_a_schedule(tmp_path: Path) -> None:
    lines = ["schedules:", "  timezone: Europe/Paris", "  1: null", "  2: []", "  3-1: [0 7 * * *, 30 12 * * 1-5]"]
    (tmp_path / "connector.yaml").write_text("\n".join(lines))
    found = configured_schedules()
    assert times(found) == {
        "akeneo_3_1_differential_import_products": ["0 7 * * *", "30 12 * * 1-5"],
        "akeneo_3_2_full_import_products": "0 2 * * 0",
    }
    assert {one.execution_timezone for one in found} == {"Europe/Paris"}
    assert {one.default_status for one in found} == {dg.DefaultScheduleStatus.STOPPED}


def test_the_environment_names_the_file_be_nothing_else_of_it_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "named.yaml").write_text("schedules: {1: 5 5 * * *, 2: null, 3-1: null, 3-2: null}")
    monkeypatch.setenv("CONNECTOR_CONFIG", "named.yaml")
    assert times(configured_schedules()) == {"akeneo_1_import_attributes": "5 5 * * *"}
    monkeypatch.delenv("CONNECTOR_CONFIG")
    (tmp_path / ".env").write_text("CONNECTOR_CONFIG=named.yaml\n")
    assert times(configured_schedules()) == {"akeneo_1_import_attributes": "5 5 * * *"}


def test_with_a_broken_file_the_location_loads_and_each_tick_fails_with_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text("schedules: {3-2: at night}")
    with daemons(tmp_path / "home") as running:
        running.turn_on(datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "akeneo_1_import_attributes")
        errors = running.until(datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC))
        assert running.queued() == []
    sentence = (
        "connector.yaml: schedules.3-2: 'at night' is no cron time; write minute, hour, day of month, month and day of week, "
        "e.g. '30 1 * * *' for 1:30 each night."
    )
    assert [error.partition(": ")[2].strip() for error in errors] == [sentence]
    assert {one.description for one in configured_schedules()} == {f"Starts nothing: {sentence}"}


# --- Summer time, by Dagster's own scheduler ------------------------------------------------------------------------------------


@pytest.fixture
def half_past_two_in_paris(tmp_path: Path) -> Iterator[Daemons]:
    """Daemons whose full loads are due at 2:30 and, again, at 3:00 in Paris."""
    (tmp_path / "connector.yaml").write_text("schedules: {timezone: Europe/Paris, 3-2: [30 2 * * *, 0 3 * * *]}")
    with daemons(tmp_path / "home") as running:
        yield running


def halves_of_hours(day: datetime) -> list[datetime]:
    """Five seconds after each half hour of the five hours that begin with `day`."""
    return [datetime.fromtimestamp(day.timestamp() + half * 1800 + 5, UTC) for half in range(10)]


def loads(running: Daemons) -> list[str | None]:
    assert sorted(running.instance.get_dynamic_partitions("product_loads")) == sorted(
        str(run.tags["dagster/partition"]) for run in running.queued()
    )
    return [run.tags["dagster/partition"] for run in running.queued()]


def test_where_the_hour_is_missing_both_times_come_at_its_end_as_one_load(half_past_two_in_paris: Daemons) -> None:
    night = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)  # 2:00 becomes 3:00 at 1:00 UTC
    half_past_two_in_paris.turn_on(night, FULL)
    half_past_two_in_paris.until(*halves_of_hours(night))
    assert loads(half_past_two_in_paris) == ["full_20270328T010000Z"]


def test_where_the_hour_comes_twice_each_time_makes_one_load(half_past_two_in_paris: Daemons) -> None:
    night = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # 3:00 becomes 2:00 at 1:00 UTC
    half_past_two_in_paris.turn_on(night, FULL)
    half_past_two_in_paris.until(*halves_of_hours(night))
    assert loads(half_past_two_in_paris) == ["full_20261025T013000Z", "full_20261025T020000Z"]


def test_hourly_loads_keep_names_of_their_own_where_an_hour_comes_twice(tmp_path: Path) -> None:
    (hourly,) = [
        one
        for one in schedules(Schedules.model_validate({"timezone": "Europe/Paris", "3-1": "0 * * * *"}))
        if one.job_name == "akeneo_3_1_differential_import_products"
    ]
    keys = list[str | None]()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        for fold in (0, 1):
            moment = datetime(2026, 10, 25, fold, 0, tzinfo=UTC)  # 2:00 in Paris, twice
            with dg.build_schedule_context(instance, moment, repository_def=build().get_repository_def()) as context:
                (request,) = hourly.evaluate_tick(context).run_requests or []
            keys.append(request.partition_key)
    assert keys == ["diff_20261025T000000Z", "diff_20261025T010000Z"]
