"""Which attributes' files SFCC gets."""

from typing import Any

import pytest

from akeneo_assets.assets.media_assets import media_attributes
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure

OUTSIDE = {"http": "http://img.example", "https": "https://img.example"}


@pytest.mark.parametrize(("location", "codes"), [(None, {"manual", "picture"}), (OUTSIDE, {"manual"})])
def test_images_that_lie_outside_sfcc_are_not_fetched_and_files_are(location: Any, codes: set[str]) -> None:
    attributes = [
        {"code": "picture", "type": "pim_catalog_image", "group": "other"},
        {"code": "manual", "type": "pim_catalog_file", "group": "other"},
        {"code": "name", "type": "pim_catalog_text", "group": "other"},
    ]
    settings = ConnectorSettings.model_validate({"images": {"external_location": location, "view_types": [{"id": "large"}]}})
    assert media_attributes(settings, Structure.build(channels=[], attributes=attributes)) == codes
