"""The law of the ledger's base: whatever was sent, answered, undone or doubted, a folded ledger tells the same as a whole one."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from akeneo_assets.loads.base import Base
from akeneo_assets.loads.base_writing import archives_to_know, write_ledger
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.record_files import book_currencies
from akeneo_assets.store import Store
from sfcc_resources.records import PRICE_BOOK

Archive = tuple[dict[str, str | None], dict[str, str] | None]

IDS = ("a", "b", "book")

_PATHS = st.sets(st.sampled_from(["x", "y", "currency/EUR", "currency/USD"]), min_size=1)
_FIELDS = st.one_of(st.none(), _PATHS.map(lambda paths: "\n".join(sorted(paths))))
_ARCHIVE = st.tuples(
    st.dictionaries(st.sampled_from(IDS), _FIELDS, min_size=1),
    st.one_of(st.none(), st.dictionaries(st.sampled_from(IDS), st.sampled_from(["refused", "pending", "unconfirmed"]))),
)


def typed(id_: str) -> tuple[str, str]:
    return (PRICE_BOOK if id_ == "book" else "product", id_)


def told(ledger: Ledger, since: int) -> dict[str, Any]:
    """What loads ask of a ledger; `since`: the number of the last archive that the load before knew of."""
    keys = np.array([object_key("c", *typed(id_)) for id_ in IDS], dtype=np.uint64)
    columns = ("id", "verdict", "load", "archive")
    ever = f"SELECT DISTINCT id FROM ledger_entries WHERE NOT deleted AND number > {ledger.emptied} ORDER BY id"
    return {
        "current": ledger.objects("product", PRICE_BOOK, columns=columns).to_pylist(),
        "unsettled": ledger.objects("product", PRICE_BOOK, columns=columns, unsettled_since=since).to_pylist(),
        "fields": list(ledger.fields(keys)),
        "since": set(ledger.fields_since("product", "c", since)),
        "currencies": book_currencies(ledger),
        "ever there": [row["id"] for batch in ledger.store.select(ever, ledger.views) for row in batch.to_pylist()],
        "last": ledger.last,
        "refused": ledger.refused_before("last.zip"),
    }


def folded(store: Store, through: int) -> None:
    """Fold the archives up to number `through`."""
    ledger, base = Ledger(store), Base.of(store)
    folder = store.base / f"{through:06d}"
    write_ledger(ledger, through, folder)
    archives = archives_to_know(ledger, through)
    Base(store, ledger_folder=folder.name, through=through, archives=archives).save()
    for path in ledger.archives_folded():
        shutil.rmtree(path)
    if base.ledger_folder not in (None, folder.name):
        shutil.rmtree(store.base / str(base.ledger_folder))


@given(
    st.lists(_ARCHIVE, min_size=2, max_size=6),
    st.dictionaries(st.integers(0, 5), st.sampled_from(["reset", "restore", "doubt"]), max_size=2),
    st.sets(st.integers(1, 5), min_size=1, max_size=2),
)
@settings(max_examples=15, deadline=None)
def test_a_folded_ledger_tells_the_same_as_the_whole_one(
    record: Callable[[Store], Callable[..., None]], archives: list[Archive], events: dict[int, str], folds: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        whole, short = Store(Path(folder) / "whole"), Store(Path(folder) / "short")
        for number, (objects, exceptions) in enumerate(archives, 1):
            sent = {typed(id_): fields for id_, fields in objects.items()}
            spoken = None if exceptions is None else {typed(id_): v for id_, v in exceptions.items() if id_ in objects}
            for store in (whole, short):
                record(store)(f"{number}.zip", sent, spoken)
                if (event := events.get(number)) is not None:
                    happen(store, event, number)
            if number in folds and number < len(archives):
                folded(short, number)
        for store in (whole, short):
            record(store)("last.zip", {typed(id_): "x" for id_ in IDS}, None)
        since = max([number for number in folds if number < len(archives)], default=0)
        assert told(Ledger(short), since) == told(Ledger(whole), since)


def happen(store: Store, event: str, number: int) -> None:
    """After archive `number` the instance is reset, or restored to before it; or something was found not to be there."""
    ledger = Ledger(store)
    if event == "doubt":
        ledger.doubt([(object_key("c", *typed(id_)), number) for id_ in IDS])
    else:
        ledger.undo(0 if event == "reset" else number - 1, {})
