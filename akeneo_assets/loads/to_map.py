"""What a load maps, and when that is everything: ids decided, items asked for by name, changes found.

Belongs here: bringing mirror, ledger, settings and the load before together. Doesn't: each single decision (`identities`,
`changes`).
"""

from collections.abc import Iterable
from typing import Any

from akeneo_assets.loads import confirmations
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.changes import Inputs, write_changes
from akeneo_assets.loads.identities import Identification, LeftOut, Models, write_identities
from akeneo_assets.loads.item_reading import Tell, matching_keys
from akeneo_assets.loads.kept_items import ItemKeys, kept_items
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.media_files import missing
from akeneo_assets.loads.mirror import item_key
from akeneo_assets.loads.package import Report
from akeneo_assets.loads.record_files import read_records
from akeneo_assets.loads.removals import Removals
from akeneo_assets.mapping.attribute_definitions import PRODUCT_TYPE
from akeneo_assets.mapping.emptied import fields_of
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.pim.partial import item_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.settings.connector import fingerprint
from sfcc_resources.record_types import OF_PRODUCTS
from sfcc_resources.records import ATTRIBUTE_DEFINITION, PRODUCT


def find_what_to_map(load: Load, client: PimClient, tell: Tell) -> Report:
    """Write identities, absences and changes of the load into its package, and items that the PIM gave by name.

    Returns counts by reason, `everything` (why all products are mapped, or None), `redefined` (attributes that SFCC defines anew
    and so loses the values of), `missing` (media that the PIM could not give so far) and `removals` (`Removals.report`).

    Raises:
        PimError: the PIM did not answer as it should.
        ConnectorError: whether items are gone can't be told (`Removals`); the guard stops the load (`kept_items`).
    """
    package, store, mirror, ledger = load.package, load.package.store, load.mirror, load.ledger
    mapping = ProductMapping(load.settings, load.structure)
    identification = _identification(load, mapping, client)
    owners = ledger.objects(PRODUCT, columns=("id", "source"))
    removals = Removals(package, load.window, load.settings, load.structure, client, tell)
    removals.find()

    def identify(kept: ItemKeys = ()) -> list[dict[str, Any]]:
        return write_identities(package, mirror, identification.but_for(kept), Models(store, mirror), owners)

    if unread := identify():
        removals.prove(unread)
        identify()
    if kept := kept_items(load, owners):
        removals.put_back(kept)
        identify(kept)
    outcome = windows.outcome(store, load.window.previous) if load.window.previous else None
    lost = missing(store)
    redefined = _redefined(load)
    reason = _why_everything(load, outcome, _given_since(load, lost), redefined)
    since = outcome.archive if outcome else ledger.last
    unsettled = ledger.objects(PRODUCT, *OF_PRODUCTS, columns=("source",), unsettled_since=since)
    before = load.previous.identities if load.previous else None
    counts = write_changes(store, package.changes, Inputs(mirror, package.identities, before, unsettled))
    return {"counts": counts, "everything": reason, "redefined": redefined, "missing": [*lost], "removals": removals.report()}


def _given_since(load: Load, lost: Iterable[str]) -> set[str]:
    """Media that the PIM could not give to the load before and has given since."""
    before = load.previous.report("products") if load.previous else None
    return set((before or {}).get("missing", ())) - set(lost)


def _identification(load: Load, mapping: ProductMapping, client: PimClient) -> Identification:
    """Ids by the mapping; the settings' filters by the mapping, where it can't decide them by a walk of what matches in the
    PIM."""

    def sfcc_id(owner: str, key: str, code: str | None) -> tuple[str | None, str | None]:
        identity = mapping.identity({"uuid": key, "identifier": code} if owner == "product" else {"code": code})
        return identity.sfcc_id, identity.problem.reason if identity.problem else None

    products = load.settings.products
    composition_of = mapping.composition_of if products.bundle or products.set else None
    if not (products.filter or products.model_filter or products.channel_tree_only or load.settings.akeneo.families):
        return Identification(sfcc_id, None, mapping.grouped, composition_of)
    identifier = mapping.frame.structure.identifier or ""
    matching: dict[bool, frozenset[str] | None] = {
        True: matching_keys(client, "products-uuid", products.filter, identifier) if mapping.product_filter.unsupported else None,
        False: matching_keys(client, "product-models", products.model_filter, identifier)
        if mapping.model_filter.unsupported
        else None,
    }
    parse = item_parser({identifier, *mapping.filtered_by})

    def left_out(text: bytes) -> LeftOut | None:
        item = parse(text)
        keys = matching["uuid" in item]
        if keys is not None and item_key(item) not in keys:
            return LeftOut("the PIM says that the filter of connector.yaml leaves it out")
        try:
            if (why := mapping.excluded(item)) is not None:
                return LeftOut(why)
        except UnmappableError as error:
            return LeftOut(str(error), undecided=True)
        return None if (why := mapping.outside_trees(item)) is None else LeftOut(why, itself=True)

    return Identification(sfcc_id, left_out, mapping.grouped, composition_of)


def _redefined(load: Load) -> list[str]:
    """The custom attributes of products that SFCC had in another shape at the last successful load, or was given so since, be it
    that they are as before again: either way it dropped their values."""
    outcome = windows.last_outcome(load.package.store)
    if outcome is None:
        return []
    now: dict[str, Any] = {
        record["id"]: "\n".join(fields_of(ATTRIBUTE_DEFINITION, record))
        for container, record in read_records(load.package.records("attribute_definitions"), ATTRIBUTE_DEFINITION)
        if container == PRODUCT_TYPE
    }
    sent = load.ledger.fields_since(ATTRIBUTE_DEFINITION, PRODUCT_TYPE, outcome.archive)
    return sorted({id_ for id_, fields in sent if now.get(id_, fields) != fields})


def _why_everything(load: Load, outcome: windows.Outcome | None, given_since: set[str], redefined: list[str]) -> str | None:
    """Why all products are mapped; None: only those whose inputs have changed."""
    if load.window.whole or outcome is None:
        return load.window.reason
    if outcome.settings != fingerprint(load.settings):
        return "connector.yaml has changed"
    if outcome.structure != load.structure.fingerprint():
        return "labels, options, categories or other lists of the PIM have changed"
    if outcome.confirmed != confirmations.how_many(load.package.store):
        return "absences that were held back have been confirmed"
    if redefined:
        return f"SFCC had other definitions of {', '.join(redefined[:5])}, and so other values"
    if given_since:
        return f"the PIM gave files that it could not give before: {', '.join(sorted(given_since)[:5])}"
    return None
