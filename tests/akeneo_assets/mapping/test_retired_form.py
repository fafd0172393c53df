"""What a retired object looks like, and how its online flag comes back."""

import pytest

from akeneo_assets.mapping.emptied import fields_of, with_emptied
from akeneo_assets.mapping.retired_form import can_go_offline, parent_of, paths_offline, taken_offline
from akeneo_assets.settings.organization_settings import Organization, Site

ONE_SITE = Organization()
TWO_SITES = Organization(sites=(Site(id="Web"), Site(id="App")), forgotten=("@App",))


def test_a_product_goes_offline_on_every_site_that_is_fed_or_has_a_flag_of_its_own() -> None:
    paths = ["fields/display-name/x-default", "fields/online-flag/", "fields/online-flag/@Outlet"]
    assert taken_offline("product", "1", paths, ONE_SITE)["fields"] == {"online-flag": {"": "false", "@Outlet": "false"}}
    assert taken_offline("product", "1", [], TWO_SITES)["fields"] == {"online-flag": {"": "false", "@Web": "false"}}


def test_a_master_loses_its_variants_and_nothing_else_of_a_product_is_touched() -> None:
    assert taken_offline("product", "1", ["variations", "bundled"], ONE_SITE) == {
        "id": "1",
        "fields": {"online-flag": {"": "false"}},
        "variations": None,
    }


def test_a_master_loses_the_variation_groups_that_were_written_of_it() -> None:
    record = taken_offline("product", "1", ["variation-groups", "variations"], ONE_SITE)
    assert record["variations"] == {"attributes": [], "variants": [], "groups": []}


def test_a_category_stays_below_its_parent_and_below_the_root_where_that_is_unknown() -> None:
    below = taken_offline("category", "tents", ["parent/outdoor", "fields/position/"], ONE_SITE)
    assert below == {"id": "tents", "parent": "outdoor", "fields": {"online-flag": {"": "false"}}}
    assert parent_of(["fields/position/"]) == "root"


def test_a_price_book_names_its_currency() -> None:
    assert taken_offline("price-book", "EUR-list", ["currency/EUR"], ONE_SITE) == {
        "id": "EUR-list",
        "currency": "EUR",
        "names": {},
        "fields": {"online-flag": {"": "false"}},
    }


def test_the_ledger_goes_on_knowing_what_was_written_and_where_the_flag_was_set() -> None:
    record = taken_offline("product", "1", ["fields/brand/"], TWO_SITES)
    assert paths_offline(record, ["fields/brand/"]) == ["fields/brand/", "retired/", "retired/@Web"]


def test_a_product_that_is_back_gets_its_flag_back_and_loses_what_it_no_longer_has() -> None:
    back = with_emptied("product", {"id": "1", "fields": {}}, ["fields/brand/", "retired/", "retired/@Web"])
    assert back["fields"] == {"brand": {"": None}, "online-flag": {"": None, "@Web": None}}
    own = {"id": "1", "fields": {"online-flag": {"": "true"}}}
    assert with_emptied("product", own, ["retired/"]) == own


def test_a_parent_is_remembered_and_never_cleared() -> None:
    record = {"id": "tents", "parent": "outdoor", "fields": {}}
    assert fields_of("category", record) == ["parent/outdoor"]
    assert with_emptied("category", record, ["parent/camping"]) == record


@pytest.mark.parametrize(
    ("kind", "can"), [("product", True), ("category", True), ("content", True), ("folder", True), ("custom-object", False)]
)
def test_what_has_an_online_flag_can_go_offline(kind: str, can: bool) -> None:
    assert can_go_offline(kind) is can


def test_a_retired_product_loses_its_images_and_a_later_load_says_the_same() -> None:
    record = taken_offline("product", "a", ["fields/brand/", "images"], Organization())
    assert (record["images"], record["fields"]["online-flag"][""]) == ([], "false")
    known = paths_offline(record, ["fields/brand/", "images"])
    assert taken_offline("product", "a", known, Organization())["images"] == []


def test_a_retired_product_that_never_had_images_of_the_connector_keeps_the_merchants_own() -> None:
    assert "images" not in taken_offline("product", "a", ["fields/brand/"], Organization())
