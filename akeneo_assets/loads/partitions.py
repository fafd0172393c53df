"""The partition set of the loads and the names of its keys. What a key stands for is in `window`."""

from datetime import UTC, datetime
from typing import Final

import dagster as dg

from akeneo_assets.loads.load_names import Kind

PRODUCT_LOADS: Final = dg.DynamicPartitionsDefinition(name="product_loads")

KIND_TAG: Final = "akeneo_sfcc/load"
"""Run tag that tells a load's kind, or that it is a plan; it is also what the run queue's limit counts."""

PARTITION_TAG: Final = "dagster/partition"
"""Dagster's run tag of a load's name."""

_PREFIX: Final[dict[Kind, str]] = {"full": "full", "differential": "diff"}


def plan_key(now: datetime) -> str:
    """`plan_20261124T020000Z`: a name for a plan."""
    return f"plan_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def new_key(kind: Kind, now: datetime) -> str:
    """`full_20261124T020000Z` or `diff_...`: a name for people; a load's kind is decided by the job that runs it."""
    return f"{_PREFIX[kind]}_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
