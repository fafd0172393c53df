"""The structure built from the API's items."""

from typing import Any

import pytest

from akeneo_assets.structure.pim_structure import Structure, short_type


def attribute(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "type": "pim_catalog_text", **more}


@pytest.mark.parametrize(
    ("given_type", "short"),
    [
        ("pim_catalog_text", "text"),
        ("akeneo_reference_entity_collection", "reference_entity_collection"),
        ("pim_reference_data_multiselect", "reference_data_multiselect"),
        ("pim_catalog_reference_data_multi_select", "reference_data_multiselect"),
        ("pim_catalog_asset_collection", "asset_collection"),
        ("something_new", "something_new"),
    ],
)
def test_types_are_known_by_their_short_names(given_type: str, short: str) -> None:
    assert short_type(given_type) == short


def test_the_fingerprint_changes_with_what_the_mapping_reads_and_with_nothing_else() -> None:
    mugs: dict[str, Any] = {"code": "mugs", "parent": None, "labels": {"en_US": "Mugs"}, "updated": "2024-01-01T00:00:00+00:00"}
    lists: dict[str, Any] = {"channels": [], "attributes": [attribute("x")], "categories": [mugs]}
    first = Structure.build(**lists).fingerprint()
    mugs["updated"] = "2024-02-02T00:00:00+00:00"
    mugs["_links"] = {"self": {"href": "http://pim/"}}
    assert Structure.build(**lists, media={"a": None}).fingerprint() == first
    mugs["labels"] = {"en_US": "Cups"}
    assert Structure.build(**lists).fingerprint() != first


def test_labels_may_be_missing_or_an_empty_list() -> None:
    structure = Structure.build(channels=[], attributes=[attribute("x", labels=[]), attribute("y")])
    assert [structure.attributes[code].labels for code in "xy"] == [{}, {}]


def test_a_category_read_before_its_parent_is_not_dropped() -> None:
    child = {"code": "child", "parent": "master", "labels": {}}
    structure = Structure.build(channels=[], attributes=[], categories=[child, {"code": "master", "parent": None, "labels": {}}])
    assert structure.tree_of["child"] == "master"


def test_options_of_one_sort_order_stay_in_the_order_in_which_the_api_gives_them() -> None:
    orders = {"zebra": 1, "ant": 1, "last": 3, "bee": 2, "first": None}
    options = [{"attribute": "X", "code": code, "sort_order": order, "labels": {}} for code, order in orders.items()]
    structure = Structure.build(channels=[], attributes=[attribute("x")], attribute_options=options)
    assert [option.code for option in structure.attributes["x"].options] == ["first", "zebra", "ant", "bee", "last"]
