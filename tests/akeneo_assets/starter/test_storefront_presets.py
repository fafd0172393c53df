"""Which axes of a PIM a reference storefront looks for by its own ids."""

from typing import Any

from akeneo_assets.starter.storefront_presets import axes_by_id
from akeneo_assets.structure.pim_structure import Structure


def structure(*axes: dict[str, Any]) -> Structure:
    sku = {"code": "sku", "type": "pim_catalog_identifier", "group": "other", "labels": {}}
    attributes = [{"type": "pim_catalog_simpleselect", "group": "other", "labels": {}} | axis for axis in axes]
    sets = [{"level": 1, "axes": [axis["code"] for axis in axes], "attributes": ["sku"]}]
    families = [{"code": "shoes", "attributes": ["sku", *(axis["code"] for axis in axes)], "attribute_requirements": {}}]
    variants = [{"code": "all", "family": "shoes", "variant_attribute_sets": sets}]
    return Structure.build(channels=[], attributes=[sku, *attributes], families=families, family_variants=variants)


def chosen(*axes: dict[str, Any]) -> dict[str, list[str]]:
    return {id_: [axis.code for axis in found] for id_, found in axes_by_id(structure(*axes)).items()}


def test_an_axis_is_known_by_its_whole_code_or_a_label() -> None:
    assert chosen({"code": "mainColor"}, {"code": "gr", "labels": {"de_DE": "Größe"}}, {"code": "material"}) == {
        "color": ["mainColor"],
        "size": ["gr"],
    }


def test_the_likeliest_of_several_comes_first() -> None:
    assert chosen({"code": "eu_shoes_size"}, {"code": "size"}) == {"size": ["size", "eu_shoes_size"]}


def test_part_of_a_word_is_no_sign() -> None:
    assert chosen({"code": "resized"}, {"code": "colorimetry"}) == {}
