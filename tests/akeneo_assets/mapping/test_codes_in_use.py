from typing import Any

import pytest

from akeneo_assets.mapping.codes_in_use import codes_in_use, sentence, vanished
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure

LISTS: dict[str, Any] = {
    "locales": [{"code": "en_US", "enabled": True}, {"code": "fr_FR", "enabled": True}],
    "currencies": [{"code": "EUR", "enabled": True}, {"code": "USD", "enabled": True}],
    "channels": [
        {"code": "ecommerce", "category_tree": "master", "locales": ["en_US", "fr_FR"], "currencies": ["EUR", "USD"]},
        {"code": "print", "category_tree": "print", "locales": ["fr_FR"], "currencies": ["EUR"]},
    ],
    "categories": [{"code": "master", "parent": None}, {"code": "men", "parent": "master"}, {"code": "print", "parent": None}],
    "attributes": [
        {"code": code, "type": "pim_catalog_text", "group": "other"} for code in ("Name", "color", "secret", "forgotten")
    ],
    "families": [
        {"code": "Shoes", "attributes": ["Name", "color", "secret"], "attribute_as_label": "Name"},
        {"code": "unused", "attributes": ["forgotten"], "attribute_as_label": "forgotten"},
    ],
    "asset_families": [{"code": "pictures"}],
}
IN_USE = {
    "list": ["asset_families"],
    "channel": ["ecommerce"],
    "locale": ["en_US of ecommerce", "fr_FR of ecommerce"],
    "currency": ["EUR of ecommerce", "USD of ecommerce"],
    "category tree": ["master"],
    "family": ["Shoes"],
    "attribute": ["Name", "color", "secret"],
}


def structure(**lists: Any) -> Structure:
    return Structure.build(**(LISTS | lists))


def settings(**sections: Any) -> ConnectorSettings:
    return ConnectorSettings.model_validate(sections)


def site(**fields: Any) -> dict[str, Any]:
    return {"organization": {"sites": [fields]}}


def lacking(name: str, code: str) -> dict[str, Any]:
    return {name: [item for item in LISTS[name] if item["code"] != code]}


def channel(**fields: Any) -> dict[str, Any]:
    return {"channels": [LISTS["channels"][0] | fields, LISTS["channels"][1]]}


def test_in_use_is_what_sites_read_and_what_families_of_products_have() -> None:
    assert codes_in_use(settings(), structure(), ["shoes"]) == IN_USE


def test_what_the_settings_leave_out_is_not_in_use_unless_they_name_it() -> None:
    leaves_out: dict[str, Any] = {"exclude": {"attributes": ["SECRET", "color"]}, "standard": {"brand": "color"}}
    chosen = site(locales={"en_US": "en-US"}, currencies=["EUR"], trees=["print"])
    in_use = codes_in_use(settings(attributes=leaves_out, **chosen), structure(), ["Shoes"])
    assert in_use["attribute"] == ["Name", "color"]
    assert in_use["locale"] == ["en_US of ecommerce"]
    assert in_use["currency"] == ["EUR of ecommerce"]
    assert in_use["category tree"] == ["print"]


@pytest.mark.parametrize(
    ("lists", "gone"),
    [
        ({"asset_families": []}, {"list": ["asset_families"]}),
        (lacking("channels", "ecommerce"), {"channel": ["ecommerce"]}),
        (channel(locales=["en_US"]), {"locale": ["fr_FR of ecommerce"]}),
        (lacking("locales", "fr_FR"), {"locale": ["fr_FR of ecommerce"]}),
        (channel(currencies=["EUR"]), {"currency": ["USD of ecommerce"]}),
        (lacking("currencies", "USD"), {"currency": ["USD of ecommerce"]}),
        (lacking("categories", "master"), {"category tree": ["master"]}),
        (lacking("families", "Shoes"), {"family": ["Shoes"]}),
        (lacking("attributes", "color"), {"attribute": ["color"]}),
    ],
)
def test_a_code_in_use_that_a_list_lacks_has_vanished(lists: dict[str, Any], gone: dict[str, list[str]]) -> None:
    found = vanished(IN_USE, settings(), structure(**lists))
    assert {kind: found[kind] for kind in gone} == gone
    assert set(found) - set(gone) <= {"locale", "currency"}  # a channel takes its own along


@pytest.mark.parametrize(
    "lists",
    [
        {},
        lacking("families", "unused"),
        lacking("attributes", "forgotten"),
        lacking("categories", "print"),
        lacking("channels", "print"),
        {"attributes": [{"code": code, "type": "pim_catalog_text"} for code in ("NAME", "Color", "secret")]},
    ],
)
def test_what_is_not_in_use_may_go_and_codes_compare_without_case(lists: dict[str, Any]) -> None:
    assert vanished(IN_USE, settings(), structure(**lists)) == {}


@pytest.mark.parametrize(
    ("sections", "lists"),
    [
        (site(channel="print"), lacking("channels", "ecommerce")),
        (site(locales={"en_US": "en-US"}), channel(locales=["en_US"])),
        (site(currencies=["EUR"]), channel(currencies=["EUR"])),
        (site(trees=["print"]), lacking("categories", "master")),
        ({"categories": {"trees": ["print"]}}, lacking("categories", "master")),
        ({"attributes": {"exclude": {"attributes": ["Color"]}}}, lacking("attributes", "color")),
    ],
)
def test_what_the_settings_ask_for_no_more_may_go(sections: dict[str, Any], lists: dict[str, Any]) -> None:
    assert vanished(IN_USE, settings(**sections), structure(**lists)) == {}


@pytest.mark.parametrize(
    ("sections", "lists", "gone"),
    [
        (site(locales={"fr_FR": "fr-FR"}), channel(locales=["en_US"]), {"locale": ["fr_FR of ecommerce"]}),
        (site(currencies=["USD"]), channel(currencies=["EUR"]), {"currency": ["USD of ecommerce"]}),
        (site(trees=["master"]), lacking("categories", "master"), {"category tree": ["master"]}),
        (
            {
                "attributes": {
                    "exclude": {"attributes": ["color"]},
                    "standard": {"brand": {"attribute": "color", "optional": True}},
                }
            },
            lacking("attributes", "color"),
            {"attribute": ["color"]},
        ),
    ],
)
def test_what_the_settings_name_has_vanished_even_if_it_is_optional(
    sections: dict[str, Any], lists: dict[str, Any], gone: dict[str, list[str]]
) -> None:
    assert vanished(IN_USE, settings(**sections), structure(**lists)) == gone


def test_nothing_was_in_use_before_the_first_load() -> None:
    assert vanished({}, settings(), structure()) == {}


def test_the_sentence_names_ten_of_a_kind_and_how_to_go_on() -> None:
    said = sentence({"locale": ["fr_FR of ecommerce"], "attribute": [f"a{n:02}" for n in range(12)]}, "night 7")
    assert "in use: locale 'fr_FR of ecommerce'; attributes 'a00', 'a01'," in said
    assert "'a09' and 2 more." in said
    assert "'a10'" not in said
    assert "lost the right to see it" in said
    assert "--confirm 'night 7'" in said
