from typing import Any

import pytest
from fake_pim import matches
from hypothesis import given
from hypothesis import strategies as st

from akeneo_assets.pim.cuts import Branch, Condition, Traits, best_cut, cut_ahead, holds, search_with, traits


def rows(count: int, **differing: Any) -> list[Traits]:
    """Rows alike but for what `differing` gives: a function of the row's number for each trait."""
    alike: dict[str, Any] = {"family": "shoes", "created": "2026-01-01 00:00:00", "enabled": True, "is_child": False}
    return [Traits(**{**alike, **{name: at(n) for name, at in differing.items()}}) for n in range(count)]


def sizes(branches: list[Branch], sample: list[Traits]) -> list[int]:
    return [sum(holds(branch, row) for row in sample) for branch in branches]


def minute(n: int) -> str:
    return f"2026-01-01 00:{n:02}:00"


def test_rows_created_at_different_times_are_halved_by_their_median() -> None:
    sample = rows(100, created=lambda n: minute(n * 37 % 60))
    branches = best_cut("products-uuid", (), sample)
    assert [condition.operator for branch in branches for condition in branch] == ["<", "BETWEEN"]
    assert min(sizes(branches, sample)) >= 40


def test_both_sides_of_a_cut_by_time_name_the_same_second() -> None:
    (before,), (after,) = best_cut("products-uuid", (), rows(100, created=lambda n: minute(n * 37 % 60)))
    assert before.value == after.value[0]


def test_rows_created_in_one_second_are_cut_by_family() -> None:
    sample = rows(100, family=lambda n: ["big", "big", "a", "b", None][n % 5])
    branches = best_cut("products-uuid", (), sample)
    assert branches == [
        (Condition("family", "IN", ["big"]),),
        (Condition("family", "NOT IN", ["big"]), Condition("family", "NOT EMPTY")),
        (Condition("family", "EMPTY"),),
    ]
    assert sizes(branches, sample) == [40, 40, 20]


def test_a_mass_of_rows_in_one_second_is_kept_apart() -> None:
    sample = rows(100, created=lambda n: minute(30) if n % 2 else minute(n * 37 % 60))
    branches = best_cut("products-uuid", (), sample)
    assert min(sizes(branches, sample)) >= 25


def test_a_trait_that_follows_the_lists_order_is_no_cut() -> None:
    # Codes numbered by creation: all that is still to come was created later.
    sample = rows(100, created=lambda n: f"2026-01-{1 + n // 24:02} {n % 24:02}:00:00", is_child=lambda n: n % 3 == 0)
    branches = best_cut("product-models", (), sample)
    assert branches == [(Condition("parent", "EMPTY"),), (Condition("parent", "NOT EMPTY"),)]


@pytest.mark.parametrize("endpoint", ["products-uuid", "product-models"])
def test_rows_all_alike_offer_no_cut(endpoint: str) -> None:
    assert best_cut(endpoint, (), rows(100)) == []
    assert best_cut(endpoint, (), []) == []


def test_a_family_once_chosen_is_cut_again_without_asking_for_products_without_one() -> None:
    known = (Condition("family", "NOT IN", ["big"]), Condition("family", "NOT EMPTY"))
    branches = best_cut("products-uuid", known, rows(100, family=lambda n: "ab"[n % 2]))
    assert branches == [(Condition("family", "IN", ["a"]),), (Condition("family", "NOT IN", ["a"]),)]


def test_rows_in_the_order_of_their_creation_are_cut_where_half_of_those_to_come_will_have_passed() -> None:
    # A row a minute, 60 read, 120 to come: half of them will have passed an hour after the last one.
    branches = cut_ahead(rows(60, created=minute), 120)
    assert branches == [
        (Condition("created", "<", "2026-01-01 01:58:00"),),
        (Condition("created", "BETWEEN", ["2026-01-01 01:58:00", "2999-12-31 23:59:59"]),),
    ]


def test_there_is_no_pace_in_one_second_nor_at_the_end_of_the_calendar() -> None:
    assert cut_ahead(rows(60), 120) == []
    assert cut_ahead(rows(60, created=lambda n: f"{1990 + n // 2}-01-01 00:00:00"), 100_000) == []


def test_rows_of_which_some_have_no_date_are_not_cut_by_dates() -> None:
    sample = rows(100, created=lambda n: None if n == 90 else minute(n * 37 % 60), family=lambda n: "ab"[n % 2])
    assert {condition.property for branch in best_cut("products-uuid", (), sample) for condition in branch} == {"family"}
    assert cut_ahead(rows(60, created=lambda n: None if n == 30 else minute(n)), 120) == []


@pytest.mark.parametrize("item", [{}, {"created": None, "family": None}, {"created": "soon"}, {"created": 5}])
def test_an_item_without_dates_has_traits(item: dict[str, Any]) -> None:
    assert traits(item) == Traits(None, None, enabled=True, is_child=False)


def test_conditions_join_those_of_the_search() -> None:
    base = {"created": [{"operator": "<", "value": "2026-11-24 02:00:00"}]}
    search = search_with(base, [Condition("created", "<", "2026-01-01 00:00:00"), Condition("family", "EMPTY")])
    assert search == {
        "created": [{"operator": "<", "value": "2026-11-24 02:00:00"}, {"operator": "<", "value": "2026-01-01 00:00:00"}],
        "family": [{"operator": "EMPTY"}],
    }
    assert base == {"created": [{"operator": "<", "value": "2026-11-24 02:00:00"}]}


ITEMS = st.fixed_dictionaries(
    {
        "family": st.sampled_from([None, "a", "b", "c", "d"]),
        "created": st.integers(0, 59).map(lambda second: f"2026-01-01T10:00:{second:02}+01:00"),
        "enabled": st.booleans(),
        "parent": st.sampled_from([None, "model"]),
    }
)


def _of(endpoint: str, item: dict[str, Any]) -> dict[str, Any]:
    # A model always has a family.
    return {**item, "family": item["family"] or "e"} if endpoint == "product-models" else item


@given(st.sampled_from(["products-uuid", "product-models"]), st.lists(ITEMS, max_size=40), st.lists(ITEMS, max_size=40))
def test_every_row_falls_into_exactly_one_branch_of_any_cut(
    endpoint: str, sample: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    sample, others = ([_of(endpoint, item) for item in items] for items in (sample, others))
    branches = best_cut(endpoint, (), [traits(item) for item in sample])
    if branches:
        for item in (*sample, *others):
            by_the_pim = [matches(item, search_with({}, branch)) for branch in branches]
            assert sum(by_the_pim) == 1
            assert by_the_pim == [holds(branch, traits(item)) for branch in branches]
