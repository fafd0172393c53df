"""The four jobs: each a selection of assets by tag with a description, nothing else."""

from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from akeneo_assets.assets.step_asset import JOB_TAG
from akeneo_assets.job_names import ATTRIBUTES, DIFFERENTIAL, FULL, KINDS, MEDIA_PRICEBOOK
from akeneo_assets.loads.partitions import KIND_TAG

_DESCRIPTIONS: Final = {
    ATTRIBUTES: "1- Akeneo-Import-Attributes: attribute definitions, and the options of simple and multi selects.",
    MEDIA_PRICEBOOK: (
        "2- Akeneo-Import-Media-Assets-Pricebook: images as static files of the catalog, currencies as price books."
    ),
    DIFFERENTIAL: (
        "3-1- Akeneo-Differential-Import-Products: categories, products, models and associations that are new or changed "
        "since the last successful import. Never runs together with 3-2."
    ),
    FULL: "3-2- Akeneo-Full-Import-Products: all categories, products, models and associations. Never runs together with 3-1.",
}


def _job(name: str, tag: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.tag(f"{JOB_TAG}{tag}", "yes"),
        tags={KIND_TAG: KINDS[name]} if name in KINDS else None,
        description=_DESCRIPTIONS[name],
    )


JOBS: Final = [_job(ATTRIBUTES, "1"), _job(MEDIA_PRICEBOOK, "2"), _job(DIFFERENTIAL, "3"), _job(FULL, "3")]
