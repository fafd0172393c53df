"""catalog.xsd: the catalog's header, categories, products, category assignments and recommendations.

Belongs here: the order of those elements and their children. Doesn't: which of a product's data goes where (the mapping's).

Lists are always whole (SFCC help, catalog object import): `images`, `variants` and `variation-attribute-values` say
`merge-mode="replace"`, the others are replaced anyway.
"""

from collections.abc import Mapping
from typing import Any, Final

from sfcc_resources import records
from sfcc_resources.fields import (
    CATEGORY_AFTER_PARENT,
    CATEGORY_BEFORE_PARENT,
    CUSTOM,
    LOCALIZED,
    PAGE,
    PRODUCT_AFTER_CLASSIFICATION,
    PRODUCT_AFTER_IMAGES,
    PRODUCT_BEFORE_IMAGES,
    STORE,
)
from sfcc_resources.xml.markup import element as tag
from sfcc_resources.xml.markup import fields, known, localized, object_attributes, quote, wrapped

NAMESPACE: Final = "http://www.demandware.com/xml/impex/catalog/2006-10-31"

_PAGE = frozenset(field.name for field in PAGE)
_STORE = frozenset(field.name for field in STORE)
_CATEGORY = frozenset(field.name for field in (*CATEGORY_BEFORE_PARENT, *CATEGORY_AFTER_PARENT))
_PRODUCT = frozenset(field.name for field in (*PRODUCT_BEFORE_IMAGES, *PRODUCT_AFTER_IMAGES, *PRODUCT_AFTER_CLASSIFICATION))


def header(record: records.Record) -> str:
    """`header`: where the catalog's images lie and which view types it has."""
    if "http_url" in record:
        urls = tag("http-url", quote(record["http_url"]))
        if "https_url" in record:
            urls += tag("https-url", quote(record["https_url"]))
        location = tag("external-location", urls)
    else:
        location = tag("internal-location", named={"base-path": record["base_path"]})
    view_types = wrapped("view-types", "".join(tag("view-type", quote(name)) for name in record["view_types"]))
    rest = "".join(tag(name, quote(record[key])) for name, key in _AFTER_VIEW_TYPES if key in record)
    return wrapped("header", wrapped("image-settings", location + view_types + rest))


_AFTER_VIEW_TYPES: Final = (
    ("variation-attribute-id", "variation_attribute_id"),
    ("alt-pattern", "alt_pattern"),
    ("title-pattern", "title_pattern"),
)
"""The other elements of `image-settings`, in the order of the XSD, with the keys of the record."""


def category(record: records.Record) -> str:
    """`category`. Raises ValueError for a field that a category doesn't have."""
    values = record.get("fields") or {}
    if not values.keys() <= _CATEGORY:
        known(records.CATEGORY, values, _CATEGORY)
    parent = record.get("parent")
    content = (
        fields(records.CATEGORY, CATEGORY_BEFORE_PARENT, values)
        + (f"<parent>{quote(parent)}</parent>" if parent is not None else "")
        + fields(records.CATEGORY, CATEGORY_AFTER_PARENT, values)
        + page_attributes(records.CATEGORY, record)
        + custom_attributes(record, LOCALIZED)
    )
    return tag("category", content, {"category-id": record["id"]})


def category_deletion(category_id: str) -> str:
    """`category` with `mode="delete"`; SFCC deletes its subcategories with it."""
    return tag("category", named={"category-id": category_id, "mode": "delete"})


def page_attributes(record_type: str, record: records.Record) -> str:
    """`page-attributes` of a record, if it holds any; library.xsd's are alike."""
    page = record.get("page")
    if not page:
        return ""
    known(record_type, page, _PAGE)
    return wrapped("page-attributes", fields(record_type, PAGE, page))


def custom_attributes(record: records.Record, by: str) -> str:
    """`custom-attributes` of a record, if it holds any. `by`: CUSTOM where a site-id is allowed, else LOCALIZED."""
    custom = record.get("custom")
    return wrapped("custom-attributes", object_attributes("custom-attribute", custom, by)) if custom else ""


def product(record: records.Record) -> str:
    """`product`. Raises ValueError for a field that a product doesn't have."""
    values = record.get("fields") or {}
    if not values.keys() <= _PRODUCT:
        known(records.PRODUCT, values, _PRODUCT)
    kind = records.PRODUCT
    parts = [f'<product product-id="{quote(record["id"])}">', fields(kind, PRODUCT_BEFORE_IMAGES, values)]
    if (images := record.get("images")) is not None:
        groups = "".join(_image_group(group) for group in images)
        parts.append(tag("images", groups, {"merge-mode": "replace"}))
    parts += (
        fields(kind, PRODUCT_AFTER_IMAGES, values),
        page_attributes(kind, record),
        custom_attributes(record, CUSTOM),
    )
    if (bundled := record.get("bundled")) is not None:
        parts.append(tag("bundled-products", "".join(_bundled(part) for part in bundled)))
    if (members := record.get("set")) is not None:
        parts.append(
            tag("product-set-products", "".join(tag("product-set-product", named={"product-id": member}) for member in members))
        )
    if "variations" in record:
        parts.append(_variations(record["variations"]))
    if "classification" in record:
        parts.append(_classification(record["classification"]))
    parts.append(fields(kind, PRODUCT_AFTER_CLASSIFICATION, values))
    if store := record.get("store"):
        known(kind, store, _STORE)
        parts.append(wrapped("store-attributes", fields(kind, STORE, store)))
    parts.append("</product>")
    return "".join(parts)


