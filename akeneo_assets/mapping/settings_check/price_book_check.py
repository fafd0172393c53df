"""The price books of connector.yaml: against the PIM's price attributes, against each other, and against what SFCC has.

Belongs here: `price_books`. Doesn't: single prices (`akeneo_assets.mapping.prices`).
"""

from collections.abc import Iterator, Mapping

from akeneo_assets.errors import shown
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.prices import Book, books_of
from akeneo_assets.mapping.settings_check.missing_names import missing_attribute, none_of
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import PRICE_BOOK


def check_price_books(frame: Frame) -> Iterator[str]:
    """Yield a sentence for each problem."""
    currencies = sorted({currency for site in frame.sites.sites for currency in site.currencies})
    for index, setting in enumerate(frame.settings.price_books):
        path = f"price_books.{index}"
        attribute = frame.structure.attribute(setting.attribute)
        if attribute is None:
            yield from () if setting.optional else missing_attribute(f"{path}.attribute", setting.attribute, frame.structure)
            continue
        if attribute.type != "price_collection":
            is_ = f"which is a {attribute.type}; it must be a price collection"
            yield f"connector.yaml: {path}.attribute names '{attribute.code}', {is_}."
        yield from none_of(f"{path}.currencies", setting.currencies, currencies, "no currency of any site")
        if "{site}" in f"{setting.id}{setting.parent}" and any(site.id is None for site in frame.sites.sites):
            yield f"connector.yaml: {path} names {{site}}, but the site has no id; give organization.sites.0 one."
    yield from dict.fromkeys(_check_ids(frame))


def _check_ids(frame: Frame) -> Iterator[str]:
    first: dict[str, Book] = {}
    for index, setting in enumerate(frame.settings.price_books):
        path = f"connector.yaml: price_books.{index}"
        for book in books_of(setting, frame):
            for id_ in (book.id, book.parent):
                if id_ is not None and (why := id_problem(PRICE_BOOK, id_)):
                    yield f"{path}: the price book id '{shown(id_)}' {why}; change it."
            yield from _check_same_id(path, first.setdefault(book.id, book), book)
    for circle in _circles({book.id: book.parent for book in first.values() if book.parent}):
        if len(circle) == 1:
            yield f"connector.yaml: price_books make '{circle[0]}' its own parent; name another book."
        else:
            members = "' and '".join(circle)
            yield f"connector.yaml: price_books make '{members}' each other's parents; take one of these parents out."


def _check_same_id(path: str, first: Book, book: Book) -> Iterator[str]:
    """Yield what two settings, currencies or sites disagree on that fill the price book of one id. A book has one currency, one
    parent and one amount a product, at which both shops would sell."""
    if first.attribute.code != book.attribute.code:
        yield f"{path} fills '{book.id}' from both '{first.attribute.code}' and '{book.attribute.code}'; give them different ids."
    if first.currency != book.currency:
        yield (
            f"{path}.id makes '{book.id}' a price book in both {first.currency} and {book.currency}; put {{currency}} into it, "
            "or give them different ids."
        )
    elif first.parent != book.parent:
        yield f"{path} gives '{book.id}' another parent than its first setting or site does; give them different ids."
    if book.attribute.scopable and first.channel != book.channel:
        yield (
            f"{path} fills '{book.id}' from the channels '{first.channel}' and '{book.channel}', where '{book.attribute.code}' "
            "may differ; put {channel} into its id."
        )


def _circles(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield each circle of price books: every id is the parent of the one before it, and the first one of the last.

    Example: `{a: b, b: c, c: b}` -> `[b, c]`.
    """
    walked: set[str] = set()
    for start in parents:
        chain: list[str] = []
        at = start
        while at in parents and at not in walked:
            walked.add(at)
            chain.append(at)
            at = parents[at]
        if at in chain:
            yield chain[chain.index(at) :]


def changed_currencies(settings: ConnectorSettings, structure: Structure, sent: Mapping[str, str]) -> list[str]:
    """One sentence for each price book that SFCC has in another currency than the settings would now give it.

    `sent`: id of each price book that SFCC was given -> its currency. No import changes a book's currency (SFCC help, price book
    object import), so that shops would sell at the new currency's amounts in the old one. For settings that `validate` has found
    right.
    """
    frame = Frame(settings, structure, resolve(settings, structure))
    books = {book.id: (index, book) for index, setting in enumerate(settings.price_books) for book in books_of(setting, frame)}
    return [
        f"connector.yaml: price_books.{index}.id makes '{id_}' a price book in {book.currency}, but SFCC was given it in "
        f"{sent[id_]}, which no import changes; give the {book.currency} book another id."
        for id_, (index, book) in books.items()
        if sent.get(id_, book.currency) != book.currency
    ]
