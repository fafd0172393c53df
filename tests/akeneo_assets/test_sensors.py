"""The sensor's decision, and its tick against a PIM."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from akeneo_assets.loads import window as windows
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.window import Window
from akeneo_assets.sensors import decide, import_age
from akeneo_assets.store import Store, write_json

NOW = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
LAST = Window("full_1", "full", "2026-11-24T09:00:00+00:00", None, None, "")


def test_changes_start_a_differential_load_of_a_new_name_and_tell_what_changed() -> None:
    found = decide(LAST, importing=False, changed={"products-uuid", "categories"}, now=NOW)
    assert isinstance(found, dg.SensorResult)
    (request,) = found.run_requests or []
    assert request.partition_key == request.run_key == "diff_20261124T120005Z"
    assert request.tags["akeneo_sfcc/changed"] == "categories, products-uuid"
    (added,) = found.dynamic_partitions_requests or []
    assert (added.partitions_def_name, list(added.partition_keys)) == ("product_loads", ["diff_20261124T120005Z"])


def test_nothing_starts_while_an_import_runs() -> None:
    found = decide(LAST, importing=True, changed={"products-uuid"}, now=NOW)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message == "An import of products is queued or running."


def test_nothing_starts_before_a_first_load_has_succeeded() -> None:
    found = decide(None, importing=False, changed=(), now=NOW)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message == "No load has succeeded yet: run 3-2 (full import) once, then this sensor takes over."


def test_nothing_starts_while_nothing_changes() -> None:
    found = decide(LAST, importing=False, changed=(), now=NOW)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message == "Nothing has changed in the PIM since 2026-11-24T09:00:00+00:00 (load full_1)."


# --- The age of the last load ---------------------------------------------------------------------------------------------------


def succeeded(store: Store, key: str, poll_start: datetime) -> None:
    """A load that has succeeded, after reading the PIM at this moment."""
    package = Package.of_load(store, key)
    package.begin(settings="", kind="full")
    write_json(package.window_file, vars(Window(key, "full", poll_start.isoformat(), None, None, "")))
    windows.succeed(store, key, windows.Outcome("", "", {}))


def ages(ticks: int, cursor: str | None = None) -> tuple[list[tuple[bool, str | None]], str | None]:
    """What the sensor tells of the check in so many ticks, and its cursor then."""
    told: list[tuple[bool, str | None]] = []
    for _ in range(ticks):
        found = import_age(dg.build_sensor_context(cursor=cursor))
        if isinstance(found, dg.SensorResult):
            cursor = found.cursor
            events = [event for event in found.asset_events if isinstance(event, dg.AssetCheckEvaluation)]
            told += [(event.passed, event.description) for event in events]
    return told, cursor


def test_a_load_that_has_grown_too_old_fails_its_check_once_and_a_newer_one_mends_it(store: Store, settings_file: Path) -> None:
    settings_file.write_text("loads: {max_age_hours: 24}")
    succeeded(store, "full_1", datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    told, cursor = ages(3)
    ((passed, said),) = told
    assert not passed
    assert str(said).startswith("The last successful load, full_1, read the PIM at 2026-01-02 03:04 UTC, more than 24 hours ago")
    succeeded(store, "full_2", datetime.now(UTC))
    told, _ = ages(3, cursor)
    assert [passed for passed, _ in told] == [True]


def test_no_load_is_too_old_without_a_word_and_a_broken_file_is_told_by_the_tick(store: Store, settings_file: Path) -> None:
    succeeded(store, "full_1", datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    settings_file.write_text("# all defaults")
    assert ages(2) == ([], None)
    settings_file.write_text("loads: {max_age_hours: 0}")
    skipped = import_age(dg.build_sensor_context())
    assert isinstance(skipped, dg.SkipReason)
    assert str(skipped.skip_message) == "connector.yaml: loads.max_age_hours must be greater than or equal to 1, not 0."


def test_the_check_fails_no_more_once_its_limit_is_taken_away(store: Store, settings_file: Path) -> None:
    settings_file.write_text("loads: {max_age_hours: 24}")
    _, cursor = ages(1)
    settings_file.write_text("# all defaults")
    assert ages(2, cursor)[0] == [(True, "No load is too old, since loads.max_age_hours is not set.")]
