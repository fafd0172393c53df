"""A small PIM with something of everything that connector.yaml may name, and the question what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import ConnectorSettings


@pytest.fixture
def shop(pim: Any) -> Any:
    pim.attribute("brand", "text")
    pim.attribute("deep", "number", decimals_allowed=True)
    pim.attribute("price", "price_collection")
    pim.attribute("title", "text", localizable=True, available_locales=["fr_FR"])
    pim.attribute("colour", "simpleselect", options={"red": {}, "green": {}})
    pim.attribute("potter", "akeneo_reference_entity", reference_data_name="makers")
    pim.attribute("shots", "pim_catalog_asset_collection", reference_data_name="photos")
    pim.reference_entities.append({"code": "makers", "labels": {}})
    pim.records.append({"reference_entity": "makers", "code": "harry", "values": {}})
    pim.assets += [{"asset_family": "photos", "code": code, "values": {}} for code in ("front", "back")]
    pim.association_type("X_SELL")
    pim.family("shirts", ["brand"])
    pim.category("mugs", "master")
    pim.asset_families.append({"code": "photos", "labels": {}, "attribute_as_main_media": "media"})
    pim.asset_attributes += [
        {"code": "media", "asset_family": "photos", "type": "media_file", "media_type": "image"},
        {"code": "credit", "asset_family": "photos", "type": "text"},
        {"code": "manual", "asset_family": "photos", "type": "media_link", "media_type": "pdf"},
    ]
    return pim


@pytest.fixture
def problems(shop: Any) -> Callable[..., list[str]]:
    """Checks the sections given against the PIM `shop` as it then is; returns the sentences."""
    return lambda **settings: validate(ConnectorSettings.model_validate(settings), shop.structure())
