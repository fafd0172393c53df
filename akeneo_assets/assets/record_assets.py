"""SFCC records as assets: the PIM's data mapped, not yet compared with what SFCC has. Each record is made here, once, and read
from Parquet ever after. The mapping is in `akeneo_assets.mapping`."""

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import dagster as dg
import pandas as pd

from akeneo_assets import checks, tables
from akeneo_assets.assets.asset_metadata import markdown, table_metadata
from akeneo_assets.assets.step_asset import Result, Step, result, spec, step_asset
from akeneo_assets.loads.file_retirement import without_deleted
from akeneo_assets.loads.identities import Models
from akeneo_assets.loads.item_reading import PROGRESS_SECONDS
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.mapping_run import MappingRun, quarantined
from akeneo_assets.loads.media_files import MEDIA_FILE, file_records, missing
from akeneo_assets.loads.package import Done, Report
from akeneo_assets.loads.quarantine import NEW, SOLVED, carried_on, since_before
from akeneo_assets.loads.record_files import RecordFiles, record_files
from akeneo_assets.loads.retirement_run import RetirementRun
from akeneo_assets.mapping.attribute_definitions import attribute_problems, definitions
from akeneo_assets.mapping.catalog_header import catalog_header
from akeneo_assets.mapping.categories import categories as map_categories
from akeneo_assets.mapping.content import content_definitions, contents
from akeneo_assets.mapping.prices import price_books as map_price_books
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.table_structures import table_structures
from akeneo_assets.store import TableWriter, rows
from sfcc_resources import records as sfcc
from sfcc_resources.delivery.instance_export import data_units
from sfcc_resources.delivery.sfcc_errors import SfccError
from sfcc_resources.exported_objects import objects

DEFINITIONS = "sfcc_definitions"
GROUP = "sfcc_records"
QUARANTINE_ROWS = 100  # people look for a product's name and reason here

_ATTRIBUTES = ("attributes", "attribute_options", "attribute_groups", "families", "measurement_families", "channels", "locales")
_ENTITIES = ("reference_entities", "reference_entity_attributes", "reference_entity_attribute_options")
_ASSETS = ("asset_families", "asset_attributes", "asset_attribute_options", "assets")


def _lists(*names: str) -> list[str]:
    return [f"akeneo/{name}" for name in names]


_READABLE: Final = ("container", "id", "source", "record")


def _records_metadata(files: list[Path]) -> dict[str, Any]:
    """Metadata of one or more record files."""
    metadata: dict[str, Any] = {}
    for file in files:
        metadata |= table_metadata(file, "" if len(files) == 1 else file.stem[3:], columns=_READABLE)
    return metadata or {"dagster/row_count": 0}


Record = tuple[str, str, Any]


def _mapped(step: Step, group: str, records: Iterable[Record]) -> tuple[dict[str, int], list[Path]]:
    """Write the records of a group; returns counts by type, and the files."""
    with RecordFiles(step.package.records(group)) as files:
        files.write(records)
    return files.counts, files.files


def _group_asset(
    group: str,
    description: str,
    work: Callable[[Step], Done],
    *,
    deps: Iterable[str],
    in_group: str,
    jobs: str,
    of_load: bool = False,
) -> Any:
    """The asset of one group of records that a step maps by itself."""

    def show(step: Step, report: Report) -> Iterator[Result]:
        more = {name: value for name, value in report.items() if name != "counts"}
        yield result(f"sfcc/{group}", _records_metadata(record_files(step.package.records(group))) | more)

    specs = [spec(f"sfcc/{group}", description, deps=list(deps), group=in_group, jobs=jobs)]
    return step_asset(group, specs, work, show, of_load=of_load)


