"""The catalog's header as the settings ask for it."""

from typing import Any

import pytest

from akeneo_assets.mapping.catalog_header import catalog_header
from akeneo_assets.settings.connector import ConnectorSettings

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
