"""What a shop recommends beside a product or in a category, and the products that it links to.

Sources: Script API, Product.getRecommendations (those of the site's catalog whose target is in that catalog, too, in their
order), Product.getProductLinks; catalog.xsd (types of links; 1 to 3 are the legacy names of recommendation types).

Assumptions: only targets that the shop shows; a chosen variant without recommendations or links of its own has its master's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.sfcc.instance_state import SEPARATOR
from sandbox.sfcc.storefront.shop_lists import Hit, hit_of
from sandbox.sfcc.storefront.shop_products import Product, find_product
from sandbox.sfcc.storefront.shop_values import Shop, children

_RECOMMENDATIONS = {"1": "You may also like", "2": "A step up", "3": "Also recommended"}
_LINKS = {
    "cross-sell": "Goes well with it",
    "replacement": "Replaced by",
    "up-sell": "A step up",
    "accessory": "Accessories",
    "spare-part": "Spare parts",
    "newer-version": "Newer version",
    "alt-orderunit": "Other units",
    "other": "See also",
}


@dataclass(frozen=True)
class Shelf:
    """Tiles beside another thing, with a heading."""

    heading: str
    hits: tuple[Hit, ...]


def shelves(product: Product) -> list[Shelf]:
    """The shelves of a product's page: recommendations by type, then links by type."""
    sources = [product] if product.master is None else [product, product.master]
    recommended = next((found for source in sources if (found := recommendations(product.shop, "product", source.id))), [])
    linked = next((found for source in sources if (found := _links(source))), [])
    return recommended + linked


def recommendations(shop: Shop, source_type: str, source: str) -> list[Shelf]:
    """What is recommended beside a `product` or in a `category`; by type, the lowest number first."""
    prefix = SEPARATOR.join((source_type, source, ""))
    ids = [stored.id for stored in shop.store.with_prefix("recommendation", shop.site.catalog, prefix)]
    pairs = [(parts[4], parts[3]) for parts in (id_.split(SEPARATOR) for id_ in ids)]
    pairs.sort(key=lambda pair: int(pair[0]))
    return _by_heading(shop, ((_RECOMMENDATIONS.get(type_, f"Recommended ({type_})"), target) for type_, target in pairs))


def _links(product: Product) -> list[Shelf]:
    nodes = children(product.body.get("product-links"), "product-link")
    return _by_heading(product.shop, ((_LINKS.get(n[1].get("type"), "See also"), n[1].get("product-id", "")) for n in nodes))


def _by_heading(shop: Shop, pairs: Iterable[tuple[str, str]]) -> list[Shelf]:
    by_heading: dict[str, dict[str, Product]] = {}
    for heading, id_ in pairs:
        product = find_product(shop, id_)
        if product is not None and product.problem is None:
            by_heading.setdefault(heading, {})[id_] = product
    return [Shelf(heading, tuple(map(hit_of, products.values()))) for heading, products in by_heading.items()]
