"""The SFCC records: plain dictionaries between the mapping, which makes them, and the XML writers, which write them.

Belongs here: their shapes and the Parquet table they travel in. Doesn't: how a PIM value becomes one (`akeneo_assets.mapping`),
how one becomes XML (`sfcc_resources.xml`), what was sent before (`akeneo_assets.loads.ledger`).

Every text in a record is in its XML lexical form already (numbers as decimal strings, booleans `true`/`false`, dates ISO 8601),
so
that a record's fingerprint is the fingerprint of what is written. A record is what the connector owns of one SFCC object.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NotRequired, TypedDict

import pyarrow as pa

Slots = dict[str, str | list[str] | None]
"""One attribute's values by qualifier: `""` unqualified, `x-default` or `fr-FR` an xml:lang, `@RefArch` a site-id.

A list is a multi-value (`<value>` children). None clears the value in SFCC, in the way that the element allows.
"""

# The types of records, in the order in which SFCC must meet them: metadata before data, items before relations.
ATTRIBUTE_DEFINITION: Final = "attribute-definition"  # container: the object type extended, e.g. Product
ATTRIBUTE_GROUP: Final = "attribute-group"  # container: the object type extended
CUSTOM_TYPE: Final = "custom-type"  # container: organization
FILE: Final = "file"  # container: catalog or library id; a static file
CATALOG_HEADER: Final = "catalog-header"  # container and id: catalog id
CATEGORY: Final = "category"  # container: catalog id
PRODUCT: Final = "product"  # container: catalog id
PRODUCT_LINKS: Final = "product-links"  # container: catalog id; id: product id of the source
CATEGORY_ASSIGNMENTS: Final = "category-assignments"  # container: catalog id; id: product id
RECOMMENDATIONS: Final = "recommendations"  # container: catalog id; id: product id of the source
PRICE_BOOK: Final = "price-book"  # container: price book id
PRICE_TABLE: Final = "price-table"  # container: price book id; id: product id
FOLDER: Final = "folder"  # container: library id
CONTENT: Final = "content"  # container: library id
CUSTOM_OBJECT: Final = "custom-object"  # container: custom type id


class ValueDefinition(TypedDict):
    """One value of an enum: `names` by xml:lang."""

    value: str
    names: Slots


class AttributeDefinition(TypedDict):
    """`attribute-definition` of metadata.xsd, custom attributes only. Flags left out are false."""

    id: str
    type: str  # one of metadata.xsd's 16: string, int, double, text, html, image, boolean, date, ..., enum-of-string
    names: Slots
    descriptions: NotRequired[Slots]
    localizable: NotRequired[bool]
    site_specific: NotRequired[bool]
    mandatory: NotRequired[bool]
    visible: NotRequired[bool]
    externally_managed: NotRequired[bool]
    min_length: NotRequired[int]
    units: NotRequired[Slots]
    scale: NotRequired[int]
    multiple: NotRequired[bool]  # select-multiple-flag
    values: NotRequired[list[ValueDefinition]]  # in the order shown


class GroupedAttribute(TypedDict):
    """A member of an attribute group; `system` for SFCC's own attributes."""

    id: str
    system: NotRequired[bool]


class AttributeGroup(TypedDict):
    """`attribute-group` of metadata.xsd: always whole, the import replaces the stored one."""

    id: str
    names: Slots
    attributes: list[GroupedAttribute]


class CustomType(TypedDict):
    """`custom-type` of metadata.xsd."""

    id: str
    names: Slots
    staging: Literal["no-staging", "source-to-target"]
    storage: Literal["site", "organization"]
    key: str  # key-definition@attribute-id, type string
    attributes: list[AttributeDefinition]
    groups: NotRequired[list[AttributeGroup]]


class File(TypedDict):
    """A static file of a catalog or library. `id` is its path below the container's static/default folder."""

    id: str
    source: str  # path of the bytes, relative to the store
    size: int
    sha1: str


class CatalogHeader(TypedDict):
    """`header` of catalog.xsd: images below `base_path` of the catalog's static files, or at external addresses, and its view
    types in order.

    What isn't there is left as it is in SFCC: the id of the variation attribute by which images are grouped, and the patterns
    that make an image's alt and title, which take ${productname}, ${variationvalue} and ${viewtype} (SFCC help, image
    management).
    """

    id: str
    base_path: NotRequired[str]
    http_url: NotRequired[str]
    https_url: NotRequired[str]
    view_types: list[str]
    variation_attribute_id: NotRequired[str]
    alt_pattern: NotRequired[str]  # at most 256 characters
    title_pattern: NotRequired[str]  # at most 256 characters


class Category(TypedDict):
    """`category` of catalog.xsd. `fields` by element name (display-name, description, online-flag, position, ...)."""

    id: str
    parent: NotRequired[str]
    fields: dict[str, Slots]
    page: NotRequired[dict[str, Slots]]  # page-title, page-description, page-keywords, page-url
    custom: NotRequired[dict[str, Slots]]


