"""The PIM's lists as assets: one each, a snapshot a run. What they are is in `akeneo_assets.lookups`."""

import dagster as dg

from akeneo_assets.assets.connection import connection
from akeneo_assets.assets.metadata import table_metadata
from akeneo_assets.lookups import LOOKUPS, Lookup, read_lookup, snapshot
from akeneo_assets.resources import Connector, clear_failures, root_run


def lookup_key(name: str) -> dg.AssetKey:
    """The asset of a list."""
    return dg.AssetKey(["akeneo", name])


def _asset(lookup: Lookup) -> dg.AssetsDefinition:
    @dg.asset(
        key=lookup_key(lookup.name),
        deps=[connection, *(lookup_key(name) for name in lookup.needs)],
        description=lookup.description,
        group_name="akeneo_lists",
        kinds={"parquet"},
    )
    def read(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
        with clear_failures():
            count = read_lookup(connector.store, lookup, connector.pim, root_run(context))
        context.log.info(f"Read {count:,} {lookup.name.replace('_', ' ')} from the PIM.")
        return dg.MaterializeResult(metadata=table_metadata(snapshot(connector.store, lookup.name, root_run(context))))

    return read


LOOKUP_ASSETS = [_asset(lookup) for lookup in LOOKUPS]
LOOKUP_KEYS = [lookup_key(lookup.name) for lookup in LOOKUPS]
