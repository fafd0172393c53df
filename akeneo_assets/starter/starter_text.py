"""The text of a starter connector.yaml for a PIM: what its lists say, with the alternatives found told in comments.

Belongs here: which settings the file has, and what its remarks say. Doesn't: how a line is written (`yaml_lines`), the guesses
(`suggestions`), asking the PIM (`akeneo_assets.commands.init`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from akeneo_assets.mapping.attribute_definitions import custom_id
from akeneo_assets.mapping.sites import label
from akeneo_assets.mapping.texts import sfcc_locale
from akeneo_assets.settings.attribute_settings import Attributes
from akeneo_assets.settings.product_settings import Association
from akeneo_assets.settings.standard_fields import CATEGORY_FIELDS, PRODUCT_FIELDS, canonical
from akeneo_assets.starter import suggestions
from akeneo_assets.starter.storefront_presets import PRESETS, YES_NO, Preset, Storefront, axes, axes_by_id
from akeneo_assets.starter.yaml_lines import block, flow, listed, named, plain, remark, switched_off
from akeneo_assets.structure.pim_structure import AssociationType, Attribute, Channel, Item, Structure, fold

LISTS: Final = (
    "channels",
    "locales",
    "currencies",
    "attribute_groups",
    "attributes",
    "families",
    "family_variants",
    "association_types",
    "categories",
    "asset_families",
    "asset_attributes",
    "reference_entities",
)
"""The lists of the PIM that a starter is made from (`akeneo_assets.structure.pim_lists`)."""

_ZONES: Final = (
    *("UTC", "Europe/Paris", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney"),
)
_IMAGE_CHOICES: Final = {
    "images.localized_view_types": "asset values that differ by locale get view types of their own",
    "images.alt_pattern": "alternative text of images without one",
    "images.title_pattern": "title of images without one",
}
_BY: Final = {"code": "its code", "label": "its label", "families": "the families' label attribute"}


@dataclass(frozen=True, slots=True)
class About:
    """Where the lists come from: the PIM's address, version and edition, a date that it printed (None: it has no product with
    one), how the file's first line names the schema, and whether the PIM was read by plain http."""

    host: str
    version: str
    edition: str
    printed: datetime | None
    schema: str
    allow_http: bool = False


def starter(
    structure: Structure, families: Sequence[Item], channel: Channel, about: About, storefront: Storefront = Storefront.plain
) -> str:
    """The text of connector.yaml for one site fed by `channel`, with what `storefront` expects switched on.

    `structure` is that of the lists `LISTS`, `families` the items of one of them as the API gives them.
    """
    preset = PRESETS[storefront]
    label_attributes = [family["attribute_as_label"] for family in families if family.get("attribute_as_label")]
    main_images = [family["attribute_as_image"] for family in families if family.get("attribute_as_image")]
    parts = (
        _head(about),
        _akeneo(about),
        _organization(structure, channel),
        _attributes(structure, channel, label_attributes, preset),
        _products(structure, preset),
        _associations(structure, channel),
        _images(structure, suggestions.pictures(structure, main_images), preset),
        _categories(structure, channel, preset),
        _price_books(structure, channel),
        _reference_entities(structure, channel, preset),
    )
    return "\n".join("\n".join(lines) + "\n" for part in parts if (lines := list(part)))


def zone_at(moment: datetime) -> str | None:
    """A time zone whose clock shows the moment's own offset then: a guess at the PIM server's; None when no usual one does."""
    return next((zone for zone in _ZONES if moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.utcoffset()), None)


# --- The sections ---------------------------------------------------------------------------------------------------------------


def _head(about: About) -> Iterator[str]:
    edition = f" {about.edition}" if about.edition else ""
    yield f"# yaml-language-server: $schema={about.schema}"
    yield f"# Written by `akeneo-sfcc init` from the PIM at {plain(about.host)} (version {plain(about.version + edition)})."
    yield "# Suggestions are guesses from codes, types and labels: read each of them, then ask `akeneo-sfcc doctor`."
    yield "# A `#` before a blank begins a remark; any other `#` switches a setting off: take it away to use the setting."
    yield "# Every key may be left out; all keys with meaning and default: docs/settings.md. Addresses and secrets: environment."


