"""Emptied in the PIM = emptied in SFCC."""

from typing import Any

import pytest

from akeneo_assets.mapping.emptied import fields_of, handed_over, unclearable, with_emptied
from akeneo_assets.settings.connector import ConnectorSettings


def product(**more: Any) -> dict[str, Any]:
    return {"id": "1", "fields": {"display-name": {"x-default": "Mug"}}, **more}


def test_a_products_fields_are_its_slots_and_lists() -> None:
    record = product(
        custom={"akeneo_x": {"": "1", "@DE": "2"}, "odd/id": {"fr-FR": None}},
        page={"page-title": {"fr-FR": "Tasse"}},
        images=[{"view_type": "large", "images": []}],
        bundled=[],
        variations=None,
    )
    assert fields_of("product", record) == [
        "fields/display-name/x-default",
        "custom/akeneo_x/",
        "custom/akeneo_x/@DE",
        "page/page-title/fr-FR",
        "images",
    ]


def test_what_was_once_written_and_is_gone_is_cleared_and_nothing_else() -> None:
    formerly = [
        "fields/display-name/x-default",
        "fields/display-name/fr-FR",
        "fields/brand/",
        "custom/akeneo_x/",
        "custom/odd/id/fr-FR",
        "images",
    ]
    assert with_emptied("product", product(), formerly) == {
        "id": "1",
        "fields": {"display-name": {"x-default": "Mug", "fr-FR": None}, "brand": {"": None}},
        "custom": {"akeneo_x": {"": None}, "odd/id": {"fr-FR": None}},
        "images": [],
    }


def test_groups_of_variations_once_written_are_emptied_with_their_master_or_without() -> None:
    master = product(variations={"attributes": [], "variants": ["2"], "groups": ["blue"]})
    formerly = fields_of("product", master)
    assert formerly[-2:] == ["variations", "variation-groups"]
    ungrouped = product(variations={"attributes": [], "variants": ["2"]})
    assert with_emptied("product", ungrouped, formerly)["variations"] == {"attributes": [], "variants": ["2"], "groups": []}
    assert with_emptied("product", product(), formerly)["variations"] == {"attributes": [], "variants": [], "groups": []}
    never = ["fields/display-name/x-default", "variations"]
    assert with_emptied("product", ungrouped, never) is ungrouped


def test_a_place_that_was_the_primary_one_and_stays_is_told_that_it_is_no_more() -> None:
    formerly = fields_of(
        "category-assignments", {"id": "1", "categories": [{"category": "a", "primary": True}, {"category": "b"}]}
    )
    assert formerly == ["category/a", "category/b", "primary/a"]
    left = {"id": "1", "categories": [{"category": "a"}, {"category": "b"}]}
    assert with_emptied("category-assignments", left, formerly) == {
        "id": "1",
        "categories": [{"category": "a", "primary": False}, {"category": "b"}],
        "removed": [],
    }
    assert with_emptied("category-assignments", {"id": "1", "categories": [{"category": "b"}]}, formerly)["removed"] == ["a"]


def test_a_price_book_s_currency_is_remembered_and_nothing_of_it_is_cleared() -> None:
    book = {"id": "list", "currency": "USD", "names": {}}
    assert fields_of("price-book", book) == ["currency/USD"]
    assert with_emptied("price-book", book, ["currency/EUR"]) is book


def test_a_price_book_that_is_below_no_other_any_more_keeps_its_parent_and_is_named() -> None:
    book = {"id": "sale", "currency": "USD", "names": {}}
    formerly = fields_of("price-book", book | {"fields": {"parent": {"": "list"}}})
    assert sorted(formerly) == ["currency/USD", "fields/parent/"]
    assert with_emptied("price-book", book, formerly) is book
    assert unclearable("price-book", book, formerly) == ["fields/parent/"]


