"""What of the PIM each part of a record comes from."""

from typing import Any

from akeneo_assets.mapping.origins import of_category
from akeneo_assets.settings.connector import ConnectorSettings


def origins(mapping: Any, item: Any, *placed: Any) -> dict[str, tuple[str, ...]]:
    return {part.name: part.origin for record in placed for part in mapping.origins(item, record)}


def test_a_value_names_its_attribute_a_template_all_that_it_reads_and_a_constant_the_settings(pim: Any) -> None:
    pim.shirts()
    standard = {
        "name": {"template": "{name} {size} {property.family_label}"},
        "ean": {"attribute": "ean"},
        "brand": {"constant": "Acme"},
    }
    mapping = pim.mapping(attributes={"standard": standard})
    item = pim.product("T1", {"name": "Tee", "size": "m", "ean": "1"}, family="shirts")
    mapped = mapping.map_product(item, ancestors=[], targets={})
    assert origins(mapping, item, *mapped.records) == {
        "fields/display-name": ("name", "size", "family_label"),
        "fields/ean": ("ean",),
        "fields/brand": ("connector.yaml",),
        "fields/online-flag": ("enabled",),
        "custom/akeneo_sku": ("sku",),
        "custom/akeneo_name": ("name",),  # a template leaves its attributes' own values where they are
        "custom/akeneo_size": ("size",),
    }


def test_the_label_attribute_that_stands_in_for_a_name_is_named_beside_the_mapped_one(pim: Any) -> None:
    pim.attribute("title", "text")
    pim.attribute("name", "text")
    pim.family("mugs", ["sku", "title", "name"], label="title")
    mapping = pim.mapping(attributes={"standard": {"name": "name"}}, products={"label_as_name": True})
    item = pim.product("M", {"title": "Mug"}, family="mugs")
    mapped = mapping.map_product(item, ancestors=[], targets={})
    assert mapped.records[0][2]["fields"]["display-name"] == {"x-default": "Mug"}
    assert origins(mapping, item, mapped.records[0])["fields/display-name"] == ("name", "title")


def test_a_relation_names_the_association_types_of_its_type_and_a_master_its_axes(pim: Any) -> None:
    pim.shirts()
    associations = {
        "X_SELL": {"as": "recommendation", "type": 1},
        "MORE": {"as": "recommendation", "type": 1},
        "UPSELL": {"as": "recommendation", "type": 2},
        "PACK": {"as": "product-link", "type": "accessory"},
    }
    mapping = pim.mapping(associations=associations)
    relations = ("recommendations", "c", {"id": "T1", "targets": [{"target": "a", "type": "1"}, {"target": "b", "type": "2"}]})
    links = ("product-links", "c", {"id": "T1", "links": [{"id": "a", "type": "accessory"}]})
    assert origins(mapping, pim.product("T1"), relations, links) == {
        "recommendation 1": ("X_SELL", "MORE"),
        "recommendation 2": ("UPSELL",),
        "product-link accessory": ("PACK",),
    }
    root = pim.model("tee", {"name": "Tee"})
    parts = origins(mapping, root, *mapping.map_master(root, [], [], {}).records)
    assert (parts["variations"], parts["fields/online-flag"]) == (("size",), ("variants",))


def test_a_categorys_fields_name_labels_enriched_attributes_or_the_settings() -> None:
    settings = ConnectorSettings.model_validate({"categories": {"enriched": {"description": "intro"}, "show_in_menu": True}})
    record = {
        "id": "mugs",
        "parent": "master",
        "fields": {"display-name": {"x-default": "Mugs"}, "online-flag": {"": "true"}, "description": {"x-default": "All"}},
        "custom": {"showInMenu": {"": "true"}},
    }
    assert {part.name: part.origin for part in of_category(settings, record)} == {
        "parent": ("parent",),
        "fields/display-name": ("labels",),
        "fields/online-flag": ("connector.yaml",),
        "fields/description": ("intro",),
        "custom/showInMenu": ("connector.yaml",),
    }
