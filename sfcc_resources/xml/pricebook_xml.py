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


def element(record_type: str, record: records.Record) -> str:
    """`header` of a price book or `price-table` of a product."""
    return _header(record, None) if record_type == records.PRICE_BOOK else _price_table(record)


def deletion(record_type: str, object_id: str, record: records.Record | None) -> str:
    """`header mode="delete"` (the XSD wants its currency) or `price-table mode="delete-all"`. Raises ValueError without
    currency."""
    if record_type == records.PRICE_TABLE:
        return tag("price-table", named={"product-id": object_id, "mode": "delete-all"})
    if record is None:
        raise ValueError(
            f"The price book {object_id!r} can't be deleted without a record of its currency, which pricebook.xsd demands."
        )
    return _header({"id": object_id, "currency": record["currency"], "names": {}}, "delete")


def _header(record: records.Record, mode: str | None) -> str:
    values = record.get("fields") or {}
    known(records.PRICE_BOOK, values, _FIELDS)
    content = (
        tag("currency", quote(record["currency"]))
        + localized("display-name", record["names"])
        + fields(records.PRICE_BOOK, tables.PRICE_BOOK, values)
    )
    return tag("header", content, {"pricebook-id": record["id"], "mode": mode})


def _price_table(record: records.Record) -> str:
    amounts = "".join(
        [f'<amount quantity="{quote(quantity)}">{quote(amount)}</amount>' for quantity, amount in record["amounts"]]
    )
    return f'<price-table product-id="{quote(record["id"])}">{amounts}</price-table>'
