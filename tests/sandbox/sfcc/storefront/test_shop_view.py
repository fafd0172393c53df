"""What stands on each page."""

import pytest

from sandbox.sfcc.storefront import shop_view
from sandbox.sfcc.storefront.shop_view import category_page, product_page


@pytest.fixture
def priced(jackets, xml):
    jackets.prices(xml.book("list", "USD", {"red-s": "10.00", "red-l": "12.00", "blue-l": "15.00"}))
    return jackets


@pytest.mark.parametrize(
    ("asked", "wanted", "offered", "price"),
    [
        ("jacket", {}, "jacket", "10.00 to 15.00 USD"),
        ("jacket", {"color": "red"}, "jacket", "10.00 to 12.00 USD"),
        ("jacket", {"color": "red", "size": "l"}, "red-l", "12.00 USD"),
        ("red-l", {}, "red-l", "12.00 USD"),
        ("red-l", {"size": "s"}, "red-s", "10.00 USD"),
    ],
)
def test_price_and_variant_follow_the_choice_and_a_variant_opens_its_masters_page(priced, shop, asked, wanted, offered, price):
    page = product_page(shop(), asked, wanted)
    assert (page.product.id, page.offered.id, page.price.text) == ("jacket", offered, price)


def test_a_variation_group_opens_its_masters_page_with_its_values_chosen(priced, xml, shop):
    axes = xml.axis("color", "red", "blue") + xml.axis("size", "s", "l")
    priced.catalog(
        xml.product("jacket", xml.variations(axes, "red-s", "red-l", "blue-l", groups=("reds",)))
        + xml.product("reds", values={"color": "red"})
    )
    page = product_page(shop(), "reds", {})
    assert (page.product.id, page.choice, page.price.text) == ("jacket", {"color": "red"}, "10.00 to 12.00 USD")


def test_there_is_no_page_of_what_is_not_shown(jackets, xml, shop):
    jackets.catalog(
        xml.category("off", flags="<online-flag>false</online-flag>")
        + xml.product("red-s", flags="<online-flag>false</online-flag>")
    )
    assert product_page(shop(), "red-s", {}) is None
    assert product_page(shop(), "none", {}) is None
    assert category_page(shop(), "off", {}) is None
    assert category_page(shop(), "none", {}) is None


def test_a_set_tells_its_products_and_how_many_are_missing(instance, xml, shop):
    members = "".join(f'<product-set-product product-id="{id_}"/>' for id_ in "ab")
    instance.catalog(
        xml.category("all")
        + xml.product("set", f"<product-set-products>{members}</product-set-products>")
        + xml.product("a")
        + xml.product("b", flags="<online-flag>false</online-flag>")
        + xml.assign("all", "set", "a", "b")
    )
    page = product_page(shop(), "set", {})
    assert ([hit.product.id for hit in page.members], page.missing_members) == (["a"], 1)


def test_a_list_is_cut_into_pages_and_a_number_beyond_them_is_the_nearest(instance, xml, shop, monkeypatch):
    monkeypatch.setattr(shop_view, "PAGE_SIZE", 2)
    instance.catalog(xml.category("all") + "".join(map(xml.product, "abcde")) + xml.assign("all", *"abcde"))
    shown = {n: category_page(shop(), "all", {}, n) for n in (0, 1, 3, 9)}
    assert {n: [hit.product.id for hit in page.hits] for n, page in shown.items()} == {
        0: ["a", "b"],
        1: ["a", "b"],
        3: ["e"],
        9: ["e"],
    }
    assert (shown[9].number, shown[9].pages, shown[9].total) == (3, 3, 5)
