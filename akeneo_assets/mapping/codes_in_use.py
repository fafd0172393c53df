"""Codes of the PIM's lists that the last import used, and which of them the lists no longer have.

Belongs here: which codes are in use, the comparison, the sentence that stops a job. Doesn't: where the codes in use and the
confirmations are kept (`akeneo_assets.loads.vanished_codes`).

A list that lacks a code does not say why: the code was deleted, or the connection lost the right to see it, and the PIM answers
alike. So nothing is taken from the shop for it before a person has confirmed it. Source: LOADS, "Absence is a claim", point 4.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from akeneo_assets.mapping.attribute_definitions import selected
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.organization_settings import Site
from akeneo_assets.structure.pim_structure import Structure, fold
from sfcc_resources.redaction import one_line

Codes = dict[str, list[str]]
"""Codes by kind, each as the PIM spells it. Of locales and currencies with their channel: `fr_FR of ecommerce`."""

_PLURALS: Final[Mapping[str, str]] = {
    "list": "lists",
    "channel": "channels",
    "locale": "locales",
    "currency": "currencies",
    "category tree": "category trees",
    "family": "families",
    "attribute": "attributes",
    "category": "categories",
}
"""The kinds, in the order in which a sentence names them. `list`: one that only some editions have. `category`: one that a
product had which can't be seen any more (`akeneo_assets.loads.removals`)."""

NAMED: Final = 10
"""Codes of a kind that the sentence names before it says how many more there are."""


def codes_in_use(settings: ConnectorSettings, structure: Structure, families: Iterable[str]) -> Codes:
    """The codes that an import of products has used; `families`: those that its products and models have."""
    sites = resolve(settings, structure).sites
    used = [family for code in families if (family := structure.family(code))]
    held = {code for family in used for code in family.attributes}
    exported = {fold(attribute.code) for attribute in selected(settings, structure)} | _named_attributes(settings)
    codes = {
        "list": _optional_lists(structure),
        "channel": [site.channel for site in sites],
        "locale": [_of(locale, site.channel) for site in sites for locale in site.locales],
        "currency": [_of(currency, site.channel) for site in sites for currency in site.currencies],
        "category tree": [tree for site in sites for tree in site.trees],
        "family": [family.code for family in used],
        "attribute": [structure.attributes[code].code for code in held & exported if code in structure.attributes],
    }
    return {kind: sorted(set(of_kind)) for kind, of_kind in codes.items()}


def vanished(in_use: Mapping[str, Iterable[str]], settings: ConnectorSettings, structure: Structure) -> Codes:
    """The codes in use that the lists of `structure` lack and that these settings still ask for; kinds without any are left out.

    Codes compare case-insensitively, as everywhere in Akeneo.
    """
    there = {kind: set(map(fold, codes)) for kind, codes in _listed(structure).items()}
    gone = {
        kind: [code for code in in_use.get(kind, ()) if fold(code) not in there[kind] and _asked_for(kind, code, settings)]
        for kind in _PLURALS
    }
    return {kind: codes for kind, codes in gone.items() if codes}


def sentence(gone: Codes, name: str) -> str:
    """What to stop the import `name` with.

    Example: "Nothing was sent, since the PIM's lists no longer have what is in use: locale 'fr_FR of ecommerce'; attributes
    'color', 'size'. ..."
    """
    return f"Nothing was sent, since the PIM's lists no longer have what is in use: {named(gone)}. {way_out(name)}"


def way_out(name: str) -> str:
    """What a person can do where the import `name` stopped for something that has vanished."""
    return (
        "Either the connection has lost the right to see it: give the right back and start a new import. Or it was deleted in "
        f"the PIM and SFCC is to lose it, too: confirm it with --confirm '{name}' (in the UI: resources.connector.config.confirm "
        "in the run config)."
    )


def unlisted(structure: Structure, family: str | None, categories: Sequence[str]) -> Codes:
    """The family of a product or model if the PIM's list no longer has it, and its categories if none of them is listed.

    Example: family `shoes`, categories `summer`, `sale`, neither of which is listed -> {"category": ["summer", "sale"]}.
    """
    gone = {
        "family": [family] if family and structure.family(family) is None else [],
        "category": [] if any(fold(code) in structure.categories for code in categories) else list(categories),
    }
    return {kind: codes for kind, codes in gone.items() if codes}


def named(codes: Codes) -> str:
    """Codes as a person reads them: `locale 'fr_FR of ecommerce'; attributes 'color', 'size'`."""
    return "; ".join(_shown(kind, of_kind) for kind, of_kind in codes.items())


def _shown(kind: str, codes: list[str]) -> str:
    names = ", ".join(f"'{one_line(code)}'" for code in codes[:NAMED])
    more = f" and {len(codes) - NAMED:,} more" if len(codes) > NAMED else ""
    return f"{kind if len(codes) == 1 else _PLURALS[kind]} {names}{more}"


def _optional_lists(structure: Structure) -> list[str]:
    """The lists that only some editions have and that this PIM has, as `Structure` names them."""
    return [name for name in ("asset_families", "reference_entities") if getattr(structure, name)]


def _listed(structure: Structure) -> dict[str, Iterable[str]]:
    """A channel still names a locale that the connection may not see, so that the list of locales must have it, too."""
    channels, locales, currencies = structure.channels.values(), structure.locales, structure.currencies
    return {
        "list": _optional_lists(structure),
        "channel": [channel.code for channel in channels],
        "locale": [_of(locale, channel.code) for channel in channels for locale in channel.locales if locale in locales],
        "currency": [_of(code, channel.code) for channel in channels for code in channel.currencies if code in currencies],
        "category tree": [category.code for category in structure.categories.values() if category.parent is None],
        "family": structure.families,
        "attribute": structure.attributes,
        "category": structure.categories,
    }


def _of(code: str, channel: str) -> str:
    return f"{code} of {channel}"


def _asked_for(kind: str, code: str, settings: ConnectorSettings) -> bool:
    """Whether these settings still want a code that was in use; so a person takes it out of them on purpose."""
    sites = settings.organization.sites
    match kind:
        case "channel":
            return any(fold(site.channel) == fold(code) for site in sites)
        case "locale":
            return any(_takes(site, code, site.locales) for site in sites)
        case "currency":
            return any(_takes(site, code, site.currencies) for site in sites)
        case "category tree":
            trees = [tree for site in sites for tree in site.trees or settings.categories.trees or (code,)]
            return fold(code) in map(fold, trees)
        case "attribute":
            excluded = map(fold, settings.attributes.exclude.attributes)
            return fold(code) not in excluded or fold(code) in _named_attributes(settings)
        case _:
            return True


def _takes(site: Site, code: str, named: Collection[str]) -> bool:
    """Whether a site takes a locale or currency, `fr_FR of ecommerce`: those that it names, else all of its channel's."""
    if not named:
        return fold(code).endswith(fold(_of("", site.channel)))
    return fold(code) in {fold(_of(name, site.channel)) for name in named}


def _named_attributes(settings: ConnectorSettings) -> set[str]:
    """Folded codes of the attributes that the settings name as the source of something."""
    return {fold(code) for code in _attribute_names(settings) if code}


def _attribute_names(settings: ConnectorSettings) -> Iterator[str | None]:
    for source in settings.attributes.sources():
        yield from source.attributes()
    for book in settings.price_books:
        yield book.attribute
    for view_type in settings.images.view_types:
        yield from view_type.attributes
    yield settings.products.status.attribute
