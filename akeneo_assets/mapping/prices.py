"""Price books and the prices of products.

Belongs here: headers and price tables. Doesn't: price attributes as custom attributes (`values`).
A price table belongs to a product that can be sold: never to a variation master.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from akeneo_assets.mapping.attribute_definitions import Row
from akeneo_assets.mapping.frame import Context, Frame
from akeneo_assets.mapping.sites import DEFAULT, ResolvedSite, resolve
from akeneo_assets.mapping.texts import UnmappableError, plain_decimal
from akeneo_assets.settings.connector import ConnectorSettings, PriceBook
from akeneo_assets.structure.pim_structure import Attribute, Structure
from akeneo_assets.structure.value_picking import Values, pick
from sfcc_resources.records import PRICE_BOOK, PRICE_TABLE


@dataclass(frozen=True, slots=True)
class Book:
    """One price book: `currency` of the `attribute`'s values of `channel`."""

    id: str
    currency: str
    attribute: Attribute
    channel: str
    locales: tuple[str, ...]
    name: str
    parent: str | None


def books(frame: Frame) -> list[Book]:
    """The price books of all sites; sites that share an id share the book (of one channel, or of prices that are the same in all:
    `validation`)."""
    found: dict[str, Book] = {}
    for setting in frame.settings.price_books:
        for book in books_of(setting, frame):
            found.setdefault(book.id, book)
    return list(found.values())


def books_of(setting: PriceBook, frame: Frame) -> Iterator[Book]:
    """The price books of one setting as each site fills them: those of several sites may have one id."""
    attribute = frame.structure.attribute(setting.attribute)
    if attribute is None:  # optional
        return
    for site in frame.sites.sites:
        for currency in setting.currencies or site.currencies:
            yield _book(setting, attribute, site, currency)


def _book_id(pattern: str, site: ResolvedSite, currency: str) -> str:
    """The id with its placeholders filled in."""
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
    )


def price_books(settings: ConnectorSettings, structure: Structure) -> list[Row]:
    """The price books' headers, without any price."""
    rows: list[Row] = []
    for book in books(Frame(settings, structure, resolve(settings, structure))):
        record: dict[str, Any] = {"id": book.id, "currency": book.currency, "names": {DEFAULT: book.name}}
        if book.parent:
            record["fields"] = {"parent": {"": book.parent}}
        rows.append((PRICE_BOOK, book.id, record))
    return rows


def price_tables(product_id: str, values: Values, books: list[Book], context: Context) -> list[Row]:
    """A product's price table in each book that has an amount for it. Prices without amount are none; a negative one is left out,
    since SFCC ignores the whole book for it (help: price book object import)."""
    rows: list[Row] = []
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
