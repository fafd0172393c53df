"""What SFCC's own export holds otherwise than SFCC has confirmed it: ledgers, archives and exports made by hand."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.loads import drift
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.store import Store

NAMESPACE = 'xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31"'
A, B = ("product", "a"), ("product", "b")

Send = Callable[..., None]


def product(id_: str, content: str) -> str:
    return f'<product product-id="{id_}">{content}</product>'


@pytest.fixture
def archive(store: Store) -> Callable[[str, str], Path]:
    """Keeps an archive of the catalog c in the package of the load that `send` names."""

    def keep(name: str, elements: str) -> Path:
        path = store.load("load") / "archives" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("x/catalogs/c/catalog.xml", f'<catalog {NAMESPACE} catalog-id="c">{elements}</catalog>')
        return path

    return keep


@pytest.fixture
def told(store: Store, archive: Any, tmp_path: Path) -> Callable[..., set[tuple[str, ...]]]:
    """(type, id, field, sent, held) of what differs from an export with these elements."""

    def of(elements: str, *handed_over: str) -> set[tuple[str, ...]]:
        exported = archive("export.zip", elements).rename(tmp_path / "export.zip")
        found = drift.drifted(Ledger(store), exported, handed_over)
        return {tuple(entry[name] for name in ("type", "id", "field", "sent", "held")) for entry in found}

    return of


def test_fields_that_were_sent_are_compared_and_those_of_merchants_are_not(send: Send, archive: Any, told: Any) -> None:
    send("one.zip", {A: "fields/ean/\nfields/brand/"}, {})
    archive("one.zip", product("a", "<ean>1</ean><upc/><brand>x</brand>"))
    assert told(product("a", "<ean>1</ean><brand>x</brand><manufacturer-name>m</manufacturer-name>")) == set()
    assert told(product("a", "<upc>2</upc><brand>y</brand>")) == {
        (*A, "fields/ean/", "1", ""),
        (*A, "fields/upc/", "", "2"),
        (*A, "fields/brand/", "x", "y"),
    }


def test_of_an_object_that_is_gone_no_fields_are_told(send: Send, archive: Any, told: Any) -> None:
    send("one.zip", {A: "fields/ean/"}, {})
    archive("one.zip", product("a", "<ean>1</ean>"))
    assert told("") == {(*A, "", "there", "")}


def test_the_archive_that_carried_an_object_last_counts(send: Send, archive: Any, told: Any) -> None:
    send("one.zip", {A: "fields/ean/", B: "fields/ean/"}, {})
    send("two.zip", {A: "fields/ean/"}, {})
    archive("one.zip", product("a", "<ean>1</ean>") + product("b", "<ean>1</ean>"))
    archive("two.zip", product("a", "<ean>2</ean>"))
    assert told(product("a", "<ean>2</ean>") + product("b", "<ean>2</ean>")) == {(*B, "fields/ean/", "1", "2")}


def test_where_the_archive_is_gone_only_the_object_s_presence_counts(send: Send, told: Any) -> None:
    none_assigned, assigned = ("category-assignments", "a"), ("category-assignments", "b")
    send("one.zip", {A: "fields/ean/", B: "fields/ean/", none_assigned: "", assigned: "category/shoes"}, {})
    assert told(product("a", "<ean>2</ean>")) == {(*B, "", "there", ""), (*assigned, "", "there", "")}


def test_what_sfcc_did_not_confirm_and_what_it_deleted_is_not_compared(send: Send, told: Any) -> None:
    send("one.zip", {A: "fields/ean/", B: "fields/ean/"}, {})
    send("two.zip", {A: "fields/ean/", B: None}, {A: "refused"})
    assert told("") == set()


def test_what_the_settings_hand_over_is_merchants(send: Send, archive: Any, told: Any) -> None:
    send("one.zip", {A: "images"}, {})
    archive("one.zip", product("a", '<images><image-group view-type="large"><image path="a"/></image-group></images>'))
    assert told(product("a", ""), "product/images") == set()
    assert len(told(product("a", ""))) == 1


def test_merchants_may_delete_what_was_retired_but_not_bring_it_back(send: Send, archive: Any, told: Any) -> None:
    send("one.zip", {A: "fields/online-flag/\nretired/"}, {})
    archive("one.zip", product("a", "<online-flag>false</online-flag>"))
    assert told("") == set()
    assert told(product("a", "<online-flag>true</online-flag>")) == {(*A, "fields/online-flag/", "false", "true")}


def test_what_is_mended_is_unconfirmed_for_the_next_load(store: Store, send: Send, archive: Any, tmp_path: Path) -> None:
    send("one.zip", {A: "fields/ean/\nfields/brand/", B: "fields/ean/"}, {})
    archive("one.zip", product("a", "<ean>1</ean><brand>x</brand>") + product("b", "<ean>1</ean>"))
    exported = archive("export.zip", product("a", "") + product("b", "<ean>1</ean>")).rename(tmp_path / "export.zip")
    ledger = Ledger(store)
    assert drift.units_to_compare(ledger) == {"catalogs": {"c": True}}
    found = drift.drifted(ledger, exported)
    assert [entry["field"] for entry in found] == ["fields/brand/", "fields/ean/"]
    assert drift.mend(ledger, found) == 1
    unsettled = ledger.objects("product", columns=("id", "verdict"), unsettled_since=1).to_pylist()
    assert unsettled == [{"id": "a", "verdict": "unconfirmed"}]
    assert drift.drifted(ledger, exported) == []
