"""Finding by counts where the PIM and what is known of it differ."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akeneo_assets.pim.absence import Cell, Known, absent, differing, filter_text, second_of, unknown

Item = tuple[str, str | None, int]
"""Key, family, second of creation."""

FAMILIES = ("tents", "boots", "mugs", None)
BEFORE = 10_000


def known_of(items: Sequence[Item], listed: Callable[[str], bool] = lambda _: True) -> Known:
    key, family, created = zip(*items, strict=True) if items else ((), (), ())
    columns = {
        "key": pa.array(key, pa.string()),
        "family": pa.array(family, pa.string()),
        "created": pa.array(created, pa.int64()),
    }
    return Known.of(pa.table(columns), listed)


class Pim:
    """A PIM of some items that answers searches as the API's documentation says, and counts its calls."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = sorted(items, key=lambda item: item[2])
        self.created = [filter_text(second) for _, _, second in self.items]
        self.calls = 0

    def matching(self, search: Mapping[str, Sequence[Any]]) -> list[str]:
        (created,), value = search["created"], search["created"][0]["value"]
        assert created["operator"] in ("<", "BETWEEN")
        if created["operator"] == "<":
            found = self.items[: bisect_left(self.created, value)]
        else:
            found = self.items[bisect_left(self.created, value[0]) : bisect_right(self.created, value[1])]
        for condition in search.get("family", ()):
            families = {None} if condition["operator"] == "EMPTY" else set(condition["value"])
            found = [item for item in found if item[1] in families]
        return [key for key, _, _ in found]

    def count(self, searches: list[Any]) -> list[int]:
        self.calls += len(searches)
        return [len(self.matching(search)) for search in searches]

    def read(self, cell: Cell, known: Known) -> list[str]:
        pages = [self.matching(search) for search in cell.searches(known.families)] if cell.counted else []
        self.calls += sum(len(page) // 100 + 1 for page in pages)
        return [key for page in pages for key in page]


def compared(known: Known, pim: Pim) -> tuple[set[str], set[str]] | None:
    """(absent in the PIM, unknown) as the cells tell; None: a walk is cheaper."""
    everything = Cell.of_all(BEFORE, known, len(pim.matching({"created": [{"operator": "<", "value": filter_text(BEFORE)}]})))
    if not everything.differs:
        return set(), set()
    cells = differing(known, everything, pim.count)
    if cells is None:
        return None
    read = [(cell.rows, pim.read(cell, known)) for cell in cells]
    return {key for rows, keys in read for key in absent(known, rows, keys)}, {
        key for _, keys in read for key in unknown(known, keys)
    }


def catalogue(size: int, seconds: int, families: Sequence[str | None] = FAMILIES) -> list[Item]:
    """Items created evenly over some seconds, of all families in turn."""
    return [(f"item {n}", families[n % len(families)], n * seconds // size) for n in range(size)]


def test_a_second_is_a_filter_s_text_and_back() -> None:
    assert filter_text(60) == "1970-01-01 00:01:00"
    assert second_of("2026-11-24 10:00:07") == 1795514407
    assert filter_text(second_of("2026-11-24 10:00:07")) == "2026-11-24 10:00:07"


def test_a_cell_is_asked_for_in_the_words_of_the_api() -> None:
    cell = Cell(None, 59, None, np.array([], dtype=np.int64), 0)
    families = ["tents", "boots", None]
    before = {"operator": "<", "value": "1970-01-01 00:01:00"}
    assert cell.searches(families) == [{"created": [before]}]
    between = {"operator": "BETWEEN", "value": ["1970-01-01 00:00:10", "1970-01-01 00:00:59"]}
    some = {"operator": "IN", "value": ["tents"]}
    of_some = Cell(10, 59, (0, 2), cell.rows, 0)
    assert of_some.searches(families) == [{"created": [between], "family": [some]}]
    with_none = Cell(10, 59, (-1, 0), cell.rows, 0)
    none = {"operator": "EMPTY"}
    assert with_none.searches(families) == [{"created": [between], "family": [some]}, {"created": [between], "family": [none]}]
    assert Cell(10, 59, (2,), cell.rows, 0).searches(families) == []


@pytest.mark.parametrize(("seconds", "burst"), [(9_000, "spread"), (40, "in bursts"), (1, "in one second")])
def test_one_removed_product_among_100_000_is_found_in_few_calls(seconds: int, burst: str) -> None:
    families = [f"family {n}" for n in range(400)] + [None]
    items = catalogue(100_000, seconds, families)
    known = known_of(items)
    for gone in (0, 33_333, 99_999):
        pim = Pim([item for item in items if item[0] != f"item {gone}"])
        assert compared(known, pim) == ({f"item {gone}"}, set()), burst
        assert pim.calls <= 14


@pytest.mark.parametrize("many", [2, 10, 40])
def test_the_calls_grow_with_what_was_removed_not_with_the_catalogue(many: int) -> None:
    items = catalogue(100_000, 9_000)
    known = known_of(items)
    gone = {f"item {n * 100_000 // many}" for n in range(many)}
    pim = Pim([item for item in items if item[0] not in gone])
    assert compared(known, pim) == (gone, set())
    assert pim.calls <= 11 * many


def test_where_much_was_removed_everything_is_walked() -> None:
    items = catalogue(2_000, 9_000)
    pim = Pim(items[::7])
    assert compared(known_of(items), pim) is None
    assert pim.calls == 0


def test_a_small_catalogue_is_walked_at_once() -> None:
    items = catalogue(85, 80)
    assert compared(known_of(items), Pim(items[1:])) is None


def test_items_of_a_family_that_the_pim_no_longer_lists_are_absent_without_a_question_about_it() -> None:
    items = catalogue(3_000, 1)
    known = known_of(items, lambda family: family != "boots")
    pim = Pim([item for item in items if item[1] != "boots" or item[0] == "item 1"])
    found = compared(known, pim)
    assert found is None or found[0] >= {item[0] for item in items if item[1] == "boots"} - {"item 1"}


items_of_a_pim = st.lists(
    st.tuples(st.sampled_from(FAMILIES), st.integers(0, 40) | st.integers(0, 9_000)), min_size=150, max_size=600
)


@given(made=items_of_a_pim, gone=st.sets(st.integers(0, 599), max_size=6))
@settings(max_examples=25, deadline=None)
def test_all_that_is_removed_is_found_and_nothing_else(made: list[tuple[str | None, int]], gone: set[int]) -> None:
    items = [(f"item {n}", family, second) for n, (family, second) in enumerate(made)]
    pim = Pim([item for n, item in enumerate(items) if n not in gone])
    removed = {f"item {n}" for n in gone if n < len(items)}
    found = compared(known_of(items), pim)
    if found is None:
        assert removed
        assert pim.calls <= len(items) // 100
    else:
        assert found == (removed, set())
        assert pim.calls <= 12 * len(removed)


@given(made=items_of_a_pim, gone=st.sets(st.integers(0, 599), max_size=6), new=st.sets(st.integers(0, 599), max_size=6))
@settings(max_examples=25, deadline=None)
def test_whatever_differs_both_ways_nothing_that_both_have_is_named(
    made: list[tuple[str | None, int]], gone: set[int], new: set[int]
) -> None:
    """`new` are in the PIM and unknown. What went and came in one cell may hide each other, until the next walk."""
    items = [(f"item {n}", family, second) for n, (family, second) in enumerate(made)]
    pim = Pim([item for n, item in enumerate(items) if n not in gone])
    removed, added = ({f"item {n}" for n in of if n < len(items)} for of in (gone - new, new - gone))
    known = known_of([item for item in items if item[0] not in {f"item {n}" for n in new}])
    found = compared(known, pim)
    if found is not None:
        assert found[0] <= removed
        assert found[1] <= added
        assert len(removed) == len(added) or found != (set(), set())
