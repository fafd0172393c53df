"""The rules of SFCC's XSDs that matter, for an instance that is started without the XSD files: a table, and schemas made of it.

Belongs here: which children an element has and in which order, which attributes it needs, and the form of ids and values.
Doesn't: what XSDs can't say (locales, references: the importers). Left out: attributes that no XSD knows, and what stands inside
the elements of `_ANYTHING`.

Sources: catalog.xsd, pricebook.xsd, metadata.xsd, library.xsd, customobject.xsd, preferences.xsd, site.xsd. One deviation: an
object without its own id is a data error of that object (SFCC help, import/export error handling); the XSDs refuse the file.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from lxml import etree

from sandbox.sfcc.impex_schema import (
    CATALOG_HEADER,
    CATALOG_NS,
    CATEGORY,
    CATEGORY_ASSIGNMENT,
    CONTENT,
    CUSTOMOBJECT_NS,
    FOLDER,
    LIBRARY_HEADER,
    LIBRARY_NS,
    METADATA_NS,
    OPTION,
    PREFERENCES_NS,
    PRICEBOOK_HEADER,
    PRICEBOOK_NS,
    PRODUCT,
    RECOMMENDATION,
    SITE_NS,
    Fields,
)

_CONTENT: Final = {
    CATALOG_NS: """
        catalog: header product-attribute-definitions category* product* product-option* variation-attribute* \
category-assignment* recommendation*
        image-settings: internal-location|external-location view-types variation-attribute-id alt-pattern title-pattern
        internal-location @base-path:
        external-location: !http-url https-url
        view-types: view-type*
        category/category-links: category-link*
        category-link @category-id: position|primary-flag*
        attribute-groups: attribute-group*
        attribute-group @group-id: display-name* description* attribute*
        attribute-group/attribute @attribute-id:
        images: image-group*
        image-group @view-type: variation* image*
        image-group/image @path: alt* title*
        bundled-products: bundled-product*
        bundled-product @product-id: !quantity
        retail-set-products: retail-set-product*
        retail-set-product @product-id: !quantity
        product-set-products: product-set-product*
        product-set-product @product-id:
        options: option|shared-option*
        shared-option @option-id:
        option-values: option-value*
        option-value @value-id: display-value* product-id-modifier option-value-prices
        option-value-prices: option-value-price*
        option-value-price @currency:
        variations: attributes variants* variation-groups
        attributes: variation-attribute|shared-variation-attribute|attribute*
        catalog/variation-attribute @attribute-id: display-name* variation-attribute-values*
        variation-attribute @attribute-id @variation-attribute-id: display-name* variation-attribute-values*
        shared-variation-attribute @attribute-id @variation-attribute-id: display-name*
        variation-attribute-values: variation-attribute-value*
        variation-attribute-value @value: display-value* description*
        variants: variant*
        variant @product-id:
        variation-groups: variation-group*
        variation-group @product-id:
        product-links: product-link*
        product-link @product-id @type:
        product-detail-page-meta-tag-rules: page-meta-tag-rule*
        product-listing-page-meta-tag-rules: page-meta-tag-rule*
        page-meta-tag-rule @rule-id:
        custom-attributes: custom-attribute*
        custom-attribute @attribute-id: value*
    """,
    PRICEBOOK_NS: """
        pricebooks: pricebook*
        pricebook: !header price-tables
        price-tables: price-table*
        price-table: online-from online-to amount|percentage* price-info
        custom-attributes: custom-attribute*
        custom-attribute @attribute-id: value*
    """,
    METADATA_NS: """
        metadata: type-extension* custom-type* custom-preference-group*
        type-extension: system-attribute-definitions custom-attribute-definitions group-definitions
        system-attribute-definitions: !attribute-definition*
        custom-attribute-definitions: !attribute-definition*
        attribute-definitions: !attribute-definition*
        system-attribute-definitions/attribute-definition: display-name* description* mandatory-flag searchable-flag \
visible-flag order-required-flag min-length field-length field-height unit* scale min-value max-value regex \
select-multiple-flag value-definitions
        attribute-definition: display-name* description* !type localizable-flag site-specific-flag mandatory-flag \
