"""SFCC's jobs over the OCAPI Data API: start, wait while busy, follow, look up.

Belongs here: executions of any job. Doesn't: files of an import or export (`archive_transfer`), what a log says
(`sfcc_resources.log_wording`).

Source: OCAPI Data API, resources Jobs and JobExecutionSearch; faults as Salesforce's clients know them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Self

import msgspec
from msgspec import Meta, Struct
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_exponential, wait_random

from sfcc_resources.delivery.delivery_port import Tell
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import ALREADY_RUNNING, SfccAnswerError, SfccError, SfccTransientError
from sfcc_resources.redaction import one_line

API: Final = "/s/-/dw/data/v25_6"

_DONE: Final = frozenset({"finished", "aborted"})
_UNDONE: Final = frozenset({"running", "pending"})  # execution statuses that stand in `status` before there is an exit code
_SUCCESSES: Final = frozenset({"OK", "WARN"})


_Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*\Z")]
"""A text of one line; it holds no character that isn't seen."""


class _ExitStatus(Struct):
    code: _Name | None = None
    message: str | None = None


class _Parameter(Struct):
    name: str
    value: str | None = None


class _Document(Struct):
    """OCAPI's job_execution, as far as the connector relies on it; `file_name` and `export_file` are those of system jobs."""

    id: Annotated[_Name, Meta(min_length=1)]
    job_id: _Name | None = None
    execution_status: _Name | None = None
    status: _Name | None = None
    exit_status: _ExitStatus | None = None
    client_id: str | None = None
    start_time: str | None = None
    log_file_path: _Name | None = None
    log_file_name: _Name | None = None
    is_log_file_existing: bool | None = None
    parameters: list[_Parameter] | None = None
    file_name: str | None = None
    export_file: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a job. `execution_status`: pending, running, finished, aborted ...; `exit_code`: OK, WARN, ERROR ... or empty;
    `log`: its fetched log."""

    id: str
    job_id: str
    execution_status: str
    exit_code: str
    exit_message: str
    client_id: str
    start_time: str
    log_file_path: str
    log_file_name: str
    has_log: bool
    parameters: Mapping[str, str]
    log: Path | None = None

    @classmethod
    def of(cls, body: Any) -> Self:
        """From OCAPI's job_execution document. Raises msgspec.ValidationError for a document of another shape."""
        document = msgspec.convert(body, _Document)
        exit_status = document.exit_status or _ExitStatus()
        status = document.status or ""
        parameters = {parameter.name: parameter.value or "" for parameter in document.parameters or ()}
        own = {"file_name": document.file_name, "export_file": document.export_file}
        return cls(
            id=document.id,
            job_id=document.job_id or "",
            execution_status=(document.execution_status or status or "unknown").lower(),
            exit_code=(exit_status.code or ("" if status.lower() in _UNDONE else status)).upper(),
            exit_message=one_line(exit_status.message or ""),
            client_id=one_line(document.client_id or ""),
            start_time=one_line(document.start_time or ""),
            log_file_path=document.log_file_path or "",
            log_file_name=document.log_file_name or "",
            has_log=document.is_log_file_existing is True,
            parameters=parameters | {name: value for name, value in own.items() if value is not None},
        )

    @property
    def done(self) -> bool:
        """It runs no more, well or not."""
        return self.execution_status in _DONE

    @property
    def aborted(self) -> bool:
        """It runs no more and did not come to its end."""
        return self.execution_status == "aborted"

    @property
    def ok(self) -> bool:
        """It finished with the status OK or WARN, which is a success with words."""
        return self.execution_status == "finished" and self.exit_code in _SUCCESSES


