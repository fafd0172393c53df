import importlib
import itertools
import json
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from fake_pim import FakePim
from hypothesis import given, settings
from hypothesis import strategies as st

from akeneo_assets.pim.cuts import _PROPOSALS, Branch, Traits
from akeneo_assets.pim.pim_errors import PermanentPimError
from akeneo_assets.pim.walk import walk

walk_module = importlib.import_module("akeneo_assets.pim.walk")


def catalogue(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Like real ones: 300 families of which one holds 40 %, some rows without, a fifth created in one second."""
    chance = random.Random(seed)
    return [
        {
            "uuid": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "family": chance.choices(["big", f"family_{chance.randrange(299)}", None], [400, 595, 5])[0],
            "created": f"2026-01-{1 + chance.randrange(28):02}T10:{chance.randrange(60):02}:00+00:00"
            if n % 5
            else "2026-01-15T12:00:00+00:00",
            "enabled": chance.random() < 0.9,
            "parent": None,
        }
        for n in range(count)
    ]


def read(pim: FakePim, search: dict[str, Any] | None = None, endpoint: str = "products-uuid") -> list[str]:
    return sorted(row[pim.key] for page in walk(pim, endpoint, search or {}) for row in page)  # type: ignore[arg-type]


def test_every_row_is_read_once_with_four_calls_at_once_and_few_pages_more() -> None:
    rows = catalogue(12_000)
    pim = FakePim(rows, latency=0.01)
    assert read(pim) == sorted(row["uuid"] for row in rows)
    assert pim.most_under_way == 4
    # 120 full pages; each query ends with one that isn't.
    assert len(pim.sizes) <= 140


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (7, 1), (100, 2), (101, 2)])
def test_small_lists_are_not_cut(count: int, calls: int) -> None:
    pim = FakePim(catalogue(count))
    assert len(read(pim)) == count
    assert len(pim.sizes) == calls


def test_a_search_of_the_callers_holds_in_every_part() -> None:
    rows = catalogue(6_000)
    pim = FakePim(rows)
    found = read(pim, {"family": [{"operator": "IN", "value": ["big"]}], "enabled": [{"operator": "=", "value": True}]})
    assert found == sorted(row["uuid"] for row in rows if row["family"] == "big" and row["enabled"])


def test_models_numbered_by_creation_are_read_four_at_once() -> None:
    rows = [
        {
            "code": f"model_{n:05}",
            "family": "big" if n % 5 < 2 else f"family_{n * 7 % 299}",
            "created": f"2026-01-{1 + n // 240:02}T{n // 10 % 24:02}:{n % 10:02}:00+00:00",
            "parent": "root" if n % 3 else None,
        }
        for n in range(3_000)
    ]
    pim = FakePim(rows, "code", latency=0.01)
    assert read(pim, endpoint="product-models") == sorted(row["code"] for row in rows)
    assert pim.most_under_way == 4
    assert len(pim.sizes) <= 42


def test_a_slow_consumer_holds_up_the_reading() -> None:
    pim = FakePim(catalogue(5_000))
    reader = walk(pim, "products-uuid", {})  # type: ignore[arg-type]
    next(reader)
    next(reader)
    settled = -1
    while settled != len(pim.sizes):
        settled = len(pim.sizes)
        threading.Event().wait(0.1)
    assert settled <= 14  # the two given out, eight waiting, four whose places were kept for calls under way
    reader.close()


def test_pages_of_very_wide_products_hold_fewer_of_them_and_are_read_four_at_once() -> None:
    rows = catalogue(1_000)
    pim = FakePim(rows, latency=0.005)
    pim.row_bytes = 400_000
    assert read(pim) == sorted(row["uuid"] for row in rows)
    first, *others = pim.sizes
    assert first == 25
    assert max(others) == 10  # 4 MiB
    assert len(others) <= 130  # 98 full pages; each query ends with one that isn't
    assert pim.most_under_way == 4


def test_a_product_wider_than_a_page_is_read_alone() -> None:
    rows = catalogue(40)
    pim = FakePim(rows)
    pim.row_bytes = 5_000_000
    assert read(pim) == sorted(row["uuid"] for row in rows)
    assert set(pim.sizes[1:]) <= {0, 1}


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.mark.usefixtures("no_threads_left")
@pytest.mark.parametrize("fail_at", [1, 2, 9])
def test_the_first_error_ends_the_walk(fail_at: int) -> None:
    pim = FakePim(catalogue(5_000), latency=0.005)
    pim.fail_at = fail_at
    with pytest.raises(RuntimeError, match="the fake PIM fails here"):
        read(pim)
    # Each of the eight threads may have begun one call more before it heard of the error; the whole list is fifty pages and more.
    assert len(pim.sizes) < 40


@pytest.mark.usefixtures("no_threads_left")
def test_a_reader_that_stops_early_leaves_no_thread() -> None:
    reader = walk(FakePim(catalogue(5_000)), "products-uuid", {})  # type: ignore[arg-type]
    next(reader)
    next(reader)
    reader.close()


@pytest.mark.usefixtures("no_threads_left")
def test_a_consumer_that_fails_leaves_no_thread() -> None:
    def consume() -> None:
        for number, _ in enumerate(walk(FakePim(catalogue(5_000)), "products-uuid", {})):  # type: ignore[arg-type]
            if number == 3:
                raise LookupError("the consumer fails")

    with pytest.raises(LookupError):
        consume()


class Astray(FakePim):
    """A PIM whose next links lead to `leads(calls so far)`."""

    def __init__(self, leads: Callable[[int], str], count: int = 5_000) -> None:
        super().__init__(catalogue(count))
        self.leads = leads

    def links(self, search: dict[str, Any], limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
        return {"next": {"href": self.leads(len(self.sizes))}}


@pytest.mark.usefixtures("no_threads_left")
@pytest.mark.parametrize(
    ("leads", "said"),
    [
        (lambda _: "?search_after=8", "gives (its own page|a page already read) as the next one"),
        (lambda _: "/api/rest/v1/products-uuid?search_after=8", "gives (its own page|a page already read) as the next one"),
        (lambda n: f"?a={n}&search_after=8", "gives the same items on two pages"),
        (lambda n: f"?search_after={'08'[n % 2]}", "gives (its own page|a page already read|the same items)"),
        (lambda _: "?search_after=zzz", "goes on behind an empty page"),
        (lambda _: "/api/rest/v1/categories?page=2", "names a page of another list"),
        (lambda _: "http://[::1", "names a page of another list"),
    ],
)
def test_a_walk_that_is_led_astray_ends_after_few_calls(leads: Callable[[int], str], said: str) -> None:
    pim = Astray(leads)
    with pytest.raises(PermanentPimError, match=f"list products-uuid {said}"):
        read(pim)
    assert len(pim.sizes) < 40


@pytest.mark.usefixtures("no_threads_left")
def test_a_walk_that_meets_the_same_items_in_ever_new_company_ends_too() -> None:
    class Shuffling(Astray):
        def _body(self, path: str, params: dict[str, Any] | None) -> Any:
            body = super()._body(path, params)
            if "_embedded" in body:
                body["_embedded"]["items"] = chance.sample(self.rows, 100)
            return body

    chance = random.Random(1)
    pim = Shuffling(lambda n: f"?n={n}&search_after=0", count=300)
    with pytest.raises(PermanentPimError, match=r"gives items again and again: \d,\d\d\d were read of 300"):
        read(pim)
    assert len(pim.sizes) < 100


def test_a_list_that_grows_while_it_is_read_is_read_to_its_end() -> None:
    rows = catalogue(4_000)
    pim = FakePim(rows)
    told = iter([{"items_count": 10}])
    count = pim.get
    pim.get = lambda path, params=None: next(told, None) or count(path, params)  # type: ignore[method-assign]
    assert read(pim) == sorted(row["uuid"] for row in rows)


def test_a_link_that_forgets_the_search_is_given_it_back() -> None:
    class Forgetful(FakePim):
        def links(self, search: dict[str, Any], limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
            return super().links({}, limit, items)

    rows = catalogue(3_000)
    found = read(Forgetful(rows), {"family": [{"operator": "IN", "value": ["big"]}]})
    assert found == sorted(row["uuid"] for row in rows if row["family"] == "big")


@pytest.mark.parametrize("created", [None, "yesterday", "2026-99-99T00:00:00"])
def test_items_without_a_readable_date_are_read_and_nothing_is_cut_by_dates(created: str | None) -> None:
    rows = sorted(catalogue(4_000), key=lambda row: row["uuid"])
    for row in (*rows[:2], *rows[100::50]):
        row["created"] = created
    rows[7].pop("created")
    pim = FakePim(rows)
    assert read(pim) == [row["uuid"] for row in rows]
    assert not any(b"created" in search for search in pim.searches)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "family": st.sampled_from([None, "big", "big", "big", "a", "b"]),
            "second": st.sampled_from([0, 0, 0, 1, 2, 3600, 7200]),
            "enabled": st.booleans(),
            "parent": st.sampled_from([None, "model"]),
        }
    ),
    max_size=120,
)


@settings(max_examples=80, deadline=None)
@given(
    rows=ROWS,
    endpoint=st.sampled_from(["products-uuid", "product-models"]),
    page_size=st.integers(1, 9),
    eagerness=st.integers(1, 3),
    seed=st.integers(),
)
def test_any_catalogue_under_any_cuts_is_read_exactly_once(
    rows: list[dict[str, Any]], endpoint: str, page_size: int, eagerness: int, seed: int
) -> None:
    chance = random.Random(seed)

    def any_cut(endpoint: str, conditions: Branch, sample: list[Traits]) -> list[Branch]:
        return chance.choice([*_PROPOSALS[endpoint], lambda *_: []])(sample, conditions)

    key = "uuid" if endpoint == "products-uuid" else "code"
    for number, row in enumerate(rows):
        row[key] = f"{chance.getrandbits(32):08x}-{number}"
        row["family"] = row["family"] or ("c" if key == "code" else None)
        row["created"] = f"2026-03-29T{1 + row['second'] // 3600:02}:00:{row['second'] % 3600:02}+01:00"
    pim = FakePim(rows, key)
    pim.page_size = page_size
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(walk_module, "best_cut", any_cut)
        patched.setattr(walk_module, "WORTH_CUTTING_PAGES", eagerness)
        patched.setattr(walk_module, "WORTH_CUTTING_PAGES_SHORT", eagerness)
        patched.setattr(walk_module, "SMALLEST_SAMPLE", 1)
        assert read(pim, endpoint=endpoint) == sorted(row[key] for row in rows)
    assert pim.most_under_way <= 4


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, page_size=st.integers(1, 9), broken_after=st.lists(st.integers(1, 6), max_size=4), seed=st.integers())
def test_a_walk_that_is_broken_off_anywhere_and_goes_on_from_its_frontier_reads_every_row_exactly_once(
    rows: list[dict[str, Any]], page_size: int, broken_after: list[int], seed: int
) -> None:
    chance = random.Random(seed)

    def any_cut(endpoint: str, conditions: Branch, sample: list[Traits]) -> list[Branch]:
        return chance.choice([*_PROPOSALS[endpoint], lambda *_: []])(sample, conditions)

    for number, row in enumerate(rows):
        row["uuid"] = f"{chance.getrandbits(32):08x}-{number}"
        row["created"] = f"2026-03-29T{1 + row['second'] // 3600:02}:00:{row['second'] % 3600:02}+01:00"
    pim = FakePim(rows, "uuid")
    pim.page_size = page_size
    seen, frontier = [], None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(walk_module, "best_cut", any_cut)
        patched.setattr(walk_module, "WORTH_CUTTING_PAGES", 1)
        patched.setattr(walk_module, "WORTH_CUTTING_PAGES_SHORT", 1)
        patched.setattr(walk_module, "SMALLEST_SAMPLE", 1)
        for pages in (*broken_after, None):
            walk = walk_module.walk_on(cast(Any, pim), "products-uuid", {}, frontier)
            for page, still_to_read in itertools.islice(walk, pages):
                seen += [row["uuid"] for row in page]
                # As a file keeps it between two processes.
                frontier = [
                    walk_module.Position.of_json(*position)
                    for position in json.loads(json.dumps([p.as_json() for p in still_to_read]))
                ]
            walk.close()
    assert sorted(seen) == sorted(row["uuid"] for row in rows)
