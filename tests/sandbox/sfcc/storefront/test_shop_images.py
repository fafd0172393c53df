"""Which pictures are shown, and where their files lie."""

import pytest

from sandbox.sfcc.storefront.shop_images import pictures, swatch
from sandbox.sfcc.storefront.shop_products import find_product

LARGE = [
    ("large", {}, "all.jpg"),
    ("large", {"color": "red"}, "red.jpg"),
    ("large", {"color": "red", "size": "l"}, "red-l.jpg"),
    ("medium", {}, "medium.jpg"),
    ("swatch", {"color": "red"}, "red-swatch.jpg"),
    ("swatch", {}, "any-swatch.jpg"),
]


def names(shop, id_, view_type="large", chosen=None):
    return [picture.url.rpartition("/")[2] for picture in pictures(find_product(shop, id_), view_type, chosen)]


@pytest.fixture
def pictured(jackets, xml):
    axes = xml.axis("color", "red", "blue") + xml.axis("size", "s", "l")
    rest = xml.images(*LARGE) + xml.variations(axes, "red-s", "red-l", "blue-l")
    jackets.catalog(xml.product("jacket", rest))
    return jackets


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({}, "all.jpg"),
        ({"color": "red"}, "red.jpg"),
        ({"color": "red", "size": "l"}, "red-l.jpg"),
        ({"color": "blue"}, "all.jpg"),
        ({"size": "l"}, "all.jpg"),
    ],
)
def test_the_most_specific_group_whose_values_are_all_chosen_is_shown(pictured, shop, chosen, shown):
    assert names(shop(), "jacket", chosen=chosen) == [shown]


def test_a_variant_shows_its_masters_pictures_of_its_values_unless_it_has_its_own(pictured, xml, shop):
    assert [names(shop(), id_) for id_ in ("red-s", "red-l", "blue-l")] == [["red.jpg"], ["red-l.jpg"], ["all.jpg"]]
    pictured.catalog(f'<product product-id="red-s">{xml.images(("large", {}, "own.jpg"))}</product>')
    assert names(shop(), "red-s") == ["own.jpg"]
    assert names(shop(), "red-s", "medium") == ["medium.jpg"]


def test_no_other_view_type_stands_in_for_one_without_pictures(pictured, shop):
    assert names(shop(), "jacket", "hi-res") == []


def test_a_master_without_pictures_for_all_shows_its_default_variants_until_something_is_chosen(jackets, xml, shop):
    jackets.catalog(f'<product product-id="jacket">{xml.images(("large", {"color": "red"}, "red.jpg"))}</product>')
    assert names(shop(), "jacket") == ["red.jpg"]
    assert names(shop(), "jacket", chosen={"color": "blue"}) == []


def test_a_value_has_a_swatch_only_where_the_picture_is_for_that_value(pictured, shop):
    master = find_product(shop(), "jacket")
    assert swatch(master, "color", "red").url.endswith("/red-swatch.jpg")
    assert swatch(master, "color", "blue") is None


def test_a_group_may_name_the_variation_attribute_instead_of_the_products_attribute(instance, xml, feeds, shop):
    instance.define(feeds.attribute("akeneo_color"))
    axis = """<variation-attribute attribute-id="akeneo_color" variation-attribute-id="color"><variation-attribute-values>
    <variation-attribute-value value="red"/></variation-attribute-values></variation-attribute>"""
    rest = xml.images(("large", {"color": "red"}, "red.jpg")) + xml.variations(axis, "red")
    instance.catalog(xml.product("jacket", rest) + xml.product("red", values={"akeneo_color": "red"}))
    assert names(shop(), "red") == ["red.jpg"]


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ('<internal-location base-path="/"/>', "/on/demandware.static/-/Sites-c/en-US/images/a%20b.jpg"),
        ('<internal-location base-path="/media"/>', "/on/demandware.static/-/Sites-c/en-US/media/images/a%20b.jpg"),
        (
            "<external-location><http-url>http://img.example/x/</http-url><https-url>https://img.example/x/</https-url></external-location>",
            "https://img.example/x/images/a%20b.jpg",
        ),
        (
            "<external-location><http-url>javascript:alert(1)</http-url></external-location>",
            "/on/demandware.static/-/Sites-c/en-US/images/a%20b.jpg",
        ),
    ],
)
def test_pictures_lie_where_the_header_of_the_products_own_catalog_says(instance, xml, shop, settings, url):
    header = f"<header><image-settings>{settings}</image-settings></header>"
    instance.catalog(header + xml.product("p", xml.images(("large", {}, "images/a b.jpg"))))
    instance.catalog(xml.category("a") + xml.assign("a", "p"), id_="of the site")
    assert [picture.url for picture in pictures(find_product(shop(), "p"), "large")] == [url]


def test_alternative_texts_are_the_pictures_own_or_made_by_the_headers_pattern(pictured, xml, shop):
    pattern = "<alt-pattern>${productname}, ${variationvalue} (${viewtype})</alt-pattern>"
    pictured.catalog(f"<header><image-settings><internal-location base-path='/'/>{pattern}</image-settings></header>")
    (picture,) = pictures(find_product(shop(), "red-s"), "large")
    assert picture.alt == "Jacket, RED, S (large)"
    own = '<images><image-group view-type="large"><image path="x.jpg"><alt>A red one</alt></image></image-group></images>'
    pictured.catalog(f'<product product-id="red-s">{own}</product>')
    (picture,) = pictures(find_product(shop(), "red-s"), "large")
    assert picture.alt == "A red one"