def test_what_makes_a_definition_another_one_is_remembered_and_nothing_of_it_is_cleared() -> None:
    definition = {"id": "akeneo_x", "type": "string", "localizable": True, "names": {}}
    assert fields_of("attribute-definition", definition) == ["shape/string True"]
    per_site = {"id": "akeneo_y", "type": "string", "site_specific": True, "names": {}}
    assert fields_of("attribute-definition", per_site) == ["shape/string False per site"]
    assert with_emptied("attribute-definition", definition, ["shape/double True"]) is definition
    assert unclearable("attribute-definition", definition, ["shape/double True"]) == []


def test_nothing_gone_nothing_changed() -> None:
    record = product()
    assert with_emptied("product", record, ["fields/display-name/x-default"]) is record


def test_the_record_given_is_not_changed() -> None:
    record = product()
    with_emptied("product", record, ["fields/display-name/fr-FR", "custom/a/"])
    assert record == product()


@pytest.mark.parametrize(
    ("path", "cleared"),
    [
        ("variations", {"variations": None}),
        ("bundled", {"bundled": []}),
        ("set", {"set": []}),
        ("classification", {"classification": None}),
        ("store/receipt-name/x-default", {"store": {"receipt-name": {"x-default": None}}}),
        ("fields/online-from/@DE", {"fields": {"display-name": {"x-default": "Mug"}, "online-from": {"@DE": None}}}),
        ("fields/step-quantity/", {"fields": {"display-name": {"x-default": "Mug"}, "step-quantity": {"": None}}}),
    ],
)
def test_each_kind_of_field_has_its_way_to_be_cleared(path: str, cleared: Any) -> None:
    assert with_emptied("product", product(), [path]) == {**product(), **cleared}


def test_a_master_that_became_a_simple_product_is_no_master_any_more() -> None:
    master = product(variations={"attributes": [], "variants": ["2"]})
    assert with_emptied("product", product(), fields_of("product", master))["variations"] is None


def test_what_sfcc_can_not_clear_is_left_alone_and_named() -> None:
    formerly = ["fields/tax-class-id/", "fields/display-name/x-default"]
    assert with_emptied("product", product(), formerly) == product()
    assert unclearable("product", product(), formerly) == ["fields/tax-class-id/"]


def test_an_attribute_that_became_localizable_is_not_cleared_in_its_old_way() -> None:
    record = product(custom={"akeneo_x": {"x-default": "a"}})
    assert with_emptied("product", record, ["custom/akeneo_x/"]) == record
    record = product(custom={"akeneo_x": {"": "a"}})
    assert with_emptied("product", record, ["custom/akeneo_x/fr-FR"]) == record


@pytest.mark.parametrize(
    ("definition", "cleared"),
    [
        ({}, {"": None}),
        ({"localizable": True}, {"x-default": None, "fr-FR": None}),
        ({"site_specific": True}, {"": None, "@DE": None}),
    ],
)
def test_an_emptied_attribute_is_cleared_where_its_definition_takes_values(definition: Any, cleared: Any) -> None:
    formerly = ["custom/akeneo_x/", "custom/akeneo_x/x-default", "custom/akeneo_x/fr-FR", "custom/akeneo_x/@DE"]
    defined = {"akeneo_x": {"id": "akeneo_x", **definition}}
    assert with_emptied("product", product(), formerly, defined)["custom"] == {"akeneo_x": cleared}


def test_a_definition_says_nothing_of_a_standard_field_of_its_name() -> None:
    defined = {"brand": {"id": "brand", "localizable": True}}
    assert with_emptied("product", product(), ["fields/brand/"], defined)["fields"]["brand"] == {"": None}


def test_assignments_no_longer_made_are_removed() -> None:
    record = {"id": "1", "categories": [{"category": "mugs", "primary": True}]}
    formerly = fields_of("category-assignments", {"id": "1", "categories": [{"category": "mugs"}, {"category": "a/b"}]})
    assert with_emptied("category-assignments", record, formerly) == {**record, "removed": ["a/b"]}


