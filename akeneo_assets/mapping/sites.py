"""Which channel and locale fills which slot of an SFCC value.

Belongs here: the sites of connector.yaml resolved against the PIM's channels, and the slots that follow. Doesn't: values.

A slot is a qualifier of an SFCC value: `x-default` and `fr-FR` for localizable ones; `""` for others, and `@site` where a site's
channel or default locale may give another value than the first site's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from akeneo_assets.mapping.fitting import cut
from akeneo_assets.mapping.texts import sfcc_locale
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.organization_settings import Site
from akeneo_assets.structure.pim_structure import Category, Channel, Labels, Structure, fold
from sfcc_resources.limits import length
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import CATEGORY, Slots
from sfcc_resources.xml.markup import clean

DEFAULT: Final = "x-default"
_ROOT: Final = "root"
"""Id of every catalog's root category (SFCC help, catalog object import)."""

_LONGEST: Final = 4000
"""UTF-16 units of a localized name, in any of SFCC's schemas."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Filled with the value of `channel` in the first of `locales` (PIM codes) that has one."""

    key: str
    channel: str
    locales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResolvedSite:
    """A site with its defaults filled in. `locales`: PIM locale -> SFCC locale; `fallbacks`: PIM locale -> those asked after it;
    `default_locales`: the PIM locales of its values that aren't localizable, in turn; `trees`: codes of category trees."""

    id: str | None
    channel: str
    locales: dict[str, str]
    fallbacks: dict[str, tuple[str, ...]]
    default_locales: tuple[str, ...]
    currencies: tuple[str, ...]
    catalog: str
    root_category: str
    trees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sites:
    """`localized`: x-default, then every SFCC locale; `unlocalized`: the first site, then those that may differ, if only in the
    currencies of a price shown as text."""

    sites: tuple[ResolvedSite, ...]
    localized: tuple[Slot, ...]
    unlocalized: tuple[Slot, ...]

    @property
    def default_locales(self) -> tuple[str, ...]:
        """The PIM locales that fill x-default, in turn."""
        return self.localized[0].locales

    @property
    def all_locales(self) -> tuple[str, ...]:
        """Every PIM locale of any site, the default ones first."""
        return tuple(dict.fromkeys((*self.default_locales, *(code for s in self.localized for code in s.locales))))

    @property
    def first_sites(self) -> tuple[str, ...]:
        """The slots of the sites whose values the first unlocalized slot holds."""
        return tuple(f"@{site.id}" for site in self.sites if _reads_alike(site, self.sites[0]))


def resolve(settings: ConnectorSettings, structure: Structure) -> Sites:
    """The sites, for settings that `validation` has found right."""
    return slots_of(tuple(_resolve(site, settings, structure) for site in settings.organization.sites))


def slots_of(sites: tuple[ResolvedSite, ...]) -> Sites:
    """The slots of what these sites share, the first one's values before the others'."""
    first, *others = sites
    localized = {DEFAULT: Slot(DEFAULT, first.channel, first.default_locales)}
    for site in sites:
        for locale, lang in site.locales.items():
            localized.setdefault(lang, Slot(lang, site.channel, _chain(site, locale)))
    unlocalized = [Slot("", first.channel, first.default_locales)]
    unlocalized += [Slot(f"@{s.id}", s.channel, s.default_locales) for s in others if not _reads_alike(s, first)]
    return Sites(sites, tuple(localized.values()), tuple(unlocalized))


def _resolve(site: Site, settings: ConnectorSettings, structure: Structure) -> ResolvedSite:
    channel = structure.channel(site.channel)
    if channel is None:
        raise LookupError(f"the PIM has no channel '{site.channel}'")
    locales = site_locales(site, channel)
    default = site.default_locale or ("en_US" if "en_US" in locales else next(iter(locales)))
    return ResolvedSite(
        id=site.id,
        channel=channel.code,
        locales=locales,
        fallbacks=site.fallbacks,
        default_locales=_chain(site, default),
        currencies=site.currencies or channel.currencies,
        catalog=site.storefront_catalog or settings.organization.master_catalog,
        root_category=site.root_category,
        trees=tuple(
            c.code if (c := structure.category(t)) else t for t in site.trees or settings.categories.trees or (channel.tree,)
        ),
    )


def site_locales(site: Site, channel: Channel) -> dict[str, str]:
    """PIM locale -> SFCC locale: those named, else the channel's."""
    return dict(site.locales) or {code: sfcc_locale(code) for code in channel.locales}


def _reads_alike(one: ResolvedSite, other: ResolvedSite) -> bool:
    """Whether values that aren't localizable in SFCC are the same for both sites."""
    return (one.channel, one.default_locales, one.currencies) == (other.channel, other.default_locales, other.currencies)


def _chain(site: Site | ResolvedSite, locale: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((locale, *site.fallbacks.get(locale, ()))))


def label_slots(labels: Labels, code: str, sites: Sites, reasons: list[str] | None = None) -> Slots:
    """A label by slot. x-default falls back to the code; a locale without a label has no slot: SFCC falls back itself. What SFCC
    doesn't take of a long one is cut off, and a reason appended."""
    slots = {DEFAULT: label(labels, code, sites.default_locales)}
    for slot in sites.localized[1:]:
        found = next((labels[locale] for locale in slot.locales if locale in labels), None)
        if found is not None:
            slots[slot.key] = clean(found)
    if reasons is not None and any(length(text) > _LONGEST for text in slots.values()):
        reasons.append(f"cut to the {_LONGEST} characters that SFCC allows for a name")
    return {key: cut(text, _LONGEST) for key, text in slots.items()}


def label(labels: Labels, code: str, locales: Iterable[str]) -> str:
    """The label in the first of the locales that has one, else the code."""
    return clean(next((labels[locale] for locale in locales if locale in labels), code))


def category_problem(category: Category, site: ResolvedSite) -> str | None:
    """Why SFCC can't have the category, as a phrase; None: it can."""
    if fold(category.code) in (_ROOT, fold(site.root_category)):
        return f"'{category.code}' is the id of SFCC's root category"
    why = id_problem(CATEGORY, category.code)
    return why and f"its id '{category.code}' {why}"


def exported_categories(site: ResolvedSite, structure: Structure) -> dict[str, Category]:
    """Folded code -> category, of all the site's trees that SFCC can have, parents before children."""
    return {key: c for key, c in tree_categories(site, structure).items() if category_problem(c, site) is None}


def tree_categories(site: ResolvedSite, structure: Structure) -> dict[str, Category]:
    """Folded code -> category, of all the site's trees, parents before children."""
    trees = {fold(t) for t in site.trees}
    inside = {key: c for key, c in structure.categories.items() if fold(structure.tree_of[key]) in trees}
    ordered: dict[str, Category] = {}

    def add(key: str) -> None:
        category = inside[key]
        if key not in ordered:
            if category.parent and fold(category.parent) in inside:
                add(fold(category.parent))
            ordered[key] = category

    for key in inside:
        add(key)
    return ordered
