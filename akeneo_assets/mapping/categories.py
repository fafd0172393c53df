"""Categories, and the places of products in them.

Belongs here: category records and assignments. Doesn't: which trees a site has (`sites`). What merchants add to a category in
SFCC (refinements, other attributes, other assignments) isn't in these records and so stays.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from akeneo_assets.mapping.attribute_definitions import Row
from akeneo_assets.mapping.fitting import fit
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.problems import Problem
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
from akeneo_assets.mapping.standard_fields import CATEGORY_FIELDS
from akeneo_assets.mapping.texts import UnmappableError, lexical
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Category, Structure, fold
from sfcc_resources.records import CATEGORY, CATEGORY_ASSIGNMENTS, CategoryAssignment, Slots
from sfcc_resources.xml.markup import clean


def categories(settings: ConnectorSettings, structure: Structure) -> tuple[list[Row], list[Problem]]:
    """The categories of all sites' trees, parents before children (rows are (type, catalog, record)), and what was left out.
    `position` counts siblings from 1, in the PIM's order. What stands below a category that is held back hangs below the next one
    above it."""
    if not settings.categories.write:
        return [], []
    sites = resolve(settings, structure)
    rows: dict[tuple[str, str], Row] = {}
    siblings = Counter[tuple[str, str]]()
    problems = list(unknown_enriched(settings, structure))
    for site in sites.sites:
        shown, tree = _of_catalog(site, sites), tree_categories(site, structure)
        held = {key: why for key, category in tree.items() if (why := category_problem(category, site))}
        for key, category in tree.items():
            if key in held:
                problems.append(Problem("category", category.code, "", f"held back: {held[key]}"))
            elif (site.catalog, key) not in rows:
                parent = _parent(category, tree.keys() - held.keys(), structure) or site.root_category
                siblings[site.catalog, parent] += 1
                record = _category(category, parent, siblings[site.catalog, parent], shown, settings, structure, problems)
                rows[site.catalog, key] = (CATEGORY, site.catalog, record)
    return list(rows.values()), list(dict.fromkeys(problems))


def unknown_enriched(settings: ConnectorSettings, structure: Structure) -> Iterator[Problem]:
    """The enriched attributes mapped of which no category has a value. The API doesn't list them, so that nobody can say whether
    one is misspelled or empty everywhere."""
    values = (v for category in structure.categories.values() for v in category.values)
    known = {fold(code): code for code in sorted({_code(v) for v in values})}
    for path, chosen in (("enriched", settings.categories.enriched), ("enriched_custom", settings.categories.enriched_custom)):
        for name, code in chosen.items():
            if fold(code) not in known:
                nearest = difflib.get_close_matches(fold(code), known, 1, 0.6)
                advice = f"did you mean '{known[nearest[0]]}'?" if nearest else "is it spelled as in the PIM?"
                reason = f"no category has a value of the enriched attribute '{code}': SFCC's is empty; {advice}"
                yield Problem("setting", f"categories.{path}.{name}", code, reason)


def _parent(category: Category, exported: Collection[str], structure: Structure) -> str | None:
    """The id of the next category above that is exported; None: there is none."""
    above = structure.category(category.parent) if category.parent else None
    if above is None:
        return None
    return above.code if fold(above.code) in exported else _parent(above, exported, structure)


def category_ids(settings: ConnectorSettings, structure: Structure, sites: Sites) -> dict[str, dict[str, str]]:
    """Catalog -> folded code -> category id, for every category exported."""
    found: dict[str, dict[str, str]] = {}
    if settings.categories.write:
        for site in sites.sites:
            found.setdefault(site.catalog, {}).update({key: c.code for key, c in exported_categories(site, structure).items()})
    return found


def _category(
    category: Category,
    parent: str,
    position: int,
    sites: Sites,
    settings: ConnectorSettings,
    structure: Structure,
    problems: list[Problem],
) -> dict[str, Any]:
    fields: dict[str, Slots] = {
        "display-name": label_slots(category.labels, category.code, sites),
        "online-flag": {"": lexical(settings.categories.online)},
        "position": {"": str(position)},
    }
    record: dict[str, Any] = {"id": category.code, "parent": parent, "fields": fields}
    page: dict[str, Slots] = {}
    custom: dict[str, Slots] = {}
    for name, code in settings.categories.enriched.items():
        field = CATEGORY_FIELDS[name]
        reasons: list[str] = []
        slots = _enriched(category, code, sites.localized, structure, reasons, localized=field.localized)
        fitted: Slots = {key: text for key, value in slots.items() if (text := fit(field, str(value), reasons)) is not None}
        if fitted:
            (page if field.area == "page" else fields)[field.element] = fitted
        problems += [Problem("category", category.code, code, reason) for reason in dict.fromkeys(reasons)]
    for id_, code in settings.categories.enriched_custom.items():
        reasons = []
        if slots := _enriched(category, code, sites.localized, structure, reasons, localized=None):
            custom[id_] = slots
        problems += [Problem("category", category.code, code, reason) for reason in dict.fromkeys(reasons)]
    if settings.categories.show_in_menu is not None:
        custom["showInMenu"] = {"": lexical(settings.categories.show_in_menu)}
    if page:
        record["page"] = page
    if custom:
        record["custom"] = custom
    return record


def _of_catalog(site: ResolvedSite, sites: Sites) -> Sites:
    """The slots of the categories of the site's trees: its own values before those of the sites that share its catalog."""
    return slots_of((site, *(other for other in sites.sites if other.catalog == site.catalog and other is not site)))