def test_recommendations_no_longer_made_are_removed_by_type_and_target() -> None:
    record = {"id": "1", "targets": [{"target": "two", "type": "1"}]}
    former = {"id": "1", "targets": [{"target": "two", "type": "2"}, {"target": "a/b", "type": "1"}]}
    removed = [{"target": "a/b", "type": "1"}, {"target": "two", "type": "2"}]
    assert with_emptied("recommendations", record, fields_of("recommendations", former)) == {**record, "removed": removed}


def test_records_that_are_always_written_whole_have_no_fields_to_clear() -> None:
    assert fields_of("attribute-group", {"id": "x", "names": {}, "attributes": []}) == []
    assert fields_of("price-table", {"id": "1", "amounts": [("1", "2")]}) == []


def test_what_is_cleared_is_no_field_afterwards() -> None:
    cleared = with_emptied("product", product(), ["custom/akeneo_x/", "images"])
    assert fields_of("product", cleared) == ["fields/display-name/x-default"]


@pytest.mark.parametrize(
    ("settings", "merchants"),
    [
        ({}, {"category/custom/showInMenu/"}),
        ({"categories": {"show_in_menu": True}}, set()),
        ({"categories": {"enriched_custom": {"showInMenu": "in_menu"}}}, set()),
        ({"categories": {"show_in_menu": True}, "organization": {"forgotten": ["fr-FR", "@DE"]}}, {"/fr-FR\n", "/@DE\n"}),
        ({"categories": {"show_in_menu": True, "primary": "none"}}, {"category-assignments/primary/"}),
        ({"categories": {"show_in_menu": True, "write": False}}, {"category/", "category-assignments/"}),
        ({"categories": {"show_in_menu": True}, "images": {"view_types": []}}, {"product/images"}),
        (
            {"categories": {"show_in_menu": True}, "products": {"status": {"source": "untouched"}}},
            {"product/fields/online-flag/"},
        ),
        (
            {
                "categories": {"show_in_menu": True},
                "products": {"status": {"source": "untouched"}},
                "attributes": {"standard": {"online-flag": "shown"}},
            },
            set(),
        ),
        (
            {
                "organization": {"sites": [{"id": "US"}, {"id": "DE"}, {"id": "FR"}]},
                "categories": {"show_in_menu": True},
                "products": {"status": {"source": "untouched"}},
                "attributes": {"standard": {"online-flag": {"sites": {"US": "shown"}}}},
            },
            {"product/fields/online-flag/\n", "product/fields/online-flag/@DE\n", "product/fields/online-flag/@FR\n"},
        ),
    ],
)
def test_the_settings_hand_over_what_they_leave_alone(settings: dict[str, Any], merchants: set[str]) -> None:
    assert set(handed_over(ConnectorSettings.model_validate(settings))) == merchants


def test_a_master_that_went_offline_for_want_of_variants_gives_the_flag_back_whoever_has_it() -> None:
    empty = product(variations={"attributes": [], "variants": []})
    empty["fields"] = {"display-name": {"x-default": "Mug"}, "online-flag": {"": "false"}}
    formerly = [path for path in fields_of("product", empty) if path != "fields/online-flag/"]  # handed over
    whole = product(variations={"attributes": [], "variants": ["2"]})
    assert with_emptied("product", whole, formerly)["fields"] == {
        "display-name": {"x-default": "Mug"},
        "online-flag": {"": None},
    }
    online = whole | {"fields": {"online-flag": {"": "true"}}}
    assert with_emptied("product", online, formerly)["fields"]["online-flag"] == {"": "true"}
    partly = whole | {"fields": {"online-flag": {"@DE": "true"}}}
    assert with_emptied("product", partly, formerly)["fields"]["online-flag"] == {"": None, "@DE": "true"}
    assert with_emptied("product", empty, formerly) is empty
