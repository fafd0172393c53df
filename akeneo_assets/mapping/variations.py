"""The variations of a master: its axes with their values, and its variants.

Belongs here: axes, values in option order, variants in axis order. Doesn't: the master's own values (`products`), the images of
its variants (`variant_images`).

Example: a model that varies by `size` (options s, m, l) and has the variants B (m) and A (s) -> one variation attribute
`akeneo_size` with the values s and m, and the variants A, B.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from akeneo_assets.mapping.attribute_definitions import axis_ids_of_existing, custom_id
from akeneo_assets.mapping.frame import Convert, Frame
from akeneo_assets.mapping.linked_values import record_id
from akeneo_assets.mapping.sites import DEFAULT, label_slots
from akeneo_assets.mapping.texts import UnmappableError, plain_decimal
from akeneo_assets.mapping.units import standard_amount
from akeneo_assets.mapping.values import value_types
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Attribute, FamilyVariant, fold
from sfcc_resources.records import Slots, VariationAttribute, Variations

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a family variant. `id`: the SFCC attribute that holds its value on the variants. `convert` makes the PIM's data
    a value; `order` is the value's sort key, `names` are its labels by locale."""

    attribute: Attribute
    id: str
    convert: Convert
    order: Callable[[str], Any]
    names: Callable[[str], Slots]


def compile_axes(variants: Mapping[T, FamilyVariant], frame: Frame) -> dict[T, tuple[Axis, ...]]:
    """The axes of each family variant, those of the first level first. Attributes that the PIM doesn't list are left out."""
    attributes = {code: frame.structure.attribute(code) for variant in variants.values() for code in variant.axes}
    # Many family variants vary by a few attributes, which may have thousands of options.
    axes = {code: _axis(attribute, frame) for code, attribute in attributes.items() if attribute}
    return {key: tuple(axes[code] for code in variant.axes if code in axes) for key, variant in variants.items()}


def axis_id(code: str, settings: ConnectorSettings) -> str:
    """The SFCC attribute that holds the values of an axis: the first existing one that it is mapped to, else its custom
    attribute.

    Example: color -> `akeneo_color`; with `attributes.custom: {refinementColor: color}` -> `refinementColor`.
    """
    return axis_ids_of_existing(settings).get(fold(code)) or custom_id(code, settings.attributes)


def _axis(attribute: Attribute, frame: Frame) -> Axis:
    options = {option.code: index for index, option in enumerate(attribute.options)}
    labels = {option.code: option.labels for option in attribute.options}

    def order(value: str) -> Any:
        return (options.get(value, len(options)), _amount(value, attribute, frame), value)

    @lru_cache(maxsize=16384)  # many masters vary by the same values
    def names(value: str) -> Slots:
        if value in labels:
            return label_slots(labels[value], value, frame.sites)
        if attribute.type == "boolean":
            return _boolean_names(value, frame)
        if attribute.type == "metric":
            return _metric_names(value, attribute, frame)
        if attribute.type == "reference_entity":
            return _record_names(value, attribute, frame)
        return {DEFAULT: value}

    convert = value_types(attribute, frame)[0].convert
    return Axis(attribute, axis_id(attribute.code, frame.settings), convert, order, names)


def _amount(value: str, attribute: Attribute, frame: Frame) -> Decimal:
    """What a metric's value sorts by: its amount in the family's standard unit. So `500 GRAM` comes before `2 KILOGRAM`."""
    if attribute.type != "metric":
        return Decimal(0)
    amount, _, code = value.partition(" ")
    unit = frame.structure.unit(attribute.measurement_family, code)
    try:
        return standard_amount(amount, unit) if unit else Decimal(plain_decimal(amount))
    except UnmappableError:
        return Decimal(0)


def _metric_names(value: str, attribute: Attribute, frame: Frame) -> Slots:
    amount, _, code = value.partition(" ")
    unit = frame.structure.unit(attribute.measurement_family, code)
    if unit is None or unit.symbol:
        return {DEFAULT: f"{amount} {unit.symbol}" if unit else value}
    return {slot: f"{amount} {name}" for slot, name in label_slots(unit.labels, unit.code, frame.sites).items()}


def _boolean_names(value: str, frame: Frame) -> Slots:
    said = frame.settings.attributes.boolean_labels
    labels = {locale: names.yes if value == "true" else names.no for locale, names in said.items()}
    return label_slots(labels, value, frame.sites)


def _record_names(value: str, attribute: Attribute, frame: Frame) -> Slots:
    entity = frame.structure.reference_entities.get(fold(attribute.reference or ""))
    code = value.removeprefix(record_id(entity.code if entity else attribute.reference or attribute.code, ""))
    record = frame.structure.records.get((fold(attribute.reference or ""), fold(code)))
    return label_slots(record.labels, record.code, frame.sites) if record else {DEFAULT: code}


def variations(axes: Sequence[Axis], variants: Sequence[Mapping[str, Any]], frame: Frame) -> Variations:
    """The whole variations of a master: of each axis the values that its variants have, in the options' order; and the variants,
    by their values, then by id. `variants`: facts with `id` and `axes` (attribute code -> value)."""
    values_in_use: dict[str, set[str]] = {axis.attribute.code: set() for axis in axes}
    for variant in variants:
        for code, value in variant["axes"].items():
            if code in values_in_use:
                values_in_use[code].add(value)
    attributes: list[VariationAttribute] = [
        {
            "attribute_id": axis.id,
            "id": axis.id,
            "names": label_slots(axis.attribute.labels, axis.attribute.code, frame.sites),
            "values": [{"value": v, "names": axis.names(v)} for v in sorted(values_in_use[axis.attribute.code], key=axis.order)],
        }
        for axis in axes
    ]
    return {"attributes": attributes, "variants": [v["id"] for v in sorted_variants(axes, variants)]}


def sorted_variants(axes: Sequence[Axis], variants: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The variants by their values of each axis in turn, then by id."""
    return sorted(variants, key=lambda v: ([axis.order(v["axes"].get(axis.attribute.code, "")) for axis in axes], v["id"]))


def alike(axes: Sequence[Axis], variants: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each variant that has the same values of all axes as another one: shoppers can choose only one of them."""
    first_of: dict[tuple[str, ...], str] = {}
    sentences = []
    for variant in variants:
        values = tuple(variant["axes"].get(axis.attribute.code, "") for axis in axes)
        first = first_of.setdefault(values, variant["id"])
        if first != variant["id"] and values and all(values):
            sentences.append(f"the variants '{first}' and '{variant['id']}' have the same values: {', '.join(values)}")
    return sentences