searchable-flag visible-flag externally-managed-flag order-required-flag externally-defined-flag min-length field-length \
field-height unit* scale min-value max-value regex select-multiple-flag value-definitions default-value
        value-definitions: value-definition*
        value-definition: display* !value
        group-definitions: !attribute-group*
        attribute-group: display-name* description* attribute*
        attribute @attribute-id:
        custom-type: display-name* description* !staging-mode !storage-scope retention-days !key-definition \
attribute-definitions group-definitions
        key-definition @attribute-id: display-name* description* !type searchable-flag min-length field-length field-height \
min-value max-value regex
        custom-preference-group: display-name* preference-definitions
    """,
    LIBRARY_NS: """
        library: header folder* content*
        folder-links: classification-link folder-link*
        classification-link @folder-id: position
        folder-link @folder-id: position
        content-links: content-link*
        content-link @content-id @type: position
        attribute-groups: attribute-group*
        attribute-group @group-id: display-name* description* attribute*
        attribute-group/attribute @attribute-id:
        content-detail-page-meta-tag-rules: page-meta-tag-rule*
        content-listing-page-meta-tag-rules: page-meta-tag-rule*
        page-meta-tag-rule @rule-id:
        custom-attributes: custom-attribute*
        custom-attribute @attribute-id: value*
    """,
    CUSTOMOBJECT_NS: """
        custom-objects: custom-object*
        custom-object: object-attribute*
        object-attribute @attribute-id: value*
    """,
    PREFERENCES_NS: """
        preferences: standard-preferences custom-preferences
        standard-preferences: all-instances development staging production
        custom-preferences: all-instances development staging production
        all-instances: preference*
        development: preference*
        staging: preference*
        production: preference*
        preference @preference-id: value*
    """,
    SITE_NS: """
        site: !name description !currency !taxation brand billing-entity custom-cartridges storefront-status storefront-password \
home-page-meta-tag-rules
        home-page-meta-tag-rules: page-meta-tag-rule*
        page-meta-tag-rule @rule-id:
    """,
}
"""`element @needed-attribute: children in order`: `*` may come again, `!` must be there, `a|b` one or the other in any order.

`parent/element` wins over `element`. The first line is the root's. `_models` adds the objects whose fields `impex_schema` knows.
"""

_ANYTHING: Final = frozenset(
    {
        "refinement-definitions",
        "product-specification-rule",
        "categorization-rules-and-excluded-products",
        "variation-assignments",
        "product-attribute-definitions",
        "product/category-links",
        "attributes/attribute",
        "content-object-assignments",
        "content-variant-assignments",
        "preference-definitions",
    }
)
"""Elements whose content isn't checked."""
_MIXED: Final = frozenset({"custom-attribute", "object-attribute", "preference"})
"""Elements that hold either text or values."""

_OBJECTS: Final[Mapping[str, Mapping[str, Fields]]] = {
    CATALOG_NS: {
        "header": CATALOG_HEADER,
        "category": CATEGORY,
        "product": PRODUCT,
        "product-option": OPTION,
        "option": OPTION,
        "category-assignment": CATEGORY_ASSIGNMENT,
        "recommendation": RECOMMENDATION,
    },
    PRICEBOOK_NS: {"header": PRICEBOOK_HEADER},
    LIBRARY_NS: {"header": LIBRARY_HEADER, "folder": FOLDER, "content": CONTENT},
}
_NILLABLE: Final = frozenset(
    [f"product/{f.name}" for f in PRODUCT.values() if f.kind == "site"]
    + [f"content/{f.name}" for f in CONTENT.values() if f.kind == "site"]
    + ["category/online-from", "category/online-to"]
)

_FLAGS: Final = """online-flag available-flag searchable-flag searchable-if-unavailable-flag sitemap-included-flag primary-flag
    pinterest-enabled-flag facebook-enabled-flag store-force-price-flag store-non-inventory-flag store-non-revenue-flag
    store-non-discountable-flag force-price-flag non-inventory-flag non-revenue-flag non-discountable-flag feed-based
    localizable-flag site-specific-flag mandatory-flag visible-flag externally-managed-flag order-required-flag
    externally-defined-flag select-multiple-flag @default @system @slicing-attribute @immutable"""
