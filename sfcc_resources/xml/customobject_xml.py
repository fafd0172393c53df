"""customobject.xsd: custom objects. The object's key is its `object-id`, never an attribute.

Belongs here: that one element. Doesn't: the object's type (`metadata`).
"""

from typing import Final

from sfcc_resources import records
from sfcc_resources.fields import LOCALIZED
from sfcc_resources.xml.markup import element as tag
from sfcc_resources.xml.markup import object_attributes

NAMESPACE: Final = "http://www.demandware.com/xml/impex/customobject/2006-10-31"


def custom_object(type_id: str, record: records.Record) -> str:
    """`custom-object` of the custom type `type_id`."""
    content = object_attributes("object-attribute", record["attributes"], LOCALIZED)
    return tag("custom-object", content, {"type-id": type_id, "object-id": record["id"]})


def custom_object_deletion(type_id: str, object_id: str) -> str:
    """`custom-object` with `mode="delete"`."""
    return tag("custom-object", named={"type-id": type_id, "object-id": object_id, "mode": "delete"})
