"""Categories, and the places of products in them.

Belongs here: category records and assignments. Doesn't: which trees a site has (`sites`).

Example: the tree `master` with the category `mugs` below it, in the catalog `shop`, becomes the rows

    ("category", "shop", {"id": "master", "parent": "root", "fields": {"display-name": ..., "position": {"": "1"}, ...}})
    ("category", "shop", {"id": "mugs", "parent": "master", "fields": {...}})

What merchants add to a category in SFCC (refinements, other attributes, other assignments) isn't in these records and so stays.
Source: catalog.xsd, complexType.Category; Akeneo API, categories with `with_enriched_attributes`.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from akeneo_assets.mapping.fitting import fit
from akeneo_assets.mapping.frame import PlacedRecord
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.problems import MALFORMED, Problem, complaint
from akeneo_assets.mapping.sites import (
    DEFAULT,
    ResolvedSite,
    Sites,
    Slot,
    category_problem,
    exported_categories,
    label_slots,
    resolve,
    slots_of,
    tree_categories,
)
from akeneo_assets.mapping.texts import lexical
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.standard_fields import CATEGORY_FIELDS
from akeneo_assets.structure.pim_structure import Category, Structure, fold
from akeneo_assets.structure.value_picking import value_in
from sfcc_resources.records import CATEGORY, CATEGORY_ASSIGNMENTS, CategoryAssignment, Slots
from sfcc_resources.xml.markup import clean

# --- Categories -----------------------------------------------------------------------------------------------------------------


def categories(settings: ConnectorSettings, structure: Structure) -> tuple[list[PlacedRecord], list[Problem]]:
    """The categories of all sites' trees, and what was left out. Rows are (type, catalog, record), parents before their children.

    `position` counts the children of one parent from 1, in the PIM's order. A category that SFCC can't have is held back alone:
    what stands below it in the PIM hangs below the next category above it.
    """
    if not settings.categories.write:
        return [], []
    sites = resolve(settings, structure)
    rows: dict[tuple[str, str], PlacedRecord] = {}
    siblings = Counter[tuple[str, str]]()
    problems = list(unknown_enriched(settings, structure))
    for site in sites.sites:
        writer = _CategoryWriter(settings, structure, _of_catalog(site, sites), problems)
        tree = tree_categories(site, structure)
        held_back = {key: why for key, category in tree.items() if (why := category_problem(category, site))}
        for key, category in tree.items():
            if key in held_back:
                problems.append(Problem("category", category.code, "", f"held back: {held_back[key]}"))
            elif (site.catalog, key) not in rows:
                parent = _parent(category, tree.keys() - held_back.keys(), structure) or site.root_category
                siblings[site.catalog, parent] += 1
                record = writer.record(category, parent, siblings[site.catalog, parent])
                rows[site.catalog, key] = (CATEGORY, site.catalog, record)
    return list(rows.values()), list(dict.fromkeys(problems))


def category_ids(settings: ConnectorSettings, structure: Structure, sites: Sites) -> dict[str, dict[str, str]]:
    """Catalog -> folded code -> category id, for every category exported."""
    ids: dict[str, dict[str, str]] = {}
    if settings.categories.write:
        for site in sites.sites:
            ids.setdefault(site.catalog, {}).update({key: c.code for key, c in exported_categories(site, structure).items()})
    return ids


def _parent(category: Category, exported: Collection[str], structure: Structure) -> str | None:
    """The id of the next category above that is exported; None: there is none."""
    above = structure.category(category.parent) if category.parent else None
    if above is None:
        return None
    return above.code if fold(above.code) in exported else _parent(above, exported, structure)


def _of_catalog(site: ResolvedSite, sites: Sites) -> Sites:
    """The slots of the categories of the site's trees: its own values before those of the sites that share its catalog."""
    return slots_of((site, *(other for other in sites.sites if other.catalog == site.catalog and other is not site)))


@dataclass(frozen=True, slots=True)
class _CategoryWriter:
    """Makes the records of one site's categories. `sites`: see `_of_catalog`. It appends to `problems` what it leaves out."""

    settings: ConnectorSettings
    structure: Structure
    sites: Sites
    problems: list[Problem]

    def record(self, category: Category, parent: str, position: int) -> dict[str, Any]:
        """The category as SFCC takes it."""
        fields: dict[str, Slots] = {
            "display-name": label_slots(category.labels, category.code, self.sites),
            "online-flag": {"": lexical(self.settings.categories.online)},
            "position": {"": str(position)},
        }
        page: dict[str, Slots] = {}
        for name, code in self.settings.categories.enriched.items():
            field = CATEGORY_FIELDS[name]
            if slots := self._standard_slots(category, name, code):
                (page if field.area == "page" else fields)[field.element] = slots
        record: dict[str, Any] = {"id": category.code, "parent": parent, "fields": fields}
        if page:
            record["page"] = page
        if custom := self._custom(category):
            record["custom"] = custom
        if any(not _is_entry(entry) for entry in category.values) and _enriched_codes(self.settings):
            self._report(category, "", ["enriched values of another shape than the API's were left out"])
        return record

    def _standard_slots(self, category: Category, name: str, code: str) -> Slots:
        """The value of the enriched attribute `code` as the standard attribute `name` takes it."""
        field = CATEGORY_FIELDS[name]
        reasons: list[str] = []
        slots = _enriched(category, code, self.sites.localized, self.structure, reasons, localized=field.localized)
        fitted: Slots = {key: text for key, value in slots.items() if (text := fit(field, str(value), reasons)) is not None}
        self._report(category, code, reasons)
        return fitted

    def _custom(self, category: Category) -> dict[str, Slots]:
        custom: dict[str, Slots] = {}
        for id_, code in self.settings.categories.enriched_custom.items():
            reasons: list[str] = []
            if slots := _enriched(category, code, self.sites.localized, self.structure, reasons, localized=None):
                custom[id_] = slots
            self._report(category, code, reasons)
        if self.settings.categories.show_in_menu is not None:
            custom["showInMenu"] = {"": lexical(self.settings.categories.show_in_menu)}
        return custom

    def _report(self, category: Category, code: str, reasons: Iterable[str]) -> None:
        self.problems.extend(Problem("category", category.code, code, reason) for reason in dict.fromkeys(reasons))


