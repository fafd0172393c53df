"""Which products a category lists, in which order, as what, and how many it hides.

Refinements belong to `shop_refinements`.

Sources: Script API, classes ProductSearchModel and ProductSearchHit (a category lists its own products and those of all
categories below it that are online; variants are represented by their master, which shows the assigned ones only); SFCC help,
variation groups (each stands for itself, or all for their master where the category's `variation-groups-display-mode` is
`merged`); Script API, Product.searchPlacement and searchRank (the higher, the earlier); catalog.xsd (position of an
assignment: top, auto, none, bottom).

Assumptions: the display mode is `individual` where neither the category nor one above it says anything; search placement
counts before search rank, and that before the position; the shop cuts no master into slices (`slicing-attribute`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.sfcc.instance_state import SEPARATOR, Stored
from sandbox.sfcc.storefront.shop_categories import Category
from sandbox.sfcc.storefront.shop_images import Picture, first_picture
from sandbox.sfcc.storefront.shop_prices import Price, price_of, price_range
from sandbox.sfcc.storefront.shop_products import Product, find_product
from sandbox.sfcc.storefront.shop_values import number, of_site

TILE_VIEW_TYPE = "medium"


@dataclass(frozen=True)
class Hit:
    """One tile of a list: the product to open, the products that it stands for, what they have in common of its choice."""

    product: Product
    represented: tuple[Product, ...]

    @property
    def choice(self) -> Mapping[str, str]:
        """What is chosen already when the tile is opened: values that all represented variants have, and others haven't."""
        if self.product.kind == "variation group":
            return self.product.values
        if self.product.kind != "master" or len(self.represented) == len(self.product.variants):
            return {}
        first, *others = (variant.values for variant in self.represented)
        return {a: value for a, value in first.items() if all(values.get(a) == value for values in others)}

    @property
    def price(self) -> Price | None:
        return price_range(self.represented) if self.product.kind == "master" else price_of(self.product)

    @property
    def picture(self) -> Picture | None:
        if self.product.kind == "master":
            shown = first_picture(self.product, TILE_VIEW_TYPE, self.choice)
            return shown or first_picture(self.represented[0], TILE_VIEW_TYPE)
        return first_picture(self.product, TILE_VIEW_TYPE)

    def values(self, attribute: str, *, system: bool = False) -> list[str]:
        """The values of an attribute that the represented products have."""
        found: dict[str, None] = {}
        for product in self.represented:
            value = product.value(attribute, system=system)
            found.update(dict.fromkeys([value] if isinstance(value, str) else value or []))
        return list(found)


def hit_of(product: Product) -> Hit:
    """The tile of a product that stands for itself, wherever it is shown."""
    return Hit(product, product.variants if product.kind in ("master", "variation group") else (product,))


@dataclass
class ProductList:
    """What a category lists; `hidden`: reason -> how many of its assigned products the shop does not show."""

    hits: list[Hit] = field(default_factory=list)
    hidden: Counter[str] = field(default_factory=Counter)


def product_list(category: Category) -> ProductList:
    """The products of a category and of those below it."""
    found, listed = ProductList(), dict[str, Product]()
    for stored in _assignments(category):
        id_ = stored.id.split(SEPARATOR)[1]
        product = None if id_ in listed else find_product(category.shop, id_)
        if product is not None:
            listed[id_] = product
    represented: dict[Product, dict[Product, None]] = {}
    for product in listed.values():
        reason = product.problem or (None if product.searchable else "not searchable")
        if reason is not None:
            found.hidden[reason] += 1
            continue
        tile = _tile(product, merged=_is_merged(category))
        represented.setdefault(tile, {}).update(dict.fromkeys(v for v in hit_of(product).represented if v.searchable))
    hits = [Hit(tile, tuple(products)) for tile, products in represented.items() if products]
    found.hits = sorted(hits, key=_rank)
    return found


def samples(category: Category, count: int) -> list[Hit]:
    """Up to so many tiles of a category, the first by position, without a look at all that it lists."""
    found: dict[Product, Hit] = {}
    for stored in _assignments(category):
        product = find_product(category.shop, stored.id.split(SEPARATOR)[1])
        if product is not None and product.problem is None and product.searchable:
            tile = _tile(product, merged=_is_merged(category))
            found.setdefault(tile, hit_of(tile))
        if len(found) == count:
            break
    return list(found.values())


def _assignments(category: Category) -> Iterator[Stored]:
    for each in category.subtree:
        stored = category.shop.store.with_prefix("category-assignment", category.shop.site.catalog, each.id + SEPARATOR)
        yield from sorted(stored, key=lambda assignment: _POSITIONS.get(assignment.body.get("position", "none"), 2))


_POSITIONS = {"top": 0, "auto": 1, "none": 2, "bottom": 3}


def _tile(product: Product, *, merged: bool) -> Product:
    if product.kind == "variant" or (product.kind == "variation group" and merged):
        assert product.master is not None
        return product.master
    return product


def _is_merged(category: Category) -> bool:
    asked: Category | None = category
    while asked is not None:
        mode = asked.body.get("variation-groups-display-mode")
        if mode:
            return bool(mode == "merged")
        asked = asked.parent
    return False


def _rank(hit: Hit) -> tuple[float, float]:
    shop, body = hit.product.shop, hit.product.body
    placement, rank = (number(of_site(shop, body.get(name)), 0) for name in ("search-placement", "search-rank"))
    return -placement, -rank
