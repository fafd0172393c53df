"""Import of catalog.xsd: categories, products, options, shared variation attributes, assignments, recommendations.

Two passes: items, then relations, so that elements resolve in any order inside a file.
Source: SFCC help, catalog object import/export; catalog.xsd.
"""

from collections.abc import Callable
from typing import Any

from sandbox.sfcc import instance_quotas
from sandbox.sfcc.feed_xml import Element, FeedError, Node, elements, line_of, local, to_node
from sandbox.sfcc.impex_schema import CATALOG_HEADER, CATALOG_NS, CATEGORY, CATEGORY_ASSIGNMENT, OPTION, PRODUCT, RECOMMENDATION
from sandbox.sfcc.import_log_writer import Place
from sandbox.sfcc.importers.deletion_cascades import delete_category, delete_product, delete_referenced, drop_reference
from sandbox.sfcc.importers.object_importer import FileImport, ObjectType, Spool
from sandbox.sfcc.instance_state import SEPARATOR, Stored, Target
from sandbox.sfcc.object_merge import Given, merge, merge_variation_attribute

ROOT = "root"

CATALOG_TYPE = ObjectType("catalog", CATALOG_HEADER, "Catalog")
CATEGORY_TYPE = ObjectType("category", CATEGORY, "Category", {"online-flag": "false"})
PRODUCT_TYPE = ObjectType(
    "product",
    PRODUCT,
    "Product",
    {
        "online-flag": {"": "false"},
        "searchable-flag": {"": "true"},
        "available-flag": "true",
        "min-order-quantity": "1",
        "step-quantity": "1",
    },
    kept=("online-flag",),
)
"""Create defaults. Assumption: online-flag false, where the help page contradicts itself (prose: offline, its table: true)."""
OPTION_TYPE = ObjectType("product-option", OPTION, "ProductOption")
ASSIGNMENT_TYPE = ObjectType("category-assignment", CATEGORY_ASSIGNMENT, "CategoryAssignment")
RECOMMENDATION_TYPE = ObjectType("recommendation", RECOMMENDATION, "Recommendation")

EXCLUSIVE = ("bundled-products", "product-set-products", "variations")
"""A product is a bundle, a set or a variation master: never two of them."""

LEGACY_RECOMMENDATION_TYPES = {"cross-sell": "1", "up-sell": "2", "other": "3"}

_LISTS_OF_PRODUCTS = ("bundled-products", "retail-set-products", "product-set-products", "product-links")


def ensure_catalog(file: FileImport, catalog: str) -> Stored:
    """The catalog of this id, created with its root category if the instance has none. Raises FeedError over the quota."""
    stored = file.store.get("catalog", "", catalog)
    if stored is None:
        if file.store.count("catalog") >= instance_quotas.CATALOGS:
            raise FeedError(f"catalog '{catalog}' can't be created: the quota of {instance_quotas.CATALOGS} catalogs is reached")
        file.store.put("catalog", "", catalog, {})
        file.store.put("category", catalog, ROOT, {"online-flag": "true"})
        stored = file.store.get("catalog", "", catalog)
    assert stored is not None
    return stored


def import_catalog(file: FileImport, root: dict[str, str]) -> None:
    """Import one catalog feed. Raises FeedError if the root element names no catalog."""
    catalog = root.get("catalog-id")
    if not catalog:
        raise FeedError("the root element has no catalog-id")
    ensure_catalog(file, catalog)
    handlers = {
        "header": _header,
        "product-attribute-definitions": _attribute_definitions,
        "category": _category,
        "product": _product,
        "product-option": _option,
        "variation-attribute": _variation_attribute,
        "category-assignment": _assignment,
        "recommendation": _recommendation,
    }
    with Spool(file.work / "relations.jsonl") as relations:
        file.report.phase("phase_items")
        for element in elements(file.path, CATALOG_NS, dict.fromkeys(handlers, "catalog")):
            handlers[local(element.tag)](file, catalog, element, relations)
        file.store.commit()
        file.report.phase("phase_relations")
        resolvers: dict[str, Callable[..., None]] = {
            "category": _category_relations,
            "product": _product_relations,
            "category-assignment": _write_assignment,
            "recommendation": _write_recommendation,
        }
        for place, record in relations.read():
            resolvers[place.kind](file, catalog, place, *record)
            file.store.object_done()
    file.store.commit()
    file.report.totals()


