"""The four jobs, and the one that plans: each a selection of assets by tag with a description, nothing else."""

from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from akeneo_assets.assets.step_asset import JOB_TAG
from akeneo_assets.job_names import ATTRIBUTES, DIFFERENTIAL, FULL, MEDIA_PRICEBOOK, PLAN
from akeneo_assets.queue_order import queue_tags

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
    PLAN: (
        "Plan: what the next import of products would change in SFCC, found out without sending anything. In the run config, "
        "resources.connector.config.plan says whether it is 3-1 (differential) or 3-2 (full)."
    ),
}


def _in_job(number: str) -> dg.AssetSelection:
    return dg.AssetSelection.tag(f"{JOB_TAG}{number}", "yes")


_PLANNED: Final = _in_job("3") - dg.AssetSelection.assets(
    "sfcc/product_feeds", "sfcc/product_import", "sfcc/ledger", "sfcc/readiness", "sfcc/base"
)
"""What 3-1 and 3-2 do before they write what they send."""


def _job(name: str, selection: dg.AssetSelection) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=selection,
        tags=queue_tags(name),
        description=_DESCRIPTIONS[name],
    )


JOBS: Final = [
    _job(ATTRIBUTES, _in_job("1")),
    _job(MEDIA_PRICEBOOK, _in_job("2")),
    _job(DIFFERENTIAL, _in_job("3")),
    _job(FULL, _in_job("3")),
    _job(PLAN, _PLANNED | dg.AssetSelection.assets("sfcc/plan")),
]
