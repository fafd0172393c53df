"""One import of products at a time, whoever started it and however it ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.lock import acquire, appear, held, held_by_others, left_by_the_dead, release

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


def test_a_lock_that_comes_and_goes_is_never_taken_for_that_of_a_dead_holder(tmp_path: Path) -> None:
    ended, dead = Event(), list[str]()

    def look() -> None:
        while not ended.is_set():
            dead.extend(holder for _, holder in left_by_the_dead(tmp_path))

    looking = Thread(target=look)
    looking.start()
    try:
        for number in range(500):
            path = tmp_path / f"{number}.lock"
            assert appear(path, f"holder {number}")
            assert not appear(path, f"holder {number}")
            release(path, f"holder {number}", remove=True)
    finally:
        ended.set()
        looking.join()
    assert dead == []
    assert list(left_by_the_dead(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_locks_that_others_hold_are_told_from_ones_own_and_from_those_of_the_dead(tmp_path: Path) -> None:
    own, other, dead = (tmp_path / f"{name}.lock" for name in ("own", "other", "dead"))
    appear(own, "own")
    appear(other, "other")
    dead.write_text("dead")
    assert held_by_others(tmp_path, own) == [other]
    release(other, "other", remove=True)
    assert held_by_others(tmp_path, own) == []
    assert dead.exists()  # whoever ends the dead one's run removes it
    release(own, "own", remove=True)


def test_who_waits_for_a_lock_is_told_what_its_holder_does(tmp_path: Path) -> None:
    path, said = tmp_path / "lock", list[str]()
    with (
        held(path, "load_7", 0, said.append),
        pytest.raises(ConnectorError, match=r"^Another import folds old loads \(load_7, since"),
        held(path, "load_8", -1, said.append, "folds old loads"),
    ):
        pass
