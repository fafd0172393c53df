"""Retirement: what the ledger has and the export no longer has is taken out of the shop, whatever the reason, by one mechanism.

Belongs here: finding these objects, what each policy makes of them, their records. Doesn't: what a retired object looks like
(`akeneo_assets.mapping.retired_form`), whether an item is really gone from the PIM (the mirror says so), relations and prices of
retired products (`record_files.write_gone`). Source: LOADS, "Ledger" and "Removals".
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from akeneo_assets import tables
from akeneo_assets.loads.changes import IS_MAPPED
from akeneo_assets.loads.ledger import IS_RETIRED, Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, deletion_row, record_files, record_row
from akeneo_assets.mapping.retired_form import can_go_offline, parent_of, paths_offline, taken_offline
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import fingerprint, sql_files, sql_table
from sfcc_resources.archive_paths import private_site
from sfcc_resources.record_types import REGISTRY
from sfcc_resources.records import CATEGORY, FOLDER, PRICE_BOOK, PRODUCT

Place = tuple[str, str]
"""Catalog and id of a category."""

RETIRABLE: Final = tuple(name for name, of in REGISTRY.items() if of.retired_by is not None)
"""The types of objects that are retired by themselves."""

_GROUPS: Final = ("products", "categories", "content", "price_books", "attribute_definitions")
"""The groups of records that hold all objects of these types that a load exports, but for products that it doesn't map."""


@dataclass(frozen=True, slots=True)
class Retired:
    """An object that is no longer exported. `policy`: offline or delete; `confirmed`: the fingerprint of what SFCC has
    confirmed last, None where it hasn't; `before`: whether an earlier load has retired it already."""

    key: int
    container: str
    kind: str
    id: str
    source: str | None
    confirmed: int | None
    before: bool
    policy: str


def retired(package: Package, settings: ConnectorSettings, handed_over: Collection[str], *, everything: bool) -> list[Retired]:
    """The objects that SFCC was given, that the load of `package` no longer exports, and that no policy keeps.

    `everything`: the load has mapped all products; else those that it hasn't are exported as before. `handed_over`:
    `akeneo_assets.mapping.emptied.handed_over`; types handed over as a whole are merchants'. What SFCC never took isn't there,
    nor is what it had before it was reset.
    """
    ledger, policies = Ledger(package.store), _policies(settings)
    kinds = [kind for kind, policy in policies.items() if policy != "keep" and f"{kind}/" not in handed_over]
    held = ledger.sql(*kinds, columns=("key", "container", "type", "id", "source", "output", "verdict", "fields"))
    files = [path for group in _GROUPS for path in record_files(package.records(group), *RETIRABLE)]
    exported = f"ANTI JOIN read_parquet({sql_files(files)}) USING (key)" if files else ""
    unmapped = "" if everything else f"AND NOT (type = '{PRODUCT}' AND id IN ({_unmapped(package)}))"
    batches = package.store.select(
        f"""
        WITH vanished AS MATERIALIZED (
            SELECT key, container, type AS kind, id, source, CASE WHEN verdict = 'confirmed' THEN output END AS confirmed,
                {IS_RETIRED} AS before
            FROM ({held}) {exported} WHERE true {unmapped}
        )
        FROM vanished {_standing(ledger)} ORDER BY kind, container, id
        """,
        ledger.views,
    )
    entries = (entry for batch in batches for entry in batch.to_pylist())
    forgotten = settings.organization.forgotten  # SFCC has no private library of a site that it no longer has
    there = (entry for entry in entries if f"@{private_site(entry['container'])}" not in forgotten)
    return [Retired(**entry, policy=policies[entry["kind"]]) for entry in there]


def leaving(package: Package, settings: ConnectorSettings, ledger: Ledger) -> list[dict[str, Any]]:
    """The products that SFCC was given and that no item of the mirror becomes any more, by the load's identities, as
    `tables.ABSENCES` rows. Those retired before are left out; there are none where the policy is `keep`."""
    if _policies(settings)[PRODUCT] == "keep":
        return []
    batches = package.store.select(
        f"""
        WITH vanished AS MATERIALIZED (
            SELECT key, container, type, id, '' AS path, source
            FROM ({ledger.sql(PRODUCT, columns=("key", "container", "type", "id", "source", "fields"))})
            WHERE NOT {IS_RETIRED} AND id NOT IN ({exported_ids(package)})
        )
        FROM vanished {_standing(ledger)} ORDER BY id
        """,
        ledger.views,
    )
    return [absence for batch in batches for absence in batch.to_pylist()]


def _standing(ledger: Ledger) -> str:
    """A join that leaves out of `vanished` what SFCC never took, and what it had before it was reset. The ledger's entries are
    asked for those few alone, which takes half of the time that asking for all objects does."""
    return f"""
        SEMI JOIN (
            SELECT key FROM ledger_entries SEMI JOIN vanished USING (key) WHERE NOT deleted AND number > {ledger.emptied}
            -- SFCC rejects a whole price book with a warning.
            AND (verdict IN ('confirmed', 'unconfirmed') OR verdict = 'pending' AND type <> '{PRICE_BOOK}')
        ) USING (key)
    """


