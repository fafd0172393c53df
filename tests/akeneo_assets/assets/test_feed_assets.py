"""The catalog's header as the settings ask for it, and which attributes' files SFCC gets."""

from typing import Any

import pytest

from akeneo_assets.assets.feed_assets import catalog_header
from akeneo_assets.assets.media_assets import media_attributes
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure

OUTSIDE = {"http": "http://img.example", "https": "https://img.example"}


@pytest.mark.parametrize(
    ("images", "header"),
    [
        ({"view_types": []}, None),
        ({"view_types": ["large", "small"]}, {"base_path": "/", "view_types": ["large", "small"]}),
        (
            {"view_types": ["large"], "external_location": OUTSIDE},
            {"http_url": "http://img.example", "https_url": "https://img.example", "view_types": ["large"]},
        ),
        (
            {"view_types": ["large", "small"], "localized_view_types": True},
            {
                "base_path": "/",
                "view_types": ["large", "large_en_US", "large_fr_FR", "small", "small_en_US", "small_fr_FR"],
            },
        ),
    ],
)
def test_the_header_names_every_view_type_and_where_images_lie(images: dict[str, Any], header: dict[str, Any] | None) -> None:
    settings = ConnectorSettings.model_validate({"organization": {"master_catalog": "cat"}, "images": images})
    assert catalog_header(settings, ("en_US", "fr_FR")) == (header and {"id": "cat", **header})


@pytest.mark.parametrize(("location", "codes"), [(None, {"manual", "picture"}), (OUTSIDE, {"manual"})])
def test_images_that_lie_outside_sfcc_are_not_fetched_and_files_are(location: Any, codes: set[str]) -> None:
    attributes = [
        {"code": "picture", "type": "pim_catalog_image", "group": "other"},
        {"code": "manual", "type": "pim_catalog_file", "group": "other"},
        {"code": "name", "type": "pim_catalog_text", "group": "other"},
    ]
    settings = ConnectorSettings.model_validate({"images": {"external_location": location, "view_types": [{"id": "large"}]}})
    assert media_attributes(settings, Structure.build(channels=[], attributes=attributes)) == codes
