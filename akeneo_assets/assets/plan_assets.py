"""The plan as an asset: what the load would change in SFCC. How it is found out is in `akeneo_assets.loads.plan_difference`."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from akeneo_assets.assets.asset_metadata import markdown, table_metadata
from akeneo_assets.assets.feed_assets import OF_LOAD, contents_of_load
from akeneo_assets.assets.plan_page import write_page
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.loads.plan_difference import write_plan


def _plan(step: Step) -> Done:
    package = step.package
    if not package.is_plan:
        raise ConnectorError(
            f"'{package.name}' is a load, not a plan: nothing was done. Run the job akeneo_plan_products instead."
        )
    report = write_plan(package, contents_of_load(step))
    write_page(package, step.load.window, report)
    counts = [f"{sum(of.values()):,} {action}" for action, of in report["actions"].items()]
    step.tell(f"The load would change in SFCC: {', '.join(counts) or 'nothing'}. Nothing was sent. The page: {package.plan_page}")
    return report, [package.plan, package.plan_page, package.to_send]


def _show_plan(step: Step, report: Report) -> Iterator[Result]:
    counts = [(action, kind, count) for action, of in report["actions"].items() for kind, count in of.items()]
    page = step.package.plan_page.absolute()
    metadata = {
        "page": dg.MetadataValue.url(page.as_uri()),
        "page's file": dg.MetadataValue.path(str(page)),
        "what would change": markdown(pd.DataFrame(counts, columns=["action", "objects", "count"]), intfmt=","),
        "sent again as they are": sum(report["again"].values()),
        "apply": f"akeneo-sfcc apply {step.package.name}",
    }
    yield result("sfcc/plan", table_metadata(step.package.plan) | metadata)


plan = step_asset(
    "plan",
    [
        spec(
            "sfcc/plan",
            "What the load would change in SFCC, value by value, before anything is sent; as a table and as a page for people.",
            deps=OF_LOAD,
            group="sfcc_plan",
            jobs="",
        )
    ],
    _plan,
    _show_plan,
    of_load=True,
)
