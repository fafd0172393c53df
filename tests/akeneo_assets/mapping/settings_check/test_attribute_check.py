"""Attributes and sources of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"attributes": {"standard": {"brand": "brnd"}}},
            "attributes.standard.brand maps the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"attributes": {"standard": {"name": {"template": "{brand} {nmae}"}}}},
            "attributes.standard.display-name maps the PIM attribute 'nmae', which the PIM does not have.",
        ),
        (
            {"attributes": {"wide_integers": {"brnd": "double"}}},
            "attributes.wide_integers.brnd names the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"attributes": {"wide_integers": {"brand": "double"}}},
            "attributes.wide_integers.brand names 'brand', which is a text; it must be a number without decimals.",
        ),
        (
            {"attributes": {"wide_integers": {"deep": "string"}}},
            "attributes.wide_integers.deep names 'deep', which is a number with decimals; it must be a number without decimals.",
        ),
        (
            {"attributes": {"standard": {"tax-class-id": "brand"}}},
            (
                "attributes.standard.tax-class-id needs a default: SFCC has no way to clear tax-class-id "
                "once the PIM has no value any more."
            ),
        ),
        (
            {"attributes": {"standard": {"search-rank": {"constant": "high"}}}},
            "attributes.standard.search-rank.constant: 'high' is no number for search-rank.",
        ),
        (
            {"attributes": {"standard": {"brand": {"sites": {"DE": "brand"}}}}},
            "attributes.standard.brand gives values per site, but SFCC has one brand for all sites; map one source.",
        ),
        (
            {"attributes": {"custom": {"akeneo_brand": "price"}}},
            "attributes.custom maps 'akeneo_brand', as does 'brand'; change attributes.id_prefix.",
        ),
        (
            {"attributes": {"include": {"families": ["shirt"]}}},
            "attributes.include.families names the family 'shirt', which the PIM does not have; did you mean 'shirts'?",
        ),
        (
            {
                "organization": {"sites": [{"id": "US"}]},
                "attributes": {"standard": {"search-rank": {"sites": {"US": {"attribute": "brand", "default": "high"}}}}},
            },
            "attributes.standard.search-rank.sites.US.default: 'high' is no number for search-rank.",
        ),
    ],
)
def test_what_the_pim_lacks_or_sfcc_refuses_of_attributes_is_one_sentence(
    problems: Problems, settings: Any, sentence: str
) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)


def test_two_attributes_that_would_get_one_id_are_both_named(shop: Any, problems: Problems) -> None:
    shop.attribute("foo_bar", "text")
    shop.attribute("fooBar", "text")
    assert problems(attributes={"id_style": "camel_case"}) == [
        (
            "The PIM attributes 'fooBar' and 'foo_bar' would both become the custom attribute 'akeneo_fooBar'; "
            "exclude or map one of them, or set attributes.id_style: as_is."
        )
    ]
    assert problems() == []


def test_a_code_that_can_be_no_id_is_named(shop: Any, problems: Problems) -> None:
    shop.attribute("a|b", "text")
    assert problems() == ["The PIM attribute 'a|b' would become 'akeneo_a|b', but this id holds a |; exclude or map it."]


def test_the_advice_for_two_that_meet_names_no_setting_that_is_set_already(shop: Any, problems: Problems) -> None:
    shop.attribute("weight", "metric")
    shop.attribute("weight_text", "text")
    assert problems(attributes={"metric": "both"}) == [
        (
            "The PIM attributes 'weight' and 'weight_text' would both become the custom attribute 'akeneo_weight_text'; "
            "exclude or map one of them."
        )
    ]
