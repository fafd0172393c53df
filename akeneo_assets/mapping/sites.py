"""Which channel and locale fills which slot of an SFCC value.

Belongs here: the sites of connector.yaml resolved against the PIM's channels, the slots that follow, labels by slot, and the
categories of a site's trees. Doesn't: values (`spreading`).

SFCC holds a localizable value once for each locale and once under `x-default`, which it shows where a locale has none. It holds
other values once, or once for each site. The key of a slot says which of them it is: `x-default` or `fr-FR`; `""` for all sites,
or `@RefArch` for one of them, which is written where the site's channel or default locale may give another value than the first
site's.
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
_BASE: Final = frozenset({"", DEFAULT})
_ROOT: Final = "root"
"""Id of every catalog's root category (SFCC help, catalog object import)."""

_LONGEST: Final = 4000
"""UTF-16 units of a localized name, in any of SFCC's schemas."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot is filled with the value of `channel` in the first of `locales` (PIM codes) that has one."""

    key: str
    channel: str
    locales: tuple[str, ...]

    @property
    def is_base(self) -> bool:
        """Whether it is what SFCC shows where a locale or site has nothing of its own: `""` or `x-default`."""
        return self.key in _BASE

    @property
    def is_locale(self) -> bool:
        """Whether it is a locale's own: `fr-FR`."""
        return self.key not in _BASE and self.key[0] != "@"


@dataclass(frozen=True, slots=True)
class ResolvedSite:
    """A site of connector.yaml with its defaults filled in.

    `locales`: PIM locale -> SFCC locale. `fallbacks`: PIM locale -> the locales asked where it has no value. `default_locales`:
    the PIM locales that fill x-default and what isn't localizable in SFCC, in the order in which they are asked. `trees`: codes
    of category trees; `tree_as_category`: whether the tree's own category is exported.
    """

    id: str | None
    channel: str
    locales: dict[str, str]
    fallbacks: dict[str, tuple[str, ...]]
    default_locales: tuple[str, ...]
    currencies: tuple[str, ...]
    catalog: str
    root_category: str
    trees: tuple[str, ...]
    tree_as_category: bool


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites, and the slots that their values fill.

    `localized`: x-default, then every SFCC locale. `unlocalized`: the slot for all sites, which has the first site's value, then
    those of the sites that may differ from it, if only in the currencies of a price shown as text.
    """

    sites: tuple[ResolvedSite, ...]
    localized: tuple[Slot, ...]
    unlocalized: tuple[Slot, ...]

    @property
    def default_locales(self) -> tuple[str, ...]:
        """The PIM locales that fill x-default, in the order in which they are asked."""
        return self.localized[0].locales

    @property
    def all_locales(self) -> tuple[str, ...]:
        """Every PIM locale of any site, the default ones first."""
        return tuple(dict.fromkeys((*self.default_locales, *(code for s in self.localized for code in s.locales))))

    @property
    def first_sites(self) -> tuple[str, ...]:
        """The slots of the sites that have the first site's values: `("@RefArch",)`."""
        return tuple(f"@{site.id}" for site in self.sites if _reads_alike(site, self.sites[0]))


def resolve(settings: ConnectorSettings, structure: Structure) -> Sites:
    """The sites, for settings that `settings_check` has passed. LookupError: the PIM lacks a channel."""
    return slots_of(tuple(_resolve(site, settings, structure) for site in settings.organization.sites))


def slots_of(sites: tuple[ResolvedSite, ...]) -> Sites:
    """The slots of what these sites share. A locale belongs to the first site that has it."""
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
        tree_as_category=settings.categories.tree_as_category,
    )


def site_locales(site: Site, channel: Channel) -> dict[str, str]:
    """PIM locale -> SFCC locale: those that the settings name, else all of the channel's."""
    return dict(site.locales) or {code: sfcc_locale(code) for code in channel.locales}


def _reads_alike(site: ResolvedSite, other: ResolvedSite) -> bool:
    """Whether values that aren't localizable in SFCC are the same for both sites."""
    return (site.channel, site.default_locales, site.currencies) == (other.channel, other.default_locales, other.currencies)


def _chain(site: Site | ResolvedSite, locale: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((locale, *site.fallbacks.get(locale, ()))))


def label_slots(labels: Labels, code: str, sites: Sites, reasons: list[str] | None = None) -> Slots:
    """A label by slot: `{"x-default": "Mug", "fr-FR": "Tasse"}`.

    x-default falls back to the code. A locale without a label has no slot, since SFCC shows x-default by itself. A label that is
    too long for SFCC is cut, and a reason appended.
    """
    slots = {DEFAULT: label(labels, code, sites.default_locales)}
    for slot in sites.localized[1:]:
        text = next((labels[locale] for locale in slot.locales if locale in labels), None)
        if text is not None:
            slots[slot.key] = clean(text)
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
    """Folded code -> category, of all the site's trees, parents before children, the trees' own ones unless they are left out."""
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
    return {key: category for key, category in ordered.items() if category.parent or site.tree_as_category}