# Phase 1: items


def _header(file: FileImport, catalog: str, element: Element, _relations: Spool) -> None:
    place = file.report.element("catalog", catalog, line_of(element))
    if not file.deletes(element):
        file.write(CATALOG_TYPE, "", catalog, ensure_catalog(file, catalog), file.given(element, CATALOG_TYPE, place))


def _attribute_definitions(file: FileImport, catalog: str, element: Element, _relations: Spool) -> None:
    """Only the import pipelet's option allows them; jobs don't have it. Source: SFCC help, catalog object import/export."""
    place = file.report.element("product-attribute-definitions", catalog, line_of(element))
    file.report.error(place, "not allowed in this import; block ignored")


def _category(file: FileImport, catalog: str, element: Element, relations: Spool) -> None:
    id_ = element.get("category-id")
    place = file.starts("category", id_, element, "category-id")
    if place is None:
        return
    stored = file.store.get("category", catalog, id_)
    if file.deletes(element):
        if stored is not None and id_ != ROOT:
            delete_category(file.store, stored)
    else:
        given = file.given(element, CATEGORY_TYPE, place)
        relation = _split(given, CATEGORY_TYPE)
        seq = file.write(CATEGORY_TYPE, catalog, id_, stored, given, survives=id_ == ROOT)
        if seq is not None:
            relations.add(place, seq, relation)
    file.object_done()


def _product(file: FileImport, catalog: str, element: Element, relations: Spool) -> None:
    id_ = element.get("product-id")
    place = file.starts("product", id_, element, "product-id")
    if place is None:
        return
    stored = file.store.find("product", id_)
    if stored is not None and stored.scope != catalog:
        # Assumption: product ids are unique in an instance, and a feed can't take over another catalog's product.
        file.report.error(place, f"product belongs to catalog '{stored.scope}'; not imported")
        return
    if file.deletes(element):
        if stored is not None:
            delete_product(file.store, stored)
    else:
        given = file.given(element, PRODUCT_TYPE, place)
        relation = _split(given, PRODUCT_TYPE)
        seq = file.write(PRODUCT_TYPE, catalog, id_, stored, given)
        if seq is not None and relation:
            relations.add(place, seq, relation)
    file.object_done()


def _split(given: Given, of: ObjectType) -> Given:
    """Take the relation fields out of what is given."""
    return {name: given.pop(name) for name in list(given) if of.fields[name].relation}


def _option(file: FileImport, catalog: str, element: Element, _relations: Spool) -> None:
    id_ = element.get("option-id")
    place = file.starts("product-option", id_, element, "option-id")
    if place is None:
        return
    stored = file.store.get("product-option", catalog, id_)
    if file.deletes(element):
        if stored is not None:
            delete_referenced(file.store, stored)
    else:
        file.write(OPTION_TYPE, catalog, id_, stored, file.given(element, OPTION_TYPE, place))
    file.object_done()


def _variation_attribute(file: FileImport, catalog: str, element: Element, _relations: Spool) -> None:
    id_ = element.get("variation-attribute-id")
    place = file.starts("variation-attribute", id_, element, "variation-attribute-id")
    if place is None:
        return
    stored = file.store.get("variation-attribute", catalog, id_)
    if file.deletes(element):
        if stored is not None:
            delete_referenced(file.store, stored)
    elif stored is not None or file.mode != "UPDATE":
        _warn_site_specific(file, place, [to_node(element)])
        before = stored.body["node"] if stored is not None and file.mode != "REPLACE" else None
        body = {"node": merge_variation_attribute(before, to_node(element))}
        file.store.put("variation-attribute", catalog, id_, body, stored.seq if stored else None)
    file.object_done()


