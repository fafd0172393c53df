"""Import of the small schemas: custom objects, preferences, sites."""

from lxml import etree

from sandbox.sfcc import quotas
from sandbox.sfcc.importers.metadata import CUSTOM_TYPE_PREFIX
from sandbox.sfcc.importers.objects import SEPARATOR, FileImport, ObjectType
from sandbox.sfcc.merge import merge
from sandbox.sfcc.schema import CUSTOMOBJECT_NS, PREFERENCES, SITE, Field
from sandbox.sfcc.xmlio import Element, FeedError, elements, open_feed

OBJECT_ATTRIBUTES = Field("object-attributes", "attributes", item="object-attribute")
SITE_TYPE = ObjectType("site", SITE)


def import_custom_objects(file: FileImport, _root: dict[str, str]) -> None:
    """Import custom objects into the file's site, or the organization. Source: customobject.xsd; SFCC help, import modes."""
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
    if stored is None and file.store.count("custom-object") >= quotas.CUSTOM_OBJECTS:
        file.report.error(
            "custom-object", name, line, f"the quota of {quotas.CUSTOM_OBJECTS} custom objects is reached; not imported"
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


def import_preferences(file: FileImport, _root: dict[str, str]) -> None:
    """Merge preferences into those of the file's site, or of the organization; kept as given, without a look at definitions."""
    _single(file, ObjectType("preferences", PREFERENCES), file.site, "preferences")


def import_site(file: FileImport, root: dict[str, str]) -> None:
    """Create or change a site. Raises FeedError if neither the root element nor the folder names it."""
    site = root.get("site-id") or file.site
    if not site:
        raise FeedError("neither the root element nor the folder names a site")
    _single(file, SITE_TYPE, "", site)


def _single(file: FileImport, of: ObjectType, scope: str, id_: str) -> None:
    """A feed whose root element is the one object. Read as a tree: these files are small."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    with open_feed(file.path) as stream:
        element: Element = etree.parse(stream, parser).getroot()
    if file.starts(of.name, id_, element.sourceline, "site-id"):
        stored = file.store.get(of.name, scope, id_)
        file.write(of, scope, id_, stored, file.given(element, of, id_))
        file.object_done()
    file.store.commit()
    file.report.totals()
