"""PIM data as text: by type and by named conversions."""

from typing import Any

import pytest


def fields(pim: Any, row: Any, **standard: Any) -> Any:
    return pim.record(row, attributes={"standard": standard})["fields"]


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


def test_a_product_link_on_a_standard_field_is_the_targets_id(pim: Any) -> None:
    pim.attribute("successor", "product_link")
    row = pim.product("1", {"successor": {"type": "product", "id": "uuid-2", "identifier": "2"}})
    targets = {("product", "uuid-2"): "SKU-2"}
    standard = {"manufacturer-sku": "successor", "name": {"template": "see {successor}"}}
    found = pim.record(row, targets=targets, attributes={"standard": standard})["fields"]
    assert (found["manufacturer-sku"], found["display-name"]) == ({"": "SKU-2"}, {"x-default": "see SKU-2"})


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
    ("data", "convert", "written"),
    [
        (True, "yes_no", "yes"),
        (False, "yes_no", "no"),
        (True, ["invert", "yes_no"], "no"),
        (False, ["yes_no", "upper"], "NO"),
    ],
)
def test_a_boolean_fills_an_enum_of_yes_and_no_that_exists_in_sfcc(pim: Any, data: bool, convert: Any, written: str) -> None:
    pim.attribute("is_new", "boolean")
    custom = {"isNew": {"attribute": "is_new", "convert": convert}}
    record = pim.record(pim.product("1", {"is_new": data}), attributes={"custom": custom})
    assert record["custom"] == {"akeneo_sku": {"": "1"}, "isNew": {"": written}}


def test_a_text_that_is_no_boolean_stays_as_it_is(pim: Any) -> None:
    pim.attribute("x", "text")
    assert fields(pim, pim.product("1", {"x": "maybe"}), unit={"attribute": "x", "convert": "yes_no"})["unit"] == {"": "maybe"}


def test_a_boolean_by_site_is_converted_for_each_of_them(pim: Any, of: Any) -> None:
    pim.channel("app", ["en_US"], ["EUR"])
    pim.attribute("is_new", "boolean", scopable=True)
    sites = {"sites": [{"id": "A"}, {"id": "B", "channel": "app"}]}
    custom = {"isNew": {"attribute": "is_new", "convert": "yes_no"}}
    item = pim.product("1", {"is_new": [of(True, None, "ecommerce"), of(False, None, "app")]})
    record = pim.record(item, organization=sites, attributes={"custom": custom})
    assert record["custom"]["isNew"] == {"": "yes", "@B": "no"}