def _akeneo(about: About) -> Iterator[str]:
    yield "akeneo:"
    if about.allow_http:
        yield "  allow_http: true  # credentials and products travel unencrypted; https is better"
    if about.printed is None:
        yield "  timezone: UTC  # of the PIM's server; the PIM shows no product whose date tells it"
        return
    offset = about.printed.isoformat()[-6:]
    zone = zone_at(about.printed)
    if zone is None:
        yield f"  timezone: UTC  # CHANGE: the PIM's server is at {offset}; give its zone as in the IANA database"
    else:
        guess = "" if zone == "UTC" else "; a guess, other zones share it"
        yield f"  timezone: {zone}  # of the PIM's server, which prints dates at {offset}{guess}"


def _organization(structure: Structure, channel: Channel) -> Iterator[str]:
    default = _default_locale(channel)
    others = [named(c.code, c.labels, default) for c in structure.channels.values() if c.code != channel.code]
    yield "organization:"
    yield "  master_catalog: akeneo-catalog  # SFCC catalog of the products; SFCC makes it if it has none of this id"
    yield "  sites:"
    yield f"    - channel: {flow(channel.code)}{remark(label(channel.labels, '', (default,)), listed('other channels', others))}"
    yield "      #id: RefArch  # SFCC site id; needed with several sites (one entry each), and by `doctor --export`"
    yield "      locales:  # PIM locale: SFCC locale; SFCC must know each of them, an unknown one is an error of each text"
    kept: dict[str, str] = {}
    for locale in channel.locales:
        lang = sfcc_locale(locale)
        first = kept.setdefault(lang, locale)
        line = f"{flow(locale)}: {flow(lang)}"
        yield f"        {line}" if first == locale else f"        #{line}  # SFCC has one {lang}: here it is {first}'s"
    if len(kept) > 1:
        fallbacks = {locale: [default] for locale in kept.values() if locale != default}
        yield switched_off(f"      fallbacks: {flow(fallbacks)}", "asked when a locale has no value")
    yield f"      default_locale: {flow(default)}  # fills SFCC's x-default"
    more = sorted(structure.currencies - set(channel.currencies))
    yield f"      currencies: {flow(list(channel.currencies))}{remark(listed('not in this channel', more))}"
    yield "      #storefront_catalog: storefront  # catalog of the categories and assignments; else the master catalog"
    yield "      #root_category: root  # SFCC category below which the trees hang"
    yield f"      #trees: {flow([channel.tree])}  # of this site alone; else categories.trees"


def _choice(preset: Preset, path: str, suggestion: Any, why: str) -> str:
    """The line of a setting: the preset's value, else a suggestion that is switched off.

    Example: `attributes.metric` -> `  #metric: both  # ...`.
    """
    name = path.rpartition(".")[2]
    if path in preset.settings:
        return f"  {name}: {flow(preset.settings[path])}  # {why}"
    return switched_off(f"  {name}: {flow(suggestion)}", why)


def _attributes(structure: Structure, channel: Channel, label_attributes: Iterable[str], preset: Preset) -> Iterator[str]:
    matches = suggestions.standard(structure, label_attributes)
    mapped = {match.attribute.code for match in matches if _active(match)}
    rest = [a for a in structure.attributes.values() if a.code not in mapped]
    groups = [g.code for g in structure.attribute_groups.values()]

    def lines() -> Iterator[str]:
        if matches:
            yield "  # SFCC attribute: the PIM attribute that fills it, or {template: '{brand} {name}'}, or {constant: text}"
            yield from block("  standard:", (f"    {_standard(match, _default_locale(channel))}" for match in matches))
        if preset.axis_ids:
            yield from _axis_ids(axes_by_id(structure))
        yield f"  # The other {len(rest)} attributes become custom attributes, akeneo_<code>"
        yield from _id_style(rest, preset)
        if groups:
            yield f"  #exclude: {flow({'groups': groups[-1:]})}{remark(listed('attribute groups', groups))}"
        if any(a.type == "metric" for a in rest):
            why = "measurements as number (default), as text with the unit, or both"
            yield _choice(preset, "attributes.metric", "both", why)
        if len(groups) > 1:
            yield _choice(preset, "attributes.groups", "pim", "one SFCC attribute group a PIM group; by default one for all")
        if "attributes.visible" in preset.settings:
            yield _choice(preset, "attributes.visible", True, "the storefront lists the attributes of groups that are visible")
        if preset.yes_no and any(axis.type == "boolean" for axis in axes(structure)):
            yield _boolean_labels(channel)

    yield from block("attributes:", lines())


