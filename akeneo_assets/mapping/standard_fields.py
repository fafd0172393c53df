"""SFCC's standard product and category attributes as targets, by their names in connector.yaml.

Belongs here: names. Doesn't: what text a field takes (`fitting`), the elements themselves (`sfcc_resources.fields`, after SFCC's
catalog.xsd). Imports nothing of this package, so that the settings can name the fields too.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from sfcc_resources import fields as sfcc
from sfcc_resources.clearing import can_clear
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


def canonical(name: str) -> str:
    """The table's name of a field: `name` is `display-name`; SFCC's camelCase spelling (`shortDescription`, `UPC`) works too."""
    dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower().replace("_", "-")
    return _ALIASES.get(dashed, dashed)
