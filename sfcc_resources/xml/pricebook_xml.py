"""pricebook.xsd: price book headers and undated price tables.

Belongs here: the order of those elements. Doesn't: amounts and currencies (the mapping's).
"""

from typing import Final

from sfcc_resources import fields as tables
from sfcc_resources import records
from sfcc_resources.xml.markup import element as tag
from sfcc_resources.xml.markup import fields, known, localized, quote

NAMESPACE: Final = "http://www.demandware.com/xml/impex/pricebook/2006-10-31"

_FIELDS = frozenset(field.name for field in tables.PRICE_BOOK)


def price_book(record: records.Record) -> str:
    """`header` of a price book. Raises ValueError for a field that a price book doesn't have."""
    return _header(record, None)


def price_book_deletion(book_id: str, record: records.Record | None) -> str:
    """`header` with `mode="delete"`. Raises ValueError without a record: pricebook.xsd demands the book's currency."""
    if record is None:
        raise ValueError(
            f"The price book {book_id!r} can't be deleted without a record of its currency, which pricebook.xsd demands."
        )
    return _header({"id": book_id, "currency": record["currency"], "names": {}}, "delete")


def _header(record: records.Record, mode: str | None) -> str:
    values = record.get("fields") or {}
    known(records.PRICE_BOOK, values, _FIELDS)
    content = (
        tag("currency", quote(record["currency"]))
        + localized("display-name", record["names"])
        + fields(records.PRICE_BOOK, tables.PRICE_BOOK, values)
    )
    return tag("header", content, {"pricebook-id": record["id"], "mode": mode})


def price_table(record: records.Record) -> str:
    """`price-table` of a product: one `amount` for each quantity."""
    amounts = "".join(
        [f'<amount quantity="{quote(quantity)}">{quote(amount)}</amount>' for quantity, amount in record["amounts"]]
    )
    return f'<price-table product-id="{quote(record["id"])}">{amounts}</price-table>'


def price_table_deletion(product_id: str) -> str:
    """`price-table` with `mode="delete-all"`: all of the product's prices in the book, dated ones included."""
    return tag("price-table", named={"product-id": product_id, "mode": "delete-all"})
