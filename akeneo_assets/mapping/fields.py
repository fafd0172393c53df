"""SFCC's standard product and category attributes: element names, where they live in a record, what text they take.

Belongs here: the table and the fitting of one text to one field. Doesn't: where the text comes from (`sources`), how an element
is written or cleared (`sfcc_resources`). Imports nothing of this package, so that the settings can name the fields too.

Source: SFCC's catalog.xsd, complexType.Product, complexType.PageAttributes, complexType.Product.StoreAttributes.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

Kind = Literal["text", "boolean", "decimal", "int", "priority", "frequency", "datetime"]
Area = Literal["fields", "page", "store", "classification"]


@dataclass(frozen=True, slots=True)
class Field:
    """One standard attribute: `element` in its `area` of the record; `limit` in characters, None for no limit."""

    name: str
    element: str
    area: Area = "fields"
    kind: Kind = "text"
    localized: bool = False
    site_specific: bool = False
    limit: int | None = None
    non_empty: bool = False  # XSD NonEmptyString: one line, no white space at the edges
    inherited: bool = True  # a variant without a value of its own shows its master's


def _table(*fields: Field) -> dict[str, Field]:
    return {f.name: f for f in fields}


def _product(element: str, **options: object) -> Field:
    return Field(element, element, **options)  # type: ignore[arg-type]


PRODUCT_FIELDS: Final = _table(
    _product("ean", limit=256, inherited=False),
    _product("upc", limit=256, inherited=False),
    _product("unit", limit=256),
    _product("unit-quantity", kind="decimal"),
    _product("unit-measure", limit=60),
    _product("min-order-quantity", kind="decimal"),
    _product("step-quantity", kind="decimal"),
    _product("display-name", localized=True, limit=4000),
    _product("short-description", localized=True),
    _product("long-description", localized=True),
    _product("online-flag", kind="boolean", site_specific=True, inherited=False),
    _product("online-from", kind="datetime", site_specific=True, inherited=False),
    _product("online-to", kind="datetime", site_specific=True, inherited=False),
    _product("available-flag", kind="boolean", inherited=False),
    _product("searchable-flag", kind="boolean", site_specific=True, inherited=False),
    _product("searchable-if-unavailable-flag", kind="boolean", site_specific=True, inherited=False),
    _product("image", limit=256),
    _product("thumbnail", limit=256),
    _product("template", limit=256),
    _product("tax-class-id", limit=256, non_empty=True),
    _product("localized-tax-class-id", localized=True, limit=4000),
    _product("brand", limit=256),
    _product("manufacturer-name", limit=256),
    _product("manufacturer-sku", limit=256, inherited=False),
    _product("search-placement", kind="int", site_specific=True),
    _product("search-rank", kind="int", site_specific=True),
    _product("sitemap-included-flag", kind="boolean", site_specific=True),
    _product("sitemap-changefrequency", kind="frequency", site_specific=True),
    _product("sitemap-priority", kind="priority", site_specific=True),
    _product("pinterest-enabled-flag", kind="boolean", site_specific=True),
    _product("facebook-enabled-flag", kind="boolean", site_specific=True),
    *(
        Field(name, name, "page", localized=True, limit=4000)
        for name in ("page-title", "page-description", "page-keywords", "page-url")
    ),
    Field("store-receipt-name", "receipt-name", "store", localized=True),
    Field("store-tax-class", "tax-class", "store", limit=60),
    *(
        Field(f"store-{name}", name, "store", kind="boolean")
        for name in ("force-price-flag", "non-inventory-flag", "non-revenue-flag", "non-discountable-flag")
    ),
    Field("classification-category", "classification-category", "classification", limit=256, non_empty=True),
)
"""Every standard product attribute that takes a text, by the name used in connector.yaml."""

CATEGORY_FIELDS: Final = _table(
    _product("display-name", localized=True, limit=4000),
    _product("description", localized=True, limit=4000),
    _product("online-from", kind="datetime"),
    _product("online-to", kind="datetime"),
    _product("thumbnail", limit=256),
    _product("image", limit=256),
    _product("template", limit=256),
    _product("search-placement", kind="int"),
    _product("search-rank", kind="int"),
    _product("sitemap-included-flag", kind="boolean"),
    _product("sitemap-changefrequency", kind="frequency"),
    _product("sitemap-priority", kind="priority"),
    *(
        Field(name, name, "page", localized=True, limit=4000)
        for name in ("page-title", "page-description", "page-keywords", "page-url")
    ),
)
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
    """The text as the field takes it, or None with a reason appended when it can't."""
    match field.kind:
        case "text":
            return _fit_text(field, text, reasons)
        case "boolean":
            found = _BOOLEANS.get(text.strip().lower())
            return found if found is not None else _refuse(reasons, f"'{_short(text)}' is no boolean for {field.name}")
        case "datetime":
            return _fit_datetime(field, text.strip(), reasons)
        case "frequency":
            found = text.strip().lower()
            return (
                found if found in _FREQUENCIES else _refuse(reasons, f"'{_short(text)}' is not one of {', '.join(_FREQUENCIES)}")
            )
        case _:
            return _fit_number(field, text.strip(), reasons)


def _fit_text(field: Field, text: str, reasons: list[str]) -> str | None:
    if field.non_empty:
        text = " ".join(text.split())
    if not text:
        return None
    if field.limit is not None and len(text) > field.limit:
        if not field.localized:
            return _refuse(reasons, f"longer than the {field.limit} characters that SFCC allows for {field.name}")
        reasons.append(f"cut to the {field.limit} characters that SFCC allows for {field.name}")
        text = text[: field.limit]
    return text


def _fit_number(field: Field, text: str, reasons: list[str]) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _refuse(reasons, f"'{_short(text)}' is no number for {field.name}")
    if not number.is_finite():
        return _refuse(reasons, f"'{_short(text)}' is no number for {field.name}")
    if field.kind == "int":
        if number != number.to_integral_value() or not -(2**31) <= number < 2**31:
            return _refuse(reasons, f"'{_short(text)}' is no integer for {field.name}")
        return str(int(number))
    if field.kind == "priority" and not 0 <= number <= 1:
        return _refuse(reasons, f"'{_short(text)}' is not between 0.0 and 1.0 as {field.name} must be")
    return format(number, "f")


def _fit_datetime(field: Field, text: str, reasons: list[str]) -> str | None:
    if _DATE.match(text):
        text += "T00:00:00+00:00"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return _refuse(reasons, f"'{_short(text)}' is no date for {field.name}")
    return text


def _refuse(reasons: list[str], reason: str) -> str | None:
    reasons.append(reason)
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
