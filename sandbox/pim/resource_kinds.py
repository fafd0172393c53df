"""The generic resources' documents: the properties each kind has with their defaults, and the order of categories.

Used by the loaders and by the endpoints. No HTTP here.
"""

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy

from sandbox.pim.pim_database import Doc, Store

DEFAULTS: dict[str, Doc] = {
    "attribute": {
        "code": None,
        "type": None,
        "group": "other",
        "unique": False,
        "useable_as_grid_filter": False,
        "allowed_extensions": [],
        "metric_family": None,
        "default_metric_unit": None,
        "reference_data_name": None,
        "available_locales": [],
        "max_characters": None,
        "validation_rule": None,
        "validation_regexp": None,
        "wysiwyg_enabled": None,
        "number_min": None,
        "number_max": None,
        "decimals_allowed": None,
        "negative_allowed": None,
        "date_min": None,
        "date_max": None,
        "max_file_size": None,
        "minimum_input_length": None,
        "sort_order": 0,
        "localizable": False,
        "scopable": False,
        "labels": {},
        "guidelines": {},
        "auto_option_sorting": None,
        "default_value": None,
        "table_configuration": None,
        "is_main_identifier": None,
    },
    "option": {"code": None, "attribute": None, "sort_order": 1, "labels": {}},
    "attribute_group": {"code": None, "sort_order": 0, "labels": {}},
    "family": {
        "code": None,
        "attributes": [],
        "attribute_as_label": None,
        "attribute_as_image": None,
        "attribute_requirements": {},
        "labels": {},
    },
    "family_variant": {"code": None, "variant_attribute_sets": [], "labels": {}},
    "channel": {"code": None, "locales": [], "currencies": [], "category_tree": None, "conversion_units": {}, "labels": {}},
    "locale": {"code": None, "enabled": False},
    "currency": {"code": None, "enabled": False},
    "category": {"code": None, "parent": None, "labels": {}, "values": {}},
    "association_type": {"code": None, "labels": {}, "is_quantified": False, "is_two_way": False},
    "measurement_family": {"code": None, "labels": {}, "standard_unit_code": None, "units": {}},
    "asset_family": {
        "code": None,
        "labels": {},
        "attribute_as_main_media": None,
        "naming_convention": {},
        "product_link_rules": [],
        "transformations": [],
    },
    "asset_attribute": {
        "code": None,
        "labels": {},
        "type": None,
        "value_per_locale": False,
        "value_per_channel": False,
        "is_required_for_completeness": False,
        "is_read_only": False,
    },
    "asset_option": {"code": None, "labels": {}},
    "asset": {"code": None, "values": {}},
    "reference_entity": {"code": None, "labels": {}, "image": None},
    "reference_entity_attribute": {
        "code": None,
        "labels": {},
        "type": None,
        "value_per_locale": False,
        "value_per_channel": False,
        "is_required_for_completeness": False,
    },
    "reference_entity_option": {"code": None, "labels": {}},
    "record": {"code": None, "values": {}},
}

NEWER: dict[str, tuple[str, ...]] = {
    "attribute": ("is_mandatory", "decimal_places", "decimal_places_strategy"),
    "category": ("channel_requirements",),
    "currency": ("label",),
}
"""Properties that only newer PIMs have: an item shows them where its catalogue or a client gave them."""


def complete(kind: str, given: Doc) -> Doc:
    """A document of the kind with every property; given ones win, null labels are left out."""
    doc = {**deepcopy(DEFAULTS[kind]), **given}
    if "labels" in doc:
        doc["labels"] = {locale: text for locale, text in (doc["labels"] or {}).items() if text}
    if kind == "attribute" and doc["type"] == "pim_catalog_identifier" and doc["is_main_identifier"] is None:
        doc["is_main_identifier"] = doc["code"] == "sku"
    return doc


def order_categories(store: Store) -> None:
    """Number the categories in tree order (roots in their order, each followed by what lies below it).

    Within a parent the order is that of `position` so far. Source: Akeneo API, categories are listed by root and left.
    """
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for resource in store.every("category"):
        below[(resource.doc["parent"] or "").lower()].append((resource.position, resource.code))
    ordered: list[str] = []
    _walk("", below, ordered.append)
    with store.writing() as db:
        db.executemany(
            "UPDATE resource SET position = ? WHERE kind = 'category' AND owner = '' AND code = ?",
            [(n, code) for n, code in enumerate(ordered, 1)],
        )


def _walk(parent: str, below: dict[str, list[tuple[int, str]]], visit: Callable[[str], None]) -> None:
    for _, code in sorted(below.get(parent, [])):
        visit(code)
        _walk(code.lower(), below, visit)
