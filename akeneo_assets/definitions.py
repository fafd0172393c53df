"""The Dagster code location: everything put together, nothing else. No I/O and no environment is read at import; when Dagster
asks for the definitions, connector.yaml is read for the times of the schedules."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from akeneo_assets.assets.base_asset import base
from akeneo_assets.assets.external_assets import ends
from akeneo_assets.assets.feed_assets import FEED_ASSETS
from akeneo_assets.assets.import_assets import IMPORT_ASSETS, IMPORT_KEYS, imported_lately
from akeneo_assets.assets.item_assets import ITEM_ASSETS
from akeneo_assets.assets.media_assets import MEDIA_ASSETS
from akeneo_assets.assets.plan_assets import plan
from akeneo_assets.assets.readiness_asset import readiness
from akeneo_assets.assets.record_assets import RECORD_ASSETS
from akeneo_assets.assets.structure_assets import STRUCTURE_ASSETS
from akeneo_assets.jobs import JOBS
from akeneo_assets.notices import notices
from akeneo_assets.progress import PROGRESS, progress_logger
from akeneo_assets.resources import Connector
from akeneo_assets.schedules import DEFAULT_SCHEDULES, configured_schedules
from akeneo_assets.sensors import SENSORS
from akeneo_assets.starters import STARTERS, named_loads


def build(schedules: Sequence[dg.ScheduleDefinition] = DEFAULT_SCHEDULES, **overrides: Any) -> dg.Definitions:
    """The definitions with these schedules. `overrides` take the place of resources, by name:
    `connector=Connector(environment={...})` is what tests run against their own servers."""
    return dg.Definitions(
        assets=[
            *STRUCTURE_ASSETS,
            *ITEM_ASSETS,
            *MEDIA_ASSETS,
            *RECORD_ASSETS,
            *FEED_ASSETS,
            *IMPORT_ASSETS,
            readiness,
            base,
            plan,
            *ends(IMPORT_KEYS),
        ],
        asset_checks=[imported_lately],
        jobs=[*JOBS, *STARTERS],
        schedules=schedules,
        sensors=[*SENSORS, named_loads, notices],
        loggers={PROGRESS: progress_logger},
        resources={"connector": Connector()} | overrides,
        # A step in this process starts in 0.06 s, one in a process of its own in 1.7 s; what is worth doing at once is done
        # inside assets.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location, as Dagster asks for it."""
    return build(configured_schedules())
