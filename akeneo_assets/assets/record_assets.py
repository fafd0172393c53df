"""SFCC records as assets: the PIM's data mapped, not yet compared with what SFCC has. The mapping is in
`akeneo_assets.mapping`."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from akeneo_assets import checks
from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.item_assets import PROGRESS_SECONDS, maps_everything, note_missing, the_window
from akeneo_assets.assets.media_assets import media, product_media
from akeneo_assets.assets.structure_assets import STRUCTURE_KEYS
from akeneo_assets.errors import needed
from akeneo_assets.loads.identities import Models
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.mapping_run import HELD_BACK, MappingRun, quarantined
from akeneo_assets.loads.media_files import file_records, missing
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.loads.record_files import RecordFiles, record_files, write_gone
from akeneo_assets.mapping.attribute_definitions import attribute_problems, definitions
from akeneo_assets.mapping.categories import categories as map_categories
from akeneo_assets.mapping.content import content_definitions, contents
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.mapping.prices import price_books as map_price_books
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.tables import table_structures
from akeneo_assets.resources import Connector, checked_structure, clear_failures, root_run
from akeneo_assets.store import TableWriter, rows
from sfcc_resources import records as sfcc

GROUP = "sfcc_records"
QUARANTINE_ROWS = 100  # people look for a product's name and reason here


def records_metadata(files: list[Path]) -> dict[str, Any]:
    """Metadata of one or more record files."""
    found: dict[str, Any] = {}
    for file in files:
        found |= table_metadata(file, "" if len(files) == 1 else file.stem[3:])
    return found or {"dagster/row_count": 0}


def structure_folder(connector: Connector, context: dg.AssetExecutionContext, name: str) -> Path:
    """Where a run keeps what it makes of the PIM's lists; the same for a retry."""
    return connector.store.structure(name, root_run(context))


