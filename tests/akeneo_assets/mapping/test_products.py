"""Simple products, variants and masters: which level writes what."""

from typing import Any

import pytest

from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.texts import UnmappableError


def test_a_simple_product_carries_all_of_its_values(pim: Any) -> None:
    pim.shirts()
    mapped = pim.map(pim.product("T1", {"name": "Tee", "size": "m", "ean": "4006381333931"}, family="shirts"))
    assert mapped.records == [
        (
            "product",
            "akeneo-catalog",
            {
                "id": "T1",
                "fields": {"online-flag": {"": "true"}},
                "custom": {
                    "akeneo_name": {"": "Tee"},
                    "akeneo_size": {"": "m"},
                    "akeneo_ean": {"": "4006381333931"},
                    "akeneo_sku": {"": "T1"},
                },
            },
        )
    ]
    assert mapped.facts is None


def test_a_variant_leaves_to_its_master_what_it_shares_with_it(pim: Any) -> None:
    pim.shirts()
    root = pim.model("tee", {"name": "Tee"})
    row = pim.product("T1", {"name": "Tee", "size": "m", "ean": "1"}, family="shirts", parent="tee")
    record = pim.record(row, [root], attributes={"standard": {"name": "name", "ean": "ean"}})
    assert record["fields"] == {"ean": {"": "1"}, "online-flag": {"": "true"}}
    assert record["custom"] == {"akeneo_size": {"": "m"}, "akeneo_sku": {"": "T1"}}


def test_values_of_locales_in_another_order_are_still_the_masters(pim: Any, of: Any) -> None:
    pim.shirts()
    pim.attribute("note", "text", localizable=True)
    root = pim.model("tee", {"note": [of("a", "en_US"), of("b", "fr_FR")]})
    row = pim.product("A", {"size": "s", "note": [of("b", "fr_FR"), of("a", "en_US")]}, family="shirts", parent="tee")
    assert "akeneo_note" not in pim.record(row, [root])["custom"]


def test_a_master_carries_the_roots_values_alone(pim: Any) -> None:
    pim.shirts()
    root = pim.model("tee", {"name": "Tee"})
    mapping = pim.mapping(attributes={"standard": {"name": "name"}})
    record = mapping.map_master(root, [], [], {}).records[0][2]
    assert record["id"] == "tee"
    assert record["fields"]["display-name"] == {"x-default": "Tee"}
    assert "custom" not in record


def test_what_a_sub_model_owns_is_written_on_each_variant(pim: Any) -> None:
    pim.attribute("name", "text")
    pim.attribute("material", "text")
    pim.attribute("color", "simpleselect", options={"red": {}})
    pim.attribute("size", "simpleselect", options={"s": {}})
    pim.family("shirts", ["sku", "name", "material", "color", "size"])
    pim.variant("by_color_size", "shirts", (["color"], ["material"]), (["size"], ["sku"]))
    root = pim.model("tee", {"name": "Tee"}, family_variant="by_color_size")
    sub = pim.model("tee_red", {"name": "Tee", "color": "red", "material": "wool"}, family_variant="by_color_size", parent="tee")
    row = pim.product("T1", {"name": "Tee", "color": "red", "material": "wool", "size": "s"}, family="shirts", parent="tee_red")
    mapped = pim.map(row, [root, sub])
    assert mapped.records[0][2]["custom"] == {
        "akeneo_color": {"": "red"},
        "akeneo_material": {"": "wool"},
        "akeneo_size": {"": "s"},
        "akeneo_sku": {"": "T1"},
    }
    assert mapped.facts == {
        "id": "T1",
        "root": "tee",
        "parent": "tee_red",
        "axes": {"color": "red", "size": "s"},
        "images": {},
        "online": {"": "true"},
    }


def test_a_variants_model_may_be_spelled_in_another_case(pim: Any) -> None:
    pim.shirts()
    row = pim.product("T1", {"name": "Tee", "size": "m"}, family="SHIRTS", parent="TEE")
    assert (
        "akeneo_name"
        not in pim.record(row, [pim.model("tee", {"name": "Tee"}, family="Shirts", family_variant="BY_SIZE")])["custom"]
    )


def test_ancestors_may_come_without_their_values(pim: Any) -> None:
    pim.shirts()
    root = pim.model("tee")
    del root["values"]
    row = pim.product("T1", {"name": "Tee", "size": "m"}, family="shirts", parent="tee")
    assert "akeneo_name" not in pim.record(row, [root])["custom"]


