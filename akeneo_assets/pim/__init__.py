"""The PIM client: reading an Akeneo PIM over its REST API, fast and right.

Here: authentication, calls with retries and limits, paging, the parallel walk, the PIM's clock, the preflight probe.
Not here: what the records mean (mapping), where they are stored (assets, loads), anything of Dagster or SFCC.
"""

from akeneo_assets.pim.client import Answer, PimClient, media_path
from akeneo_assets.pim.errors import (
    AuthenticationError,
    PermanentPimError,
    PimError,
    TransientPimError,
    UnreachableError,
    WrongSettingError,
)
from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.probe import PimInfo, changed_since, check_connection
from akeneo_assets.pim.walk import Page, walk

__all__ = [
    "Answer",
    "AuthenticationError",
    "Page",
    "PermanentPimError",
    "PimClient",
    "PimError",
    "PimInfo",
    "TransientPimError",
    "UnreachableError",
    "WrongSettingError",
    "changed_since",
    "check_connection",
    "media_path",
    "pages",
    "walk",
]
