"""The PIM's lists as assets, a snapshot a run. What they are is in `akeneo_assets.lookups`."""

from collections.abc import Iterator

import dagster as dg

from akeneo_assets.assets.connection import connection
from akeneo_assets.assets.metadata import table_metadata
from akeneo_assets.lookups import LOOKUPS, Lookup, read_lookup, snapshot
from akeneo_assets.resources import Connector, clear_failures, root_run


def lookup_key(name: str) -> dg.AssetKey:
    """The asset of a list."""
    return dg.AssetKey(["akeneo", name])


def _spec(lookup: Lookup) -> dg.AssetSpec:
    return dg.AssetSpec(
        lookup_key(lookup.name),
        deps=[connection, *(lookup_key(name) for name in lookup.needs)],
        description=lookup.description,
        group_name="akeneo_lists",
        kinds={"parquet"},
    )


@dg.multi_asset(specs=[_spec(lookup) for lookup in LOOKUPS], can_subset=True, name="read_lists")
def read_lists(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Read the lists that are asked for, one after the other. One step: twenty of their own would cost more than the reading."""
    read: dict[str, int] = {}
    for lookup in LOOKUPS:
        key = lookup_key(lookup.name)
        if key in context.selected_asset_keys:
            with clear_failures():
                read[lookup.name] = read_lookup(connector.store, lookup, connector.pim, root_run(context))
            path = snapshot(connector.store, lookup.name, root_run(context))
            yield dg.MaterializeResult(asset_key=key, metadata=table_metadata(path))
    found = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in read.items() if count)
    context.log.info(f"Read the PIM's lists: {found or 'all empty'}.")


LOOKUP_KEYS = [lookup_key(lookup.name) for lookup in LOOKUPS]
