"""XML feeds and archives as assets, one for each kind of import. How they come about is in `akeneo_assets.loads.batches`."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from akeneo_assets import checks
from akeneo_assets.assets.asset_metadata import markdown
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.batches import BatchWriter, Contents, Written
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Done, Package, Report
from akeneo_assets.loads.plan_difference import moved_sentence, moved_since
from akeneo_assets.loads.record_files import defined_attributes, former_price_books, read_records, record_files
from akeneo_assets.loads.window import last_outcome
from akeneo_assets.mapping.emptied import handed_over
from sfcc_resources import records as sfcc

GROUP = "sfcc_feeds"
MIB = 1024 * 1024
OF_LOAD = [
    f"sfcc/{name}"
    for name in (
        "attribute_definitions",
        "product_files",
        "price_books",
        "content",
        "catalog_header",
        "categories",
        "products",
        "category_assignments",
        "recommendations",
        "prices",
        "retired",
    )
]
"""What the difference of a load is made of."""


def batch_writer(step: Step) -> BatchWriter:
    """The writer of an import's archives. They are called after the load, or after the job and its run."""
    package = step.package
    name = package.name if package.kind else f"{package.folder.parent.name.removesuffix('_pricebook')}-{package.name[:8]}"
    return BatchWriter(package, f"akeneo-{name}", step.settings.delivery.archive_limit_mb * MIB, step.connector.schemas)


def _groups(package: Package, *names: str, everything: bool = False) -> list[tuple[Sequence[Path], bool]]:
    """Groups of records that this import has mapped. Raises ConnectorError where one isn't."""
    package.needs(*names)
    return [(record_files(package.records(name)), everything) for name in names]


def _of_attributes(step: Step) -> Contents:
    return Contents(_groups(step.package, "attribute_definitions"))


def _of_media(step: Step) -> Contents:
    groups = _groups(step.package, "media_files", "price_books", "content")
    step.package.needs("attribute_definitions")
    return Contents(
        groups,
        handed_over=handed_over(step.settings),
        defined=defined_attributes(step.package),
        libraries=[step.settings.reference_entities.library],
    )


def contents_of_load(step: Step) -> Contents:
    """What SFCC lacks of the load's objects (a full load: all of them), with the definitions, media and price books that they
    need."""
    package, window = step.package, step.load.window
    package.needs("product_files", "categories", "products", "retired")
    changes = package.report("changes") or {}
    # Products' values are gone of an attribute that is defined anew: all is sent again, and the ledger learns its definition.
    redefined = bool(changes["redefined"])
    everything = window.kind == "full" or redefined or _taken_back(step)
    books: Any = dict(read_records(package.records("price_books"), sfcc.PRICE_BOOK))
    books |= former_price_books(Ledger(step.store), books)
    products = [path for group in ("products", "gone", "unlinked") for path in record_files(package.records(group))]
    return Contents(
        [
            *_groups(package, "attribute_definitions", everything=redefined),
            *_groups(package, "product_files", "price_books", "content"),
            *_groups(package, "catalog_header", "categories", everything=everything),
            # In SFCC's order, the deletions of what products no longer have among them.
            (sorted(products, key=lambda path: path.name), everything),
        ],
        retired=record_files(package.records("retired")),
        held=package.absences if package.absences.exists() else None,
        price_books=books,
        handed_over=handed_over(step.settings),
        defined=defined_attributes(package),
        libraries=[step.settings.reference_entities.library],
    )


def _taken_back(step: Step) -> bool:
    """Whether something is owned again that was handed over to merchants: what they made of it the ledger can't know."""
    outcome = last_outcome(step.store)
    return outcome is not None and not set(outcome.handed_over) <= set(handed_over(step.settings))


def _refuse_moved(step: Step) -> None:
    """Make sure that a load that applies a plan sends what the plan says. Raises ConnectorError: it doesn't, and nobody has said
    to send it anyway."""
    name = step.package.applies
    moved = moved_since(Package.of_load(step.store, name), step.package)
    if moved and not step.connector.anyway:
        raise ConnectorError(
            f"Nothing was sent. {moved_sentence(name, moved)} Make a new plan, or send it all the same: "
            f"akeneo-sfcc apply {name} --anyway (in the UI: resources.connector.config.anyway of a new load)."
        )
    if moved:
        step.warn(moved_sentence(name, moved))


def _feed_asset(
    name: str, description: str, contents: Callable[[Step], Contents], *, deps: Sequence[str], jobs: str, of_load: bool = False
) -> dg.AssetsDefinition:
    def work(step: Step) -> Done:
        written = batch_writer(step).write(contents(step))
        if step.package.applies:
            _refuse_moved(step)
        step.tell(_sentence(written))
        for (kind, field), count in written.kept.items():
            step.warn(
                f"SFCC keeps the {field} of {count:,} {kind}, since it has no way to clear it: map a constant, or edit it there."
            )
        package = step.package
        files = [path for feed in written.feeds for path in (feed.path, feed.manifest)]
        files += [path for archive in written.archives for path in (archive.path, archive.manifest)]
        return _report(written), [package.to_send, package.links, package.feeds_file, *files]

    def show(step: Step, report: Report) -> Iterator[Result]:
        metadata = {
            "path": dg.MetadataValue.path(str(step.package.folder.absolute())),
            "files": markdown(pd.DataFrame(report["files"], columns=["file", "objects", "bytes"]), intfmt=","),
            "archives": dg.MetadataValue.json(report["archives"]),
            **{f"{kind} sent": count for kind, count in report["sent"].items()},
            **{f"{kind} unchanged": count for kind, count in report["unchanged"].items()},
            "validated": step.connector.schemas is not None,
        }
        yield result(f"sfcc/{name}", metadata, checks.wrote_all(["sfcc", name], report["sent"], report["in_archives"]))

    return step_asset(
        name,
        [spec(f"sfcc/{name}", description, deps=deps, group=GROUP, jobs=jobs, kinds=("xml",))],
        work,
        show,
        of_load=of_load,
        checks=[checks.spec(checks.WROTE_ALL, "sfcc", name, blocking=True)],
    )


def _report(written: Written) -> Report:
    return {
        "files": [[feed.name, feed.objects, feed.bytes] for feed in written.feeds],
        "archives": [archive.name for archive in written.archives],
        "sent": written.sent,
        "unchanged": written.unchanged,
        "in_archives": written.in_archives,
    }


def _sentence(written: Written) -> str:
    if not written.sent:
        return "SFCC has everything already: nothing to send."
    counts = ", ".join(f"{count:,} {kind}" for kind, count in written.sent.items())
    return f"Wrote {counts} into {len(written.feeds)} XML files and {len(written.archives)} archives."


attribute_feeds = _feed_asset(
    "attribute_feeds",
    "Attribute definitions that SFCC lacks or has otherwise, as metadata XML in an archive.",
    _of_attributes,
    deps=["sfcc/attribute_definitions"],
    jobs="1",
)
media_pricebook_feeds = _feed_asset(
    "media_pricebook_feeds",
    "Images and price book headers that SFCC lacks, in archives. Never a product or a price.",
    _of_media,
    deps=["sfcc/media_files", "sfcc/price_books", "sfcc/content", "sfcc/attribute_definitions"],
    jobs="2",
)
product_feeds = _feed_asset(
    "product_feeds",
    "What SFCC lacks of the load's objects (a full load: all of them), with the definitions, media and price books that they "
    "need.",
    contents_of_load,
    deps=OF_LOAD,
    jobs="3",
    of_load=True,
)

FEED_ASSETS = [attribute_feeds, media_pricebook_feeds, product_feeds]
