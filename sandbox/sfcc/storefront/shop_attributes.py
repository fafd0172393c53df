"""Which attributes a product's page lists, in which groups.

Source: Script API, ProductAttributeModel: the groups of the object type Product and those of the classification category and
of the categories above it, with those attributes that are marked as visible; of a variant it is the master's classification.
"""

from dataclasses import dataclass

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.instance_state import Stored
from sandbox.sfcc.storefront.shop_images import Picture, image_url
from sandbox.sfcc.storefront.shop_products import Product, attribute_definition, value_names
from sandbox.sfcc.storefront.shop_values import Value, child_text, children, is_true, localized_child, paragraphs


@dataclass(frozen=True)
class ShownAttribute:
    """One attribute with its values as texts, or the picture that it names."""

    name: str
    texts: list[str]
    picture: Picture | None = None


@dataclass(frozen=True)
class AttributeGroup:
    """One group with those of its attributes that the product has values for."""

    name: str
    attributes: list[ShownAttribute]


def attribute_groups(product: Product) -> list[AttributeGroup]:
    """The groups of a product's page that have something to show."""
    found = []
    for node in _group_nodes(product):
        attributes = [shown for child in children(node, "attribute") if (shown := _shown(product, child)) is not None]
        if attributes:
            name = localized_child(product.shop, node, "display-name") or node[1].get("group-id", "")
            found.append(AttributeGroup(name, attributes))
    return found


def _group_nodes(product: Product) -> list[Node]:
    store = product.shop.store
    nodes = [stored.body["node"] for stored in store.each("attribute-group-definition", "Product")]
    classified = product.master or product
    link = classified.body.get("classification-category")
    category: Stored | None = None
    if link is not None:
        category = store.get("category", link[1].get("catalog-id", classified.catalog), link[2] or "")
    of_categories: list[Node] = []
    while category is not None:
        of_categories = [*children(category.body.get("attribute-groups"), "attribute-group"), *of_categories]
        parent = category.body.get("parent")
        category = store.get("category", category.scope, parent) if parent else None
    return nodes + of_categories


def _shown(product: Product, node: Node) -> ShownAttribute | None:
    """An attribute of a group, if it is visible and has a value. System attributes are: their definitions can't hide them
    here.
    """
    shop, id_, system = product.shop, node[1].get("attribute-id", ""), is_true(node[1].get("system"))
    definition = None if system else attribute_definition(shop, id_)
    if definition is not None and not is_true(child_text(definition, "visible-flag")):
        return None
    value = product.value(id_, system=system)
    if not value:
        return None
    type_ = child_text(definition, "type") if definition is not None else None
    name = localized_child(shop, definition, "display-name") if definition is not None else None
    if type_ == "image" and isinstance(value, str):
        return ShownAttribute(name or id_, [], Picture(image_url(shop, product.catalog, value), name or id_, ""))
    names = value_names(shop, definition)
    unit = (localized_child(shop, definition, "unit") if definition is not None else None) or ""
    texts = [f"{names.get(text, text)} {unit}".strip() for text in _texts(value, type_)]
    return ShownAttribute(name or id_, texts)


def _texts(value: Value, type_: str | None) -> list[str]:
    if isinstance(value, list):
        return value
    if type_ == "boolean":
        return ["Yes" if is_true(value) else "No"]
    return [" ".join(paragraphs(value)) if type_ == "html" else value]
