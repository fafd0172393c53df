"""Texts, numbers, dates and booleans of the PIM as SFCC values.

Belongs here: attribute types whose data is one plain value, and data of any other shape as JSON. Doesn't: which PIM type is which
of these (`values`), the lexical form of a number or text (`texts`).
"""

from typing import Any, Final

import orjson

from akeneo_assets.mapping.frame import Context, Convert, Frame, ValueType
from akeneo_assets.mapping.texts import UnmappableError, clean, decimal_text
from akeneo_assets.structure.pim_structure import Attribute, fold


def text_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A text of one line."""
    return (ValueType("string", _text),)


def textarea_type(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A text of several lines; with the PIM's editor it is HTML."""
    return (ValueType("html" if attribute.wysiwyg else "text", _text),)


def number_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """A decimal number where the PIM allows decimals, else a whole one of the `integer_type`."""
    if attribute.decimals:
        return (ValueType("double", _decimal),)
    type_ = integer_type(attribute, frame)
    return (ValueType(type_, _INTEGERS[type_]),)


def integer_type(attribute: Attribute, frame: Frame) -> str:
    """The SFCC type that holds the whole numbers of an attribute: int, double or string.

    SFCC's int has 32 bits; a double holds whole numbers up to 2^53. `attributes.wide_integers` decides, else the attribute's
    bounds in the PIM: with a maximum of 9999999999 it is a double. Without bounds it is an int. Values play no part, so that a
    definition never depends on which products there are.
    """
    wide = {fold(code): type_ for code, type_ in frame.settings.attributes.wide_integers.items()}
    if (chosen := wide.get(fold(attribute.code))) is not None:
        return chosen
    bounds = [bound for bound in (attribute.minimum, attribute.maximum) if bound is not None]
    if all(-(2**31) <= bound < 2**31 for bound in bounds):
        return "int"
    return "double" if all(abs(bound) <= 2**53 for bound in bounds) else "string"


def boolean_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """True or false."""
    return (ValueType("boolean", _boolean),)


def boolean_axis_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A boolean by which variants differ: SFCC varies by texts and enums only."""
    return (ValueType("string", _boolean),)


def date_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A day."""
    return (ValueType("date", _date),)


def json_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """Data of any shape, as JSON text."""
    return (ValueType("text", json_text),)


def json_text(data: Any, context: Context) -> str | None:
    """Any data as compact JSON text: `{"depth": 3}` is `{"depth":3}`."""
    return clean(orjson.dumps(data).decode(), context.reasons)


def _text(data: Any, context: Context) -> str | None:
    return clean(data, context.reasons) or None


def whole_number(data: Any, _context: Context) -> str:
    """A whole number of any size as text. UnmappableError: it is none."""
    text = decimal_text(data)
    if "." in text:
        raise UnmappableError(f"'{text}' is no whole number")
    return text


def _int(data: Any, context: Context) -> str:
    text = whole_number(data, context)
    if not -(2**31) <= int(text) < 2**31:
        raise UnmappableError(
            f"'{text}' is beyond SFCC's int (32 bits); name the attribute in attributes.wide_integers of connector.yaml"
        )
    return text


def _whole_double(data: Any, context: Context) -> str:
    text = whole_number(data, context)
    if abs(int(text)) > 2**53:
        raise UnmappableError(
            f"'{text}' is beyond the whole numbers that SFCC's double holds (2^53); make the attribute a string in "
            "attributes.wide_integers of connector.yaml"
        )
    return text


_INTEGERS: Final[dict[str, Convert]] = {"int": _int, "double": _whole_double, "string": whole_number}
"""How whole numbers are written, by the SFCC type that holds them."""


def _decimal(data: Any, _context: Context) -> str:
    return decimal_text(data)


def _boolean(data: Any, _context: Context) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    raise UnmappableError(f"'{data}' is no boolean")


def _date(data: Any, _context: Context) -> str:
    # The day as the PIM shows it: the offset is the server's, and converting it could change the day.
    text = str(data)
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        raise UnmappableError(f"'{text[:40]}' is no date")
    return text[:10]
