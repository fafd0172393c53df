"""Each PIM attribute type: its SFCC type and its value, as in the table of docs/mapping.md."""

from typing import Any

import pytest

from akeneo_assets.mapping.attribute_definitions import attribute_problems, definitions
from akeneo_assets.settings.connector import ConnectorSettings

WEIGHT = {
    "code": "Weight",
    "labels": {},
    "standard_unit_code": "KILOGRAM",
    "units": {
        "KILOGRAM": {
            "code": "KILOGRAM",
            "labels": {},
            "symbol": "kg",
            "convert_from_standard": [{"operator": "mul", "value": "1"}],
        },
        "GRAM": {"code": "GRAM", "labels": {}, "symbol": "g", "convert_from_standard": [{"operator": "mul", "value": "0.001"}]},
        "STONE": {"code": "STONE", "labels": {"en_US": "Stone"}, "symbol": "", "convert_from_standard": []},
    },
}


def definition(pim: Any, code: str, **settings: Any) -> dict[str, Any]:
    rows = definitions(ConnectorSettings.model_validate(settings), pim.structure())
    return next(dict(record) for kind, _, record in rows if kind == "attribute-definition" and record["id"] == f"akeneo_{code}")


@pytest.mark.parametrize(
    ("type_", "more", "data", "sfcc_type", "written"),
    [
        ("text", {}, "Mug & <cup>", "string", "Mug & <cup>"),
        ("textarea", {}, "one\ntwo", "text", "one\ntwo"),
        ("textarea", {"wysiwyg_enabled": True}, "<p>Mug</p>", "html", "<p>Mug</p>"),
        ("identifier", {}, "4006381333931", "string", "4006381333931"),
        ("number", {"decimals_allowed": False}, 12, "int", "12"),
        ("number", {"decimals_allowed": True}, "12.5000", "double", "12.5"),
        ("number", {"decimals_allowed": True}, "12.5678769787", "double", "12.5678769787"),
        ("number", {"decimals_allowed": True}, 0.1, "double", "0.1"),
        ("boolean", {}, True, "boolean", "true"),
        ("date", {}, "2016-06-28T00:00:00+02:00", "date", "2016-06-28"),
        ("simpleselect", {"options": {"red": {}}}, "red", "enum-of-string", "red"),
        ("multiselect", {"options": {"red": {}, "blue": {}}}, ["blue", "red"], "enum-of-string", ["blue", "red"]),
        ("price_collection", {}, [{"amount": "10.50", "currency": "EUR"}], "set-of-string", ["10.50 EUR"]),
        ("image", {}, f"4/d/e/b/{'4' * 40}_mug.jpg", "image", f"images/44/{'4' * 40}_mug.jpg"),
        ("file", {}, f"4/d/e/b/{'4' * 40}_mug.pdf", "string", f"images/44/{'4' * 40}_mug.pdf"),
        ("asset_collection", {"reference_data_name": "photos"}, ["a", "b"], "text", '[{"code":"a"},{"code":"b"}]'),
        ("akeneo_reference_entity", {"reference_data_name": "brands"}, "acme", "string", "akeneo_entity_brands_acme"),
        (
            "akeneo_reference_entity_collection",
            {"reference_data_name": "brands"},
            ["acme", "zen"],
            "set-of-string",
            ["akeneo_entity_brands_acme", "akeneo_entity_brands_zen"],
        ),
        ("pim_reference_data_simpleselect", {"reference_data_name": "fabrics"}, "wool", "string", "wool"),
        ("pim_reference_data_multiselect", {"reference_data_name": "fabrics"}, ["wool"], "set-of-string", ["wool"]),
        ("table", {}, [{"size": "S", "chest": "88.5"}], "text", '[{"size":"S","chest":"88.5"}]'),
        ("hologram", {}, {"depth": 3}, "text", '{"depth":3}'),
    ],
)
def test_each_type_has_its_sfcc_type_and_value(pim: Any, type_: str, more: Any, data: Any, sfcc_type: str, written: Any) -> None:
    pim.attribute("x", type_, **more)
    values = {"x": [{"locale": None, "scope": None, "data": data}]}
    assert definition(pim, "x")["type"] == sfcc_type
    assert pim.record(pim.product("1", values))["custom"]["akeneo_x"] == {"": written}


def test_a_product_link_is_the_id_of_its_exported_target(pim: Any) -> None:
    pim.attribute("part", "product_link")
    row = pim.product("1", {"part": {"type": "product", "id": "uuid-7"}})
    assert pim.record(row, targets={("product", "uuid-7"): "seven"})["custom"]["akeneo_part"] == {"": "seven"}


def test_a_product_link_that_names_nothing_is_reported_and_stops_nobody(pim: Any) -> None:
    pim.attribute("link", "product_link")
    row = pim.product("1", {"link": {"type": "product"}})
    assert pim.mapping().targets_of(row) == set()
    assert [p.attribute for p in pim.map(row).problems] == ["link"]


