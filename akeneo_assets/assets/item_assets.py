"""The product side of the PIM as assets, one partition a load: the window, products and models, and what of them is mapped."""

from collections.abc import Iterator
from typing import Any

from akeneo_assets import checks
from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.changes import REASONS
from akeneo_assets.loads.item_reading import by_name_files, raw_files, read_items
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.loads.reading_inputs import reading_depends_on
from akeneo_assets.loads.to_map import find_what_to_map

GROUP = "akeneo_items"
LOAD_GROUP = "load"

_READ_BY_WINDOW = ("channels", "attributes", "attribute_options", "association_types", "families", "locales", "currencies")


def _fix_window(step: Step) -> Done:
    kind = step.package.kind
    structure = step.connector.checked_structure(step.package)
    window = windows.fix(
        step.store,
        step.package.name,
        kind or "full",
        step.connector.pim.fetch("channels", {"limit": 1}).server_time,
        reading=reading_depends_on(step.settings, structure),
        zone=step.settings.akeneo.timezone,
        overlap=windows.overlap_of(step.settings.loads),
    )
    since = f", since {window.since}" if window.since else ""
    step.tell(f"Load {window.key} is {window.kind}: {window.reason}{since}.")
    return {name: value for name, value in vars(window).items() if value is not None}, [step.package.window_file]


def _show_window(_step: Step, report: Report) -> Iterator[Result]:
    yield result("akeneo/product_load", report)


product_load = step_asset(
    "window",
    [
        spec(
            "akeneo/product_load",
            "The load's window, fixed once: what it reads, and the load that it stands on. A retry reads the same window.",
            deps=[f"akeneo/{name}" for name in _READ_BY_WINDOW],
            group=GROUP,
            jobs="3",
            kinds=("json",),
        )
    ],
    _fix_window,
    _show_window,
    of_load=True,
)

_RAW = {
    "products": "Products as the PIM gave them in this load's window.",
    "product_models": "Product models of this load's window.",
    "associations": "Associations of these products and models, plain and quantified.",
    "media_references": "Which product or model shows which media file.",
}


def _read(step: Step) -> Done:
    report = read_items(step.package, step.connector.pim, step.load.window, step.settings.akeneo, step.structure, step.tell)
    for name, count in report["rows"].items():
        step.tell(f"Read {count:,} {name.replace('_', ' ')} of the window.")
    return report, raw_files(step.package)


def _show_items(step: Step, report: Report) -> Iterator[Result]:
    for name in _RAW:
        metadata = table_metadata(step.package.raw_parts(name)[-1]) | {"dagster/row_count": report["rows"][name]}
        results = []
        if name in report["counted"]:
            metadata["pages"] = report["pages"][name]
            results.append(checks.read_all(["akeneo", name], report["rows"][name], report["counted"][name]))
        yield result(f"akeneo/{name}", metadata, *results)


read_products = step_asset(
    "items",
    [
        spec(f"akeneo/{name}", description, deps=["akeneo/product_load", "akeneo/attributes"], group=GROUP, jobs="3")
        for name, description in _RAW.items()
    ],
    _read,
    _show_items,
    of_load=True,
    checks=[checks.spec(checks.READ_ALL, "akeneo", name) for name in ("products", "product_models")],
)


def _find_changes(step: Step) -> Done:
    package = step.package
    package.needs("items", "missing_media", "attribute_definitions")
    step.connector.confirm_vanished()
    report = find_what_to_map(step.load, step.connector.pim, step.tell)
    reason, counts = report["everything"], report["counts"]
    counted = ", ".join(f"{count:,} {why}" for why, count in counts.items() if count)
    step.tell(f"To map: everything, since {reason}." if reason else f"To map: {counted or 'nothing'}.")
    maybe = [path for path in (package.absent, package.kept) if path.exists()]
    return report, [package.identities, package.changes, *maybe, *by_name_files(package)]


def _show_changes(step: Step, report: Report) -> Iterator[Result]:
    metadata: dict[str, Any] = table_metadata(step.package.changes) | report["counts"]
    metadata["maps everything"] = report["everything"] or "no"
    metadata |= report.get("removals", {})
    metadata["reasons"] = "; ".join(f"{number}: {why}" for number, why in enumerate(REASONS))
    yield result("akeneo/changes", metadata)


changes = step_asset(
    "changes",
    [
        spec(
            "akeneo/changes",
            "Which products and masters this load maps, and why: those whose inputs changed, or all of them.",
            deps=[
                *(f"akeneo/{name}" for name in ("products", "product_models", "associations", "missing_media")),
                "sfcc/attribute_definitions",
            ],
            group=LOAD_GROUP,
            jobs="3",
        )
    ],
    _find_changes,
    _show_changes,
    of_load=True,
)

ITEM_ASSETS = [product_load, read_products, changes]
