"""Price books of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from akeneo_assets.mapping.settings_check import changed_currencies
from akeneo_assets.settings.connector import ConnectorSettings

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"price_books": [{"id": "", "currencies": ["EUR"]}]}, "price_books.0: the price book id '' is empty; change it."),
        (
            {"price_books": [{"attribute": "brand"}]},
            "price_books.0.attribute names 'brand', which is a text; it must be a price collection.",
        ),
        (
            {"price_books": [{"id": "list"}]},
            "price_books.0.id makes 'list' a price book in both EUR and USD; put {currency} into it, or give them different ids.",
        ),
        (
            {"price_books": [{"currencies": ["GBP"]}]},
            "price_books.0.currencies names 'GBP', which is no currency of any site: EUR, USD.",
        ),
        (
            {"price_books": [{"id": "{currency}-list", "attribute": "price", "parent": "{currency}-list"}]},
            "price_books make 'eur-list' its own parent; name another book.",
        ),
        (
            {"price_books": [{"id": "list", "currencies": ["EUR"]}, {"id": "list", "currencies": ["USD"]}]},
            "price_books.1.id makes 'list' a price book in both EUR and USD; put {currency} into it, or give them different ids.",
        ),
        (
            {
                "price_books": [
                    {"id": "{currency}-a", "currencies": ["EUR"], "parent": "eur-b"},
                    {"id": "{currency}-b", "currencies": ["EUR"], "parent": "eur-c"},
                    {"id": "{currency}-c", "currencies": ["EUR"], "parent": "eur-b"},
                ]
            },
            "price_books make 'eur-b' and 'eur-c' each other's parents; take one of these parents out.",
        ),
        (
            {"price_books": [{"id": "{currency}", "parent": " list"}]},
            "price_books.0: the price book id ' list' starts or ends with white space or has a line break; change it.",
        ),
        (
            {"price_books": [{"id": "list", "currencies": ["EUR"]}, {"id": "list", "currencies": ["EUR"], "parent": "x"}]},
            "price_books.1 gives 'list' another parent than its first setting or site does; give them different ids.",
        ),
        (
            {"price_books": [{"id": "{site}-{currency}", "attribute": "price"}]},
            "price_books.0 names {site}, but the site has no id; give organization.sites.0 one.",
        ),
    ],
)
def test_a_price_book_that_can_t_be_is_named_in_one_sentence(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)


def test_two_price_attributes_must_not_fill_one_book(shop: Any, problems: Problems) -> None:
    shop.attribute("sale", "price_collection")
    books = [{"attribute": "price", "currencies": ["EUR"]}, {"attribute": "sale", "currencies": ["EUR"]}]
    said = "price_books.1 fills 'eur-list-prices' from both 'price' and 'sale'; give them different ids."
    assert problems(price_books=books) == [f"connector.yaml: {said}"]


def test_two_channels_must_not_fill_one_book_where_their_prices_may_differ(shop: Any, problems: Problems) -> None:
    shop.channel("b2b", ["en_US"], ["EUR"])
    sites = {"sites": [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "b2b"}]}
    shop.attribute("trade", "price_collection", scopable=True)
    (found,) = problems(organization=sites, price_books=[{"attribute": "trade"}])
    assert found.startswith(
        "connector.yaml: price_books.0 fills 'eur-list-prices' from the channels 'ecommerce' and 'b2b', where "
    )
    assert found.endswith("'trade' may differ; put {channel} into its id.")
    assert problems(organization=sites, price_books=[{"attribute": "trade", "id": "{channel}-{currency}"}]) == []
    assert problems(organization=sites, price_books=[{"attribute": "price"}]) == []  # the same in all channels


def test_a_book_of_each_site_needs_no_currency_in_its_id_where_each_site_has_one(problems: Problems) -> None:
    book = {"id": "{site}-list", "attribute": "price"}
    sites = [{"id": "FR", "currencies": ["EUR"]}, {"id": "US", "currencies": ["USD"]}]
    assert problems(organization={"sites": sites}, price_books=[book]) == []
    sites[1] = {"id": "US", "currencies": ["USD", "EUR"]}
    (found,) = problems(organization={"sites": sites}, price_books=[book])
    assert found.startswith("connector.yaml: price_books.0.id makes 'US-list' a price book in both USD and EUR;")


def test_what_is_wrong_with_a_book_of_several_sites_is_told_once(problems: Problems) -> None:
    sites = [{"id": "FR"}, {"id": "DE"}]
    assert len(problems(organization={"sites": sites}, price_books=[{"id": "list"}])) == 1


def test_a_price_book_that_sfcc_has_in_another_currency_is_named_with_both(shop: Any) -> None:
    settings = ConnectorSettings.model_validate({"price_books": [{}, {"id": "shop-list", "currencies": ["USD"]}]})
    structure = shop.structure()
    assert changed_currencies(settings, structure, {}) == []
    assert changed_currencies(settings, structure, {"shop-list": "USD", "eur-list-prices": "EUR", "gone": "GBP"}) == []
    assert changed_currencies(settings, structure, {"shop-list": "EUR"}) == [
        (
            "connector.yaml: price_books.1.id makes 'shop-list' a price book in USD, but SFCC was given it in EUR, "
            "which no import changes; give the USD book another id."
        )
    ]
