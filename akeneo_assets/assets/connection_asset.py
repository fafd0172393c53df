"""The preflight step of every job: both ends answer, and the PIM has what the settings name. Nothing is read or sent before."""

import dagster as dg

from akeneo_assets.assets.external_assets import PIM
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.pim.probe import check_connection
from akeneo_assets.resources import Connector, clear_failures
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sitearchive import IMPORT


@dg.asset(
    key=["akeneo", "connection"],
    deps=[PIM],
    group_name="akeneo_lists",
    description="Both ends answer, the credentials are good, the store is there, the PIM knows the channels of connector.yaml.",
)
def connection(connector: Connector) -> dg.MaterializeResult[None]:
    """Check everything that can be checked before work starts, so that a wrong setting costs seconds and sends nothing."""
    with clear_failures():
        settings, store = connector.settings, connector.store
        channels = [site.channel for site in settings.organization.sites]
        info = check_connection(connector.pim, channels)
        job_executions.search(connector.sfcc, IMPORT)
        Ledger(store).belongs_to(connector.ends)
    return dg.MaterializeResult(
        metadata={
            **connector.ends,
            "version": info.version,
            "edition": info.edition,
            "store": dg.MetadataValue.path(str(store.root.absolute())),
            "channels": ", ".join(channels),
        }
    )