def product_deletion(product_id: str) -> str:
    """`product` with `mode="delete"`; SFCC deletes a master's variants with it."""
    return tag("product", named={"product-id": product_id, "mode": "delete"})


def _image_group(group: Mapping[str, Any]) -> str:
    selectors = "".join(
        tag("variation", named={"attribute-id": _product_attribute(attribute), "value": value})
        for attribute, value in group.get("variation", [])
    )
    images = "".join([_image(image) for image in group["images"]])
    return tag("image-group", selectors + images, {"view-type": group["view_type"]})


def _image(image: Mapping[str, Any]) -> str:
    if len(image) == 1:  # its path alone, as most: written so, all images together take half of the time
        return f'<image path="{quote(image["path"])}"/>'
    texts = localized("alt", image.get("alt", {})) + localized("title", image.get("title", {}))
    return tag("image", texts, {"path": image["path"]})


def _bundled(part: Mapping[str, str]) -> str:
    return tag("bundled-product", tag("quantity", quote(part["quantity"])), {"product-id": part["id"]})


def _variations(variations: Mapping[str, Any] | None) -> str:
    """`variations`; None writes empty lists of attributes and variants. Variation groups are written only where the record has
    the key: SFCC warns where an instance doesn't use them."""
    variations = variations or {"attributes": [], "variants": []}
    default = variations.get("default")
    variants = "".join(
        tag("variant", named={"product-id": variant, "default": "true" if variant == default else None})
        for variant in variations["variants"]
    )
    content = tag("attributes", "".join(_variation_attribute(attribute) for attribute in variations["attributes"]))
    content += tag("variants", variants, {"merge-mode": "replace"})
    if (groups := variations.get("groups")) is not None:
        members = "".join(tag("variation-group", named={"product-id": group}) for group in groups)
        content += tag("variation-groups", members, {"merge-mode": "replace"})
    return tag("variations", content)


def _variation_attribute(attribute: Mapping[str, Any]) -> str:
    values = "".join(
        tag("variation-attribute-value", localized("display-value", value["names"]), {"value": value["value"]})
        for value in attribute["values"]
    )
    content = localized("display-name", attribute["names"])
    content += tag("variation-attribute-values", values, {"merge-mode": "replace"})
    named = {
        "attribute-id": _product_attribute(attribute["attribute_id"]),
        "variation-attribute-id": attribute["id"],
        "slicing-attribute": "true" if attribute.get("slicing") else None,
    }
    return tag("variation-attribute", content, named)


def _product_attribute(attribute_id: str) -> str:
    return attribute_id.removeprefix("custom.")


def _classification(classification: Mapping[str, str] | None) -> str:
    if classification is None:
        return tag("classification-category")
    return tag("classification-category", quote(classification["category"]), {"catalog-id": classification.get("catalog")})


def product_links(record: records.Record) -> str:
    """A `product` that holds its whole list of `product-links` and nothing else."""
    links = "".join(tag("product-link", named={"product-id": link["id"], "type": link["type"]}) for link in record["links"])
    return tag("product", tag("product-links", links), {"product-id": record["id"]})


def product_links_deletion(product_id: str) -> str:
    """A `product` whose list of `product-links` is empty: SFCC then has none."""
    return product_links({"id": product_id, "links": []})


def category_assignments(record: records.Record) -> str:
    """One `category-assignment` for each category of a product, those that it lost first, as deletions."""
    product_id = record["id"]
    parts = [_assignment_deletion(product_id, removed) for removed in record.get("removed", [])]
    for assignment in record["categories"]:
        content = wrapped("position", assignment.get("position", ""))
        if "primary" in assignment:
            content += f"<primary-flag>{'true' if assignment['primary'] else 'false'}</primary-flag>"
        parts.append(tag("category-assignment", content, {"category-id": assignment["category"], "product-id": product_id}))
    return "".join(parts)


def category_assignments_deletion(product_id: str, record: records.Record | None) -> str:
    """A deletion for each category that `record` names, `removed` ones included. Raises ValueError without a record."""
    named = _listing(records.CATEGORY_ASSIGNMENTS, product_id, record)
    removed = [*named.get("removed", []), *(assigned["category"] for assigned in named.get("categories", []))]
    return "".join(_assignment_deletion(product_id, category_id) for category_id in dict.fromkeys(removed))


def _assignment_deletion(product_id: str, category_id: str) -> str:
    return tag("category-assignment", named={"category-id": category_id, "product-id": product_id, "mode": "delete"})


def _listing(record_type: str, product_id: str, record: records.Record | None) -> records.Record:
    if record is None:
        raise ValueError(f"The {record_type} of {product_id!r} can't be deleted without the record that lists them as `removed`.")
    return record


def recommendations(record: records.Record) -> str:
    """One `recommendation` for each target of a product, those that it lost first, as deletions."""
    removed = "".join(_recommendation(record["id"], target, "delete") for target in record.get("removed", []))
    return removed + "".join(_recommendation(record["id"], target, None) for target in record["targets"])


def recommendations_deletion(product_id: str, record: records.Record | None) -> str:
    """A deletion for each target that `record` names, `removed` ones included. Raises ValueError without a record."""
    named = _listing(records.RECOMMENDATIONS, product_id, record)
    targets = (*named.get("removed", []), *named.get("targets", []))
    return "".join(_recommendation(product_id, target, "delete") for target in targets)


def _recommendation(source: str, target: Mapping[str, str], mode: str | None) -> str:
    named = {
        "source-id": source,
        "source-type": "product",
        "target-id": target["target"],
        "target-type": "product",
        "type": target["type"],
        "mode": mode,
    }
    return tag("recommendation", named=named)
