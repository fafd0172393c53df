"""Which media an import needs: those that products, models, assets, categories and records show by the settings.

Belongs here: the keys of these media. Doesn't: fetching them (`media_files`), how an image becomes an image group
(`akeneo_assets.mapping.images`).
"""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

import pyarrow as pa

from akeneo_assets.loads.item_reading import WALK_PARAMS
from akeneo_assets.loads.mirror import Mirror, media_rows
from akeneo_assets.loads.package import Package
from akeneo_assets.mapping.asset_manager import asset_media
from akeneo_assets.mapping.attribute_definitions import selected
from akeneo_assets.mapping.categories import category_media
from akeneo_assets.mapping.content import contents
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.linked_values import asset_reader
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.pim.partial import whole_page_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint, walk
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import sql_files
from akeneo_assets.structure.pim_structure import Structure


def media_attributes(settings: ConnectorSettings, structure: Structure) -> frozenset[str]:
    """Codes of the attributes whose files SFCC gets: those imported, and those shown under a view type; of files alone where
    images lie outside SFCC."""
    types = ("file",) if settings.images.external_location else ("image", "file")
    named = (structure.attribute(code) for view in settings.images.view_types for code in view.attributes)
    shown = chain(selected(settings, structure), named)
    return frozenset(attribute.code for attribute in shown if attribute and attribute.type in types)


def shown_beside_products(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """The media of assets, categories and records: few against products', so that any job looks at all of them."""
    yield from asset_media(settings, asset_reader(Frame(settings, structure, resolve(settings, structure))))
    yield from category_media(settings, structure)
    yield from contents(settings, structure)[2]


def shown_in_pim(client: PimClient, settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """The media of all that the PIM holds and the settings don't leave out, read from the image attributes alone (job 2)."""
    yield from shown_beside_products(settings, structure)
    attributes, mapping = media_attributes(settings, structure), ProductMapping(settings, structure)
    families, filtered = settings.akeneo.families, bool(settings.products.filter or settings.products.model_filter)
    search = {"family": [{"operator": "IN", "value": [*families]}]} if families else {}
    asked = {*attributes, *mapping.filtered_by, *([structure.identifier] if structure.identifier and filtered else [])}
    params = {"attributes": ",".join(sorted(asked))}
    endpoints: tuple[Endpoint, ...] = ("product-models", "products-uuid")
    for endpoint in endpoints if attributes else ():
        more = WALK_PARAMS[endpoint] if filtered else {}
        for page in walk(client, endpoint, search, params=params | more, parse=whole_page_parser(attributes)):
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


def shown_by_load(
    package: Package,
    identified: Package,
    mirror: Mirror,
    settings: ConnectorSettings,
    structure: Structure,
    *,
    everything: bool = True,
    among: Collection[str] | None = None,
) -> Iterator[str]:
    """The media of the products that have an SFCC id by the load `identified`, and of what is few beside them.

    `everything`: of all of them; else of those among them that the load of `package` maps. `among`: of products only these media
    (None: all).
    """
    yield from shown_beside_products(settings, structure)
    attributes = media_attributes(settings, structure)
    chosen = f"SEMI JOIN (FROM read_parquet({sql_files([identified.identities])}) WHERE sfcc_id IS NOT NULL) USING (owner, key)"
    if not everything:
        chosen += f" SEMI JOIN read_parquet({sql_files([package.changes])}) USING (owner, key)"
    if among is not None:
        chosen += " SEMI JOIN among USING (media)"
    references = mirror.sql("media_references", "owner, key, attribute, media")
    asked = pa.table({"media": pa.array(sorted(among or ()), pa.string())})
    for batch in package.store.select(f"SELECT DISTINCT attribute, media FROM ({references}) {chosen}", among=asked):
        for reference in batch.to_pylist():
            if reference["attribute"] in attributes:
                yield reference["media"]