def _map_definitions(step: Step) -> Done:
    settings, structure = step.settings, step.connector.checked_structure(step.package)
    made_by = (definitions, content_definitions, table_structures)
    counts, files = _mapped(step, "attribute_definitions", (record for make in made_by for record in make(settings, structure)))
    for problem in attribute_problems(settings, structure):
        step.warn(f"Attribute {problem.key}: {problem.reason}.")
    step.tell(f"Mapped {counts.get(sfcc.ATTRIBUTE_DEFINITION, 0):,} attribute definitions.")
    return {"counts": counts}, files


attribute_definitions = _group_asset(
    "attribute_definitions",
    "Attribute definitions with their options and labels, the groups that show them in Business Manager, and the structure of "
    "tables.",
    _map_definitions,
    deps=_lists(*_ATTRIBUTES, *_ENTITIES),
    in_group=DEFINITIONS,
    jobs="123",
)


def _map_price_books(step: Step) -> Done:
    structure = step.connector.checked_structure(step.package)
    counts, files = _mapped(step, "price_books", map_price_books(step.settings, structure))
    return {"counts": counts}, files


price_books = _group_asset(
    "price_books",
    "One price book header for each currency; prices come with products.",
    _map_price_books,
    deps=_lists("currencies", "channels", "attributes"),
    in_group=DEFINITIONS,
    jobs="23",
)


def _map_header(step: Step) -> Done:
    header = catalog_header(step.settings, resolve(step.settings, step.structure).all_locales)
    counts, files = _mapped(step, "catalog_header", [] if header is None else [(sfcc.CATALOG_HEADER, header["id"], header)])
    return {"counts": counts}, files


header = _group_asset(
    "catalog_header",
    "The image settings of the master catalog: where images lie, and the view types.",
    _map_header,
    deps=_lists("channels"),
    in_group=DEFINITIONS,
    jobs="3",
)


def _map_files(step: Step) -> Done:
    step.package.needs("media")
    records = file_records(step.package.media("media") / MEDIA_FILE, step.settings)
    counts, files = _mapped(step, "media_files", without_deleted(Ledger(step.store), records))
    return {"counts": counts}, files


def _map_product_files(step: Step) -> Done:
    step.package.needs("product_media")
    records = file_records(step.package.media("product_media") / MEDIA_FILE, step.settings)
    counts, files = _mapped(step, "product_files", records)
    return {"counts": counts}, files


media_files = _group_asset(
    "media_files",
    "The images as static files of the catalog.",
    _map_files,
    deps=["akeneo/media"],
    in_group=GROUP,
    jobs="2",
)

product_files = _group_asset(
    "product_files",
    "The images of this load's products as static files of the catalog.",
    _map_product_files,
    deps=["akeneo/product_media"],
    in_group=GROUP,
    jobs="3",
    of_load=True,
)


def _map_content(step: Step) -> Done:
    step.connector.checked_structure(step.package)
    structure = step.connector.structure_without_missing_media(step.package)
    records, problems, _ = contents(step.settings, structure)
    counts, files = _mapped(step, "content", records)
    for problem in problems:
        step.warn(f"Record {problem.key}: {problem.reason}.")
    return {"counts": counts, "left out": len(problems)}, files


content = _group_asset(
    "content",
    "Records of reference entities as content assets of a library, where connector.yaml asks for them.",
    _map_content,
    deps=[*_lists("records", *_ENTITIES), "akeneo/media", "akeneo/product_media"],
    in_group=GROUP,
    jobs="23",
)


def _map_categories(step: Step) -> Done:
    structure = step.connector.structure_without_missing_media(step.package)
    records, problems = map_categories(step.settings, structure)
    counts, files = _mapped(step, "categories", records)
    held_back = step.package.held_back_of("categories")
    with TableWriter(held_back, tables.HELD_BACK) as table:
        for problem in problems:
            table.write(quarantined(problem, problem.key, held_back=not problem.attribute))
            step.warn(_sentence(problem))
    step.tell(f"Mapped {counts.get(sfcc.CATEGORY, 0):,} categories.")
    return {"counts": counts}, [*files, held_back]


