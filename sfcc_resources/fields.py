"""The simple fields of each record type: SFCC's elements in the order of its XSDs, how each is qualified and what values it
takes.

Belongs here: what catalog.xsd, library.xsd and pricebook.xsd say of an element that holds one text. Doesn't: elements with
children (images, variations, links: `sfcc_resources.xml`), how a field is emptied (`clearing`), what is wrong with a value
(`limits`).

Deprecated elements (`store-*`, `image`, `thumbnail`, `available-flag` of a product) are left out: SFCC warns of each of them.
"""

from dataclasses import dataclass
from typing import Final

from sfcc_resources import records


@dataclass(frozen=True, slots=True)
class ValueType:
    """A simple type of the XSDs.

    max_length: in characters. blank: it takes an empty text. single_line: it takes no line break and no white space at its ends.
    """

    name: str
    max_length: int | None = None
    blank: bool = False
    single_line: bool = False


TEXT: Final = ValueType("text", blank=True)
STRING_4000: Final = ValueType("string", 4000, blank=True)
STRING_256: Final = ValueType("string", 256, blank=True)
STRING_60: Final = ValueType("string", 60, blank=True)
ID_256: Final = ValueType("id", 256, single_line=True)
BOOLEAN: Final = ValueType("boolean")
INT: Final = ValueType("int")
DECIMAL: Final = ValueType("decimal")
DOUBLE: Final = ValueType("double")
DATETIME: Final = ValueType("dateTime")
CHANGE_FREQUENCY: Final = ValueType("SiteMapChangeFrequency")
PRIORITY: Final = ValueType("SiteMapPriority")
DISPLAY_MODE: Final = ValueType("VariationGroupsDisplayMode")

PLAIN: Final = "plain"
LOCALIZED: Final = "xml:lang"
SITE: Final = "site-id"
CUSTOM: Final = "xml:lang or site-id"


@dataclass(frozen=True, slots=True)
class Field:
    """One element.

    by: the XML attribute that may qualify it (PLAIN: none). nillable: it takes xsi:nil. default: what SFCC gives a new object,
    where the help says so.
    """

    name: str
    type: ValueType
    by: str = PLAIN
    nillable: bool = False
    default: str | None = None


def _localized(name: str, value_type: ValueType = STRING_4000) -> Field:
    return Field(name, value_type, LOCALIZED)


def _per_site(name: str, value_type: ValueType, default: str | None = None) -> Field:
    return Field(name, value_type, SITE, nillable=True, default=default)


PAGE: Final = tuple(_localized(name) for name in ("page-title", "page-description", "page-keywords", "page-url"))

STORE: Final = (
    _localized("receipt-name", TEXT),
    Field("tax-class", STRING_60),
    Field("force-price-flag", BOOLEAN),
    Field("non-inventory-flag", BOOLEAN),
    Field("non-revenue-flag", BOOLEAN),
    Field("non-discountable-flag", BOOLEAN),
)

_SITEMAP_PER_SITE: Final = (
    _per_site("sitemap-included-flag", BOOLEAN),
    _per_site("sitemap-changefrequency", CHANGE_FREQUENCY),
    _per_site("sitemap-priority", PRIORITY),
)

_SITEMAP: Final = (
    Field("sitemap-included-flag", BOOLEAN),
    Field("sitemap-changefrequency", CHANGE_FREQUENCY),
    Field("sitemap-priority", PRIORITY),
)

# A product's fields stand in three runs, with its elements that have children between them.
PRODUCT_BEFORE_IMAGES: Final = (
    Field("ean", STRING_256),
    Field("upc", STRING_256),
    Field("unit", STRING_256),
    Field("unit-quantity", DECIMAL),
    Field("unit-measure", STRING_60),
    Field("min-order-quantity", DECIMAL, default="1"),
    Field("step-quantity", DECIMAL, default="1"),
    _localized("display-name"),
    _localized("short-description", TEXT),
    _localized("long-description", TEXT),
    _per_site("online-flag", BOOLEAN),
    _per_site("online-from", DATETIME),
    _per_site("online-to", DATETIME),
    _per_site("searchable-flag", BOOLEAN, default="true"),
    _per_site("searchable-if-unavailable-flag", BOOLEAN),
)

