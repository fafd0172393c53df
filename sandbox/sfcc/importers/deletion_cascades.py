"""What falls with an object: cascades and the references of others to it.

Source: SFCC help, catalog object import/export: a base product takes its variants along, a bundle leaves its members, a category
takes subcategories, assignments and links along and leaves the products.
"""

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.instance_state import Store, Stored, Target
from sandbox.sfcc.object_merge import Body

_DEPENDENT = ("assignment", "recommendation")
"""Relations whose source can't exist without its target."""


def delete_product(store: Store, product: Stored) -> None:
    """Delete a product, its variants, its assignments and recommendations, and every other object's reference to it."""
    variants = store.refs(product.seq, "variations/variants")
    delete_referenced(store, product)
    for variant in variants:
        found = store.find("product", variant.id)
        if found is not None:
            delete_product(store, found)


def delete_category(store: Store, category: Stored) -> None:
    """Delete a category and what is below it, their assignments and links; products stay."""
    for child, _ in store.referrers(Target(category.kind, category.scope, category.id), "parent"):
        below = store.by_seq(child)
        if below is not None:
            delete_category(store, below)
    delete_referenced(store, category)


def delete_referenced(store: Store, stored: Stored) -> None:
    """Delete an object and every reference to it."""
    target = Target(stored.kind, "" if stored.kind == "product" else stored.scope, stored.id)
    store.delete(stored.seq)
    for source, relation in store.referrers(target):
        drop_reference(store, source, relation, target)


def drop_reference(store: Store, source: int, relation: str, target: Target) -> None:
    """Take one target out of an object's relation, or the whole object where it can't do without."""
    if relation in _DEPENDENT:
        store.delete(source)
        return
    stored = store.by_seq(source)
    if stored is None:
        return
    store.put(stored.kind, stored.scope, stored.id, _without(stored.body, relation, target), source)
    store.set_refs(source, relation, [t for t in store.refs(source, relation) if t != target])


def _without(body: Body, relation: str, target: Target) -> Body:
    body = dict(body)
    if relation in ("classification-category", "parent"):
        body.pop(relation, None)
    elif relation.startswith("variations/"):
        name = relation.partition("/")[2]
        lists = {**body.get("variations", {}), name: _others(body.get("variations", {}).get(name, []), target)}
        body["variations"] = {k: v for k, v in lists.items() if v}
        if not body["variations"]:
            del body["variations"]
    elif relation in body:
        node = body[relation]
        left = _others(node[3], target)
        if left:
            body[relation] = [node[0], node[1], None, left]
        else:
            del body[relation]
    return body


_ID_ATTRIBUTES = {
    "product": "product-id",
    "category": "category-id",
    "product-option": "option-id",
    "variation-attribute": "variation-attribute-id",
    "folder": "folder-id",
    "content": "content-id",
}


def _others(nodes: list[Node], target: Target) -> list[Node]:
    return [node for node in nodes if node[1].get(_ID_ATTRIBUTES[target.kind]) != target.id]
