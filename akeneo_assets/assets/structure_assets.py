"""The PIM's lists as assets, a snapshot a run. What they are is in `akeneo_assets.structure.pim_lists`."""

from collections.abc import Iterator

import dagster as dg

from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.connection_asset import connection
from akeneo_assets.resources import Connector, clear_failures, root_run
from akeneo_assets.structure.pim_lists import PIM_LISTS, PimList, read_list, snapshot


def structure_key(name: str) -> dg.AssetKey:
    """The asset of a list."""
    return dg.AssetKey(["akeneo", name])


def _spec(pim_list: PimList) -> dg.AssetSpec:
    return dg.AssetSpec(
        structure_key(pim_list.name),
        deps=[connection, *(structure_key(name) for name in pim_list.needs)],
        description=pim_list.description,
        group_name="akeneo_lists",
        kinds={"parquet"},
    )


@dg.multi_asset(specs=[_spec(pim_list) for pim_list in PIM_LISTS], can_subset=True, name="read_lists")
def read_lists(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Read the lists that are asked for, one after the other. One step: twenty of their own would cost more than the reading."""
    read: dict[str, int] = {}
    for pim_list in PIM_LISTS:
        key = structure_key(pim_list.name)
        if key in context.selected_asset_keys:
            with clear_failures():
                read[pim_list.name] = read_list(connector.store, pim_list, connector.pim, root_run(context)).count
            path = snapshot(connector.store, pim_list.name, root_run(context))
            yield dg.MaterializeResult(asset_key=key, metadata=table_metadata(path))
    found = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in read.items() if count)
    context.log.info(f"Read the PIM's lists: {found or 'all empty'}.")


STRUCTURE_KEYS = [structure_key(pim_list.name) for pim_list in PIM_LISTS]