PRODUCT_AFTER_IMAGES: Final = (
    Field("template", STRING_256),
    Field("tax-class-id", ID_256),
    _localized("localized-tax-class-id"),
    Field("brand", STRING_256),
    Field("manufacturer-name", STRING_256),
    Field("manufacturer-sku", STRING_256),
    _per_site("search-placement", INT),
    _per_site("search-rank", INT),
    *_SITEMAP_PER_SITE,
)

PRODUCT_AFTER_CLASSIFICATION: Final = (
    _per_site("pinterest-enabled-flag", BOOLEAN),
    _per_site("facebook-enabled-flag", BOOLEAN),
)

CATEGORY_BEFORE_PARENT: Final = (
    _localized("display-name"),
    _localized("description"),
    Field("online-flag", BOOLEAN, default="false"),
    Field("online-from", DATETIME, nillable=True),
    Field("online-to", DATETIME, nillable=True),
    Field("variation-groups-display-mode", DISPLAY_MODE),
)

CATEGORY_AFTER_PARENT: Final = (
    Field("position", DOUBLE),
    Field("thumbnail", STRING_256),
    Field("image", STRING_256),
    Field("template", STRING_256),
    Field("search-placement", INT),
    Field("search-rank", INT),
    *_SITEMAP,
)

PRICE_BOOK: Final = (
    _localized("description"),
    Field("online-flag", BOOLEAN),
    Field("online-from", DATETIME),
    Field("online-to", DATETIME),
    Field("parent", ID_256),
)

FOLDER_BEFORE_PARENT: Final = (
    _localized("display-name"),
    _localized("description"),
    Field("online-flag", BOOLEAN),
    Field("template", STRING_256),
)
FOLDER_AFTER_PARENT: Final = (Field("position", DOUBLE),)
FOLDER_LAST: Final = _SITEMAP

# Page Designer's own (type, config, data, visibility-mode, aspect-type) are left out: only plain content assets are written.
CONTENT_BEFORE_PAGE: Final = (
    _localized("display-name"),
    _localized("description"),
    _localized("search-words"),
    _per_site("online-flag", BOOLEAN),
    _per_site("searchable-flag", BOOLEAN),
    Field("template", STRING_256),
)
CONTENT_LAST: Final = _SITEMAP_PER_SITE


def _by_name(*runs: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for run in runs for field in run}


FIELDS: Final[dict[str, dict[str, Field]]] = {
    records.CATEGORY: _by_name(CATEGORY_BEFORE_PARENT, CATEGORY_AFTER_PARENT, PAGE),
    records.PRODUCT: _by_name(PRODUCT_BEFORE_IMAGES, PRODUCT_AFTER_IMAGES, PRODUCT_AFTER_CLASSIFICATION, PAGE, STORE),
    records.PRICE_BOOK: _by_name(PRICE_BOOK),
    records.FOLDER: _by_name(FOLDER_BEFORE_PARENT, FOLDER_AFTER_PARENT, FOLDER_LAST, PAGE),
    records.CONTENT: _by_name(CONTENT_BEFORE_PAGE, CONTENT_LAST, PAGE),
}
"""Every field of a record type by name, those of `page` and `store` too (no two share a name)."""


def field_of(record_type: str, name: str) -> Field:
    """The field `name` of a record type. Raises ValueError with the names that there are for another one."""
    try:
        return FIELDS[record_type][name]
    except KeyError:
        known = ", ".join(FIELDS.get(record_type, {})) or "none"
        raise ValueError(f"An SFCC {record_type} has no field {name!r}; map to one of: {known}.") from None
