"""Import of customobject.xsd: custom objects of a site or of the organization. Source: the XSD; SFCC help, import modes."""

from sandbox.sfcc import instance_quotas
from sandbox.sfcc.feed_xml import Element, elements
from sandbox.sfcc.impex_schema import CUSTOMOBJECT_NS, Field
from sandbox.sfcc.importers.metadata_importer import CUSTOM_TYPE_PREFIX
from sandbox.sfcc.importers.object_importer import FileImport
from sandbox.sfcc.instance_state import SEPARATOR
from sandbox.sfcc.object_merge import Given, Problem, merge, read_attributes

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
    type_id, object_id = element.get("type-id"), element.get("object-id")
    key = f"{type_id}{SEPARATOR}{object_id}" if type_id and object_id else None
    place = file.starts("custom-object", key, element, "type-id or object-id")
    if place is None:
        return
    if file.store.get("custom-type", "", type_id) is None:
        file.report.error(place, f"custom object type '{type_id}' is not defined; not imported")
        return
    stored = file.store.get("custom-object", file.site, place.key)
    if file.deletes(element):
        if stored is not None:
            file.store.delete(stored.seq)
        return
    if stored is None and file.store.count("custom-object") >= instance_quotas.CUSTOM_OBJECTS:
        file.report.error(place, f"the quota of {instance_quotas.CUSTOM_OBJECTS} custom objects is reached; not imported")
        return
    if stored is None and file.mode == "UPDATE":
        return
    problems: list[Problem] = []
    given: Given = {}
    read_attributes(element, OBJECT_ATTRIBUTES, file.rules(CUSTOM_TYPE_PREFIX + type_id), problems, given)
    file.tell(place, problems)
    before = {} if stored is None or file.mode == "REPLACE" else stored.body
    body = merge(before, given, {OBJECT_ATTRIBUTES.name: OBJECT_ATTRIBUTES}) | {"type": type_id}
    file.store.put("custom-object", file.site, place.key, body, stored.seq if stored else None)
