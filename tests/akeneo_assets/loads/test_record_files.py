"""Record files: one a type and container, in the order in which SFCC must meet them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import (
    RecordFiles,
    book_currencies,
    former_price_books,
    gone_relations,
    record_files,
    record_row,
    write_gone,
)
from akeneo_assets.store import Store, rows

MASTER = {"id": "m", "fields": {}, "variations": {"attributes": [], "variants": ["v"]}}
BUNDLE = {"id": "b", "fields": {}, "bundled": [{"id": "v", "quantity": "1"}]}


def test_masters_come_after_their_variants_and_bundles_after_their_parts_and_relations_last(tmp_path: Path) -> None:
    with RecordFiles(tmp_path / "r") as files:
        files.write([("price-table", "eur", {"id": "v", "amounts": [["1", "5"]]})])
        files.write([("recommendations", "c", {"id": "v", "targets": [{"target": "m", "type": "1"}]})])
        files.write(
            [("product", "c", BUNDLE), ("product", "c", MASTER), ("product", "c", {"id": "v", "fields": {}})], "product:x"
        )
        files.write([("category", "c", {"id": "k", "fields": {}})])
    assert [(row["type"], row["id"]) for row in rows(record_files(tmp_path / "r"))] == [
        ("category", "k"),
        ("product", "v"),
        ("product", "m"),
        ("product", "b"),
        ("price-table", "v"),
        ("recommendations", "v"),
    ]
    assert files.counts == {"price-table": 1, "recommendations": 1, "product": 3, "category": 1}
    assert [row["source"] for row in rows(record_files(tmp_path / "r", "product"))] == ["product:x"] * 3


def test_nothing_appears_of_records_that_could_not_all_be_written_and_nothing_stays_of_an_earlier_try(tmp_path: Path) -> None:
    with RecordFiles(tmp_path / "r") as files:
        files.write([("product", "c", {"id": "old", "fields": {}})])
    with pytest.raises(RuntimeError), RecordFiles(tmp_path / "r") as files:  # noqa: PT012 - the writer is under test
        files.write([("category", "c", {"id": "new", "fields": {}})])
        raise RuntimeError
    assert record_files(tmp_path / "r") == []


def test_containers_are_told_apart_even_where_their_file_names_would_meet(tmp_path: Path) -> None:
    with RecordFiles(tmp_path / "r") as files:
        for container in ("a/b", "a_b"):
            files.write([("product", container, {"id": "x", "fields": {}})])
    assert sorted(row["container"] for row in rows(record_files(tmp_path / "r"))) == ["a/b", "a_b"]


def test_equal_records_have_one_output_and_the_fields_are_those_that_may_need_clearing() -> None:
    one = record_row("product", "c", {"id": "x", "fields": {"ean": {"": "1"}, "upc": {"": None}}})
    other = record_row("product", "c", {"fields": {"upc": {"": None}, "ean": {"": "1"}}, "id": "x"})
    assert one == other
    assert one["fields"] == "fields/ean/"
    assert record_row("product", "c", {"id": "x", "fields": {"ean": {"": "2"}}})["output"] != one["output"]


def test_a_price_book_that_sfcc_was_given_is_known_with_its_currency_when_the_settings_no_longer_name_it(store: Store) -> None:
    ledger, told = Ledger(store), {"deleted": False, "load": "run", "file": "", "archive": "a.zip"}
    assert former_price_books(ledger, ["eur"]) == {}
    assert book_currencies(ledger) == {}
    with ledger.intend("a.zip") as entries:
        for id_, currency in (("eur", "EUR"), ("usd-old", "USD")):
            row = record_row("price-book", id_, {"id": id_, "currency": currency, "names": {"x-default": "List Prices"}})
            entries.write({name: value for name, value in row.items() if name in tables.LEDGER_ENTRIES.columns.names} | told)
    ledger.conclude("a.zip", [])
    assert former_price_books(ledger, ["eur"]) == {"usd-old": {"id": "usd-old", "currency": "USD", "names": {}}}
    assert book_currencies(ledger) == {"eur": "EUR", "usd-old": "USD"}


def test_relations_of_a_product_that_goes_go_unless_the_instance_was_reset_since(
    store: Store, tmp_path: Path, send: Callable[..., None]
) -> None:
    send("one.zip", {("recommendations", "a"): "1/b"}, {})
    ledger = Ledger(store)

    def gone() -> list[tuple[str, str]]:
        found = gone_relations(store, ledger, tmp_path, retired=["a"])
        return [(relation["type"], relation["id"]) for relations in found for relation in relations]

    assert gone() == [("recommendations", "a")]
    ledger.undo(0, {})
    assert gone() == []
    send("two.zip", {("recommendations", "a"): "1/b"}, {})
    assert gone() == [("recommendations", "a")]


def test_an_assignment_of_which_only_a_handed_over_primary_category_is_left_is_not_deleted(
    store: Store, tmp_path: Path, send: Callable[..., None]
) -> None:
    fields = {("category-assignments", "a"): "primary/tents", ("category-assignments", "b"): "category/tents"}
    send("one.zip", {**fields, ("product-links", "a"): ""}, {})
    counts = write_gone(store, Ledger(store), tmp_path / "mapped", tmp_path / "gone", retired=["a", "b"])
    assert counts == {"category-assignments": 1, "product-links": 1}
    assert {(row["type"], row["id"]) for row in rows(record_files(tmp_path / "gone"))} == {
        ("category-assignments", "b"),
        ("product-links", "a"),
    }
