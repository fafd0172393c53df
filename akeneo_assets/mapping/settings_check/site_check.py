"""The sites of connector.yaml against the PIM's channels, locales, currencies and category trees.

Belongs here: `organization` and `categories.trees`. Doesn't: the form of SFCC's ids (`sfcc_id_check`).
"""

import re
from collections.abc import Iterator
from typing import Final

from akeneo_assets.mapping.settings_check.missing_names import lacks, none_of
from akeneo_assets.mapping.sites import Sites, site_locales
from akeneo_assets.mapping.texts import is_locale
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.organization_settings import Site
from akeneo_assets.structure.pim_structure import Structure

_SLOT: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*|@.+")
"""What a value may be written for: an SFCC locale (`fr-FR`) or a site (`@RefArch`)."""


def check_sites(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each channel, locale or currency of a site that the PIM lacks."""
    for index, site in enumerate(settings.organization.sites):
        yield from _check_site(f"organization.sites.{index}", site, structure)


def _check_site(path: str, site: Site, structure: Structure) -> Iterator[str]:
    channel = structure.channel(site.channel)
    if channel is None:
        yield lacks(f"{path}.channel", "channel", site.channel, (channel.code for channel in structure.channels.values()))
        return
    asked = [locale for chain in site.fallbacks.values() for locale in chain]
    for key, codes in (("locales", list(site.locales)), ("fallbacks", asked)):
        yield from none_of(f"{path}.{key}", codes, channel.locales, f"no locale of the channel '{channel.code}'")
    for locale, lang in site.locales.items():
        if not is_locale(lang):
            yield f"connector.yaml: {path}.locales.{locale} is '{lang}', which is no SFCC locale; it should read like 'fr-FR'."
    locales = site_locales(site, channel)
    first: dict[str, str] = {}
    for locale, lang in locales.items():
        if first.setdefault(lang, locale) != locale:
            yield (
                f"connector.yaml: {path}.locales has both '{first[lang]}' and '{locale}' as SFCC's '{lang}', which can hold the "
                "texts of one: name the locales to import, or another SFCC locale for one of them."
            )
    default = [site.default_locale] if site.default_locale else []
    for key, codes in (("default_locale", default), ("fallbacks", list(site.fallbacks))):
        yield from none_of(f"{path}.{key}", codes, locales, "none of the site's locales")
    yield from none_of(f"{path}.currencies", site.currencies, channel.currencies, f"no currency of the channel '{channel.code}'")


def check_boolean_labels(settings: ConnectorSettings, sites: Sites) -> Iterator[str]:
    """Yield a sentence for each locale of `attributes.boolean_labels` that no site has."""
    codes = list(settings.attributes.boolean_labels)
    yield from none_of("attributes.boolean_labels", codes, sites.all_locales, "no locale of any site")


def check_forgotten(settings: ConnectorSettings, sites: Sites) -> Iterator[str]:
    """Yield a sentence for each entry of `organization.forgotten` that is still in use, or is neither locale nor site."""
    in_use = {slot.key for slot in sites.localized} | {f"@{site.id}" for site in sites.sites}
    for slot in settings.organization.forgotten:
        if slot in in_use:
            yield f"connector.yaml: organization.forgotten names '{slot}', which organization.sites still has; take one out."
        elif not _SLOT.fullmatch(slot):
            yield (
                f"connector.yaml: organization.forgotten names '{slot}', which is no SFCC locale or site; it should read like "
                "'fr-FR' or '@RefArch'."
            )


def check_trees(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each category tree that the PIM lacks, or that is a category below one."""
    keys = [("categories.trees", settings.categories.trees)]
    keys += [(f"organization.sites.{index}.trees", site.trees) for index, site in enumerate(settings.organization.sites)]
    for path, code in ((path, code) for path, codes in keys for code in codes):
        category = structure.category(code)
        if category is None:
            trees = [category.code for category in structure.categories.values() if category.parent is None]
            yield lacks(path, "category tree", code, trees)
        elif category.parent is not None:
            yield f"connector.yaml: {path} names '{code}', which is no tree but a category below '{category.parent}'."


def check_root_categories(sites: Sites) -> Iterator[str]:
    """Yield a sentence for each site that hangs the trees of a shared catalog elsewhere than the first one does."""
    roots: dict[str, str] = {}
    for site in sites.sites:
        root = roots.setdefault(site.catalog, site.root_category)
        if root != site.root_category:
            yield (
                f"connector.yaml: sites of the catalog '{site.catalog}' must share root_category, "
                f"not have '{root}' and '{site.root_category}'."
            )
