"""Price books and price tables."""

from typing import Any

import pytest

from akeneo_assets.mapping.prices import price_books
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure


def tables(mapped: Any) -> list[Any]:
    return [(container, record) for kind, container, record in mapped.records if kind == "price-table"]


def test_there_is_one_book_for_each_currency_of_the_channel(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    rest: Any = {"names": {"x-default": "List Prices"}, "fields": {"online-flag": {"": "true"}}}
    assert price_books(ConnectorSettings(), pim.structure()) == [
        ("price-book", "eur-list-prices", {"id": "eur-list-prices", "currency": "EUR", **rest}),
        ("price-book", "usd-list-prices", {"id": "usd-list-prices", "currency": "USD", **rest}),
    ]


def test_currencies_may_have_labels(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    currencies = [{"code": "EUR", "enabled": True, "label": "Euro"}, {"code": "USD", "enabled": True, "label": None}]
    structure = Structure.build(**vars(pim), currencies=currencies)
    assert structure.currencies == {"EUR", "USD"}
    assert price_books(ConnectorSettings(), structure) == price_books(ConnectorSettings(), pim.structure())


def test_a_book_is_online_unless_the_settings_say_otherwise(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    books: Any = [{"id": "{currency}-on"}, {"id": "{currency}-off", "online": False}]
    flags = {
        book: record["fields"]["online-flag"]
        for _, book, record in price_books(ConnectorSettings.model_validate({"price_books": books}), pim.structure())
    }
    assert flags == {"eur-on": {"": "true"}, "usd-on": {"": "true"}, "eur-off": {"": "false"}, "usd-off": {"": "false"}}


def test_books_for_sale_prices_may_hang_below_the_list_prices(pim: Any) -> None:
    pim.attribute("sale", "price_collection")
    book = {
        "id": "{CURRENCY}-sale",
        "name": "Sale",
        "attribute": "sale",
        "currencies": ["EUR"],
        "parent": "{currency}-list-prices",
    }
    assert price_books(ConnectorSettings.model_validate({"price_books": [book]}), pim.structure()) == [
        (
            "price-book",
            "EUR-sale",
            {
                "id": "EUR-sale",
                "currency": "EUR",
                "names": {"x-default": "Sale"},
                "fields": {"online-flag": {"": "true"}, "parent": {"": "eur-list-prices"}},
            },
        )
    ]


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ([{"amount": "10.50", "currency": "EUR"}], [("eur-list-prices", "10.50")]),
        (
            [{"amount": 10, "currency": "EUR"}, {"amount": "0.00", "currency": "USD"}],
            [("eur-list-prices", "10"), ("usd-list-prices", "0.00")],
        ),
        ([{"amount": None, "currency": "EUR"}, {"amount": "", "currency": "USD"}], []),
        ([{"amount": "5", "currency": "GBP"}], []),
    ],
)
def test_amounts_go_to_the_book_of_their_currency(pim: Any, data: Any, written: Any) -> None:
    pim.attribute("price", "price_collection")
    mapped = pim.map(pim.product("1", {"price": data}))
    assert tables(mapped) == [(book, {"id": "1", "amounts": [("1", amount)]}) for book, amount in written]


def test_a_negative_amount_is_left_out_and_reported_for_sfcc_would_ignore_the_book(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    mapped = pim.map(pim.product("1", {"price": [{"amount": "-1.00", "currency": "EUR"}]}))
    assert tables(mapped) == []
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("price", "the price -1.00 is negative")]


def test_a_variant_carries_the_price_that_it_shares_and_its_master_none(pim: Any) -> None:
    pim.shirts()
    pim.attribute("price", "price_collection")
    price = [{"amount": "10.00", "currency": "EUR"}]
    root = pim.model("tee", {"price": price})
    mapping = pim.mapping()
    mapped = mapping.map_product(
        pim.product("T1", {"size": "s", "price": price}, family="shirts", parent="tee"), ancestors=[root], targets={}
    )
    assert tables(mapped) == [("eur-list-prices", {"id": "T1", "amounts": [("1", "10.00")]})]
    assert tables(mapping.map_master(root, [], [mapped.facts], {})) == []


def test_a_scopable_price_is_the_channels(pim: Any, of: Any) -> None:
    pim.attribute("price", "price_collection", scopable=True)
    row = pim.product(
        "1",
        {
            "price": [
                of([{"amount": "1", "currency": "EUR"}], None, "print"),
                of([{"amount": "2", "currency": "EUR"}], None, "ecommerce"),
            ]
        },
    )
    assert tables(pim.map(row)) == [("eur-list-prices", {"id": "1", "amounts": [("1", "2")]})]
