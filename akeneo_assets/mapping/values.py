"""PIM attribute types as SFCC types.

Belongs here: the table of types. Doesn't: the values of each kind (`scalar_values`, `select_values`, `measured_values`,
`linked_values`), which attributes are imported and under which id (`attribute_definitions`), values as texts of standard
attributes (`conversions`).
"""

from collections.abc import Callable
from typing import Final

from akeneo_assets.mapping import linked_values, measured_values, scalar_values, select_values
from akeneo_assets.mapping.frame import Convert, Frame, ValueType
from akeneo_assets.structure.pim_structure import Attribute, fold

_TypesOf = Callable[[Attribute, Frame], tuple[ValueType, ...]]

_TYPES: Final[dict[str, _TypesOf]] = {
    "identifier": scalar_values.text_type,
    "text": scalar_values.text_type,
    "textarea": scalar_values.textarea_type,
    "number": scalar_values.number_type,
    "boolean": scalar_values.boolean_type,
    "date": scalar_values.date_type,
    "simpleselect": select_values.simple_select_type,
    "multiselect": select_values.multi_select_type,
    "metric": measured_values.metric_type,
    "price_collection": measured_values.prices_type,
    "image": linked_values.image_type,
    "file": linked_values.file_type,
    "asset_collection": linked_values.asset_collection_type,
    "reference_entity": linked_values.reference_entity_type,
    "reference_entity_collection": linked_values.reference_entities_type,
    "reference_data_simpleselect": select_values.reference_data_type,
    "reference_data_multiselect": select_values.reference_data_set_type,
    "table": scalar_values.json_type,
    "product_link": linked_values.product_link_type,
}

_AXES: Final[dict[str, _TypesOf]] = {
    "metric": measured_values.metric_axis_type,
    "boolean": scalar_values.boolean_axis_type,
}
"""Types that become another one where variants differ by the attribute: SFCC varies by texts and enums (so does the official
cartridge)."""


def value_types(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """The SFCC attributes made of a PIM attribute; the first is its main one.

    A metric with `attributes.metric: both` becomes two, a number and a text. A type that this version doesn't know becomes its
    data as JSON text.
    """
    if fold(attribute.code) in frame.structure.axes and attribute.type in _AXES:
        return _AXES[attribute.type](attribute, frame)
    return _TYPES.get(attribute.type, scalar_values.json_type)(attribute, frame)


def unbounded_convert(attribute: Attribute, frame: Frame) -> Convert:
    """How the attribute's values are written in a custom attribute that exists in SFCC: as the connector's own would have them,
    but whole numbers of any size, since nobody can say which type holds them there."""
    if attribute.type == "number" and not attribute.decimals:
        return scalar_values.whole_number
    return value_types(attribute, frame)[0].convert


def is_known(attribute: Attribute) -> bool:
    """Whether the attribute's type is one that this version knows."""
    return attribute.type in _TYPES
