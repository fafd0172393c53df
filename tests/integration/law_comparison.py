"""The law's comparison: an instance fed all along against one that was given everything anew.

Belongs here: which differences the law's wording sets aside. Doesn't: reading an instance's export (`conftest.Export`), what
happened before (`pim_edits`). Source: LOADS, "The law, exactly".
"""

from collections.abc import Callable
from typing import Final

from lxml import etree

from tests.integration.conftest import Export

_LINKS: Final = ("variations", "product-links", "category-links", "classification-category")
"""What a product that is out of the shop has no more."""


def breaches(fed: Export, anew: Export) -> dict[str, tuple[str | None, str | None]]:
    """The objects that the two don't have alike, by name: in the instance fed all along, in the one filled anew.

    Set aside: objects that the second doesn't have and that stand retired in the first, and left-over definitions of attributes.
    """
    return {
        name: both for name, both in fed.differs_from(anew).items() if both[1] is not None or not _may_stay(name, both[0] or "")
    }


def _may_stay(name: str, text: str) -> bool:
    """Whether an object that an instance filled anew doesn't have may stand where it stands."""
    kind = name.partition(" ")[0]
    if " attribute-definition " in name:
        return True  # no import deletes one
    return kind in _RETIRED and _RETIRED[kind](etree.fromstring(text))


def _offline(item: etree._Element) -> bool:
    """On every site."""
    return {flag.text for flag in item.iterfind("online-flag")} == {"false"}


_RETIRED: Final[dict[str, Callable[[etree._Element], bool]]] = {
    "product": lambda product: _offline(product) and not any(len(product.findall(link)) for link in _LINKS),
    "category": _offline,
    "library": _offline,
    "price": _offline,
}
