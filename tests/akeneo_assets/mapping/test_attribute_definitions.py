"""Definitions: which attributes, under which ids, with which options and groups."""

from typing import Any

import pytest

from akeneo_assets.mapping.attribute_definitions import custom_id, definitions
from akeneo_assets.settings.attribute_settings import Attributes
from akeneo_assets.settings.connector import ConnectorSettings


def rows(pim: Any, **attributes: Any) -> list[Any]:
    return definitions(ConnectorSettings(attributes=Attributes.model_validate(attributes)), pim.structure())


def ids(pim: Any, **attributes: Any) -> list[str]:
    return [record["id"] for kind, _, record in rows(pim, **attributes) if kind == "attribute-definition"]


@pytest.mark.parametrize(
    ("code", "id_"),
    [
        ("short_description", "akeneo_shortDescription"),
        ("Food_Composition", "akeneo_FoodComposition"),
        ("ean", "akeneo_ean"),
        ("123", "akeneo_123"),
        ("a__b", "akeneo_aB"),
    ],
)
def test_camel_case_ids_are_the_official_cartridges(code: str, id_: str) -> None:
    assert custom_id(code, Attributes(id_style="camel_case")) == id_


def test_ids_keep_the_code_as_it_is_by_default() -> None:
    assert custom_id("Food_Composition", Attributes()) == "akeneo_Food_Composition"


def test_options_come_in_the_pims_order_with_their_labels_and_codes_as_default(pim: Any) -> None:
    pim.attribute("x", "simpleselect", options={"zz": {"fr_FR": "Zèbre"}, "aa": {"en_US": "Ant", "fr_FR": "Fourmi"}})
    pim.attribute_options.append({"code": "last", "attribute": "X", "sort_order": 2, "labels": {}})
    record = next(r for _, _, r in rows(pim) if r["id"] == "akeneo_x")
    assert record["values"] == [
        {"value": "zz", "names": {"x-default": "zz", "fr-FR": "Zèbre"}},
        {"value": "aa", "names": {"x-default": "Ant", "en-US": "Ant", "fr-FR": "Fourmi"}},
        {"value": "last", "names": {"x-default": "last"}},
    ]


def test_a_scopable_attribute_is_site_specific_with_one_site_too_so_that_a_former_sites_values_can_be_cleared(pim: Any) -> None:
    pim.attribute("a", "text", scopable=True)
    pim.attribute("b", "text", scopable=True, localizable=True)
    pim.attribute("c", "text")
    flags = {record["id"]: record["site_specific"] for kind, _, record in rows(pim) if kind == "attribute-definition"}
    assert flags == {"akeneo_a": True, "akeneo_b": False, "akeneo_c": False, "akeneo_sku": False}


def test_attributes_come_in_the_order_of_their_groups(pim: Any) -> None:
    pim.attribute_groups += [{"code": "late", "sort_order": 2, "labels": {}}, {"code": "early", "sort_order": 1, "labels": {}}]
    pim.attribute("a", "text", group="late")
    pim.attribute("b", "text", group="early", sort_order=2)
    pim.attribute("c", "text", group="early", sort_order=1)
    assert ids(pim)[:3] == ["akeneo_c", "akeneo_b", "akeneo_a"]


def test_mapped_attributes_get_no_custom_attribute_unless_asked_for(pim: Any) -> None:
    pim.attribute("name", "text")
    pim.attribute("price", "price_collection")
    assert ids(pim, standard={"name": "name"}) == ["akeneo_sku"]
    assert ids(pim, standard={"name": "name"}, keep_mapped=True) == ["akeneo_name", "akeneo_price", "akeneo_sku"]


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        ({"include": {"attributes": ["A"]}}, ["akeneo_a"]),
        ({"include": {"groups": ["g"]}}, ["akeneo_b"]),
        ({"include": {"families": ["fb"]}}, ["akeneo_b", "akeneo_c"]),
        ({"exclude": {"attributes": ["a", "sku"]}}, ["akeneo_b", "akeneo_c"]),
        ({"exclude": {"families": ["fb"]}}, ["akeneo_a", "akeneo_c", "akeneo_sku"]),
        ({"include": {"families": ["fb"]}, "exclude": {"groups": ["g"]}}, ["akeneo_c"]),
    ],
)
def test_attributes_are_included_and_excluded_by_code_group_or_family(pim: Any, selection: Any, left: list[str]) -> None:
    pim.attribute_groups.append({"code": "g", "sort_order": 0, "labels": {}})
    for code in "abc":
        pim.attribute(code, "text", group="g" if code == "b" else "other")
    pim.family("fa", ["a", "c", "sku"])
    pim.family("fb", ["b", "c"])
    assert sorted(ids(pim, **selection)) == left


def test_an_axis_is_imported_even_when_excluded(pim: Any) -> None:
    pim.shirts()
    assert "akeneo_size" in ids(pim, exclude={"attributes": ["size"]})


def test_one_group_holds_every_attribute(pim: Any) -> None:
    pim.attribute("a", "text")
    groups = [record for kind, _, record in rows(pim) if kind == "attribute-group"]
    assert groups == [
        {
            "id": "AkeneoAttributes",
            "names": {"x-default": "Akeneo Attributes"},
            "attributes": [{"id": "akeneo_a"}, {"id": "akeneo_sku"}],
        }
    ]


def test_the_pims_groups_may_be_sfccs(pim: Any) -> None:
    pim.attribute_groups.append({"code": "tech", "sort_order": 0, "labels": {"fr_FR": "Technique"}})
    pim.attribute("a", "text", group="tech")
    groups = [record for kind, _, record in rows(pim, groups="pim") if kind == "attribute-group"]
    assert groups == [
        {
            "id": "AkeneoAttributes_tech",
            "names": {"x-default": "tech", "fr-FR": "Technique"},
            "attributes": [{"id": "akeneo_a"}],
        },
        {"id": "AkeneoAttributes_other", "names": {"x-default": "other"}, "attributes": [{"id": "akeneo_sku"}]},
    ]
