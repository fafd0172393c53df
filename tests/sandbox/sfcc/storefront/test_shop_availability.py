"""Whether a shopper can have a product."""

import pytest

from sandbox.sfcc.storefront.shop_availability import unavailable
from sandbox.sfcc.storefront.shop_products import find_product


@pytest.mark.parametrize(
    ("flags", "price", "reason"),
    [
        ("<online-flag>true</online-flag>", "1.00", None),
        ("<online-flag>true</online-flag>", "", "Not available: no price in USD"),
        ("<online-flag>true</online-flag><available-flag>false</available-flag>", "1.00", "Not available"),
        ("<online-flag>false</online-flag>", "1.00", "Not available: offline"),
    ],
)
def test_a_product_can_be_had_that_is_shown_has_a_price_and_is_not_marked_as_unavailable(
    instance, xml, shop, flags, price, reason
):
    instance.catalog(xml.category("all") + xml.product("p", flags=flags) + xml.assign("all", "p"))
    instance.prices(xml.book("list", "USD", {"p": price} if price else {}))
    assert unavailable(find_product(shop(), "p")) == reason


def test_a_master_can_be_had_as_long_as_one_of_its_variants_can(jackets, xml, shop):
    assert unavailable(find_product(shop(), "jacket")) == "Not available: no price in USD"
    jackets.prices(xml.book("list", "USD", {"blue-l": "10.00"}))
    assert unavailable(find_product(shop(), "jacket")) is None
    assert unavailable(find_product(shop(), "red-s")) == "Not available: no price in USD"


def test_a_bundle_can_be_had_only_while_all_of_its_products_are_shown(instance, xml, shop):
    members = "".join(f'<bundled-product product-id="{id_}"><quantity>1</quantity></bundled-product>' for id_ in "ab")
    bundle = xml.product("pack", f"<bundled-products>{members}</bundled-products>")
    instance.catalog(xml.category("all") + bundle + xml.product("a") + xml.product("b") + xml.assign("all", "pack", "a", "b"))
    instance.prices(xml.book("list", "USD", {"pack": "5.00"}))
    assert unavailable(find_product(shop(), "pack")) is None
    instance.catalog(xml.product("b", flags="<online-flag>false</online-flag>"))
    assert unavailable(find_product(shop(), "pack")) == "Not available: not all of its products are"
