"""Assets materialized by themselves, as the UI lets people do: what is missing before them is named, and nothing is sent."""

from collections.abc import Callable
from typing import Any

import pytest

CHAIN = {
    "akeneo/changes": "akeneo/products",
    "akeneo/product_media": "akeneo/changes",
    "sfcc/products sfcc/category_assignments sfcc/recommendations sfcc/prices sfcc/held_back": "akeneo/changes",
    "sfcc/product_feeds": "sfcc/product_files",
    "sfcc/product_import": "sfcc/product_feeds",
}


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation that has imported, and begun a load of which nothing more is there."""
    made = place_at(pim_of("demo"))
    made.jobs("3-2")
    assert made.job("3-2", load="begun", only=["akeneo/product_load"]).ok
    return made


@pytest.mark.parametrize("assets", CHAIN)
def test_an_asset_without_those_before_it_says_which_one_is_missing(place: Any, assets: str) -> None:
    run = place.job("3-2", load="begun", only=assets.split())
    missing = f"Nothing was done: {CHAIN[assets]} has not been materialized for this load or in this run: do that first."
    assert run.failures == [missing]
    assert not (place.store / "loads" / "begun" / "outcome.json").exists()


@pytest.mark.parametrize(
    ("number", "asset", "missing"),
    [
        ("1", "sfcc/attribute_feeds", "sfcc/attribute_definitions"),
        ("1", "sfcc/attribute_import", "sfcc/attribute_feeds"),
        ("2", "sfcc/media_pricebook_feeds", "sfcc/media_files"),
        ("2", "sfcc/media_files", "akeneo/media"),
    ],
)
def test_so_do_those_of_jobs_1_and_2(place: Any, number: str, asset: str, missing: str) -> None:
    (failure,) = place.job(number, only=[asset]).failures
    assert f"Nothing was done: {missing} has not been materialized" in failure
