"""Menu, tree and path of categories."""

from sandbox.sfcc.storefront.shop_categories import find_category, primary_category
from sandbox.sfcc.storefront.shop_products import find_product
from sandbox.sfcc.storefront.shop_view import home_categories, menu

OFF = "<online-flag>false</online-flag>"


def ids(categories):
    return [category.id for category in categories]


def test_subcategories_stand_by_their_position_and_those_without_one_last(instance, xml, shop):
    positions = {"a": "", "b": "<position>2</position>", "c": "<position>1.5</position>", "d": "<position>10</position>", "e": ""}
    instance.catalog("".join(xml.category(id_, rest=rest) for id_, rest in positions.items()))
    assert ids(find_category(shop(), "root").subcategories) == ["c", "b", "d", "a", "e"]


def test_a_category_is_shown_only_while_it_and_all_above_it_are_online(instance, xml, shop):
    dated = "<online-flag>true</online-flag><online-to>2026-05-01T00:00:00Z</online-to>"
    instance.catalog(
        xml.category("off", flags=OFF)
        + xml.category("below", "off")
        + xml.category("past", flags=dated)
        + xml.category("on", name="On")
    )
    assert [find_category(shop(), id_).is_shown for id_ in ("off", "below", "past", "on")] == [False, False, False, True]
    assert ids(find_category(shop(), "root").subcategories) == ["on"]


def test_where_the_instance_defines_show_in_menu_only_categories_with_it_are_in_the_menu(instance, xml, feeds, shop):
    instance.catalog(xml.category("a") + xml.category("b") + xml.category("off", flags=OFF))
    assert ids(menu(shop())) == ["a", "b"]
    instance.define(feeds.attribute("showInMenu", "boolean"), type_id="Category")
    in_menu = '<custom-attributes><custom-attribute attribute-id="showInMenu">true</custom-attribute></custom-attributes>'
    instance.catalog(xml.category("b", rest=in_menu) + xml.category("off", flags=OFF, rest=in_menu))
    assert ids(menu(shop())) == ["b"]
    assert ids(find_category(shop(), "root").subcategories) == ["a", "b"]


def test_a_path_leads_from_below_root_in_the_shoppers_language(instance, xml, shop):
    name = '<display-name xml:lang="x-default">Tents</display-name><display-name xml:lang="de">Zelte</display-name>'
    instance.catalog(
        xml.category("camping", name="Camping")
        + f'<category category-id="tents">{name}<online-flag>true</online-flag><parent>camping</parent></category>'
    )
    assert [c.name for c in find_category(shop(locale="de-DE"), "tents").path] == ["Camping", "Zelte"]


def test_a_product_stands_in_its_primary_category_or_else_in_its_first_that_is_online(instance, xml, shop):
    primary = "<primary-flag>true</primary-flag>"
    instance.catalog(
        xml.category("off", flags=OFF)
        + xml.category("a")
        + xml.category("b")
        + xml.product("one")
        + xml.product("two")
        + xml.assign("off", "one", "two")
        + xml.assign("a", "one", "two")
        + xml.assign("b", "one", rest=primary)
    )
    assert primary_category(find_product(shop(), "one")).id == "b"
    assert primary_category(find_product(shop(), "two")).id == "a"


def test_a_variant_stands_in_its_masters_primary_category_before_one_of_its_own_that_is_not(jackets, xml, shop):
    jackets.catalog(
        xml.category("gifts")
        + xml.assign("gifts", "red-s")
        + xml.assign("clothes", "jacket", rest="<primary-flag>true</primary-flag>")
    )
    assert primary_category(find_product(shop(), "red-s")).id == "clothes"


def test_home_shows_the_categories_of_the_menu_that_list_something_and_of_a_lone_one_those_below(instance, xml, shop):
    instance.catalog(
        xml.category("shop")
        + xml.category("empty", "shop")
        + xml.category("tents", "shop")
        + xml.product("tent")
        + xml.assign("tents", "tent")
    )
    assert [(c.id, [hit.product.id for hit in hits]) for c, hits in home_categories(shop())] == [("tents", ["tent"])]
    instance.catalog(xml.category("more"))
    assert [c.id for c, _ in home_categories(shop())] == ["shop"]