def _sentence(problem: Problem) -> str:
    return f"{problem.kind.capitalize()} {', '.join(filter(None, (problem.key, problem.attribute)))}: {problem.reason}."


categories = _group_asset(
    "categories",
    "The categories of the trees exported.",
    _map_categories,
    deps=[*_lists("categories", "channels", "locales"), "akeneo/product_media"],
    in_group=GROUP,
    jobs="3",
    of_load=True,
)

_MAPPED = {
    "products": ("Simple products, masters, variants, bundles and sets.", (sfcc.PRODUCT,)),
    "category_assignments": ("Which product stands in which category.", (sfcc.CATEGORY_ASSIGNMENTS,)),
    "recommendations": ("Associations as recommendations, or as product links.", (sfcc.PRODUCT_LINKS, sfcc.RECOMMENDATIONS)),
    "prices": ("Price tables, one for each product and price book.", (sfcc.PRICE_TABLE,)),
}
_SOURCES = {
    "products": _lists(*_ATTRIBUTES, "family_variants", *_ASSETS, *_ENTITIES, "records", "product_media"),
    "category_assignments": _lists("categories"),
    "recommendations": _lists("associations", "association_types"),
    "prices": ["sfcc/price_books"],
}


def _map_products(step: Step) -> Done:
    """Map the load's products and masters, streamed."""
    package, load = step.package, step.load
    package.needs("changes", "product_media", "categories")
    changes = package.report("changes") or {}
    lost = missing(step.store)
    structure = step.connector.structure(package, media=lost)
    told = time.monotonic()

    def tell(count: int) -> None:
        nonlocal told
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            step.tell(f"Mapped {count:,} products.")

    with RecordFiles(package.records("products")) as files, TableWriter(package.held_back, tables.HELD_BACK) as held_back:
        mapping, everything = ProductMapping(step.settings, structure), changes["everything"] is not None
        run = MappingRun(package, load.mirror, Models(step.store, load.mirror), mapping, everything, tell)
        run.write(files, held_back)
        for row in (*rows([package.held_back_of("categories")]), *carried_on(load, everything=everything)):
            held_back.write(row)
    step.tell(f"Mapped {run.products:,} products and {run.masters:,} masters; {held_back.count:,} notes in the quarantine.")
    objects, reasons = _reasons(package.held_back)
    report = {
        "more": {
            "category_assignments": {"in categories not exported": run.unassigned},
            "products": {"left out by the settings": run.left_out, "texts trimmed at their edges": run.trimmed},
        },
        "held_back": objects,
        "reasons": dict(reasons),
        "since": since_before(load)._asdict(),
        # With those that this load's own fetching has found, since it may map only some of the products that show them.
        "missing": sorted({*changes["missing"], *lost}),
    }
    return report, [*files.files, package.held_back]


def _reasons(held_back: Path) -> tuple[int, Counter[str]]:
    """How many whole objects are held back, and how often each kind of reason (names of objects left out) comes."""
    objects, reasons = 0, Counter[str]()
    for row in rows([held_back], ["held_back", "reason"]):
        objects += row["held_back"]
        reasons[re.sub(r"'[^']*'", "...", row["reason"])] += 1
    return objects, reasons


def _show_products(step: Step, report: Report) -> Iterator[Result]:
    folder = step.package.records("products")
    for name, (_, kinds) in _MAPPED.items():
        metadata = _records_metadata(record_files(folder, *kinds)) | report["more"].get(name, {})
        yield result(f"sfcc/{name}", metadata)
    yield result(
        "sfcc/held_back",
        table_metadata(step.package.held_back, sample_rows=QUARANTINE_ROWS)
        | ({NEW: report["since"]["new"], SOLVED: report["since"]["solved"]} if "since" in report else {}),
        checks.nothing_held_back(["sfcc", "held_back"], report["held_back"], Counter(report["reasons"])),
    )