class Image(TypedDict):
    """`image`: path below the catalog's image location; alt and title by xml:lang."""

    path: str
    alt: NotRequired[Slots]
    title: NotRequired[Slots]


class ImageGroup(TypedDict):
    """`image-group`; `variation` selects on a master: (attribute id, value) pairs, all must match."""

    view_type: str
    variation: NotRequired[list[tuple[str, str]]]
    images: list[Image]


class VariationValue(TypedDict):
    """`variation-attribute-value` with its display values by xml:lang."""

    value: str
    names: Slots


class VariationAttribute(TypedDict):
    """`variation-attribute` local to a master. `attribute_id` holds the value on the variants (`custom.x` is written without
    `custom.`)."""

    attribute_id: str
    id: str
    names: Slots
    values: list[VariationValue]
    slicing: NotRequired[bool]


class Variations(TypedDict):
    """`variations` of a master: whole lists, replaced."""

    attributes: list[VariationAttribute]
    variants: list[str]
    default: NotRequired[str]
    groups: NotRequired[list[str]]  # ids of variation groups


class BundledProduct(TypedDict):
    """`bundled-product` with its quantity."""

    id: str
    quantity: str


class ProductLink(TypedDict):
    """`product-link`: type one of catalog.xsd's eight."""

    id: str
    type: str


class Classification(TypedDict):
    """`classification-category`."""

    category: str
    catalog: NotRequired[str]


class Product(TypedDict):
    """`product` of catalog.xsd. `fields` by element name; the writer knows their order and how each clears.

    List elements (`images`, `variations`, `bundled`, `set`) are present, maybe empty, when the connector owns them:
    an empty list empties SFCC's, an absent key leaves it alone.
    """

    id: str
    fields: dict[str, Slots]
    custom: NotRequired[dict[str, Slots]]
    page: NotRequired[dict[str, Slots]]
    store: NotRequired[dict[str, Slots]]  # store-attributes: receipt-name, force-price-flag, ...
    images: NotRequired[list[ImageGroup]]
    variations: NotRequired[Variations | None]  # None: no longer a master
    bundled: NotRequired[list[BundledProduct]]
    set: NotRequired[list[str]]
    classification: NotRequired[Classification | None]


class ProductLinks(TypedDict):
    """A product's `product-links`, the whole list, in a `product` element of its own: they name products in both directions, and
    SFCC drops a link whose target no file has brought yet."""

    id: str
    links: list[ProductLink]


class CategoryAssignment(TypedDict):
    """One category of a product."""

    category: str
    primary: NotRequired[bool]
    position: NotRequired[Literal["none", "top", "bottom", "auto"]]


class CategoryAssignments(TypedDict):
    """All of a product's `category-assignment`s that the connector owns. `removed`: categories it once assigned and no longer
    does."""

    id: str  # product id
    categories: list[CategoryAssignment]
    removed: NotRequired[list[str]]


class Recommendation(TypedDict):
    """One `recommendation`; `type` is the integer of Recommendation.recommendationType as text."""

    target: str
    type: str


class Recommendations(TypedDict):
    """All of a product's `recommendation`s that the connector owns, in order. `removed`: those it once wrote and no longer
    does."""

    id: str  # product id of the source
    targets: list[Recommendation]
    removed: NotRequired[list[Recommendation]]


class PriceBook(TypedDict):
    """`pricebook/header`."""

    id: str
    currency: str
    names: Slots
    fields: NotRequired[dict[str, Slots]]  # description, online-flag, online-from, online-to, parent


class PriceTable(TypedDict):
    """`price-table` of a product: amounts as (quantity, amount). `removed` lists (online-from, online-to) of tables to delete."""

    id: str  # product id
    amounts: list[tuple[str, str]]


class Folder(TypedDict):
    """`folder` of library.xsd."""

    id: str
    parent: NotRequired[str]
    fields: dict[str, Slots]
    custom: NotRequired[dict[str, Slots]]


class Content(TypedDict):
    """`content` of library.xsd: a content asset."""

    id: str
    fields: dict[str, Slots]  # display-name, description, online-flag, searchable-flag, template
    custom: NotRequired[dict[str, Slots]]
    page: NotRequired[dict[str, Slots]]
    folders: NotRequired[list[str]]  # the first is the classification folder


class CustomObject(TypedDict):
    """`custom-object`: id is its key."""

    id: str
    attributes: dict[str, Slots]


Record = Mapping[str, Any]
"""Any of the records above."""

RECORDS: Final = pa.schema(
    [
        pa.field("container", pa.string(), nullable=False),  # catalog, price book, library or object type id
        pa.field("type", pa.string(), nullable=False),  # one of the constants above
        pa.field("id", pa.string(), nullable=False),  # SFCC id
        pa.field("delete", pa.bool_(), nullable=False),  # write mode="delete" instead of the record
        pa.field("record", pa.binary()),  # the record as JSON; null when deleted
    ]
)
"""The Parquet table in which records reach the XML writers. Rows come in the order in which they are to be written."""
