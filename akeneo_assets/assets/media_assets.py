"""Media as assets: all images (job 2), and those that a load's products show. `loads.media_files` fetches them."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import dagster as dg

from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.item_assets import WALK_PARAMS, changes, maps_everything, the_window
from akeneo_assets.assets.structure_assets import STRUCTURE_KEYS
from akeneo_assets.loads.media_files import fetch, missing
from akeneo_assets.loads.mirror import Mirror, media_rows
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.asset_manager import asset_media
from akeneo_assets.mapping.attribute_definitions import selected
from akeneo_assets.mapping.categories import category_media
from akeneo_assets.mapping.content import contents
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.linked_values import asset_reader
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.pim.walk import Endpoint, walk
from akeneo_assets.resources import Connector, checked_structure, clear_failures, root_run
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import sql_files
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.feeds import safe_name

GROUP = "akeneo_media"


@dg.asset(key=["akeneo", "media"], deps=STRUCTURE_KEYS, group_name=GROUP, kinds={"parquet"})
def media(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """All images that products and models of the settings' filters show: read from their image attributes alone, and fetched
    where they are new."""
    with clear_failures():
        structure = checked_structure(context, connector)
        folder = connector.store.structure("media", root_run(context))
        counts = fetch(
            connector.store, connector.pim, _shown_in_pim(connector, structure), root_run(context), folder, context.log.info
        )
    context.log.info(f"{counts['wanted']:,} images, {counts['missing']:,} of them the PIM could not give.")
    return dg.MaterializeResult(metadata=table_metadata(folder / "media.parquet") | counts)


def media_attributes(settings: ConnectorSettings, structure: Structure) -> frozenset[str]:
    """Codes of the attributes whose files SFCC gets: those imported, and those shown under a view type; of files alone where
    images lie outside SFCC."""
    types = ("file",) if settings.images.external_location else ("image", "file")
    named = (structure.attribute(code) for view in settings.images.view_types for code in view.attributes)
    shown = chain(selected(settings, structure), named)
    return frozenset(attribute.code for attribute in shown if attribute and attribute.type in types)


def _shown_elsewhere(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """The media of assets, categories and records: small against products', so that any job looks at all of them."""
    yield from asset_media(settings, asset_reader(Frame(settings, structure, resolve(settings, structure))))
    yield from category_media(settings, structure)
    yield from contents(settings, structure)[2]


def _shown_in_pim(connector: Connector, structure: Structure) -> Iterator[str]:
    settings = connector.settings
    yield from _shown_elsewhere(settings, structure)
    attributes, mapping = media_attributes(settings, structure), ProductMapping(settings, structure)
    families, filtered = settings.akeneo.families, bool(settings.products.filter or settings.products.model_filter)
    search = {"family": [{"operator": "IN", "value": [*families]}]} if families else {}
    asked = {*attributes, *mapping.filtered_by, *([structure.identifier] if structure.identifier and filtered else [])}
    params = {"attributes": ",".join(sorted(asked))}
    endpoints: tuple[Endpoint, ...] = ("product-models", "products-uuid")
    for endpoint in endpoints if attributes else ():
        more = WALK_PARAMS[endpoint] if filtered else {}
        for page in walk(connector.pim, endpoint, search, params=params | more):
            for item in page:
                if not _left_out(mapping, item):
                    yield from (row["media"] for row in media_rows("", "", item, attributes))


def _left_out(mapping: ProductMapping, item: dict[str, Any]) -> bool:
    """Whether the settings leave a product or model out by what it says itself. What else does (its model, its id, conditions
    that only the PIM can decide) a load knows."""
    try:
        return (mapping.excluded(item) or mapping.outside_trees(item)) is not None
    except UnmappableError:
        return True


@dg.asset(
    key=["akeneo", "missing_media"],
    deps=[["akeneo", "product_load"], ["akeneo", "media_references"]],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"parquet"},
)
def missing_media(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """What the PIM could not give so far and something still shows, asked for again: who shows what it gives now is mapped."""
    with clear_failures():
        window = the_window(context, connector)
        lost = missing(connector.store)
        # Whose ids this load doesn't know yet: who is exported for the first time now is mapped and asked for in any case.
        shown = _shown(context, connector, window, window.previous) if lost and window.previous else ()
        return _fetched(context, connector, window, "missing_media", (key for key in shown if key in lost))


@dg.asset(
    key=["akeneo", "product_media"],
    deps=[changes, ["akeneo", "media_references"]],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"parquet"},
)
def product_media(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """The images of the products that this load maps, fetched where they are new."""
    with clear_failures():
        window = the_window(context, connector)
        everything = maps_everything(connector.store, window.key)
        changed = None if everything else connector.store.load(window.key) / "changes.parquet"
        return _fetched(context, connector, window, "media", _shown(context, connector, window, window.key, changed))


def _fetched(
    context: dg.AssetExecutionContext, connector: Connector, window: Window, name: str, wanted: Iterable[str]
) -> dg.MaterializeResult[None]:
    folder = connector.store.load(window.key) / name
    counts = fetch(connector.store, connector.pim, wanted, safe_name(window.key), folder, context.log.info)
    return dg.MaterializeResult(metadata=table_metadata(folder / "media.parquet") | counts)


def _shown(
    context: dg.AssetExecutionContext, connector: Connector, window: Window, identified: str, changed: Path | None = None
) -> Iterator[str]:
    """The media of all products that have an SFCC id by the load `identified`, or of those of them that `changed` names, and of
    what is small beside them."""
    store, settings, structure = connector.store, connector.settings, connector.structure(root_run(context))
    yield from _shown_elsewhere(settings, structure)
    attributes, mirror = media_attributes(settings, structure), Mirror.of(store, window)
    chosen = (
        f"SEMI JOIN (FROM read_parquet({sql_files([store.load(identified) / 'identities.parquet'])}) WHERE sfcc_id IS NOT NULL)"
    )
    chosen += " USING (owner, key)"
    if changed is not None:
        chosen += f" SEMI JOIN read_parquet({sql_files([changed])}) USING (owner, key)"
    references = mirror.sql("media_references", "owner, key, attribute, media")
    for batch in store.select(f"SELECT DISTINCT attribute, media FROM ({references}) {chosen}"):
        for row in batch.to_pylist():
            if row["attribute"] in attributes:
                yield row["media"]
