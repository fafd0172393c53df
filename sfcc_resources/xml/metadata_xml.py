"""metadata.xsd: attribute definitions, attribute groups, custom object types.

Belongs here: the order of those elements. Doesn't: which SFCC type a PIM attribute gets (the mapping's).

Each definition and each group replaces the stored one as a whole (SFCC help, custom metadata object import), so every flag is
written and a name without value is just left out. Nothing can be deleted by a metadata import.
"""

from collections.abc import Mapping
from typing import Any, Final

from sfcc_resources import records
from sfcc_resources.xml.markup import element as tag
from sfcc_resources.xml.markup import localized, quote, wrapped

NAMESPACE: Final = "http://www.demandware.com/xml/impex/metadata/2006-10-31"


def _flag(name: str, value: object) -> str:
    return f"<{name}>{'true' if value else 'false'}</{name}>"


def _optional(name: str, value: int | None) -> str:
    return "" if value is None else f"<{name}>{value}</{name}>"


def attribute_definition(record: records.Record) -> str:
    """`attribute-definition`, with all flags and, for an enum, all its values."""
    kind = record["type"]
    content = (
        localized("display-name", record["names"])
        + localized("description", record.get("descriptions", {}))
        + tag("type", quote(kind))
        + _flag("localizable-flag", record.get("localizable"))
        + _flag("site-specific-flag", record.get("site_specific"))
        + _flag("mandatory-flag", record.get("mandatory"))
        + _flag("visible-flag", record.get("visible"))
        + _flag("externally-managed-flag", record.get("externally_managed"))
        + _flag("order-required-flag", value=False)
        + _flag("externally-defined-flag", value=False)
        + _optional("min-length", record.get("min_length"))
        + localized("unit", record.get("units", {}))
        + _optional("scale", record.get("scale"))
    )
    if kind.startswith("enum-of-"):
        values = "".join(_value_definition(value) for value in record.get("values", []))
        content += _flag("select-multiple-flag", record.get("multiple")) + tag("value-definitions", values)
    return tag("attribute-definition", content, {"attribute-id": record["id"]})


def _value_definition(value: Mapping[str, Any]) -> str:
    return tag("value-definition", localized("display", value["names"]) + tag("value", quote(value["value"])))


def attribute_group(record: records.Record) -> str:
    """`attribute-group` with all its attributes."""
    members = "".join(
        tag("attribute", named={"attribute-id": member["id"], "system": "true" if member.get("system") else None})
        for member in record["attributes"]
    )
    return tag("attribute-group", localized("display-name", record["names"]) + members, {"group-id": record["id"]})


def custom_type(record: records.Record) -> str:
    """`custom-type` with its definitions and groups."""
    content = (
        localized("display-name", record["names"])
        + tag("staging-mode", quote(record["staging"]))
        + tag("storage-scope", quote(record["storage"]))
        + tag("key-definition", tag("type", "string"), {"attribute-id": record["key"]})
        + wrapped("attribute-definitions", "".join(attribute_definition(definition) for definition in record["attributes"]))
        + wrapped("group-definitions", "".join(attribute_group(group) for group in record.get("groups", [])))
    )
    return tag("custom-type", content, {"type-id": record["id"]})
