"""A product's family, groups and categories as sources."""

from typing import Any

import pytest

FRENCH = {"en_US": "Shirts", "fr_FR": "Chemises"}


@pytest.fixture
def shop(pim: Any) -> Any:
    pim.shirts()
    pim.families[0]["labels"] = FRENCH
    pim.category("tops", "master", labels={"en_US": "Tops", "fr_FR": "Hauts"})
    pim.category("sale", "master", labels={"en_US": "Sale"})
    pim.category("print", None)
    pim.category("page_7", "print", labels={"en_US": "Page 7"})
    return pim


def fields(pim: Any, item: Any, **standard: Any) -> Any:
    return pim.record(item, attributes={"standard": standard})["fields"]


def test_a_familys_label_follows_the_locales_as_an_options_does(shop: Any) -> None:
    item = shop.product("T1", family="SHIRTS")
    source = {"property": "family_label"}
    slots = fields(shop, item, **{"short-description": source, "brand": source})
    assert slots["short-description"] == {"x-default": "Shirts", "en-US": "Shirts", "fr-FR": "Chemises"}
    assert slots["brand"] == {"": "Shirts"}


def test_a_family_without_label_is_called_by_its_code_under_x_default(shop: Any) -> None:
    shop.family("mugs", [])
    item = shop.product("M1", family="mugs")
    assert fields(shop, item, **{"short-description": {"property": "family_label"}})["short-description"] == {"x-default": "mugs"}


def test_a_familys_code_is_one_for_all_locales(shop: Any) -> None:
    item = shop.product("T1", family="shirts")
    slots = fields(shop, item, **{"short-description": {"property": "family", "convert": "upper"}})
    assert slots["short-description"] == {"x-default": "SHIRTS"}


def test_groups_are_their_codes_since_the_pim_gives_no_labels_of_them(shop: Any) -> None:
    item = shop.product("T1", groups=["summer", "promo"])
    slots = fields(shop, item, unit={"property": "groups"}, template={"property": "groups", "convert": "first"})
    assert (slots["unit"], slots["template"]) == ({"": "summer, promo"}, {"": "summer"})


def test_categories_are_those_in_the_sites_trees_in_the_pims_order(shop: Any) -> None:
    item = shop.product("T1", categories=["page_7", "tops", "sale"])
    slots = fields(shop, item, **{"short-description": {"property": "category_labels"}})["short-description"]
    assert slots == {"x-default": "Tops, Sale", "en-US": "Tops, Sale", "fr-FR": "Hauts, Sale"}


def test_what_a_product_does_not_have_is_empty(shop: Any) -> None:
    sources = {
        "unit": {"property": "groups"},
        "template": {"property": "family"},
        "brand": {"property": "family_label"},
        "ean": {"property": "category_labels"},
    }
    assert fields(shop, shop.product("T1"), **sources) == {"online-flag": {"": "true"}}


def test_a_template_names_properties_beside_attributes_even_ones_of_the_same_code(shop: Any) -> None:
    shop.attribute("family", "text")
    item = shop.product("T1", {"name": "Tee", "family": "Kin"}, family="shirts")
    template = {"template": "{property.family_label}: {name} ({family}, {property.family})"}
    assert fields(shop, item, name=template)["display-name"] == {
        "x-default": "Shirts: Tee (Kin, shirts)",
        "en-US": "Shirts: Tee (Kin, shirts)",
        "fr-FR": "Chemises: Tee (Kin, shirts)",
    }


def test_an_existing_custom_attribute_takes_a_property_localized_or_not(shop: Any) -> None:
    custom = {
        "kind": {"property": "family_label", "localizable": True},
        "kindCode": {"property": "family"},
        "groupCodes": {"property": "groups"},
    }
    item = shop.product("T1", family="shirts", groups=["promo"])
    written = shop.record(item, attributes={"custom": custom})["custom"]
    assert written == {
        "akeneo_sku": {"": "T1"},
        "kind": {"x-default": "Shirts", "en-US": "Shirts", "fr-FR": "Chemises"},
        "kindCode": {"": "shirts"},
        "groupCodes": {"": "promo"},
    }


def test_each_site_may_have_a_property_of_its_own(shop: Any) -> None:
    sites = [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "ecommerce", "default_locale": "fr_FR"}]
    source = {"sites": {"A": {"property": "family"}, "B": {"property": "family_label"}}}
    item = shop.product("T1", family="shirts")
    record = shop.record(item, organization={"sites": sites}, attributes={"custom": {"kind": source}})
    assert record["custom"]["kind"] == {"@A": "shirts", "@B": "Chemises"}


@pytest.mark.parametrize(
    ("source", "more", "written"),
    [
        ({"property": "family_label"}, {}, None),
        ({"template": "{property.family} {size}"}, {}, {"x-default": "shirts Medium", "en-US": "shirts Medium"}),
        ({"property": "category_labels"}, {}, None),
        (
            {"property": "category_labels"},
            {"categories": ["sale", "tops"]},
            {"x-default": "Sale, Tops", "en-US": "Sale, Tops", "fr-FR": "Sale, Hauts"},
        ),
        ({"property": "groups"}, {"groups": ["promo"]}, {"x-default": "promo"}),
    ],
)
def test_a_variant_leaves_to_its_master_what_it_shares_with_it(shop: Any, source: Any, more: Any, written: Any) -> None:
    root = shop.model("tee", {"name": "Tee"}, categories=["tops"])
    item = shop.product("T1", {"name": "Tee", "size": "m"}, **{"categories": ["tops"], **more}, family="shirts", parent="tee")
    record = shop.record(item, [root], attributes={"standard": {"short-description": source}})
    assert record["fields"].get("short-description") == written


def test_a_master_has_its_own_family_and_categories(shop: Any) -> None:
    standard = {"short-description": {"template": "{property.family_label} / {property.category_labels}"}}
    mapping = shop.mapping(attributes={"standard": standard})
    record = mapping.map_master(shop.model("tee", categories=["sale"]), [], [], {}).records[0][2]
    assert record["fields"]["short-description"] == {
        "x-default": "Shirts / Sale",
        "en-US": "Shirts / Sale",
        "fr-FR": "Chemises / Sale",
    }


def test_what_variants_do_not_inherit_stands_on_each_of_them(shop: Any) -> None:
    item = shop.product("T1", {"size": "m"}, family="shirts", parent="tee")
    record = shop.record(item, [shop.model("tee")], attributes={"standard": {"manufacturer-sku": {"property": "family"}}})
    assert record["fields"]["manufacturer-sku"] == {"": "shirts"}


def test_a_changed_label_of_a_family_changes_the_structure_so_that_everything_is_mapped_again(shop: Any) -> None:
    before = shop.structure().fingerprint()
    shop.families[0]["labels"] = {"en_US": "Tops"}
    assert shop.structure().fingerprint() != before
