"""Products as a shop has them: what kind each is, whether it is shown, what its variants inherit.

Prices, pictures, the choice of a variant and lists have modules of their own.

Sources: Script API, classes Product, Variant, ProductVariationModel (a variant without a value of its own takes that of its
variation groups, then of its master; only variants that are online and have a value for each variation attribute count; a
product belongs to a site if it, or for variants and variation groups the master, is assigned to a category of the site's
catalog); catalog.xsd.

Assumptions: a variant or variation group is shown only while its master is online; a master or product set only while one of
its variants or products is; a set holds no sets; a product without a name is called by its id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.instance_state import SEPARATOR, Body, Target
from sandbox.sfcc.storefront.shop_values import (
    Shop,
    ShopObject,
    Value,
    children,
    custom_value,
    is_online,
    is_true,
    localized,
    localized_child,
    of_site,
)

Kind = Literal["product", "master", "variant", "variation group", "set", "bundle"]


@dataclass(frozen=True)
class Product(ShopObject):
    """One product in a shop. Two of the same id are equal. `known_master`: its master, where the caller knows it."""

    known_master: "Product | None" = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Product) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def catalog(self) -> str:
        """The catalog that holds it; its pictures lie there."""
        return self.stored.scope

    @cached_property
    def kind(self) -> Kind:
        for field, kind in _KINDS.items():
            if field in self.body:
                return kind
        if self.master is None:
            return "product"
        members = self.master.body.get("variations", {}).get("variants", [])
        return "variant" if any(node[1].get("product-id") == self.id for node in members) else "variation group"

    @cached_property
    def master(self) -> "Product | None":
        """The master of a variant or variation group."""
        if self.known_master is not None:
            return self.known_master
        target = Target("product", "", self.id)
        for relation in ("variations/variants", "variations/variation-groups"):
            for source, _ in self.shop.store.referrers(target, relation):
                stored = self.shop.store.by_seq(source)
                if stored is not None:
                    return Product(self.shop, stored)
        return None

    @cached_property
    def sources(self) -> "tuple[Product, ...]":
        """Where its values come from: itself, the variation groups that it is in, its master."""
        if self.master is None:
            return (self,)
        groups = self.master.variation_groups if self.kind == "variant" else ()
        return (self, *(g for g in groups if g.values and g.values.items() <= self.values.items()), self.master)

    def value(self, attribute: str, *, system: bool = False) -> Value | None:
        """The value of a custom attribute, or of a system attribute by its id, with what is inherited."""
        found = (_own_value(source, attribute, system=system) for source in self.sources)
        return next((value for value in found if value), None)

    def text(self, field: str) -> str | None:
        """The text of a localized field, such as `short-description`, with what is inherited."""
        found = (localized(self.shop, source.body.get(field)) for source in self.sources)
        return next((text for text in found if text), None)

    @property
    def name(self) -> str:
        return self.text("display-name") or self.id

    @property
    def flagged_online(self) -> bool:
        """Its own online flag and dates, for the site."""
        fields = (of_site(self.shop, self.body.get(name)) for name in ("online-flag", "online-from", "online-to"))
        return is_online(self.shop, *fields)

    @property
    def searchable(self) -> bool:
        """Whether lists may show it."""
        return is_true(of_site(self.shop, self.body.get("searchable-flag")))

    @cached_property
    def problem(self) -> str | None:
        """Why the shop doesn't show it, or None if it does."""
        if not self.flagged_online:
            return "offline"
        if self.master is not None and not self.master.flagged_online:
            return "its master is offline"
        if self.kind == "master" and not self.variants:
            return "no complete variant is online"
        if self.kind == "set" and not self.members:
            return "no product of the set is shown"
        if not self._is_assigned:
            return "in no category of this site"
        return None

    @property
    def _is_assigned(self) -> bool:
        """Whether it is in a category of the site's catalog, by itself or by its master."""
        asked = [self] if self.master is None else [self, self.master]
        return any(category for product in asked for category, _ in product.assignments)

    @cached_property
    def assignments(self) -> list[tuple[str, Body]]:
        """(category id, body) of each of its own assignments in the site's catalog."""
        store, found = self.shop.store, []
        for source, _ in store.referrers(Target("product", "", self.id), "assignment"):
            stored = store.by_seq(source)
            if stored is not None and stored.scope == self.shop.site.catalog:
                found.append((stored.id.split(SEPARATOR)[0], stored.body))
        return found

    @cached_property
    def axes(self) -> "tuple[Axis, ...]":
        """The variation attributes of a master, in their order."""
        nodes = self.body.get("variations", {}).get("attributes", [])
        return tuple(_axis(self, node) for node in nodes if node[1].get("attribute-id"))

    @cached_property
    def values(self) -> dict[str, str]:
        """{attribute id: value} of a variant or variation group, as far as it has values for its master's variation
        attributes.
        """
        axes = self.master.axes if self.master is not None else ()
        own = {axis.attribute: _own_value(self, axis.attribute, system=axis.system) for axis in axes}
        return {attribute: value for attribute, value in own.items() if isinstance(value, str)}

    @property
    def value_names(self) -> list[str]:
        """Its values for the variation attributes as people read them. Example: ["Red", "L"]."""
        axes = self.master.axes if self.master is not None else ()
        return [axis.name_of(self.values[axis.attribute]) for axis in axes if axis.attribute in self.values]

    @cached_property
    def variants(self) -> "tuple[Product, ...]":
        """The variants of a master, or of a variation group, that are online and complete, in their order."""
        if self.kind == "variation group":
            assert self.master is not None
            return tuple(v for v in self.master.variants if self.values.items() <= v.values.items())
        listed = self._listed(self.body.get("variations", {}).get("variants", []))
        return tuple(v for v in listed if v.flagged_online and len(v.values) == len(self.axes))

    @cached_property
    def default_variant(self) -> "Product | None":
        """The variant marked as default, or else the first; only those that are shown."""
        nodes = self.body.get("variations", {}).get("variants", [])
        marked = {node[1]["product-id"] for node in nodes if is_true(node[1].get("default"))}
        return next((v for v in self.variants if v.id in marked), next(iter(self.variants), None))

    @cached_property
    def variation_groups(self) -> "tuple[Product, ...]":
        """The variation groups of a master that are online."""
        listed = self._listed(self.body.get("variations", {}).get("variation-groups", []))
        return tuple(group for group in listed if group.flagged_online)

    @cached_property
    def members(self) -> "tuple[Member, ...]":
        """The products of a set or bundle that are shown, in their order."""
        nodes = [*children(self.body.get("product-set-products"), "product-set-product")]
        nodes += children(self.body.get("bundled-products"), "bundled-product")
        products = {product.id: product for product in self._listed(nodes)}
        members = (Member(products[n[1]["product-id"]], _quantity(n)) for n in nodes if n[1].get("product-id") in products)
        # A set in a set would never end where two name each other.
        return tuple(member for member in members if member.product.kind != "set" and member.product.problem is None)

    @property
    def member_count(self) -> int:
        """How many products a set or bundle has, shown or not."""
        fields = ("product-set-products", "bundled-products")
        return sum(len(self.body[field][3]) for field in fields if field in self.body)

    def _listed(self, nodes: list[Node]) -> "Iterator[Product]":
        for node in nodes:
            stored = self.shop.store.find("product", node[1].get("product-id", ""))
            if stored is not None:
                yield Product(self.shop, stored, self if self.kind == "master" else None)


