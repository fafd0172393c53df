"""Emptied in the PIM = emptied in SFCC: the one place of the rule.

SFCC's MERGE keeps what a feed doesn't name, so a field that the connector once wrote and that a record no longer has must be
written as cleared. Belongs here: the names of a record's fields, the clearing of those once written, and what is never cleared
because the settings hand it over to merchants. Doesn't: how an element clears (`sfcc_resources.clearing`), what was once written
(the ledger).

Example: the ledger says that a product had `fields/brand/`, and its record has no brand any more: the record is sent with
`fields: {"brand": {"": None}}`, which the XML writer writes as an empty element.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.clearing import can_clear
from sfcc_resources.records import (
    ATTRIBUTE_DEFINITION,
    CATEGORY,
    CATEGORY_ASSIGNMENTS,
    CONTENT,
    CUSTOM_OBJECT,
    FOLDER,
    PRICE_BOOK,
    PRODUCT,
    RECOMMENDATIONS,
    Record,
    Slots,
)

_AREAS: Final = ("fields", "custom", "page", "store", "attributes")
"""Parts of a record that hold attributes by name, each with slots. The path of one there is `area/name/slot`."""

_WHOLE: Final[dict[str, Any]] = {
    "images": [],
    "bundled": [],
    "set": [],
    "folders": [],
    "variations": None,
    "classification": None,
}
"""Parts of a record that are written whole, and what empties them."""

_NONE: Final[Mapping[str, Record]] = {}

VARIATION_GROUPS: Final = "variation-groups"
"""The path of a master's variation groups. They are left alone where none were ever written: they may be merchants'."""

_OFFLINE: Final = "offline"
"""The path that says that a master has no variants. The connector takes such a master offline even where merchants have the
status, and gives the flag back to them once it has variants again."""

RETIRED: Final = "retired/"
"""Paths that say at which slots the online flag was set to false because the object was no longer exported. Once it is exported
again, the flag is given back like that of a master without variants."""

PARENT: Final = "parent/"
"""The path that names what a category or folder stands below: it must be written even where the object is only taken offline."""

WITH_FIELDS: Final = {PRODUCT, CATEGORY, CONTENT, FOLDER, CUSTOM_OBJECT, PRICE_BOOK}
"""Records with attributes by name. What such a record doesn't name stays in SFCC as it is."""


def fields_of(type_: str, record: Record) -> list[str]:
    """The paths of everything that the record writes and that may have to be cleared one day.

    Examples: `fields/display-name/fr-FR`, `custom/akeneo_x/`, `images`, `category/shoes`, `primary/shoes`, `1/sku-7` (a
    recommendation's type and target). Slots that the record clears aren't among them.

    Records that are always written whole (groups, prices, files) have none, with two exceptions. A price book names its currency,
    without which its prices can't be deleted once the settings don't name the book any more. An attribute's definition names what
    makes it another attribute: where its type or localizable flag changes, SFCC drops the values that products have of it (facts,
    SFCC imports, metadata); where it is no longer per site, see `waits`.
    """
    if type_ == ATTRIBUTE_DEFINITION:
        per_site = " per site" if record.get("site_specific") else ""
        return [f"shape/{record['type']} {record.get('localizable', False)}{per_site}"]
    if type_ == CATEGORY_ASSIGNMENTS:
        assignments = record["categories"]
        primary = [f"primary/{assignment['category']}" for assignment in assignments if assignment.get("primary")]
        return [f"category/{assignment['category']}" for assignment in assignments] + primary
    if type_ == RECOMMENDATIONS:
        return [f"{target['type']}/{target['target']}" for target in record["targets"]]
    if type_ not in WITH_FIELDS:
        return []
    paths = [
        f"{area}/{name}/{slot}"
        for area in _AREAS
        if area in record
        for name, slots in record[area].items()
        for slot, value in slots.items()
        if value is not None
    ]
    paths += [name for name, empty in _WHOLE.items() if name in record and record[name] != empty]
    if type_ == PRICE_BOOK:
        paths.append(f"currency/{record['currency']}")
    if "parent" in record:
        paths.append(PARENT + record["parent"])
    variations = record.get("variations") or {}
    if variations.get("groups"):
        paths.append(VARIATION_GROUPS)
    if variations and not variations["variants"]:
        paths.append(_OFFLINE)
    return paths


def handed_over(settings: ConnectorSettings) -> tuple[str, ...]:
    """What the settings leave to merchants. It is neither written nor cleared nor deleted, even where the connector wrote it
    under other settings.

    Each entry is the beginning of a line `type/path`, with a path of `fields_of`: `product/images`. An entry that ends in a
    line's end names one path alone. Slots that SFCC has no longer (`organization.forgotten`) are ends of such lines: `/fr-FR` and
    a line's end.
    """
    categories, flag = settings.categories, f"{PRODUCT}/fields/online-flag/"
    untouched, mapped = settings.products.status.source == "untouched", settings.attributes.standard.get("online-flag")
    by_site = mapped.sites if mapped else {}
    to_merchants = {
        flag: untouched and mapped is None,
        f"{flag}\n": untouched and bool(by_site),
        **{f"{flag}@{site.id}\n": untouched and site.id not in by_site for site in settings.organization.sites if by_site},
        f"{PRODUCT}/images": not settings.images.view_types,
        f"{CATEGORY}/": not categories.write,
        f"{CATEGORY}/custom/showInMenu/": categories.show_in_menu is None and "showInMenu" not in categories.enriched_custom,
        f"{CATEGORY_ASSIGNMENTS}/": not categories.write,
        f"{CATEGORY_ASSIGNMENTS}/primary/": categories.primary == "none",
    }
    forgotten = (f"/{slot}\n" for slot in settings.organization.forgotten)
    return (*(path for path, merchants in to_merchants.items() if merchants), *forgotten)


