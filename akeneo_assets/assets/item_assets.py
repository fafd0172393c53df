"""The product side of the PIM as assets, one partition a load: the window, products and models, and what changed.

Belongs here: connecting the walk to the raw files. Doesn't: the walk (`akeneo_assets.pim.walk`), the fold
(`akeneo_assets.loads.mirror`).
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

import dagster as dg

from akeneo_assets import checks, collector
from akeneo_assets.assets.asset_metadata import table_metadata
from akeneo_assets.assets.structure_assets import STRUCTURE_KEYS
from akeneo_assets.errors import ConnectorError, needed
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.changes import REASONS, Inputs, write_changes
from akeneo_assets.loads.identities import Identification, LeftOut, Models, write_identities
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.media_files import missing
from akeneo_assets.loads.mirror import ASSOCIATIONS, MEDIA_REFERENCES, RAW, Mirror, association_rows, media_rows, raw_row
from akeneo_assets.loads.partitions import KIND_TAG, PRODUCT_LOADS, Kind
from akeneo_assets.loads.record_files import OF_PRODUCTS
from akeneo_assets.mapping.attribute_definitions import PRODUCT_TYPE, definitions
from akeneo_assets.mapping.emptied import fields_of
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.pim.clock import Overlap, filter_text
from akeneo_assets.pim.counting import count
from akeneo_assets.pim.partial import item_parser, page_parser
from akeneo_assets.pim.walk import Endpoint, walk, walk_all
from akeneo_assets.resources import Connector, checked_structure, clear_failures, root_run
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.connector import fingerprint as settings_fingerprint
from akeneo_assets.store import Store, TableWriter, read_json, write_json
from akeneo_assets.structure.pim_structure import Attribute, Structure
from sfcc_resources.records import ATTRIBUTE_DEFINITION, PRODUCT

GROUP = "akeneo_products"
PROGRESS_SECONDS = 10.0
ASKED_AT_ONCE = 50  # by name: the PIM takes 100, servers a line of 8 KiB

_SOURCES: Final[dict[Endpoint, tuple[str, str]]] = {
    "product-models": ("product_models", "product_model"),
    "products-uuid": ("products", "product"),
}
"""The table that an endpoint's rows go to, and what they are called there."""

WALK_PARAMS: Final[dict[Endpoint, dict[str, str]]] = {
    "products-uuid": {"with_completenesses": "true"},
    "product-models": {},
}


def load_kind(context: dg.AssetExecutionContext, store: Store) -> Kind:
    """The job decides; an asset materialized by itself goes on as its load began, a new key as a full load."""
    tag = context.run.tags.get(KIND_TAG)
    if tag in ("full", "differential"):
        return tag  # type: ignore[return-value]
    begun = windows.recorded(store, context.partition_key)
    return begun.kind if begun else "full"


def reading_depends_on(settings: ConnectorSettings, structure: Structure) -> dict[str, list[str]]:
    """What the PIM's payloads depend on: a change here shows in products without moving their `updated`."""
    products = settings.products
    completeness = products.status.source == "completeness" or "completeness" in products.filter
    return {
        "attribute": sorted(f"{a.code} ({', '.join(_shape(a))})" for a in structure.attributes.values()),
        "option": sorted(f"{a.code} {option.code}" for a in structure.attributes.values() for option in a.options),
        "association type": sorted(
            f"{t.code} (quantified)" if t.quantified else t.code for t in structure.association_types.values()
        ),
        "channel": sorted(c.code for c in structure.channels.values()),
        "locale": sorted({f"{locale} of {c.code}" for c in structure.channels.values() for locale in c.locales}),
        "currency": sorted({f"{currency} of {c.code}" for c in structure.channels.values() for currency in c.currencies}),
        "requirement": sorted(
            f"{family.code} for {channel} ({', '.join(codes)})"
            for family in (structure.families.values() if completeness else ())
            for channel, codes in family.required.items()
        ),
        "family read": list(settings.akeneo.families) or ["every family"],
    }


def _shape(attribute: Attribute) -> Iterator[str]:
    """What an attribute's values are: the PIM drops those of one that is made anew under its code, and can't change them else."""
    yield attribute.type
    yield from ("localizable",) if attribute.localizable else ()
    yield from ("scopable",) if attribute.scopable else ()
    yield from filter(None, (attribute.measurement_family, attribute.reference))
    yield from attribute.locales


