"""What is sent: the difference between records and ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from akeneo_assets.loads.difference import Difference
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import RecordFiles, record_files, record_row, write_gone
from akeneo_assets.store import Store, rows

PRODUCT, PLACES, PRICE = "product", "category-assignments", "price-table"
Record = dict[str, Any]
EUR: Record = {"id": "eur", "currency": "EUR", "names": {}}


def named(id_: str, **fields: str) -> Record:
    return {"id": id_, "fields": {name: {"": text} for name, text in fields.items()}}


@pytest.fixture
def mapped(store: Store) -> Callable[..., list[Path]]:
    """Writes records of one kind as a load does; returns their files."""

    def write(*records: Record, kind: str = PRODUCT, container: str = "c", folder: str = "records") -> list[Path]:
        with RecordFiles(store.root / folder) as files:
            for record in records:
                files.write([(kind, container, record)], f"product:{record['id']}")
        return record_files(store.root / folder)

    return write


@pytest.fixture
def given(store: Store) -> Callable[..., None]:
    """SFCC is given records; those of `refused` it refuses."""

    def give(
        *records: Record, kind: str = PRODUCT, container: str = "c", refused: tuple[str, ...] = (), source: str | None = None
    ) -> None:
        ledger = Ledger(store)
        name = f"{ledger.last}.zip"
        with ledger.intend(name) as entries:
            for record in records:
                row = record_row(kind, container, record, source or f"product:{record['id']}")
                entries.write(row | {"deleted": False, "load": "l", "file": "f", "archive": name})
        exceptions = [record_row(kind, container, r) | {"verdict": "refused"} for r in records if r["id"] in refused]
        ledger.conclude(name, exceptions)

    return give


def sent(store: Store, files: list[Path], *, everything: bool = False) -> dict[str, Record]:
    difference = Difference(Ledger(store), everything=everything)
    found = [row for batch in difference.batches(files) for row in batch.to_pylist()]
    assert sum(difference.sent.values()) == len(found)
    assert sum(difference.sent.values()) + sum(difference.unchanged.values()) == sum(1 for _ in rows(files))
    return {row["id"]: orjson.loads(row["record"]) for row in found}


def test_what_sfcc_lacks_is_sent_as_it_is(store: Store, mapped: Any) -> None:
    assert sent(store, mapped(named("a", ean="1"))) == {"a": named("a", ean="1")}


def test_nothing_changed_sends_nothing(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1"))
    assert sent(store, mapped(named("a", ean="1"))) == {}


def test_a_full_load_sends_what_sfcc_has_too(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1"))
    assert sent(store, mapped(named("a", ean="1")), everything=True) == {"a": named("a", ean="1")}


def test_the_same_id_of_another_catalog_or_type_is_another_object(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1"))
    assert set(sent(store, mapped(named("a", ean="1"), container="d"))) == {"a"}


@pytest.mark.parametrize("everything", [False, True])
def test_what_was_once_written_and_is_no_more_is_cleared(store: Store, mapped: Any, given: Any, everything: bool) -> None:
    given(named("a", ean="1", upc="2"))
    assert sent(store, mapped(named("a", ean="1")), everything=everything) == {
        "a": {"id": "a", "fields": {"ean": {"": "1"}, "upc": {"": None}}}
    }


def test_what_was_cleared_and_confirmed_is_not_cleared_again(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1", upc="2"))
    given(named("a", ean="1"))
    assert sent(store, mapped(named("a", ean="2"))) == {"a": named("a", ean="2")}


def test_what_was_refused_is_sent_again_with_all_that_may_have_to_be_cleared(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1", upc="2"))
    given(named("a", ean="1"), refused=("a",))
    assert sent(store, mapped(named("a", ean="1"))) == {"a": {"id": "a", "fields": {"ean": {"": "1"}, "upc": {"": None}}}}


def test_each_record_is_cleared_of_its_own_fields(store: Store, mapped: Any, given: Any) -> None:
    given(named("a", ean="1", upc="2"), named("b", unit="m"), named("c", ean="3"))
    found = sent(store, mapped(named("c", ean="4"), named("b", ean="1"), named("a", upc="2"), named("d", ean="5")))
    assert found == {
        "a": {"id": "a", "fields": {"upc": {"": "2"}, "ean": {"": None}}},
        "b": {"id": "b", "fields": {"ean": {"": "1"}, "unit": {"": None}}},
        "c": named("c", ean="4"),
        "d": named("d", ean="5"),
    }


def gone(store: Store, mapped: Any, *products: str) -> dict[tuple[str, str], Any]:
    """What is deleted when only these products are mapped, and they have neither places nor prices."""
    mapped(*(named(id_, ean="1") for id_ in products))
    write_gone(store, Ledger(store), store.root / "records", store.root / "gone")
    return {
        (row["type"], row["id"]): orjson.loads(row["record"]) for row in rows(record_files(store.root / "gone")) if row["delete"]
    }


def test_places_and_prices_that_a_product_no_longer_has_are_deleted(store: Store, mapped: Any, given: Any) -> None:
    given({"id": "a", "categories": [{"category": "shoes"}, {"category": "hats"}]}, kind=PLACES)
    given({"id": "a", "amounts": [["1", "5.00"]]}, {"id": "b", "amounts": [["1", "6.00"]]}, kind=PRICE, container="eur")
    given(EUR, kind="price-book", container="eur")
    deleted = gone(store, mapped, "a")
    assert set(deleted) == {(PLACES, "a"), (PRICE, "a")}
    assert sorted(deleted[PLACES, "a"]["removed"]) == ["hats", "shoes"]
    assert set(sent(store, record_files(store.root / "gone"))) == {"a"}


def test_prices_in_a_book_that_sfcc_never_took_are_deleted_once_it_has_it(store: Store, mapped: Any, given: Any) -> None:
    given({"id": "a", "amounts": [["1", "5.00"]]}, kind=PRICE, container="eur", refused=("a",))
    given(EUR, kind="price-book", container="eur", refused=("eur",))
    assert gone(store, mapped, "a") == {}
    given(EUR, kind="price-book", container="eur")
    assert set(gone(store, mapped, "a")) == {(PRICE, "a")}


def test_what_a_product_still_has_is_not_deleted(store: Store, mapped: Any, given: Any) -> None:
    given({"id": "a", "amounts": [["1", "5.00"]]}, kind=PRICE, container="eur")
    with RecordFiles(store.root / "records") as files:
        files.write([(PRODUCT, "c", named("a")), (PRICE, "eur", {"id": "a", "amounts": [["1", "7.00"]]})], "product:a")
    write_gone(store, Ledger(store), store.root / "records", store.root / "gone")
    assert record_files(store.root / "gone") == []


def test_what_another_product_had_under_the_id_that_a_product_takes_is_deleted(store: Store, mapped: Any, given: Any) -> None:
    """The other one is held back now, so that no load maps it."""
    given({"id": "a", "amounts": [["1", "5.00"]]}, kind=PRICE, container="eur", source="product:other")
    given(EUR, kind="price-book", container="eur")
    assert set(gone(store, mapped, "a")) == {(PRICE, "a")}


def test_what_a_product_has_of_the_other_that_had_its_id_is_its_own_from_then_on(store: Store, mapped: Any, given: Any) -> None:
    """Else the next load that maps the other one, under its new id, would delete it."""
    price = {"id": "a", "amounts": [["1", "5.00"]]}
    given(price, kind=PRICE, container="eur", source="product:other")
    assert sent(store, mapped(price, kind=PRICE, container="eur")) == {"a": price}
    given(price, kind=PRICE, container="eur", source="product:a")
    assert sent(store, mapped(price, kind=PRICE, container="eur")) == {}
    with RecordFiles(store.root / "records") as files:
        files.write([(PRODUCT, "c", named("new"))], "product:other")
    write_gone(store, Ledger(store), store.root / "records", store.root / "gone")
    assert record_files(store.root / "gone") == []


def test_a_field_that_is_gone_and_that_sfcc_can_not_clear_is_counted(
    store: Store, mapped: Callable[..., list[Path]], given: Callable[..., None]
) -> None:
    given(named("1", **{"tax-class-id": "full", "brand": "b"}), named("2", **{"tax-class-id": "full"}))
    difference = Difference(Ledger(store), everything=False)
    list(difference.batches(mapped(named("1"), named("2", **{"tax-class-id": "low"}))))
    assert difference.kept == {("product", "tax-class-id"): 1}


def test_what_is_handed_over_is_not_cleared_until_it_is_owned_again(store: Store, mapped: Any, given: Any) -> None:
    given(named("1", **{"online-flag": "true", "brand": "b"}))
    ledger = Ledger(store)
    difference = Difference(ledger, everything=False, handed_over=("product/fields/online-flag/",))
    ((row,),) = [batch.to_pylist() for batch in difference.batches(mapped(named("1")))]
    assert orjson.loads(row["record"]) == named("1") | {"fields": {"brand": {"": None}}}
    with ledger.intend("2.zip") as entries:
        entries.write(row | {"deleted": False, "load": "l", "file": "f", "archive": "2.zip"})
    ledger.conclude("2.zip", [])
    assert sent(store, mapped(named("1"))) == {}
    assert sent(store, mapped(named("1")), everything=True) == {"1": named("1") | {"fields": {"online-flag": {"": None}}}}


def test_what_was_written_for_a_locale_that_sfcc_has_no_longer_is_not_cleared(store: Store, mapped: Any, given: Any) -> None:
    texts = {"x-default": "Mug", "fr-FR": "Tasse", "de-DE": "Becher"}
    given({"id": "1", "fields": {"display-name": texts, "ean": {"": "1"}}, "custom": {"x": {"": "a", "@DE": "b"}}})
    given({"id": "1", "categories": [{"category": "fr-FR"}]}, kind=PLACES)
    product = {"id": "1", "fields": {"display-name": {"x-default": "Mug"}}}
    difference = Difference(Ledger(store), everything=False, handed_over=("/fr-FR\n", "/@DE\n"))
    ((row,),) = [batch.to_pylist() for batch in difference.batches(mapped(product))]
    assert orjson.loads(row["record"]) == {
        "id": "1",
        "fields": {"display-name": {"x-default": "Mug", "de-DE": None}, "ean": {"": None}},
        "custom": {"x": {"": None}},
    }
    ((row,),) = [batch.to_pylist() for batch in difference.batches(mapped({"id": "1", "categories": []}, kind=PLACES))]
    assert orjson.loads(row["record"])["removed"] == ["fr-FR"]


def test_a_sites_value_waits_to_be_cleared_until_its_attribute_is_per_site_again(store: Store, mapped: Any, given: Any) -> None:
    given({"id": "1", "fields": {}, "custom": {"x": {"": "web", "@DE": "app"}}})
    product = {"id": "1", "fields": {}, "custom": {"x": {"": "all"}}}
    defined: dict[str, Any] = {PRODUCT: {"x": {"id": "x"}}}
    ((row,),) = [b.to_pylist() for b in Difference(Ledger(store), everything=True, defined=defined).batches(mapped(product))]
    assert orjson.loads(row["record"]) == product
    with Ledger(store).intend("2.zip") as entries:
        entries.write(row | {"deleted": False, "load": "l", "file": "f", "archive": "2.zip"})
    Ledger(store).conclude("2.zip", [])
    defined[PRODUCT]["x"]["site_specific"] = True
    ((row,),) = [b.to_pylist() for b in Difference(Ledger(store), everything=True, defined=defined).batches(mapped(product))]
    assert orjson.loads(row["record"])["custom"] == {"x": {"": "all", "@DE": None}}


def test_relations_that_are_handed_over_are_not_deleted(store: Store, mapped: Any, given: Any) -> None:
    given({"id": "a", "categories": [{"category": "shoes"}]}, kind=PLACES)
    given({"id": "a", "amounts": [["1", "5.00"]]}, kind=PRICE, container="eur")
    given(EUR, kind="price-book", container="eur")
    mapped(named("a"))
    write_gone(store, Ledger(store), store.root / "records", store.root / "gone", ("category-assignments/",))
    assert [row["type"] for row in rows(record_files(store.root / "gone"))] == [PRICE]
