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


PATTERNS = {"alt_pattern": "${productname} ${variationvalue}", "title_pattern": "${productname}"}


@pytest.mark.parametrize(
    ("images", "custom", "header"),
    [
        ({}, {}, {}),
        (PATTERNS, {}, PATTERNS),
        ({"alt_pattern": ""}, {}, {"alt_pattern": ""}),
        ({"variation_attribute": "color"}, {}, {"variation_attribute_id": "akeneo_color"}),
        ({"variation_attribute": "color"}, {"tint": "Color"}, {"variation_attribute_id": "tint"}),
    ],
)
def test_the_header_says_of_patterns_and_the_variation_attribute_only_what_the_settings_say(
    images: dict[str, Any], custom: dict[str, Any], header: dict[str, Any]
) -> None:
    settings = ConnectorSettings.model_validate(
        {
            "organization": {"master_catalog": "cat"},
            "images": {"view_types": ["large"], **images},
            "attributes": {"custom": custom},
        }
    )
    assert catalog_header(settings, ()) == {"id": "cat", "base_path": "/", "view_types": ["large"], **header}


def test_the_headers_variation_attribute_is_the_one_that_masters_vary_by(pim: Any) -> None:
    pim.shirts()
    chosen = {"images": {"variation_attribute": "size"}, "attributes": {"id_style": "camel_case", "id_prefix": "pim_"}}
    header = catalog_header(ConnectorSettings.model_validate(chosen), ())
    mapping = pim.mapping(**chosen)
    facts = mapping.map_product(
        pim.product("A", {"size": "s"}, family="shirts", parent="tee"), ancestors=[pim.model("tee")], targets={}
    ).facts
    (attribute,) = mapping.map_master(pim.model("tee"), [], [facts], {}).records[0][2]["variations"]["attributes"]
    assert header is not None
    assert header["variation_attribute_id"] == attribute["id"] == "pim_size"
