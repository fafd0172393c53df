"""What connector.yaml says of each site's storefront, as far as it decides what a shopper finds there.

Belongs here: the locales, price books and catalog of a site, and which parts of a product the connector fills at all. Doesn't:
any product (`shop_judgement`). What the settings leave to merchants isn't judged: nobody here knows what they have made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.prices import books_of
from akeneo_assets.mapping.sites import DEFAULT, ResolvedSite, resolve, slots_of
from akeneo_assets.mapping.variations import axis_id
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS
from akeneo_assets.store import fingerprint
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.records import Slots

NAME: Final = "display-name"
DESCRIPTIONS: Final = ("short-description", "long-description")
TEXTS: Final = {NAME: "name", "short-description": "short description", "long-description": "long description"}
"""The texts that are judged, as people call them."""


@dataclass(frozen=True)
class Storefront:
    """One site. `locales`: SFCC locales; `books`: currency -> ids of the price books that the connector fills for the site, none:
    prices are merchants'; `offline_cause`: what makes a product offline here, as a phrase, None: flags are merchants'."""

    id: str
    catalog: str
    root_category: str
    locales: tuple[str, ...]
    books: Mapping[str, tuple[str, ...]]
    offline_cause: str | None


@dataclass(frozen=True)
class Storefronts:
    """All sites, and what of a product the connector fills.

    `texts`: the elements of `TEXTS` that are mapped; `translated`: those whose PIM attributes have a value for each locale;
    `axes`: ids of the SFCC attributes that variants may differ in. False `images` or `categories`: they are left to merchants.
    """

    sites: tuple[Storefront, ...]
    master_catalog: str
    texts: frozenset[str]
    translated: frozenset[str]
    images: bool
    categories: bool
    axes: frozenset[str]

    def fingerprint(self) -> int:
        """Changes with whatever of the settings and of the PIM's lists decides what is judged, and how."""
        told = {name: sorted(part) if isinstance(part, frozenset) else part for name, part in vars(self).items()}
        return fingerprint(repr(told).encode())

    def not_judged(self) -> list[str]:
        """Sentences on what is left to merchants, and on what no import can know."""
        untold = [
            "Stock is not judged: inventory is not the connector's, so a product that is in order here may be out of stock.",
            "Assignments, prices, images and texts that merchants made in SFCC themselves are not known here.",
            "Which price books a site uses is set in Business Manager: judged are those that the connector fills for the site.",
            "The search index is not known: what an import changed is found once SFCC has built the index anew.",
        ]
        left = {
            "Names": NAME in self.texts,
            "Descriptions": bool(self.texts.intersection(DESCRIPTIONS)),
            "Images": self.images,
            "Categories": self.categories,
        }
        untold += [
            f"{what} are left to merchants by connector.yaml and are not judged." for what, ours in left.items() if not ours
        ]
        for site in self.sites:
            where = f" of the site {site.id}" if site.id else ""
            if site.offline_cause is None:
                untold.append(f"Online flags{where} are left to merchants by connector.yaml and are not judged.")
            if not site.books:
                untold.append(f"Prices{where} are left to merchants by connector.yaml and are not judged.")
        return untold


def storefronts(settings: ConnectorSettings, structure: Structure) -> Storefronts:
    """The sites of settings that `settings_check` has passed."""
    frame = Frame(settings, structure, resolve(settings, structure))
    sources = {PRODUCT_FIELDS[name].element: source for name, source in settings.attributes.standard.items()}
    read = {
        element: [frame.structure.attribute(code) for code in sources[element].attributes()] for element in TEXTS & sources.keys()
    }
    mapped = {element for element, attributes in read.items() if all(attributes) or sources[element].default is not None}
    translated = {element for element in mapped if read[element] and all(a and a.localizable for a in read[element])}
    if settings.products.label_as_name:
        labels = [structure.attribute(family.label_attribute) for family in structure.families.values() if family.label_attribute]
        if not all(attribute and attribute.localizable for attribute in labels):
            translated.discard(NAME)
    variants = structure.family_variants.values()
    return Storefronts(
        tuple(_storefront(site, frame) for site in frame.sites.sites),
        settings.organization.master_catalog,
        frozenset(mapped),
        frozenset(translated),
        bool(settings.images.view_types),
        settings.categories.write,
        frozenset(axis_id(code, settings) for variant in variants for code in variant.axes),
    )


def _storefront(site: ResolvedSite, frame: Frame) -> Storefront:
    own = replace(frame, sites=slots_of((site,)))
    books: dict[str, list[str]] = {}
    for setting in frame.settings.price_books:
        for book in books_of(setting, own):
            if book.online:
                books.setdefault(book.currency, []).append(book.id)
    return Storefront(
        site.id or "",
        site.catalog,
        site.root_category,
        tuple(dict.fromkeys(site.locales.values())),
        {currency: tuple(dict.fromkeys(ids)) for currency, ids in books.items()},
        _offline_cause(site, frame.settings),
    )


def _offline_cause(site: ResolvedSite, settings: ConnectorSettings) -> str | None:
    """What the online flag of a product that isn't online there comes from, by `akeneo_assets.mapping.status`."""
    status, mapped = settings.products.status, settings.attributes.standard.get("online-flag")
    source = mapped and (mapped.sites.get(site.id or "") if mapped.sites else mapped)
    if source:
        codes = ", ".join(f"'{code}'" for code in source.attributes())
        return (
            f"its attribute {codes} in the PIM says so" if codes else "connector.yaml says so (attributes.standard.online-flag)"
        )
    locales = f"{status.locales} of {', '.join(site.locales)}"
    return {
        "enabled": "it is disabled in the PIM",
        "completeness": (
            f"it is disabled in the PIM, or less than {status.completeness} % complete for the channel '{site.channel}' "
            f"(products.status: {locales})"
        ),
        "attribute": f"it is disabled in the PIM, or its attribute '{status.attribute}' is not true",
        "untouched": None,
    }[status.source]


def localized(slots: Slots, locale: str) -> str | list[str] | None:
    """What a shopper of a locale sees of a localizable value. Source: facts, SFCC imports, site-specific ("locale lookup is
    language_country, language, default").

    Example: {"x-default": "Tent", "fr": "Tente"} in fr-FR -> "Tente", in de-DE -> "Tent".
    """
    return next((value for key in lookup(locale) if (value := slots.get(key)) is not None), None)


@cache
def lookup(locale: str) -> tuple[str, ...]:
    """The slots in which SFCC looks for a locale's value, in order. Example: fr-FR -> fr-FR, fr, x-default."""
    return tuple(dict.fromkeys((*own_slots(locale), DEFAULT)))


def own_slots(locale: str) -> tuple[str, ...]:
    """The slots that are in a locale's own language. Example: fr-FR -> fr-FR, fr."""
    return (locale, locale.split("-", maxsplit=1)[0])


def of_site(slots: Slots, site: str) -> str | None:
    """A value that isn't localizable, as a site has it: its own, else the one for all sites; None: there is none. Source: as
    `localized` ("lookup is site value, then default")."""
    value = slots.get(f"@{site}")
    value = slots.get("") if value is None else value
    return value if isinstance(value, str) else None
