"""The ledger added up for people."""

from collections.abc import Callable
from typing import Any

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.ledger_summary import LedgerSummary
from akeneo_assets.store import Store

Send = Callable[..., None]


def counted(summary: LedgerSummary) -> dict[tuple[str, str], int]:
    return {(row["type"], row["verdict"]): row["objects"] for row in summary.counts}


def test_what_sfcc_holds_is_counted_by_type_and_verdict_of_its_last_archive(store: Store, send: Send) -> None:
    send("first", {("product", "a"): "x", ("product", "b"): "x", ("product", "gone"): "x", ("category", "c"): ""}, {})
    send("second", {("product", "b"): "y", ("product", "gone"): None}, {("product", "b"): "refused"})
    send("third", {("category", "d"): ""}, None)
    assert counted(LedgerSummary.of(Ledger(store))) == {
        ("category", "confirmed"): 1,
        ("category", "unconfirmed"): 1,
        ("product", "confirmed"): 1,
        ("product", "refused"): 1,
    }


def test_the_sample_names_first_what_sfcc_did_not_confirm_then_the_latest(store: Store, send: Send) -> None:
    send("first", {("product", f"p{number:02d}"): "x" for number in range(30)}, {("product", "p29"): "pending"})
    send("second", {("product", "new"): "x"}, {})
    sample = LedgerSummary.of(Ledger(store)).sample
    assert [row["id"] for row in sample[:3]] == ["p29", "new", "p00"]
    assert len(sample) == 20
    told: dict[str, Any] = sample[0]
    assert (told["verdict"], told["load"], told["file"], told["container"]) == ("pending", "load", "catalog.xml", "c")


def test_an_empty_ledger_has_nothing(store: Store) -> None:
    store.root.mkdir()
    assert LedgerSummary.of(Ledger(store)) == LedgerSummary([], [])
