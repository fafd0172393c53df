"""Import of metadata.xsd: attribute definitions and groups of system types, custom types, preference groups.

Each definition and each group in the file replaces the stored one as a whole; what the file doesn't hold stays.
Source: SFCC help, custom metadata object import/export; import/export of site-specific attributes.
"""

from collections.abc import Iterable

from sandbox.sfcc import instance_quotas
from sandbox.sfcc.feed_xml import XML_LANG, Element, Node, elements, line_of, local, to_node
from sandbox.sfcc.impex_schema import METADATA_NS, SITE_SPECIFIC_TYPES, SYSTEM_TYPES
from sandbox.sfcc.import_log_writer import Place
from sandbox.sfcc.importers.object_importer import CUSTOM, FileImport, definition_of
from sandbox.sfcc.object_merge import DEFAULT_LOCALE, Problem

SYSTEM = "system-attribute-definition"
GROUP = "attribute-group-definition"
CUSTOM_TYPE_PREFIX = "custom:"
"""Scope of a custom type's definitions: this and the type's id, so that it can't be taken for a system type."""

_OBJECTS_OF = {
    "Product": "product",
    "Category": "category",
    "Catalog": "catalog",
    "CategoryAssignment": "category-assignment",
    "Recommendation": "recommendation",
    "ProductOption": "product-option",
    "PriceBook": "pricebook",
    "Library": "library",
    "Folder": "folder",
    "Content": "content",
}


_COUNTED_INSIDE = ("attribute-definition", "attribute-group")


def import_metadata(file: FileImport, _root: dict[str, str]) -> None:
    """Import one metadata feed."""
    file.report.phase("phase_items")
    handlers = {"type-extension": _type_extension, "custom-type": _custom_type, "custom-preference-group": _preference_group}
    for element in elements(file.path, METADATA_NS, dict.fromkeys(handlers, "metadata"), _COUNTED_INSIDE):
        handlers[local(element.tag)](file, element)
        file.object_done()
    file.store.commit()
    file.report.totals()


def _type_extension(file: FileImport, element: Element) -> None:
    type_id = element.get("type-id")
    place = file.starts("type-extension", type_id, element, "type-id")
    if place is None:
        return
    if type_id not in SYSTEM_TYPES:
        # SFRA's own metadata extends types that no list at hand has; a name that SFCC wouldn't know is taken, too.
        file.report.note(f"object type '{type_id}' is not modelled by this instance; its definitions are kept")
    for part in element:
        if local(part.tag) == "system-attribute-definitions":
            for child in part:
                _system_definition(file, type_id, child)
        elif local(part.tag) == "custom-attribute-definitions":
            for child in part:
                _custom_definition(file, type_id, child)
    _groups(file, type_id, (part for part in element if local(part.tag) == "group-definitions"))


def _custom_definition(file: FileImport, type_id: str, element: Element) -> None:
    place = file.starts("attribute-definition", element.get("attribute-id"), element, "attribute-id")
    if place is None:
        return
    flags = {local(c.tag): c for c in element if (c.text or "").strip() in ("true", "1")}
    if "site-specific-flag" in flags and "localizable-flag" in flags:
        file.report.error(place, "an attribute can't be both localizable and site specific; skipped")
        return
    if "site-specific-flag" in flags and type_id not in SITE_SPECIFIC_TYPES:
        file.report.warning(place, f"{type_id} has no site-specific attributes; imported with false")
        flags["site-specific-flag"].text = "false"
    node = _known_locales(file, place, element)
    stored = file.store.get(CUSTOM, type_id, place.key)
    if stored is not None:
        before, after = definition_of(stored.body["node"]), definition_of(node)
        if (before.type, before.localizable) != (after.type, after.localizable):
            _drop_values(file, type_id, place.key)
    file.store.put(CUSTOM, type_id, place.key, {"node": node}, stored.seq if stored else None)


