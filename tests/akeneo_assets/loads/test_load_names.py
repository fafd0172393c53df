"""What a load may be called."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.partitions.utils.base import INVALID_PARTITION_SUBSTRINGS

from akeneo_assets.loads.load_names import load_name_problem
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.store import Store


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "'' is empty"),
        ("  ", "'  ' is empty"),
        ("x" * 101, f"'{'x' * 100}...' has 101 characters, and 100 are allowed"),
        ("x" * 1_000_000, f"'{'x' * 100}...' has 1,000,000 characters, and 100 are allowed"),
        (".", "'.' has nothing but dots"),
        ("..", "'..' has nothing but dots"),
        ("a...b", "'a...b' holds '...', which Dagster reads as a range"),
        ("a\nb", "'a b' holds a line break or another character that can't be seen"),
        ("\x1b[31mred", "'red' holds a line break or another character that can't be seen"),
        ("a\u202eb", "'ab' holds a line break or another character that can't be seen"),
        ("a\udcffb", "'ab' holds a line break or another character that can't be seen"),
        (" a", "' a' begins or ends with a blank"),
    ],
)
def test_a_name_that_no_load_can_have_is_refused_in_one_sentence(name: str, problem: str) -> None:
    assert load_name_problem(name) == f"The load's name {problem}: choose another name."


@pytest.mark.parametrize("substring", INVALID_PARTITION_SUBSTRINGS)
def test_what_dagster_forbids_in_a_partition_key_is_refused(substring: str) -> None:
    assert load_name_problem(f"a{substring}b") is not None


@pytest.mark.parametrize("name", ["full_20261124T020000Z", "a/b", "été 2026", "名" * 100, "../up", "..a", "-", "a,b[c]|d", "%s"])
def test_any_other_name_makes_a_partition_and_a_folder_of_its_own(name: str, tmp_path: Path) -> None:
    assert load_name_problem(name) is None
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [name])
        assert instance.get_dynamic_partitions(PRODUCT_LOADS.name or "") == [name]
    folder = Store(tmp_path).load(name)
    folder.mkdir(parents=True)
    assert folder.resolve().parent == (tmp_path / "loads").resolve()
