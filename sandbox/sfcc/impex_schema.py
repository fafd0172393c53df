"""Which fields SFCC's object types have, in the order of the XSDs, and how each merges.

Data only: the tables that `object_merge` reads and writes by. Sources: catalog.xsd, pricebook.xsd, library.xsd, customobject.xsd,
preferences.xsd, site.xsd; how lists and attributes merge: SFCC help, catalog object import/export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

CATALOG_NS = "http://www.demandware.com/xml/impex/catalog/2006-10-31"
PRICEBOOK_NS = "http://www.demandware.com/xml/impex/pricebook/2006-10-31"
METADATA_NS = "http://www.demandware.com/xml/impex/metadata/2006-10-31"
LIBRARY_NS = "http://www.demandware.com/xml/impex/library/2006-10-31"
CUSTOMOBJECT_NS = "http://www.demandware.com/xml/impex/customobject/2006-10-31"
PREFERENCES_NS = "http://www.demandware.com/xml/impex/preferences/2007-03-31"
SITE_NS = "http://www.demandware.com/xml/impex/site/2007-04-30"

Kind = Literal["text", "localized", "site", "nested", "attributes", "tree", "images", "variations"]
"""How a field's value is kept and merged.

text: one value. localized: one per locale. site: one per site and a default. nested: fields of its own, merged one by one.
attributes: one per (attribute, locale, site). tree: a list element, replaced as a whole. images, variations: by merge-mode.
"""


@dataclass(frozen=True)
class Field:
    """One element of an object type. `relation` fields are imported in phase 2; `obsolete` ones draw a DATAWARNING."""

    name: str
    kind: Kind = "text"
    fields: "Fields" = field(default_factory=dict)
    relation: bool = False
    obsolete: bool = False
    item: str = "custom-attribute"
    key: str = "attribute-id"
    boolean: bool = False


Fields = Mapping[str, Field]


def _table(*fields: Field) -> Fields:
    return MappingProxyType({f.name: f for f in fields})


def _text(*names: str) -> list[Field]:
    return [Field(n) for n in names]


def _localized(*names: str) -> list[Field]:
    return [Field(n, "localized") for n in names]


def _site(*names: str) -> list[Field]:
    return [Field(n, "site") for n in names]


CUSTOM_ATTRIBUTES = Field("custom-attributes", "attributes")
PAGE_ATTRIBUTES = Field(
    "page-attributes", "nested", _table(*_localized("page-title", "page-description", "page-keywords", "page-url"))
)
_SITEMAP = ("sitemap-included-flag", "sitemap-changefrequency", "sitemap-priority")

CATALOG_HEADER = _table(Field("image-settings", "tree"), CUSTOM_ATTRIBUTES)

CATEGORY = _table(
    *_localized("display-name", "description"),
    *_text("online-flag", "online-from", "online-to", "variation-groups-display-mode"),
    Field("parent", relation=True),
    *_text("position", "thumbnail", "image", "template", "search-placement", "search-rank", *_SITEMAP),
    PAGE_ATTRIBUTES,
    CUSTOM_ATTRIBUTES,
    Field("category-links", "tree", relation=True),
    Field("attribute-groups", "tree"),
    Field("refinement-definitions", "tree"),
    Field("product-detail-page-meta-tag-rules", "tree"),
    Field("product-listing-page-meta-tag-rules", "tree"),
    Field("product-specification-rule", "tree"),
    Field("categorization-rules-and-excluded-products", "tree"),
)

PRODUCT = _table(
    *_text("ean", "upc", "unit", "unit-quantity", "unit-measure", "min-order-quantity", "step-quantity"),
    *_localized("display-name", "short-description", "long-description"),
    Field("store-receipt-name", "localized", obsolete=True),
    *[
        Field(f"store-{n}", obsolete=True)
        for n in ("tax-class", "force-price-flag", "non-inventory-flag", "non-revenue-flag", "non-discountable-flag")
    ],
    *_site("online-flag", "online-from", "online-to"),
    Field("available-flag"),
    *_site("searchable-flag", "searchable-if-unavailable-flag"),
    Field("images", "images"),
    Field("image", obsolete=True),
    Field("thumbnail", obsolete=True),
    *_text("template", "tax-class-id"),
    *_localized("localized-tax-class-id"),
    *_text("brand", "manufacturer-name", "manufacturer-sku"),
    *_site("search-placement", "search-rank", *_SITEMAP),
    PAGE_ATTRIBUTES,
    CUSTOM_ATTRIBUTES,
    Field("bundled-products", "tree", relation=True),
    Field("retail-set-products", "tree", relation=True, obsolete=True),
    Field("product-set-products", "tree", relation=True),
    Field("options", "tree", relation=True),
    Field("variations", "variations", relation=True),
    Field("product-links", "tree", relation=True),
    Field("category-links", "tree", relation=True, obsolete=True),
    Field("classification-category", "tree", relation=True),
    *_site("pinterest-enabled-flag", "facebook-enabled-flag"),
    Field("product-detail-page-meta-tag-rules", "tree"),
    Field(
        "store-attributes",
        "nested",
        _table(
            *_localized("receipt-name"),
            *_text("tax-class", "force-price-flag", "non-inventory-flag", "non-revenue-flag", "non-discountable-flag"),
        ),
    ),
)

OPTION = _table(*_localized("display-name", "description"), *_text("image", "sort-mode"), Field("option-values", "tree"))

_CALLOUT = _localized("display-name", "short-description", "long-description", "callout-message")
CATEGORY_ASSIGNMENT = _table(
    *_CALLOUT, *_text("image", "position", "primary-flag"), CUSTOM_ATTRIBUTES, Field("variation-assignments", "tree")
)
RECOMMENDATION = _table(*_CALLOUT, *_text("image"), CUSTOM_ATTRIBUTES)

PRICEBOOK_HEADER = _table(
    *_text("currency"),
    *_localized("display-name", "description"),
    *_text("online-flag", "online-from", "online-to", "parent", "feed-based"),
    CUSTOM_ATTRIBUTES,
)

LIBRARY_HEADER = _table(CUSTOM_ATTRIBUTES)
FOLDER = _table(
    *_localized("display-name", "description"),
    *_text("online-flag", "template"),
    Field("parent", relation=True),
    *_text("position"),
    PAGE_ATTRIBUTES,
    CUSTOM_ATTRIBUTES,
    Field("attribute-groups", "tree"),
    Field("refinement-definitions", "tree"),
    Field("content-detail-page-meta-tag-rules", "tree"),
    Field("content-listing-page-meta-tag-rules", "tree"),
    *_text(*_SITEMAP),
)
CONTENT = _table(
    *_localized("display-name", "description"),
    *_text("type", "config"),
    *_localized("visibility-mode", "data", "search-words"),
    *_text("aspect-type"),
    *_site("online-flag", "searchable-flag"),
    *_text("template"),
    PAGE_ATTRIBUTES,
    CUSTOM_ATTRIBUTES,
    Field("folder-links", "tree", relation=True),
    Field("content-links", "tree", relation=True),
    Field("content-object-assignments", "tree"),
    Field("content-variant-assignments", "tree"),
    *_site(*_SITEMAP),
    Field("content-detail-page-meta-tag-rules", "tree"),
)

_INSTANCES = _table(
    *[
        Field(n, "attributes", item="preference", key="preference-id")
        for n in ("all-instances", "development", "staging", "production")
    ]
)
PREFERENCES = _table(Field("standard-preferences", "nested", _INSTANCES), Field("custom-preferences", "nested", _INSTANCES))

SITE = _table(
    *_text("name", "description", "currency", "taxation", "brand", "billing-entity", "custom-cartridges", "storefront-status"),
    *_text("storefront-password"),
    Field("home-page-meta-tag-rules", "tree"),
)

SITE_SPECIFIC_TYPES = frozenset({"Product", "Content"})
"""Object types whose attributes may be site specific: those whose custom-attribute takes a `site-id` in the XSDs."""

_SYSTEM_TYPES = """
    ActiveData Address Appeasement AppeasementItem Basket CSRFWhitelist Campaign Catalog Category CategoryAssignment
    CategoryLink Content Coupon CouponLineItem CustomCDNSettings CustomerActiveData CustomerGroup
    CustomerPaymentInstrument Folder GiftCertificate GiftCertificateLineItem InventoryList InventoryRecord Invoice
    InvoiceItem Library Locale Order OrderAddress OrderPaymentInstrument OrganizationPreferences PaymentCard
    PaymentMethod PaymentProcessor PaymentTransaction PriceAdjustment PriceBook Product ProductActiveData
    ProductInventoryList ProductInventoryRecord ProductLineItem ProductList ProductListItem ProductListRegistrant
    ProductOption ProductOptionValue Profile Promotion Recommendation RedirectUrl Return ReturnCase ReturnCaseItem
    ReturnItem ServiceConfig ServiceCredential ServiceProfile Shipment ShippingLineItem ShippingMethod ShippingOrder
    ShippingOrderItem SitePreferences SlotConfiguration SortingRule SourceCodeGroup Store TaxGroup VariationAttribute
    VariationAttributeValue
"""
SYSTEM_TYPES = frozenset(_SYSTEM_TYPES.split())
"""Extensible system object types that are known here; SFCC has more."""
