"""The four jobs: each a named selection of assets with a description, nothing else."""

from collections.abc import Sequence
from typing import Final

import dagster as dg

from akeneo_assets.assets.structure_assets import STRUCTURE_KEYS
from akeneo_assets.loads.partitions import KIND_TAG, Kind

_LISTS: Final[list[dg.AssetKey]] = [dg.AssetKey(["akeneo", "connection"]), *STRUCTURE_KEYS]
_DEFINITIONS: Final = [["sfcc", "attribute_definitions"]]
_HEADERS: Final = [["sfcc", "price_books"], ["sfcc", "content"]]

ATTRIBUTES: Final = "akeneo_1_import_attributes"
MEDIA_PRICEBOOK: Final = "akeneo_2_import_media_assets_pricebook"
DIFFERENTIAL: Final = "akeneo_3_1_differential_import_products"
FULL: Final = "akeneo_3_2_full_import_products"

NUMBERS: Final = {"1": ATTRIBUTES, "2": MEDIA_PRICEBOOK, "3-1": DIFFERENTIAL, "3-2": FULL}
"""How the command line names the jobs."""

KINDS: Final[dict[str, Kind]] = {DIFFERENTIAL: "differential", FULL: "full"}
"""The kind of load that each product job runs."""

_PRODUCT_SIDE: Final = [
    ["akeneo", "product_load"],
    ["akeneo", "products"],
    ["akeneo", "product_models"],
    ["akeneo", "associations"],
    ["akeneo", "media_references"],
    ["akeneo", "missing_media"],
    ["akeneo", "changes"],
    ["akeneo", "product_media"],
    ["sfcc", "categories"],
    ["sfcc", "products"],
    ["sfcc", "category_assignments"],
    ["sfcc", "recommendations"],
    ["sfcc", "prices"],
    ["sfcc", "held_back"],
    ["sfcc", "product_feeds"],
    ["sfcc", "product_import"],
]


def _selection(keys: Sequence[Sequence[str]]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*_LISTS, *(dg.AssetKey(list(key)) for key in keys))


JOBS: Final = [
    dg.define_asset_job(
        ATTRIBUTES,
        selection=_selection([*_DEFINITIONS, ["sfcc", "attribute_feeds"], ["sfcc", "attribute_import"]]),
        description="1- Akeneo-Import-Attributes: attribute definitions, and the options of simple and multi selects.",
    ),
    dg.define_asset_job(
        MEDIA_PRICEBOOK,
        selection=_selection(
            [
                ["akeneo", "media"],
                ["sfcc", "media_files"],
                ["sfcc", "price_books"],
                ["sfcc", "content"],
                ["sfcc", "media_pricebook_feeds"],
                ["sfcc", "media_pricebook_import"],
            ]
        ),
        description="2- Akeneo-Import-Media-Assets-Pricebook: images as static files of the catalog, currencies as price books.",
    ),
    dg.define_asset_job(
        DIFFERENTIAL,
        selection=_selection([*_DEFINITIONS, *_HEADERS, *_PRODUCT_SIDE]),
        tags={KIND_TAG: "differential"},
        description=(
            "3-1- Akeneo-Differential-Import-Products: categories, products, models and associations that are new or changed "
            "since the last successful import. Never runs together with 3-2."
        ),
    ),
    dg.define_asset_job(
        FULL,
        selection=_selection([*_DEFINITIONS, *_HEADERS, *_PRODUCT_SIDE]),
        tags={KIND_TAG: "full"},
        description=(
            "3-2- Akeneo-Full-Import-Products: all categories, products, models and associations. Never runs together with 3-1."
        ),
    ),
]
