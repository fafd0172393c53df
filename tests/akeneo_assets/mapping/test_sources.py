"""Standard and existing custom attributes: attribute, template, constant, conversions."""

from typing import Any

import pytest


def fields(pim: Any, row: Any, **standard: Any) -> Any:
    return pim.record(row, attributes={"standard": standard})["fields"]


def test_an_unlocalized_value_goes_to_x_default_of_a_localizable_field(pim: Any) -> None:
    pim.attribute("name", "text")
    assert fields(pim, pim.product("1", {"name": "Mug"}), name="name")["display-name"] == {"x-default": "Mug"}


def test_a_localized_value_goes_to_each_locale(pim: Any, of: Any) -> None:
    pim.attribute("name", "text", localizable=True)
    row = pim.product("1", {"name": [of("Mug", "en_US"), of("Tasse", "fr_FR")]})
    assert fields(pim, row, name="name")["display-name"] == {"x-default": "Mug", "en-US": "Mug", "fr-FR": "Tasse"}


def test_a_selects_text_is_its_label_and_its_code_when_asked_for(pim: Any) -> None:
    pim.attribute("brand", "simpleselect", options={"acme": {"en_US": "ACME Inc."}})
    row = pim.product("1", {"brand": "acme"})
    assert fields(pim, row, brand="brand")["brand"] == {"": "ACME Inc."}
    assert fields(pim, row, brand={"attribute": "brand", "convert": "code"})["brand"] == {"": "acme"}


def test_a_selects_label_in_a_localizable_field_follows_the_locales_that_have_one(pim: Any) -> None:
    pim.attribute("kind", "multiselect", options={"a": {"en_US": "Ash"}, "b": {"en_US": "Beech", "fr_FR": "Hêtre"}})
    row = pim.product("1", {"kind": [{"locale": None, "scope": None, "data": ["a", "b"]}]})
    slots = fields(pim, row, **{"short-description": "kind"})["short-description"]
    assert slots == {"x-default": "Ash, Beech", "en-US": "Ash, Beech", "fr-FR": "Ash, Hêtre"}