_KINDS: dict[str, Kind] = {"variations": "master", "product-set-products": "set", "bundled-products": "bundle"}


@dataclass(frozen=True)
class Member:
    """A product of a set or bundle; `quantity` is how many of it the bundle has, '' in a set."""

    product: Product
    quantity: str


@dataclass(frozen=True)
class Axis:
    """A variation attribute of a master: the product attribute that holds the value, its name, its values in order with names."""

    id: str
    attribute: str
    name: str
    system: bool
    names: dict[str, str]

    def name_of(self, value: str) -> str:
        """What people call a value."""
        return self.names.get(value, value)


def find_product(shop: Shop, id_: str) -> Product | None:
    """The product of this id, shown or not."""
    stored = shop.store.find("product", id_)
    return None if stored is None else Product(shop, stored)


def _axis(master: Product, node: Node) -> Axis:
    """A local variation attribute, or one that the catalog shares, whose name the master may override."""
    shop, attribute = master.shop, node[1]["attribute-id"]
    id_ = node[1].get("variation-attribute-id") or attribute
    holder = node
    if node[0] == "shared-variation-attribute":
        shared = shop.store.get("variation-attribute", master.catalog, id_)
        holder = shared.body["node"] if shared is not None else node
    definition = attribute_definition(shop, attribute)
    values = [v for block in children(holder, "variation-attribute-values") for v in block[3]]
    enum_names = value_names(shop, definition)
    names = {v[1]["value"]: localized_child(shop, v, "display-value") or enum_names.get(v[1]["value"]) for v in values}
    defined = localized_child(shop, definition, "display-name") if definition is not None else None
    name = localized_child(shop, node, "display-name") or localized_child(shop, holder, "display-name") or defined
    return Axis(
        id=id_,
        attribute=attribute,
        name=name or id_,
        system=definition is None,
        names={value: text or value for value, text in (names or enum_names).items()},
    )


def attribute_definition(shop: Shop, attribute: str) -> Node | None:
    """The definition of a custom attribute of products."""
    stored = shop.store.get("custom-attribute-definition", "Product", attribute)
    return None if stored is None else stored.body["node"]


def value_names(shop: Shop, definition: Node | None) -> dict[str, str]:
    """{value: its name in the shopper's locale} of an attribute with a list of values, in the list's order."""
    nodes = [v for block in children(definition, "value-definitions") for v in block[3]]
    values = {next((c[2] for c in node[3] if c[0] == "value"), None): localized_child(shop, node, "display") for node in nodes}
    return {value: name or value for value, name in values.items() if value}


def _own_value(product: Product, attribute: str, *, system: bool) -> Value | None:
    if not system:
        return custom_value(product.shop, product.body, attribute)
    stored: Any = product.body.get(_FIELDS.get(attribute, attribute))
    return localized(product.shop, stored) if isinstance(stored, dict) else stored if isinstance(stored, str) else None


_FIELDS = {
    "name": "display-name",
    "EAN": "ean",
    "UPC": "upc",
    "ID": "product-id",
    "manufacturerName": "manufacturer-name",
    "manufacturerSKU": "manufacturer-sku",
    "shortDescription": "short-description",
    "longDescription": "long-description",
    "taxClassID": "tax-class-id",
    "unitQuantity": "unit-quantity",
    "minOrderQuantity": "min-order-quantity",
    "stepQuantity": "step-quantity",
}
"""System attributes whose id is not the name of their element. Source: SFCC's Script API, class Product; catalog.xsd."""


def _quantity(node: Node) -> str:
    return next((child[2] or "" for child in children(node, "quantity")), "")
