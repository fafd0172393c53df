"""A run that waits tells why: in its log, once a cause, and in a tag of the runs page."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from daemons import Daemons, daemons
from dagster._core.test_utils import create_run_for_test

from akeneo_assets.commands.run import said_beside
from akeneo_assets.loads.lock import held
from akeneo_assets.queue_order import ahead_of, queue_tags
from akeneo_assets.sensors import waiting_runs
from akeneo_assets.waiting import named, tell_of_lock

ONE = "akeneo_1_import_attributes"
TWO = "akeneo_2_import_media_assets_pricebook"
DIFFERENTIAL = "akeneo_3_1_differential_import_products"
FULL = "akeneo_3_2_full_import_products"
PLAN = "akeneo_plan_products"

HOLDER = """
import sys
from pathlib import Path
from akeneo_assets.loads.lock import held
with held(Path(sys.argv[1]), sys.argv[2], 0, print):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemons]:
    """Daemons whose schedules have their default times, full loads each day at 2:00."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)
    (tmp_path / "connector.yaml").write_text("schedules: {3-2: 0 2 * * *}")
    with daemons(tmp_path / "home") as made:
        yield made


def tick(running: Daemons) -> str:
    reason = waiting_runs(dg.build_sensor_context(running.instance))
    assert isinstance(reason, dg.SkipReason)
    return str(reason.skip_message)


def story(running: Daemons, run: dg.DagsterRun) -> list[str]:
    """What the run's own page tells of its waiting."""
    events = [entry.dagster_event for entry in running.instance.all_logs(run.run_id)]
    return [str(event.message) for event in events if event and event.event_type is dg.DagsterEventType.ENGINE_EVENT]


def test_a_run_in_the_queue_names_the_run_that_it_waits_for_once_and_the_next_one_after_that(running: Daemons) -> None:
    running.turn_on(datetime(2026, 11, 24, 0, 30, tzinfo=UTC), ONE, TWO, FULL)
    running.until(datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC))
    assert running.launch() == [ONE]
    assert tick(running) == "No run waits that hasn't been told why."
    running.until(datetime(2026, 11, 24, 1, 30, 5, tzinfo=UTC), datetime(2026, 11, 24, 2, 0, 5, tzinfo=UTC))
    assert running.launch() == [ONE]
    two, full = running.queued()
    assert [tick(running) for _ in range(3)] == ["Told 2 runs why they wait.", *["No run waits that hasn't been told why."] * 2]
    (one,) = running.instance.get_runs(dg.RunsFilter(job_name=ONE))
    for_one = (
        f"Waiting for akeneo_1_import_attributes (run {one.run_id[:8]}): imports work one at a time. "
        "This one begins by itself once that one has ended."
    )
    assert (story(running, two), story(running, full)) == ([for_one], [for_one])
    running.end(ONE)
    assert running.launch() == [TWO]
    assert tick(running) == "Told 1 runs why they wait."
    for_two = for_one.replace(f"{ONE} (run {one.run_id[:8]})", f"{TWO} (run {two.run_id[:8]})")
    assert story(running, full) == [for_one, for_two]
    (shown,) = running.queued()
    assert shown.tags["akeneo_sfcc/behind"] == f"akeneo_2_import_media_assets_pricebook (run {two.run_id[:8]})"


# --- Whom a run waits for -------------------------------------------------------------------------------------------------------


def a_run(job: str, status: str) -> dg.DagsterRun:
    run = dg.DagsterRun(job, f"{job}-{status}", tags=queue_tags(job))
    return run._replace(status=dg.DagsterRunStatus(status))  # a queued one made afresh needs a code location