def _enriched(
    category: Category, code: str, wanted: Sequence[Slot], structure: Structure, reasons: list[str], *, localized: bool | None
) -> Slots:
    """An enriched category attribute's value by slot; `localized` None: as its values are."""
    entries = [v for v in category.values if fold(_code(v)) == fold(code)]
    if localized is None:
        localized = any(v.get("locale") for v in entries)
    slots: Slots = {}
    for slot in wanted if localized else (replace(wanted[0], key=""),):
        for locale in (*slot.locales, None):
            if locale is None and slot.key not in ("", DEFAULT):
                continue
            data = next(
                (v["data"] for v in entries if v.get("locale") == locale and v.get("channel") in (slot.channel, None)), None
            )
            if data not in (None, "", []):
                try:
                    slots[slot.key] = _text(data, structure)
                except UnmappableError as error:
                    reasons.append(str(error))
                break
    return slots


def _code(value: Mapping[str, Any]) -> str:
    """The code of an enriched attribute, which stands before `|` (Akeneo API)."""
    return str(value["attribute_code"]).split("|")[0]


def _file(data: Any) -> str | None:
    """The media key of an enriched attribute's file, if it is one."""
    return media_key("category-media-files", data["file_path"]) if isinstance(data, dict) and "file_path" in data else None


def _text(data: Any, structure: Structure) -> str:
    if key := _file(data):
        return given_path(key, structure.media)
    return clean(", ".join(map(str, data)) if isinstance(data, list) else lexical(data))


def category_media(settings: ConnectorSettings, structure: Structure) -> list[str]:
    """The media keys of the files that enriched categories show."""
    codes = {fold(c) for c in (*settings.categories.enriched.values(), *settings.categories.enriched_custom.values())}
    return list(
        dict.fromkeys(
            key
            for category in structure.categories.values()
            for v in category.values
            if fold(_code(v)) in codes and (key := _file(v.get("data")))
        )
    )


def assignments(
    product_id: str, codes: Iterable[str], ids: Mapping[str, Mapping[str, str]], primary: bool
) -> tuple[list[Row], list[str]]:
    """A product's assignments for each catalog, and the codes that no exported tree has. `primary`: the first one is the primary
    category."""
    rows: list[Row] = []
    known: set[str] = set()
    codes = list(codes)
    for catalog, exported in ids.items():
        found: list[CategoryAssignment] = []
        for code in codes:
            id_ = exported.get(fold(code))
            if id_ is not None:
                known.add(code)
                assignment: CategoryAssignment = {"category": id_}
                if primary:
                    assignment["primary"] = not found
                found.append(assignment)
        if found:
            rows.append((CATEGORY_ASSIGNMENTS, catalog, {"id": product_id, "categories": found}))
    return rows, [code for code in codes if code not in known]
