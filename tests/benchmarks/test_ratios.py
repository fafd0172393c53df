"""The form of a benchmark's ratios: medians, loads over the floors beside them, bars."""

import pytest

from benchmarks.ratios import Ratio, held_against, median_ratio, missed


def test_the_median_counts_and_the_lowest_and_highest_stand_beside_it() -> None:
    assert median_ratio("a / b", [6.3, 4.9, 5.5], 5.8) == Ratio("a / b", 5.5, 5.8, (4.9, 6.3))


def test_a_load_is_held_against_the_mean_of_the_floors_beside_it() -> None:
    assert held_against([6.0, 8.0], [1.0, 2.0, 2.0]) == [4.0, 4.0]


@pytest.mark.parametrize("floors", [[1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
def test_there_is_one_floor_more_than_loads(floors: list[float]) -> None:
    with pytest.raises(ValueError, match="zip"):
        held_against([6.0, 8.0], floors)


@pytest.mark.parametrize(
    ("ratio", "line"),
    [
        (Ratio("a / b", 6.2, 6.4, (6.1, 6.3)), "a / b: 6.20 (bar 6.4; 6.10 to 6.30)"),
        (Ratio("a / b", 6.5, 6.4), "a / b: 6.50 (bar 6.4)  OVER"),
        (Ratio("a / b", 6.5), "a / b: 6.50 (no bar)"),
    ],
)
def test_a_ratio_tells_its_bar_its_spread_and_whether_it_is_over(ratio: Ratio, line: str) -> None:
    assert str(ratio) == line


def test_a_ratio_as_high_as_its_bar_is_within_it() -> None:
    assert not Ratio("a / b", 6.4, 6.4).over


def test_the_ratios_over_their_bars_are_named_with_both_numbers() -> None:
    ratios = [Ratio("speed", 6.5, 6.4), Ratio("memory", 1.1, 1.2), Ratio("rival", 9.0), Ratio("refused calls", 3, 0)]
    assert missed(ratios) == "Over the bar: speed (6.50, bar 6.4); refused calls (3.00, bar 0)."


def test_nothing_is_said_where_every_bar_is_kept() -> None:
    assert missed([Ratio("memory", 1.1, 1.2), Ratio("rival", 9.0)]) == ""