def _id_style(attributes: Sequence[Attribute], preset: Preset) -> Iterator[str]:
    path = "attributes.id_style"
    if not _meet(attributes):
        yield _choice(preset, path, "camel_case", "as the official cartridge has them; akeneo_shortDescription")
    elif path in preset.settings:
        yield "  # id_style: camel_case can't be had: two attributes would get one id"


def _boolean_labels(channel: Channel) -> str:
    said = {locale: YES_NO[locale[:2]] for locale in channel.locales if locale[:2] in YES_NO}
    labels = {locale: {"yes": yes, "no": no} for locale, (yes, no) in said.items()}
    return f"  boolean_labels: {flow(labels)}  # of the values of boolean axes; else shoppers choose true or false"


def _axis_ids(chosen: Mapping[str, Sequence[Attribute]]) -> Iterator[str]:
    """The axes that the storefront looks for by its own ids."""
    if chosen:
        yield "  custom:  # SFCC attribute that exists: the PIM axis that fills it; the storefront looks for these ids"
    for id_, (first, *others) in chosen.items():
        yield f"    {flow(id_)}: {flow(first.code)}{remark(first.type, listed('or', [axis.code for axis in others]))}"


def _meet(attributes: Sequence[Attribute]) -> bool:
    """Whether two attributes would get one id in camel case."""
    camel = Attributes(id_style="camel_case")
    return len({custom_id(a.code, camel) for a in attributes}) < len(attributes)


def _active(match: suggestions.Match) -> bool:
    """A label alone is too weak a sign, and what SFCC can't clear needs a default that only a person knows."""
    return match.by != "label" and PRODUCT_FIELDS[canonical(match.field)].clearable


def _standard(match: suggestions.Match, locale: str) -> str:
    code, cleared = match.attribute.code, PRODUCT_FIELDS[canonical(match.field)].clearable
    why = remark(
        f"suggested by {_BY[match.by]}, {match.attribute.type}",
        "" if match.by == "code" else named(code, match.attribute.labels, locale),
        listed("or", match.others),
        "" if cleared else "SFCC can't clear it: name a default that it knows",
    )
    source = code if cleared else {"attribute": code, "default": "standard"}
    return f"{'' if _active(match) else '#'}{match.field}: {flow(source)}{why}"


def _products(structure: Structure, preset: Preset) -> Iterator[str]:
    yield "products:"
    status = preset.settings.get("products.status", {"source": "enabled"})
    yield f"  status: {flow(status)}  # what makes a product online: enabled, completeness, attribute or untouched"
    why = "only products classified in the site's trees, as the official cartridge does"
    yield _choice(preset, "products.channel_tree_only", True, why)
    yield "  #without_identifier: uuid  # else products without identifier are held back and reported"
    if any(variant.depth > 1 for variant in structure.family_variants.values()):
        yield "  #model_import: master-group-variation  # sub-models as variation groups; by default variants of one master"
    for key, (family, type_) in suggestions.compositions(structure).items():
        pair = {"family": family.code, "association": type_.code}
        yield f"  #{key}: {flow(pair)}  # family and association type look like product {key}s"


def _associations(structure: Structure, channel: Channel) -> Iterator[str]:
    types = structure.association_types.values()
    header = "associations:  # what a type becomes: a recommendation (1 cross-sell, 2 up-sell) or a product-link"
    if types:
        yield from block(header, (f"  {_association(type_, _default_locale(channel))}" for type_ in types))


def _association(type_: AssociationType, locale: str) -> str:
    suggested = suggestions.association(type_)
    association = suggested or Association.model_validate({"as": "recommendation", "type": 3})
    value = {"as": association.as_, "type": int(association.type) if association.type.isdigit() else association.type}
    unknown = "quantified: meant for bundles and sets" if type_.quantified else "nothing is known of it"
    why = remark("suggested by its code or label" if suggested else unknown, label(type_.labels, "", (locale,)))
    return f"{'' if suggested else '#'}{flow(type_.code)}: {flow(value)}{why}"


