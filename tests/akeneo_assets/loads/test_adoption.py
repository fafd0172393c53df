"""What of an instance that others filled is entered into an empty ledger: records and exports made by hand."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.loads.adoption import Adopted, Adoption
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles
from akeneo_assets.store import Store

NAMESPACE = 'xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31"'
TEXTS = {"display-name": {"x-default": "A", "de-DE": "A"}, "brand": {"": "x"}}


@pytest.fixture
def adopt(store: Store, tmp_path: Path) -> Callable[..., tuple[Adopted, dict[tuple[str, str], set[str]]]]:
    """Maps the products a (all fields) and b (an id alone) and the category shoes, and adopts an instance with these elements.
    Returns what is told, and the fields of each (type, id) that entered the ledger."""

    def adopted(elements: str, *, retire: bool = False) -> tuple[Adopted, dict[tuple[str, str], set[str]]]:
        package = Package.of_load(store, "load")
        with RecordFiles(package.records("products")) as files:
            custom = {"akeneo_note": {"x-default": "n"}, "akeneo_size": {"": "1"}}
            files.write([("product", "c", {"id": "a", "fields": TEXTS, "custom": custom})], "product:uuid-a")
            files.write([("product", "c", {"id": "b", "fields": {}})], "product:uuid-b")
            files.write([("category-assignments", "c", {"id": "a", "categories": [{"category": "shoes"}]})], "product:uuid-a")
            target = {"target": "b", "type": "1"}
            files.write([("recommendations", "c", {"id": "a", "targets": [target]})], "product:uuid-a")
        with RecordFiles(package.records("categories")) as files:
            files.write([("category", "c", {"id": "shoes", "parent": "root", "fields": {"display-name": {"x-default": "S"}}})])
        exported = tmp_path / "export.zip"
        with zipfile.ZipFile(exported, "w") as zipped:
            zipped.writestr("x/catalogs/c/catalog.xml", f'<catalog {NAMESPACE} catalog-id="c">{elements}</catalog>')
        told = Adoption(package, "akeneo_").adopt(exported, retire=retire)
        query = "SELECT type, id, fields, verdict, source FROM ledger_current"
        entries = [row for batch in store.select(query, Ledger(store).views) for row in batch.to_pylist()]
        assert {entry["verdict"] for entry in entries} <= {"unconfirmed"}
        return told, {(entry["type"], entry["id"]): {*filter(None, entry["fields"].split("\n"))} for entry in entries}

    return adopted


def test_what_the_pim_exports_is_entered_with_the_fields_that_are_mapped_for_any_object(adopt: Any) -> None:
    b = '<product product-id="b"><ean>1</ean><display-name xml:lang="de-DE">B</display-name><brand>y</brand></product>'
    told, fields = adopt(b)
    assert fields == {("product", "b"): {"fields/display-name/de-DE", "fields/brand/"}}
    assert (told.entered, told.left_behind) == ({"product": 1}, [])


def test_custom_attributes_are_entered_by_the_connector_s_prefix_and_default_values_under_their_locale(adopt: Any) -> None:
    values = {"akeneo_note": "n", "akeneo_size": "2", "akeneo_gone": "3", "merchants": "4"}
    custom = "".join(f'<custom-attribute attribute-id="{name}">{value}</custom-attribute>' for name, value in values.items())
    _, fields = adopt(f'<product product-id="b"><custom-attributes>{custom}</custom-attributes></product>')
    assert fields == {("product", "b"): {"custom/akeneo_note/x-default", "custom/akeneo_size/", "custom/akeneo_gone/"}}


def test_a_category_is_entered_where_it_stands(adopt: Any) -> None:
    tree = '<category category-id="{}"><display-name xml:lang="x-default">S</display-name><parent>{}</parent></category>'
    _, fields = adopt(tree.format("shoes", "sale") + tree.format("sale", "root"))
    assert fields == {("category", "shoes"): {"fields/display-name/x-default", "parent/sale"}}


def test_relations_are_entered_as_far_as_both_ends_are_the_connector_s(adopt: Any) -> None:
    assign = '<category-assignment category-id="{}" product-id="{}"/>'.format
    recommend = '<recommendation source-id="{}" source-type="product" target-id="{}" target-type="product" type="{}"/>'.format
    _, fields = adopt(
        assign("shoes", "b")
        + assign("sale", "a")
        + assign("sale", "b")
        + assign("shoes", "merchant's")
        + recommend("b", "a", "1")
        + recommend("b", "merchant's", "1")
        + recommend("a", "b", "2")
    )
    assert fields == {("category-assignments", "b"): {"category/shoes"}, ("recommendations", "b"): {"1/a"}}


def test_what_the_connector_left_behind_is_told_and_entered_only_to_be_retired(adopt: Any) -> None:
    mark = '<custom-attributes><custom-attribute attribute-id="akeneo_size">1</custom-attribute></custom-attributes>'
    left = f'<product product-id="old"><brand>x</brand>{mark}</product><product product-id="gift-card"><brand>x</brand></product>'
    left += '<category-assignment category-id="shoes" product-id="old"/>'
    told, fields = adopt(left)
    assert (told.left_behind, fields) == ([("c", "product", "old")], {})


def test_what_the_connector_left_behind_is_entered_with_its_relations_where_it_is_to_be_retired(adopt: Any) -> None:
    mark = '<custom-attributes><custom-attribute attribute-id="akeneo_size">1</custom-attribute></custom-attributes>'
    left = f'<product product-id="old"><brand>x</brand>{mark}</product><product product-id="gift-card"><brand>x</brand></product>'
    left += '<category-assignment category-id="shoes" product-id="old"/>'
    _, fields = adopt(left, retire=True)
    assert fields == {
        ("product", "old"): {"fields/brand/", "custom/akeneo_size/"},
        ("category-assignments", "old"): {"category/shoes"},
    }
