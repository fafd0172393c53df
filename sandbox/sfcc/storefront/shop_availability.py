"""Whether a shopper can have a product.

Assumptions: this instance models no inventory lists, so whatever is shown and has a price can be had, unless its (deprecated)
available-flag says no; a bundle needs all of its products. A master or set can be had where one of its variants or products can.
"""

from sandbox.sfcc.storefront.shop_prices import price_of
from sandbox.sfcc.storefront.shop_products import Product
from sandbox.sfcc.storefront.shop_values import is_true


def unavailable(product: Product) -> str | None:
    """Why a product can't be had, for people; None if it can."""
    if product.problem is not None:
        return f"Not available: {product.problem}"
    if product.kind in ("master", "variation group"):
        return _of_all([unavailable(variant) for variant in product.variants])
    if product.kind == "set":
        return _of_all([unavailable(member.product) for member in product.members])
    if product.kind == "bundle" and len(product.members) < product.member_count:
        return "Not available: not all of its products are"
    if not is_true(product.body.get("available-flag", "true")):
        return "Not available"
    return None if price_of(product) is not None else f"Not available: no price in {product.shop.currency}"


def _of_all(reasons: list[str | None]) -> str | None:
    """None if one of them is; else the first reason."""
    return next(iter(reasons), "Not available") if all(reasons) else None
