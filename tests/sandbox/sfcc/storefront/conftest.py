"""A shop over an instance without HTTP, and the words of which its tests make feeds.

Everything comes into the instance through its own importer, as a site archive would bring it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sfcc.instance_settings import configuration
from sandbox.sfcc.instance_state import Store
from sandbox.sfcc.storefront.shop_sites import sites
from sandbox.sfcc.storefront.shop_values import Shop

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ONLINE = "<online-flag>true</online-flag>"


def category(id_: str, parent: str = "root", *, flags: str = ONLINE, name: str = "", rest: str = "") -> str:
    """A category; `rest`: what stands behind its parent."""
    named = f"<display-name>{name}</display-name>" if name else ""
    return f'<category category-id="{id_}">{named}{flags}<parent>{parent}</parent>{rest}</category>'


def product(id_: str, rest: str = "", *, flags: str = ONLINE, before: str = "", values: dict[str, str] | None = None) -> str:
    """A product; `before`: what stands before its online flag, `rest`: what stands behind its custom attributes."""
    attributes = "".join(f'<custom-attribute attribute-id="{k}">{v}</custom-attribute>' for k, v in (values or {}).items())
    attributes = f"<custom-attributes>{attributes}</custom-attributes>" if attributes else ""
    return f'<product product-id="{id_}">{before}{flags}{attributes}{rest}</product>'


def axis(id_: str, *values: str, shared: bool = False) -> str:
    """A variation attribute on the product attribute of the same id, its values in order, each named after itself in capitals."""
    if shared:
        return f'<shared-variation-attribute attribute-id="{id_}" variation-attribute-id="{id_}"/>'
    listed = "".join(
        f'<variation-attribute-value value="{v}"><display-value>{v.upper()}</display-value></variation-attribute-value>'
        for v in values
    )
    inner = f"<variation-attribute-values>{listed}</variation-attribute-values>"
    return f'<variation-attribute attribute-id="{id_}" variation-attribute-id="{id_}">{inner}</variation-attribute>'


def variations(axes: str, *variants: str, groups: tuple[str, ...] = (), default: str = "") -> str:
    """A master's variations."""
    listed = "".join(
        f'<variant product-id="{v}"{" default=" + chr(34) + "true" + chr(34) if v == default else ""}/>' for v in variants
    )
    grouped = "".join(f'<variation-group product-id="{g}"/>' for g in groups)
    grouped = f"<variation-groups>{grouped}</variation-groups>" if grouped else ""
    return f"<variations><attributes>{axes}</attributes><variants>{listed}</variants>{grouped}</variations>"


def assign(category_id: str, *products: str, rest: str = "") -> str:
    """Assignments to a category."""
    return "".join(
        f'<category-assignment category-id="{category_id}" product-id="{p}">{rest}</category-assignment>' for p in products
    )


def images(*groups: tuple[str, dict[str, str], str]) -> str:
    """Image groups: (view type, variation, path)."""
    inner = ""
    for view_type, variation, path in groups:
        chosen = "".join(f'<variation attribute-id="{k}" value="{v}"/>' for k, v in variation.items())
        inner += f'<image-group view-type="{view_type}">{chosen}<image path="{path}"/></image-group>'
    return f"<images>{inner}</images>"


def book(id_: str, currency: str, prices: dict[str, str], *, header: str = ONLINE) -> str:
    """A price book with a price for one of each product."""
    tables = "".join(
        f'<price-table product-id="{p}"><amount quantity="1">{amount}</amount></price-table>' for p, amount in prices.items()
    )
    return (
        f'<pricebook><header pricebook-id="{id_}"><currency>{currency}</currency>{header}</header>'
        f"<price-tables>{tables}</price-tables></pricebook>"
    )


@pytest.fixture
def xml() -> SimpleNamespace:
    """The words of this file, for test modules, which can't import it by name."""
    return SimpleNamespace(
        online=ONLINE,
        category=category,
        product=product,
        axis=axis,
        variations=variations,
        assign=assign,
        images=images,
        book=book,
    )


@pytest.fixture
def shop(instance: Any) -> Iterator[Callable[..., Shop]]:
    """Looks at the instance as a shopper of a site does: by default RefArch, in English and dollars, at noon of 1 June 2026."""
    with ExitStack() as opened:

        def look(site: str = "RefArch", locale: str = "en-US", currency: str = "", now: datetime = NOW) -> Shop:
            store = opened.enter_context(Store(instance.settings.objects))
            found = sites(configuration(instance.settings, store), store)[site]
            return Shop(store, found, locale, currency or found.currencies[0], now)

        yield look


@pytest.fixture
def jackets(instance: Any, feeds: SimpleNamespace) -> Any:
    """An instance with a master in two colours and two sizes in category `clothes`: small and large in red, large in blue."""
    instance.define(feeds.attribute("color"), feeds.attribute("size"))
    axes = axis("color", "red", "blue") + axis("size", "s", "l")
    instance.catalog(
        category("clothes")
        + product("jacket", variations(axes, "red-s", "red-l", "blue-l"), before="<display-name>Jacket</display-name>")
        + product("red-s", values={"color": "red", "size": "s"})
        + product("red-l", values={"color": "red", "size": "l"})
        + product("blue-l", values={"color": "blue", "size": "l"})
        + assign("clothes", "jacket")
    )
    assert instance.problems() == []
    return instance
