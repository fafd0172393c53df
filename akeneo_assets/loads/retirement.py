"""Retirement: what the ledger has and the export no longer has is taken out of the shop, whatever the reason, by one mechanism.

Belongs here: finding these objects, what each policy makes of them, their records. Doesn't: what a retired object looks like
(`akeneo_assets.mapping.retired_form`), whether an item is really gone from the PIM (the mirror says so), relations and prices of
retired products (`record_files.write_gone`). Source: LOADS, "Ledger" and "Removals".
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, deletion_row, record_files, record_row
from akeneo_assets.mapping.retired_form import can_go_offline, parent_of, paths_offline, taken_offline
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import fingerprint, sql_files, sql_table
from sfcc_resources.record_types import REGISTRY
from sfcc_resources.records import PRODUCT

RETIRABLE: Final = tuple(name for name, of in REGISTRY.items() if of.retired_by is not None)
"""The types of objects that are retired by themselves."""

_GROUPS: Final = ("products", "categories", "content", "price_books", "attribute_definitions")
"""The groups of records that hold all objects of these types that a load exports, but for products that it doesn't map."""


@dataclass(frozen=True)
class Retired:
    """An object that is no longer exported. `formerly`: the paths that SFCC has of it; `policy`: offline, delete or keep; `same`:
    the fingerprint of what SFCC has confirmed last, None where it hasn't."""

    key: int
    container: str
    kind: str
    id: str
    source: str | None
    formerly: frozenset[str]
    policy: str
    same: int | None


def retired(package: Package, settings: ConnectorSettings, handed_over: Collection[str], *, everything: bool) -> list[Retired]:
    """The objects that SFCC was given and that the load of `package` no longer exports; leaves before what they stand below.

    `everything`: the load has mapped all products; else those that it hasn't are exported as before. `handed_over`:
    `akeneo_assets.mapping.emptied.handed_over`; types handed over as a whole are merchants'.
    """
    ledger = Ledger(package.store)
    kinds = [kind for kind in RETIRABLE if f"{kind}/" not in handed_over]
    held = ledger.sql(*kinds, columns=("key", "container", "type", "id", "source", "output", "verdict"))
    files = [path for group in _GROUPS for path in record_files(package.records(group), *RETIRABLE)]
    exported = f"ANTI JOIN read_parquet({sql_files(files)}) USING (key)" if files else ""
    unmapped = "" if everything else f"AND NOT (type = '{PRODUCT}' AND id IN ({_unmapped(package)}))"
    batches = package.store.select(
        f"""
        SELECT key, container, type, id, source, CASE WHEN verdict = 'confirmed' THEN output END AS same
        FROM ({held}) {exported}
        SEMI JOIN (SELECT key FROM ledger_entries WHERE verdict <> 'refused' AND NOT deleted) USING (key)
        WHERE true {unmapped} ORDER BY type, container, id
        """,
        ledger.views,
    )
    policies: Mapping[str, str] = settings.loads.retire.model_dump()
    found: list[Retired] = []
    for batch in batches:
        entries = batch.to_pylist()
        keys = np.array([entry["key"] for entry in entries], dtype=np.uint64)
        for entry, formerly in zip(entries, ledger.fields(keys), strict=True):
            kind = entry.pop("type")
            policy = policies[str(REGISTRY[kind].retired_by)]
            if policy == "offline" and not can_go_offline(kind):
                policy = "delete"
            found.append(Retired(**entry, kind=kind, formerly=frozenset(formerly), policy=policy))
    return _leaves_first(found)


def _unmapped(package: Package) -> str:
    """A query over the SFCC ids of the products that have one and that the load doesn't map."""
    return f"""
        SELECT own_id FROM ({sql_table(package.identities, tables.IDENTITIES)}) i
        ANTI JOIN ({sql_table(package.changes, tables.CHANGES)}) c ON c.owner = i.owner
            AND c.key = CASE i.owner WHEN 'product' THEN i.key ELSE coalesce(i.root, i.key) END
        WHERE i.sfcc_id IS NOT NULL AND i.own_id IS NOT NULL
    """


def _leaves_first(found: list[Retired]) -> list[Retired]:
    """Deletions of what stands below another object come before the other's."""
    above = {(each.container, each.kind, each.id): parent_of(each.formerly) for each in found}

    def depth(each: Retired) -> int:
        chain, at = set[str](), each.id
        while (each.container, each.kind, at) in above and at not in chain:
            chain.add(at)
            at = above[each.container, each.kind, at]
        return len(chain)

    return sorted(found, key=depth, reverse=True)


def write_retired(found: list[Retired], settings: ConnectorSettings, folder: Path) -> dict[str, dict[str, int]]:
    """Write to `folder` the records that retire the objects, but for those that SFCC has confirmed in that form already.

    Returns how many are new, by type and policy.
    """
    counts: dict[str, dict[str, int]] = {}
    with RecordFiles(folder) as files:
        for each in found:
            for stage, row in _rows(each, settings):
                if row["output"] != each.same:
                    files.write_row(stage, row)
                    of_kind = counts.setdefault(each.kind, {})
                    of_kind[each.policy] = of_kind.get(each.policy, 0) + 1
    return counts


def write_unlinked(found: list[Retired], settings: ConnectorSettings, folder: Path) -> None:
    """Write to `folder` the records that take their variants from the masters that are to be deleted: SFCC deletes those that a
    master still has then (facts, SFCC imports: deletion)."""
    with RecordFiles(folder) as files:
        for each in found:
            if each.policy == "delete" and "variations" in each.formerly:
                files.write_row(*_offline(each, settings))


def _rows(each: Retired, settings: ConnectorSettings) -> Iterator[tuple[str, dict[str, Any]]]:
    if each.policy == "delete":
        yield _stage(each), deletion_row(each.kind, each.container, each.id, each.source, each.formerly)
    elif each.policy == "offline":
        yield _offline(each, settings)


def _offline(each: Retired, settings: ConnectorSettings) -> tuple[str, dict[str, Any]]:
    record = taken_offline(each.kind, each.id, each.formerly, settings.organization)
    fields = "\n".join(paths_offline(record, each.formerly))
    row = record_row(each.kind, each.container, record, each.source)
    return _stage(each), row | {"fields": fields, "fields_fingerprint": fingerprint(fields.encode())}


def _stage(each: Retired) -> str:
    if each.kind != PRODUCT:
        return each.kind
    if "variations" in each.formerly:
        return "master"
    return "collection" if each.formerly & {"bundled", "set"} else PRODUCT
