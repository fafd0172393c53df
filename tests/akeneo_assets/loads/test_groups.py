"""Rows brought together by their group: each row once, each group whole, in memory that does not depend on how many there are."""

from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pytest

from akeneo_assets.loads.groups import Groups

SCHEMA = pa.schema([("group", pa.string()), ("place", pa.int8()), ("item", pa.binary())])


def batch(*rows: tuple[str, int, bytes]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def test_groups_come_out_whole_and_sorted_whatever_order_their_rows_came_in(tmp_path: Path) -> None:
    with Groups(tmp_path / "groups", SCHEMA, size=3) as groups:
        groups.add(batch(("b", 2, b"b2"), ("a", 1, b"a1")))
        groups.add(batch(("a", 0, b"a0"), ("b", 0, b"b0"), ("a", 2, b"a2")))
        found = [row["item"] for table in groups.tables("place") for row in table.to_pylist()]
    assert found == [b"a0", b"a1", b"a2", b"b0", b"b2"]


@pytest.mark.parametrize("size", [1, 50_000_000, 100_000_000_000], ids=["one file", "few files", "as many files as are allowed"])
def test_no_group_is_parted_and_no_row_lost_over_many_files(tmp_path: Path, size: int) -> None:
    with Groups(tmp_path / "groups", SCHEMA, size) as groups:
        for place in range(3):
            groups.add(batch(*((f"group {n}", place, b"x") for n in range(500))))
        groups.add(batch())
        found = [row["group"] for table in groups.tables("place") for row in table.to_pylist()]
    assert {name: len(list(same)) for name, same in groupby(found)} == {f"group {n}": 3 for n in range(500)}


def fail_between(folder: Path) -> None:
    with Groups(folder, SCHEMA, size=1) as groups:
        groups.add(batch(("a", 0, b"x")))
        raise ValueError("stopped")


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stopped"):
        fail_between(tmp_path / "groups")
    assert list(tmp_path.iterdir()) == []