# --- Enriched attributes --------------------------------------------------------------------------------------------------------


def unknown_enriched(settings: ConnectorSettings, structure: Structure) -> Iterator[Problem]:
    """A problem for each enriched attribute in the settings of which no category has a value. The API has no list of these
    attributes, so that a misspelled one can't be told from one that is empty everywhere."""
    entries = (entry for category in structure.categories.values() for entry in _entries(category))
    known = {fold(code): code for code in sorted({_code(entry) for entry in entries})}
    for path, chosen in (("enriched", settings.categories.enriched), ("enriched_custom", settings.categories.enriched_custom)):
        for name, code in chosen.items():
            if fold(code) not in known:
                nearest = difflib.get_close_matches(fold(code), known, 1, 0.6)
                advice = f"did you mean '{known[nearest[0]]}'?" if nearest else "is it spelled as in the PIM?"
                reason = f"no category has a value of the enriched attribute '{code}': SFCC's is empty; {advice}"
                yield Problem("setting", f"categories.{path}.{name}", code, reason)


def _enriched(
    category: Category, code: str, wanted: Sequence[Slot], structure: Structure, reasons: list[str], *, localized: bool | None
) -> Slots:
    """An enriched attribute's value by slot. `localized`: whether the field in SFCC is; None: as the values in the PIM are.

    Example: the value "Winter" of en_US -> {"x-default": "Winter", "en-US": "Winter"} for a localizable field, {"": "Winter"} for
    another one.
    """
    entries = [entry for entry in _entries(category) if fold(_code(entry)) == fold(code) and "data" in entry]
    if localized is None:
        localized = any(entry.get("locale") for entry in entries)
    scopable = any(entry.get("channel") for entry in entries)
    slots: Slots = {}
    for slot in wanted if localized else (replace(wanted[0], key=""),):
        # A value without a locale fills the unqualified slot and x-default.
        locales = (*slot.locales, None) if slot.key in ("", DEFAULT) else slot.locales
        value = value_in(entries, slot.channel if scopable else None, locales, "channel")
        if value is not None:
            try:
                slots[slot.key] = _text(value["data"], structure)
            except MALFORMED as error:
                reasons.append(complaint(error))
    return slots


def _entries(category: Category) -> list[Mapping[str, Any]]:
    """The category's enriched values that have the API's shape, one for each attribute, channel and locale."""
    return [entry for entry in category.values if _is_entry(entry)]


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, Mapping) and isinstance(entry.get("attribute_code"), str)


def _code(entry: Mapping[str, Any]) -> str:
    """The code of an enriched value's attribute. Example: `description|96b8` -> `description` (Akeneo API)."""
    return str(entry["attribute_code"]).split("|")[0]


def _file(data: Any) -> str | None:
    """The media key of an enriched attribute's file; None: the data is no file."""
    path = data.get("file_path") if isinstance(data, dict) else None
    return media_key("category-media-files", path) if path and isinstance(path, str) else None


def _text(data: Any, structure: Structure) -> str:
    """The data as a text, a file as its path. Example: ["a", "b"] -> "a, b". One of MALFORMED: it is neither."""
    if key := _file(data):
        return given_path(key, structure.media)
    texts = data if isinstance(data, list) else [data]
    if any(isinstance(text, dict | list) for text in texts):
        raise TypeError("neither a scalar nor a list of scalars")
    return clean(", ".join(map(lexical, texts)))


def category_media(settings: ConnectorSettings, structure: Structure) -> list[str]:
    """The media keys of the files that enriched categories show."""
    codes = _enriched_codes(settings)
    entries = (entry for category in structure.categories.values() for entry in _entries(category))
    keys = (_file(entry.get("data")) for entry in entries if fold(_code(entry)) in codes)
    return list(dict.fromkeys(key for key in keys if key))


def _enriched_codes(settings: ConnectorSettings) -> set[str]:
    """The folded codes of the enriched attributes that the settings export."""
    chosen = (*settings.categories.enriched.values(), *settings.categories.enriched_custom.values())
    return {fold(code) for code in chosen}


# --- Assignments ----------------------------------------------------------------------------------------------------------------


def assignments(
    product_id: str, codes: Iterable[str], ids: Mapping[str, Mapping[str, str]], primary: bool
) -> tuple[list[PlacedRecord], list[str]]:
    """A product's assignments, a row (type, catalog, record) for each catalog, and the category codes that no exported tree has.

    `ids`: see `category_ids`. `primary`: the first category is the product's primary one.
    Example: ["mugs", "gone"] -> `{"id": "1", "categories": [{"category": "mugs", "primary": True}]}` and ["gone"].
    """
    rows: list[PlacedRecord] = []
    assigned: set[str] = set()
    codes = list(codes)
    for catalog, exported in ids.items():
        assignments_there: list[CategoryAssignment] = []
        for code in codes:
            id_ = exported.get(fold(code))
            if id_ is not None:
                assigned.add(code)
                assignment: CategoryAssignment = {"category": id_}
                if primary:
                    assignment["primary"] = not assignments_there
                assignments_there.append(assignment)
        if assignments_there:
            rows.append((CATEGORY_ASSIGNMENTS, catalog, {"id": product_id, "categories": assignments_there}))
    return rows, [code for code in codes if code not in assigned]
