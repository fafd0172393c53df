"""Processes that run a load as `akeneo-sfcc run` does, or execute it again as Dagster does, and may kill themselves on the way.

Belongs here: what happens inside such a process. Doesn't: what is to hold afterwards (`test_kill_points`).

Nothing of the connector is changed. Python itself tells of each file that is renamed or removed and of each request that is sent
(audit events): these are the points at which a process may be killed. SIGKILL leaves it no time for anything.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import dagster as dg

from akeneo_assets.commands.dagster_home import open_instance
from akeneo_assets.commands.run import app
from akeneo_assets.definitions import build
from akeneo_assets.job_names import FULL
from akeneo_assets.sensors import dead_runs

POINTS: Final = ("os.rename", "os.remove", "http.client.send")
"""The audit events at which a process may be killed."""


def full_load() -> dg.JobDefinition:
    """Job 3-2, as Dagster finds it when it executes a run again."""
    return build().resolve_job_def(FULL)


def run(folder: Path, environment: Mapping[str, str], kill_at: int, arguments: list[str]) -> None:
    """`akeneo-sfcc run ARGUMENTS`, killed at point number `kill_at` (0: never)."""
    with _watched(folder, environment, kill_at):
        app(args=arguments, prog_name="akeneo-sfcc run")


def execute_again(folder: Path, environment: Mapping[str, str]) -> None:
    """A tick of the sensor that ends dead runs, then a re-execution from failure of the one run that failed."""
    with _watched(folder, environment, 0), open_instance(os.environ) as instance:
        print(dead_runs(dg.build_sensor_context(instance=instance)), flush=True)
        (failed,) = instance.get_runs()
        again = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        job, tags = dg.reconstructable(full_load), failed.tags  # with these, as the UI does: its load is one of them
        with dg.execute_job(job, instance, tags=tags, reexecution_options=again) as result:
            sys.exit(0 if result.success else 1)


@contextmanager
def _watched(folder: Path, environment: Mapping[str, str], kill_at: int) -> Iterator[None]:
    """Take the environment and the working folder over. What the process says goes to `said.txt` there, the first line of each
    request that it sends to `requests.txt`, the number of points that it has passed to `points.txt`, if it comes to its end."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    requests = os.open("requests.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    passed = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal passed
        sent = arguments[1] if event == "http.client.send" and isinstance(arguments[1], bytes) else b""
        # How often SFCC is asked for the state of a job depends on the time that it takes.
        if event not in POINTS or (sent.startswith(b"GET") and b"/executions/" in sent):
            return
        passed += 1
        if passed == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if b" HTTP/1.1\r\n" in sent:
            os.write(requests, sent.partition(b" HTTP/1.1")[0] + b"\n")

    sys.addaudithook(watch)
    try:
        yield
    finally:
        Path("points.txt").write_text(str(passed))
