"""SFCC's jobs over the OCAPI Data API: start, wait while busy, follow, look up.

Belongs here: executions of any job. Doesn't: files of an import or export (`sitearchive`), what a log says
(`sfcc_resources.importlog`).

Source: OCAPI Data API, resources Jobs and JobExecutionSearch; faults as Salesforce's clients know them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_exponential, wait_random

from sfcc_resources.delivery.delivery_port import Tell
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import ALREADY_RUNNING, SfccError, SfccTransientError
from sfcc_resources.redaction import one_line

API: Final = "/s/-/dw/data/v25_6"


_DONE: Final = frozenset({"finished", "aborted"})
_UNDONE: Final = frozenset({"running", "pending"})  # execution statuses that stand in `status` before there is an exit code
_SUCCESSES: Final = frozenset({"OK", "WARN"})


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
    end_time: str
    log_file_path: str
    log_file_name: str
    has_log: bool
    parameters: Mapping[str, str]
    log: Path | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """From OCAPI's job_execution document. A field that is absent or of another shape is empty."""
        exit_status = body.get("exit_status")
        exit_status = exit_status if isinstance(exit_status, Mapping) else {}
        status = _word(body.get("status"))
        return cls(
            id=_word(body.get("id")),
            job_id=_word(body.get("job_id")),
            execution_status=(_word(body.get("execution_status")) or status or "unknown").lower(),
            exit_code=(_word(exit_status.get("code")) or ("" if status.lower() in _UNDONE else status)).upper(),
            exit_message=one_line(_text(exit_status.get("message"))),
            client_id=one_line(_text(body.get("client_id"))),
            start_time=one_line(_text(body.get("start_time"))),
            end_time=one_line(_text(body.get("end_time"))),
            log_file_path=_word(body.get("log_file_path")),
            log_file_name=_word(body.get("log_file_name")),
            has_log=body.get("is_log_file_existing") is True,
            parameters=_parameters(body),
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


def _text(value: object) -> str:
    """A text or number of a document as text; empty for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _word(value: object) -> str:
    """As `_text`; empty where it holds a line end or another character that isn't seen."""
    text = _text(value)
    return text if text.isprintable() else ""


def _parameters(body: Mapping[str, Any]) -> dict[str, str]:
    """Name -> value of an execution's parameters, and of what a system job takes as a property of its own."""
    listed = body.get("parameters")
    parameters = {
        _text(parameter.get("name")): _text(parameter.get("value"))
        for parameter in (listed if isinstance(listed, list) else [])
        if isinstance(parameter, Mapping)
    }
    return parameters | {name: _text(body[name]) for name in ("file_name", "export_file") if name in body}


def start(
    client: Client,
    job_id: str,
    body: Mapping[str, Any],
    *,
    on_progress: Tell = lambda _: None,
    busy_limit: float = 3600.0,
    busy_pause: float = 5.0,
) -> Execution:
    """Starts a job; while another execution of it runs, waits and tries again for up to `busy_limit` seconds, saying who waits.

    Raises SfccError with the fault ALREADY_RUNNING when the limit is over, and whatever else SFCC answers at once.
    """
    what = f"Starting SFCC's job {job_id}"

    def say(state: RetryCallState) -> None:
        pause = state.next_action.sleep if state.next_action is not None else 0.0
        on_progress(f"{job_id}: waiting {pause:.0f} s for {_running(client, job_id)}")

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, SfccError) and error.fault == ALREADY_RUNNING),
        wait=wait_exponential(multiplier=busy_pause, max=60.0) + wait_random(0, busy_pause),
        stop=stop_after_delay(busy_limit),
        before_sleep=say,
        reraise=True,
    )
    return retrying(lambda: _execution(what, client.document(what, "POST", _executions(job_id), json=dict(body))))


def _execution(what: str, body: Mapping[str, Any]) -> Execution:
    execution = Execution.of(body)
    if not execution.id:
        raise SfccTransientError(f"{what} failed: SFCC's answer names no execution (try again later).")
    return execution


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
    """The latest executions of a job, newest first; `count`: at most so many. A hit that is no execution is passed over."""
    query = {"term_query": {"fields": ["job_id"], "operator": "is", "values": [job_id]}}
    body = {"query": query, "sorts": [{"field": "start_time", "sort_order": "desc"}], "count": count, "select": "(**)"}
    what = f"Looking for executions of SFCC's job {job_id}"

    def once() -> list[Any]:
        result = client.document(what, "POST", f"{API}/job_execution_search", json=body, repeatable=True)
        hits = result.get("hits", [] if result.get("total", result.get("count")) == 0 else None)
        if not isinstance(hits, list):
            raise SfccTransientError(f"{what} failed: SFCC's answer holds no list of executions (try again later).")
        return hits

    executions = [Execution.of(hit) for hit in client.tried(once) if isinstance(hit, Mapping)]
    return [execution for execution in executions if execution.id]


def _executions(job_id: str) -> str:
    return f"{API}/jobs/{job_id}/executions"