def _images(structure: Structure, pictures: suggestions.Pictures, preset: Preset) -> Iterator[str]:
    if not pictures.attributes and not pictures.collections:
        yield "images:"
        yield "  view_types: []  # no family has an image attribute or a collection of image assets: images are left alone"
        return
    yield "images:"
    yield f"  source: {pictures.source}  # images (attributes), assets (collections) or both"
    for name, attributes in (("image attributes", pictures.attributes), ("asset collections", pictures.collections)):
        if attributes:
            yield f"  # {listed(name, [a.code for a in attributes])}, the most used first"
    yield "  # View types are your storefront's; `doctor --export` shows those of the catalog. To choose the images of one:"
    yield f"  # - {{id: swatch, attributes: [{flow((pictures.attributes or pictures.collections)[-1].code)}]}}"
    yield "  view_types:"
    families = {"asset_families": [f.code for f in pictures.asset_families]} if pictures.source != "images" else {}
    for view in preset.views:
        yield f"    - {flow({'id': view} | families | ({'limit': 1} if view == 'swatch' else {}))}"
    colours = axes_by_id(structure).get("color", []) if preset.axis_ids else []
    yield from (f"  variation_attribute: {flow(axis.code)}  # the axis whose values look different" for axis in colours[:1])
    for path, why in _IMAGE_CHOICES.items():
        if path in preset.settings:
            yield _choice(preset, path, None, why)
    titles = [a for a in structure.attributes.values() if suggestions.words(a.code) in ("image alt", "alt text", "image title")]
    yield from (f"  #alt: {flow(a.code)}  # the images' alternative text" for a in titles[:1])
    other = [f.code for f in structure.asset_families.values() if f not in pictures.asset_families]
    if other:
        yield f"  # {listed('asset families that hold no images or are in no collection', other)}"


def _categories(structure: Structure, channel: Channel, preset: Preset) -> Iterator[str]:
    default = _default_locale(channel)
    trees = [c for c in structure.categories.values() if c.parent is None and fold(c.code) != fold(channel.tree)]
    yield "categories:"
    others = listed("other trees", [named(c.code, c.labels, default) for c in trees])
    yield f"  trees: {flow([channel.tree])}{remark('the tree of the channel', others)}"
    why = "where your instance defines showInMenu for categories (SFRA and SiteGenesis do)"
    yield _choice(preset, "categories.show_in_menu", True, why)
    why = "what is directly below the tree hangs below the root category, where menus begin"
    yield _choice(preset, "categories.tree_as_category", False, why)
    values = [value for category in structure.categories.values() for value in category.values]
    enriched = sorted({str(value["attribute_code"]).split("|")[0] for value in values if "attribute_code" in value})
    targets = {code: next((f for f in CATEGORY_FIELDS if _means(f, code)), None) for code in enriched}
    filled = {target: code for code, target in targets.items() if target}
    if enriched:
        yield f"  # {listed('enriched category attributes', enriched)}"
    if filled:
        yield switched_off(f"  enriched: {flow(filled)}", "SFCC category attribute: the PIM's")


def _means(field: str, code: str) -> bool:
    name = suggestions.words(field)
    return suggestions.words(code) in (name, f"long {name}", name.replace("page ", "seo "), name.replace("page ", "meta "))


def _price_books(structure: Structure, channel: Channel) -> Iterator[str]:
    books = suggestions.price_books(structure)
    if not books:
        yield "price_books: []  # the PIM has no price attribute"
        return
    default = _default_locale(channel)
    yield "price_books:  # one a currency; prices come from a price attribute; books of your own stay untouched"
    for book in books:
        line = flow({"id": book.id, "name": book.name, "attribute": book.attribute.code})
        why = "suggested as the list prices" if book.main else "a price attribute, too"
        yield f"  {'' if book.main else '#'}- {line}{remark(why, label(book.attribute.labels, '', (default,)))}"


def _reference_entities(structure: Structure, channel: Channel, preset: Preset) -> Iterator[str]:
    if not structure.reference_entities:
        return
    default = _default_locale(channel)
    entities = [named(e.code, e.labels, default) for e in structure.reference_entities.values()]
    yield f"# {listed('Reference entities', entities)}; their records become content assets with:"
    why = "a content asset a record; json: one a reference entity, as the official cartridge has it"
    lines = (
        _choice(preset, "reference_entities.as", "content", why),
        "  #library: akeneo-library  # id of a shared library; sites/<site id>: that site's private one",
        f"  #entities: {flow([e.code for e in structure.reference_entities.values()])}",
    )
    yield from block("reference_entities:", lines)


def _default_locale(channel: Channel) -> str:
    return "en_US" if "en_US" in channel.locales else channel.locales[0]
