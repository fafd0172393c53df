"""The section `categories` of connector.yaml: categories, and the products' places in them."""

from typing import Annotated, Literal

from akeneo_assets.settings.section import Section, keys_among
from akeneo_assets.settings.standard_fields import CATEGORY_FIELDS


class Categories(Section):
    """Categories and the products' places in them."""

    write: bool = True
    """False: neither categories nor assignments are written."""
    trees: tuple[str, ...] = ()
    """Category trees of the PIM, for every site that names none of its own. None named: the channel's tree."""
    tree_as_category: bool = True
    """False: a tree's own category isn't written, and those directly below it hang below the site's root category, where the
    menus of reference storefronts (SFRA, SiteGenesis) begin. A product in the tree's own category alone is then in none."""
    online: bool = True
    """The categories' online-flag."""
    show_in_menu: bool | None = None
    """The custom category attribute showInMenu, which instances with a reference storefront (SFRA, SiteGenesis) define: true or
    false writes it, null leaves it alone. Where SFCC doesn't know it, writing it makes SFCC warn of every category."""
    primary: Literal["first", "none"] = "first"
    """Whether the first exported category of a product is its primary one, or that is left to merchants."""
    enriched: Annotated[dict[str, str], keys_among(CATEGORY_FIELDS)] = {}
    """Standard category attribute: code of the enriched category attribute (PIM 7.0 and later) that fills it."""
    enriched_custom: dict[str, str] = {}
    """Id of a custom category attribute that exists in SFCC: code of the enriched category attribute that fills it."""
