"""The structure: the PIM's lists that give products their meaning, as frozen records that are built once an import.

Belongs here: channels, attributes, options, families, units, categories, assets, records of reference entities, and how each is
found by its code. Doesn't: which lists are read (`pim_lists`), what SFCC makes of them (`akeneo_assets.mapping`).

Codes compare without regard to case, as in the PIM, and keep the PIM's spelling: `structure.attribute("EAN")` finds `ean`.
Source: facts, Akeneo API: the JSON standard format of each resource.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final, Self

import orjson

from akeneo_assets.structure.value_picking import NO_LOCALE, Values, value_in

Item = Mapping[str, Any]
"""An item as the API gives it."""

Labels = Mapping[str, str]
"""Label by PIM locale. A locale without a label is missing."""


@lru_cache(maxsize=65536)  # the same codes are compared for each product
def fold(code: str) -> str:
    """The form in which codes compare: `Fr_FR` and `fr_fr` are one code."""
    return code.casefold()


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: `tree` is the code of its category tree, `conversion_units` the unit that it shows a metric attribute in, by
    attribute code."""

    code: str
    tree: str
    locales: tuple[str, ...]
    currencies: tuple[str, ...]
    conversion_units: Mapping[str, str]
    labels: Labels


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a select, or of a table column."""

    code: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of products and models.

    `type` stands without its prefix (`simpleselect`, `metric`, ...). `order` sorts attributes as the PIM shows them: by their
    group, then within it. `options` are in the PIM's order. `locales` are the only ones that it has values for; none: all are.
    `minimum` and `maximum` bound a number.
    """

    code: str
    type: str
    group: str
    order: tuple[int, int, str]
    labels: Labels
    localizable: bool
    scopable: bool
    decimals: bool
    wysiwyg: bool
    measurement_family: str | None
    unit: str | None
    reference: str | None
    main_identifier: bool
    table: tuple[Mapping[str, Any], ...]
    options: tuple[Option, ...]
    locales: tuple[str, ...]
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """A group of attributes; `sort_order` is its place among the groups."""

    code: str
    sort_order: int
    labels: Labels


@dataclass(frozen=True, slots=True)
class Family:
    """A family: which attributes its products have; `image` is the one that holds their main image, `label_attribute` the one by
    which the PIM calls them."""

    code: str
    attributes: frozenset[str]  # folded codes
    image: str | None
    labels: Labels
    required: Mapping[str, tuple[str, ...]]  # channel -> attribute codes that completeness asks for
    label_attribute: str | None = None


@dataclass(frozen=True, slots=True)
class FamilyVariant:
    """How a family's models branch into variants.

    `axes` are the attributes that variants differ by, of all levels, the outer level first. `levels` says on which level an
    attribute's value lives, by folded attribute code: 1 is below the root model, 2 below a sub-model; the root's own attributes
    aren't in it. `depth` is the number of levels.
    """

    code: str
    family: str
    axes: tuple[str, ...]
    levels: Mapping[str, int]
    depth: int


@dataclass(frozen=True, slots=True)
class Category:
    """A category; `parent` is None for the root of a tree. `values` are those of an enriched category (PIM 7.0 and later), each
    with `attribute_code`, `channel`, `locale` and `data`."""

    code: str
    parent: str | None
    labels: Labels
    values: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a measurement family. `to_standard` are the operations (operator, operand) that turn an amount in this unit into
    one in the family's standard unit: `(("mul", "0.001"),)` for grams where the standard is the kilogram."""

    code: str
    labels: Labels
    symbol: str
    to_standard: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AssociationType:
    """An association type; a `quantified` one holds a number for each product associated, a `two_way` one is the same at both
    ends."""

    code: str
    labels: Labels
    quantified: bool
    two_way: bool = False


