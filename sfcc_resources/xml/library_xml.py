"""library.xsd: folders and content assets.

Belongs here: the order of those elements. Doesn't: Page Designer's pages and components, which the connector doesn't write.
"""

from typing import Final

from sfcc_resources import fields as tables
from sfcc_resources import records
from sfcc_resources.xml.catalog_xml import custom_attributes, page_attributes
from sfcc_resources.xml.markup import element as tag
from sfcc_resources.xml.markup import fields, known, quote

NAMESPACE: Final = "http://www.demandware.com/xml/impex/library/2006-10-31"

_FOLDER = frozenset(
    field.name for run in (tables.FOLDER_BEFORE_PARENT, tables.FOLDER_AFTER_PARENT, tables.FOLDER_LAST) for field in run
)
_CONTENT = frozenset(field.name for run in (tables.CONTENT_BEFORE_PAGE, tables.CONTENT_LAST) for field in run)


def folder(record: records.Record) -> str:
    """`folder`. Raises ValueError for a field that a folder doesn't have."""
    values = record.get("fields") or {}
    known(records.FOLDER, values, _FOLDER)
    parent = record.get("parent")
    children = (
        fields(records.FOLDER, tables.FOLDER_BEFORE_PARENT, values)
        + (f"<parent>{quote(parent)}</parent>" if parent is not None else "")
        + fields(records.FOLDER, tables.FOLDER_AFTER_PARENT, values)
        + page_attributes(records.FOLDER, record)
        + custom_attributes(record, tables.LOCALIZED)
        + fields(records.FOLDER, tables.FOLDER_LAST, values)
    )
    return tag("folder", children, {"folder-id": record["id"]})


def folder_deletion(folder_id: str) -> str:
    """`folder` with `mode="delete"`."""
    return tag("folder", named={"folder-id": folder_id, "mode": "delete"})


def content(record: records.Record) -> str:
    """`content`: a content asset. Raises ValueError for a field that a content asset doesn't have."""
    values = record.get("fields") or {}
    known(records.CONTENT, values, _CONTENT)
    children = (
        fields(records.CONTENT, tables.CONTENT_BEFORE_PAGE, values)
        + page_attributes(records.CONTENT, record)
        + custom_attributes(record, tables.CUSTOM)
    )
    if (folders := record.get("folders")) is not None:
        links = [
            tag("classification-link" if first else "folder-link", named={"folder-id": folder_id})
            for first, folder_id in zip([True] + [False] * len(folders), folders, strict=False)
        ]
        children += tag("folder-links", "".join(links))
    children += fields(records.CONTENT, tables.CONTENT_LAST, values)
    return tag("content", children, {"content-id": record["id"]})


def content_deletion(content_id: str) -> str:
    """`content` with `mode="delete"`."""
    return tag("content", named={"content-id": content_id, "mode": "delete"})
