"""The imports as assets: archives delivered, SFCC's answer kept. How they are sent is in `akeneo_assets.loads.sending`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from akeneo_assets import checks
from akeneo_assets.assets.feed_assets import attribute_feeds, media_pricebook_feeds, product_feeds
from akeneo_assets.assets.item_assets import reading_depends_on, the_window
from akeneo_assets.assets.record_assets import structure_folder
from akeneo_assets.errors import ConnectorError, needed
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.batches import FEEDS_FILE
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.loads.sending import COUNTS, Answer, send
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.resources import Connector, clear_failures, root_run
from akeneo_assets.settings.connector import fingerprint
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sfcc_errors import SfccError

GROUP = "sfcc_imports"


def _import(name: str, feeds: dg.AssetsDefinition, folder_name: str, description: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=["sfcc", name],
        deps=[feeds],
        group_name=GROUP,
        kinds={"salesforce"},
        description=description,
        check_specs=[checks.spec(checks.CONFIRMED_ALL, "sfcc", name)],
    )
    def imported(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
        with clear_failures():
            folder = structure_folder(connector, context, folder_name)
            needed(folder / FEEDS_FILE, feeds.key.to_user_string())
            answer = send(
                connector.store, connector.sfcc, folder, root_run(context), connector.settings.delivery, context.log.info
            )
        yield _result(folder, answer)

    return imported


attribute_import = _import(
    "attribute_import", attribute_feeds, "attributes", "Attribute definitions delivered, with SFCC's answer for each."
)
media_pricebook_import = _import(
    "media_pricebook_import",
    media_pricebook_feeds,
    "media_pricebook",
    "Images and price book headers delivered, with SFCC's answer for each.",
)


@dg.asset(
    key=["sfcc", "product_import"],
    deps=[product_feeds],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"salesforce"},
    check_specs=[checks.spec(checks.CONFIRMED_ALL, "sfcc", "product_import")],
)
def product_import(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """The load delivered, with SFCC's answer for each object. The load is then successful: the next one starts where it began
    to read.

    What SFCC refused does not make it unsuccessful: the ledger has it as refused, so that each load sends it again until SFCC
    takes it.
    """
    with clear_failures():
        window = the_window(context, connector)
        windows.refuse_if_overtaken(connector.store, window)
        folder = connector.store.load(window.key)
        needed(folder / FEEDS_FILE, product_feeds.key.to_user_string())
        answer = send(connector.store, connector.sfcc, folder, window.key, connector.settings.delivery, context.log.info)
        structure = connector.structure(root_run(context))
        left = windows.Outcome(
            structure.fingerprint(),
            fingerprint(connector.settings),
            reading_depends_on(connector.settings, structure),
            Ledger(connector.store).last,
            handed_over(connector.settings),
        )
        windows.succeed(connector.store, window.key, left)
    yield _result(folder, answer)
    with clear_failures():
        _follow_up(connector, answer, context.log.info)


def _follow_up(connector: Connector, answer: Answer, tell: Callable[[str], None]) -> None:
    """Start the customer's own job (index, replication) where something was sent and SFCC confirmed all of it; its end is not
    waited for.

    Raises:
        ConnectorError: it can't be started; the load is imported all the same.
    """
    job = connector.settings.delivery.follow_up_job
    if job is None or not answer["ok"] or not any(counts.get("sent") for counts in answer["objects"].values()):
        return
    try:
        execution = job_executions.start(
            connector.sfcc, job, {}, on_progress=tell, busy_limit=connector.settings.delivery.busy_minutes * 60
        )
    except SfccError as error:
        raise ConnectorError(f"The load is imported, but delivery.follow_up_job could not be started: {error}") from error
    tell(f"Started your job {job} in SFCC: execution {execution.id}.")


def _result(folder: Path, answer: Answer) -> dg.MaterializeResult[None]:
    lines = [
        f"| {kind} | " + " | ".join(f"{counts.get(c, 0):,}" for c in COUNTS) + " |" for kind, counts in answer["objects"].items()
    ]
    metadata: dict[str, Any] = {
        "path": dg.MetadataValue.path(str((folder / "import.json").absolute())),
        "objects": dg.MetadataValue.md(
            "\n".join([f"| objects | {' | '.join(COUNTS)} |", "|---" * (len(COUNTS) + 1) + "|", *lines])
        ),
        "warnings": answer["warnings"],
        "not confirmed": len(answer["exceptions"]),
    }
    return dg.MaterializeResult(metadata=metadata, check_results=[checks.confirmed_all(answer)])


IMPORT_ASSETS = [attribute_import, media_pricebook_import, product_import]
IMPORT_KEYS = [asset.key for asset in IMPORT_ASSETS]
