"""Standard and existing custom attributes, put together from a source and a target."""

from typing import Any


def fields(pim: Any, row: Any, **standard: Any) -> Any:
    return pim.record(row, attributes={"standard": standard})["fields"]


def test_an_unlocalized_value_goes_to_x_default_of_a_localizable_field(pim: Any) -> None:
    pim.attribute("name", "text")
    assert fields(pim, pim.product("1", {"name": "Mug"}), name="name")["display-name"] == {"x-default": "Mug"}


def test_a_localized_value_goes_to_each_locale(pim: Any, of: Any) -> None:
    pim.attribute("name", "text", localizable=True)
    row = pim.product("1", {"name": [of("Mug", "en_US"), of("Tasse", "fr_FR")]})
    assert fields(pim, row, name="name")["display-name"] == {"x-default": "Mug", "en-US": "Mug", "fr-FR": "Tasse"}


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


def test_an_optional_source_without_its_attribute_writes_nothing(pim: Any) -> None:
    assert "brand" not in fields(pim, pim.product("1"), brand={"attribute": "brand", "optional": True})


def test_what_has_no_mapping_is_not_written(pim: Any) -> None:
    record = pim.record(pim.product("1"), products={"status": {"source": "untouched"}})
    assert record == {"id": "1", "fields": {}, "custom": {"akeneo_sku": {"": "1"}}}