def start(
    client: Client,
    job_id: str,
    body: Mapping[str, Any],
    *,
    on_progress: Tell = lambda _: None,
    busy_limit: float = 3600.0,
    busy_pause: float = 5.0,
) -> Execution:
    """Starts a job; while another execution of it runs, waits and tries again for up to `busy_limit` seconds, and says once for
    whom, and again where that has become another one.

    Raises SfccError with the fault ALREADY_RUNNING when the limit is over, and whatever else SFCC answers at once.
    """
    what = f"Starting SFCC's job {job_id}"

    said = set[str]()

    def say(_: RetryCallState) -> None:
        sentence = f"{job_id}: waiting for {_running(client, job_id)}"
        if sentence not in said:
            on_progress(sentence)
            said.add(sentence)

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, SfccError) and error.fault == ALREADY_RUNNING),
        wait=wait_exponential(multiplier=busy_pause, max=60.0) + wait_random(0, busy_pause),
        stop=stop_after_delay(busy_limit),
        before_sleep=say,
        reraise=True,
    )
    return retrying(lambda: _execution(what, client.document(what, "POST", _executions(job_id), json=dict(body))))


def _execution(what: str, body: Any) -> Execution:
    """The execution of a document. Raises SfccAnswerError for a document of another shape."""
    try:
        return Execution.of(body)
    except msgspec.ValidationError as error:
        why = one_line(str(error))
        raise SfccAnswerError(
            f"{what} failed: SFCC's answer describes an execution otherwise than OCAPI does ({why}; try again later)."
        ) from error


def _running(client: Client, job_id: str) -> str:
    """Who holds the job, as far as SFCC tells."""
    try:
        running = next((execution for execution in search(client, job_id) if not execution.done), None)
    except SfccError:
        running = None
    if running is None:
        return "another execution, which SFCC doesn't tell of"
    who, since = running.client_id or "an unnamed client", running.start_time or "an unknown time"
    return f"execution {running.id} of {who}, running since {since}"


def status(client: Client, job_id: str, execution_id: str) -> Execution:
    """An execution as it is now."""
    what = f"Asking for execution {execution_id} of SFCC's job {job_id}"
    return client.tried(lambda: _execution(what, client.document(what, "GET", f"{_executions(job_id)}/{execution_id}")))


def follow(
    client: Client,
    execution: Execution,
    *,
    on_progress: Tell = lambda _: None,
    limit: float = 6 * 3600.0,
    pause: float = 0.2,
    longest_pause: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Execution:
    """Waits until an execution is done, asking ever more seldom. Raises SfccTransientError after `limit` seconds: it may still
    run."""
    end = clock() + limit
    said = ""
    while not execution.done:
        if execution.execution_status != said:
            said = execution.execution_status
            on_progress(f"{execution.job_id}: execution {execution.id} is {said}")
        if clock() >= end:
            raise SfccTransientError(
                f"Execution {execution.id} of SFCC's job {execution.job_id} is still {said} after {limit:.0f} s; "
                "look it up in Business Manager."
            )
        sleep(pause)
        pause = min(pause * 1.5, longest_pause)
        execution = status(client, execution.job_id, execution.id)
    on_progress(f"{execution.job_id}: execution {execution.id} ended {execution.execution_status} {execution.exit_code}".rstrip())
    return execution


def search(client: Client, job_id: str, *, count: int = 50) -> list[Execution]:
    """The latest executions of a job, newest first; `count`: at most so many.

    Raises SfccError; SfccAnswerError where one of the hits is no execution: it might be the one that is looked for.
    """
    query = {"term_query": {"fields": ["job_id"], "operator": "is", "values": [job_id]}}
    body = {"query": query, "sorts": [{"field": "start_time", "sort_order": "desc"}], "count": count, "select": "(**)"}
    what = f"Looking for executions of SFCC's job {job_id}"

    def once() -> list[Execution]:
        result = client.document(what, "POST", f"{API}/job_execution_search", json=body, repeatable=True)
        hits = result.get("hits", [] if result.get("total", result.get("count")) == 0 else None)
        if not isinstance(hits, list):
            raise SfccAnswerError(f"{what} failed: SFCC's answer holds no list of executions (try again later).")
        return [_execution(what, hit) for hit in hits]

    return client.tried(once)


def _executions(job_id: str) -> str:
    return f"{API}/jobs/{job_id}/executions"
