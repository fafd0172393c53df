"""Selects and reference data of the PIM as SFCC enums and texts.

Belongs here: options, found by the code that a product holds, and lists of codes. Doesn't: an option's label as text
(`conversions`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from akeneo_assets.mapping.frame import Context, Frame, ValueType
from akeneo_assets.mapping.texts import UnmappableError, clean
from akeneo_assets.structure.pim_structure import Attribute, Option, fold
from sfcc_resources.limits import ID_4000, QUOTAS, problem


def option_finder(attribute: Attribute) -> Callable[[Any], Option | None]:
    """Finds an option by the code that a product holds, which may differ in case from the option's own (facts, Akeneo API, trap
    1)."""
    by_code = {option.code: option for option in attribute.options}
    by_folded_code = {fold(option.code): option for option in attribute.options}
    return lambda code: by_code.get(code) or by_folded_code.get(fold(str(code)))


def enum_values(attribute: Attribute) -> dict[str, Option]:
    """The options whose codes can be an enum's values, by code. Source: metadata.xsd, value-definition."""
    return {option.code: option for option in attribute.options if problem(option.code, ID_4000) is None}


def simple_select_type(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """An enum; its value is the option's code."""
    values = enum_values(attribute)
    value = _enum_value(attribute, values)
    return (ValueType("enum-of-string", lambda data, _context: value(data), options=tuple(values.values())),)


def multi_select_type(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """An enum of which several options may be chosen, in the product's order."""
    values = enum_values(attribute)
    value, options = _enum_value(attribute, values), tuple(values.values())
    return (
        ValueType(
            "enum-of-string", lambda data, context: each_value(value, data, context) or None, multiple=True, options=options
        ),
    )


def reference_data_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """The code of an entry of reference data."""
    return (ValueType("string", lambda data, context: clean(data, context.reasons).strip() or None),)


def reference_data_set_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """Codes of entries of reference data."""
    return (
        ValueType(
            "set-of-string", lambda data, context: set_value([clean(code, context.reasons) for code in data], context.reasons)
        ),
    )


def each_value(convert: Callable[[Any], str], data: Iterable[Any], context: Context) -> list[str]:
    """Each part of the data converted; parts that can't be are left out and reported."""
    values = []
    for part in data:
        try:
            values.append(convert(part))
        except UnmappableError as error:
            context.reasons.append(str(error))
    return values


def set_value(texts: list[str], reasons: list[str]) -> list[str] | None:
    """The values of a set-of-string, None when there are none; those beyond SFCC's quota are left out with a reason."""
    limit = QUOTAS["values of a set-of-string"]
    if len(texts) > limit:
        reasons.append(f"{len(texts)} values; SFCC takes {limit}, the rest was left out")
    return texts[:limit] or None


def _enum_value(attribute: Attribute, values: Mapping[str, Option]) -> Callable[[Any], str]:
    find = option_finder(attribute)

    def value(code: Any) -> str:
        option = find(code)
        if option is None:
            raise UnmappableError(f"the attribute has no option '{code}'")
        if option.code not in values:
            raise UnmappableError(f"SFCC takes no option like '{option.code}'")
        return option.code

    return value
