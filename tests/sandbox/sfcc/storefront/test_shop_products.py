"""Whether a product is shown, what kind it is, what a variant inherits."""

import pytest

from sandbox.sfcc.storefront.shop_products import find_product


@pytest.mark.parametrize(
    ("flags", "here", "there"),
    [
        ("<online-flag>true</online-flag>", None, None),
        ("<online-flag>false</online-flag>", "offline", "offline"),
        ("", "offline", "offline"),
        ('<online-flag>true</online-flag><online-flag site-id="RefArch">false</online-flag>', "offline", None),
        ('<online-flag>false</online-flag><online-flag site-id="RefArch">true</online-flag>', None, "offline"),
        ("<online-flag>true</online-flag><online-from>2026-07-01T00:00:00Z</online-from>", "offline", "offline"),
        ("<online-flag>true</online-flag><online-to>2026-05-01T00:00:00Z</online-to>", "offline", "offline"),
        ('<online-flag>true</online-flag><online-to site-id="RefArch">2026-05-01T00:00:00Z</online-to>', "offline", None),
    ],
)
def test_a_product_is_shown_by_the_flag_and_dates_of_the_site(instance, xml, shop, flags, here, there):
    instance.catalog(xml.category("a") + xml.product("tent", flags=flags) + xml.assign("a", "tent"))
    assert find_product(shop("RefArch"), "tent").problem == here
    assert find_product(shop("RefArchGlobal"), "tent").problem == there


def test_a_product_in_no_category_of_the_sites_catalog_is_not_shown(instance, xml, shop):
    instance.catalog(xml.category("a") + xml.product("listed") + xml.product("loose"))
    instance.catalog(xml.category("a") + xml.assign("a", "loose"), id_="of another site")
    instance.catalog(xml.assign("a", "listed"))
    assert find_product(shop(), "listed").problem is None
    assert find_product(shop(), "loose").problem == "in no category of this site"


def test_a_variant_is_in_the_shop_by_its_masters_category_and_only_while_the_master_is_online(jackets, xml, shop):
    assert find_product(shop(), "red-s").problem is None
    jackets.catalog(xml.product("jacket", flags="<online-flag>false</online-flag>"))
    assert find_product(shop(), "red-s").problem == "its master is offline"
    assert find_product(shop(), "jacket").problem == "offline"


def test_a_master_shows_only_variants_that_are_online_and_have_a_value_for_each_attribute(jackets, xml, shop):
    jackets.catalog(
        xml.product("red-l", flags="<online-flag>false</online-flag>")
        + '<product product-id="blue-l"><custom-attributes><custom-attribute attribute-id="size"/></custom-attributes></product>'
    )
    assert [v.id for v in find_product(shop(), "jacket").variants] == ["red-s"]
    jackets.catalog(xml.product("red-s", flags="<online-flag>false</online-flag>"))
    assert find_product(shop(), "jacket").problem == "no complete variant is online"


def test_a_variant_takes_what_it_lacks_from_its_variation_group_and_then_from_its_master(jackets, xml, feeds, shop):
    jackets.define(feeds.attribute("fabric"), feeds.attribute("care"), feeds.attribute("cut"))
    axes = xml.axis("color", "red", "blue") + xml.axis("size", "s", "l")
    jackets.catalog(
        xml.product(
            "jacket", xml.variations(axes, "red-s", "red-l", "blue-l", groups=("reds",)), values={"fabric": "wool", "care": "dry"}
        )
        + xml.product(
            "reds", before="<display-name>Red jackets</display-name>", values={"color": "red", "care": "wash", "cut": "wide"}
        )
        + xml.product("red-s", values={"cut": "slim"})
    )
    red, blue = (find_product(shop(), id_) for id_ in ("red-s", "blue-l"))
    assert (red.value("cut"), red.value("care"), red.value("fabric"), red.name) == ("slim", "wash", "wool", "Red jackets")
    assert (blue.value("cut"), blue.value("care"), blue.value("fabric"), blue.name) == (None, "dry", "wool", "Jacket")
    assert find_product(shop(), "reds").kind == "variation group"
    assert [v.id for v in find_product(shop(), "reds").variants] == ["red-s", "red-l"]
    jackets.catalog(xml.product("reds", flags="<online-flag>false</online-flag>"))
    assert find_product(shop(), "red-s").value("care") == "dry"


