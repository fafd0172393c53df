"""What ends a step: one sentence for what a person can mend, the whole truth for a bug."""

from pathlib import Path

import dagster as dg
import pytest

from akeneo_assets.resources import clear_failures
from akeneo_assets.store import Store, sql_files


def test_a_full_disk_is_one_sentence() -> None:
    with pytest.raises(dg.Failure) as failed, clear_failures(), Path("/dev/full").open("w") as full:
        full.write("a row")
    assert failed.value.description == (
        "A file can't be written: [Errno 28] No space left on device. Make room or give rights, then start it again."
    )


def test_a_file_of_our_own_that_is_not_there_is_a_bug_and_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), clear_failures():
        (tmp_path / "window.json").read_text()


@pytest.mark.parametrize(("content", "what"), [(None, "is missing"), (b"PAR1 and no end", "can't be read")])
def test_a_table_of_our_own_that_is_missing_or_cut_short_is_one_sentence_that_names_it(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    path = tmp_path / "it's.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(dg.Failure) as failed, clear_failures():
        list(Store(tmp_path).select(f"FROM read_parquet({sql_files([path])})"))
    assert str(failed.value.description).startswith(f"The file {path} of the connector's store {what}")
    assert failed.value.__cause__ is None
