"""Whether the settings and the PIM fit together, asked before anything is sent.

Belongs here: everything that connector.yaml names and the PIM may lack, and ids that can't be or that meet. Doesn't: the file's
own form (`akeneo_assets.settings`), single products (held back one by one).
"""

import difflib
from collections.abc import Iterable, Iterator

from akeneo_assets.mapping.attributes import custom_attributes, is_attribute_id
from akeneo_assets.mapping.categories import is_category_id
from akeneo_assets.mapping.fields import PRODUCT_FIELDS
from akeneo_assets.mapping.lookups import Lookups, fold
from akeneo_assets.mapping.prices import books
from akeneo_assets.mapping.sites import Sites, exported_categories, resolve
from akeneo_assets.mapping.texts import is_line, is_locale
from akeneo_assets.mapping.values import Frame
from akeneo_assets.settings.connector import ConnectorSettings, Selection, Site, Source


def validate(settings: ConnectorSettings, lookups: Lookups) -> list[str]:
    """One sentence for each problem that must stop a load before anything is sent; none: it may go."""
    problems = [
        p for index, site in enumerate(settings.organization.sites) for p in _site(f"organization.sites.{index}", site, lookups)
    ]
    if problems:  # everything below is resolved against the sites
        return problems
    sites = resolve(settings, lookups)
    frame = Frame(settings, lookups, sites)
    return [
        *_trees(settings, lookups),
        *_attributes(settings, lookups),
        *_products(settings, lookups),
        *_associations(settings, lookups),
        *_images(settings, lookups),
        *_attribute_ids(frame),
        *_category_ids(sites, lookups),
        *_price_books(frame),
    ]


def _lacks(path: str, what: str, code: str, known: Iterable[str], verb: str = "names") -> str:
    nearest = difflib.get_close_matches(code, list(known), 1, 0.6)
    advice = f"; did you mean '{nearest[0]}'?" if nearest else "."
    return f"connector.yaml: {path} {verb} the {what} '{code}', which the PIM does not have{advice}"


def _site(path: str, site: Site, lookups: Lookups) -> Iterator[str]:
    channel = lookups.channel(site.channel)
    if channel is None:
        yield _lacks(f"{path}.channel", "channel", site.channel, (c.code for c in lookups.channels.values()))
        return
    for locale, lang in site.locales.items():
        if locale not in channel.locales:
            yield f"connector.yaml: {path}.locales names '{locale}', which is no locale of the channel '{channel.code}': {', '.join(channel.locales)}."
        if not is_locale(lang):
            yield f"connector.yaml: {path}.locales.{locale} is '{lang}', which is no SFCC locale; it should read like 'fr-FR'."
    locales = tuple(site.locales) or channel.locales
    for key, named in [
        ("default_locale", [site.default_locale] if site.default_locale else []),
        ("fallbacks", list(site.fallbacks)),
    ]:
        for locale in named:
            if locale not in locales:
                yield f"connector.yaml: {path}.{key} names '{locale}', which is none of the site's locales: {', '.join(locales)}."
    for chain in site.fallbacks.values():
        for locale in chain:
            if locale not in channel.locales:
                yield f"connector.yaml: {path}.fallbacks names '{locale}', which is no locale of the channel '{channel.code}'."
    for currency in site.currencies:
        if currency not in channel.currencies:
            known = ", ".join(channel.currencies)
            yield f"connector.yaml: {path}.currencies names '{currency}', which is no currency of the channel '{channel.code}': {known}."