def test_a_variant_says_what_tells_it_from_others(jackets, shop):
    assert [find_product(shop(), id_).value_names for id_ in ("red-s", "blue-l", "jacket")] == [["RED", "S"], ["BLUE", "L"], []]


def test_a_shared_variation_attribute_gives_its_name_and_values(instance, xml, feeds, shop):
    instance.define(feeds.attribute("size"))
    shared = """<variation-attribute attribute-id="size" variation-attribute-id="size"><display-name>Size</display-name>
    <variation-attribute-values><variation-attribute-value value="l"><display-value>Large</display-value>
    </variation-attribute-value></variation-attribute-values></variation-attribute>"""
    instance.catalog(
        xml.product("shirt", xml.variations(xml.axis("size", shared=True), "shirt-l"))
        + xml.product("shirt-l", values={"size": "l"})
        + shared
    )
    assert instance.problems() == []
    (axis,) = find_product(shop(), "shirt").axes
    assert (axis.name, axis.names) == ("Size", {"l": "Large"})


def test_values_without_names_of_their_own_are_called_as_the_attribute_defines_them(instance, xml, feeds, shop):
    values = """<value-definitions><value-definition><display xml:lang="x-default">Large</display>
    <display xml:lang="fr-FR">Grand</display><value>l</value></value-definition></value-definitions>"""
    instance.define(feeds.attribute("size", "enum-of-string", values))
    axis = """<variation-attribute attribute-id="size" variation-attribute-id="size"><variation-attribute-values>
    <variation-attribute-value value="l"/></variation-attribute-values></variation-attribute>"""
    instance.catalog(xml.product("shirt", xml.variations(axis, "shirt-l")) + xml.product("shirt-l", values={"size": "l"}))
    assert find_product(shop(locale="fr-FR"), "shirt").axes[0].names == {"l": "Grand"}


def test_the_default_variant_is_the_marked_one_or_else_the_first(jackets, xml, shop):
    assert find_product(shop(), "jacket").default_variant.id == "red-s"
    axes = xml.axis("color", "red", "blue") + xml.axis("size", "s", "l")
    jackets.catalog(xml.product("jacket", xml.variations(axes, "red-s", "red-l", "blue-l", default="blue-l")))
    assert find_product(shop(), "jacket").default_variant.id == "blue-l"


def test_a_set_shows_those_of_its_products_that_are_shown_and_none_hides_it(instance, xml, shop):
    members = (
        '<product-set-products><product-set-product product-id="a"/><product-set-product product-id="b"/></product-set-products>'
    )
    catalog = (
        xml.category("all")
        + xml.product("set", members)
        + xml.product("a")
        + xml.product("b")
        + xml.assign("all", "set", "a", "b")
    )
    instance.catalog(catalog)
    assert [m.product.id for m in find_product(shop(), "set").members] == ["a", "b"]
    instance.catalog(xml.product("a", flags="<online-flag>false</online-flag>"))
    shown = find_product(shop(), "set")
    assert (shown.kind, [m.product.id for m in shown.members], shown.member_count) == ("set", ["b"], 2)
    instance.catalog(xml.product("b", flags="<online-flag>false</online-flag>"))
    assert find_product(shop(), "set").problem == "no product of the set is shown"


def test_a_bundle_names_how_many_of_each_product_it_has(instance, xml, shop):
    members = '<bundled-products><bundled-product product-id="a"><quantity>2</quantity></bundled-product></bundled-products>'
    instance.catalog(xml.category("all") + xml.product("pack", members) + xml.product("a") + xml.assign("all", "pack", "a"))
    (member,) = find_product(shop(), "pack").members
    assert (find_product(shop(), "pack").kind, member.product.id, member.quantity) == ("bundle", "a", "2")


def test_two_sets_that_name_each_other_end(instance, xml, shop):
    def holding(id_):
        return f'<product-set-products><product-set-product product-id="{id_}"/></product-set-products>'

    instance.catalog(
        xml.category("all") + xml.product("a", holding("b")) + xml.product("b", holding("a")) + xml.assign("all", "a", "b")
    )
    assert find_product(shop(), "a").problem == "no product of the set is shown"
