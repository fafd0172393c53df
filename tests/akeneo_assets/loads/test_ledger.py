"""The ledger's laws: only SFCC's own word counts, and nothing is ever forgotten but what SFCC confirmed as gone."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.ledger import Ledger, Undone, object_key
from akeneo_assets.store import Store, fingerprint, write_json

Send = Callable[..., None]
A, B = ("product", "a"), ("product", "b")


def key(name: tuple[str, str]) -> int:
    return object_key("c", *name)


def states(ledger: Ledger) -> dict[int, tuple[int, bool]]:
    """Key -> (output, confirmed)."""
    rows = ledger.store.select("SELECT key, output, verdict FROM ledger_current", ledger.views)
    return {row["key"]: (row["output"], row["verdict"] == "confirmed") for batch in rows for row in batch.to_pylist()}


def fields(ledger: Ledger, *names: tuple[str, str]) -> list[set[str]]:
    return list(ledger.fields(np.array([key(name) for name in names], dtype=np.uint64)))


def test_a_ledger_follows_its_ends_until_something_is_sent_and_then_belongs_to_them(store: Store, send: Send) -> None:
    ledger = Ledger(store)
    ledger.belongs_to({"PIM": "https://pim", "SFCC": "https://staging", "catalog": "c"})
    ledger.belongs_to({"PIM": "https://pim", "SFCC": "https://live", "catalog": "c"})
    send("a.zip", {A: "x"}, {})
    ledger.belongs_to({"PIM": "https://pim", "SFCC": "https://live", "catalog": "c"})
    with pytest.raises(ConnectorError, match=r"\(SFCC https://live, not https://staging; catalog c, not d\)"):
        ledger.belongs_to({"PIM": "https://pim", "SFCC": "https://staging", "catalog": "d"})


def test_an_empty_ledger_holds_nothing(store: Store) -> None:
    ledger = Ledger(store)
    assert states(ledger) == {}
    assert fields(ledger, A) == [set()]
    assert ledger.objects("product").num_rows == 0
    assert ledger.last == 0


def test_intent_without_verdict_confirms_nothing(store: Store, send: Send) -> None:
    send("one.zip", {A: "x"}, None)
    assert states(Ledger(store)) == {key(A): (fingerprint(b"x"), False)}
    assert Ledger(store).objects("product").to_pylist()[0]["verdict"] == "unconfirmed"


def test_an_archive_is_unanswered_until_its_verdict(store: Store, send: Send) -> None:
    send("one.zip", {A: "x"}, None)
    send("two.zip", {A: "x"}, {})
    ledger = Ledger(store)
    assert [ledger.unanswered(name) for name in ("one.zip", "two.zip", "three.zip")] == [True, False, False]
    assert ledger.last == 2


def test_only_what_sfcc_did_not_speak_against_is_confirmed(store: Store, send: Send) -> None:
    names = {verdict: ("product", verdict) for verdict in ("confirmed", "refused", "pending", "unconfirmed")}
    send("one.zip", dict.fromkeys(names.values(), "x"), {name: v for v, name in names.items() if v != "confirmed"})
    found = states(Ledger(store))
    assert {verdict: found[key(name)][1] for verdict, name in names.items()} == {
        "confirmed": True,
        "refused": False,
        "pending": False,
        "unconfirmed": False,
    }


def test_a_doubt_takes_back_the_confirmation_of_one_archive_until_a_later_one(store: Store, send: Send) -> None:
    send("one.zip", {A: "x", B: "x"}, {})
    send("two.zip", {A: "y"}, {})
    ledger = Ledger(store)
    ledger.doubt([(key(A), 2)])
    assert {name: confirmed for name, (_, confirmed) in states(ledger).items()} == {key(A): False, key(B): True}
    assert fields(ledger, A) == [{"x", "y"}]
    ledger.doubt([(key(B), 1)])
    assert {name: confirmed for name, (_, confirmed) in states(ledger).items()} == {key(A): False, key(B): False}
    send("three.zip", {A: "y"}, {})
    assert {name: confirmed for name, (_, confirmed) in states(ledger).items()} == {key(A): True, key(B): False}


def test_fields_gather_until_sfcc_confirms_their_clearing(store: Store, send: Send) -> None:
    send("one.zip", {A: "x\ny"}, {})
    send("two.zip", {A: "y\nz"}, {A: "refused"})
    send("three.zip", {A: "z"}, None)
    assert fields(Ledger(store), A, B, A) == [{"x", "y", "z"}, set(), {"x", "y", "z"}]
    send("four.zip", {A: "z"}, {})
    assert fields(Ledger(store), A) == [{"z"}]


def test_what_an_object_was_given_since_an_archive_is_told_with_what_it_had_then(store: Store, send: Send) -> None:
    def since(number: int) -> set[tuple[str, str]]:
        return set(Ledger(store).fields_since("definition", "c", number))

    assert since(0) == set()
    send("one.zip", {("definition", "a"): "string", ("definition", "b"): "int", ("product", "a"): "x"}, {})
    send("two.zip", {("definition", "a"): "double"}, {})
    send("three.zip", {("definition", "a"): "string"}, None)
    assert since(0) == {("a", "string"), ("a", "double"), ("b", "int")}
    assert since(1) == {("a", "string"), ("a", "double"), ("b", "int")}
    assert since(2) == {("a", "double"), ("a", "string"), ("b", "int")}
    assert since(3) == {("a", "string"), ("b", "int")}


def test_all_that_an_object_was_ever_given_is_told_where_sfcc_took_it_or_did_not_say(store: Store, send: Send) -> None:
    assert list(Ledger(store).fields_ever("book")) == []
    a, b = ("book", "a"), ("book", "b")
    send("one.zip", {a: "GBP", b: "EUR", ("product", "a"): "x"}, {a: "unconfirmed", b: "refused"})
    send("two.zip", {a: "EUR", b: "AUD"}, {b: "pending"})
    send("three.zip", {a: "CHF", b: "USD"}, {})
    send("four.zip", {a: "AUD"}, None)
    assert list(Ledger(store).fields_ever("book")) == [("a", "EUR"), ("a", "CHF"), ("b", "USD"), ("a", "GBP"), ("a", "AUD")]


def test_a_ledger_of_years_is_read_as_that_of_a_day(store: Store, send: Send) -> None:
    """An archive an hour makes thousands: each load reads all of them."""
    for number in range(1_500):
        send(f"{number}.zip", {("product", str(number % 20)): f"fields {number}"}, {})
    ledger = Ledger(store)
    assert states(ledger) == {
        key(("product", str(number % 20))): (fingerprint(f"fields {number}".encode()), True) for number in range(1_480, 1_500)
    }
    assert ledger.objects("product").num_rows == 20


def test_an_object_leaves_when_sfcc_confirms_its_removal(store: Store, send: Send) -> None:
    send("one.zip", {A: "x", B: "x"}, {})
    send("two.zip", {A: None, B: None}, {B: "refused"})
    assert set(states(Ledger(store))) == {key(B)}
    assert [row["id"] for row in Ledger(store).objects("product").to_pylist()] == ["b"]


def test_an_object_that_came_back_is_there_again(store: Store, send: Send) -> None:
    send("one.zip", {A: "x"}, {})
    send("two.zip", {A: None}, {})
    send("three.zip", {A: "y"}, {})
    assert states(Ledger(store)) == {key(A): (fingerprint(b"y"), True)}
    assert fields(Ledger(store), A) == [{"y"}]


def test_what_is_not_settled_since_an_archive_is_what_sfcc_did_not_confirm_and_what_was_sent_later(
    store: Store, send: Send
) -> None:
    c = ("product", "c")
    send("one.zip", {A: "x", B: "x"}, {B: "refused"})
    send("two.zip", {c: "x"}, {})
    send("three.zip", {("price-table", "a"): "x"}, {})
    ledger = Ledger(store)
    assert [row["id"] for row in ledger.objects("product", unsettled_since=2).to_pylist()] == ["b"]
    assert [row["id"] for row in ledger.objects("product", unsettled_since=1).to_pylist()] == ["b", "c"]
    assert [row["id"] for row in ledger.objects("product").to_pylist()] == ["a", "b", "c"]


def test_what_was_deleted_since_an_archive_is_not_settled_either(store: Store, send: Send) -> None:
    """The load that deleted it may not have ended, and the next one have to bring it back."""
    send("one.zip", {A: "x", B: "x"}, {})
    send("two.zip", {A: None}, {})
    ledger = Ledger(store)
    assert [row["id"] for row in ledger.objects("product", unsettled_since=1).to_pylist()] == ["a"]
    assert [row["id"] for row in ledger.objects("product", unsettled_since=2).to_pylist()] == []
    assert [row["id"] for row in ledger.objects("product").to_pylist()] == ["b"]


def test_a_retried_archive_s_verdict_goes_to_its_last_intent(store: Store, send: Send) -> None:
    send("one.zip", {A: "x"}, None)
    send("one.zip", {A: "y"}, {})
    assert states(Ledger(store)) == {key(A): (fingerprint(b"y"), True)}
    assert Ledger(store).unanswered("one.zip")


def test_a_ledger_keeps_the_id_that_its_first_import_gave_it(store: Store, send: Send) -> None:
    ledger, ends = Ledger(store), {"PIM": "https://pim", "SFCC": "https://staging", "catalog": "c"}
    assert ledger.id == ""
    ledger.belongs_to(ends)
    given = ledger.id
    assert (len(given), ledger.catalog) == (32, "c")
    ledger.belongs_to(ends)
    send("a.zip", {A: "x"}, {})
    ledger.belongs_to(ends)
    assert ledger.id == given


def test_a_ledger_of_version_0_1_gets_an_id(store: Store, send: Send) -> None:
    send("a.zip", {A: "x"}, {})
    ends = {"PIM": "https://pim", "SFCC": "https://staging", "catalog": "c"}
    write_json(store.ledger / "ends.json", ends)
    Ledger(store).belongs_to(ends)
    assert len(Ledger(store).id) == 32


def test_after_a_reset_nothing_is_confirmed_and_what_was_deleted_stays_gone(store: Store, send: Send) -> None:
    c = ("product", "c")
    send("one.zip", {A: "x", B: "x", c: "x"}, {c: "refused"})
    send("two.zip", {B: None}, {})
    ledger = Ledger(store)
    ledger.undo(0, {})
    assert {row["id"]: row["verdict"] for row in ledger.objects("product").to_pylist()} == {"a": "unconfirmed", "c": "refused"}
    assert [row["id"] for row in ledger.objects("product", unsettled_since=2).to_pylist()] == ["a", "c"]
    send("three.zip", {A: "y"}, {})
    assert states(ledger) == {key(A): (fingerprint(b"y"), True), key(c): (fingerprint(b"x"), False)}


def test_an_empty_instance_has_no_field_to_clear_and_no_price_book(store: Store, send: Send) -> None:
    book = ("book", "b")
    send("one.zip", {A: "x", book: "currency/EUR"}, {})
    ledger = Ledger(store)
    ledger.undo(0, {})
    assert fields(ledger, A) == [set()]
    assert list(ledger.fields_ever("book")) == []
    send("two.zip", {A: "y", book: "currency/USD"}, None)
    assert fields(ledger, A) == [{"y"}]
    assert list(ledger.fields_ever("book")) == [("b", "currency/USD")]


def test_a_restored_instance_has_what_the_archives_until_then_brought(store: Store, send: Send) -> None:
    c = ("product", "c")
    send("one.zip", {A: "x", B: "x", c: "x"}, {})
    send("two.zip", {A: "y"}, {})
    send("three.zip", {B: None}, {})
    ledger = Ledger(store)
    ledger.undo(1, {"c": 1})
    assert {row["id"]: row["verdict"] for row in ledger.objects("product").to_pylist()} == {
        "a": "unconfirmed",
        "b": "unconfirmed",  # its deletion: it is there again
        "c": "confirmed",
    }
    assert fields(ledger, A, B, c) == [{"x"}, {"x"}, {"x"}]
    send("four.zip", {A: "y", B: None}, {})
    assert {row["id"]: row["verdict"] for row in ledger.objects("product").to_pylist()} == {"a": "confirmed", "c": "confirmed"}


def test_marks_are_kept_until_a_reset_or_restore_says_which_are_left(store: Store, send: Send) -> None:
    ledger = Ledger(store)
    send("one.zip", {A: "x"}, {})
    send("two.zip", {A: "y"}, {})
    assert (ledger.marks, ledger.undone) == ({}, [])
    ledger.note_marks({"c": 1})
    ledger.note_marks({"c": 2, "d": 2})
    assert ledger.marks == {"c": 2, "d": 2}
    ledger.undo(1, {"c": 1})
    ledger.undo(0, {}, "others")
    assert (ledger.marks, ledger.undone) == ({}, [Undone(1, 2), Undone(0, 2, "others")])


def test_an_archive_that_was_sent_twice_is_known_by_its_last_number(store: Store, send: Send) -> None:
    for archive in ("one.zip", "two.zip", "one.zip"):
        send(archive, {A: "x"}, {})
    assert [Ledger(store).number_of(name) for name in ("one.zip", "two.zip", "other.zip")] == [3, 2, None]


_OBJECTS = st.sampled_from(["a", "b", "c"])
_ENTRY = st.one_of(st.none(), st.sets(st.sampled_from(["x", "y", "z"]), min_size=1).map(lambda s: "\n".join(sorted(s))))
_ARCHIVE = st.tuples(
    st.dictionaries(_OBJECTS, _ENTRY, min_size=1),
    st.one_of(st.none(), st.dictionaries(_OBJECTS, st.sampled_from(["refused", "pending", "unconfirmed"]))),
)


@given(st.lists(_ARCHIVE, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_fold_is_that_of_a_simple_model(
    record: Callable[[Store], Send], archives: list[tuple[dict[str, str | None], dict[str, str] | None]]
) -> None:
    held: dict[str, tuple[int, bool, set[str]]] = {}  # id -> output, confirmed, fields that SFCC may hold
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for number, (objects, exceptions) in enumerate(archives):
            spoken = None if exceptions is None else {("product", id_): v for id_, v in exceptions.items() if id_ in objects}
            record(store)(f"{number}.zip", {("product", id_): text for id_, text in objects.items()}, spoken)
            for id_, text in objects.items():
                confirmed = exceptions is not None and id_ not in exceptions
                written = set(filter(None, (text or "").split("\n")))
                if text is None and confirmed:
                    held.pop(id_, None)
                else:
                    before = set() if confirmed or id_ not in held else held[id_][2]
                    held[id_] = (fingerprint((text or "").encode()), confirmed, before | written)
        ledger = Ledger(store)
        assert states(ledger) == {key(("product", id_)): (output, confirmed) for id_, (output, confirmed, _) in held.items()}
        assert fields(ledger, *(("product", id_) for id_ in held)) == [one for _, _, one in held.values()]
        assert {row["id"] for row in ledger.objects("product").to_pylist()} == set(held)


def test_what_sfcc_refused_when_it_was_sent_last_and_is_the_same_is_known(store: Store, send: Any) -> None:
    ids = ("same", "other", "taken since", "confirmed", "new")
    first = {("product", id_): "fields/brand/" for id_ in ids if id_ != "new"}
    send("one", first, {key: "refused" for key in first if key[1] != "confirmed"})
    send("two", {("product", "taken since"): "fields/brand/"}, {})
    send("three", {("product", id_): "fields/ean/" if id_ == "other" else "fields/brand/" for id_ in ids}, None)
    assert Ledger(store).refused_before("three") == {("c", "product", "same")}
    assert Ledger(store).refused_before("one") == set()


def test_whatever_is_recorded_changes_the_fingerprint_of_all_of_it(store: Store, send: Send) -> None:
    ledger = Ledger(store)
    seen = [ledger.recorded()]
    send("a.zip", {("product", "x"): "f"}, None)
    seen.append(ledger.recorded())
    assert seen[-1] == Ledger(store).recorded()
    ledger.conclude("a.zip", [])
    seen.append(ledger.recorded())
    ledger.doubt([(1, 1)])
    seen.append(ledger.recorded())
    ledger.undo(0, {})
    seen.append(ledger.recorded())
    assert len(set(seen)) == 5