def _trees(settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    for code in settings.categories.trees:
        category = lookups.category(code)
        if category is None:
            trees = [c.code for c in lookups.categories.values() if c.parent is None]
            yield _lacks("categories.trees", "category tree", code, trees)
        elif category.parent is not None:
            yield f"connector.yaml: categories.trees names '{code}', which is no tree but a category below '{category.parent}'."


def _attribute(path: str, code: str, lookups: Lookups, verb: str = "names") -> Iterator[str]:
    if lookups.attribute(code) is None:
        yield _lacks(path, "PIM attribute", code, (a.code for a in lookups.attributes.values()), verb)


def _source(path: str, source: Source, settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    if not source.optional:
        for code in (
            (source.attribute,) if source.attribute is not None else source.attributes() if source.template is not None else ()
        ):
            yield from _attribute(path, code, lookups, "maps")
    site_ids = [s.id for s in settings.organization.sites]
    for site_id, nested in source.sites.items():
        if site_id not in site_ids:
            yield f"connector.yaml: {path}.sites names the site '{site_id}', which organization.sites does not have."
        yield from _source(f"{path}.sites.{site_id}", nested, settings, lookups)


def _attributes(settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    chosen = settings.attributes
    for name, source in chosen.standard.items():
        path = f"attributes.standard.{name}"
        yield from _source(path, source, settings, lookups)
        if source.sites and not PRODUCT_FIELDS[name].site_specific:
            yield f"connector.yaml: {path} gives values per site, but SFCC has one {name} for all sites; map one source."
    for id_, source in chosen.custom.items():
        if not is_attribute_id(id_):
            yield f"connector.yaml: attributes.custom.{id_} is no attribute id that SFCC takes; give the id of an existing custom attribute."
        yield from _source(f"attributes.custom.{id_}", source, settings, lookups)
    for name, selection in (("include", chosen.include), ("exclude", chosen.exclude)):
        yield from _selection(f"attributes.{name}", selection, lookups)


def _selection(path: str, selection: Selection, lookups: Lookups) -> Iterator[str]:
    for code in selection.attributes:
        yield from _attribute(f"{path}.attributes", code, lookups)
    for code in selection.groups:
        if fold(code) not in lookups.attribute_groups:
            yield _lacks(f"{path}.groups", "attribute group", code, (g.code for g in lookups.attribute_groups.values()))
    for code in selection.families:
        yield from _family(f"{path}.families", code, lookups)


def _family(path: str, code: str, lookups: Lookups) -> Iterator[str]:
    if lookups.family(code) is None:
        yield _lacks(path, "family", code, (f.code for f in lookups.families.values()))


def _association_type(path: str, code: str, lookups: Lookups) -> Iterator[str]:
    if fold(code) not in lookups.association_types:
        yield _lacks(path, "association type", code, (t.code for t in lookups.association_types.values()))


def _products(settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    products = settings.products
    if products.status.attribute is not None:
        yield from _attribute("products.status.attribute", products.status.attribute, lookups)
        attribute = lookups.attribute(products.status.attribute)
        if attribute is not None and attribute.type != "boolean":
            yield f"connector.yaml: products.status.attribute names '{attribute.code}', which is a {attribute.type}; it must be a boolean."
    for name, composition in (("bundle", products.bundle), ("set", products.set)):
        if composition is not None:
            yield from _family(f"products.{name}.family", composition.family, lookups)
            yield from _association_type(f"products.{name}.association", composition.association, lookups)
    for code in settings.akeneo.families:
        yield from _family("akeneo.families", code, lookups)


def _associations(settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    for code, association in settings.associations.items():
        if not association.optional:
            yield from _association_type("associations", code, lookups)


def _images(settings: ConnectorSettings, lookups: Lookups) -> Iterator[str]:
    for view in settings.images.view_types:
        for code in view.attributes:
            yield from _attribute(f"images.view_types.{view.id}.attributes", code, lookups)
            attribute = lookups.attribute(code)
            if attribute is not None and attribute.type not in ("image", "asset_collection"):
                yield (
                    f"connector.yaml: images.view_types.{view.id}.attributes names '{code}', which is a {attribute.type}; "
                    "it must be an image or an asset collection."
                )
    for name, source in (("alt", settings.images.alt), ("title", settings.images.title)):
        if source is not None:
            yield from _source(f"images.{name}", source, settings, lookups)


def _attribute_ids(frame: Frame) -> Iterator[str]:
    taken: dict[str, str] = {}
    for custom in custom_attributes(frame):
        code = custom.attribute.code
        if not is_attribute_id(custom.id):
            yield f"The PIM attribute '{code}' would become the custom attribute '{custom.id}', which is no id that SFCC takes; exclude it or map it."
        other = taken.setdefault(custom.id, code)
        if other != code:
            yield (
                f"The PIM attributes '{other}' and '{code}' would both become the custom attribute '{custom.id}'; "
                "exclude or map one of them, or set attributes.id_style: as_is."
            )
        if custom.id in frame.settings.attributes.custom:
            yield f"attributes.custom maps '{custom.id}', which the PIM attribute '{code}' becomes too; change attributes.id_prefix."


def _category_ids(sites: Sites, lookups: Lookups) -> Iterator[str]:
    owner: dict[tuple[str, str], str] = {}
    for site in sites.sites:
        for category in exported_categories(site, lookups).values():
            if not is_category_id(category.code):
                yield f"The PIM category '{category.code}' has a code that SFCC does not take as category id; rename it or leave its tree out."
        if fold(site.root_category) in exported_categories(site, lookups):
            yield f"The PIM category '{site.root_category}' has the id of SFCC's root category; rename it or leave its tree out."
        previous = owner.setdefault((site.catalog, "root"), site.root_category)
        if previous != site.root_category:
            yield f"connector.yaml: sites that share the catalog '{site.catalog}' must share root_category, not '{previous}' and '{site.root_category}'."


def _price_books(frame: Frame) -> Iterator[str]:
    channel_currencies = {c for site in frame.sites.sites for c in site.currencies}
    for index, setting in enumerate(frame.settings.price_books):
        path = f"connector.yaml: price_books.{index}"
        attribute = frame.lookups.attribute(setting.attribute)
        if attribute is None:
            if not setting.optional:
                yield from _attribute(f"price_books.{index}.attribute", setting.attribute, frame.lookups)
            continue
        if attribute.type != "price_collection":
            yield f"{path}.attribute names '{attribute.code}', which is a {attribute.type}; it must be a price collection."
        for currency in setting.currencies:
            if currency not in channel_currencies:
                yield f"{path}.currencies names '{currency}', which no site has; its currencies are {', '.join(sorted(channel_currencies))}."
    seen: dict[str, str] = {}
    for setting in frame.settings.price_books:
        for book in books(Frame(frame.settings.model_copy(update={"price_books": (setting,)}), frame.lookups, frame.sites)):
            if not is_line(book.id, 256):
                yield f"connector.yaml: '{book.id}' is no price book id that SFCC takes."
            other = seen.setdefault(book.id, setting.attribute)
            if other != setting.attribute:
                yield f"connector.yaml: price_books would fill '{book.id}' from both '{other}' and '{setting.attribute}'; give them different ids."
    for setting in frame.settings.price_books:
        if setting.currencies != () and len(setting.currencies) == 1:
            continue
        if "{currency}" not in setting.id and "{CURRENCY}" not in setting.id and len(channel_currencies) > 1:
            yield f"connector.yaml: the price book id '{setting.id}' needs {{currency}}, since the sites have several currencies."
