"""Files appear whole or not at all, and stream back as they were written."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from akeneo_assets.loads.package import load_packages
from akeneo_assets.store import (
    Store,
    TableWriter,
    batches,
    canonical,
    fingerprint,
    read_json,
    rows,
    sql_empty,
    sql_files,
    write_json,
    write_table,
)
from akeneo_assets.tables import Table


def table(*columns: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> Table:
    return Table("test", pa.schema([pa.field(*column) for column in columns]), "", "")


SCHEMA = table(("key", pa.string(), False), ("number", pa.int64()))


def test_a_table_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "table.parquet"
    with TableWriter(path, SCHEMA) as table:
        table.write({"key": "a", "number": 1})
        assert not path.exists()
    assert list(rows([path])) == [{"key": "a", "number": 1}]


def test_a_failed_write_leaves_nothing_but_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_table(path, SCHEMA, [{"key": "old"}])
    with pytest.raises(RuntimeError, match="halfway"), TableWriter(path, SCHEMA) as table:  # noqa: PT012 - the writer is under test
        table.write({"key": "new"})
        raise RuntimeError("halfway")
    assert [row["key"] for row in rows([path])] == ["old"]
    assert [one.name for one in tmp_path.iterdir()] == ["table.parquet"]


def test_a_row_that_does_not_fit_the_schema_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with pytest.raises(pa.ArrowInvalid), TableWriter(path, SCHEMA) as table:
        table.write({"key": "a", "number": "no number"})
    assert list(tmp_path.iterdir()) == []


def test_rows_are_collected_into_row_groups_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with TableWriter(path, SCHEMA, rows=2) as table:
        for number in range(5):
            table.write({"key": str(number), "number": number})
    assert table.count == 5
    assert pq.ParquetFile(path).metadata.num_row_groups == 3
    assert [row["number"] for row in rows([path])] == [0, 1, 2, 3, 4]


def test_row_groups_of_wide_rows_hold_fewer_of_them(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with TableWriter(path, table(("item", pa.binary()))) as writer:
        for _ in range(24):
            writer.write({"item": bytes(500_000)})
    groups = [batch.num_rows for batch in batches([path])]
    assert sum(groups) == 24
    assert max(groups) <= 12  # some 5 MB


def test_batches_and_rows_keep_their_order_when_mixed(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with TableWriter(path, SCHEMA) as table:
        table.write({"key": "first"})
        table.write_batch(pa.RecordBatch.from_pylist([{"number": 2, "key": "second"}]).select(["number", "key"]))
        table.write({"key": "third"})
    assert [row["key"] for row in rows([path])] == ["first", "second", "third"]
    assert table.count == 3


def test_columns_can_be_left_unread(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_table(path, SCHEMA, [{"key": "a", "number": 1}])
    assert [batch.schema.names for batch in batches([path], ["number"])] == [["number"]]


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "one.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert read_json(path) == {"a": 1}
    assert [one.name for one in path.parent.iterdir()] == ["one.json"]
    assert read_json(tmp_path / "none.json") is None


def test_a_query_streams_rows_of_files_and_of_named_tables(store: Store) -> None:
    path = store.root / "table.parquet"
    write_table(path, SCHEMA, [{"key": "a", "number": 1}, {"key": "b", "number": 2}])
    other = pa.table({"key": ["b"]})
    found = store.select(f"SELECT number FROM read_parquet({sql_files([path])}) SEMI JOIN other USING (key)", other=other)
    assert [row for batch in found for row in batch.to_pylist()] == [{"number": 2}]


def test_an_empty_query_has_the_columns_of_its_schema(store: Store) -> None:
    schema = table(("a", pa.string()), ("b", pa.list_(pa.string())), ("c", pa.uint64()), ("d", pa.bool_()), ("e", pa.binary()))
    with store.query() as query:
        found = query.sql(sql_empty(schema)).to_arrow_table()
    assert (found.num_rows, found.schema.names) == (0, ["a", "b", "c", "d", "e"])
    assert found.schema.field("b").type == pa.list_(pa.string())


def test_loads_of_any_name_have_a_folder_each_and_are_listed_by_their_name(store: Store) -> None:
    for key in ("full_1", "../up", "a/b", "a_b", "Ärger"):
        write_json(store.load(key) / "window.json", {"key": key})
    assert sorted(package.name for package in load_packages(store)) == sorted(["full_1", "../up", "a/b", "a_b", "Ärger"])
    assert all(package.folder.parent == store.root / "loads" for package in load_packages(store))


def test_equal_values_have_one_canonical_text_and_others_another() -> None:
    assert canonical({"b": 1, "a": [1]}) == canonical({"a": [1], "b": 1}) == b'{"a":[1],"b":1}'
    assert fingerprint(b"a") != fingerprint(b"b")
    assert 0 <= fingerprint(b"a") < 2**64
