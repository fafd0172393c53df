"""The registry: complete, in SFCC's order, and the one place to ask about a type."""

import pytest

from sfcc_resources import records
from sfcc_resources.record_types import (
    CATALOG,
    LOG_NAMES,
    OF_PRODUCTS,
    PHASES,
    REGISTRY,
    id_problem,
    place,
    stage_of,
    stages,
    stages_of,
    types_of,
)


def test_every_constant_of_records_is_registered() -> None:
    constants = {value for name, value in vars(records).items() if name.isupper() and isinstance(value, str)}
    assert set(REGISTRY) == constants


def test_the_order_is_definitions_then_items_then_links() -> None:
    assert list(REGISTRY) == [
        "attribute-definition",
        "attribute-group",
        "custom-type",
        "file",
        "catalog-header",
        "category",
        "product",
        "price-book",
        "price-table",
        "folder",
        "content",
        "custom-object",
        "product-links",
        "category-assignments",
        "recommendations",
    ]
    phases = [PHASES.index(record_type.phase) for record_type in REGISTRY.values()]
    assert phases == sorted(phases)
    assert place(records.FILE) < place(records.CATEGORY) < place(records.PRODUCT) < place(records.CATEGORY_ASSIGNMENTS)


def test_a_catalog_holds_its_types_in_the_order_of_its_schema() -> None:
    assert types_of(CATALOG) == (
        "catalog-header",
        "category",
        "product",
        "product-links",
        "category-assignments",
        "recommendations",
    )


@pytest.mark.parametrize(
    ("record_type", "record", "stage"),
    [
        (records.PRODUCT, {"id": "p", "fields": {}}, "product"),
        (records.PRODUCT, {"id": "p", "fields": {}, "variations": None}, "master"),
        (records.PRODUCT, {"id": "p", "fields": {}, "bundled": []}, "collection"),
        (records.PRODUCT, {"id": "p", "fields": {}, "set": []}, "collection"),
        (records.CATEGORY, {"id": "c", "fields": {}}, "category"),
    ],
)
def test_a_record_has_its_stage(record_type: str, record: records.Record, stage: str) -> None:
    assert stage_of(record_type, record) == stage
    assert stage in stages()


def test_masters_come_after_their_variants_and_collections_after_their_parts() -> None:
    assert stages_of(records.PRODUCT) == ("product", "master", "collection")
    assert stages()[5:9] == ("category", "product", "master", "collection")
    assert stages_of(records.RECOMMENDATIONS, records.CATEGORY) == ("category", "recommendations")


def test_what_belongs_to_a_product_and_what_is_a_list_of_relations() -> None:
    assert set(OF_PRODUCTS) == {"product-links", "category-assignments", "recommendations", "price-table"}
    lists = {name: record_type.list_key for name, record_type in REGISTRY.items() if record_type.list_key}
    assert lists == {"product-links": "links", "category-assignments": "categories", "recommendations": "targets"}


def test_what_an_import_cannot_delete() -> None:
    kept = {name for name, record_type in REGISTRY.items() if record_type.write_deletion is None}
    assert kept == {"attribute-definition", "attribute-group", "custom-type", "file", "catalog-header"}


def test_the_elements_that_sfcc_counts_in_a_record() -> None:
    assignment = '<category-assignment category-id="a" product-id="p"/>'
    assert REGISTRY[records.CATEGORY_ASSIGNMENTS].elements(assignment * 3) == 3
    assert REGISTRY[records.RECOMMENDATIONS].elements('<recommendation source-id="p"/>') == 1
    assert REGISTRY[records.PRODUCT].elements("<product/>") == 1
    assert REGISTRY[records.PRODUCT_LINKS].elements("<product><product-links/></product>") == 1
    assert REGISTRY[records.CATALOG_HEADER].elements("<header/>") == 0
    assert REGISTRY[records.FILE].elements("") == 0


def test_the_names_of_elements_in_sfccs_log() -> None:
    assert LOG_NAMES == {
        "attribute-definition": "attribute-definition",
        "attribute-group": "attribute-group",
        "custom-type": "custom-type",
        "category": "category",
        "product": "product",
        "category-assignment": "category-assignment",
        "recommendation": "recommendation",
        "pricebook": "pricebook",
        "price-book": "pricebook",
        "price-table": "price-table",
        "folder": "folder",
        "content": "content",
        "custom-object": "custom-object",
    }


@pytest.mark.parametrize(
    ("record_type", "object_id", "expected"),
    [
        (records.PRODUCT, "sku 1", None),
        (records.PRODUCT, "", "is empty"),
        (records.PRODUCT, "x" * 100, None),
        (records.PRODUCT, "x" * 101, "has 101 characters, 100 are allowed"),
        (records.PRODUCT, " x", "starts or ends with white space or has a line break"),
        (records.PRODUCT, "a\nb", "starts or ends with white space or has a line break"),
        (records.PRODUCT, "a\x00b", "holds characters that XML forbids"),
        (records.PRODUCT, "\U0001f600" * 51, "has 102 characters, 100 are allowed"),
        (records.CATEGORY, "x" * 256, None),
        (records.ATTRIBUTE_DEFINITION, "a|b", "holds a |"),
        (records.CATEGORY, "a|b", None),
    ],
)
def test_an_id_is_judged_by_its_type(record_type: str, object_id: str, expected: str | None) -> None:
    assert id_problem(record_type, object_id) == expected
