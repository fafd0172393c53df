"""SFCC's standard product and category attributes as targets: their names in connector.yaml, and what text they take.

Belongs here: names and the fitting of one text to one field. Doesn't: where the text comes from (`sources`), the elements
themselves (`sfcc_resources.fields`, after SFCC's catalog.xsd). Imports nothing of this package, so that the settings can name the
fields too.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from sfcc_resources import fields as sfcc
from sfcc_resources.clearing import can_clear
from sfcc_resources.limits import length
from sfcc_resources.records import CATEGORY, PRODUCT

Area = Literal["fields", "page", "store", "classification"]


@dataclass(frozen=True, slots=True)
class Field:
    """One standard attribute: `element` in its `area` of the record. `clearable`: SFCC has a way to empty it in MERGE."""

    name: str
    element: str
    area: Area
    type: sfcc.ValueType
    localized: bool
    site_specific: bool
    clearable: bool
    inherited: bool  # a variant without a value of its own shows its master's


# Each product has its own; SFCC doesn't take them from the master (SFCC help: product variations).
_NOT_INHERITED: Final = {
    *("ean", "upc", "manufacturer-sku"),
    *("online-flag", "online-from", "online-to", "searchable-flag", "searchable-if-unavailable-flag"),
}


def _field(record_type: str, of: sfcc.Field, area: Area, prefix: str = "") -> Field:
    return Field(
        name=prefix + of.name,
        element=of.name,
        area=area,
        type=of.type,
        localized=of.by == sfcc.LOCALIZED,
        site_specific=of.by == sfcc.SITE,
        clearable=can_clear(record_type, of.name),
        # What SFCC can't clear stands on each variant: a product that becomes one would keep what it had.
        inherited=of.name not in _NOT_INHERITED and can_clear(record_type, of.name),
    )


_CLASSIFICATION: Final = Field(
    "classification-category", "classification-category", "classification", sfcc.STRING_256, False, False, True, True
)
_PRODUCT: Final = (*sfcc.PRODUCT_BEFORE_IMAGES, *sfcc.PRODUCT_AFTER_IMAGES, *sfcc.PRODUCT_AFTER_CLASSIFICATION)
# What the connector decides by other settings isn't a target, nor what SFCC has no way to clear.
_CATEGORY: Final = (
    f for f in (*sfcc.CATEGORY_BEFORE_PARENT, *sfcc.CATEGORY_AFTER_PARENT) if f.name not in {"online-flag", "position"}
)

PRODUCT_FIELDS: Final = {
    field.name: field
    for field in (
        *(_field(PRODUCT, f, "fields") for f in _PRODUCT),
        *(_field(PRODUCT, f, "page") for f in sfcc.PAGE),
        *(_field(PRODUCT, f, "store", "store-") for f in sfcc.STORE),
        _CLASSIFICATION,
    )
}
"""Every standard product attribute that takes a text, by its name in connector.yaml: the element's, with `store-` before store
attributes."""

CATEGORY_FIELDS: Final = {
    field.name: field
    for field in (*(_field(CATEGORY, f, "fields") for f in _CATEGORY), *(_field(CATEGORY, f, "page") for f in sfcc.PAGE))
    if field.clearable
}
"""Standard category attributes that an enriched category's attribute may fill."""

_ALIASES: Final = {
    "name": "display-name",
    "sitemap-change-frequency": "sitemap-changefrequency",
    "classification": "classification-category",
}

_FREQUENCIES: Final = ("always", "hourly", "daily", "weekly", "monthly", "yearly", "never")
_BOOLEANS: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")


def canonical(name: str) -> str:
    """The table's name of a field: `name` is `display-name`; SFCC's camelCase spelling (`shortDescription`, `UPC`) works too."""
    dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower().replace("_", "-")
    return _ALIASES.get(dashed, dashed)


def fit(field: Field, text: str, reasons: list[str]) -> str | None:
    """The text as the field takes it, or None with a reason appended when it can't; an empty text is None without a reason."""
    return _FITS.get(field.type.name, _fit_text)(field, text, reasons)


def _fit_text(field: Field, text: str, reasons: list[str]) -> str | None:
    if field.type.single_line:
        text = " ".join(text.split())
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
    """The start of the text that has at most `limit` UTF-16 units, no character broken."""
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
    found = _BOOLEANS.get(text.strip().lower())
    return found if found is not None else _refuse(reasons, f"'{_short(text)}' is no boolean for {field.name}")


def _fit_frequency(_field: Field, text: str, reasons: list[str]) -> str | None:
    found = text.strip().lower()
    return found if found in _FREQUENCIES else _refuse(reasons, f"'{_short(text)}' is not one of {', '.join(_FREQUENCIES)}")


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
"""How types that aren't texts are fitted."""
