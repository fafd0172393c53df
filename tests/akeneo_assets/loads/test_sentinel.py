"""What a catalog's mark tells of the instance."""

import pytest

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.sentinel import Mark, State, marks_for, state
from akeneo_assets.store import Store

OURS, THEIRS = Mark("ours", "load-3.zip"), Mark("theirs", "load-3.zip")


@pytest.mark.parametrize(
    ("mark", "number", "expected", "told"),
    [
        pytest.param(None, None, None, "as left", id="a catalog to which nothing was sent yet"),
        pytest.param(OURS, 3, None, "as left", id="an archive whose verdict a kill took, the first one"),
        pytest.param(OURS, None, None, "as left", id="an unknown archive where none was seen since a reset"),
        pytest.param(OURS, 3, 3, "as left", id="the last archive"),
        pytest.param(OURS, 4, 3, "as left", id="an archive whose verdict a kill took"),
        pytest.param(OURS, 2, 3, "restored", id="an earlier archive"),
        pytest.param(None, None, 3, "reset", id="no mark any more"),
        pytest.param(OURS, None, 3, "reset", id="an archive that the store doesn't know: the store itself was restored"),
        pytest.param(THEIRS, None, 3, "foreign", id="another ledger's"),
        pytest.param(THEIRS, 4, 3, "foreign", id="another ledger's, whose archive is called as one of ours"),
        pytest.param(THEIRS, None, None, "foreign", id="another ledger's, where we never wrote"),
    ],
)
def test_a_mark_tells_what_became_of_the_instance(
    mark: Mark | None, number: int | None, expected: int | None, told: State
) -> None:
    assert state(mark, "ours", number, expected) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(2, "reset", id="before the base: how the instance stood then is forgotten"),
        pytest.param(3, "restored", id="as the base tells it"),
        pytest.param(4, "restored", id="after the base"),
        pytest.param(5, "as left", id="the last archive"),
    ],
)
def test_an_instance_that_was_restored_to_before_the_base_counts_as_reset(number: int, told: State) -> None:
    assert state(OURS, "ours", number, 5, folded=3) == told


def test_the_last_archive_is_as_left_though_it_is_folded() -> None:
    assert state(OURS, "ours", 3, 3, folded=7) == "as left"


def test_an_instance_that_was_taken_over_is_so_until_the_first_mark_of_ours_was_seen_there() -> None:
    assert state(THEIRS, "ours", None, None, taken_over="theirs") == "as left"
    assert state(THEIRS, "ours", None, 3, taken_over="theirs") == "foreign"
    assert state(THEIRS, "ours", None, None, taken_over="others") == "foreign"


def test_the_marks_of_an_archive_lie_in_its_catalogs_and_in_the_master_catalog(store: Store) -> None:
    ledger = Ledger(store)
    ledger.belongs_to({"PIM": "p", "SFCC": "s", "catalog": "master"})
    mark = f'{{"ledger":"{ledger.id}","archive":"x.zip"}}'.encode()
    assert marks_for(ledger)("x.zip", ["shop"]) == {
        "catalogs/master/static/default/akeneo-connector.json": mark,
        "catalogs/shop/static/default/akeneo-connector.json": mark,
    }
