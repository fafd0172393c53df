"""The SFCC id of a product or model, or the reason why it can't have one.

Belongs here: how an id follows from one item. Doesn't: two items that claim one id (`akeneo_assets.loads.identities`).
Source: catalog.xsd: a product-id has 1 to 100 characters on one line, without white space at its edges.
"""

from typing import NamedTuple

from akeneo_assets.mapping.frame import Item
from akeneo_assets.mapping.problems import Problem
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import PRODUCT


class Identity(NamedTuple):
    """`sfcc_id`, or None with the problem for which the whole item is held back."""

    sfcc_id: str | None
    problem: Problem | None


def product_identity(item: Item, without_identifier: str) -> Identity:
    """The identity of a product (`uuid`, `identifier`). `without_identifier`: `hold_back` such a product, or use its `uuid`."""
    identifier = item.get("identifier")
    if identifier in (None, ""):
        if without_identifier == "uuid":
            return Identity(item["uuid"], None)
        return Identity(None, Problem("product", item["uuid"], "", "held back: it has no identifier"))
    return _checked("product", item["uuid"], str(identifier))


def model_identity(item: Item) -> Identity:
    """The identity of a product model: its code."""
    return _checked("product_model", item["code"], item["code"])


def _checked(kind: str, key: str, text: str) -> Identity:
    why = id_problem(PRODUCT, text)
    if why is None:
        return Identity(text, None)
    return Identity(None, Problem(kind, key, "", f"held back: its identifier {why}"))
