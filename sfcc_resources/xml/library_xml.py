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


def element(record_type: str, record: records.Record) -> str:
    """`folder` or `content`."""
    return _folder(record) if record_type == records.FOLDER else _content(record)


def deletion(record_type: str, object_id: str, record: records.Record | None) -> str:
    """The `mode="delete"` element."""
    del record
    if record_type == records.FOLDER:
        return tag("folder", named={"folder-id": object_id, "mode": "delete"})
    return tag("content", named={"content-id": object_id, "mode": "delete"})


def _folder(record: records.Record) -> str:
    values = record.get("fields") or {}
    known(records.FOLDER, values, _FOLDER)
    parent = record.get("parent")
    content = (
        fields(records.FOLDER, tables.FOLDER_BEFORE_PARENT, values)
        + (f"<parent>{quote(parent)}</parent>" if parent is not None else "")
        + fields(records.FOLDER, tables.FOLDER_AFTER_PARENT, values)
        + page_attributes(records.FOLDER, record)
        + custom_attributes(record, tables.LOCALIZED)
        + fields(records.FOLDER, tables.FOLDER_LAST, values)
    )
    return tag("folder", content, {"folder-id": record["id"]})


def _content(record: records.Record) -> str:
    values = record.get("fields") or {}
    known(records.CONTENT, values, _CONTENT)
    content = (
        fields(records.CONTENT, tables.CONTENT_BEFORE_PAGE, values)
        + page_attributes(records.CONTENT, record)
        + custom_attributes(record, tables.CUSTOM)
    )
    if (folders := record.get("folders")) is not None:
        links = [
            tag("classification-link" if first else "folder-link", named={"folder-id": folder})
            for first, folder in zip([True] + [False] * len(folders), folders, strict=False)
        ]
        content += tag("folder-links", "".join(links))
    content += fields(records.CONTENT, tables.CONTENT_LAST, values)
    return tag("content", content, {"content-id": record["id"]})
