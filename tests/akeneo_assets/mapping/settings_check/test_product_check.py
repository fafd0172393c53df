"""Products and associations of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"associations": {"X-SELL": {}}},
            "associations names the association type 'X-SELL', which the PIM does not have; did you mean 'X_SELL'?",
        ),
        (
            {"products": {"status": {"source": "attribute", "attribute": "brand"}}},
            "products.status.attribute names 'brand', which is a text; it must be a boolean.",
        ),
    ],
)
def test_a_family_type_or_attribute_that_products_lack_is_named(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)
