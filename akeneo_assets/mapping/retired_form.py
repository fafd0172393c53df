"""What a retired object looks like in SFCC: one that was exported and isn't any more.

Belongs here: the record that takes it offline, and the paths that the ledger then has of it. Doesn't: which objects are retired
(`akeneo_assets.loads.retirement`), how the online flag is given back when one is exported again (`emptied`).

A retired object stands offline on every site. What else was written of it stays in SFCC and in the ledger, so that it can be
cleared should the object come back without it. Source: LOADS, "Removals".
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

from akeneo_assets.mapping.emptied import PARENT, RETIRED, VARIATION_GROUPS
from akeneo_assets.settings.organization_settings import Organization
from sfcc_resources.record_types import REGISTRY
from sfcc_resources.records import CATEGORY, FOLDER, PRICE_BOOK, PRODUCT, Record

_FLAG: Final = "fields/online-flag/"
_ROOT: Final = "root"


def taken_offline(kind: str, sfcc_id: str, formerly: Collection[str], organization: Organization) -> Record:
    """The record that takes an object offline; `formerly`: the paths (`emptied.fields_of`) that SFCC has of it.

    A master loses its variants and variation groups, so that they can stand on their own or below another. A product loses its
    images, since their files are deleted once nothing else shows them. A category or folder needs its parent, else SFCC moves it
    (facts, SFCC imports: `parent` omitted); a price book needs its currency.
    Example: `("category", "tents", ["parent/outdoor", ...])` -> `{"id": "tents", "parent": "outdoor", "fields": {"online-flag":
    {"": "false"}}}`.
    """
    flags = dict.fromkeys(_slots(kind, formerly, organization), "false")
    record: dict[str, Any] = {"id": sfcc_id, "fields": {"online-flag": flags}}
    if kind == PRODUCT and VARIATION_GROUPS in formerly:
        record["variations"] = {"attributes": [], "variants": [], "groups": []}
    elif kind == PRODUCT and "variations" in formerly:
        record["variations"] = None
    if kind == PRODUCT and "images" in formerly:
        record["images"] = []
    if kind in (CATEGORY, FOLDER):
        record["parent"] = parent_of(formerly)
    if kind == PRICE_BOOK:
        record |= {"currency": _named(formerly, "currency/"), "names": {}}
    return record


def paths_offline(record: Record, formerly: Iterable[str]) -> list[str]:
    """The paths that the ledger has of an object after `taken_offline` made `record` of it."""
    return sorted({*formerly, *(RETIRED + slot for slot in record["fields"]["online-flag"])})


def parent_of(formerly: Iterable[str]) -> str:
    """The id of what a category or folder stands below; `root` where the ledger does not tell, as before version 0.2."""
    return _named(formerly, PARENT) or _ROOT


def _named(formerly: Iterable[str], prefix: str) -> str | None:
    return next((path.removeprefix(prefix) for path in sorted(formerly) if path.startswith(prefix)), None)


def _slots(kind: str, formerly: Iterable[str], organization: Organization) -> list[str]:
    """All sites at once, each site that has a flag of its own, and of products each site that is fed: merchants may have given it
    one."""
    slots = {path.removeprefix(_FLAG) for path in formerly if path.startswith(_FLAG)}
    if kind == PRODUCT:
        slots |= {f"@{site.id}" for site in organization.sites if site.id is not None}
    return sorted({"", *slots} - set(organization.forgotten))


def can_go_offline(kind: str) -> bool:
    """Whether an object of the type can be taken out of the shop without being deleted."""
    return "online-flag" in REGISTRY[kind].fields
