"""The objects in a site archive of SFCC's XML, read as a stream: an export of the instance, or an archive that was sent to it.

Belongs here: which element is which object, and what its fields say in one canonical wording, so that two archives can be
compared. Doesn't: getting an export (`delivery.instance_export`), comparing (`akeneo_assets.loads.export_comparison`).

Read are products with their links, categories, assignments, recommendations, price books and tables, folders, content and custom
objects; what else an archive holds is passed over. Fields that the connector never writes are passed over, too.
Source: the XSDs; SFCC help, site import/export: archive layout.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Final, NamedTuple

import orjson
from lxml import etree

from sfcc_resources import records
from sfcc_resources.fields import BOOLEAN, DATETIME, DECIMAL, DOUBLE, FIELDS, INT, PRIORITY, Field, ValueType
from sfcc_resources.xml.markup import XSI

READ_TYPES: Final = frozenset(
    {
        records.CATEGORY,
        records.PRODUCT,
        records.PRODUCT_LINKS,
        records.CATEGORY_ASSIGNMENTS,
        records.RECOMMENDATIONS,
        records.PRICE_BOOK,
        records.PRICE_TABLE,
        records.FOLDER,
        records.CONTENT,
        records.CUSTOM_OBJECT,
    }
)
"""The record types that `objects` yields."""

THERE: Final = "there"
"""The value of a field that says no more than that something is there."""


class ExportedObject(NamedTuple):
    """One object.

    container, type, id: as in a table of `records.RECORDS`.
    fields: field -> value, in canonical wording; an empty value says that nothing is there. The field with the empty name stands
    for the object itself: THERE, or empty where a feed deletes it. The others are named as the ledger names fields:
    `fields/display-name/fr-FR`, `fields/online-flag/@RefArch`, `custom/color/`, `page/page-title/x-default`; a list is one field:
    `images`, `variations`, `links`.

    An assignment or a recommendation is an element of its own, and so is one object each: several have the product's id, and each
    has a field that names its other end: `category/shoes`, `1/sku-2` (type and target).

    Example: `<product product-id="a"><online-flag>1</online-flag></product>` in the catalog m ->
    ("m", "product", "a", {"": "there", "fields/online-flag/": "true"}).
    """

    container: str
    type: str
    id: str
    fields: Mapping[str, str]


def objects(archive: Path) -> Iterator[ExportedObject]:
    """The objects of a site archive, file by file in the archive's order. Memory holds one object.

    Raises ValueError with one sentence where the archive is no zip or one of its files is no whole XML.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                folders = entry.filename.split("/")[1:]  # below the archive's top folder
                if entry.filename.endswith(".xml") and folders[0] in _FOLDERS and "static" not in folders:
                    with zipped.open(entry) as file:
                        yield from _objects_of(file, folders)
    except (zipfile.BadZipFile, EOFError, etree.XMLSyntaxError, OSError) as error:
        raise ValueError(f"The archive {archive.name} of SFCC's objects can't be read: {error}") from error


_FOLDERS: Final = frozenset({"catalogs", "pricebooks", "libraries", "sites", "custom-objects", "customobjects"})


