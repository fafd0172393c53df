"""`akeneo-sfcc show`: what it needs, and what it leaves out to be quick. What it tells is in tests/integration/test_show.py."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from akeneo_assets.commands import show
from sandbox import stack

Run = Callable[..., Result]


def test_it_starts_without_dagster_and_pandas_which_take_longer_than_its_answer() -> None:
    listed = "import sys, akeneo_assets.commands.show; print(*{'dagster', 'pandas'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", listed], cwd=stack.REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_without_a_load_it_says_in_one_sentence_what_to_do(run: Run, tmp_path: Path) -> None:
    result = run(
        show.app, "MUG", CONNECTOR_STORE=str(tmp_path / "store"), CONNECTOR_CONFIG=str(stack.REPOSITORY / "connector.yaml")
    )
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"No load has read products into {tmp_path}/store yet: run job 3-2 first (akeneo-sfcc run 3-2).\n"


def test_a_settings_file_that_is_missing_is_told_by_its_place(run: Run, tmp_path: Path) -> None:
    result = run(show.app, "MUG", CONNECTOR_CONFIG=str(tmp_path / "none.yaml"))
    assert result.exit_code == 1
    assert str(tmp_path / "none.yaml") in result.stderr