def _policies(settings: ConnectorSettings) -> dict[str, str]:
    """What becomes of retired objects, by type. What can't go offline is deleted."""
    chosen: Mapping[str, str] = settings.loads.retire.model_dump()
    policies = {kind: chosen[str(REGISTRY[kind].retired_by)] for kind in RETIRABLE}
    return {kind: "delete" if policy == "offline" and not can_go_offline(kind) else policy for kind, policy in policies.items()}


def exported_ids(package: Package, joined: str = "") -> str:
    """A query over the SFCC ids (`own_id`) of the products that the load exports, by its identities `i`. `joined`: a join."""
    return f"""
        SELECT own_id FROM ({sql_table(package.identities, tables.IDENTITIES)}) i {joined}
        WHERE i.sfcc_id IS NOT NULL AND i.own_id IS NOT NULL
    """


def _unmapped(package: Package) -> str:
    """Those of `exported_ids` that the load doesn't map."""
    return exported_ids(package, f"ANTI JOIN ({sql_table(package.changes, tables.CHANGES)}) c ON {IS_MAPPED}")


def retirements(
    ledger: Ledger, found: Sequence[Retired], settings: ConnectorSettings
) -> Iterator[tuple[Retired, list[tuple[str, dict[str, Any]]]]]:
    """Each object with the records that retire it, as (stage, `tables.RECORDS` row); those that SFCC has confirmed in that form
    already are left out. A master that is to be deleted has two: the first takes its variants from it, since SFCC deletes those
    that it still has (facts, SFCC imports: deletion)."""
    keys = np.array([each.key for each in found], dtype=np.uint64)
    for each, paths in zip(found, ledger.fields(keys), strict=True):
        rows = [_offline(each, paths, settings)] if each.policy == "offline" or "variations" in paths else []
        if each.policy == "delete":
            rows.append((_stage(each, paths), deletion_row(each.kind, each.container, each.id, each.source, paths)))
        if rows[-1][1]["output"] != each.confirmed:
            yield each, rows


def categories_spared(
    doomed: Collection[Place], children: Iterable[tuple[str, str, str]], owned: Collection[Place]
) -> set[Place]:
    """The categories of `doomed` that may not be deleted, since SFCC deletes all that stands below a category with it (facts,
    SFCC imports: deletion): those below which a category stands that isn't `owned`, at any depth.

    children: (catalog, parent, child) of SFCC's own. owned: those that the load exports; they stand elsewhere by then, since
    moves go first. Example: tents is doomed, and a merchant's `our-tents` stands below it -> tents.
    """
    above = {(catalog, child): (catalog, parent) for catalog, parent, child in children}
    spared = set[Place]()
    for child in above.keys() - {*owned} - {*doomed}:
        at = above[child]
        while at in doomed and at not in spared:
            spared.add(at)
            at = above.get(at, at)
    return spared


def leaves_first(ledger: Ledger, found: Sequence[Retired]) -> list[Retired]:
    """The objects in the order in which they can be deleted: what stands below another one comes before it."""
    trees = [each for each in found if each.kind in (CATEGORY, FOLDER)]
    keys = np.array([each.key for each in trees], dtype=np.uint64)
    fields = zip(trees, ledger.fields(keys), strict=True)
    above = {(each.container, each.kind, each.id): parent_of(paths) for each, paths in fields}

    def depth(each: Retired) -> int:
        seen, at = set[str](), each.id
        while (each.container, each.kind, at) in above and at not in seen:
            seen.add(at)
            at = above[each.container, each.kind, at]
        return len(seen)

    return sorted(found, key=depth, reverse=True)


def write_retired(
    ledger: Ledger, found: Sequence[Retired], settings: ConnectorSettings, unlinked: Path, folder: Path
) -> dict[str, dict[str, int]]:
    """Write to `folder` the records that retire the objects, and to `unlinked` those that go before the deletion of masters.
    Returns how many objects, by type and policy."""
    counts: dict[str, dict[str, int]] = {}
    with RecordFiles(unlinked) as before, RecordFiles(folder) as files:
        for each, rows in retirements(ledger, leaves_first(ledger, found), settings):
            for row in rows[:-1]:
                before.write_row(*row)
            files.write_row(*rows[-1])
            of_kind = counts.setdefault(each.kind, {})
            of_kind[each.policy] = of_kind.get(each.policy, 0) + 1
    return counts


def _offline(each: Retired, paths: Collection[str], settings: ConnectorSettings) -> tuple[str, dict[str, Any]]:
    # Images that are handed over to merchants stay.
    formerly = paths if settings.images.view_types else {*paths} - {"images"}
    record = taken_offline(each.kind, each.id, formerly, settings.organization)
    fields = "\n".join(paths_offline(record, paths))
    row = record_row(each.kind, each.container, record, each.source)
    return _stage(each, paths), row | {"fields": fields, "fields_fingerprint": fingerprint(fields.encode())}


def _stage(each: Retired, paths: Collection[str]) -> str:
    if each.kind != PRODUCT:
        return each.kind
    if "variations" in paths:
        return "master"
    return "collection" if {"bundled", "set"}.intersection(paths) else PRODUCT
