"""What a product costs: by the site's price books, their dates and parents, and for masters and sets."""

from datetime import UTC, datetime

import pytest

from sandbox.sfcc.storefront.shop_prices import price_of
from sandbox.sfcc.storefront.shop_products import find_product

ON = "<online-flag>true</online-flag>"


def text(shop, id_):
    price = price_of(find_product(shop, id_))
    return None if price is None else price.text


def with_entries(id_, entries):
    header = f'<header pricebook-id="{id_}"><currency>USD</currency>{ON}</header>'
    return f'<pricebook>{header}<price-tables><price-table product-id="p">{entries}</price-table></price-tables></pricebook>'


def assigned(instance, feeds, *books):
    inner = f'<preference preference-id="SitePriceBooks">{":".join(books)}</preference>'
    inner = f"<standard-preferences><all-instances>{inner}</all-instances></standard-preferences>"
    instance.feed(feeds.document("preferences", inner), site="RefArch")


def test_the_lowest_price_of_the_sites_books_holds_and_other_books_do_not_count(instance, xml, feeds, shop):
    instance.catalog(xml.product("p"))
    books = {"list": "10.00", "sale": "8.00", "dealers": "1.00"}
    instance.prices("".join(xml.book(id_, "USD", {"p": amount}) for id_, amount in books.items()))
    assigned(instance, feeds, "list", "sale")
    assert text(shop(), "p") == "8.00 USD"


@pytest.mark.parametrize(
    "header",
    [
        "<online-flag>false</online-flag>",
        "",
        f"{ON}<online-from>2026-07-01T00:00:00Z</online-from>",
        f"{ON}<online-to>2026-05-01T00:00:00Z</online-to>",
    ],
)
def test_a_book_that_is_offline_or_not_valid_now_has_no_prices(instance, xml, shop, header):
    instance.catalog(xml.product("p"))
    instance.prices(xml.book("list", "USD", {"p": "10.00"}, header=header))
    assert text(shop(), "p") is None


def test_only_books_of_the_shoppers_currency_count(instance, xml, shop):
    instance.catalog(xml.product("p"))
    instance.prices(xml.book("pounds", "GBP", {"p": "7.00"}) + xml.book("euros", "EUR", {"p": "9.00"}))
    assert text(shop("RefArchGlobal"), "p") == "9.00 EUR"
    assert text(shop("RefArchGlobal", currency="GBP"), "p") == "7.00 GBP"
    assert text(shop("RefArch"), "p") is None


def test_a_books_parent_gives_the_price_that_it_lacks_and_the_list_price(instance, xml, feeds, shop):
    instance.catalog(xml.product("reduced") + xml.product("plain"))
    instance.prices(
        xml.book("list", "USD", {"reduced": "10.00", "plain": "5.00"})
        + xml.book("sale", "USD", {"reduced": "8.00"}, header=f"{ON}<parent>list</parent>")
    )
    assigned(instance, feeds, "sale")
    reduced, plain = (price_of(find_product(shop(), id_)) for id_ in ("reduced", "plain"))
    assert (reduced.text, reduced.list_text) == ("8.00 USD", "10.00 USD")
    assert (plain.text, plain.list_price) == ("5.00 USD", None)


@pytest.mark.parametrize(
    ("day", "price"),
    [((2026, 6, 1), "10.00 USD"), ((2026, 7, 1), "6.00 USD"), ((2026, 8, 1), "7.00 USD"), ((2026, 9, 1), "7.00 USD")],
)
def test_of_several_tables_the_valid_one_that_started_last_holds(instance, xml, shop, day, price):
    instance.catalog(xml.product("p"))
    tables = [("", "", "10.00"), ("2026-07-01", "2026-08-01", "6.00"), ("2026-08-01", "", "7.00")]
    inner = ""
    for start, end, amount in tables:
        dates = f"<online-from>{start}T00:00:00Z</online-from>" if start else ""
        dates += f"<online-to>{end}T00:00:00Z</online-to>" if end else ""
        inner += f'<price-table product-id="p">{dates}<amount quantity="1">{amount}</amount></price-table>'
    header = f'<header pricebook-id="list"><currency>USD</currency>{ON}</header>'
    instance.prices(f"<pricebook>{header}<price-tables>{inner}</price-tables></pricebook>")
    assert text(shop(now=datetime(*day, tzinfo=UTC)), "p") == price


@pytest.mark.parametrize(
    ("entries", "price"),
    [
        ('<amount quantity="1">10.00</amount><amount quantity="5">8.00</amount>', "10.00 USD"),
        ('<amount quantity="5">8.00</amount>', None),
        ("<amount>1234.5</amount>", "1,234.50 USD"),
    ],
)
def test_the_price_is_that_of_one_piece(instance, xml, shop, entries, price):
    instance.catalog(xml.product("p"))
    instance.prices(with_entries("list", entries))
    assert text(shop(), "p") == price


def test_a_percentage_goes_off_the_lowest_amount(instance, xml, shop):
    instance.catalog(xml.product("p"))
    instance.prices(with_entries("list", "<amount>10.00</amount>") + with_entries("off", "<percentage>20</percentage>"))
    assert text(shop(), "p") == "8.00 USD"


def test_a_master_costs_from_the_lowest_to_the_highest_of_its_shown_variants(jackets, xml, shop):
    jackets.prices(xml.book("list", "USD", {"red-s": "10.00", "red-l": "12.00", "blue-l": "15.00"}))
    assert text(shop(), "jacket") == "10.00 to 15.00 USD"
    jackets.catalog(xml.product("blue-l", flags="<online-flag>false</online-flag>"))
    assert text(shop(), "jacket") == "10.00 to 12.00 USD"


def test_a_variant_without_a_price_costs_what_its_master_does(jackets, xml, shop):
    jackets.prices(xml.book("list", "USD", {"jacket": "20.00", "red-s": "10.00"}))
    assert text(shop(), "red-s") == "10.00 USD"
    assert text(shop(), "blue-l") == "20.00 USD"


def test_a_set_costs_the_range_of_its_products_and_a_bundle_what_stands_under_its_own_id(instance, xml, shop):
    in_set = (
        '<product-set-products><product-set-product product-id="a"/><product-set-product product-id="b"/></product-set-products>'
    )
    in_bundle = '<bundled-products><bundled-product product-id="a"><quantity>2</quantity></bundled-product></bundled-products>'
    instance.catalog(
        xml.category("all")
        + xml.product("set", in_set)
        + xml.product("pack", in_bundle)
        + xml.product("a")
        + xml.product("b")
        + xml.assign("all", "set", "pack", "a", "b")
    )
    instance.prices(xml.book("list", "USD", {"a": "3.00", "b": "4.00", "pack": "5.00", "set": "99.00"}))
    assert text(shop(), "set") == "3.00 to 4.00 USD"
    assert text(shop(), "pack") == "5.00 USD"
