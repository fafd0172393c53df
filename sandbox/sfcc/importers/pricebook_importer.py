"""Import of pricebook.xsd: headers and price tables.

Source: SFCC help, price book object import/export; pricing and price books.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from sandbox.sfcc.feed_xml import Element, elements, line_of, local, to_node
from sandbox.sfcc.impex_schema import PRICEBOOK_HEADER, PRICEBOOK_NS
from sandbox.sfcc.import_log_writer import Place
from sandbox.sfcc.importers.object_importer import FileImport, ObjectType
from sandbox.sfcc.instance_state import SEPARATOR, Body, Stored

PRICEBOOK_TYPE = ObjectType("pricebook", PRICEBOOK_HEADER, "PriceBook")


class _Book(NamedTuple):
    """The book whose tables are being imported: its header, and how many tables the feed had before them."""

    header: Place
    tables_before: int


def import_pricebooks(file: FileImport, _root: dict[str, str]) -> None:
    """Import every book of one feed. A book is one transaction, so that a book which must be ignored leaves nothing behind."""
    file.report.phase("phase_items")
    book: _Book | None = None
    for element in elements(file.path, PRICEBOOK_NS, {"header": "pricebook", "price-table": "price-tables"}):
        if local(element.tag) == "header":
            file.store.hold()
            header = _header(file, element)
            book = None if header is None else _Book(header, file.report.seen("price-table"))
        elif book is None:
            file.report.failed(file.report.element("price-table", element.get("product-id") or "", line_of(element)))
        elif not _price_table(file, book.header, element):
            file.store.roll_back()
            file.report.failed_after("price-table", book.tables_before)
            book = None
    file.store.commit()
    file.report.totals()


def _header(file: FileImport, element: Element) -> Place | None:
    """Import a header; returns its place if the book's tables are to be imported."""
    id_ = element.get("pricebook-id")
    place = file.starts("pricebook", id_, element, "pricebook-id")
    if place is None:
        return None
    stored = file.store.get("pricebook", "", id_)
    if file.deletes(element):
        if stored is not None:
            _drop_tables(file, id_)
            file.store.delete(stored.seq)
        return None
    given = file.given(element, PRICEBOOK_TYPE, place)
    currency = given.get("currency")
    if currency not in file.configuration.currencies:
        file.report.failed(place)
        file.report.warning(place, f"currency '{currency}' is not configured; price book rejected")
        return None
    if stored is not None and file.mode == "REPLACE":
        _drop_tables(file, id_)
    elif stored is not None and currency != stored.body.get("currency"):
        # Assumption: what happens to the rest of such a feed is not documented; here only the currency is not changed.
        kept = stored.body.get("currency")
        file.report.warning(place, f"the currency changes only in mode REPLACE; '{kept}' is kept")
        del given["currency"]
    return place if file.write(PRICEBOOK_TYPE, "", id_, stored, given) is not None else None


def _drop_tables(file: FileImport, book: str) -> None:
    for table in file.store.each("price-table", book):
        file.store.delete(table.seq)


def _price_table(file: FileImport, header: Place, element: Element) -> bool:
    """Import one table; False if the whole book is to be ignored."""
    product = element.get("product-id")
    place = file.starts("price-table", product, element, "product-id")
    if place is None:
        return True
    mode = None if file.mode == "REPLACE" else element.get("mode")
    tables = file.store.with_prefix("price-table", header.key, product + SEPARATOR)
    body = _body(element)
    start, end = _instant(body.get("online-from")), _instant(body.get("online-to"))
    same = next((t for t in tables if t.id == _table_id(product, start, end)), None)
    if mode in ("delete", "delete-all"):
        doomed = tables if mode == "delete-all" else [t for t in [same] if t is not None]
        for table in doomed:
            file.store.delete(table.seq)
    else:
        problem = _negative(element)
        if problem is not None:
            file.report.error(place, f"{problem}; price book '{header.id}' is ignored")
            file.report.error(header, f"{problem}; price book is ignored")
            return False
        _write_table(file, header.key, place, body, _table_id(product, start, end), same, tables)
    file.object_done()
    return True


def _write_table(
    file: FileImport, book: str, place: Place, body: Body, table_id: str, same: Stored | None, tables: list[Stored]
) -> None:
    """Tables of one product need distinct starts; the same dates mean the same table, which is written as a whole.

    Assumption: dates that overlap, which the help forbids, are a data warning, and the table is written.
    """
    _, start, end = table_id.split(SEPARATOR)
    others = [(s, e) for _, s, e in (t.id.split(SEPARATOR) for t in tables if t.id != table_id)]
    if same is None and any(other_start == start for other_start, _ in others):
        file.report.error(place, "another price table of the product has the same start; not imported")
        return
    for other_start, other_end in others:
        if _overlap(start, end, other_start, other_end):
            dates = f"{other_start or 'ever'} to {other_end or 'ever'}"
            file.report.warning(place, f"the online dates overlap those of the product's price table from {dates}")
    file.store.put("price-table", book, table_id, body, same.seq if same else None)


def _overlap(start: str, end: str, other_start: str, other_end: str) -> bool:
    """Whether two tables of a product are online at the same time, by their dates; '' is none.

    A table without dates is the continuous one, beside which others may stand. Of tables without an end each lasts until the next
    one starts (SFCC help: many tables, "as long as each price has a different valid-from date").
    """
    if not (start or end) or not (other_start or other_end) or not (end or other_end):
        return False
    return (not other_end or start < other_end) and (not end or other_start < end)


def _table_id(product: str, start: str, end: str) -> str:
    return SEPARATOR.join((product, start, end))


def _body(element: Element) -> Body:
    """The dates stand in child elements (XSD) or in attributes of the same names (SFCC help, deleting price tables)."""
    body: Body = {"entries": []}
    body |= {name: element.get(name) for name in ("online-from", "online-to") if element.get(name)}
    for child in element:
        name = local(child.tag)
        if name in ("amount", "percentage"):
            body["entries"].append(to_node(child))
        elif child.text:
            body[name] = child.text
    return body


def _instant(text: str | None) -> str:
    """A date for comparing: UTC; without a zone, UTC is meant. What is no date compares as its text."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text.strip()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _negative(element: Element) -> str | None:
    for child in element:
        if local(child.tag) not in ("amount", "percentage"):
            continue
        for what, text in (("value", child.text or ""), ("quantity", child.get("quantity", "1"))):
            try:
                number = Decimal(text.strip())
            except InvalidOperation:
                return f"{local(child.tag)} has the {what} '{text}', which is no number"
            if number < 0:
                return f"{local(child.tag)} has the negative {what} {text}"
    return None
