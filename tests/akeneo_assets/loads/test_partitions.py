"""Names of loads."""

from datetime import datetime, timedelta, timezone

from akeneo_assets.loads.partitions import KIND_TAG, PRODUCT_LOADS, new_key


def test_a_new_key_tells_the_kind_and_the_moment_in_utc() -> None:
    noon_in_paris = datetime(2026, 11, 24, 12, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert new_key("full", noon_in_paris) == "full_20261124T110005Z"
    assert new_key("differential", noon_in_paris) == "diff_20261124T110005Z"


def test_the_partition_set_and_the_tag_are_those_that_dagster_yaml_limits() -> None:
    assert (PRODUCT_LOADS.name, KIND_TAG) == ("product_loads", "akeneo_sfcc/load")