def _assignment(file: FileImport, _catalog: str, element: Element, relations: Spool) -> None:
    parts = [element.get("category-id"), element.get("product-id")]
    key = SEPARATOR.join(parts) if all(parts) else None
    place = file.starts("category-assignment", key, element, "category-id or product-id")
    if place is None:
        return
    relations.add(place, None if file.deletes(element) else file.given(element, ASSIGNMENT_TYPE, place))
    file.faults.object_done(file.store)


def _recommendation(file: FileImport, _catalog: str, element: Element, relations: Spool) -> None:
    type_ = element.get("type") or ""
    parts = [element.get("source-type") or "product", element.get("source-id"), element.get("target-type") or "product"]
    parts += [element.get("target-id"), LEGACY_RECOMMENDATION_TYPES.get(type_, type_)]
    key = SEPARATOR.join(parts) if parts[1] and parts[3] else None
    place = file.starts("recommendation", key, element, "source-id or target-id")
    if place is None:
        return
    if not (parts[4].isascii() and parts[4].isdigit() and int(parts[4]) > 0):
        file.report.error(place, f"type '{type_}' is neither a positive integer nor a legacy name; not imported")
        return
    relations.add(place, None if file.deletes(element) else file.given(element, RECOMMENDATION_TYPE, place))
    file.faults.object_done(file.store)


# Phase 2: relations


def _category_relations(file: FileImport, catalog: str, place: Place, seq: int, given: Given) -> None:
    stored = file.store.by_seq(seq)
    if stored is None:
        return
    if stored.id == ROOT:
        given.pop("parent", None)
    else:
        _choose_parent(file, place, stored, given)
    if given.get("category-links"):
        links = given["category-links"]
        given["category-links"] = _known_children(file, place, links, lambda c: _category_target(catalog, c))
        if not _within_link_quota(file, place, stored, given["category-links"]):
            del given["category-links"]
    body = merge(stored.body, given, CATEGORY)
    file.store.put("category", catalog, stored.id, body, seq)
    if "category-links" in given:
        targets = [_category_target(catalog, c) for c in _children(given["category-links"])]
        file.store.set_refs(seq, "category-links", targets)
    if "parent" in given:
        file.store.set_refs(seq, "parent", [Target("category", catalog, given["parent"])])


def _choose_parent(file: FileImport, place: Place, stored: Stored, given: Given) -> None:
    """Settle `given["parent"]`: as given if it can be, else as it was. Without one a category goes under root, a known one, too.

    Source: SFCC help, catalog object import/export. Assumption: an unknown parent is a data error.
    """
    present = stored.body.get("parent")
    wanted = given.pop("parent", None)
    if wanted is None:
        file.report.warning(place, f"no parent given; the category goes under '{ROOT}'")
        wanted = ROOT
    if wanted == present:
        return
    reason = _parent_problem(file, stored, str(wanted))
    if reason is not None:
        file.report.error(place, reason)
        wanted = None if present else ROOT
    if wanted is not None:
        given["parent"] = wanted


def _parent_problem(file: FileImport, stored: Stored, parent: str) -> str | None:
    above: str | None = parent
    while above is not None:
        if above == stored.id:
            return f"parent '{parent}' lies below the category itself; not imported"
        category = file.store.get("category", stored.scope, above)
        if category is None:
            return f"parent category '{parent}' does not exist; not imported" if above == parent else None
        above = category.body.get("parent")
    quota = instance_quotas.SUBCATEGORIES_PER_CATEGORY
    if len(file.store.referrers(Target("category", stored.scope, parent), "parent")) >= quota:
        return f"parent category '{parent}' has reached the quota of {quota} subcategories; not imported"
    return None


def _within_link_quota(file: FileImport, place: Place, stored: Stored, links: Node | None) -> bool:
    outgoing, quota = _children(links), instance_quotas.CATEGORY_LINKS
    incoming = [file.store.referrers(_category_target(stored.scope, c), "category-links") for c in outgoing]
    full = [sources for sources in incoming if len({s for s, _ in sources} - {stored.seq}) >= quota]
    if len(outgoing) <= quota and not full:
        return True
    file.report.error(place, f"category-links exceed the quota of {quota} in or out; not imported")
    return False


