"""Whether the settings and the PIM fit together, asked before anything is sent.

Belongs here: everything that connector.yaml names and the PIM may lack, and ids that can't be or that meet. Doesn't: the file's
own form (`akeneo_assets.settings`), single products (held back one by one).
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from akeneo_assets.mapping.attribute_definitions import custom_attributes
from akeneo_assets.mapping.content import content_attributes
from akeneo_assets.mapping.filters import PROPERTIES, Condition, compile_filter
from akeneo_assets.mapping.fitting import fit
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.images import localized
from akeneo_assets.mapping.prices import Book, books_of
from akeneo_assets.mapping.sites import Sites, resolve, site_locales
from akeneo_assets.mapping.standard_fields import PRODUCT_FIELDS
from akeneo_assets.mapping.texts import is_locale
from akeneo_assets.settings.connector import ConnectorSettings, Search, Selection, Site, Source, ViewType
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold
from sfcc_resources.feeds import private_site
from sfcc_resources.fields import ID_256, ValueType
from sfcc_resources.limits import ID_32, id_problem, problem
from sfcc_resources.records import ATTRIBUTE_DEFINITION, PRICE_BOOK


def validate(settings: ConnectorSettings, structure: Structure) -> list[str]:
    """One sentence for each problem that must stop a load before anything is sent; none: it may go."""
    problems = list(_sfcc_ids(settings))
    problems += [
        p for index, site in enumerate(settings.organization.sites) for p in _site(f"organization.sites.{index}", site, structure)
    ]
    if problems:  # everything below is resolved against the sites
        return problems
    sites = resolve(settings, structure)
    frame = Frame(settings, structure, sites)
    return [
        *_forgotten(settings, sites),
        *_trees(settings, structure),
        *_attributes(settings, structure),
        *_products(settings, structure),
        *_associations(settings, structure),
        *_images(settings, structure),
        *_view_type_ids(frame),
        *_reference_entities(settings, structure),
        *_attribute_ids(frame),
        *(_root_categories(sites) if settings.categories.write else ()),
        *_price_books(frame),
    ]


def _lacks(path: str, what: str, code: str, known: Iterable[str], verb: str = "names") -> str:
    nearest = difflib.get_close_matches(code, list(known), 1, 0.6)
    advice = f"; did you mean '{nearest[0]}'?" if nearest else "."
    return f"connector.yaml: {path} {verb} the {what} '{code}', which the PIM does not have{advice}"


def _sfcc_ids(settings: ConnectorSettings) -> Iterator[str]:
    organization = settings.organization
    named: list[tuple[str, str | None, ValueType]] = [
        ("organization.master_catalog", organization.master_catalog, ID_256),
        ("reference_entities.library", settings.reference_entities.library, ID_256),
        ("reference_entities.folder", settings.reference_entities.folder or None, ID_256),
        *((f"images.view_types.{index}.id", view.id, ID_256) for index, view in enumerate(settings.images.view_types)),
    ]
    for index, site in enumerate(organization.sites):
        path = f"organization.sites.{index}"
        named += [(f"{path}.id", site.id, ID_32), (f"{path}.storefront_catalog", site.storefront_catalog, ID_256)]
        named.append((f"{path}.root_category", site.root_category, ID_256))
    for path, id_, of in named:
        if id_ is not None and (why := problem(id_, of)):
            yield f"connector.yaml: {path} is '{id_}', which {why}."
    yield from _folders(settings)


def _folders(settings: ConnectorSettings) -> Iterator[str]:
    """Ids that are folders of an archive, too."""
    organization, library = settings.organization, settings.reference_entities.library
    catalogs: list[tuple[str, str | None]] = [("organization.master_catalog", organization.master_catalog)]
    catalogs += [(f"organization.sites.{n}.storefront_catalog", s.storefront_catalog) for n, s in enumerate(organization.sites)]
    for path, catalog in catalogs:
        if catalog is not None and "/" in catalog:
            yield f"connector.yaml: {path} is '{catalog}', which holds a /."
    sites = [site.id for site in settings.organization.sites if site.id]
    owner = private_site(library)
    if owner is not None and owner not in sites:
        yield (
            f"connector.yaml: reference_entities.library is '{library}', but organization.sites has no such site id "
            f"(there: {', '.join(sites) or 'none'})."
        )
    elif owner is None and "/" in library:
        yield (
            f"connector.yaml: reference_entities.library is '{library}', which holds a /; write the id of a shared library, or "
            "sites/ and a site's id for its private one."
        )


def _site(path: str, site: Site, structure: Structure) -> Iterator[str]:
    channel = structure.channel(site.channel)
    if channel is None:
        yield _lacks(f"{path}.channel", "channel", site.channel, (c.code for c in structure.channels.values()))
        return
    named = [("locales", site.locales), ("fallbacks", [locale for chain in site.fallbacks.values() for locale in chain])]
    yield from _among(path, named, channel.locales, f"no locale of the channel '{channel.code}'")
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
    yield from _among(path, [("default_locale", default), ("fallbacks", site.fallbacks)], locales, "none of the site's locales")
    yield from _among(path, [("currencies", site.currencies)], channel.currencies, f"no currency of the channel '{channel.code}'")


def _among(path: str, named: Iterable[tuple[str, Iterable[str]]], known: Collection[str], what: str) -> Iterator[str]:
    for key, codes in named:
        for code in codes:
            if code not in known:
                yield f"connector.yaml: {path}.{key} names '{code}', which is {what}: {', '.join(known)}."


_SLOT: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*|@.+")


def _forgotten(settings: ConnectorSettings, sites: Sites) -> Iterator[str]:
    named = {slot.key for slot in sites.localized} | {f"@{site.id}" for site in sites.sites}
    for slot in settings.organization.forgotten:
        if slot in named:
            yield f"connector.yaml: organization.forgotten names '{slot}', which organization.sites still has; take one out."
        elif not _SLOT.fullmatch(slot):
            yield (
                f"connector.yaml: organization.forgotten names '{slot}', which is no SFCC locale or site; it should read like "
                "'fr-FR' or '@RefArch'."
            )


def _trees(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    named = [("categories.trees", settings.categories.trees)]
    named += [(f"organization.sites.{index}.trees", site.trees) for index, site in enumerate(settings.organization.sites)]
    for path, code in ((path, code) for path, codes in named for code in codes):
        category = structure.category(code)
        if category is None:
            trees = [c.code for c in structure.categories.values() if c.parent is None]
            yield _lacks(path, "category tree", code, trees)
        elif category.parent is not None:
            yield f"connector.yaml: {path} names '{code}', which is no tree but a category below '{category.parent}'."


def _attribute(path: str, code: str, structure: Structure, verb: str = "names") -> Iterator[str]:
    if structure.attribute(code) is None:
        yield _lacks(path, "PIM attribute", code, (a.code for a in structure.attributes.values()), verb)


def _source(path: str, source: Source, settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    if not source.optional:
        for code in (
            (source.attribute,) if source.attribute is not None else source.attributes() if source.template is not None else ()
        ):
            yield from _attribute(path, code, structure, "maps")
    site_ids = [s.id for s in settings.organization.sites]
    for site_id, nested in source.by_site.items():
        if site_id not in site_ids:
            yield f"connector.yaml: {path}.sites names the site '{site_id}', which organization.sites does not have."
        yield from _source(f"{path}.sites.{site_id}", nested, settings, structure)


def _attributes(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    chosen = settings.attributes
    for name, source in chosen.standard.items():
        path = f"attributes.standard.{name}"
        yield from _source(path, source, settings, structure)
        if not PRODUCT_FIELDS[name].clearable and source.constant is None and source.default is None:
            yield f"connector.yaml: {path} needs a default: SFCC has no way to clear {name} once the PIM has no value any more."
        yield from _default(path, name, source)
        for site, nested in source.sites.items():
            yield from _default(f"{path}.sites.{site}", name, nested)
        if source.sites and not PRODUCT_FIELDS[name].site_specific:
            yield f"connector.yaml: {path} gives values per site, but SFCC has one {name} for all sites; map one source."
    for id_, source in chosen.custom.items():
        if why := id_problem(ATTRIBUTE_DEFINITION, id_):
            yield f"connector.yaml: the id attributes.custom.{id_} {why}; name a custom attribute that exists in SFCC."
        yield from _source(f"attributes.custom.{id_}", source, settings, structure)
    for code in chosen.wide_integers:
        yield from _wide_integer(f"attributes.wide_integers.{code}", code, structure)
    for name, selection in (("include", chosen.include), ("exclude", chosen.exclude)):
        yield from _selection(f"attributes.{name}", selection, structure)


def _wide_integer(path: str, code: str, structure: Structure) -> Iterator[str]:
    attribute = structure.attribute(code)
    if attribute is None:
        yield from _attribute(path, code, structure)
    elif attribute.type != "number" or attribute.decimals:
        is_ = "number with decimals" if attribute.type == "number" else attribute.type
        yield f"connector.yaml: {path} names '{attribute.code}', which is a {is_}; it must be a number without decimals."


def _default(path: str, name: str, source: Source) -> Iterator[str]:
    for key, text in (("default", source.default), ("constant", source.constant)):
        reasons: list[str] = []
        if text is not None:
            fit(PRODUCT_FIELDS[name], text, reasons)
        for reason in reasons:
            yield f"connector.yaml: {path}.{key}: {reason}."


def _selection(path: str, selection: Selection, structure: Structure) -> Iterator[str]:
    for code in selection.attributes:
        yield from _attribute(f"{path}.attributes", code, structure)
    for code in selection.groups:
        if fold(code) not in structure.attribute_groups:
            yield _lacks(f"{path}.groups", "attribute group", code, (g.code for g in structure.attribute_groups.values()))
    for code in selection.families:
        yield from _family(f"{path}.families", code, structure)


def _family(path: str, code: str, structure: Structure) -> Iterator[str]:
    if structure.family(code) is None:
        yield _lacks(path, "family", code, (f.code for f in structure.families.values()))


def _association_type(path: str, code: str, structure: Structure) -> Iterator[str]:
    if fold(code) not in structure.association_types:
        yield _lacks(path, "association type", code, (t.code for t in structure.association_types.values()))


def _products(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    products = settings.products
    if products.status.attribute is not None:
        yield from _attribute("products.status.attribute", products.status.attribute, structure)
        attribute = structure.attribute(products.status.attribute)
        if attribute is not None and attribute.type != "boolean":
            type_ = attribute.type
            yield f"connector.yaml: products.status.attribute names '{attribute.code}', which is a {type_}; it must be a boolean."
    for name, composition in (("bundle", products.bundle), ("set", products.set)):
        if composition is not None:
            yield from _family(f"products.{name}.family", composition.family, structure)
            yield from _association_type(f"products.{name}.association", composition.association, structure)
    for code in settings.akeneo.families:
        yield from _family("akeneo.families", code, structure)
    for name, search in (("filter", products.filter), ("model_filter", products.model_filter)):
        yield from _filter(f"products.{name}", search, structure)


def _filter(path: str, search: Search, structure: Structure) -> Iterator[str]:
    for name, conditions in search.items():
        if not isinstance(conditions, list) or not all(isinstance(c, dict) and "operator" in c for c in conditions):
            yield f"connector.yaml: {path}.{name} must be a list of conditions with operator and value, as in the PIM's search."
        elif name not in PROPERTIES and structure.attribute(name) is None:
            yield from _attribute(path, name, structure)
        else:
            for condition in conditions:
                try:
                    compile_filter({name: [condition]}, structure)
                except ValueError as error:
                    yield f"connector.yaml: {path}.{name}: {error}."
                else:
                    yield from _condition(f"{path}.{name}", name, condition, structure)


def _condition(path: str, name: str, condition: Condition, structure: Structure) -> Iterator[str]:
    """What a condition names and the PIM lacks: it would leave every product out, or negated none, and no load would say so."""
    attribute = None if name in PROPERTIES else structure.attribute(name)
    of_channels = name in ("completeness", "quality_score")
    scoped, localized = (attribute.scopable, attribute.localizable) if attribute else (of_channels, of_channels)
    channels, scope = list(structure.channels.values()), condition.get("scope")
    if scope and scoped:  # what the attribute has no use for the PIM passes over
        channels = [channel] if (channel := structure.channel(str(scope))) else []
        if not channels:
            yield _lacks(f"{path}.scope", "channel", str(scope), (c.code for c in structure.channels.values()))
            return
    if localized:
        specific = attribute.locales if attribute is not None else ()
        locales = sorted({locale for c in channels for locale in c.locales if not specific or locale in specific})
        named = [("locale", [condition.get("locale")])]
        named += [("locales", condition.get("locales") or [])] if name == "completeness" else []
        for key, codes in named:
            unknown = _unknown((code for code in codes if code), locales)
            yield from _among(path, [(key, unknown)], locales, "no locale that there are values for")
    what, known = _codes_of(name, attribute, structure)
    value = condition.get("value")
    if what and known and isinstance(value, list):
        for code in _unknown(value, known):
            yield _lacks(path, what, code, known)


def _unknown(named: Iterable[Any], known: Iterable[str]) -> list[str]:
    folded = {fold(code) for code in known}
    return [code for code in map(str, named) if fold(code) not in folded]


def _codes_of(name: str, attribute: Attribute | None, structure: Structure) -> tuple[str, list[str]]:
    """What the values of a condition are codes of, and all such codes; none: no codes, or of a list that isn't read (`doctor`
    leaves the large ones out)."""
    if attribute is None:
        match name:
            case "family":
                return "family", [family.code for family in structure.families.values()]
            case "categories":
                return "category", [category.code for category in structure.categories.values()]
        return "", []
    reference = fold(attribute.reference or "")
    match attribute.type:
        case "simpleselect" | "multiselect":
            return "option", [option.code for option in attribute.options]
        case "reference_entity" | "reference_entity_collection":
            return "record", [record.code for (entity, _), record in structure.records.items() if entity == reference]
        case "asset_collection":
            return "asset", [asset.code for (family, _), asset in structure.assets.items() if family == reference]
    return "", []


def _associations(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    for code, association in settings.associations.items():
        if not association.optional:
            yield from _association_type("associations", code, structure)


def _images(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    for view in settings.images.view_types:
        for code in view.attributes:
            yield from _attribute(f"images.view_types.{view.id}.attributes", code, structure)
            attribute = structure.attribute(code)
            if attribute is not None and attribute.type not in ("image", "asset_collection"):
                yield (
                    f"connector.yaml: images.view_types.{view.id}.attributes names '{code}', which is a {attribute.type}; "
                    "it must be an image or an asset collection."
                )
        for code in view.asset_families:
            if structure.asset_families and fold(code) not in structure.asset_families:
                known = (f.code for f in structure.asset_families.values())
                yield _lacks(f"images.view_types.{view.id}.asset_families", "asset family", code, known)
        if view.asset_attribute is not None:
            yield from _asset_attribute(view, view.asset_attribute, structure)
    for name, source in (("alt", settings.images.alt), ("title", settings.images.title)):
        if source is not None:
            yield from _source(f"images.{name}", source, settings, structure)
            if source.sites:
                yield f"connector.yaml: images.{name} gives values per site, but SFCC has one for all sites; map one source."


def _asset_attribute(view: ViewType, named: str, structure: Structure) -> Iterator[str]:
    path, families = f"images.view_types.{view.id}.asset_attribute", structure.asset_families
    attributes = [a["code"] for family in families.values() for a in family.attributes.values()]
    if attributes and fold(named) not in map(fold, attributes):
        yield _lacks(path, "asset attribute", named, attributes)
    shown = {fold(code) for code in view.asset_families} or families.keys()
    found = [family.attributes.get(fold(named)) for key, family in families.items() if key in shown]
    kinds = {(a["type"], a.get("media_type")) for a in found if a is not None}
    if kinds and not kinds & {("media_file", "image"), ("media_link", "image")}:  # a family that has it otherwise shows nothing
        is_ = " or ".join(sorted(f"{type_} of {media}" if media else type_ for type_, media in kinds))
        yield (
            f"connector.yaml: {path} names '{named}', which is a {is_}; "
            "it must be a media file or media link whose media type is image."
        )


def _view_type_ids(frame: Frame) -> Iterator[str]:
    ids = [view.id for view in frame.settings.images.view_types]
    once = dict.fromkeys(ids)
    for id_ in once:
        if ids.count(id_) > 1:
            yield f"connector.yaml: images.view_types has '{id_}' twice; name all that it shows in one entry."
    for id_, suffix in ((id_, suffix) for id_ in once for suffix in localized(frame)):
        if f"{id_}{suffix}" in once:
            yield (
                f"connector.yaml: images.view_types has '{id_}{suffix}', as images.localized_view_types calls '{id_}' in "
                f"{suffix[1:]}; rename one of them."
            )


def _reference_entities(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    for code in settings.reference_entities.entities:
        if fold(code) not in structure.reference_entities:
            known = (e.code for e in structure.reference_entities.values())
            yield _lacks("reference_entities.entities", "reference entity", code, known)
    taken: dict[str, str] = {}
    for id_, name in content_attributes(settings, structure):
        if why := id_problem(ATTRIBUTE_DEFINITION, id_):
            yield f"The reference entity attribute '{name}' would become '{id_}', but this id {why}; rename it."
        if (other := taken.setdefault(id_, name)) != name:
            yield (
                f"The reference entity attributes '{other}' and '{name}' would both become the content attribute '{id_}'; "
                "leave one of the entities out (reference_entities.entities), or set reference_entities.as: json."
            )


def _attribute_ids(frame: Frame) -> Iterator[str]:
    taken: dict[str, str] = {}
    for custom in custom_attributes(frame):
        code = custom.attribute.code
        if why := id_problem(ATTRIBUTE_DEFINITION, custom.id):
            yield f"The PIM attribute '{code}' would become '{custom.id}', but this id {why}; exclude or map it."
        other = taken.setdefault(custom.id, code)
        if other != code:
            camel_case = frame.settings.attributes.id_style == "camel_case"
            yield (
                f"The PIM attributes '{other}' and '{code}' would both become the custom attribute '{custom.id}'; "
                f"exclude or map one of them{', or set attributes.id_style: as_is' if camel_case else ''}."
            )
        if custom.id in frame.settings.attributes.custom:
            yield f"connector.yaml: attributes.custom maps '{custom.id}', as does '{code}'; change attributes.id_prefix."


def _root_categories(sites: Sites) -> Iterator[str]:
    roots: dict[str, str] = {}
    for site in sites.sites:
        root = roots.setdefault(site.catalog, site.root_category)
        if root != site.root_category:
            yield (
                f"connector.yaml: sites of the catalog '{site.catalog}' must share root_category, "
                f"not have '{root}' and '{site.root_category}'."
            )


def _price_books(frame: Frame) -> Iterator[str]:
    currencies = sorted({c for site in frame.sites.sites for c in site.currencies})
    for index, setting in enumerate(frame.settings.price_books):
        path = f"price_books.{index}"
        attribute = frame.structure.attribute(setting.attribute)
        if attribute is None:
            yield from () if setting.optional else _attribute(f"{path}.attribute", setting.attribute, frame.structure)
            continue
        if attribute.type != "price_collection":
            is_ = f"which is a {attribute.type}; it must be a price collection"
            yield f"connector.yaml: {path}.attribute names '{attribute.code}', {is_}."
        yield from _among(path, [("currencies", setting.currencies)], currencies, "no currency of any site")
        if "{site}" in f"{setting.id}{setting.parent}" and any(site.id is None for site in frame.sites.sites):
            yield f"connector.yaml: {path} names {{site}}, but the site has no id; give organization.sites.0 one."
    yield from dict.fromkeys(_price_book_ids(frame))


def _price_book_ids(frame: Frame) -> Iterator[str]:
    first: dict[str, Book] = {}
    for index, setting in enumerate(frame.settings.price_books):
        path = f"connector.yaml: price_books.{index}"
        for book in books_of(setting, frame):
            for id_ in (book.id, book.parent):
                if id_ is not None and (why := id_problem(PRICE_BOOK, id_)):
                    yield f"{path}: the price book id '{id_}' {why}; change it."
            yield from _of_one_id(path, first.setdefault(book.id, book), book)
    for circle in _circles({book.id: book.parent for book in first.values() if book.parent}):
        if len(circle) == 1:
            yield f"connector.yaml: price_books make '{circle[0]}' its own parent; name another book."
        else:
            named = "' and '".join(circle)
            yield f"connector.yaml: price_books make '{named}' each other's parents; take one of these parents out."


def _of_one_id(path: str, first: Book, book: Book) -> Iterator[str]:
    """What two settings, currencies or sites that fill the book of one id disagree on: it has one currency, one parent and one
    amount a product, at which the second one's shop would sell."""
    if first.attribute.code != book.attribute.code:
        yield f"{path} fills '{book.id}' from both '{first.attribute.code}' and '{book.attribute.code}'; give them different ids."
    if first.currency != book.currency:
        yield (
            f"{path}.id makes '{book.id}' a price book in both {first.currency} and {book.currency}; put {{currency}} into it, "
            "or give them different ids."
        )
    elif first.parent != book.parent:
        yield f"{path} gives '{book.id}' another parent than its first setting or site does; give them different ids."
    if book.attribute.scopable and first.channel != book.channel:
        yield (
            f"{path} fills '{book.id}' from the channels '{first.channel}' and '{book.channel}', where '{book.attribute.code}' "
            "may differ; put {channel} into its id."
        )


def _circles(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """The ids of which each is the parent of the one before it, and the first of the last."""
    walked: set[str] = set()
    for start in parents:
        chain: list[str] = []
        at = start
        while at in parents and at not in walked:
            walked.add(at)
            chain.append(at)
            at = parents[at]
        if at in chain:
            yield chain[chain.index(at) :]


def changed_currencies(settings: ConnectorSettings, structure: Structure, given: Mapping[str, str]) -> list[str]:
    """One sentence for each price book that SFCC was `given` (id: currency) in another currency: no import of archives changes
    it (SFCC help, price book object import), so that shops would sell at the new currency's amounts in the old one. For settings
    that `validate` has found right."""
    frame = Frame(settings, structure, resolve(settings, structure))
    books = {book.id: (index, book) for index, setting in enumerate(settings.price_books) for book in books_of(setting, frame)}
    return [
        f"connector.yaml: price_books.{index}.id makes '{id_}' a price book in {book.currency}, but SFCC was given it in "
        f"{given[id_]}, which no import changes; give the {book.currency} book another id."
        for id_, (index, book) in books.items()
        if given.get(id_, book.currency) != book.currency
    ]
