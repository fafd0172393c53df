"""Which value of an object holds for a shopper: by locale, by site, by time; and values as plain text.

Sources: SFCC help, site-specific product attributes (the site's value, then the default; language and country, then the
language, then the default locale); catalog.xsd.

Assumptions: an object's own locales are all looked through before what it inherits from; HTML of descriptions is shown as its
text alone, since nothing that was imported may bring scripts or layout into these pages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree, html

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.instance_state import Body, Store, Stored
from sandbox.sfcc.object_merge import DEFAULT_LOCALE
from sandbox.sfcc.storefront.shop_sites import Site

Value = str | list[str]


@dataclass(frozen=True)
class Shop:
    """Who looks, and at what: one site of the instance in one of its locales and currencies, at one moment."""

    store: Store
    site: Site
    locale: str
    currency: str
    now: datetime

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales that are asked in turn. Example: fr-CA -> (fr-CA, fr, x-default)."""
        if self.locale == "default":
            return (DEFAULT_LOCALE,)
        return tuple(dict.fromkeys((self.locale, self.locale.partition("-")[0], DEFAULT_LOCALE)))


@dataclass(frozen=True)
class ShopObject:
    """An object of the instance, as it stands in a shop."""

    shop: Shop
    stored: Stored

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def body(self) -> Body:
        return self.stored.body


def localized(shop: Shop, values: Mapping[str, str] | None) -> str | None:
    """The text for the shopper's locale of {locale: text}."""
    return next((values[locale] for locale in shop.locales if values and values.get(locale)), None)


def of_site(shop: Shop, values: Mapping[str, str] | None) -> str | None:
    """The value for the shopper's site of {site: value}; the default has the key ''."""
    return next((values[site] for site in (shop.site.id, "") if values and values.get(site) is not None), None)


def custom_value(shop: Shop, body: Body, attribute: str) -> Value | None:
    """The value of a custom attribute, which is stored by "locale|site"."""
    values = body.get("custom-attributes", {}).get(attribute, {})
    keys = (f"{locale}|{site}" for site in (shop.site.id, "") for locale in shop.locales)
    return next((values[key] for key in keys if values.get(key)), None)


def is_online(shop: Shop, flag: str | None, start: str | None, end: str | None) -> bool:
    """Whether an object is online: its flag says so and the moment lies between its dates."""
    return is_true(flag) and is_valid(shop, start, end)


def is_valid(shop: Shop, start: str | None, end: str | None) -> bool:
    """Whether the moment lies between two dates: from the first on, before the second."""
    opened, closed = moment(start), moment(end)
    return (opened is None or opened <= shop.now) and (closed is None or shop.now < closed)


def is_true(text: str | None) -> bool:
    """A boolean as the schemas write it."""
    return text in ("true", "1")


def moment(text: str | None) -> datetime | None:
    """A date and time; UTC where no zone is given. What is no date counts as none."""
    try:
        read = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def number(text: str | None, otherwise: float) -> float:
    """A number, or what stands for none."""
    try:
        return float(text or "")
    except ValueError:
        return otherwise


def children(node: Node | None, name: str) -> list[Node]:
    """The child nodes of a name."""
    return [child for child in (node[3] if node else []) if child[0] == name]


def child_text(node: Node, name: str) -> str | None:
    """The text of the first child node of a name."""
    return next((child[2] for child in children(node, name)), None)


def localized_child(shop: Shop, node: Node, name: str) -> str | None:
    """The text for the shopper's locale among the child nodes of a name, one a locale."""
    return localized(shop, {child[1].get("xml:lang", DEFAULT_LOCALE): child[2] for child in children(node, name)})


_BLOCKS = frozenset(
    ("p", "div", "ul", "ol", "li", "br", "hr", "pre", "dl", "dt", "dd", "table", "tr", "blockquote", "h1", "h2", "h3", "h4")
)
_UNSEEN = frozenset(("script", "style", "template", "noscript", "iframe", "object", "head", "title"))


def paragraphs(markup: str | None) -> list[str]:
    """HTML as paragraphs of plain text. Example: "<p>Dry.</p><p>Warm <b>too</b>.</p>" -> ["Dry.", "Warm too."]."""
    if not (markup or "").strip():
        return []
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError):  # ValueError: characters that no XML may hold
        return [str(markup)]
    text = "".join(_pieces(root))
    return [line for line in (" ".join(line.split()) for line in text.split("\n\n")) if line]


def _pieces(element: Any) -> Iterator[str]:
    """The texts below an element, each on one line, with an empty line around each block."""
    is_block = element.tag in _BLOCKS
    if isinstance(element.tag, str) and element.tag not in _UNSEEN:
        yield "\n\n" if is_block else ""
        yield _on_one_line(element.text)
        for child in element:
            yield from _pieces(child)
            yield _on_one_line(child.tail)
        yield "\n\n" if is_block else ""


def _on_one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
