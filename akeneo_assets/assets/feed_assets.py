"""XML feeds and archives as assets, one for each import. How they come about is in `akeneo_assets.loads.batches`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from akeneo_assets import checks
from akeneo_assets.assets.item_assets import redefined, the_window
from akeneo_assets.assets.record_assets import (
    attribute_definitions,
    categories,
    content,
    media_files,
    price_books,
    structure_folder,
)
from akeneo_assets.errors import ConnectorError, needed
from akeneo_assets.loads.batches import Plan, Written, write
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.media_files import file_records
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.loads.record_files import RecordFiles, former_price_books, record_files
from akeneo_assets.loads.window import last_outcome
from akeneo_assets.mapping.attribute_definitions import definitions as map_definitions
from akeneo_assets.mapping.catalog_header import catalog_header
from akeneo_assets.mapping.content import content_definitions
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.mapping.prices import price_books as map_price_books
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.resources import Connector, clear_failures, root_run
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources import records as sfcc
from sfcc_resources.xsd_check import invalid

GROUP = "sfcc_feeds"
MIB = 1024 * 1024


def import_name(job: str, run_id: str) -> str:
    """The name of a structure job's archives: short, and telling the run."""
    return f"akeneo-{job}-{run_id[:8]}"


@dg.asset(
    key=["sfcc", "attribute_feeds"],
    deps=[attribute_definitions],
    group_name=GROUP,
    kinds={"xml"},
    check_specs=[checks.spec(checks.WROTE_ALL, "sfcc", "attribute_feeds", blocking=True)],
)
def attribute_feeds(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Attribute definitions that SFCC lacks or has otherwise, as metadata XML in an archive."""
    with clear_failures():
        plan = Plan(_lists(context, connector, "attribute_definitions"))
    folder = structure_folder(connector, context, "attributes")
    yield _written(context, connector, folder, import_name("attributes", root_run(context)), plan)


@dg.asset(
    key=["sfcc", "media_pricebook_feeds"],
    deps=[media_files, price_books, content],
    group_name=GROUP,
    kinds={"xml"},
    check_specs=[checks.spec(checks.WROTE_ALL, "sfcc", "media_pricebook_feeds", blocking=True)],
)
def media_pricebook_feeds(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Images and price book headers that SFCC lacks, in archives. Never a product or a price."""
    with clear_failures():
        parts = _lists(context, connector, "media_files", "price_books", "content")
        settings = connector.settings
        plan = Plan(
            parts,
            handed_over=handed_over(settings),
            defined=_defined(settings, connector.structure(root_run(context))),
            libraries=[settings.reference_entities.library],
        )
    folder = structure_folder(connector, context, "media_pricebook")
    yield _written(context, connector, folder, import_name("media", root_run(context)), plan)


@dg.asset(
    key=["sfcc", "product_feeds"],
    deps=[
        attribute_definitions,
        price_books,
        content,
        categories,
        *(["sfcc", name] for name in ("products", "category_assignments", "recommendations", "prices")),
    ],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"xml"},
    check_specs=[checks.spec(checks.WROTE_ALL, "sfcc", "product_feeds", blocking=True)],
)
def product_feeds(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """What SFCC lacks of the load's objects (a full load: all of them), with the definitions, media and price books that they
    need."""
    with clear_failures():
        window = the_window(context, connector)
        folder = connector.store.load(window.key)
        structure = connector.structure(root_run(context))
        with RecordFiles(folder / "files") as files:
            found = needed(folder / "media" / "media.parquet", "akeneo/product_media")
            files.write(file_records(found, connector.settings))
            header = catalog_header(connector.settings, resolve(connector.settings, structure).all_locales)
            if header is not None:
                files.write([(sfcc.CATALOG_HEADER, header["id"], header)])
        (definitions, _), *others = _lists(context, connector, "attribute_definitions", "price_books", "content")
        # Products' values are gone of an attribute that is defined anew: all is sent again, and the ledger learns its definition.
        anew = redefined(connector.store, window.key)
        everything = window.kind == "full" or anew or _taken_back(connector)
        parts = [
            (definitions, anew),
            (record_files(folder / "files", sfcc.FILE), False),
            *others,
            (record_files(folder / "files", sfcc.CATALOG_HEADER), everything),
            (record_files(needed(folder / "categories", "sfcc/categories")), everything),
            (_with_gone(folder), everything),
        ]
        books: Any = {
            container: record
            for kind, container, record in map_price_books(connector.settings, structure)
            if kind == sfcc.PRICE_BOOK
        }
        books |= former_price_books(Ledger(connector.store), books)
        plan = Plan(
            parts,
            price_books=books,
            handed_over=handed_over(connector.settings),
            defined=_defined(connector.settings, structure),
            libraries=[connector.settings.reference_entities.library],
        )
    yield _written(context, connector, folder, f"akeneo-{window.key}", plan)


def _lists(context: dg.AssetExecutionContext, connector: Connector, *names: str) -> list[tuple[list[Path], bool]]:
    """The records that this run made of the PIM's lists, by their assets' names, as parts of a `Plan`: sent where SFCC lacks
    them."""
    return [(record_files(needed(structure_folder(connector, context, name), f"sfcc/{name}")), False) for name in names]


def _defined(settings: ConnectorSettings, structure: Structure) -> dict[str, dict[str, sfcc.Record]]:
    rows = {sfcc.PRODUCT: map_definitions(settings, structure), sfcc.CONTENT: content_definitions(settings, structure)}
    return {of: {one["id"]: one for kind, _, one in made if kind == sfcc.ATTRIBUTE_DEFINITION} for of, made in rows.items()}


def _taken_back(connector: Connector) -> bool:
    """Whether something is owned again that was handed over to merchants: what they made of it the ledger can't know."""
    left = last_outcome(connector.store)
    return left is not None and not set(left.handed_over) <= set(handed_over(connector.settings))


def _with_gone(folder: Path) -> list[Path]:
    """A load's product side in SFCC's order, the deletions of what its products no longer have among it."""
    mapped = [needed(folder / name, "sfcc/products") for name in ("records", "gone")]
    return sorted((path for one in mapped for path in record_files(one)), key=lambda path: path.name)


def _written(
    context: dg.AssetExecutionContext, connector: Connector, folder: Path, name: str, plan: Plan
) -> dg.MaterializeResult[None]:
    with clear_failures():
        made = write(connector.store, folder, name, plan, connector.settings.delivery.archive_limit_mb * MIB)
        if connector.schemas and (wrong := invalid(made.feeds, connector.schemas)):
            raise ConnectorError("Nothing was sent, since SFCC's schemas refuse what was written: " + "; ".join(wrong))
    context.log.info(_sentence(made))
    for (kind, field), count in made.kept.items():
        context.log.warning(
            f"SFCC keeps the {field} of {count:,} {kind}, since it has no way to clear it: map a constant, or edit it there."
        )
    return dg.MaterializeResult(
        metadata=_metadata(folder, made) | {"validated": connector.schemas is not None},
        check_results=[checks.wrote_all(made.sent, made.in_archives)],
    )


def _sentence(made: Written) -> str:
    if not made.sent:
        return "SFCC has everything already: nothing to send."
    counts = ", ".join(f"{count:,} {kind}" for kind, count in made.sent.items())
    return f"Wrote {counts} into {len(made.feeds)} XML files and {len(made.archives)} archives."


def _metadata(folder: Path, made: Written) -> dict[str, Any]:
    lines = [f"| {feed.name} | {feed.objects:,} | {feed.bytes:,} |" for feed in made.feeds]
    return {
        "path": dg.MetadataValue.path(str(folder.absolute())),
        "files": dg.MetadataValue.md("\n".join(["| file | objects | bytes |", "|---|---|---|", *lines])),
        "archives": dg.MetadataValue.json([archive.name for archive in made.archives]),
        **{f"{kind} sent": count for kind, count in made.sent.items()},
        **{f"{kind} unchanged": count for kind, count in made.unchanged.items()},
    }


FEED_ASSETS = [attribute_feeds, media_pricebook_feeds, product_feeds]
