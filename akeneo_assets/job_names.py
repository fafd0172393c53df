"""The names of the jobs, and how the command line numbers them. The jobs themselves are in `jobs`."""

from typing import Final

from akeneo_assets.loads.load_names import Kind

ATTRIBUTES: Final = "akeneo_1_import_attributes"
MEDIA_PRICEBOOK: Final = "akeneo_2_import_media_assets_pricebook"
DIFFERENTIAL: Final = "akeneo_3_1_differential_import_products"
FULL: Final = "akeneo_3_2_full_import_products"

PLAN: Final = "akeneo_plan_products"

NUMBERS: Final = {"1": ATTRIBUTES, "2": MEDIA_PRICEBOOK, "3-1": DIFFERENTIAL, "3-2": FULL}
"""How the command line names the jobs."""

KINDS: Final[dict[str, Kind]] = {DIFFERENTIAL: "differential", FULL: "full"}
"""The kind of load that each product job runs."""

STRUCTURE_FOLDERS: Final = {ATTRIBUTES: "attributes", MEDIA_PRICEBOOK: "media_pricebook"}
"""Where the packages of jobs 1 and 2 lie in the store."""

BY_HAND: Final = "by_hand"
"""Where the packages of runs lie that no job started: single assets materialized by hand."""
