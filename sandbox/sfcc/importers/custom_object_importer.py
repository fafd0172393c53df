"""Import of customobject.xsd: custom objects of a site or of the organization. Source: the XSD; SFCC help, import modes."""

from lxml import etree

from sandbox.sfcc import instance_quotas
from sandbox.sfcc.feed_xml import Element, elements
from sandbox.sfcc.impex_schema import CUSTOMOBJECT_NS, Field
from sandbox.sfcc.importers.metadata_importer import CUSTOM_TYPE_PREFIX
from sandbox.sfcc.importers.object_importer import SEPARATOR, FileImport, ObjectType
from sandbox.sfcc.object_merge import merge

OBJECT_ATTRIBUTES = Field("object-attributes", "attributes", item="object-attribute")


def import_custom_objects(file: FileImport, _root: dict[str, str]) -> None:
    """Import custom objects into the file's site, or the organization."""
    file.report.phase("phase_items")
    for element in elements(file.path, CUSTOMOBJECT_NS, {"custom-object": "custom-objects"}):
        _custom_object(file, element)
        file.object_done()
    file.store.commit()
    file.report.totals()


def _custom_object(file: FileImport, element: Element) -> None:
    type_id, object_id, line = element.get("type-id"), element.get("object-id"), element.sourceline
    id_ = f"{type_id}{SEPARATOR}{object_id}" if type_id and object_id else None
    if not file.starts("custom-object", id_, line, "type-id or object-id") or id_ is None:
        return
    name = f"{type_id}/{object_id}"
    if file.store.get("custom-type", "", type_id) is None:
        file.report.error("custom-object", name, line, f"custom object type '{type_id}' is not defined; not imported")
        return
    stored = file.store.get("custom-object", file.site, id_)
    if file.deletes(element):
        if stored is not None:
            file.store.delete(stored.seq)
        return
    if stored is None and file.store.count("custom-object") >= instance_quotas.CUSTOM_OBJECTS:
        file.report.error(
            "custom-object", name, line, f"the quota of {instance_quotas.CUSTOM_OBJECTS} custom objects is reached; not imported"
        )
        return
    if stored is None and file.mode == "UPDATE":
        return
    of = ObjectType("custom-object", {OBJECT_ATTRIBUTES.name: OBJECT_ATTRIBUTES}, CUSTOM_TYPE_PREFIX + type_id)
    given = file.given(_wrapped(element), of, name)
    before = {} if stored is None or file.mode == "REPLACE" else stored.body
    body = merge(before, given, of.fields) | {"type": type_id}
    file.store.put("custom-object", file.site, id_, body, stored.seq if stored else None)


def _wrapped(element: Element) -> Element:
    """The attributes stand directly in a custom object; put them where other objects have them."""
    outer = etree.Element(element.tag)
    outer.sourceline = element.sourceline
    inner = etree.SubElement(outer, OBJECT_ATTRIBUTES.name)
    inner.extend(list(element))
    return outer