_IDS: Final = """parent tax-class-id variation-attribute-id view-type http-url https-url @catalog-id @library-id @category-id
    @folder-id @content-id @pricebook-id @option-id @group-id @variation-attribute-id @view-type @variation-value @value @value-id
    @base-path @source-id @target-id @object-id @preference-id @type-id @attribute-id content-link/@type"""

_FORMS: Final[Mapping[str, str]] = {
    "xsd:boolean": _FLAGS,
    "xsd:dateTime": "online-from online-to",
    "xsd:decimal": "unit-quantity min-order-quantity step-quantity quantity amount percentage option-value-price @quantity",
    "xsd:double": "position min-value max-value",
    "xsd:int": "search-placement search-rank min-length field-length field-height scale",
    "xsd:positiveInteger": "retention-days",
    "share": "sitemap-priority",
    "currency": "currency @currency",
    "id.32": "@site-id",
    "id.100": "@product-id @rule-id",
    "id.256": _IDS,
    "definition-id.256": """type-extension/@type-id custom-type/@type-id attribute-definition/@attribute-id
        key-definition/@attribute-id""",
    "id.1800": "@path",
    "id.4000": "value-definition/value",
    "text.60": "unit-measure store-tax-class tax-class",
    "text.256": """ean upc product/unit image thumbnail template brand manufacturer-name manufacturer-sku price-info regex
        alt-pattern title-pattern product-id-modifier classification-category content/type aspect-type""",
    "text.4000": """display-name display-value display description unit default-value page-title page-description page-keywords
        page-url localized-tax-class-id search-words""",
    "always|hourly|daily|weekly|monthly|yearly|never": "sitemap-changefrequency",
    "individual|merged": "variation-groups-display-mode",
    "none|top|bottom|auto": "category-assignment/position",
    "position|price": "product-option/sort-mode option/sort-mode",
    "no-staging|source-to-target": "staging-mode",
    "site|organization": "storage-scope",
    "string|int": "key-definition/type",
    "string|int|double|text|html|image|boolean|date|datetime|email|password|set-of-string|set-of-int|set-of-double|enum-of-string"
    "|enum-of-int": "attribute-definition/type",
    "net|gross": "taxation",
    "delete": "@mode",
    "delete|delete-all": "price-table/@mode",
    "add|merge|remove|replace": "@merge-mode",
    "product|category": "@source-type",
    "product": "@target-type",
    "cross-sell|replacement|up-sell|accessory|spare-part|newer-version|alt-orderunit|other": "product-link/@type",
}
"""Form -> the elements and `@attributes` that have it; `_simple_type` tells what a form is."""
_FORM_OF: Final = {name: form for form, names in _FORMS.items() for name in names.split()}


class _Model(NamedTuple):
    """An element's content: (names that may stand here, least and greatest number) in order; attributes that it needs."""

    particles: tuple[tuple[tuple[str, ...], int, str], ...]
    attributes: tuple[str, ...] = ()


@cache
def schema_of(ns: str) -> etree.XMLSchema | None:
    """The schema of a namespace, made of the table; None for one that isn't imported."""
    if ns not in _CONTENT:
        return None
    root = _CONTENT[ns].split(maxsplit=1)[0].rstrip(":")
    types = "".join(_simple_type(form, number) for number, form in enumerate(_FORMS) if not form.startswith("xsd:"))
    return etree.XMLSchema(
        etree.fromstring(
            f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{ns}" xmlns="{ns}"'
            f' elementFormDefault="qualified">{_element(ns, "", root)}{types}</xsd:schema>'
        )
    )


def _simple_type(form: str, number: int) -> str:
    """The type `form<number>`. Example: id.100 -> 1 to 100 characters without blanks at the ends or line breaks."""
    kind, _, length = form.partition(".")
    edge, inner = {"id": (r"\S", "."), "definition-id": (r"[^\s|]", "[^|]")}.get(kind, ("", ""))
    if edge:
        facets = (
            f'<xsd:minLength value="1"/><xsd:pattern value="{edge}|({edge}{inner}*{edge})"/><xsd:maxLength value="{length}"/>'
        )
    elif kind == "text":
        facets = f'<xsd:maxLength value="{length}"/>'
    elif kind == "currency":
        facets = '<xsd:pattern value="[A-Z]{3}"/>'
    elif kind == "share":
        facets = '<xsd:minInclusive value="0.0"/><xsd:maxInclusive value="1.0"/>'
    else:
        facets = "".join(f'<xsd:enumeration value="{value}"/>' for value in form.split("|"))
    base = "double" if kind == "share" else "string"
    return f'<xsd:simpleType name="form{number}"><xsd:restriction base="xsd:{base}">{facets}</xsd:restriction></xsd:simpleType>'