@dg.asset(key=["sfcc", "attribute_definitions"], deps=STRUCTURE_KEYS, group_name=GROUP, kinds={"parquet"})
def attribute_definitions(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """Attribute definitions with their options and labels, the groups that show them in Business Manager, and the structure
    of tables."""
    with clear_failures():
        folder = structure_folder(connector, context, "attribute_definitions")
        settings, structure = connector.settings, checked_structure(context, connector)
        with RecordFiles(folder) as files:
            for rows_of in (definitions, content_definitions, table_structures):
                files.write(rows_of(settings, structure))
        for problem in attribute_problems(settings, structure):
            context.log.warning(f"Attribute {problem.key}: {problem.reason}.")
    context.log.info(f"Mapped {files.counts.get(sfcc.ATTRIBUTE_DEFINITION, 0):,} attribute definitions.")
    return dg.MaterializeResult(metadata=records_metadata(record_files(folder)))


@dg.asset(key=["sfcc", "price_books"], deps=STRUCTURE_KEYS, group_name=GROUP, kinds={"parquet"})
def price_books(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """One price book header for each currency; prices come with products."""
    with clear_failures():
        folder = structure_folder(connector, context, "price_books")
        with RecordFiles(folder) as files:
            files.write(map_price_books(connector.settings, checked_structure(context, connector)))
    return dg.MaterializeResult(metadata=records_metadata(record_files(folder)))


@dg.asset(key=["sfcc", "media_files"], deps=[media], group_name=GROUP, kinds={"parquet"})
def media_files(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """The images as static files of the catalog."""
    with clear_failures():
        folder = structure_folder(connector, context, "media_files")
        with RecordFiles(folder) as files:
            found = needed(structure_folder(connector, context, "media") / "media.parquet", "akeneo/media")
            files.write(file_records(found, connector.settings))
    return dg.MaterializeResult(metadata=records_metadata(record_files(folder)))


@dg.asset(key=["sfcc", "content"], deps=[*STRUCTURE_KEYS, media, product_media], group_name=GROUP, kinds={"parquet"})
def content(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """Records of reference entities as content assets of a library, where connector.yaml asks for them."""
    with clear_failures():
        folder = structure_folder(connector, context, "content")
        found, problems, _ = contents(connector.settings, checked_structure(context, connector, media=missing(connector.store)))
        with RecordFiles(folder) as files:
            files.write(found)
    for problem in problems:
        context.log.warning(f"Record {problem.key}: {problem.reason}.")
    return dg.MaterializeResult(metadata=records_metadata(record_files(folder)) | {"left out": len(problems)})


@dg.asset(
    key=["sfcc", "categories"],
    deps=[["akeneo", "product_load"], product_media],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"parquet"},
)
def categories(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """The categories of the trees exported."""
    with clear_failures():
        folder = connector.store.load(the_window(context, connector).key) / "categories"
        found, problems = map_categories(
            connector.settings, connector.structure(root_run(context), media=missing(connector.store))
        )
        with RecordFiles(folder) as files:
            files.write(found)
    for problem in problems:
        named = ", ".join(filter(None, (problem.key, problem.attribute)))
        context.log.warning(f"{problem.kind.capitalize()} {named}: {problem.reason}.")
    context.log.info(f"Mapped {files.counts.get(sfcc.CATEGORY, 0):,} categories.")
    return dg.MaterializeResult(metadata=records_metadata(record_files(folder)))


_MAPPED = {
    "products": ("Simple products, masters, variants, bundles and sets.", (sfcc.PRODUCT, "master", "collection")),
    "category_assignments": ("Which product stands in which category.", (sfcc.CATEGORY_ASSIGNMENTS,)),
    "recommendations": (
        "Associations as recommendations, or as product links.",
        (sfcc.PRODUCT_LINKS, sfcc.RECOMMENDATIONS),
    ),
    "prices": ("Price tables, one for each product and price book.", (sfcc.PRICE_TABLE,)),
}


@dg.multi_asset(
    specs=[
        *(
            dg.AssetSpec(["sfcc", name], description=description, deps=[["akeneo", "changes"], ["akeneo", "product_media"]])
            for name, (description, _) in _MAPPED.items()
        ),
        dg.AssetSpec(
            ["sfcc", "held_back"], description="The quarantine: what did not reach SFCC, and why.", deps=[["akeneo", "changes"]]
        ),
    ],
    check_specs=[checks.spec(checks.NOTHING_HELD_BACK, "sfcc", "held_back")],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    name="map_products",
)
def map_products(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Map the load's products and masters, streamed."""
    with clear_failures():
        window = the_window(context, connector)
        store, folder = connector.store, connector.store.load(window.key)
        structure = connector.structure(root_run(context), media=note_missing(store, window.key))
        told = time.monotonic()

        def tell(count: int) -> None:
            nonlocal told
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                context.log.info(f"Mapped {count:,} products.")

        with RecordFiles(folder / "records") as files, TableWriter(folder / "held_back.parquet", HELD_BACK) as problems:
            mirror, mapping = Mirror.of(store, window), ProductMapping(connector.settings, structure)
            run = MappingRun(store, folder, mirror, Models(store, mirror), mapping, maps_everything(store, window.key), tell)
            run.write(files, problems)
            for problem in map_categories(connector.settings, structure)[1]:
                problems.write(quarantined(problem, problem.key, held_back=not problem.attribute))
        gone = write_gone(store, Ledger(store), folder / "records", folder / "gone", handed_over(connector.settings))
    context.log.info(f"Mapped {run.products:,} products and {run.masters:,} masters; {problems.count:,} notes in the quarantine.")
    told_more = {
        "category_assignments": {"in categories not exported": run.unassigned},
        "products": {"left out by the settings": run.left_out, "texts trimmed at their edges": run.trimmed},
    }
    for name, (_, kinds) in _MAPPED.items():
        told_more.setdefault(name, {})["no longer"] = sum(gone.get(kind, 0) for kind in kinds)
        metadata = records_metadata(record_files(folder / "records", *kinds)) | told_more.get(name, {})
        yield dg.MaterializeResult(asset_key=["sfcc", name], metadata=metadata)
    held = checks.nothing_held_back(["sfcc", "held_back"], *_reasons(folder / "held_back.parquet"))
    yield dg.MaterializeResult(
        asset_key=["sfcc", "held_back"],
        metadata=table_metadata(folder / "held_back.parquet", sample_rows=QUARANTINE_ROWS),
        check_results=[held],
    )


def _reasons(held_back: Path) -> tuple[int, Counter[str]]:
    """How many whole objects are held back, and how often each kind of reason (names of objects left out) comes."""
    objects, reasons = 0, Counter[str]()
    for row in rows([held_back], ["held_back", "reason"]):
        objects += row["held_back"]
        reasons[re.sub(r"'[^']*'", "...", row["reason"])] += 1
    return objects, reasons


RECORD_ASSETS = [attribute_definitions, price_books, media_files, content, categories, map_products]
