"""Filters of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"products": {"filter": {"brnd": [{"operator": "=", "value": "x"}]}}},
            "products.filter names the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"products": {"filter": {"family": {"operator": "IN"}}}},
            "products.filter.family must be a list of conditions with operator and value, as in the PIM's search.",
        ),
        (
            {"products": {"filter": {"family": [{"operator": "IN", "value": "shirts"}]}}},
            "products.filter.family: IN needs a list of values.",
        ),
        (
            {"products": {"model_filter": {"created": [{"operator": "BETWEEN", "value": "2024-01-31"}]}}},
            "products.model_filter.created: BETWEEN needs a list of two values.",
        ),
        (
            {"products": {"filter": {"family": [{"operator": "IN", "value": ["Shirts", "shrits"]}]}}},
            "products.filter.family names the family 'shrits', which the PIM does not have; did you mean 'shirts'?",
        ),
        (
            {"products": {"model_filter": {"categories": [{"operator": "NOT IN CHILDREN", "value": ["mug"]}]}}},
            "products.model_filter.categories names the category 'mug', which the PIM does not have; did you mean 'mugs'?",
        ),
        (
            {"products": {"filter": {"completeness": [{"operator": "=", "value": 100, "scope": "ecomerce"}]}}},
            (
                "products.filter.completeness.scope names the channel 'ecomerce', which the PIM does not have; "
                "did you mean 'ecommerce'?"
            ),
        ),
        (
            {
                "products": {
                    "filter": {
                        "completeness": [
                            {"operator": ">= ON ALL LOCALES", "value": 50, "scope": "ECOMMERCE", "locales": ["en_us", "de_DE"]}
                        ]
                    }
                }
            },
            ("products.filter.completeness.locales names 'de_DE', which is no locale that there are values for: en_US, fr_FR."),
        ),
        (
            {"products": {"filter": {"title": [{"operator": "EMPTY", "locale": "en_US"}]}}},
            "products.filter.title.locale names 'en_US', which is no locale that there are values for: fr_FR.",
        ),
        (
            {"products": {"filter": {"colour": [{"operator": "NOT IN", "value": ["RED", "geen"]}]}}},
            "products.filter.colour names the option 'geen', which the PIM does not have; did you mean 'green'?",
        ),
        (
            {"products": {"filter": {"potter": [{"operator": "IN", "value": ["hary"]}]}}},
            "products.filter.potter names the record 'hary', which the PIM does not have; did you mean 'harry'?",
        ),
        (
            {"products": {"filter": {"shots": [{"operator": "IN", "value": ["front", "bak"]}]}}},
            "products.filter.shots names the asset 'bak', which the PIM does not have; did you mean 'back'?",
        ),
    ],
)
def test_what_a_filter_names_and_the_pim_lacks_is_said_in_one_sentence(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)


def test_a_filter_may_name_what_the_pim_has_in_any_case_and_what_is_not_read(problems: Problems) -> None:
    search = {
        "family": [{"operator": "NOT IN", "value": ["SHIRTS"]}],
        "categories": [{"operator": "IN OR UNCLASSIFIED", "value": ["Mugs"]}],
        "colour": [{"operator": "IN", "value": ["RED"], "locale": "FR_fr", "scope": "Ecommerce"}],
        "price": [{"operator": "EMPTY", "locale": "xx_XX", "scope": "nowhere"}],
        "groups": [{"operator": "IN", "value": ["unread"], "locale": "xx_XX"}],
        "identifier": [{"operator": "IN", "value": ["unknown"]}],
        "brand": [{"operator": "=", "value": "unknown"}],
    }
    assert problems(products={"filter": search}) == []