def test_a_template_is_the_variants_own_when_one_of_its_parts_is(pim: Any) -> None:
    pim.shirts()
    row = pim.product("T1", {"name": "Tee", "size": "m"}, family="shirts", parent="tee")
    standard = {"name": {"template": "{name} {size}"}, "page-title": {"template": "Buy {name}"}}
    record = pim.record(row, [pim.model("tee", {"name": "Tee"})], attributes={"standard": standard})
    assert record["fields"]["display-name"] == {"x-default": "Tee Medium", "en-US": "Tee Medium"}
    assert "page" not in record


def test_a_constant_is_left_to_the_master_unless_variants_do_not_inherit_it(pim: Any) -> None:
    pim.shirts()
    row = pim.product("T1", {"size": "m"}, family="shirts", parent="tee")
    standard = {"template": {"constant": "tee"}, "searchable-flag": {"constant": True}}
    fields = pim.record(row, [pim.model("tee")], attributes={"standard": standard})["fields"]
    assert fields == {"searchable-flag": {"": "true"}, "online-flag": {"": "true"}}


def test_a_default_is_left_to_the_master(pim: Any) -> None:
    pim.shirts()
    pim.attribute("look", "text")
    standard = {"template": {"attribute": "look", "default": "tee"}}
    row = pim.product("T1", {"size": "m"}, family="shirts", parent="tee")
    assert "template" not in pim.record(row, [pim.model("tee")], attributes={"standard": standard})["fields"]


def test_what_sfcc_can_not_clear_stands_on_each_variant_since_a_product_that_becomes_one_would_keep_it(pim: Any) -> None:
    pim.shirts()
    pim.attribute("tax", "text")
    standard = {"tax-class-id": {"attribute": "tax", "default": "standard"}}
    root = pim.model("tee", {"tax": "reduced"})
    own = pim.product("T1", {"size": "m", "tax": "reduced"}, family="shirts", parent="tee")
    assert pim.record(own, [root], attributes={"standard": standard})["fields"]["tax-class-id"] == {"": "reduced"}
    none = pim.product("T1", {"size": "m"}, family="shirts", parent="tee")
    assert pim.record(none, [pim.model("tee")], attributes={"standard": standard})["fields"]["tax-class-id"] == {"": "standard"}


def test_what_variants_do_not_inherit_is_written_on_them_though_the_root_owns_it(pim: Any) -> None:
    pim.shirts()
    pim.attribute("from", "date")
    root = pim.model("tee", {"from": "2024-03-01T00:00:00+00:00"})
    row = pim.product("T1", {"size": "m", "from": "2024-03-01T00:00:00+00:00"}, family="shirts", parent="tee")
    fields = pim.record(row, [root], attributes={"standard": {"online-from": "from"}})["fields"]
    assert fields["online-from"] == {"": "2024-03-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        (None, "held back: it has no identifier"),
        ("x" * 101, "held back: its identifier has 101 characters, 100 are allowed"),
        (" T1", "held back: its identifier starts or ends with white space or has a line break"),
        ("T\n1", "held back: its identifier starts or ends with white space or has a line break"),
        ("T\x0b1", "held back: its identifier holds characters that XML forbids"),
    ],
)
def test_a_product_that_can_have_no_sfcc_id_is_held_back_by_name(pim: Any, identifier: str | None, reason: str) -> None:
    mapped = pim.map(pim.product(identifier, uuid="u1"))
    assert mapped.records == []
    assert mapped.problems == [Problem("product", "u1", "", reason)]


def test_a_variant_whose_model_is_held_back_or_missing_is_held_back_too(pim: Any) -> None:
    pim.shirts()
    long = "x" * 101
    held = pim.map(pim.product("T1", family="shirts", parent=long), [pim.model(long)])
    assert (held.records, held.problems[0].reason) == ([], f"held back: its model '{long}' is held back")
    lost = pim.map(pim.product("T1", family="shirts", parent="tee"), [])
    assert (lost.records, lost.problems[0].reason) == ([], "held back: the PIM did not give its model 'tee'")


@pytest.mark.parametrize("identifier", ["T 1", "a/b", "x" * 100, "ä#?"])
def test_odd_identifiers_that_sfcc_takes_are_kept(pim: Any, identifier: str) -> None:
    assert pim.record(pim.product(identifier))["id"] == identifier


def test_an_identifier_of_null_is_none(pim: Any) -> None:
    (problem,) = pim.map(pim.product(None, {"sku": None})).problems
    assert problem.reason == "held back: it has no identifier"


def test_the_uuid_may_stand_in_for_a_missing_identifier(pim: Any) -> None:
    assert pim.record(pim.product(None, uuid="u1"), products={"without_identifier": "uuid"})["id"] == "u1"


