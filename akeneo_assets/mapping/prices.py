"""Price books and the prices of products.

Belongs here: headers of price books, and price tables. Doesn't: price attributes as custom attributes (`values`).

A price book has one currency; a product's price table in it holds the product's price. Only products that can be sold have price
tables: variants and simple products, never masters. Example: the price `[{"amount": "10.00", "currency": "EUR"}]` of the product
MUG -> in the book `eur-list-prices` the table `{"id": "MUG", "amounts": [("1", "10.00")]}`.
Source: pricebook.xsd; SFCC help, price book object import.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from akeneo_assets.mapping.frame import Context, Frame, PlacedRecord
from akeneo_assets.mapping.sites import DEFAULT, ResolvedSite, resolve
from akeneo_assets.mapping.texts import UnmappableError, lexical, plain_decimal
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.price_settings import PriceBook
from akeneo_assets.structure.pim_structure import Attribute, Structure
from akeneo_assets.structure.value_picking import Values, pick
from sfcc_resources.records import PRICE_BOOK, PRICE_TABLE, Slots


@dataclass(frozen=True, slots=True)
class Book:
    """A price book. Its prices are those of the `attribute` in the `channel` that are in the `currency`; of a localizable
    attribute those of the first of `locales` that has some."""

    id: str
    currency: str
    attribute: Attribute
    channel: str
    locales: tuple[str, ...]
    name: str
    parent: str | None
    online: bool


def books(frame: Frame) -> list[Book]:
    """The price books of all sites. Sites whose books have one id share the book: `settings_check` makes sure that it has the
    same prices for all of them."""
    by_id: dict[str, Book] = {}
    for setting in frame.settings.price_books:
        for book in books_of(setting, frame):
            by_id.setdefault(book.id, book)
    return list(by_id.values())


def books_of(setting: PriceBook, frame: Frame) -> Iterator[Book]:
    """The price books that an entry of `price_books` makes, one for each site and currency; several may have one id."""
    attribute = frame.structure.attribute(setting.attribute)
    if attribute is None:  # the entry is optional
        return
    for site in frame.sites.sites:
        for currency in setting.currencies or site.currencies:
            yield _book(setting, attribute, site, currency)


def _book_id(pattern: str, site: ResolvedSite, currency: str) -> str:
    """The id with its placeholders filled in. Example: `{site}-{currency}` -> `RefArch-eur`."""
    values = {"{currency}": currency.lower(), "{CURRENCY}": currency.upper(), "{site}": site.id or "", "{channel}": site.channel}
    for placeholder, value in values.items():
        pattern = pattern.replace(placeholder, value)
    return pattern


def _book(setting: PriceBook, attribute: Attribute, site: ResolvedSite, currency: str) -> Book:
    return Book(
        id=_book_id(setting.id, site, currency),
        currency=currency.upper(),
        attribute=attribute,
        channel=site.channel,
        locales=(*site.default_locales, *site.locales),
        name=setting.name,
        parent=_book_id(setting.parent, site, currency) if setting.parent else None,
        online=setting.online,
    )


def price_books(settings: ConnectorSettings, structure: Structure) -> list[PlacedRecord]:
    """The headers of all price books, without any price; rows are (type, price book id, record).

    Example: EUR of `{currency}-list-prices` -> `("price-book", "eur-list-prices", {"id": "eur-list-prices", "currency": "EUR",
    "names": {"x-default": "List Prices"}, "fields": {"online-flag": {"": "true"}}})`. The flag is always written: what SFCC makes
    of a new book without one is not documented.
    """
    rows: list[PlacedRecord] = []
    for book in books(Frame(settings, structure, resolve(settings, structure))):
        fields: dict[str, Slots] = {"online-flag": {"": lexical(book.online)}}
        if book.parent:
            fields["parent"] = {"": book.parent}
        record = {"id": book.id, "currency": book.currency, "names": {DEFAULT: book.name}, "fields": fields}
        rows.append((PRICE_BOOK, book.id, record))
    return rows


def price_tables(product_id: str, values: Values, books: list[Book], context: Context) -> list[PlacedRecord]:
    """A product's price table in each book that has an amount for it; rows are (type, price book id, record).

    A price without an amount is no price. A negative price is left out and reported, since SFCC ignores a whole book with such a
    price (help: price book object import).
    """
    rows: list[PlacedRecord] = []
    for book in books:
        entries = values.get(book.attribute.code)
        data = pick(entries, book.attribute, book.channel, book.locales) if entries else None
        for price in data or ():
            if price["currency"].upper() == book.currency and price.get("amount") not in (None, ""):
                amount = _amount(price["amount"], context)
                if amount is not None:
                    rows.append((PRICE_TABLE, book.id, {"id": product_id, "amounts": [("1", amount)]}))
                break
    return rows


def _amount(data: Any, context: Context) -> str | None:
    try:
        amount = plain_decimal(data)
    except UnmappableError as error:
        context.reasons.append(str(error))
        return None
    if amount.startswith("-"):
        context.reasons.append(f"the price {amount} is negative")
        return None
    return amount