def _category_target(catalog: str, node: Node) -> Target:
    return Target("category", node[1].get("catalog-id", catalog), node[1].get("category-id", ""))


def _product_target(node: Node) -> Target:
    return Target("product", "", node[1].get("product-id", ""))


def _children(node: Node | None) -> list[Node]:
    return node[3] if node else []


def _known_children(file: FileImport, place: Place, node: Node, target: Any) -> Node | None:
    """A list without the entries that point at nothing; each of those is a DATAWARNING. Assumption: level of the message."""
    kept = []
    for child in node[3]:
        pointed = target(child)
        if file.store.exists(pointed):
            kept.append(child)
        else:
            file.report.warning(place, f"{child[0]}: {pointed.kind} '{pointed.id}' does not exist; relation dropped")
    return [node[0], node[1], None, kept] if kept else None


def _product_relations(file: FileImport, catalog: str, place: Place, seq: int, given: Given) -> None:
    stored = file.store.by_seq(seq)
    if stored is None:
        return
    for name in _LISTS_OF_PRODUCTS:
        if given.get(name):
            given[name] = _known_children(file, place, given[name], _product_target)
    if given.get("options"):
        given["options"] = _known_options(file, catalog, place, given["options"])
    if "classification-category" in given:
        given["classification-category"] = _classification(file, catalog, place, given["classification-category"])
    if "variations" in given:
        _known_variations(file, catalog, place, given["variations"])
    body = merge(stored.body, given, PRODUCT)
    if sum(name in body for name in EXCLUSIVE) > 1:
        refused = [name for name in EXCLUSIVE if name in given]
        file.report.error(place, f"{' and '.join(n for n in EXCLUSIVE if n in body)} exclude each other; not imported")
        body = merge(stored.body, {k: v for k, v in given.items() if k not in refused}, PRODUCT)
    if len(body.get("variations", {}).get("variants", [])) > instance_quotas.VARIANTS_PER_MASTER:
        file.report.error(place, f"more than {instance_quotas.VARIANTS_PER_MASTER} variants; not imported")
        body = merge(stored.body, {k: v for k, v in given.items() if k != "variations"}, PRODUCT)
    file.store.put("product", catalog, stored.id, body, seq)
    _take_variants(file, seq, stored, body)
    _point(file, catalog, seq, given, body)


def _known_options(file: FileImport, catalog: str, place: Place, node: Node) -> Node | None:
    def target(child: Node) -> Target:
        return Target("product-option", catalog, child[1].get("option-id", ""))

    kept = []
    for child in node[3]:
        if child[0] == "option" or file.store.exists(target(child)):
            kept.append(child)
        else:
            file.report.warning(place, f"shared-option '{child[1].get('option-id')}' does not exist; relation dropped")
    return [node[0], node[1], None, kept] if kept else None


def _classification(file: FileImport, catalog: str, place: Place, node: Node | None) -> Node | None:
    if node is None or not node[2]:
        return None
    target = Target("category", node[1].get("catalog-id", catalog), node[2])
    if file.store.exists(target):
        return node
    file.report.warning(place, f"classification category '{node[2]}' does not exist; none set")
    return None


def _known_variations(file: FileImport, catalog: str, place: Place, given: Given) -> None:
    for name in ("variants", "variation-groups"):
        for block in given.get(name, []):
            if block["mode"] != "remove":
                kept = _known_children(file, place, [name, {}, None, block["items"]], _product_target)
                block["items"] = _children(kept)
    if "attributes" in given:
        _warn_site_specific(file, place, given["attributes"])
        kept_attributes = []
        for node in given["attributes"]:
            shared = node[0] == "shared-variation-attribute"
            shared_id = node[1].get("variation-attribute-id", "")
            if shared and not file.store.exists(Target("variation-attribute", catalog, shared_id)):
                file.report.warning(place, f"shared-variation-attribute '{shared_id}' does not exist; relation dropped")
            else:
                kept_attributes.append(node)
        given["attributes"] = kept_attributes


