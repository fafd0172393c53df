"""One import of products at a time, whoever started it and however it ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.lock import acquire, release

HOLDER = """
import sys, time
from pathlib import Path
from akeneo_assets.loads.lock import acquire
acquire(Path(sys.argv[1]), "run-in-another-process")
print("held", flush=True)
time.sleep(600)
"""


def test_a_run_may_take_its_own_lock_again_and_another_of_this_process_may_not(tmp_path: Path) -> None:
    path = tmp_path / "a" / "lock"
    acquire(path, "one")
    acquire(path, "one")
    with pytest.raises(ConnectorError, match=r"running \(one, since .* UTC\) and 3-1 and 3-2 never run together"):
        acquire(path, "two")
    release(path, "one")
    acquire(path, "two")
    release(path, "two")


def test_only_its_holder_frees_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    acquire(path, "one")
    release(path, "two")
    with pytest.raises(ConnectorError):
        acquire(path, "two")
    release(path, "one")
    release(path, "one")


def test_another_process_is_refused_by_name_and_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            with pytest.raises(ConnectorError, match="run-in-another-process"):
                acquire(path, "mine")
        finally:
            os.kill(process.pid, signal.SIGKILL)
    acquire(path, "mine")
    release(path, "mine")