def _type_name(form: str) -> str:
    return form if form.startswith("xsd:") else f"form{list(_FORMS).index(form)}"


def _element(ns: str, parent: str, name: str, occurs: str = "") -> str:
    """The declaration of an element in its parent, with all that may stand in it."""
    path = f"{parent}/{name}"
    nillable = ' nillable="true"' if path in _NILLABLE else ""
    models = _models(ns)
    model = models.get(path) or models.get(name)
    form = _FORM_OF.get(path) or _FORM_OF.get(name)
    attributes = _attributes(name, model.attributes if model is not None else ())
    if path in _ANYTHING or name in _ANYTHING:
        anything = '<xsd:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>'
        content = f"<xsd:sequence>{anything}</xsd:sequence>{attributes}"
    elif model is None or (form is not None and not model.particles):
        base = _type_name(form) if form is not None else "xsd:string"
        content = f'<xsd:simpleContent><xsd:extension base="{base}">{attributes}</xsd:extension></xsd:simpleContent>'
    else:
        content = f"<xsd:sequence>{_particles(ns, name, model)}</xsd:sequence>{attributes}"
    mixed = ' mixed="true"' if name in _MIXED else ""
    return f'<xsd:element name="{name}"{occurs}{nillable}><xsd:complexType{mixed}>{content}</xsd:complexType></xsd:element>'


def _particles(ns: str, name: str, model: _Model) -> str:
    parts = []
    for children, least, most in model.particles:
        occurs = f' minOccurs="{least}" maxOccurs="{most}"'
        if len(children) == 1:
            parts.append(_element(ns, name, children[0], occurs))
        else:
            parts.append(f"<xsd:choice{occurs}>{''.join(_element(ns, name, child) for child in children)}</xsd:choice>")
    return "".join(parts)


def _attributes(name: str, needed: tuple[str, ...]) -> str:
    """Every attribute that has a form, for any element; others are taken as they are."""
    forms = {key[1:]: form for key, form in _FORM_OF.items() if key.startswith("@")}
    forms |= {key.partition("/@")[2]: form for key, form in _FORM_OF.items() if key.startswith(f"{name}/@")}
    forms |= {attribute: "xsd:string" for attribute in needed if attribute not in forms}
    use = {attribute: "required" if attribute in needed else "optional" for attribute in forms}
    declared = "".join(f'<xsd:attribute name="{a}" type="{_type_name(form)}" use="{use[a]}"/>' for a, form in forms.items())
    return f'{declared}<xsd:anyAttribute processContents="skip"/>'


@cache
def _models(ns: str) -> Mapping[str, _Model]:
    models = dict(_parsed(line) for line in _CONTENT[ns].strip().splitlines())
    for name, fields in _OBJECTS.get(ns, {}).items():
        models |= _models_of(name, fields)
    return models


def _models_of(name: str, fields: Fields) -> dict[str, _Model]:
    """An object's model, and those of its nested fields."""
    needed = {"currency"} if fields is PRICEBOOK_HEADER else set()
    models = {
        name: _Model(
            tuple(
                ((f.name,), int(f.name in needed), "unbounded" if f.kind in ("localized", "site") else "1")
                for f in fields.values()
            )
        )
    }
    for known in fields.values():
        if known.kind == "nested":
            models |= _models_of(known.name, known.fields)
    return models


def _parsed(line: str) -> tuple[str, _Model]:
    """Example: `a @x: !b c|d*` -> ("a", one b, then any number of c and d; needs attribute x)."""
    head, _, body = line.strip().partition(":")
    name, *attributes = head.split()
    particles = tuple(
        (tuple(token.strip("!*").split("|")), int(token.startswith("!")), "unbounded" if token.endswith("*") else "1")
        for token in body.split()
    )
    return name, _Model(particles, tuple(a.removeprefix("@") for a in attributes))
