"""Dagster's records of old imports go with their packages, and no others."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.old_runs import forget, in_use
from akeneo_assets.store import Store

DONE, BEGUN = dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.STARTED


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("home"))) as made:
        yield made


def run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, load: str = "", root: str | None = None) -> str:
    """A run of a load, or one that repeats the run `root`. Returns its id."""
    tags = {"dagster/partition": load} if load else {"dagster/root_run_id": root} if root else {}
    return create_run_for_test(instance, status=status, tags=tags, root_run_id=root, parent_run_id=root).run_id


def test_a_load_goes_with_its_key_and_all_its_runs(store: Store, instance: dg.DagsterInstance) -> None:
    keys = PRODUCT_LOADS.name or ""
    instance.add_dynamic_partitions(keys, ["old/one", "new"])
    run(instance, dg.DagsterRunStatus.FAILURE, load="old/one")
    run(instance, DONE, load="old/one")
    new = run(instance, DONE, load="new")
    forget(instance, Package.of_load(store, "old/one"))
    assert list(instance.get_dynamic_partitions(keys)) == ["new"]
    assert instance.get_run_ids() == [new]
    forget(instance, Package.of_load(store, "old/one"))  # as after a kill


def test_an_import_by_job_1_goes_with_its_run_and_those_that_repeated_it(store: Store, instance: dg.DagsterInstance) -> None:
    first = run(instance, dg.DagsterRunStatus.FAILURE)
    run(instance, DONE, root=first)
    other = run(instance, DONE)
    forget(instance, Package.of_structure_import(store, "attributes", first))
    assert instance.get_run_ids() == [other]


def test_the_logs_of_a_run_go_with_it(
    store: Store, instance: dg.DagsterInstance, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run_id, logs = run(instance, DONE, load="old"), instance.compute_log_manager
    with logs.open_log_stream([run_id, "compute_logs", "step"], dg._core.storage.compute_log_manager.ComputeIOType.STDERR) as out:
        assert out is not None
        out.write("said")
    assert logs.get_log_data([run_id, "compute_logs", "step"]).stderr == b"said"
    forget(instance, Package.of_load(store, "old"))
    assert not logs.get_log_data([run_id, "compute_logs", "step"]).stderr


def test_imports_that_a_waiting_or_working_run_is_for_are_in_use(instance: dg.DagsterInstance) -> None:
    own, first = run(instance, BEGUN, load="own"), run(instance, DONE)
    run(instance, dg.DagsterRunStatus.NOT_STARTED, load="retried")
    run(instance, DONE, load="done")
    run(instance, BEGUN, root=first)
    alone = run(instance, dg.DagsterRunStatus.CANCELING)
    assert in_use(instance, own) == {"retried", first, alone}
