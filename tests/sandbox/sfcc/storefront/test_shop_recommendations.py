"""What is recommended and linked beside a product."""

from sandbox.sfcc.storefront.shop_products import find_product
from sandbox.sfcc.storefront.shop_recommendations import recommendations, shelves


def recommend(source, target, type_, source_type="product"):
    attributes = f'source-id="{source}" source-type="{source_type}" target-id="{target}" target-type="product" type="{type_}"'
    return f"<recommendation {attributes}/>"


def shown(found):
    return [(shelf.heading, [hit.product.id for hit in shelf.hits]) for shelf in found]


def test_shelves_hold_what_is_shown_by_type_in_the_order_of_the_feed(instance, xml, shop):
    links = '<product-link product-id="b" type="accessory"/><product-link product-id="off" type="other"/>'
    instance.catalog(
        xml.category("all")
        + xml.product("p", f"<product-links>{links}</product-links>")
        + xml.product("a")
        + xml.product("b")
        + xml.product("off", flags="<online-flag>false</online-flag>")
        + xml.assign("all", "p", "a", "b", "off")
        + recommend("p", "a", 2)
        + recommend("p", "b", 1)
        + recommend("p", "off", 1)
        + recommend("p", "a", 1)
        + recommend("all", "b", 1, "category")
    )
    assert shown(shelves(find_product(shop(), "p"))) == [
        ("You may also like", ["b", "a"]),
        ("A step up", ["a"]),
        ("Accessories", ["b"]),
    ]
    assert shown(recommendations(shop(), "category", "all")) == [("You may also like", ["b"])]


def test_only_recommendations_of_the_sites_catalog_count(instance, xml, shop):
    instance.catalog(xml.category("all") + xml.product("p") + xml.product("a") + xml.assign("all", "p", "a"))
    instance.catalog(recommend("p", "a", 1), id_="another")
    assert shelves(find_product(shop(), "p")) == []


def test_a_variant_without_any_of_its_own_has_its_masters(jackets, xml, shop):
    jackets.catalog(
        xml.product("hat")
        + xml.product("scarf")
        + xml.assign("clothes", "hat", "scarf")
        + recommend("jacket", "hat", 1)
        + recommend("red-s", "scarf", 1)
    )
    assert shown(shelves(find_product(shop(), "red-s"))) == [("You may also like", ["scarf"])]
    assert shown(shelves(find_product(shop(), "red-l"))) == [("You may also like", ["hat"])]
