"""The categories of a site as a shopper walks through them: menu, tree, path.

Sources: Script API, class Category (online by flag and dates; subcategories by their position); reference storefronts show a
category in the menu only if its custom attribute `showInMenu` is true.

Assumptions: a category is shown only while all above it are; where the instance defines no `showInMenu` for categories, all
are in the menu; a category without a position comes after those with one, then the order of their making holds; a product
without a primary category belongs to the first category that it was assigned to.
"""

from dataclasses import dataclass
from functools import cached_property

from sandbox.sfcc.importers.catalog_importer import ROOT
from sandbox.sfcc.instance_state import Target
from sandbox.sfcc.storefront.shop_products import Product
from sandbox.sfcc.storefront.shop_values import Shop, ShopObject, custom_value, is_online, is_true, localized, number

SHOW_IN_MENU = "showInMenu"


@dataclass(frozen=True)
class Category(ShopObject):
    """One category of the site's catalog."""

    @property
    def name(self) -> str:
        return localized(self.shop, self.body.get("display-name")) or self.id

    @cached_property
    def parent(self) -> "Category | None":
        return None if self.id == ROOT else find_category(self.shop, self.body.get("parent", ROOT))

    @cached_property
    def path(self) -> "tuple[Category, ...]":
        """From the category below root down to this one."""
        above = self.parent.path if self.parent is not None else ()
        return above if self.id == ROOT else (*above, self)

    @cached_property
    def is_shown(self) -> bool:
        """Whether it and all above it are online."""
        fields = (self.body.get(name) for name in ("online-flag", "online-from", "online-to"))
        return is_online(self.shop, *fields) and (self.parent is None or self.parent.is_shown)

    @cached_property
    def is_in_menu(self) -> bool:
        defined = self.shop.store.get("custom-attribute-definition", "Category", SHOW_IN_MENU) is not None
        value = custom_value(self.shop, self.body, SHOW_IN_MENU)
        return self.is_shown and (not defined or (isinstance(value, str) and is_true(value)))

    @cached_property
    def subcategories(self) -> "tuple[Category, ...]":
        """The categories just below it that are shown, in their order."""
        target = Target("category", self.shop.site.catalog, self.id)
        sources = [self.shop.store.by_seq(source) for source, _ in self.shop.store.referrers(target, "parent")]
        below = [Category(self.shop, stored) for stored in sources if stored is not None]
        return tuple(c for c in sorted(below, key=lambda c: number(c.body.get("position"), float("inf"))) if c.is_shown)

    @property
    def menu(self) -> "tuple[Category, ...]":
        """The categories just below it that are in the menu."""
        return tuple(category for category in self.subcategories if category.is_in_menu)

    @property
    def subtree(self) -> "list[Category]":
        """It and all shown below it, each before those below it."""
        return [self, *(category for below in self.subcategories for category in below.subtree)]


def find_category(shop: Shop, id_: str) -> Category | None:
    """The category of the site's catalog, shown or not."""
    stored = shop.store.get("category", shop.site.catalog, id_)
    return None if stored is None else Category(shop, stored)


def primary_category(product: Product) -> Category | None:
    """The category in which a product stands in the shop; for variants without one, their master's."""
    sources = [product] if product.master is None else [product, product.master]
    assignments = [assignment for source in sources for assignment in source.assignments]
    for id_, _ in sorted(assignments, key=lambda assignment: not is_true(assignment[1].get("primary-flag"))):
        category = find_category(product.shop, id_)
        if category is not None and category.is_shown:
            return category
    return None