@dg.asset(key=["akeneo", "product_load"], deps=STRUCTURE_KEYS, partitions_def=PRODUCT_LOADS, group_name=GROUP, kinds={"json"})
def product_load(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """The load's window, fixed once: what it reads, and the load that it stands on. A retry reads the same window."""
    store, key = connector.store, context.partition_key
    with clear_failures():
        connector.import_products_alone(context.run.run_id)
        structure, loads = checked_structure(context, connector), connector.settings.loads
        window = windows.fix(
            store,
            key,
            load_kind(context, store),
            connector.pim.fetch("channels", {"limit": 1}).server_time,
            reading=reading_depends_on(connector.settings, structure),
            zone=connector.settings.akeneo.timezone,
            overlap=Overlap(timedelta(minutes=loads.overlap_minutes), timedelta(minutes=loads.summer_time_overlap_minutes)),
        )
    context.log.info(f"Load {key} is {window.kind}: {window.reason}" + (f", since {window.since}." if window.since else "."))
    return dg.MaterializeResult(metadata={k: v for k, v in vars(window).items() if v is not None})


def the_window(context: dg.AssetExecutionContext, connector: Connector) -> windows.Window:
    """The window of the partition, with the lock of product imports held.

    Raises:
        ConnectorError: the load has not begun.
    """
    connector.import_products_alone(context.run.run_id)
    window = windows.recorded(connector.store, context.partition_key)
    if window is None:
        raise ConnectorError(
            f"The load '{context.partition_key}' has not begun: materialize akeneo/product_load of this partition first."
        )
    return window


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["akeneo", "products"], deps=[product_load], description="Products as the PIM gave them in this load's window."
        ),
        dg.AssetSpec(["akeneo", "product_models"], deps=[product_load], description="Product models of this load's window."),
        dg.AssetSpec(
            ["akeneo", "associations"],
            deps=[product_load],
            description="Associations of these products and models, plain and quantified.",
        ),
        dg.AssetSpec(
            ["akeneo", "media_references"], deps=[product_load], description="Which product or model shows which media file."
        ),
    ],
    check_specs=[checks.spec(checks.READ_ALL, "akeneo", name) for name in ("products", "product_models")],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    name="read_products",
)
def read_products(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[dg.MaterializeResult[None]]:
    """Walk models and products of the window, four calls at once, page by page into Parquet."""
    with clear_failures():
        window = the_window(context, connector)
        raw = connector.store.load(window.key) / "raw"
        structure = connector.structure(root_run(context))
        identifier = structure.identifier or ""
        media = frozenset(a.code for a in structure.attributes.values() if a.type in ("image", "file"))
        links = frozenset(a.code for a in structure.attributes.values() if a.type == "product_link")
        search: dict[str, Any] = {}
        if window.since:
            since = filter_text(datetime.fromisoformat(window.since), connector.settings.akeneo.timezone)
            search["updated"] = [{"operator": ">", "value": since}]
        elif connector.settings.akeneo.families:
            search["family"] = [{"operator": "IN", "value": list(connector.settings.akeneo.families)}]
        seen: dict[str, int] = {}
        counted = {name: count(connector.pim, endpoint, search) for endpoint, (name, _) in _SOURCES.items()}
        with collector.at_rest(), ExitStack() as stack:
            tables = {
                name: stack.enter_context(TableWriter(raw / f"{name}.parquet", schema))
                for name, schema in (
                    ("product_models", RAW),
                    ("products", RAW),
                    ("associations", ASSOCIATIONS),
                    ("media_references", MEDIA_REFERENCES),
                )
            }
            started = told = time.monotonic()
            asked = {endpoint: (search, params) for endpoint, params in WALK_PARAMS.items()}
            for endpoint, page in walk_all(connector.pim, asked, parse=page_parser({identifier, *media, *links})):
                name, owner = _SOURCES[endpoint]
                seen[name] = seen.get(name, 0) + 1
                for item in page:
                    row = raw_row(item, identifier)
                    tables[name].write(row)
                    for association in association_rows(owner, row["key"], item, links):
                        tables["associations"].write(association)
                    for reference in media_rows(owner, row["key"], item, media):
                        tables["media_references"].write(reference)
                if time.monotonic() - told > PROGRESS_SECONDS:
                    told = time.monotonic()
                    read = tables["products"].count + tables["product_models"].count
                    context.log.info(f"Read {read:,} products and models, {read / (told - started):,.0f} a second.")
    for name, table in tables.items():
        context.log.info(f"Read {table.count:,} {name.replace('_', ' ')} of the window.")
        results = [checks.read_all(["akeneo", name], table.count, counted[name])] if name in counted else []
        yield dg.MaterializeResult(
            asset_key=["akeneo", name], metadata=table_metadata(table.path) | {"pages": seen.get(name, 0)}, check_results=results
        )


@dg.asset(
    key=["akeneo", "changes"],
    deps=[["akeneo", name] for name in ("products", "product_models", "associations", "missing_media")],
    partitions_def=PRODUCT_LOADS,
    group_name=GROUP,
    kinds={"parquet"},
)
def changes(context: dg.AssetExecutionContext, connector: Connector) -> dg.MaterializeResult[None]:
    """Which products and masters this load maps, and why: those whose inputs changed, or all of them."""
    with clear_failures():
        window = the_window(context, connector)
        store, folder = connector.store, connector.store.load(window.key)
        settings, structure = connector.settings, connector.structure(root_run(context))
        mirror, ledger = Mirror.of(store, window), Ledger(store)
        mapping = ProductMapping(settings, structure)
        identification = _identification(connector, mapping)
        owners = ledger.objects(PRODUCT, columns=("id", "source"))
        identities = folder / "identities.parquet"
        mirror.forget([])  # an earlier try of the load may have found some
        unread = write_identities(store, identities, mirror, identification, Models(store, mirror), owners)
        if gone := _gone(connector, unread, structure.identifier or ""):
            mirror.forget(gone)
            write_identities(store, identities, mirror, identification, Models(store, mirror), owners)
        left = windows.outcome(store, window.previous) if window.previous else None
        lost = missing(store)
        lost_before = read_json(store.load(window.previous) / "missing.json") if window.previous else None
        given = set(lost_before or ()) - lost.keys()
        anew = _redefined(connector, structure)
        reason = _why_everything(window, left, structure.fingerprint(), settings_fingerprint(settings), given, anew)
        before = store.load(window.previous) / "identities.parquet" if window.previous else None
        since = left.archive if left else ledger.last
        unsettled = ledger.objects(PRODUCT, *OF_PRODUCTS, columns=("source",), unsettled_since=since)
        inputs = Inputs(mirror, identities, before, unsettled)
        counts = write_changes(store, folder / "changes.parquet", inputs)
        write_json(folder / "changes.json", {"everything": reason, "redefined": bool(anew), "missing": [*lost]})
    found = ", ".join(f"{count:,} {why}" for why, count in counts.items() if count)
    context.log.info(f"To map: everything, since {reason}." if reason else f"To map: {found or 'nothing'}.")
    return dg.MaterializeResult(
        metadata=table_metadata(folder / "changes.parquet")
        | counts
        | {"maps everything": reason or "no", "reasons": "; ".join(f"{number}: {why}" for number, why in enumerate(REASONS))}
    )


def _identification(connector: Connector, mapping: ProductMapping) -> Identification:
    """Ids by the mapping; the settings' filters by the mapping, where it can't decide them by a walk of what matches in the
    PIM."""

    def sfcc_id(owner: str, key: str, code: str | None) -> tuple[str | None, str | None]:
        found = mapping.identity({"uuid": key, "identifier": code} if owner == "product" else {"code": code})
        return found.sfcc_id, found.problem.reason if found.problem else None

    products = connector.settings.products
    if not (products.filter or products.model_filter or products.channel_tree_only or connector.settings.akeneo.families):
        return Identification(sfcc_id, grouped=mapping.grouped)
    identifier = mapping.frame.structure.identifier or ""
    matching: dict[bool, frozenset[str] | None] = {
        True: _matching(connector, "products-uuid", products.filter, identifier) if mapping.product_filter.unsupported else None,
        False: _matching(connector, "product-models", products.model_filter, identifier)
        if mapping.model_filter.unsupported
        else None,
    }

    parse = item_parser({identifier, *mapping.filtered_by})

    def left_out(text: bytes) -> LeftOut | None:
        item = parse(text)
        keys = matching["uuid" in item]
        if keys is not None and (item.get("uuid") or item["code"].lower()) not in keys:
            return LeftOut("the PIM says that the filter of connector.yaml leaves it out")
        try:
            if (why := mapping.excluded(item)) is not None:
                return LeftOut(why)
        except UnmappableError as error:
            return LeftOut(str(error), undecided=True)
        return None if (why := mapping.outside_trees(item)) is None else LeftOut(why, itself=True)

    return Identification(sfcc_id, left_out, mapping.grouped)


def _matching(connector: Connector, endpoint: Endpoint, search: Mapping[str, Any], identifier: str) -> frozenset[str]:
    """The keys of all that matches a filter which only the PIM can evaluate."""
    found = walk(connector.pim, endpoint, dict(search), params={"attributes": identifier})
    return frozenset(item.get("uuid") or item["code"].lower() for page in found for item in page)


def _gone(connector: Connector, known: list[dict[str, Any]], identifier: str) -> list[dict[str, Any]]:
    """Those of `known` (owner, key, code) that the PIM has no more, or no more under that code."""
    still = set[tuple[str, str, str]]()
    for endpoint, (_, owner) in _SOURCES.items():
        by, field = ("uuid", "key") if owner == "product" else ("identifier", "code")
        sought = [one[field] for one in known if one["owner"] == owner]
        for start in range(0, len(sought), ASKED_AT_ONCE):
            search = {by: [{"operator": "IN", "value": sought[start : start + ASKED_AT_ONCE]}]}
            for page in walk(connector.pim, endpoint, search, params={"attributes": identifier}):
                for row in (raw_row(item, identifier) for item in page):
                    still.add((owner, row["key"], row["code"] or row["key"]))
    return [one for one in known if (one["owner"], one["key"], one["code"]) not in still]


def note_missing(store: Store, key: str) -> dict[str, None]:
    """The media that the PIM could not give, noted for the load that follows; with those that this load's own fetching has found,
    since it may map only some of the products that show them."""
    lost = missing(store)
    at_first = _changes(store, key)["missing"]
    write_json(store.load(key) / "missing.json", sorted({*at_first, *lost}))
    return lost


def _redefined(connector: Connector, structure: Structure) -> list[str]:
    """The custom attributes of products that SFCC had in another shape at the last successful load, or was given so since, be it
    that they are as before again: either way it dropped their values."""
    left = windows.last_outcome(connector.store)
    if left is None:
        return []
    now = {
        record["id"]: "\n".join(fields_of(kind, record))
        for kind, _, record in definitions(connector.settings, structure)
        if kind == ATTRIBUTE_DEFINITION
    }
    sent = Ledger(connector.store).fields_since(ATTRIBUTE_DEFINITION, PRODUCT_TYPE, left.archive)
    return sorted({id_ for id_, fields in sent if now.get(id_, fields) != fields})


def _why_everything(
    window: windows.Window, left: windows.Outcome | None, structure: str, settings: str, found: set[str], anew: list[str]
) -> str | None:
    """`found`: media that the PIM has given since; `anew`: attributes that SFCC defined anew."""
    if window.whole or left is None:
        return window.reason
    if left.settings != settings:
        return "connector.yaml has changed"
    if left.structure != structure:
        return "labels, options, categories or other lists of the PIM have changed"
    if anew:
        return f"SFCC had other definitions of {', '.join(anew[:5])}, and so other values"
    if found:
        return f"the PIM gave files that it could not give before: {', '.join(sorted(found)[:5])}"
    return None


def maps_everything(store: Store, key: str) -> bool:
    """Whether the load maps all products, not only those in changes.parquet."""
    return _changes(store, key)["everything"] is not None


def redefined(store: Store, key: str) -> bool:
    """Whether SFCC dropped values of products, since it defined an attribute anew, so that all products are sent again."""
    return bool(_changes(store, key)["redefined"])


def _changes(store: Store, key: str) -> Any:
    return read_json(needed(store.load(key) / "changes.json", "akeneo/changes"))