def _objects_of(file: IO[bytes], folders: list[str]) -> Iterator[ExportedObject]:
    """The objects of one feed. Each element is dropped once it is read."""
    container, root, open_elements = "", "", 0
    of_site = folders[1] if folders[0] == "sites" and len(folders) > 1 else ""
    parser = etree.iterparse(file, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=True)
    for event, element in parser:
        name = _local(element)
        if event == "start":
            if open_elements == 0:
                root = name
                container = element.get("catalog-id") or element.get("library-id") or (f"sites/{of_site}" if of_site else "")
            open_elements += 1
            continue
        open_elements -= 1
        if open_elements == _DEPTHS.get((root, name)):
            if name == "header":
                container = element.get("pricebook-id", "")
            if not (root == "custom-objects" and of_site):  # the connector's custom objects belong to the organization
                yield from _of_element(container, name, element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


_DEPTHS: Final[Mapping[tuple[str, str], int]] = {
    ("catalog", "category"): 1,
    ("catalog", "product"): 1,
    ("catalog", "category-assignment"): 1,
    ("catalog", "recommendation"): 1,
    ("pricebooks", "header"): 2,
    ("pricebooks", "price-table"): 3,
    ("library", "folder"): 1,
    ("library", "content"): 1,
    ("custom-objects", "custom-object"): 1,
}
"""(root, object's element) -> how many elements enclose it."""


def _of_element(container: str, name: str, element: etree._Element) -> Iterator[ExportedObject]:
    here = "" if element.get("mode") in ("delete", "delete-all") else THERE
    match name:
        case "category-assignment":
            yield ExportedObject(
                container, records.CATEGORY_ASSIGNMENTS, element.get("product-id", ""), _assignment(element, here)
            )
        case "recommendation":
            if element.get("source-type", "product") == "product":
                target = f"{element.get('type')}/{element.get('target-id')}"
                yield ExportedObject(container, records.RECOMMENDATIONS, element.get("source-id", ""), {target: here})
        case "header":
            yield ExportedObject(container, records.PRICE_BOOK, container, {"": here} | (_price_book(element) if here else {}))
        case "price-table":
            product = element.get("product-id", "")
            yield ExportedObject(container, records.PRICE_TABLE, product, {"": here} | (_prices(element) if here else {}))
        case "custom-object":
            object_id = element.get("object-id", "")
            fields = {"": here} | _attributes(element, "attributes")
            yield ExportedObject(element.get("type-id", ""), records.CUSTOM_OBJECT, object_id, fields)
        case _:
            object_id = element.get(f"{name}-id", "")
            yield ExportedObject(container, name, object_id, {"": here} | _fields(name, element))
            links = element.find("{*}product-links")
            if links is not None:
                yield ExportedObject(container, records.PRODUCT_LINKS, object_id, {"links": _list_text(links)})


# --- Fields of one element ------------------------------------------------------------------------------------------------------


def _fields(record_type: str, element: etree._Element) -> dict[str, str]:
    """The fields of a product, category, folder, content asset or price book."""
    fields: dict[str, str] = {}
    for child in element:
        fields |= _fields_in(_local(child), child, FIELDS[record_type])
    return fields


def _fields_in(name: str, child: etree._Element, known: Mapping[str, Field]) -> dict[str, str]:
    if name in known:
        return {f"fields/{name}/{_slot(child)}": "" if _is_nil(child) else canonical(child.text, known[name].type)}
    if name in _LISTS:
        return {_LISTS[name]: _list_text(child)}
    match name:
        case "custom-attributes":
            return _attributes(child, "custom")
        case "page-attributes" | "store-attributes":
            area, values = _AREAS[name], ((_local(value), value) for value in child)
            return {f"{area}/{of}/{_slot(value)}": canonical(value.text, known[of].type) for of, value in values if of in known}
        case "parent":
            return {"parent": canonical(child.text)}
        case "classification-category":
            catalog = child.get("catalog-id")  # a product need not name its own catalog
            return {"classification": canonical(child.text)} | ({"classification/catalog": catalog} if catalog else {})
    return {}


_AREAS: Final = {"page-attributes": "page", "store-attributes": "store"}
_LISTS: Final = {
    "images": "images",
    "variations": "variations",
    "bundled-products": "bundled",
    "product-set-products": "set",
    "folder-links": "folders",
}
"""Elements that hold a list -> the record's key of that list."""


def _attributes(element: etree._Element, area: str) -> dict[str, str]:
    """Values of custom attributes. A set of values is told sorted: SFCC gives it no order. The locale x-default is told as none:
    SFCC exports the value of an attribute that isn't localizable without it, however it was sent."""
    values: dict[str, str] = {}
    for attribute in element:
        entries = [canonical(value.text) for value in attribute.iterfind("{*}value")]
        text = orjson.dumps(sorted(entries)).decode() if any(entries) else canonical(attribute.text)
        slot = _slot(attribute)
        values[f"{area}/{attribute.get('attribute-id')}/{'' if slot == 'x-default' else slot}"] = text
    return values


def _assignment(element: etree._Element, here: str) -> dict[str, str]:
    category = element.get("category-id")
    primary = canonical(element.findtext("{*}primary-flag"), BOOLEAN) == "true"
    fields = {f"category/{category}": here, f"primary/{category}": THERE if primary else ""}
    position = element.findtext("{*}position") or "auto"
    return fields if position == "auto" else fields | {f"position/{category}": canonical(position, DOUBLE)}


def _price_book(header: etree._Element) -> dict[str, str]:
    texts = (child for child in header if _local(child) in ("currency", "display-name"))
    return {f"{_local(child)}/{_slot(child)}": canonical(child.text) for child in texts} | _fields(records.PRICE_BOOK, header)


def _prices(table: etree._Element) -> dict[str, str]:
    """The amounts by quantity. A table that holds for a time only, as merchants have them, is a field of its own."""
    dates = [canonical(table.findtext(f"{{*}}{name}"), DATETIME) for name in ("online-from", "online-to")]
    amounts = table.iterfind("{*}amount")
    told = sorted((canonical(amount.get("quantity", "1"), DECIMAL), canonical(amount.text, DECIMAL)) for amount in amounts)
    return {"/".join(["amounts", *dates]) if any(dates) else "amounts": orjson.dumps(told).decode() if told else ""}


def _list_text(element: etree._Element) -> str:
    """A list with all that it holds, as JSON; empty if it holds nothing."""
    tree = _tree(element)
    return "" if tree is None else orjson.dumps(tree).decode()


_Tree = list[object]  # name, attributes, text, children


def _tree(element: etree._Element) -> _Tree | None:
    """An element as plain values, without what says nothing: merge modes, flags that are false, empty elements.

    The order of entries is kept, since it is what shops show, but for those of `_WITHOUT_ORDER`.
    """
    named = {
        str(etree.QName(name).localname): str(value)
        for name, value in sorted(element.attrib.items())
        if name not in ("mode", "merge-mode") and canonical(str(value), BOOLEAN) != "false"
    }
    text = canonical(element.text)
    children = [tree for tree in map(_tree, element) if tree is not None]
    if not (children or text) and named.keys() <= {"lang"}:
        return None
    places = {name: place for place, name in reversed(list(enumerate(child[0] for child in children)))}
    children.sort(key=lambda child: (places[child[0]], orjson.dumps(child) if child[0] in _WITHOUT_ORDER else b""))
    return [_local(element), named, text, children]


_WITHOUT_ORDER: Final = frozenset(
    {"image-group", "variation", "display-name", "display-value", "alt", "title", "folder-link", "variation-attribute"}
)
"""Entries that only their attributes tell apart."""


def _local(element: etree._Element) -> str:
    return str(etree.QName(element.tag).localname) if isinstance(element.tag, str) else ""  # a remark has no name


def _is_nil(element: etree._Element) -> bool:
    return canonical(element.get(f"{{{XSI}}}nil"), BOOLEAN) == "true"


def _slot(element: etree._Element) -> str:
    """What qualifies a value: a locale, a site after an @, or nothing."""
    site = element.get("site-id")
    return f"@{site}" if site else element.get("{http://www.w3.org/XML/1998/namespace}lang", "")


# --- Values in one wording ------------------------------------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def canonical(text: str | None, value_type: ValueType | None = None) -> str:
    """A value in one wording, as its XSD type has it; without a type (custom attributes, whose definitions aren't at hand) what
    looks like a number or a time is told like one. White space at both ends, and how lines end, say nothing.

    Example: BOOLEAN `1` -> `true`; `10.00` -> `10`; `007` -> `007`;
    `2026-01-01T01:00:00.000+01:00` -> `2026-01-01T00:00:00+00:00`.
    """
    value = (text or "").replace("\r\n", "\n").strip()
    if value_type is BOOLEAN:
        return {"1": "true", "0": "false"}.get(value, value)
    if value_type in (INT, DECIMAL, DOUBLE, PRIORITY) or (value_type is None and _NUMBER.fullmatch(value)):
        return _number(value)
    if value_type is DATETIME or (value_type is None and _TIME.fullmatch(value)):
        return _time(value)
    return value


def _number(value: str) -> str:
    """A number without zeros that say nothing; what is no number stays."""
    if not re.fullmatch(r"[+-]?\d{1,40}(?:\.\d{0,40})?|[+-]?\.\d{1,40}", value):
        return value
    number = f"{Decimal(value):f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if number == "-0" else number


def _time(value: str) -> str:
    """A time in UTC; what is none, or names no zone, stays."""
    try:
        time = datetime.fromisoformat(value)
        return value if time.tzinfo is None else time.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return value