def test_a_template_joins_attributes_in_each_locale(pim: Any, of: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("name", "text", localizable=True)
    row = pim.product("1", {"brand": "ACME", "name": [of("Mug", "en_US"), of("Tasse", "fr_FR")]})
    slots = fields(pim, row, name={"template": "{brand} {name}"})["display-name"]
    assert slots == {"x-default": "ACME Mug", "en-US": "ACME Mug", "fr-FR": "ACME Tasse"}


def test_a_template_without_any_value_is_empty(pim: Any) -> None:
    pim.attribute("brand", "text")
    assert "display-name" not in fields(pim, pim.product("1"), name={"template": "The {brand}"})


def test_a_template_leaves_out_what_has_no_value(pim: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("name", "text")
    row = pim.product("1", {"name": "Mug"})
    assert fields(pim, row, name={"template": "{brand} {name}"})["display-name"] == {"x-default": "Mug"}


def test_one_bad_part_leaves_the_rest_of_a_template_whole_and_is_reported_by_name(pim: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("kind", "simpleselect", options={"a": {}})
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM", decimals_allowed=False)
    row = pim.product("1", {"brand": "ACME", "kind": "gone", "weight": "heavy"})
    mapped = pim.map(row, attributes={"standard": {"name": {"template": "{brand} {kind} {weight}!"}}})
    assert mapped.records[0][2]["fields"]["display-name"] == {"x-default": "ACME !"}
    told = {(p.attribute, p.reason) for p in mapped.problems if p.attribute == "brand, kind, weight"}
    assert told == {
        ("brand, kind, weight", "'kind': the attribute has no option 'gone'"),
        ("brand, kind, weight", "'weight': its data doesn't have the shape of the attribute's type"),
    }


def test_a_template_keeps_its_lines(pim: Any) -> None:
    pim.attribute("text", "textarea")
    pim.attribute("brand", "text")
    row = pim.product("1", {"text": "One\nTwo"})
    template = {"template": "{text} {brand}  \n\nby {brand} us\n"}
    assert fields(pim, row, **{"long-description": template})["long-description"] == {"x-default": "One\nTwo\n\nby us"}


def test_a_product_link_on_a_standard_field_is_the_targets_id(pim: Any) -> None:
    pim.attribute("successor", "product_link")
    row = pim.product("1", {"successor": {"type": "product", "id": "uuid-2", "identifier": "2"}})
    targets = {("product", "uuid-2"): "SKU-2"}
    standard = {"manufacturer-sku": "successor", "name": {"template": "see {successor}"}}
    found = pim.record(row, targets=targets, attributes={"standard": standard})["fields"]
    assert (found["manufacturer-sku"], found["display-name"]) == ({"": "SKU-2"}, {"x-default": "see SKU-2"})


def test_a_constant_stands_on_every_product(pim: Any) -> None:
    standard = {"tax-class-id": {"constant": "standard"}, "searchable-flag": {"constant": True}}
    found = fields(pim, pim.product("1"), **standard)
    assert (found["tax-class-id"], found["searchable-flag"]) == ({"": "standard"}, {"": "true"})


@pytest.mark.parametrize(
    ("type_", "data", "target", "convert", "written"),
    [
        ("boolean", False, "searchable-flag", [], "false"),
        ("boolean", False, "searchable-flag", ["invert"], "true"),
        ("number", "2.5000", "min-order-quantity", [], "2.5"),
        ("number", 3, "search-rank", [], "3"),
        ("text", "0.5", "sitemap-priority", [], "0.5"),
        ("text", "Weekly", "sitemap-changefrequency", [], "weekly"),
        ("text", "abc", "upc", ["upper"], "ABC"),
        ("textarea", "<p>a<br>b &amp; c</p>", "brand", ["strip_tags"], "a b & c"),
        ("date", "2024-03-01T00:00:00+01:00", "online-from", [], "2024-03-01T00:00:00+01:00"),
        ("date", "2024-03-01T00:00:00+01:00", "online-to", ["end_of_day"], "2024-03-01T23:59:59+01:00"),
        ("date", "2024-03-01T00:00:00+01:00", "unit", [], "2024-03-01"),
        ("text", " standard\nrate ", "tax-class-id", [], "standard rate"),
    ],
)
def test_a_value_is_converted_to_what_the_field_takes(
    pim: Any, type_: str, data: Any, target: str, convert: list[str], written: str
) -> None:
    pim.attribute("x", type_, decimals_allowed=True)
    source = {"attribute": "x", "convert": convert, **({"default": "none"} if target == "tax-class-id" else {})}
    assert fields(pim, pim.product("1", {"x": data}), **{target: source})[target] == {"": written}


@pytest.mark.parametrize(
    ("target", "text", "reason"),
    [
        ("searchable-flag", "perhaps", "'perhaps' is no boolean for searchable-flag"),
        ("search-rank", "1.5", "'1.5' is no integer for search-rank"),
        ("search-rank", "99999999999", "'99999999999' is no integer for search-rank"),
        ("step-quantity", "NaN", "'NaN' is no number for step-quantity"),
        ("sitemap-priority", "2", "'2' is not between 0.0 and 1.0 as sitemap-priority must be"),
        ("online-from", "soon", "'soon' is no date for online-from"),
        ("ean", "1" * 257, "longer than the 256 characters that SFCC allows for ean"),
    ],
)
def test_what_a_field_does_not_take_is_left_out_and_reported(pim: Any, target: str, text: str, reason: str) -> None:
    pim.attribute("x", "text")
    mapped = pim.map(pim.product("1", {"x": text}), attributes={"standard": {target: "x"}})
    assert target not in mapped.records[0][2]["fields"]
    assert [p.reason for p in mapped.problems] == [reason]


def test_a_localizable_text_that_is_too_long_is_cut_and_reported(pim: Any) -> None:
    pim.attribute("x", "textarea")
    mapped = pim.map(pim.product("1", {"x": "é" * 3999 + "😀"}), attributes={"standard": {"page-title": "x"}})
    assert mapped.records[0][2]["page"] == {"page-title": {"x-default": "é" * 3999}}
    assert mapped.problems[0].reason == "cut to the 4000 characters that SFCC allows for page-title"


def test_one_attribute_may_fill_several_targets(pim: Any) -> None:
    pim.attribute("name", "text")
    record = pim.record(
        pim.product("1", {"name": "Mug"}),
        attributes={"standard": {"name": "name", "page-title": "name"}, "custom": {"legacyName": "name"}},
    )
    assert record["fields"]["display-name"] == record["page"]["page-title"] == {"x-default": "Mug"}
    assert record["custom"]["legacyName"] == {"": "Mug"}


def test_an_existing_custom_attribute_takes_the_value_in_its_own_way(pim: Any, of: Any) -> None:
    pim.attribute("colour", "simpleselect", options={"red": {"en_US": "Red", "fr_FR": "Rouge"}})
    pim.attribute("note", "text", localizable=True)
    row = pim.product("1", {"colour": "red", "note": [of("Hi", "en_US"), of("Salut", "fr_FR")]})
    custom = pim.record(
        row,
        attributes={
            "custom": {
                "color": "colour",
                "colorName": {"attribute": "colour", "convert": "label", "localizable": True},
                "plainNote": {"attribute": "note", "localizable": False},
            }
        },
    )["custom"]
    assert custom["color"] == {"": "red"}
    assert custom["colorName"] == {"x-default": "Red", "en-US": "Red", "fr-FR": "Rouge"}
    assert custom["plainNote"] == {"": "Hi"}


def test_page_and_store_attributes_and_the_classification_category_are_targets_too(pim: Any) -> None:
    pim.attribute("x", "text")
    record = pim.record(
        pim.product("1", {"x": "a"}),
        attributes={
            "standard": {
                "pageURL": "x",
                "store-receipt-name": "x",
                "store-force-price-flag": {"constant": False},
                "classification-category": "x",
            }
        },
    )
    assert record["page"] == {"page-url": {"x-default": "a"}}
    assert record["store"] == {"receipt-name": {"x-default": "a"}, "force-price-flag": {"": "false"}}
    assert record["classification"] == {"category": "a"}


def test_a_default_stands_in_for_an_empty_value(pim: Any) -> None:
    pim.attribute("tax", "text")
    source = {"attribute": "tax", "default": "standard"}
    assert fields(pim, pim.product("1"), **{"tax-class-id": source})["tax-class-id"] == {"": "standard"}
    assert fields(pim, pim.product("1", {"tax": "reduced"}), **{"tax-class-id": source})["tax-class-id"] == {"": "reduced"}


def test_a_default_stands_in_for_an_empty_value_of_an_existing_custom_attribute(pim: Any) -> None:
    pim.attribute("kind", "text")
    custom = {"kindOf": {"attribute": "kind", "default": "none"}, "kinds": {"template": "{kind}s", "default": "-"}}
    assert pim.record(pim.product("1"), attributes={"custom": custom})["custom"] == {
        "akeneo_sku": {"": "1"},
        "kindOf": {"": "none"},
        "kinds": {"": "-"},
    }


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-03-01 10:00:00", "2024-03-01T10:00:00"),
        ("20240301T100000Z", "2024-03-01T10:00:00+00:00"),
        ("2024-03-01T10:00:00.5+0200", "2024-03-01T10:00:00.500000+02:00"),
    ],
)
def test_a_date_that_xml_writes_otherwise_is_written_as_xml_does(pim: Any, text: str, written: str) -> None:
    pim.attribute("start", "text")
    assert fields(pim, pim.product("1", {"start": text}), **{"online-from": "start"})["online-from"] == {"": written}


def test_an_optional_source_without_its_attribute_writes_nothing(pim: Any) -> None:
    assert "brand" not in fields(pim, pim.product("1"), brand={"attribute": "brand", "optional": True})


def test_what_has_no_mapping_is_not_written(pim: Any) -> None:
    record = pim.record(pim.product("1"), products={"status": {"source": "untouched"}})
    assert record == {"id": "1", "fields": {}, "custom": {"akeneo_sku": {"": "1"}}}
