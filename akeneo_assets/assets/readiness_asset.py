"""What shoppers can't find or buy, as the asset that a load of products ends with. How it is judged is in
`akeneo_assets.readiness`."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pandas as pd

from akeneo_assets.assets.asset_metadata import markdown, table_metadata
from akeneo_assets.assets.readiness_page import readiness_page
from akeneo_assets.assets.step_asset import Result, result, spec
from akeneo_assets.loads.package import Package
from akeneo_assets.readiness.readiness_tables import Readiness, load_judged, write
from akeneo_assets.readiness.storefronts import storefronts
from akeneo_assets.resources import Connector, clear_failures

_SHOWN = ("site", "locale", "kind", "id", "reason", "detail")


@dg.multi_asset(
    name="readiness",
    specs=[
        spec(
            "sfcc/readiness",
            "Which exported products a shopper of each site and locale can't find or buy, and why; as a table and as a page for "
            "people. Judged by what SFCC has been given, not by what the last load mapped.",
            deps=["sfcc/ledger"],
            group="sfcc_imports",
            jobs="3",
        )
    ],
)
def readiness(context: dg.AssetExecutionContext, connector: Connector) -> Result:
    """Of the whole store, not of one import: it judges the ledger as it is, whenever it is materialized."""
    with clear_failures():
        load = load_judged(connector.store)
        structure = connector.structure(Package.of_load(connector.store, load.key))
        made = write(connector.store, load, storefronts(connector.settings, structure), datetime.now(UTC))
        figures = made.figures
        made.page.write_text(readiness_page(made.problems(), figures), "utf-8")
    context.log.info(
        f"Of {figures['products']:,} products {figures['concerned']:,} have something against them: {figures['new']:,} reasons "
        f"are new since the load before, {figures['solved']:,} are gone. The page: {made.page}"
    )
    return result("sfcc/readiness", _metadata(made, figures))


def _metadata(made: Readiness, figures: dict[str, Any]) -> dict[str, Any]:
    """Numbers by themselves, so that the UI plots them over the loads."""
    page, reasons = made.page.absolute(), figures["reasons"]
    places, counts = list[tuple[str, str, str, int]](), Counter[str]()
    for line in figures["by_site"]:
        site, locale = line["site"], line["locale"] or "all locales"
        places.append((site, locale, line["reason"], line["objects"]))
        counts[f"{site} {locale}".strip()] += line["objects"]
    return {
        "page": dg.MetadataValue.url(page.as_uri()),
        "page's file": dg.MetadataValue.path(str(page)),
        "products judged": figures["products"],
        "products with a reason": figures["concerned"],
        "reasons new since the load before": figures["new"],
        "reasons solved since the load before": figures["solved"],
        "products known in part only": figures["not_known"],
        **{f"objects: {reason}": count for reason, count in reasons.items()},
        **{f"reasons in {place}": count for place, count in counts.items()},
        "objects by site, locale and reason": markdown(
            pd.DataFrame(places, columns=["site", "locale", "reason", "objects"]), intfmt=","
        ),
        "not judged": markdown(pd.DataFrame({"not judged": figures["not_judged"]})),
        **table_metadata(made.table, columns=_SHOWN),
    }
