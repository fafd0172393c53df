"""Which PIM attributes become custom attributes of SFCC, under which ids, and their definitions.

Belongs here: selection, ids, definitions, groups. Doesn't: what an attribute's type and values become (`values`), standard
attributes (`rules`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from akeneo_assets.mapping.frame import Frame, PlacedRecord, ValueType
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.scalar_values import integer_type
from akeneo_assets.mapping.select_values import enum_values
from akeneo_assets.mapping.sites import DEFAULT, label_slots, resolve
from akeneo_assets.mapping.values import is_known, value_types
from akeneo_assets.settings.attribute_settings import Attributes, Selection
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold
from sfcc_resources.records import ATTRIBUTE_DEFINITION, ATTRIBUTE_GROUP, AttributeDefinition, AttributeGroup, Slots

PRODUCT_TYPE: Final = "Product"
"""The SFCC object type that product attributes extend."""


@dataclass(frozen=True, slots=True)
class CustomAttribute:
    """A custom attribute that the connector defines: `id` in SFCC, made of `attribute` as `value` says."""

    id: str
    attribute: Attribute
    value: ValueType


def custom_id(code: str, attributes: Attributes) -> str:
    """The id of the custom attribute made of a PIM attribute: `akeneo_short_description`, or `akeneo_shortDescription` with
    `attributes.id_style: camel_case`."""
    if attributes.id_style == "camel_case":
        head, *rest = re.split(r"[_\W]+", code.strip("_")) if code.strip("_") else [code]
        code = head + "".join(part[:1].upper() + part[1:] for part in rest)
    return attributes.id_prefix + code


def _matches(selection: Selection, attribute: Attribute, structure: Structure) -> bool:
    code = fold(attribute.code)
    return (
        code in map(fold, selection.attributes)
        or fold(attribute.group) in map(fold, selection.groups)
        or any(code in family.attributes for name in selection.families if (family := structure.family(name)))
    )


def _excluded(selection: Selection, attribute: Attribute, structure: Structure) -> bool:
    """Whether an exclusion names the attribute. An excluded family takes along what no other family has."""
    if _matches(Selection(attributes=selection.attributes, groups=selection.groups), attribute, structure):
        return True
    if not selection.families:
        return False
    families = {fold(name) for name in selection.families}
    having = {key for key, family in structure.families.items() if fold(attribute.code) in family.attributes}
    return bool(having) and having <= families


def selected(settings: ConnectorSettings, structure: Structure) -> list[Attribute]:
    """The attributes that `attributes.include` and `exclude` leave, in the PIM's order. Variation axes are always among them."""
    include, exclude = settings.attributes.include, settings.attributes.exclude
    return sorted(
        (
            attribute
            for attribute in structure.attributes.values()
            if fold(attribute.code) in structure.axes
            or ((not include or _matches(include, attribute, structure)) and not _excluded(exclude, attribute, structure))
        ),
        key=lambda attribute: attribute.order,
    )


def _mapped_elsewhere(settings: ConnectorSettings) -> set[str]:
    """Folded codes of the attributes that have a place in SFCC already."""
    direct = {fold(source.attribute) for source in settings.attributes.sources() if source.attribute is not None}
    return direct | {fold(book.attribute) for book in settings.price_books}


def custom_attributes(frame: Frame) -> list[CustomAttribute]:
    """The connector's own custom attributes, in the PIM's order.

    An attribute that is mapped to a standard or existing custom attribute or to a price book isn't among them, unless
    `keep_mapped` says so or it is an axis that only a standard attribute holds.
    """
    settings = frame.settings
    elsewhere = set() if settings.attributes.keep_mapped else _mapped_elsewhere(settings)
    elsewhere -= frame.structure.axes - set(axis_ids_of_existing(settings))
    return [
        CustomAttribute(custom_id(attribute.code, settings.attributes) + value.suffix, attribute, value)
        for attribute in selected(settings, frame.structure)
        if fold(attribute.code) not in elsewhere
        for value in value_types(attribute, frame)
    ]


