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


def breaches(fed: Export, anew: Export, *, merchants: tuple[str, ...] = ()) -> dict[str, tuple[str | None, str | None]]:
    """The objects that the two don't have alike, by name: in the instance fed all along, in the one filled anew.

    Set aside: objects that the second doesn't have and that stand retired in the first; left-over definitions of attributes, with
    the group and folder of content that is no longer exported; the root and the connector's mark of a catalog that is no longer
    fed; and `merchants`: elements, as text, that the settings leave to merchants.
    """
    here, there = (_without(merchants, export.objects()) for export in (fed, anew))
    differing = {name: (here.get(name), there.get(name)) for name in {*here, *there} if here.get(name) != there.get(name)}
    return {name: both for name, both in differing.items() if both[1] is not None or not _may_stay(name, both[0] or "")}


def _without(elements: tuple[str, ...], objects: dict[str, str]) -> dict[str, str]:
    for element in elements:
        objects = {name.replace(element, ""): text.replace(element, "") for name, text in objects.items()}
    return objects


def _may_stay(name: str, text: str) -> bool:
    """Whether an object that an instance filled anew doesn't have may stand where it stands."""
    kind = name.partition(" ")[0]
    if " attribute-definition " in name or name.startswith(("Content attribute-group ", "library folder root ")):
        return True  # no import deletes one; nor what any content needs, when the last has left the shop
    if name.startswith("category root ") or name.endswith("/default/akeneo-connector.json"):
        return True  # SFCC makes the root itself; the mark tells the connector what it left there
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