def test_a_product_link_to_something_not_exported_is_left_out_and_reported(pim: Any) -> None:
    pim.attribute("part", "product_link")
    mapped = pim.map(pim.product("1", {"part": {"type": "product", "identifier": "gone"}}))
    assert "akeneo_part" not in mapped.records[0][2].get("custom", {})
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("part", "the product 'gone' isn't exported")]


@pytest.mark.parametrize(
    ("setting", "data", "written"),
    [
        ("number", {"amount": "1500.0000", "unit": "GRAM"}, {"akeneo_weight": {"": "1.5"}}),
        ("number", {"amount": 98, "unit": "KILOGRAM"}, {"akeneo_weight": {"": "98"}}),
        ("text", {"amount": "1500.0000", "unit": "GRAM"}, {"akeneo_weight": {"": "1500 GRAM"}}),
        (
            "both",
            {"amount": "1500.0000", "unit": "GRAM"},
            {"akeneo_weight": {"": "1.5"}, "akeneo_weight_text": {"": "1500 GRAM"}},
        ),
    ],
)
def test_a_metric_is_a_number_in_the_default_unit_or_text_or_both(pim: Any, setting: str, data: Any, written: Any) -> None:
    pim.measurement_families.append(WEIGHT)
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    custom = pim.record(pim.product("1", {"weight": data}), attributes={"metric": setting})["custom"]
    custom.pop("akeneo_sku")
    assert custom == written


def test_a_metrics_definition_names_the_unit(pim: Any) -> None:
    pim.measurement_families.append(WEIGHT)
    pim.attribute("weight", "metric", metric_family="weight", default_metric_unit="GRAM")
    assert definition(pim, "weight")["units"] == {"x-default": "g"}


def test_the_channels_conversion_unit_is_the_unit_when_asked_for(pim: Any) -> None:
    pim.channels[0]["conversion_units"] = {"weight": "GRAM"}
    pim.measurement_families.append(WEIGHT)
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    settings = {"metric_unit": "channel"}
    assert definition(pim, "weight", attributes=settings)["units"] == {"x-default": "g"}
    row = pim.product("1", {"weight": {"amount": "1.5", "unit": "KILOGRAM"}})
    assert pim.record(row, attributes=settings)["custom"]["akeneo_weight"] == {"": "1500"}


def test_a_unit_that_the_family_lacks_is_reported_and_left_out(pim: Any) -> None:
    pim.measurement_families.append(WEIGHT)
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    mapped = pim.map(pim.product("1", {"weight": {"amount": "1", "unit": "POUND"}}))
    assert "akeneo_weight" not in mapped.records[0][2]["custom"]
    assert mapped.problems[0].reason == "the measurement family has no unit 'POUND'"


def test_an_unknown_type_is_reported_once_for_the_attribute(pim: Any) -> None:
    pim.attribute("x", "hologram")
    problems = attribute_problems(ConnectorSettings(), pim.structure())
    assert [(p.kind, p.key) for p in problems] == [("attribute", "x")]


def test_data_of_another_shape_than_the_type_harms_its_attribute_alone(pim: Any) -> None:
    pim.attribute("x", "price_collection")
    pim.attribute("y", "text")
    mapped = pim.map(pim.product("1", {"x": "12 EUR", "y": "fine"}))
    assert mapped.records[0][2]["custom"] == {"akeneo_sku": {"": "1"}, "akeneo_y": {"": "fine"}}
    assert [p.attribute for p in mapped.problems] == ["x"]


@pytest.mark.parametrize("type_", ["number", "metric", "text", "textarea", "date", "boolean", "simpleselect", "multiselect"])
def test_a_number_that_no_computer_holds_harms_its_attribute_alone(pim: Any, type_: str) -> None:
    unreadable = {"number": "1e999"}  # as `pim.partial.whole_item` gives it
    pim.measurement_families.append(WEIGHT)
    pim.attribute("x", type_, metric_family="Weight", default_metric_unit="KILOGRAM")
    pim.attribute("y", "text")
    data = {"amount": unreadable, "unit": "GRAM"} if type_ == "metric" else unreadable
    mapped = pim.map(pim.product("1", {"x": data, "y": "fine"}))
    assert mapped.records[0][2]["custom"] == {"akeneo_sku": {"": "1"}, "akeneo_y": {"": "fine"}}
    assert [problem.attribute for problem in mapped.problems] == ["x"]


def test_localizable_values_fill_each_site_locale_and_x_default(pim: Any, of: Any) -> None:
    pim.attribute("x", "text", localizable=True)
    row = pim.product("1", {"x": [of("Mug", "en_US"), of("Tasse", "fr_FR"), of("Becher", "de_DE")]})
    assert pim.record(row)["custom"]["akeneo_x"] == {"x-default": "Mug", "en-US": "Mug", "fr-FR": "Tasse"}
    assert definition(pim, "x")["localizable"] is True