@pytest.mark.parametrize(
    ("unfinished", "expected"),
    [
        ([a_run(FULL, "QUEUED")], None),
        ([a_run(TWO, "QUEUED"), a_run(FULL, "QUEUED")], TWO),
        ([a_run(FULL, "QUEUED"), a_run(TWO, "QUEUED"), a_run(ONE, "QUEUED")], ONE),
        ([a_run(DIFFERENTIAL, "QUEUED"), a_run(FULL, "QUEUED")], DIFFERENTIAL),
        ([a_run(FULL, "QUEUED"), a_run(DIFFERENTIAL, "QUEUED")], None),
        ([a_run(ONE, "QUEUED"), a_run(DIFFERENTIAL, "STARTING"), a_run(FULL, "QUEUED")], DIFFERENTIAL),
        ([a_run(DIFFERENTIAL, "CANCELING"), a_run(FULL, "QUEUED")], DIFFERENTIAL),
        ([a_run(DIFFERENTIAL, "NOT_STARTED"), a_run(FULL, "QUEUED")], None),  # a command that Dagster's queue doesn't count
        ([a_run(PLAN, "STARTED"), a_run(FULL, "QUEUED")], PLAN),
        ([a_run(FULL, "QUEUED"), dg.DagsterRun("somebody_elses", status=dg.DagsterRunStatus.STARTED)], None),
    ],
)
def test_a_full_load_waits_for_what_works_else_for_the_first_in_the_queue(
    unfinished: list[dg.DagsterRun], expected: str | None
) -> None:
    (full,) = [run for run in unfinished if run.job_name == FULL]
    other = ahead_of(full, unfinished)
    assert (other.job_name if other else None) == expected


def test_job_1_does_not_wait_for_a_plan() -> None:
    one = a_run(ONE, "QUEUED")
    assert ahead_of(one, [a_run(PLAN, "STARTED"), one]) is None


def test_a_load_is_named_with_its_key() -> None:
    run = dg.DagsterRun(FULL, "1a2b3c4d-0000", tags={"dagster/partition": "full_20261124T020000Z"})
    assert named(run) == "akeneo_3_2_full_import_products (load full_20261124T020000Z, run 1a2b3c4d)"


# --- Started past the queue -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("started", "told"), [(ONE, True), (TWO, True), (DIFFERENTIAL, False)])
def test_a_command_tells_at_once_which_import_works_unless_it_is_refused_over_it(started: str, told: bool) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert said_beside(instance, started) is None
        run = create_run_for_test(instance, job_name=FULL, tags=queue_tags(FULL), status=dg.DagsterRunStatus.STARTED)
        sentence = (
            f"akeneo_3_2_full_import_products (run {run.run_id[:8]}) works now: this import reads beside it, and sends once that "
            "one doesn't."
        )
        assert said_beside(instance, started) == (sentence if told else None)


@contextmanager
def another_process(path: Path, holder: str) -> Iterator[Callable[[], None]]:
    """Another process that holds the lock until it is asked to end."""
    command = [sys.executable, "-c", HOLDER, str(path), holder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield lambda: process.communicate("end\n") and None


def test_a_step_that_waits_for_a_lock_tells_once_whom_it_waits_for_in_its_log_and_its_tag(tmp_path: Path) -> None:
    path, said = tmp_path / "sending.lock", list[str]()
    with dg.DagsterInstance.ephemeral() as instance, another_process(path, "load_7") as end:
        run = create_run_for_test(instance, job_name=ONE)

        def tell(sentence: str) -> None:
            said.append(sentence)
            end()

        with held(path, "run_8", 60, tell_of_lock(run.run_id, instance, tell)):
            pass
        kept = instance.get_run_by_id(run.run_id)
    (sentence,) = said
    assert sentence.startswith("Waiting for the import that sends to SFCC now (load_7, since 20")
    assert kept is not None
    assert f"Waiting for {kept.tags['akeneo_sfcc/behind']}." == sentence


def test_a_step_that_waits_for_one_after_another_names_each(tmp_path: Path) -> None:
    path, said = tmp_path / "lock", list[str]()
    with another_process(path, "first") as end:

        def tell(sentence: str) -> None:
            said.append(sentence.partition("(")[2].partition(",")[0])
            if said == ["first"]:  # as the next one that waits does, between two looks
                path.with_suffix(".holder").write_text("second, since noon")
            else:
                end()

        with held(path, "mine", 60, tell):
            pass
    assert said == ["first", "second"]
