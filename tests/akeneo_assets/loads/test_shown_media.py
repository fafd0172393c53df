"""Which media SFCC gets."""

from typing import Any

import pytest
from scripted_pim import Reply

from akeneo_assets.loads.shown_media import media_attributes, shown_in_pim
from akeneo_assets.pim.pim_errors import BrokenAnswerError
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


def test_a_media_code_that_is_no_text_is_an_answer_that_is_not_whole(pim: Any, pim_client: Any) -> None:
    attributes = [{"code": "picture", "type": "pim_catalog_image", "group": "other"}]
    channel = {"code": "ecommerce", "category_tree": "main", "locales": ["en_US"], "currencies": ["USD"]}
    structure = Structure.build(channels=[channel], attributes=attributes)
    model = {"code": "mug", "values": {"picture": [{"locale": None, "scope": None, "data": 7}]}}
    page = {"_links": {}, "items_count": 1, "_embedded": {"items": [model]}}
    pim.answers("/api/rest/v1/product-models", Reply(page))
    with pytest.raises(BrokenAnswerError, match=r"the answer is not whole \(Expected `str \| null`, got `int` - at .*picture"):
        list(shown_in_pim(pim_client, ConnectorSettings(), structure))