def test_scopable_values_are_the_sites_channels(pim: Any, of: Any) -> None:
    pim.attribute("x", "text", scopable=True)
    pim.attribute("y", "text", scopable=True, localizable=True)
    row = pim.product(
        "1",
        {
            "x": [of("print", None, "print"), of("web", None, "ecommerce")],
            "y": [of("print en", "en_US", "print"), of("web fr", "fr_FR", "ecommerce")],
        },
    )
    custom = pim.record(row)["custom"]
    assert custom["akeneo_x"] == {"": "web"}
    assert custom["akeneo_y"] == {"fr-FR": "web fr"}


def test_a_localizable_select_may_differ_per_locale(pim: Any, of: Any) -> None:
    pim.attribute("x", "simpleselect", options={"a": {}, "b": {}}, localizable=True)
    row = pim.product("1", {"x": [of("a", "en_US"), of("b", "fr_FR")]})
    assert pim.record(row)["custom"]["akeneo_x"] == {"x-default": "a", "en-US": "a", "fr-FR": "b"}


def test_an_option_that_sfcc_takes_no_value_like_is_left_out_and_reported(pim: Any) -> None:
    pim.attribute("kind", "simpleselect", options={"ok": {}, "two\nlines": {}, " blank": {}})
    pim.attribute("kinds", "multiselect", options={"ok": {}, " blank": {}})
    kind, kinds = [r["values"] for _, _, r in definitions(ConnectorSettings(), pim.structure()) if r["id"].startswith("akeneo_k")]
    assert [value["value"] for value in (*kind, *kinds)] == ["ok", "ok"]
    assert [(p.key, p.reason) for p in attribute_problems(ConnectorSettings(), pim.structure())] == [
        ("kind", "SFCC takes no option like 'two\nlines', which was left out"),
        ("kind", "SFCC takes no option like ' blank', which was left out"),
        ("kinds", "SFCC takes no option like ' blank', which was left out"),
    ]
    mapped = pim.map(pim.product("1", {"kind": "two\nlines", "kinds": [" blank", "ok"]}))
    assert mapped.records[0][2]["custom"] == {"akeneo_kinds": {"": ["ok"]}, "akeneo_sku": {"": "1"}}
    assert [(p.attribute, p.reason) for p in mapped.problems] == [
        ("kind", "SFCC takes no option like 'two\nlines'"),
        ("kinds", "SFCC takes no option like ' blank'"),
    ]


def test_data_of_null_is_no_value(pim: Any) -> None:
    pim.attribute("x", "text")
    assert pim.record(pim.product("1", {"x": None}))["custom"] == {"akeneo_sku": {"": "1"}}


def test_one_locales_bad_value_leaves_the_others_whole(pim: Any, of: Any) -> None:
    pim.attribute("x", "simpleselect", options={"a": {}}, localizable=True)
    mapped = pim.map(pim.product("1", {"x": [of("a", "en_US"), of("gone", "fr_FR")]}))
    assert mapped.records[0][2]["custom"]["akeneo_x"] == {"x-default": "a", "en-US": "a"}
    assert [p.reason for p in mapped.problems] == ["the attribute has no option 'gone'"]


def test_a_fallback_chain_fills_a_locale_without_value(pim: Any, of: Any) -> None:
    pim.channels[0]["locales"] = ["en_US", "fr_FR", "fr_CA"]
    pim.attribute("x", "text", localizable=True)
    row = pim.product("1", {"x": [of("Tasse", "fr_FR")]})
    site = {"channel": "ecommerce", "default_locale": "en_US", "fallbacks": {"fr_CA": ["fr_FR", "en_US"], "en_US": ["fr_FR"]}}
    record = pim.record(row, organization={"sites": [site]})
    assert record["custom"]["akeneo_x"] == {"x-default": "Tasse", "en-US": "Tasse", "fr-FR": "Tasse", "fr-CA": "Tasse"}


def test_more_values_than_a_set_holds_are_cut_and_reported(pim: Any) -> None:
    pim.attribute("x", "pim_reference_data_multiselect")
    mapped = pim.map(pim.product("1", {"x": [{"locale": None, "scope": None, "data": [str(n) for n in range(201)]}]}))
    assert len(mapped.records[0][2]["custom"]["akeneo_x"][""]) == 200
    assert mapped.problems[0].reason == "201 values; SFCC takes 200, the rest was left out"


def test_characters_that_xml_forbids_are_removed_and_reported(pim: Any) -> None:
    pim.attribute("x", "text")
    mapped = pim.map(pim.product("1", {"x": "a\x0bb\ud800c"}))
    assert mapped.records[0][2]["custom"]["akeneo_x"] == {"": "abc"}
    assert mapped.problems[0].reason == "characters that XML forbids were removed"
