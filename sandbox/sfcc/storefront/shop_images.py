"""Which pictures a product shows, and where their files lie.

Sources: catalog.xsd (image groups: all `variation` elements of a group must fit, the most specific group wins, one without is
for all; alt and title patterns); Script API, Product.getImages and ProductVariationModel.getImages (a variant's own pictures
of the view type first, then its master's); SFCC help, image management (paths are relative to the catalog's image location).

Assumptions: a master that has no pictures for all its variants shows those of its default variant as long as nothing is
chosen; a view type that a product has no group for stays empty, as nothing else stands in for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.instance_state import Body
from sandbox.sfcc.storefront.shop_products import Product
from sandbox.sfcc.storefront.shop_values import Shop, child_text, children, localized_child

STATIC = "/on/demandware.static/-/Sites-"
"""How addresses of static files begin; the catalog, the locale and the path follow."""


@dataclass(frozen=True)
class Picture:
    """One picture: its address, and its texts in the shopper's locale."""

    url: str
    alt: str
    title: str


def pictures(product: Product, view_type: str, chosen: Mapping[str, str] | None = None) -> list[Picture]:
    """The pictures of a view type. `chosen`: {attribute id: value} of what a shopper has chosen of a master, or less than a
    variant.
    """
    values = dict(product.values) | dict(chosen or {})
    for source in product.sources:
        group = _group(source, view_type, values)
        if group is None and source.kind == "master" and not values and source.default_variant is not None:
            group = _group(source, view_type, source.default_variant.values)
        if group is not None:
            return [_picture(product, source.catalog, view_type, image, values) for image in children(group, "image")]
    return []


def first_picture(product: Product, view_type: str, chosen: Mapping[str, str] | None = None) -> Picture | None:
    """The first picture of a view type."""
    return next(iter(pictures(product, view_type, chosen)), None)


def swatch(master: Product, attribute: str, value: str) -> Picture | None:
    """The picture that stands for a value: of the view type `swatch`, for this value alone."""
    group = _group(master, "swatch", {attribute: value})
    images = children(group, "image") if group is not None and children(group, "variation") else []
    return _picture(master, master.catalog, "swatch", images[0], {attribute: value}) if images else None


def _group(product: Product, view_type: str, values: Mapping[str, str]) -> Node | None:
    """The most specific group of a product's own that fits; of several the first."""
    fitting = [g for g in product.body.get("images", []) if g[1].get("view-type") == view_type and _fits(product, g, values)]
    return max(fitting, key=lambda group: len(children(group, "variation")), default=None)


def _fits(product: Product, group: Node, values: Mapping[str, str]) -> bool:
    """A group's variation names an attribute by the product attribute's id or the variation attribute's."""
    axes = (product.master or product).axes
    known = {axis.id: values[axis.attribute] for axis in axes if axis.attribute in values} | dict(values)
    wanted = [(v[1].get("attribute-id"), v[1].get("value")) for v in children(group, "variation")]
    return all(attribute in known and known[attribute] == value for attribute, value in wanted)


def _picture(product: Product, catalog: str, view_type: str, image: Node, values: Mapping[str, str]) -> Picture:
    shop = product.shop
    settings = image_settings(shop, catalog)
    alt, title = (
        localized_child(shop, image, name) or _filled(product, settings, f"{name}-pattern", view_type, values)
        for name in ("alt", "title")
    )
    return Picture(image_url(shop, catalog, image[1]["path"]), alt or product.name, title)


def _filled(product: Product, settings: Node | None, pattern: str, view_type: str, values: Mapping[str, str]) -> str:
    """A pattern of the catalog's header. Example: "${productname}, ${variationvalue}" -> "Drizzle jacket, Red"."""
    text = child_text(settings, pattern) if settings is not None else None
    axes = {axis.attribute: axis for axis in (product.master or product).axes}
    named = [axes[attribute].name_of(value) for attribute, value in values.items() if attribute in axes]
    filled = {"productname": product.name, "variationvalue": ", ".join(named), "viewtype": view_type}
    return re.sub(r"\$\{(\w+)\}", lambda found: filled.get(found[1].lower(), ""), text or "").strip(" ,")


def image_settings(shop: Shop, catalog: str) -> Node | None:
    """The image settings of a catalog's header."""
    stored = shop.store.get("catalog", "", catalog)
    body: Body = stored.body if stored is not None else {}
    return body.get("image-settings")


def image_url(shop: Shop, catalog: str, path: str) -> str:
    """Where a browser gets a picture: from this server, or from the catalog's external location."""
    settings = image_settings(shop, catalog)
    for external in children(settings, "external-location"):
        address = child_text(external, "https-url") or child_text(external, "http-url") or ""
        if address.startswith(("https://", "http://")):
            return f"{address.rstrip('/')}/{quote(path.lstrip('/'))}"
    base = next((node[1].get("base-path", "") for node in children(settings, "internal-location")), "")
    whole = "/".join(part.strip("/") for part in (base, path) if part.strip("/"))
    return f"{STATIC}{quote(catalog, safe='')}/{quote(shop.locale, safe='')}/{quote(whole)}"