@dataclass(frozen=True, slots=True)
class EntityStructure:
    """An asset family or a reference entity: what its assets or records are made of.

    `attributes` are items of the API by folded code. `main_media` is the code of the attribute that shows an asset; reference
    entities have none.
    """

    code: str
    labels: Labels
    main_media: str | None
    attributes: Mapping[str, Item]
    options: Mapping[tuple[str, str], Option]  # (attribute, option), folded


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset or a record; `owner` is the code of its asset family or reference entity, `values` are as in the API (with
    `channel` where products have `scope`)."""

    code: str
    owner: str
    values: Values

    @property
    def labels(self) -> Labels:
        """The labels, which an asset or record holds as values of its attribute `label`."""
        return _filled((v.get("locale"), v.get("data")) for v in self.values.get("label", ()))

    def data(self, attribute: Item, channel: str, locales: Sequence[str]) -> Any:
        """The data of one of its attributes for a channel, in the first of the locales that has some; None: there is none."""
        channel_asked = channel if attribute.get("value_per_channel") else None
        locales_asked = locales if attribute.get("value_per_locale") else NO_LOCALE
        value = value_in(self.values.get(attribute["code"], ()), channel_asked, locales_asked, "channel")
        return None if value is None else value["data"]


_PREFIXES: Final = ("pim_catalog_", "akeneo_", "pim_")


def short_type(attribute_type: str) -> str:
    """An attribute type without its prefix: `pim_catalog_text` is `text`, `akeneo_reference_entity` is `reference_entity`.

    Reference data has two spellings: `pim_catalog_reference_data_multi_select` (the API's specification) and
    `pim_reference_data_multiselect` (the PIM) are both `reference_data_multiselect`.
    """
    name = next((attribute_type[len(p) :] for p in _PREFIXES if attribute_type.startswith(p)), attribute_type)
    return (
        name.replace("_multi_select", "_multiselect").replace("_simple_select", "_simpleselect")
        if name.startswith("reference_data")
        else name
    )


def labels_of(item: Item) -> Labels:
    """The labels of an item by locale, without empty ones: `{"en_US": " Mug ", "fr_FR": ""}` is `{"en_US": "Mug"}`."""
    # An empty PHP array arrives as [] (Akeneo API: labels may be missing or {}).
    labels = item.get("labels") or {}
    return _filled(labels.items()) if isinstance(labels, dict) else {}


def _filled(labels: Iterable[tuple[Any, Any]]) -> Labels:
    return {locale: text for locale, label in labels if locale and (text := str(label or "").strip())}


def _attribute(item: Item, group_order: Mapping[str, int], options: Iterable[Item]) -> Attribute:
    order = int(item.get("sort_order") or 0)
    # Options of one sort order stay in the API's order, which is the PIM's (facts, Akeneo API, found later).
    sorted_options = sorted(options, key=lambda option: int(option.get("sort_order") or 0))
    return Attribute(
        code=item["code"],
        type=short_type(item["type"]),
        group=item.get("group") or "other",
        order=(group_order.get(fold(item.get("group") or ""), 1 << 30), order, item["code"]),
        labels=labels_of(item),
        localizable=bool(item.get("localizable")),
        scopable=bool(item.get("scopable")),
        decimals=bool(item.get("decimals_allowed")),
        wysiwyg=bool(item.get("wysiwyg_enabled")),
        measurement_family=item.get("metric_family") or None,
        unit=item.get("default_metric_unit") or None,
        reference=item.get("reference_data_name") or None,
        main_identifier=bool(item.get("is_main_identifier")),
        table=tuple(item.get("table_configuration") or ()),
        options=tuple(Option(str(o["code"]), labels_of(o)) for o in sorted_options),
        locales=tuple(sorted(item.get("available_locales") or ())),
        minimum=_bound(item.get("number_min")),
        maximum=_bound(item.get("number_max")),
    )


def _bound(number: Any) -> Decimal | None:
    """A bound of a number attribute, which the API gives as a text; None: it has none, or one that is no number."""
    try:
        bound = Decimal(str(number))
    except InvalidOperation:
        return None
    return bound if bound.is_finite() else None


def _family_variant(item: Item) -> FamilyVariant:
    sets = sorted(item["variant_attribute_sets"], key=lambda s: s["level"])
    levels = {fold(code): s["level"] for s in sets for code in (*s.get("attributes", ()), *s["axes"])}
    return FamilyVariant(
        code=item["code"],
        family=item["family"],
        axes=tuple(axis for s in sets for axis in s["axes"]),
        levels=levels,
        depth=len(sets),
    )


def _categories(items: Iterable[Item]) -> dict[str, Category]:
    categories = {}
    for item in items:
        values = item.get("values") or {}
        categories[fold(item["code"])] = Category(
            code=item["code"],
            parent=item.get("parent") or None,
            labels=labels_of(item),
            values=tuple(values.values() if isinstance(values, dict) else ()),
        )
    return categories


def _entity_structures(
    families: Iterable[Item], attributes: Iterable[Item], owner: str, options: Iterable[Item]
) -> dict[str, EntityStructure]:
    by_owner: dict[str, dict[str, Item]] = {}
    for a in attributes:
        by_owner.setdefault(fold(a[owner]), {})[fold(a["code"])] = a
    options_of: dict[str, dict[tuple[str, str], Option]] = {}
    for o in options:
        options_of.setdefault(fold(o[owner]), {})[fold(o["attribute"]), fold(o["code"])] = Option(o["code"], labels_of(o))
    return {
        fold(f["code"]): EntityStructure(
            code=f["code"],
            labels=labels_of(f),
            main_media=f.get("attribute_as_main_media"),
            attributes=by_owner.get(fold(f["code"]), {}),
            options=options_of.get(fold(f["code"]), {}),
        )
        for f in families
    }


def _values(item: Item) -> Values:
    values = item.get("values") or {}
    return values if isinstance(values, dict) else {}


def _entries(items: Iterable[Item], owner: str) -> dict[tuple[str, str], Entry]:
    return {(fold(i[owner]), fold(i["code"])): Entry(i["code"], i[owner], _values(i)) for i in items}


def _unit(code: str, item: Item) -> Unit:
    # Named `convert_from_standard`, but it converts *to* the standard unit (Akeneo API: measurement families).
    operations = tuple((o["operator"], str(o["value"])) for o in item.get("convert_from_standard") or ())
    return Unit(code, labels_of(item), (item.get("symbol") or "").strip(), operations)


# Keys of an item that mean nothing to the mapping.
_NOISE: Final = ("_links", "updated", "created")


@dataclass(frozen=True)
class Structure:
    """Everything that the mapping reads of the PIM besides products and models.

    Its mappings are keyed by folded code (see `fold`); `channel`, `attribute`, `family` ... find an object by its code in any
    spelling. `media` is described at `build`, `records` are those of reference entities.
    """

    channels: Mapping[str, Channel]
    locales: frozenset[str]
    currencies: frozenset[str]
    attribute_groups: Mapping[str, AttributeGroup]
    attributes: Mapping[str, Attribute]
    families: Mapping[str, Family]
    family_variants: Mapping[tuple[str, str], FamilyVariant]  # (family, family variant)
    units: Mapping[tuple[str, str], Unit]  # (measurement family, unit)
    association_types: Mapping[str, AssociationType]
    categories: Mapping[str, Category]
    media: Mapping[str, Any]
    asset_families: Mapping[str, EntityStructure]
    assets: Mapping[tuple[str, str], Entry]
    reference_entities: Mapping[str, EntityStructure]
    records: Mapping[tuple[str, str], Entry]
    _fingerprint: str = field(repr=False, default="")

    @classmethod
    def build(
        cls,
        *,
        channels: Iterable[Item],
        attributes: Iterable[Item],
        locales: Iterable[Item] = (),
        currencies: Iterable[Item] = (),
        attribute_groups: Iterable[Item] = (),
        attribute_options: Iterable[Item] = (),
        families: Iterable[Item] = (),
        family_variants: Iterable[Item] = (),
        measurement_families: Iterable[Item] = (),
        association_types: Iterable[Item] = (),
        categories: Iterable[Item] = (),
        media: Mapping[str, Any] = MappingProxyType({}),
        asset_families: Iterable[Item] = (),
        asset_attributes: Iterable[Item] = (),
        asset_attribute_options: Iterable[Item] = (),
        assets: Iterable[Item] = (),
        reference_entities: Iterable[Item] = (),
        reference_entity_attributes: Iterable[Item] = (),
        reference_entity_attribute_options: Iterable[Item] = (),
        records: Iterable[Item] = (),
    ) -> Self:
        """The structure, made of items exactly as the API gives them.

        Items of a list below another resource carry that resource's code: options `attribute`, family variants `family`, assets
        and asset attributes `asset_family`, records and their attributes `reference_entity`; options of asset and record
        attributes also `attribute`. Categories come in the PIM's order. `media` says of a media key (`media_keys.media_key`)
        whether the PIM could give the file: None where it couldn't, anything else where it could.
        """
        items_of = {name: list(items) for name, items in locals().items() if name not in ("cls", "media")}
        group_order = {fold(g["code"]): int(g.get("sort_order") or 0) for g in items_of["attribute_groups"]}
        options: dict[str, list[Item]] = {}
        for option in items_of["attribute_options"]:
            options.setdefault(fold(option["attribute"]), []).append(option)
        return cls(
            channels={
                fold(c["code"]): Channel(
                    c["code"],
                    c["category_tree"],
                    tuple(c["locales"]),
                    tuple(c["currencies"]),
                    dict(c.get("conversion_units") or {}),
                    labels_of(c),
                )
                for c in items_of["channels"]
            },
            locales=frozenset(i["code"] for i in items_of["locales"] if i.get("enabled", True)),
            currencies=frozenset(i["code"] for i in items_of["currencies"] if i.get("enabled", True)),
            attribute_groups={
                fold(g["code"]): AttributeGroup(g["code"], int(g.get("sort_order") or 0), labels_of(g))
                for g in items_of["attribute_groups"]
            },
            attributes={
                fold(a["code"]): _attribute(a, group_order, options.get(fold(a["code"]), ())) for a in items_of["attributes"]
            },
            families={
                fold(f["code"]): Family(
                    f["code"],
                    frozenset(fold(a) for a in f.get("attributes", ())),
                    f.get("attribute_as_image") or None,
                    labels_of(f),
                    {channel: tuple(sorted(codes)) for channel, codes in dict(f.get("attribute_requirements") or {}).items()},
                    f.get("attribute_as_label") or None,
                )
                for f in items_of["families"]
            },
            family_variants={(fold(v["family"]), fold(v["code"])): _family_variant(v) for v in items_of["family_variants"]},
            units={
                (fold(m["code"]), fold(code)): _unit(code, unit)
                for m in items_of["measurement_families"]
                for code, unit in (m.get("units") or {}).items()
            },
            association_types={
                fold(t["code"]): AssociationType(t["code"], labels_of(t), bool(t.get("is_quantified")), bool(t.get("is_two_way")))
                for t in items_of["association_types"]
            },
            categories=_categories(items_of["categories"]),
            media=media,
            asset_families=_entity_structures(
                items_of["asset_families"], items_of["asset_attributes"], "asset_family", items_of["asset_attribute_options"]
            ),
            assets=_entries(items_of["assets"], "asset_family"),
            reference_entities=_entity_structures(
                items_of["reference_entities"],
                items_of["reference_entity_attributes"],
                "reference_entity",
                items_of["reference_entity_attribute_options"],
            ),
            records=_entries(items_of["records"], "reference_entity"),
            _fingerprint=_digest(items_of),
        )

    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 of all items that the structure was built from, media excepted, without their links and dates. Two
        structures of one fingerprint map alike."""
        return self._fingerprint

    def channel(self, code: str) -> Channel | None:
        return self.channels.get(fold(code))

    def attribute(self, code: str) -> Attribute | None:
        return self.attributes.get(fold(code))

    def family(self, code: str | None) -> Family | None:
        return self.families.get(fold(code)) if code else None

    def family_variant(self, family: str | None, code: str | None) -> FamilyVariant | None:
        return self.family_variants.get((fold(family), fold(code))) if family and code else None

    def category(self, code: str) -> Category | None:
        return self.categories.get(fold(code))

    def unit(self, measurement_family: str | None, code: str | None) -> Unit | None:
        return self.units.get((fold(measurement_family), fold(code))) if measurement_family and code else None

    @cached_property
    def axes(self) -> frozenset[str]:
        """Folded codes of the attributes that any family variant has as an axis."""
        return frozenset(fold(axis) for variant in self.family_variants.values() for axis in variant.axes)

    @cached_property
    def identifier(self) -> str | None:
        """Code of the attribute that holds the main identifier, which becomes the SFCC id; None: the PIM has no identifier."""
        identifiers = [a for a in self.attributes.values() if a.type == "identifier"]
        return next((a.code for a in identifiers if a.main_identifier), identifiers[0].code if identifiers else None)

    @cached_property
    def tree_of(self) -> Mapping[str, str]:
        """Folded category code -> code of its tree (the category without parent above it)."""
        trees: dict[str, str] = {}
        for key, category in self.categories.items():
            top = category
            seen = {key}
            while top.parent and (above := self.category(top.parent)) and fold(above.code) not in seen:
                seen.add(fold(above.code))
                top = above
            trees[key] = top.code
        return trees


def _digest(items_of: Mapping[str, list[Item]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(items_of):
        digest.update(name.encode())
        for item in items_of[name]:
            meaning = {key: value for key, value in item.items() if key not in _NOISE}
            digest.update(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()
