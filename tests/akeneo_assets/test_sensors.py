"""The sensor's decision, and its tick against a PIM."""

from datetime import UTC, datetime

import dagster as dg

from akeneo_assets.loads.window import Window
from akeneo_assets.sensors import decide

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
