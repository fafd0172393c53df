"""The SFCC id of a product or model, or the reason why it can't have one.

Belongs here: how an id follows from one item, and which spelling of it counts. Doesn't: two items that claim one id
(`akeneo_assets.loads.identities`).
Source: catalog.xsd: a product-id has 1 to 100 characters on one line, without white space at its edges.
"""

from collections.abc import Iterable
from typing import NamedTuple

from akeneo_assets.mapping.frame import Item
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.structure.pim_structure import fold
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


def kept_spelling(new_id: str, owned_ids: Iterable[str]) -> str:
    """The id under which an item is written: the one that SFCC has it under, where the new one differs from it in case alone.

    `owned_ids` are the ids that SFCC has of this very item (the ledger's): `kept_spelling("mug-1", ["MUG-1"])` is `MUG-1`, and so
    the product is neither retired nor created again, whether or not SFCC tells ids apart by case, which isn't documented. With an
    id of another wording, or with the new spelling among them, it is the new id.
    """
    owned = sorted(owned_ids)
    if new_id in owned:
        return new_id
    return next((owned_id for owned_id in owned if fold(owned_id) == fold(new_id)), new_id)


def _checked(kind: str, key: str, text: str) -> Identity:
    why = id_problem(PRODUCT, text)
    if why is None:
        return Identity(text, None)
    return Identity(None, Problem(kind, key, "", f"held back: its identifier {why}"))
