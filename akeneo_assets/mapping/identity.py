"""The SFCC id of a product or model, or the reason why it can't have one.

Source: catalog.xsd: product-id is 1 to 100 characters, one line, no white space at its edges.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from akeneo_assets.mapping.problems import Problem
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import PRODUCT


class Identity(NamedTuple):
    """`sfcc_id`, or None with the problem for which the whole object is held back."""

    sfcc_id: str | None
    problem: Problem | None


def product_identity(row: Mapping[str, Any], without_identifier: str) -> Identity:
    """Of a product (`uuid`, `identifier`). `without_identifier`: hold_back, or uuid to use it as the id."""
    identifier = row.get("identifier")
    if identifier in (None, ""):
        if without_identifier == "uuid":
            return Identity(row["uuid"], None)
        return Identity(None, Problem("product", row["uuid"], "", "held back: it has no identifier"))
    return _checked("product", row["uuid"], str(identifier))


def model_identity(row: Mapping[str, Any]) -> Identity:
    """Of a product model: its code."""
    return _checked("product_model", row["code"], row["code"])


def _checked(kind: str, key: str, text: str) -> Identity:
    why = id_problem(PRODUCT, text)
    if why is None:
        return Identity(text, None)
    return Identity(None, Problem(kind, key, "", f"held back: its identifier {why}"))
