"""Which categories may not be deleted, since SFCC would delete what stands below them, too."""

import pytest

from akeneo_assets.loads.retirement import categories_spared

TREE = [("c", "root", "outdoor"), ("c", "outdoor", "tents"), ("c", "outdoor", "stoves"), ("c", "root", "indoor")]


@pytest.mark.parametrize(
    ("more", "owned", "spared"),
    [
        ([], set(), set()),
        ([("c", "tents", "our-tents")], set(), {"outdoor", "tents"}),
        ([("c", "tents", "our-tents"), ("c", "our-tents", "domes")], set(), {"outdoor", "tents"}),
        ([("c", "indoor", "lamps")], set(), set()),
        ([("c", "tents", "moves")], {("c", "moves")}, set()),
        ([("other", "tents", "theirs")], set(), set()),
    ],
    ids=["none of merchants", "one", "one below another", "beside them", "the load moves it away", "another catalog"],
)
def test_categories_above_others_categories_are_spared(
    more: list[tuple[str, str, str]], owned: set[tuple[str, str]], spared: set[str]
) -> None:
    doomed = {("c", name) for name in ("outdoor", "tents", "stoves")}
    exported = {("c", "indoor"), *owned}
    assert categories_spared(doomed, [*TREE, *more], exported) == {("c", name) for name in spared}


def test_a_circle_of_parents_ends() -> None:
    circle = [("c", "b", "a"), ("c", "a", "b"), ("c", "a", "own")]
    assert categories_spared({("c", "a"), ("c", "b")}, circle, set()) == {("c", "a"), ("c", "b")}
