"""What a call sees of lists: shares and numbers. Rights and lost codes: test_fault_switch, through the API."""

from sandbox.pim.pim_database import Resource
from sandbox.pim.pim_sight import EVERYTHING, Sight

RESOURCES = [Resource("family", "", f"family_{n:03d}", 0, 0, 0, {}) for n in range(400)]


def test_nothing_is_missing_from_everything() -> None:
    assert EVERYTHING.listed(RESOURCES) == RESOURCES


def test_a_number_keeps_the_first_items() -> None:
    assert [r.code for r in Sight(keep=2).listed(RESOURCES)] == ["family_000", "family_001"]


def test_a_share_keeps_about_that_many_and_a_larger_share_keeps_them_too() -> None:
    quarter = {r.code for r in Sight(keep=0.25).listed(RESOURCES)}
    half = {r.code for r in Sight(keep=0.5).listed(RESOURCES)}
    assert 60 < len(quarter) < 140
    assert 150 < len(half) < 250
    assert quarter < half
