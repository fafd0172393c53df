"""The imports as assets: archives delivered, SFCC's answer kept. How they are sent is in `akeneo_assets.loads.sending`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import dagster as dg
import pandas as pd

from akeneo_assets import checks
from akeneo_assets.assets.asset_metadata import markdown, sample
from akeneo_assets.assets.feed_assets import batch_writer
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import confirmations
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.answers import COUNTS, Answer
from akeneo_assets.loads.file_retirement import delete_unshown
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.ledger_summary import LedgerSummary
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.loads.reading_inputs import reading_depends_on
from akeneo_assets.loads.sending import Sender, summary
from akeneo_assets.loads.vanished_codes import keep_codes_in_use
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.resources import Connector, clear_failures
from akeneo_assets.settings.connector import fingerprint
from akeneo_assets.waiting import tell_of_lock
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sfcc_errors import SfccError

GROUP = "sfcc_imports"


def _sender(step: Step) -> Sender:
    delivery = step.settings.delivery
    return Sender(
        step.package,
        step.connector.delivery,
        batch_writer(step),
        delivery.busy_minutes,
        step.tell,
        tuple(delivery.log_patterns),
        export=partial(step.connector.export, tell=step.tell),
        bisect_imports=delivery.bisect_imports,
        refuse_ended=lambda: step.connector.refuse_ended(step.context.run.run_id, step.context.instance),
        tell_waiting=tell_of_lock(step.context.run.run_id, step.context.instance, step.tell),
    )


def _import_structure(feeds: str) -> Callable[[Step], Done]:
    def work(step: Step) -> Done:
        step.package.needs(feeds)
        _sender(step).send()
        step.package.conclude()
        return {}, [step.package.answer_file]

    return work


def _import_load(step: Step) -> Done:
    """Deliver the load. It is then successful: the next one starts where it began to read.

    What SFCC refused does not make it unsuccessful: the ledger has it as refused, so that each load sends it again until SFCC
    takes it.
    """
    windows.refuse_if_overtaken(step.store, step.load.window)
    step.package.needs("product_feeds", "retired")
    sender = _sender(step)
    sender.send()
    files = delete_unshown(sender, [step.settings.reference_entities.library], step.warn)
    reading = reading_depends_on(step.settings, step.structure)
    outcome = windows.Outcome(
        step.structure.fingerprint(),
        fingerprint(step.settings),
        reading,
        Ledger(step.store).last,
        handed_over(step.settings),
        confirmations.how_many(step.store),
        windows.missed(step.store, reading),
    )
    keep_codes_in_use(step.store, step.load.window, step.settings, step.structure)
    windows.succeed(step.store, step.package.name, outcome)
    return dict(files), [step.package.answer_file, step.package.outcome_file]


def _show(name: str, step: Step, report: Report) -> Iterator[Result]:
    answer = summary(step.package) or {}
    table = pd.DataFrame.from_dict(answer["objects"], orient="index").reindex(columns=list(COUNTS)).fillna(0).astype(int)
    metadata = {
        "path": dg.MetadataValue.path(str(step.package.answer_file.absolute())),
        "objects": markdown(table.rename_axis("objects").reset_index(), intfmt=","),
        "warnings": answer["warnings"],
        "not confirmed": len(answer["exceptions"]),
        **report,
    }
    yield result(f"sfcc/{name}", metadata, checks.confirmed_all(["sfcc", name], answer))
    if step.fresh and step.package.kind:
        with clear_failures():
            _follow_up(step, answer)


def _follow_up(step: Step, answer: Answer) -> None:
    """Start the customer's own job (index, replication) where something was sent and SFCC confirmed all of it; its end is not
    waited for.

    Raises:
        ConnectorError: it can't be started; the load is imported all the same.
    """
    delivery = step.settings.delivery
    job = delivery.follow_up_job
    if job is None or not answer["ok"] or not any(counts.get("sent") for counts in answer["objects"].values()):
        return
    try:
        execution = job_executions.start(
            step.connector.sfcc, job, {}, on_progress=step.tell, busy_limit=delivery.busy_minutes * 60
        )
    except SfccError as error:
        raise ConnectorError(f"The load is imported, but delivery.follow_up_job could not be started: {error}") from error
    step.tell(f"Started your job {job} in SFCC: execution {execution.id}.")


def _import_asset(
    name: str, description: str, work: Callable[[Step], Done], *, feeds: str, jobs: str, of_load: bool = False
) -> dg.AssetsDefinition:
    return step_asset(
        name,
        [spec(f"sfcc/{name}", description, deps=[f"sfcc/{feeds}"], group=GROUP, jobs=jobs, kinds=("salesforce",))],
        work,
        lambda step, report: _show(name, step, report),
        of_load=of_load,
        checks=[checks.spec(checks.CONFIRMED_ALL, "sfcc", name)],
    )


attribute_import = _import_asset(
    "attribute_import",
    "Attribute definitions delivered, with SFCC's answer for each.",
    _import_structure("attribute_feeds"),
    feeds="attribute_feeds",
    jobs="1",
)
media_pricebook_import = _import_asset(
    "media_pricebook_import",
    "Images and price book headers delivered, with SFCC's answer for each.",
    _import_structure("media_pricebook_feeds"),
    feeds="media_pricebook_feeds",
    jobs="2",
)
product_import = _import_asset(
    "product_import",
    "The load delivered, with SFCC's answer for each object. The load is then successful: the next one starts where it began to "
    "read.",
    _import_load,
    feeds="product_feeds",
    jobs="3",
    of_load=True,
)

_IMPORTS = [attribute_import, media_pricebook_import, product_import]
IMPORT_KEYS = [key for asset in _IMPORTS for key in asset.keys]


@dg.multi_asset(
    name="ledger",
    specs=[
        spec(
            "sfcc/ledger",
            "What SFCC was given so far by all imports, with its verdict on each object.",
            deps=[key.to_user_string() for key in IMPORT_KEYS],
            group=GROUP,
            jobs="123",
        )
    ],
)
def ledger(connector: Connector) -> Result:
    """Of the whole store, not of one import: it shows the ledger as it is, whenever it is materialized."""
    with clear_failures():
        summary_now = LedgerSummary.of(Ledger(connector.store))
    counts = pd.DataFrame(summary_now.counts, columns=["type", "verdict", "objects"])
    return result(
        "sfcc/ledger",
        {
            "path": dg.MetadataValue.path(str(connector.store.ledger.absolute())),
            "dagster/row_count": int(counts["objects"].sum()),
            "not confirmed": int(counts.loc[counts["verdict"] != "confirmed", "objects"].sum()),
            "objects": markdown(counts, intfmt=","),
            "sample": sample(summary_now.sample, ["type", "id", "container", "verdict", "message", "load", "file"]),
        },
    )


@dg.asset_check(
    asset=dg.AssetKey(["sfcc", "product_import"]),
    name=checks.IMPORTED_LATELY,
    description=checks.description(checks.IMPORTED_LATELY),
)
def imported_lately(connector: Connector) -> dg.AssetCheckResult:
    """After each load, and when a person asks; in between the sensor `import_age` looks."""
    with clear_failures():
        last, max_age = windows.last_successful(connector.store), connector.settings.loads.max_age_hours
    passed, said = checks.imported_lately(last, datetime.now(UTC), max_age)
    return dg.AssetCheckResult(passed=passed, severity=dg.AssetCheckSeverity.ERROR, description=said)


IMPORT_ASSETS = [*_IMPORTS, ledger]