def is_handed_over(type_: str, path: str, handed_over: tuple[str, ...]) -> bool:
    """Whether `handed_over` names a path of `fields_of`."""
    line = f"{type_}/{path}\n"
    return line.startswith(handed_over) or (type_ in WITH_FIELDS and line.endswith(handed_over))


def waits(path: str, defined: Mapping[str, Record]) -> bool:
    """Whether the path is a site's value of an attribute that is no longer defined per site.

    SFCC keeps such a value, ignores it, and rejects any write to it. It is cleared once the attribute is defined per site again.
    `defined`: as for `with_emptied`.
    """
    if not path.startswith("custom/"):
        return False
    _, name, slot = _parts(path)
    return slot.startswith("@") and not _takes(slot, {}, defined.get(name))


def with_emptied(type_: str, record: Record, formerly: Iterable[str], defined: Mapping[str, Record] = _NONE) -> Record:
    """The record with everything cleared that `formerly` (paths of `fields_of`) names and the record doesn't have.

    The record handed in is not changed; it is returned itself when there is nothing to clear. `defined`: the definitions, by id,
    of the custom attributes that the connector defines for such records.
    """
    gone = set(formerly).difference(fields_of(type_, record))
    emptied = sorted(path for path in gone if not path.startswith(PARENT))
    if not emptied or type_ in (PRICE_BOOK, ATTRIBUTE_DEFINITION):
        return record
    if type_ == CATEGORY_ASSIGNMENTS:
        parts = [path.split("/", 1) for path in emptied]
        no_longer_primary = {category for area, category in parts if area == "primary"}
        assignments = [
            {"primary": False, **assignment} if assignment["category"] in no_longer_primary else assignment
            for assignment in record["categories"]
        ]
        return {**record, "categories": assignments, "removed": [category for area, category in parts if area == "category"]}
    if type_ == RECOMMENDATIONS:
        removed = [path.split("/", 1) for path in emptied]
        return {**record, "removed": [{"target": target, "type": kind} for kind, target in removed]}
    cleared: dict[str, Any] = dict(record)
    for path in emptied:
        if path == VARIATION_GROUPS:
            cleared["variations"] = {**(cleared.get("variations") or {"attributes": [], "variants": []}), "groups": []}
            continue
        if path in _WHOLE:
            cleared.setdefault(path, _WHOLE[path])
            continue
        if path == _OFFLINE or path.startswith(RETIRED):
            slot, fields = path.removeprefix(_OFFLINE).removeprefix(RETIRED), cleared["fields"]
            cleared["fields"] = {**fields, "online-flag": {slot: None, **fields.get("online-flag", {})}}
            continue
        area, name, slot = _parts(path)
        if not _clearable(type_, area, name):
            continue
        attributes = {**cleared.get(area, {})}
        slots = attributes.get(name, {})
        if _takes(slot, slots, defined.get(name) if area == "custom" else None):
            attributes[name] = {**slots, slot: None}
            cleared[area] = attributes
    return cleared


def unclearable(type_: str, record: Record, formerly: Iterable[str]) -> list[str]:
    """The paths once written that the record no longer has and that SFCC has no way to clear. They are reported, and the ledger
    keeps them as written.

    Only a change of settings brings them about: `settings_check` refuses to map such a field without a default.
    """
    emptied = sorted(set(formerly).difference(fields_of(type_, record)))
    return [
        path
        for path in emptied
        if path.startswith(tuple(f"{area}/" for area in _AREAS))
        and type_ in WITH_FIELDS
        and not _clearable(type_, *_parts(path)[:2])
    ]


def _parts(path: str) -> tuple[str, str, str]:
    area, rest = path.split("/", 1)
    name, slot = rest.rsplit("/", 1)
    return area, name, slot


def _clearable(type_: str, area: str, name: str) -> bool:
    return area in ("custom", "attributes") or can_clear(type_, name)


def _takes(slot: str, slots: Slots, definition: Record | None) -> bool:
    """Whether SFCC accepts a write to the slot.

    An attribute that became localizable, or ceased to be, was defined anew, and its old values went with the old definition. How
    a merchant's attribute is defined shows only in the slots that are written now.
    """
    if definition is None:
        return not slots or any(_is_lang(slot) == _is_lang(other) for other in slots)
    if slot.startswith("@"):
        return bool(definition.get("site_specific"))
    return _is_lang(slot) == bool(definition.get("localizable"))


def _is_lang(slot: str) -> bool:
    return bool(slot) and not slot.startswith("@")