map_products = step_asset(
    "products",
    [
        *(
            spec(
                f"sfcc/{name}",
                description,
                deps=["akeneo/changes", "akeneo/products", "akeneo/product_models", *_SOURCES[name]],
                group=GROUP,
                jobs="3",
            )
            for name, (description, _) in _MAPPED.items()
        ),
        spec(
            "sfcc/held_back",
            "The quarantine as it stands: all that does not reach SFCC, whichever load found it, and why.",
            deps=["akeneo/changes", "sfcc/categories"],
            group=GROUP,
            jobs="3",
        ),
    ],
    _map_products,
    _show_products,
    of_load=True,
    checks=[checks.spec(checks.NOTHING_HELD_BACK, "sfcc", "held_back")],
)


def _retire(step: Step) -> Done:
    """Find what leaves the shop with this load, and write its records."""
    package = step.package
    package.needs("products", "categories", "content", "price_books", "attribute_definitions")
    changes = package.report("changes") or {}
    report = RetirementRun(step.load, changes["everything"] is not None, partial(_subcategories, step)).write()
    if report["spared"]:
        names = ", ".join(report["spared"])
        step.tell(f"Taken offline, not deleted, since SFCC may have merchants' subcategories below them: {names}.")
    told = [f"{count:,} {kind} ({policy})" for kind, of_kind in report["retired"].items() for policy, count in of_kind.items()]
    if told:
        step.tell(f"No longer exported and so to be taken out of the shop: {', '.join(told)}.")
    made = [path for group in ("gone", "unlinked", "retired", "unshown") for path in record_files(package.records(group))]
    return report, [*made, *([package.absences] if report["held"] else [])]


def _subcategories(step: Step, catalogs: set[str]) -> list[tuple[str, str, str]] | None:
    """(catalog, parent, child) of all categories in SFCC's own export of some catalogs; None where SFCC gives none."""
    folder = step.package.scratch("export")
    try:
        units = data_units((catalog, sfcc.CATEGORY) for catalog in catalogs)
        exported = objects(step.connector.export(units, folder, tell=step.tell))
        return [
            (place, fields["parent"], id_)
            for place, kind, id_, fields in exported
            if kind == sfcc.CATEGORY and "parent" in fields
        ]
    except (SfccError, ValueError) as error:
        step.tell(f"SFCC's own export does not tell what stands below the categories that are no longer exported: {error}")
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show_retired(step: Step, report: Report) -> Iterator[Result]:
    counts = [(kind, policy, count) for kind, of_kind in report["retired"].items() for policy, count in of_kind.items()]
    counts += [(kind, "deleted", count) for kind, count in report["gone"].items()]
    metadata = {
        "what leaves": markdown(pd.DataFrame(counts, columns=["objects", "how", "count"]), intfmt=","),
        "path": dg.MetadataValue.path(str(step.package.records("retired").absolute())),
    }
    if report.get("spared"):
        spared = ", ".join(report["spared"][:QUARANTINE_ROWS])
        metadata["taken offline instead of deleted"] = dg.MetadataValue.text(spared)
    if report["held"]:
        metadata |= {f"held back: {name}": value for name, value in table_metadata(step.package.absences).items()}
    check = checks.nothing_taken_from_many(["sfcc", "retired"], report["held"], report["totals"], step.package.name)
    yield result("sfcc/retired", metadata, check)


retire = step_asset(
    "retired",
    [
        spec(
            "sfcc/retired",
            "What SFCC has and the export no longer has: taken offline or deleted (`loads.retire`); what the guard holds back.",
            deps=[f"sfcc/{name}" for name in (*_MAPPED, "categories", "content", "price_books", "attribute_definitions")],
            group=GROUP,
            jobs="3",
        )
    ],
    _retire,
    _show_retired,
    of_load=True,
    checks=[checks.spec(checks.NOTHING_TAKEN_FROM_MANY, "sfcc", "retired")],
)

RECORD_ASSETS = [
    attribute_definitions,
    price_books,
    header,
    media_files,
    product_files,
    content,
    categories,
    map_products,
    retire,
]
