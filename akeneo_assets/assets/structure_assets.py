"""The preflight and the PIM's lists as assets. Which lists there are is in `akeneo_assets.structure.pim_lists`."""

from collections.abc import Iterator

import dagster as dg

from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.external_assets import PIM
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.list_reading import list_step, read_list
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.pim.probe import check_connection
from akeneo_assets.resources import Connector, clear_failures, nothing_to_do
from akeneo_assets.structure.pim_lists import PIM_LISTS

GROUP = "akeneo_structure"
CONNECTION = "akeneo/connection"


def _connect(step: Step) -> Done:
    """Check everything that can be checked before work starts, so that a wrong setting costs seconds and sends nothing."""
    connector = step.connector
    channels = [site.channel for site in step.settings.organization.sites]
    info = check_connection(connector.pim, channels)
    connector.delivery.check()
    Ledger(step.store).belongs_to(connector.ends)
    return {**connector.ends, "version": info.version, "edition": info.edition, "channels": ", ".join(channels)}, []


def _show_connection(step: Step, report: Report) -> Iterator[Result]:
    yield result(CONNECTION, report | {"store": dg.MetadataValue.path(str(step.store.root.absolute()))})


connection = step_asset(
    "connection",
    [
        spec(
            CONNECTION,
            "Both ends answer, the credentials are good, the store is there, the PIM knows the channels of connector.yaml.",
            deps=[PIM.to_user_string()],
            group=GROUP,
            jobs="123",
            kinds=(),
        )
    ],
    _connect,
    _show_connection,
)


@dg.multi_asset(
    specs=[
        spec(
            f"akeneo/{pim_list.name}",
            pim_list.description,
            deps=[CONNECTION, *(f"akeneo/{name}" for name in pim_list.needs)],
            group=GROUP,
            jobs="123",
        )
        for pim_list in PIM_LISTS
    ],
    can_subset=True,
    name="read_lists",
)
def read_lists(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[Result]:
    """Read the lists that are asked for, one after the other. One step: twenty of their own would cost more than the reading."""
    with clear_failures():
        package = connector.package(context.run, context.instance)
        if done := nothing_to_do(package):
            context.log.info(done)
            return
    counts: dict[str, int] = {}
    for pim_list in PIM_LISTS:
        key = f"akeneo/{pim_list.name}"
        if dg.AssetKey.from_user_string(key) in context.selected_asset_keys:
            with clear_failures():
                counts[pim_list.name] = read_list(package, pim_list, connector.pim)
            yield result(key, table_metadata(package.pim_list(pim_list.name)))
    read = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    context.log.info(f"Read the PIM's lists: {read or 'all empty'}.")
    if all(package.report(list_step(pim_list.name)) is not None for pim_list in PIM_LISTS):
        with clear_failures():
            connector.checked_structure(package)


STRUCTURE_ASSETS = [connection, read_lists]