def _system_definition(file: FileImport, type_id: str, element: Element) -> None:
    place = file.starts("attribute-definition", element.get("attribute-id"), element, "attribute-id")
    if place is not None:
        stored = file.store.get(SYSTEM, type_id, place.key)
        node = _known_locales(file, place, element)
        file.store.put(SYSTEM, type_id, place.key, {"node": node}, stored.seq if stored else None)


def _drop_values(file: FileImport, type_id: str, attribute: str) -> None:
    """A changed type or localizable flag makes a new definition: stored values go.

    Documented for definitions in catalog feeds; assumed for metadata.xsd alike.
    """
    custom = type_id.startswith(CUSTOM_TYPE_PREFIX)
    kind, field = ("custom-object", "object-attributes") if custom else (_OBJECTS_OF.get(type_id, ""), "custom-attributes")
    for stored in file.store.each(kind, containing=f'"{attribute}":'):
        if custom and stored.body["type"] != type_id.removeprefix(CUSTOM_TYPE_PREFIX):
            continue
        values = {k: v for k, v in stored.body.get(field, {}).items() if k != attribute}
        body = {**stored.body, field: values}
        if not values:
            del body[field]
        file.store.put(stored.kind, stored.scope, stored.id, body, stored.seq)


def _groups(file: FileImport, type_id: str, parts: Iterable[Element]) -> None:
    for element in (group for part in parts for group in part):
        place = file.starts("attribute-group", element.get("group-id"), element, "group-id")
        if place is None:
            continue
        node = _known_locales(file, place, element)
        kept: list[Node] = []
        for child in node[3]:
            attribute = child[1].get("attribute-id", "")
            missing = child[0] == "attribute" and child[1].get("system") not in ("true", "1")
            if missing and file.store.get(CUSTOM, type_id, attribute) is None:
                # Assumption: no page says what a group's reference to an undefined attribute does.
                file.report.warning(place, f"attribute '{attribute}' is not defined; reference dropped")
            else:
                kept.append(child)
        stored = file.store.get(GROUP, type_id, place.key)
        file.store.put(GROUP, type_id, place.key, {"node": [node[0], node[1], None, kept]}, stored.seq if stored else None)


def _custom_type(file: FileImport, element: Element) -> None:
    type_id = element.get("type-id")
    place = file.starts("custom-type", type_id, element, "type-id")
    if place is None:
        return
    stored = file.store.get("custom-type", "", type_id)
    if stored is None and file.store.count("custom-type") + len(SYSTEM_TYPES) >= instance_quotas.TYPE_DEFINITIONS:
        message = f"the quota of {instance_quotas.TYPE_DEFINITIONS} object type definitions is reached; not imported"
        file.report.error(place, message)
        return
    scope = CUSTOM_TYPE_PREFIX + type_id
    for part in element:
        if local(part.tag) == "attribute-definitions":
            for child in part:
                _custom_definition(file, scope, child)
    groups = [part for part in element if local(part.tag) == "group-definitions"]
    _groups(file, scope, groups)
    node = _known_locales(file, place, element)
    node[3] = [child for child in node[3] if child[0] not in ("attribute-definitions", "group-definitions")]
    file.store.put("custom-type", "", type_id, {"node": node}, stored.seq if stored else None)


def _preference_group(file: FileImport, element: Element) -> None:
    place = file.starts("custom-preference-group", element.get("group-id"), element, "group-id")
    if place is not None:
        stored = file.store.get("custom-preference-group", "", place.key)
        node = _known_locales(file, place, element)
        file.store.put("custom-preference-group", "", place.key, {"node": node}, stored.seq if stored else None)


def _known_locales(file: FileImport, place: Place, element: Element) -> Node:
    problems = []
    for child in list(element.iter()):
        locale = child.get(XML_LANG) or DEFAULT_LOCALE
        if locale != DEFAULT_LOCALE and locale not in file.configuration.locales:
            text = f"locale '{locale}' of element '{local(child.tag)}' is not configured; not imported"
            problems.append(Problem(True, line_of(child), text))
            child.getparent().remove(child)
    file.tell(place, problems)
    return to_node(element)