def test_the_main_identifier_is_the_one_marked(pim: Any) -> None:
    pim.attribute("gtin", "identifier", is_main_identifier=True)
    assert pim.record(pim.product("T1", {"gtin": "400"}))["id"] == "400"


def test_a_product_without_family_is_mapped(pim: Any) -> None:
    pim.attribute("name", "text")
    assert pim.record(pim.product("T1", {"name": "Tee"}, family=None))["custom"]["akeneo_name"] == {"": "Tee"}


@pytest.mark.parametrize(
    ("status", "more", "flag"),
    [
        ({"source": "enabled"}, {"enabled": False}, {"": "false"}),
        ({"source": "untouched"}, {"enabled": False}, None),
        ({"source": "completeness"}, {"completenesses": [("en_US", 100), ("fr_FR", 100)]}, {"": "true"}),
        ({"source": "completeness"}, {"completenesses": [("en_US", 100), ("fr_FR", 90)]}, {"": "false"}),
        ({"source": "completeness", "locales": "any"}, {"completenesses": [("en_US", 100), ("fr_FR", 90)]}, {"": "true"}),
        ({"source": "completeness", "completeness": 80}, {"completenesses": [("en_US", 85), ("fr_FR", 90)]}, {"": "true"}),
        ({"source": "completeness", "completeness": 0}, {"completenesses": [], "enabled": False}, {"": "false"}),
        ({"source": "attribute", "attribute": "live"}, {"values": {"live": True}}, {"": "true"}),
        ({"source": "attribute", "attribute": "live"}, {"values": {}}, {"": "false"}),
    ],
)
def test_the_online_flag_follows_the_setting(pim: Any, status: Any, more: Any, flag: Any) -> None:
    pim.attribute("live", "boolean")
    given = {
        **more,
        "completenesses": [{"scope": "ecommerce", "locale": c, "data": d} for c, d in more.get("completenesses", ())],
    }
    row = pim.product("T1", given.pop("values", {}), **given)
    assert pim.record(row, products={"status": status})["fields"].get("online-flag") == flag


def test_a_mapped_online_flag_wins_over_the_status(pim: Any) -> None:
    pim.attribute("live", "boolean")
    record = pim.record(pim.product("T1", {"live": False}), attributes={"standard": {"online-flag": "live"}})
    assert record["fields"]["online-flag"] == {"": "false"}


def test_codes_compare_without_case_and_keep_the_pims_spelling(pim: Any) -> None:
    pim.attribute("Name", "text")
    record = pim.record(pim.product("T1", {"Name": "Tee"}), attributes={"standard": {"name": "NAME"}})
    assert record["fields"]["display-name"] == {"x-default": "Tee"}


@pytest.mark.parametrize(
    ("settings", "excluded"),
    [
        ({}, False),
        ({"products": {"filter": {"family": [{"operator": "IN", "value": ["shirts"]}]}}}, True),
        ({"products": {"filter": {"family": [{"operator": "IN", "value": ["SHOES"]}]}}}, False),
        ({"akeneo": {"families": ["shirts"]}}, True),
    ],
)
def test_the_settings_may_leave_products_out(pim: Any, settings: Any, excluded: bool) -> None:
    pim.shirts()
    pim.family("shoes", [])
    row = pim.product("T1", family="shoes", categories=["elsewhere"])
    assert (pim.mapping(**settings).excluded(row) is not None) is excluded


def test_a_filter_that_can_not_be_asked_of_a_product_is_named(pim: Any) -> None:
    pim.attribute("tags", "multiselect")
    mapping = pim.mapping(products={"filter": {"tags": [{"operator": "IN", "value": ["new"]}]}})
    with pytest.raises(UnmappableError, match=r"^products\.filter can't be asked of 'tags': its data doesn't"):
        mapping.excluded(pim.product("T1", {"tags": 7}))


def test_a_filter_names_the_attributes_whose_values_it_looks_at(pim: Any) -> None:
    pim.shirts()
    search = {"Size": [{"operator": "IN", "value": ["s"]}], "family": [{"operator": "IN", "value": ["shirts"]}]}
    mapping = pim.mapping(products={"filter": search, "model_filter": {"name": [{"operator": "NOT EMPTY"}]}})
    assert mapping.filtered_by == {"size", "name"}


def test_products_outside_the_channels_tree_may_be_left_out(pim: Any) -> None:
    pim.category("mugs", "master")
    inside, outside = pim.product("T1", categories=["mugs"]), pim.product("T2", categories=["elsewhere"])
    mapping = pim.mapping(products={"channel_tree_only": True})
    why = "it is in no exported category tree (products.channel_tree_only)"
    assert [mapping.outside_trees(row) for row in (inside, outside)] == [None, why]
    assert pim.mapping().outside_trees(outside) is None
