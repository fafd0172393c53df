"""Dagster's own scheduler and run queue on the connector's code location, moved on by hand; nothing is executed.

Belongs here: making them, moving them on. Doesn't: what they should do.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._scheduler.scheduler import ScheduleIterationTimes, launch_scheduled_runs

from akeneo_assets.commands.dagster_home import SETTINGS

LAUNCHER = "\nrun_launcher: {module: dagster._core.test_utils, class: MockedRunLauncher}\n"


class Daemons:
    """The daemons of one instance. Code location and clock are in this process."""

    def __init__(self, instance: dg.DagsterInstance, workspace: Any) -> None:
        self.instance, self._workspace = instance, workspace
        self._times = dict[str, ScheduleIterationTimes]()
        self._queue = QueuedRunCoordinatorDaemon(interval_seconds=5)

    def turn_on(self, moment: datetime, *jobs: str) -> None:
        """Start the schedules of these jobs, as a person does in the UI."""
        with freeze_time(moment):
            location = self._workspace.create_request_context().get_code_location("connector")
            repository = location.get_repository("__repository__")
            for job in jobs:
                self.instance.start_schedule(repository.get_schedule(f"{job}_schedule"))
            self._schedule(moment)

    def until(self, *moments: datetime) -> list[str]:
        """Move the scheduler's clock on to each of these moments; the errors of its ticks."""
        for moment in moments:
            with freeze_time(moment):
                self._schedule(moment)
        states = self.instance.all_instigator_state()
        ticks = [tick for state in states for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id)]
        return [str((tick.error.cause or tick.error).message) for tick in ticks if tick.error]

    def _schedule(self, moment: datetime) -> None:
        list(launch_scheduled_runs(self._workspace, logging.getLogger(), moment.astimezone(UTC), self._times))

    def launch(self) -> list[str]:
        """Let the queue launch what may run now; the names of the jobs that run afterwards."""
        list(self._queue.run_iteration(self._workspace))
        running = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
        return [run.job_name for run in self.instance.get_runs(dg.RunsFilter(statuses=running))]

    def queued(self) -> list[dg.DagsterRun]:
        """The runs that wait, the oldest first."""
        return list(self.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]), ascending=True))

    def end(self, job: str, *, ok: bool = True) -> None:
        """End the run of this job that works."""
        (run,) = [run for run in self.instance.get_runs() if run.job_name == job and run.status is dg.DagsterRunStatus.STARTING]
        kind = dg.DagsterEventType.RUN_SUCCESS if ok else dg.DagsterEventType.RUN_FAILURE
        self.instance.report_dagster_event(dg.DagsterEvent(kind.value, run.job_name), run.run_id)


@contextmanager
def daemons(home: Path) -> Iterator[Daemons]:
    """Daemons with the project's dagster.yaml, whose launcher starts no process. connector.yaml is that of the working
    directory."""
    home.mkdir()
    (home / "dagster.yaml").write_text(SETTINGS.read_text("utf-8") + LAUNCHER)
    origin = LoadableTargetOrigin(executable_path=sys.executable, module_name="akeneo_assets.definitions")
    target = InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(origin, location_name="connector"))
    with (
        dg.DagsterInstance.from_config(str(home)) as instance,
        create_test_daemon_workspace_context(target, instance) as workspace,
    ):
        yield Daemons(instance, workspace)