def _warn_site_specific(file: FileImport, place: Place, attributes: list[Node]) -> None:
    definitions = file.rules("Product").definitions or {}
    for node in attributes:
        definition = definitions.get(node[1].get("attribute-id", ""))
        if definition is not None and definition.site_specific:
            file.report.warning(place, f"variation attribute on the site-specific attribute '{definition.id}'")


def _take_variants(file: FileImport, seq: int, stored: Stored, body: Given) -> None:
    """A variant has one master: taking it removes it from the other one."""
    before = {v[1]["product-id"] for v in stored.body.get("variations", {}).get("variants", [])}
    for variant in body.get("variations", {}).get("variants", []):
        if variant[1]["product-id"] in before:
            continue
        for source, relation in file.store.referrers(_product_target(variant), "variations/variants"):
            if source != seq:
                drop_reference(file.store, source, relation, _product_target(variant))


def _point(file: FileImport, catalog: str, seq: int, given: Given, body: Given) -> None:
    """Record what the product's relations point at, as far as this feed gave them."""
    for name in _LISTS_OF_PRODUCTS:
        if name in given:
            file.store.set_refs(seq, name, [_product_target(c) for c in _children(body.get(name))])
    if "variations" in given:
        variations = body.get("variations", {})
        for name in ("variants", "variation-groups"):
            file.store.set_refs(seq, f"variations/{name}", [_product_target(c) for c in variations.get(name, [])])
        shared = [a for a in variations.get("attributes", []) if a[0] == "shared-variation-attribute"]
        targets = [Target("variation-attribute", catalog, a[1]["variation-attribute-id"]) for a in shared]
        file.store.set_refs(seq, "variations/attributes", targets)
    if "options" in given:
        shared = [c for c in _children(body.get("options")) if c[0] == "shared-option"]
        file.store.set_refs(seq, "options", [Target("product-option", catalog, c[1]["option-id"]) for c in shared])
    if "classification-category" in given:
        node = body.get("classification-category")
        targets = [Target("category", node[1].get("catalog-id", catalog), node[2])] if node else []
        file.store.set_refs(seq, "classification-category", targets)


def _write_assignment(file: FileImport, catalog: str, place: Place, given: Given | None) -> None:
    category, product = place.key.split(SEPARATOR)
    stored = file.store.get("category-assignment", catalog, place.key)
    if given is None:
        if stored is not None:
            file.store.delete(stored.seq)
        return
    targets = [Target("category", catalog, category), Target("product", "", product)]
    if not _all_exist(file, place, targets):
        return
    automatic = given.get("position") == "auto"
    if stored is not None and automatic and stored.seq < file.last_assignments.get(category, 0):
        # Position auto: file order is sort order (SFCC help), so an assignment goes behind those before it in the feed.
        stored = stored._replace(seq=file.store.move_to_end(stored.seq))
    seq = file.write(ASSIGNMENT_TYPE, catalog, place.key, stored, given)
    if stored is None and seq is not None:
        file.store.set_refs(seq, "assignment", targets)
    if automatic and seq is not None:
        file.last_assignments[category] = seq


def _write_recommendation(file: FileImport, catalog: str, place: Place, given: Given | None) -> None:
    source_type, source, target_type, target, _ = place.key.split(SEPARATOR)
    stored = file.store.get("recommendation", catalog, place.key)
    if given is None:
        if stored is not None:
            file.store.delete(stored.seq)
        return
    targets = [Target(source_type, catalog if source_type == "category" else "", source), Target(target_type, "", target)]
    if not _all_exist(file, place, targets):
        return
    if stored is not None and file.mode == "REPLACE":
        # Deleted and made again, so it goes behind the others of its source (SFCC help, catalog object import/export).
        stored = stored._replace(seq=file.store.move_to_end(stored.seq))
    seq = file.write(RECOMMENDATION_TYPE, catalog, place.key, stored, given)
    if stored is None and seq is not None:
        file.store.set_refs(seq, "recommendation", targets)


def _all_exist(file: FileImport, place: Place, targets: list[Target]) -> bool:
    missing = [t for t in targets if not file.store.exists(t)]
    for target in missing:
        file.report.warning(place, f"{target.kind} '{target.id}' does not exist; not imported")
    return not missing