def axis_ids_of_existing(settings: ConnectorSettings) -> dict[str, str]:
    """Folded attribute code -> id of the existing custom attribute that holds its values unconverted; of several the first."""
    ids: dict[str, str] = {}
    for id_, source in settings.attributes.custom.items():
        if source.attribute is not None and not source.convert:
            ids.setdefault(fold(source.attribute), id_)
    return ids


def attribute_problems(settings: ConnectorSettings, structure: Structure) -> list[Problem]:
    """What the PIM's attributes hold that SFCC can't have as it stands, to be reported once an import: types that this version
    doesn't know, whose data is imported as JSON text; whole numbers that may be wider than SFCC's int; options that SFCC doesn't
    take."""
    frame = Frame(settings, structure, resolve(settings, structure))
    problems = []
    for attribute in selected(settings, structure):
        if not is_known(attribute):
            reason = f"its type '{attribute.type}' is not known to this version; its data is imported as JSON text"
            problems.append(Problem("attribute", attribute.code, "", reason))
        if attribute.type == "number" and not attribute.decimals and (type_ := integer_type(attribute, frame)) != "int":
            reason = f"its whole numbers may go beyond SFCC's int (32 bits), so that it is imported as {type_}"
            problems.append(Problem("attribute", attribute.code, "", reason))
        values = enum_values(attribute)
        problems += [
            Problem("attribute", attribute.code, "", f"SFCC takes no option like '{option.code}', which was left out")
            for option in attribute.options
            if option.code not in values
        ]
    return problems


def definitions(settings: ConnectorSettings, structure: Structure) -> list[PlacedRecord]:
    """The definitions of all custom attributes of products, then their groups."""
    frame = Frame(settings, structure, resolve(settings, structure))
    customs = custom_attributes(frame)
    records: list[PlacedRecord] = [(ATTRIBUTE_DEFINITION, PRODUCT_TYPE, definition(custom, frame)) for custom in customs]
    records += [(ATTRIBUTE_GROUP, PRODUCT_TYPE, group) for group in _groups(customs, frame)]
    return records


def definition(custom: CustomAttribute, frame: Frame) -> AttributeDefinition:
    """The definition of one custom attribute, with every option in the PIM's order."""
    attribute, value = custom.attribute, custom.value
    record: AttributeDefinition = {
        "id": custom.id,
        "type": value.type,
        "names": label_slots(attribute.labels, attribute.code, frame.sites),
        "localizable": attribute.localizable,
        # With one site, too: the values of a second site, once written, can be cleared only while the definition takes them.
        "site_specific": attribute.scopable and not attribute.localizable,
        "visible": frame.settings.attributes.visible,
        "externally_managed": frame.settings.attributes.externally_managed,
    }
    if value.type in ("string", "text"):
        record["min_length"] = 0
    if value.units:
        record["units"] = value.units
    if value.type == "enum-of-string":
        record["multiple"] = value.multiple
        record["values"] = [
            {"value": option.code, "names": label_slots(option.labels, option.code, frame.sites)} for option in value.options
        ]
    return record


def _groups(customs: Iterable[CustomAttribute], frame: Frame) -> list[AttributeGroup]:
    chosen = frame.settings.attributes
    members: dict[str, list[str]] = {}
    names: dict[str, Slots] = {}
    for custom in customs:
        group_id = chosen.group_id
        name: Slots = {DEFAULT: "Akeneo Attributes"}
        if chosen.groups == "pim":
            group = frame.structure.attribute_groups.get(fold(custom.attribute.group))
            code = group.code if group else custom.attribute.group
            group_id = f"{chosen.group_id}_{code}"
            name = label_slots(group.labels if group else {}, code, frame.sites)
        members.setdefault(group_id, []).append(custom.id)
        names[group_id] = name
    return [{"id": id_, "names": names[id_], "attributes": [{"id": m} for m in ids]} for id_, ids in members.items()]
