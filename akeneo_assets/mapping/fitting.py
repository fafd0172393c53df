"""A text as one SFCC field takes it.

Belongs here: a field's type and length. Doesn't: which fields there are (`akeneo_assets.settings.standard_fields`), where the
text comes from (`source_texts`), which slots it fills (`spreading`).
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from akeneo_assets.settings.standard_fields import Field
from sfcc_resources import fields as sfcc
from sfcc_resources.limits import length

_FREQUENCIES: Final = ("always", "hourly", "daily", "weekly", "monthly", "yearly", "never")
_BOOLEANS: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_ONE_LINE: Final = frozenset({sfcc.STRING_4000.name, sfcc.ID_256.name})
"""Types of names, codes and page attributes; descriptions are of another type and keep their blanks."""
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")


def fit(field: Field, text: str, reasons: list[str]) -> str | None:
    """The text as the field takes it; None with a reason appended where the field can't take it, and None without a reason for an
    empty text.

    A number field makes `2.5` of ` 2.5` and refuses `two`. A text of one line loses blanks at its edges. A text that is too long
    is cut where the field is localized (a name or description), and refused where it isn't (an EAN).
    """
    return _FITS.get(field.type.name, _fit_text)(field, text, reasons)


def has_edge_blanks(field: Field, text: str) -> bool:
    """Whether `fit` takes blanks off the edges of the text."""
    return field.type.name in _ONE_LINE and (text[:1].isspace() or text[-1:].isspace())


def _fit_text(field: Field, text: str, reasons: list[str]) -> str | None:
    if field.type.single_line:
        text = " ".join(text.split())
    elif field.type.name in _ONE_LINE:
        text = text.strip()
    if not text:
        return None
    limit = field.type.max_length
    if limit is not None and length(text) > limit:
        if not field.localized:
            return _refuse(reasons, f"longer than the {limit} characters that SFCC allows for {field.name}")
        reasons.append(f"cut to the {limit} characters that SFCC allows for {field.name}")
        text = cut(text, limit)
    return text


def cut(text: str, limit: int) -> str:
    """The start of the text that has at most `limit` UTF-16 units; no character is broken in two."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def _fit_number(field: Field, text: str, reasons: list[str]) -> str | None:
    text = text.strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        return _refuse(reasons, f"'{_short(text)}' is no number for {field.name}")
    if field.type is sfcc.INT:
        if number != number.to_integral_value() or not -(2**31) <= number < 2**31:
            return _refuse(reasons, f"'{_short(text)}' is no integer for {field.name}")
        return str(int(number))
    if field.type is sfcc.PRIORITY and not 0 <= number <= 1:
        return _refuse(reasons, f"'{_short(text)}' is not between 0.0 and 1.0 as {field.name} must be")
    return format(number, "f")


def _fit_datetime(field: Field, text: str, reasons: list[str]) -> str | None:
    text = text.strip()
    if _DATE.match(text):
        text += "T00:00:00+00:00"
    try:
        # Python reads more forms than xsd:dateTime has: `2024-01-01 10:00`, `20240101T10`.
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return _refuse(reasons, f"'{_short(text)}' is no date for {field.name}")


def _fit_boolean(field: Field, text: str, reasons: list[str]) -> str | None:
    boolean = _BOOLEANS.get(text.strip().lower())
    return boolean if boolean is not None else _refuse(reasons, f"'{_short(text)}' is no boolean for {field.name}")


def _fit_frequency(_field: Field, text: str, reasons: list[str]) -> str | None:
    frequency = text.strip().lower()
    return (
        frequency if frequency in _FREQUENCIES else _refuse(reasons, f"'{_short(text)}' is not one of {', '.join(_FREQUENCIES)}")
    )


def _refuse(reasons: list[str], reason: str) -> str | None:
    reasons.append(reason)
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


_FITS: Final = {
    sfcc.BOOLEAN.name: _fit_boolean,
    sfcc.DATETIME.name: _fit_datetime,
    sfcc.CHANGE_FREQUENCY.name: _fit_frequency,
    **dict.fromkeys((sfcc.INT.name, sfcc.DECIMAL.name, sfcc.DOUBLE.name, sfcc.PRIORITY.name), _fit_number),
}
"""How fields that don't hold texts are fitted, by the name of their type."""
