"""Media as assets: all images (job 2), and those that a load's products show. `loads.media_files` fetches them."""

from collections.abc import Iterable, Iterator

from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.item_assets import LOAD_GROUP
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.loads.media_files import MEDIA_FILE, fetch, forget_damaged, missing
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.loads.shown_media import shown_by_load, shown_in_pim
from sfcc_resources.archive_paths import safe_name

_BESIDE_PRODUCTS = ("assets", "asset_attributes", "asset_families", "categories", "records", "reference_entity_attributes")
_LISTS = [f"akeneo/{name}" for name in ("attributes", "channels", *_BESIDE_PRODUCTS)]


def _fetched(step: Step, name: str, wanted: Iterable[str]) -> Done:
    folder, run = step.package.media(name), safe_name(step.package.name)
    counts = fetch(step.store, step.connector.pim, wanted, run, folder, step.tell)
    return dict(counts), [folder / MEDIA_FILE]


def _show(key: str, name: str, step: Step, report: Report) -> Iterator[Result]:
    yield result(key, table_metadata(step.package.media(name) / MEDIA_FILE) | report)


def _look_again(step: Step) -> None:
    forget_damaged(step.store, safe_name(step.package.name), step.tell)


def _fetch_all(step: Step) -> Done:
    _look_again(step)
    structure = step.connector.checked_structure(step.package)
    report, files = _fetched(step, "media", shown_in_pim(step.connector.pim, step.settings, structure))
    step.tell(f"{report['wanted']:,} images, {report['missing']:,} of them the PIM could not give.")
    return report, files


media = step_asset(
    "media",
    [
        spec(
            "akeneo/media",
            "All images that products and models of the settings' filters show: read from their image attributes alone, and "
            "fetched where they are new.",
            deps=["akeneo/pim", *_LISTS],
            group="akeneo_media",
            jobs="2",
        )
    ],
    _fetch_all,
    lambda step, report: _show("akeneo/media", "media", step, report),
)


def _fetch_missing(step: Step) -> Done:
    step.package.needs("items")
    if step.load.window.whole:
        _look_again(step)
    lost, load = missing(step.store), step.load
    if not lost or load.previous is None:
        return _fetched(step, "missing_media", ())
    # By the ids of the load before: whose ids are new is mapped and asked for in any case.
    shown = shown_by_load(step.package, load.previous, load.mirror, step.settings, step.structure)
    return _fetched(step, "missing_media", (key for key in shown if key in lost))


missing_media = step_asset(
    "missing_media",
    [
        spec(
            "akeneo/missing_media",
            "What the PIM could not give so far and something still shows, asked for again: who shows what it gives now is "
            "mapped.",
            deps=["akeneo/product_load", "akeneo/media_references", *_LISTS],
            group=LOAD_GROUP,
            jobs="3",
        )
    ],
    _fetch_missing,
    lambda step, report: _show("akeneo/missing_media", "missing_media", step, report),
    of_load=True,
)


def _fetch_of_products(step: Step) -> Done:
    package, load = step.package, step.load
    package.needs("changes")
    everything = (package.report("changes") or {})["everything"] is not None
    shown = shown_by_load(package, package, load.mirror, step.settings, step.structure, everything=everything)
    return _fetched(step, "product_media", shown)


product_media = step_asset(
    "product_media",
    [
        spec(
            "akeneo/product_media",
            "The images of the products that this load maps, fetched where they are new.",
            deps=["akeneo/changes", "akeneo/media_references", *_LISTS],
            group=LOAD_GROUP,
            jobs="3",
        )
    ],
    _fetch_of_products,
    lambda step, report: _show("akeneo/product_media", "product_media", step, report),
    of_load=True,
)

MEDIA_ASSETS = [media, missing_media, product_media]
