"""Runs whose process died are ended by whoever finds their locks free; a run that was ended sends nothing more."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from akeneo_assets.errors import ConnectorError
from akeneo_assets.run_locks import DIED, at_work, end_dead_runs, refuse_ended, run_lock
from akeneo_assets.sensors import dead_runs
from akeneo_assets.store import Store

HOLDER = """
import sys, time
from pathlib import Path
from akeneo_assets.run_locks import take
from akeneo_assets.store import Store
take(Store(Path(sys.argv[1])), sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""

Begin = Callable[..., dg.DagsterRun]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def begin(instance: dg.DagsterInstance) -> Begin:
    """Makes a run that Dagster has as running."""

    def make(status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED) -> dg.DagsterRun:
        return create_run_for_test(instance, job_name="a_job", status=status)

    return make


@contextmanager
def process_of(store: Store, run: dg.DagsterRun) -> Iterator[None]:
    """A process that works on the run; killed at the end of the block."""
    command = [sys.executable, "-c", HOLDER, str(store.root), run.run_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield
        finally:
            os.kill(process.pid, signal.SIGKILL)


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    now = instance.get_run_by_id(run.run_id)
    assert now is not None
    return now.status


@pytest.mark.parametrize("was", [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING])
def test_a_run_whose_process_was_killed_is_ended_as_failed_once_with_a_sentence(
    store: Store, instance: dg.DagsterInstance, begin: Begin, was: dg.DagsterRunStatus
) -> None:
    run = begin(was)
    with process_of(store, run):
        assert end_dead_runs(instance, store) == []
        assert status(instance, run) is was
    assert end_dead_runs(instance, store) == [run.run_id]
    assert status(instance, run) is dg.DagsterRunStatus.FAILURE
    assert end_dead_runs(instance, store) == []
    said = [entry.dagster_event.message for entry in instance.all_logs(run.run_id) if entry.dagster_event]
    assert said == [DIED]
    assert not run_lock(store, run.run_id).exists()


def test_a_run_at_work_in_this_process_is_not_dead_and_leaves_no_lock_behind(
    store: Store, instance: dg.DagsterInstance, begin: Begin
) -> None:
    run = begin()
    with at_work(store, run.run_id):
        assert end_dead_runs(instance, store) == []
        refuse_ended(instance, run.run_id, [run_lock(store, run.run_id)])
    assert list(store.runs.iterdir()) == []
    assert end_dead_runs(instance, store) == []
    assert status(instance, run) is dg.DagsterRunStatus.STARTED


def test_a_run_that_no_lock_names_and_a_lock_of_another_dagster_are_left_alone(
    store: Store, instance: dg.DagsterInstance, begin: Begin
) -> None:
    unnamed = begin()
    with dg.DagsterInstance.ephemeral() as other:
        elsewhere = create_run_for_test(other, job_name="a_job", status=dg.DagsterRunStatus.STARTED)
        with process_of(store, elsewhere):
            pass
        assert end_dead_runs(instance, store) == []
        assert status(instance, unnamed) is dg.DagsterRunStatus.STARTED
        assert end_dead_runs(other, store) == [elsewhere.run_id]


def test_the_lock_of_a_killed_run_that_dagster_has_ended_already_is_only_removed(
    store: Store, instance: dg.DagsterInstance, begin: Begin
) -> None:
    run = begin(dg.DagsterRunStatus.CANCELED)
    with process_of(store, run):
        pass
    assert end_dead_runs(instance, store) == []
    assert status(instance, run) is dg.DagsterRunStatus.CANCELED
    assert list(store.runs.iterdir()) == []


@pytest.mark.parametrize("now", [dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.FAILURE])
def test_a_run_that_was_ended_may_not_go_on(instance: dg.DagsterInstance, begin: Begin, now: dg.DagsterRunStatus) -> None:
    run = begin(now)
    with pytest.raises(ConnectorError, match=rf"^Dagster has this run as {now.value}: nothing more of it is sent"):
        refuse_ended(instance, run.run_id, [])


def test_a_run_that_was_deleted_or_whose_lock_was_removed_may_not_go_on(
    store: Store, instance: dg.DagsterInstance, begin: Begin
) -> None:
    run = begin()
    lock = run_lock(store, run.run_id)
    with at_work(store, run.run_id):
        lock.unlink()
        with pytest.raises(ConnectorError, match=r"was removed while this run worked, so that another one may work, too"):
            refuse_ended(instance, run.run_id, [lock])
        lock.touch()  # as another process makes it
        with pytest.raises(ConnectorError, match="was removed"):
            refuse_ended(instance, run.run_id, [lock])
    assert lock.exists()
    instance.delete_run(run.run_id)
    with pytest.raises(ConnectorError, match=r"^Dagster no longer knows this run"):
        refuse_ended(instance, run.run_id, [])


def test_the_sensor_that_always_runs_ends_dead_runs_and_names_them(
    store: Store, instance: dg.DagsterInstance, begin: Begin, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin()
    with process_of(store, run):
        pass
    said = [dead_runs(dg.build_sensor_context(instance=instance)) for _ in range(2)]
    assert [str(reason.skip_message) for reason in said if isinstance(reason, dg.SkipReason)] == [
        f"Ended as failed, since their processes died: {run.run_id}.",
        "No run has died.",
    ]
    monkeypatch.delenv("AKENEO_URL")
    (refused,) = [dead_runs(dg.build_sensor_context(instance=instance))]
    assert isinstance(refused, dg.SkipReason)
    assert str(refused.skip_message).startswith("Missing in the environment: AKENEO_URL")
