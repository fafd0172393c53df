"""What a retired object looks like in SFCC."""

from akeneo_assets.mapping.retired_form import paths_offline, taken_offline
from akeneo_assets.settings.organization_settings import Organization


def test_a_retired_product_loses_its_images_and_a_later_load_says_the_same() -> None:
    record = taken_offline("product", "a", ["fields/brand/", "images"], Organization())
    assert (record["images"], record["fields"]["online-flag"][""]) == ([], "false")
    known = paths_offline(record, ["fields/brand/", "images"])
    assert taken_offline("product", "a", known, Organization())["images"] == []


def test_a_retired_product_that_never_had_images_of_the_connector_keeps_the_merchants_own() -> None:
    assert "images" not in taken_offline("product", "a", ["fields/brand/"], Organization())
