"""Both sandboxes as processes of their own, and the environment in which the connector finds them.

Belongs here: the working folder, starting, watching and stopping processes. Doesn't: what is run against them (`demo`, `dev`).
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
COMMAND: Final = Path(sysconfig.get_path("scripts")) / "akeneo-sfcc"
CREDENTIAL: Final = "sandbox"  # client, secret, user and password of both sandboxes

MARK: Final = ".akeneo-sfcc"  # stands in the folders that a demo may remove, locked while their sandboxes run
READY: Final = re.compile(r"ready at (https?://\S+)")
START_SECONDS: Final = 1800.0  # `generated:250000` is written before the PIM is ready
STOP_SECONDS: Final = 20.0

# Everything that the connector takes from the environment: none of a person's own settings may reach a demo, or it would write to
# their instance.
CONNECTOR_VARIABLES: Final = (
    "AKENEO_URL",
    "AKENEO_CLIENT_ID",
    "AKENEO_CLIENT_SECRET",
    "AKENEO_USERNAME",
    "AKENEO_PASSWORD",
    "SFCC_URL",
    "SFCC_LOGIN_URL",
    "SFCC_CLIENT_ID",
    "SFCC_CLIENT_SECRET",
    "SFCC_CA_FILE",
    "CONNECTOR_STORE",
    "CONNECTOR_CONFIG",
    "DAGSTER_HOME",
)


class StackError(Exception):
    """One sentence: what failed, where, what to do."""


@dataclass(frozen=True)
class Stack:
    """Two running sandboxes. `environment` is what the connector's processes are started with."""

    var: Path
    pim_url: str
    sfcc_url: str
    environment: Mapping[str, str]


def prepare(var: Path) -> Path:
    """Makes `var` an empty, marked folder and returns its absolute path.

    Raises StackError when it holds something that no demo put there, when a demo still uses it, or when this is no checkout.
    """
    if not (REPOSITORY / "connector.yaml").is_file():
        raise StackError("The demo needs the project's folder, not an installed copy: run `make demo` or `make dev` there.")
    var = var.absolute()
    if var.exists():
        if not var.is_dir() or (any(var.iterdir()) and not (var / MARK).is_file()):
            raise StackError(
                f"{var} holds something else than an earlier demo: give another folder with --var, or empty it yourself."
            )
        if (var / MARK).is_file():
            with _held(var):
                shutil.rmtree(var)
        else:
            var.rmdir()
    var.mkdir(parents=True)
    (var / MARK).write_text("Made by akeneo-sfcc; its next start removes this folder.\n")
    return var


@contextmanager
def _held(var: Path) -> Iterator[None]:
    """Locks the folder's mark for the block. The system frees it when this process dies. StackError: another one holds it."""
    with (var / MARK).open() as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"Another demo or dev still runs in {var}: end it, or give another folder with --var.") from None
        yield


def catalogue(name: str) -> str:
    """`demo` and `generated:N` as they are, a folder as its absolute path. Raises StackError for what is none of them."""
    if name == "demo" or re.fullmatch(r"generated:\d+", name):
        return name
    folder = Path(name).absolute()
    if not folder.is_dir():
        raise StackError(f"There is no catalogue folder {folder}: give an Akeneo export's folder, `demo` or `generated:N`.")
    return str(folder)


def connector_environment(var: Path, pim_url: str, sfcc_url: str, base: Mapping[str, str]) -> dict[str, str]:
    """`base` with every variable of the connector replaced: it sees the two sandboxes and writes below `var` only."""
    return {k: v for k, v in base.items() if k not in CONNECTOR_VARIABLES} | {
        "AKENEO_URL": pim_url,
        "AKENEO_CLIENT_ID": CREDENTIAL,
        "AKENEO_CLIENT_SECRET": CREDENTIAL,
        "AKENEO_USERNAME": CREDENTIAL,
        "AKENEO_PASSWORD": CREDENTIAL,
        "SFCC_URL": sfcc_url,
        "SFCC_LOGIN_URL": sfcc_url,
        "SFCC_CLIENT_ID": CREDENTIAL,
        "SFCC_CLIENT_SECRET": CREDENTIAL,
        "CONNECTOR_STORE": str(var / "store"),
        "CONNECTOR_CONFIG": str(REPOSITORY / "connector.yaml"),
        "DAGSTER_HOME": str(var / "dagster"),
        "PYTHONUNBUFFERED": "1",
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end by SIGTERM, and ends it when it doesn't listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_ready(process: subprocess.Popen[bytes], name: str, log: Path, seconds: float) -> str:
    until = time.monotonic() + seconds
    while True:
        ended = process.poll() is not None  # asked before reading, so that the last words are read
        text = log.read_text(errors="replace")
        found = READY.search(text.rpartition("\n")[0])
        if found:
            return found[1].rstrip("/.,;")
        if ended:
            last = text.strip().rpartition("\n")[2]
            raise StackError(f"The {name} sandbox ended before it was ready (exit code {process.returncode}), see {log}: {last}")
        if time.monotonic() > until:
            raise StackError(f"The {name} sandbox was not ready after {seconds:.0f} s: see {log}.")
        time.sleep(0.05)


@contextmanager
def server(name: str, arguments: Sequence[str], log: Path, seconds: float = START_SECONDS) -> Iterator[str]:
    """Runs a server until the block ends; yields the address that its ready line tells. Its output goes to `log`.

    Raises StackError when it ends early or is not ready in time.
    """
    with log.open("wb") as output:
        # In a process group of its own: Ctrl-C reaches it through `stop` alone, after the connector's processes have ended.
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    try:
        yield _await_ready(process, name, log, seconds)
    finally:
        stop(process)


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> int:
    """Runs a command with this terminal's output and returns its exit code; stops it, with all that it started, when this process
    is interrupted."""
    # A group of its own: Dagster's own command leaves its webserver and daemon behind when it alone is told to end.
    process: subprocess.Popen[bytes] = subprocess.Popen(
        arguments, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if not _group_lives(process, number):
                break
            _wait_for_group(process)


def _group_lives(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Signals a process's group; False when nobody is left in it."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def _wait_for_group(process: subprocess.Popen[bytes]) -> None:
    """Waits until a group is empty, but not longer than `STOP_SECONDS`."""
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end:
        process.poll()
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


@contextmanager
def sandboxes(catalog: str, var: Path) -> Iterator[Stack]:
    """Both sandboxes on free ports, their state and logs below the prepared folder `var`, until the block ends."""
    for folder in ("logs", "store", "dagster"):
        (var / folder).mkdir()
    shutil.copy(REPOSITORY / "akeneo_assets" / "dagster.yaml", var / "dagster")
    pim = [str(COMMAND), "sandbox", "pim", "--catalog", catalog, "--port", "0", "--state", str(var / "pim.sqlite")]
    sfcc = [str(COMMAND), "sandbox", "sfcc", "--root", str(var / "sfcc"), "--port", "0"]
    with (
        _held(var),
        server("PIM", pim, var / "logs" / "pim.log") as pim_url,
        server("SFCC", sfcc, var / "logs" / "sfcc.log") as sfcc_url,
    ):
        yield Stack(var, pim_url, sfcc_url, connector_environment(var, pim_url, sfcc_url, os.environ))


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def leave_on_sigterm() -> None:
    """SIGTERM unwinds the stack as Ctrl-C does, so that the processes started are stopped."""
    signal.signal(signal.SIGTERM, _leave)
    # A shell starts background jobs with SIGINT ignored, which is inherited: what is started from here must hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
