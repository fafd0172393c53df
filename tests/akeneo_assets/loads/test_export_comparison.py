"""Which records SFCC holds as they were sent: a pair of archives, held against each other."""

import zipfile
from pathlib import Path

import pytest

from akeneo_assets.loads.export_comparison import differing_fields
from akeneo_assets.store import Store

NAMESPACE = 'xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31"'


def catalog(folder: Path, name: str, elements: str, container: str = "m") -> Path:
    """A site archive of one catalog."""
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        xml = f'<catalog {NAMESPACE} catalog-id="{container}">{elements}</catalog>'
        zipped.writestr(f"{name}/catalogs/{container}/catalog.xml", xml)
    return path


def product(id_: str, content: str) -> str:
    return f'<product product-id="{id_}">{content}</product>'


@pytest.mark.parametrize(
    ("sent", "held", "differing"),
    [
        ("<brand>x</brand>", "<brand>x</brand><ean>merchant's</ean>", ()),
        ("<brand>x</brand>", "<brand>y</brand>", ("fields/brand/",)),
        ("<brand>x</brand>", "", ("fields/brand/",)),
        ("<brand/>", "", ()),
        ("<brand/>", "<brand>y</brand>", ("fields/brand/",)),
        ("<online-flag>true</online-flag>", "<online-flag>1</online-flag>", ()),
        ("<images/>", '<images><image-group view-type="large"><image path="a"/></image-group></images>', ("images",)),
    ],
)
def test_a_record_is_taken_where_sfcc_holds_each_field_that_was_sent(
    store: Store, tmp_path: Path, sent: str, held: str, differing: tuple[str, ...]
) -> None:
    archives = catalog(tmp_path, "sent", product("a", sent)), catalog(tmp_path, "held", product("a", held))
    assert differing_fields(store, *archives, [("m", "product", "a")]) == {("m", "product", "a"): differing}


def test_an_absent_object_was_not_taken_and_an_absent_deleted_one_was(store: Store, tmp_path: Path) -> None:
    deletions = '<product product-id="deleted" mode="delete"/><product product-id="still there" mode="delete"/>'
    sent = catalog(tmp_path, "sent", product("new", "<brand>x</brand>") + deletions)
    held = catalog(tmp_path, "held", product("still there", ""))
    asked = [("m", "product", id_) for id_ in ("new", "deleted", "still there")]
    assert differing_fields(store, sent, held, asked) == {
        ("m", "product", "new"): ("", "fields/brand/"),
        ("m", "product", "deleted"): (),
        ("m", "product", "still there"): ("",),
    }


def test_each_assignment_and_recommendation_of_a_product_counts(store: Store, tmp_path: Path) -> None:
    assign = '<category-assignment category-id="{}" product-id="a"{}/>'.format
    recommend = '<recommendation source-id="a" source-type="product" target-id="{}" target-type="product" type="1"/>'.format
    sent = assign("kept", "") + assign("lost", ' mode="delete"') + assign("new", "") + recommend("b") + recommend("c")
    held = assign("kept", "") + assign("lost", "") + recommend("b") + recommend("c") + recommend("merchant's")
    kinds = ("category-assignments", "recommendations")
    archives = catalog(tmp_path, "sent", sent), catalog(tmp_path, "held", held)
    assert differing_fields(store, *archives, [("m", kind, "a") for kind in kinds]) == {
        ("m", "category-assignments", "a"): ("category/lost", "category/new"),
        ("m", "recommendations", "a"): (),
    }


def test_of_what_the_export_does_not_hold_it_tells_nothing(store: Store, tmp_path: Path) -> None:
    sent, held = catalog(tmp_path, "sent", product("a", "")), catalog(tmp_path, "held", product("a", ""), "other")
    assert differing_fields(store, sent, held, [("m", "product", "a"), ("m", "file", "a.jpg")]) == {}


def test_only_the_records_that_are_asked_for_are_told_and_nothing_is_left_behind(store: Store, tmp_path: Path) -> None:
    archives = [catalog(tmp_path, name, product("a", "") + product("b", "")) for name in ("sent", "held")]
    assert differing_fields(store, *archives, [("m", "product", "b")]) == {("m", "product", "b"): ()}
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["held.zip", "sent.zip"]
