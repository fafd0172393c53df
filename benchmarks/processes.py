"""The sandboxes and the connector as processes of their own, and what a connector's process used.

Belongs here: starting, measuring, stopping. Doesn't: what is compared with what (`__main__`).
"""

import json
import os
import re
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

REPOSITORY: Final = Path(__file__).parents[1]
COMMAND: Final = Path(sysconfig.get_path("scripts")) / "akeneo-sfcc"
CREDENTIAL: Final = "sandbox"  # client, secret, user and password of both sandboxes
READY: Final = re.compile(r"ready at (https?://\S+)")
START_SECONDS: Final = 1800.0
STOP_SECONDS: Final = 30.0

T = TypeVar("T")


class BenchmarkError(Exception):
    """One sentence: what failed, where to look."""


@dataclass(frozen=True)
class Usage:
    """What a process and its children used: CPU seconds (user and system), wall seconds, the largest one's resident MiB."""

    cpu: float
    wall: float
    peak: float


@contextmanager
def server(arguments: list[str], log: Path) -> Iterator[str]:
    """`akeneo-sfcc sandbox ARGUMENTS` until the block ends; yields its address. Raises BenchmarkError when it does not start."""
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches it through the end of the block alone.
        process = subprocess.Popen(
            [COMMAND, "sandbox", *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield _ready(process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        ended = process.poll() is not None
        if found := READY.search(log.read_text(errors="replace").rpartition("\n")[0]):
            return found[1]
        if ended:
            break
        time.sleep(0.1)
    raise BenchmarkError(f"A sandbox did not become ready: see {log}.")


def pim(catalog: str, folder: Path, *, latency_ms: int = 0) -> AbstractContextManager[str]:
    """A PIM with the catalogue, each answer at least so late; its state lies in `folder`, made there on first use."""
    arguments = ["pim", "--catalog", catalog, "--port", "0", "--state", str(folder / "pim.sqlite")]
    return server([*arguments, "--latency-ms", str(latency_ms)], folder / f"pim-{latency_ms}.log")


def sfcc(folder: Path, *more: str) -> AbstractContextManager[str]:
    """An SFCC instance with its state in `folder`; `more` are further arguments of its command."""
    return server(["sfcc", "--root", str(folder / "sfcc"), "--port", "0", *more], folder / "sfcc.log")


def environment(folder: Path, config: Path, pim_url: str, sfcc_url: str) -> dict[str, str]:
    """What the connector is started with: it sees the two sandboxes and writes below `folder` only.

    Its modules are kept compiled, as installing it does: compiling them anew would take each run a second.
    """
    kept_compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept_compiled | {
        "AKENEO_URL": pim_url,
        "AKENEO_CLIENT_ID": CREDENTIAL,
        "AKENEO_CLIENT_SECRET": CREDENTIAL,
        "AKENEO_USERNAME": CREDENTIAL,
        "AKENEO_PASSWORD": CREDENTIAL,
        "SFCC_URL": sfcc_url,
        "SFCC_LOGIN_URL": sfcc_url,
        "SFCC_CLIENT_ID": CREDENTIAL,
        "SFCC_CLIENT_SECRET": CREDENTIAL,
        "SFCC_CA_FILE": "",
        "CONNECTOR_STORE": str(folder / "store"),
        "CONNECTOR_CONFIG": str(config),
        "DAGSTER_HOME": str(folder / "dagster"),
    }


def without_images(folder: Path) -> Path:
    """The repository's connector.yaml without images, written to `folder`: their download, one call each, is job 2's matter."""
    settings = yaml.safe_load((REPOSITORY / "connector.yaml").read_text(encoding="utf-8"))
    settings["images"] = {"view_types": []}
    settings["attributes"]["exclude"] = {"attributes": ["image"]}
    config = folder / "connector.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return config


def apart(work: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """What `work` returns, done in a process of its own: a child's largest resident memory is never told below its parent's
    (Linux counts the moment between fork and exec), so that this process has to stay small."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **options).result()


def run_job(job: str, folder: Path, env: Mapping[str, str]) -> Usage:
    """`akeneo-sfcc run JOB`, its output and summary in `folder`. Raises BenchmarkError when SFCC did not take everything."""
    log = folder / f"job-{job}.log"
    command = [str(COMMAND), "run", job, "--summary", str(_summary(job, folder))]
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=folder)
    try:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise BenchmarkError(f"Job {job} ended with exit code {process.returncode}: see {log}.")
    return Usage(used.ru_utime + used.ru_stime, time.monotonic() - started, used.ru_maxrss / 1024)


def feeds(job: str, folder: Path) -> list[Path]:
    """The XML files that the last run of a job in `folder` has sent, as its summary names them."""
    return [folder / "store" / name for name in json.loads(_summary(job, folder).read_bytes())["xml"]]


def _summary(job: str, folder: Path) -> Path:
    return folder / f"summary-{job}.json"
