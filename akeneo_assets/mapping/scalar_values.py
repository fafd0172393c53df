"""Texts, numbers, dates and booleans of the PIM as SFCC values.

Belongs here: attribute types whose data is one plain value, and data of any other shape as JSON. Doesn't: which PIM type is which
of these (`values`), the lexical form of a number or text (`texts`).
"""

from typing import Any

import orjson

from akeneo_assets.mapping.frame import Context, Frame, ValueType
from akeneo_assets.mapping.texts import UnmappableError, clean, decimal_text
from akeneo_assets.structure.pim_structure import Attribute


def text_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A text of one line."""
    return (ValueType("string", _text),)


def textarea_type(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A text of several lines; with the PIM's editor it is HTML."""
    return (ValueType("html" if attribute.wysiwyg else "text", _text),)


def number_type(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """A whole number, or a decimal one where the PIM allows decimals."""
    return (ValueType("double", _decimal),) if attribute.decimals else (ValueType("int", _integer),)


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


def _integer(data: Any, _context: Context) -> str:
    text = decimal_text(data)
    if "." in text:
        raise UnmappableError(f"'{text}' is no whole number")
    return text


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
