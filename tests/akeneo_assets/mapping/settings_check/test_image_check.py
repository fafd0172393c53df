"""Images of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import ConnectorSettings

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"images": {"view_types": [{"id": "large", "attributes": ["brand"]}]}},
            ("images.view_types.large.attributes names 'brand', which is a text; it must be an image or an asset collection."),
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "midea"}]}},
            (
                "images.view_types.large.asset_attribute names the asset attribute 'midea', which the PIM does not have; "
                "did you mean 'media'?"
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "Credit"}]}},
            (
                "images.view_types.large.asset_attribute names 'Credit', which is a text; "
                "it must be a media file or media link whose media type is image."
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "manual"}]}},
            (
                "images.view_types.large.asset_attribute names 'manual', which is a media_link of pdf; "
                "it must be a media file or media link whose media type is image."
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "attributes": ["shots"]}, {"id": "large"}]}},
            "images.view_types has 'large' twice; name all that it shows in one entry.",
        ),
        (
            {"images": {"view_types": ["large", "large_fr_FR"], "localized_view_types": True}},
            ("images.view_types has 'large_fr_FR', as images.localized_view_types calls 'large' in fr_FR; rename one of them."),
        ),
        (
            {"images": {"alt": {"sites": {"US": "brand"}}}},
            "images.alt gives values per site, but SFCC has one for all sites; map one source.",
        ),
    ],
)
def test_images_that_the_pim_lacks_or_that_are_none_are_named(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)


def test_an_asset_attribute_of_images_in_one_of_the_view_types_families_is_enough(shop: Any, problems: Problems) -> None:
    shop.asset_families.append({"code": "sketches", "labels": {}})
    shop.asset_attributes.append({"code": "credit", "asset_family": "sketches", "type": "media_link", "media_type": "image"})
    view = {"id": "large", "asset_attribute": "credit"}
    assert problems(images={"view_types": [view]}) == []
    (problem,) = problems(images={"view_types": [{**view, "asset_families": ["photos"]}]})
    assert "names 'credit', which is a text;" in problem


def test_view_types_may_be_named_like_a_locale_s_where_locales_have_none(problems: Problems) -> None:
    assert problems(images={"view_types": ["large", "large_fr_FR"]}) == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("size", None),
        ("Size", "names 'Size', which the PIM spells 'size'; write it like that."),
        ("siez", "names the PIM attribute 'siez', which the PIM does not have; did you mean 'size'?"),
        ("name", "names 'name', by which no family variant varies; name the axis that images show."),
    ],
)
def test_the_variation_attribute_of_images_must_be_an_axis_spelled_as_in_the_pim(
    pim: Any, code: str, sentence: str | None
) -> None:
    pim.shirts()
    sentences = [f"connector.yaml: images.variation_attribute {sentence}"] if sentence else []
    settings = ConnectorSettings.model_validate({"images": {"variation_attribute": code}})
    assert [problem for problem in validate(settings, pim.structure()) if "variation_attribute" in problem] == sentences


@pytest.mark.parametrize(("http", "why"), [("", "is empty"), (f"http://{'x' * 250}", "has 257 characters, 256 are allowed")])
def test_the_place_of_images_outside_must_fit_the_catalogs_header(problems: Problems, http: str, why: str) -> None:
    (sentence,) = problems(images={"external_location": {"http": http}})
    assert sentence.startswith("connector.yaml: images.external_location.http is '")
    assert sentence.endswith(f"', which {why}.")
