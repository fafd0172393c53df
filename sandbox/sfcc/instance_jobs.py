"""Jobs: their executions (kept in SQLite), the thread that runs one, and what each known job does.

Known are the two system jobs and those of `instance.json`, `"jobs": {"<job id>": [step, ...]}`, where a step is
`{"type": "ImportCatalog" | "ImportPriceBook" | "ImportContent" | "ImportCustomObjects" | "ExecuteScriptModule", ...}`,
with the parameters of SFCC's steps (see `import_steps`). Source: B2C tooling SDK, job execution and its system jobs.
"""

import logging
import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from sandbox.sfcc.archive_exporter import KNOWN_UNITS, export_site_archive
from sandbox.sfcc.archive_importer import import_site_archive
from sandbox.sfcc.import_log_writer import JobLog
from sandbox.sfcc.import_steps import SEVERITY, StepResult, run_steps
from sandbox.sfcc.importers.feed_importer import JobContext
from sandbox.sfcc.instance_faults import Aborted, Faults
from sandbox.sfcc.instance_settings import Settings, configuration
from sandbox.sfcc.instance_state import Store

logger = logging.getLogger(__name__)

Execution = dict[str, Any]

IMPORT_JOB = "sfcc-site-archive-import"
EXPORT_JOB = "sfcc-site-archive-export"
PARAMETER_LENGTH = 1_000


class Outcome(NamedTuple):
    """How a job ended: OK, NO_FILES_FOUND, WARN, ERROR or ABORTED; the results of a merchant's own steps."""

    code: str
    message: str = ""
    steps: Sequence[StepResult] = ()


Work = Callable[[JobContext], list[StepResult] | None]


class JobFault(Exception):  # noqa: N818 - OCAPI's word
    """A refusal in OCAPI's form: HTTP status, fault type, message, arguments."""

    def __init__(self, status: int, type_: str, message: str, **arguments: str) -> None:
        super().__init__(message)
        self.status, self.type, self.message, self.arguments = status, type_, message, arguments


class Executions:
    """Job executions, newest last; safe for several threads. What was running when the process died is aborted on opening."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.execute("CREATE TABLE IF NOT EXISTS executions (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)")
        for execution in self.all():
            if execution["execution_status"] == "running":
                self.put(ended(execution, Outcome("ABORTED", "the instance was stopped while the job ran")))

    def put(self, execution: Execution) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO executions (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body=excluded.body",
                (execution["id"], orjson.dumps(execution)),
            )

    def get(self, id_: str) -> Execution | None:
        with self._lock:
            row = self._db.execute("SELECT body FROM executions WHERE id=?", (id_,)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def delete(self, id_: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM executions WHERE id=?", (id_,))

    def all(self) -> list[Execution]:
        with self._lock:
            rows = self._db.execute("SELECT body FROM executions ORDER BY number").fetchall()
        return [orjson.loads(row[0]) for row in rows]

    def clear(self) -> None:
        with self._lock:
            self._db.execute("DELETE FROM executions")

    def load(self, path: Path) -> None:
        """Replace all executions by those of another file."""
        with self._lock, closing(sqlite3.connect(path)) as other:
            other.backup(self._db)

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ended(execution: Execution, outcome: Outcome) -> Execution:
    """The execution as it stays."""
    end = _now()
    started = datetime.fromisoformat(execution["start_time"])
    times = {
        "end_time": end,
        "modification_time": end,
        "duration": int((datetime.fromisoformat(end) - started).total_seconds() * 1000),
    }

    def final(code: str, message: str = "") -> dict[str, Any]:
        return {
            "execution_status": "aborted" if code == "ABORTED" else "finished",
            "status": code,
            "exit_status": {"code": code, "message": message, "status": "error" if code in ("ERROR", "ABORTED") else "ok"},
            **times,
        }

    (running,) = execution["step_executions"]
    whole = final(outcome.code, outcome.message)
    steps = [
        {**running, "id": secrets.token_hex(12), "step_id": step.id, "step_type_id": step.type, **final(step.code)}
        for step in outcome.steps
    ]
    return {**execution, **whole, "step_executions": steps or [{**running, **whole}]}


def pending(execution: Execution) -> Execution:
    """The execution as the answer to its start shows it: pending, without a log. Source: OCAPI system jobs.

    Only that answer does: sfcc-ci takes PENDING in any later one for the end of the job.
    """
    state = {"execution_status": "pending", "status": "PENDING"}
    steps = [{**step, **state} for step in execution["step_executions"]]
    return {**execution, **state, "step_executions": steps}


class Jobs:
    """Starts jobs, one at a time per job id, each in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.executions = Executions(settings.executions)
        self._lock = threading.Lock()
        self._running: dict[str, threading.Thread] = {}
        self._stop = threading.Event()

    def start(self, job_id: str, body: Any, client_id: str) -> Execution:
        """Start a job; returns its execution, still pending. Raises JobFault."""
        work, parameters = self._work_of(job_id, body)
        with self._lock:
            if job_id in self._running or Faults(self._settings.root).take_busy_answer():
                raise JobFault(400, "JobAlreadyRunningException", f"The job '{job_id}' is already running.", jobId=job_id)
            execution = self._new(job_id, parameters, client_id)
            self.executions.put(execution)
            thread = threading.Thread(target=self._run, args=(execution, work), name=job_id, daemon=True)
            self._running[job_id] = thread
            thread.start()
        return pending(execution)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """No job runs, and none starts for the block. Raises JobFault if one runs."""
        with self._lock:
            if self._running:
                raise JobFault(409, "JobRunningException", f"The job '{next(iter(self._running))}' is running.")
            yield

    def stop(self, seconds: float = 10) -> None:
        """Tell running jobs to stop, wait for them, close the store of executions."""
        self._stop.set()
        with self._lock:
            threads = list(self._running.values())
        for thread in threads:
            thread.join(seconds)
        self.executions.close()

    def _work_of(self, job_id: str, body: Any) -> tuple[Work, list[dict[str, str]]]:
        """What the job will do with this request's body, and the parameters its execution shows."""
        if not isinstance(body, dict):
            raise JobFault(400, "MalformedRequestException", "The request body is not a JSON object.")
        parameters = _parameters(body)
        if Faults(self._settings.root).parameters_only:
            _only(body)
        if job_id == IMPORT_JOB:
            return self._import_of(body, parameters)
        if job_id == EXPORT_JOB:
            return self._export_of(body, parameters)
        steps = configuration(self._settings).jobs.get(job_id)
        if steps is None:
            raise JobFault(404, "JobNotFoundException", f"No job with ID '{job_id}' was found.", jobId=job_id)
        _only(body)
        return partial(run_steps, steps=steps, parameters=parameters), _shown(parameters)

    def _import_of(self, body: dict[str, Any], parameters: dict[str, str]) -> tuple[Work, list[dict[str, str]]]:
        file = _only(body, "file_name", "mode") or parameters.get("ImportFile")
        if not file:
            raise JobFault(
                400, "JobInvalidException", "The job needs the file to import: 'file_name', or parameter 'ImportFile'."
            )
        mode = str(body.get("mode") or parameters.get("ImportMode") or "merge")
        if mode.lower() != "merge":
            # Assumption: the fault. That the job takes no other mode: B2C tooling SDK.
            raise JobFault(400, "JobInvalidException", f"The job imports archives in mode 'merge' only, not '{mode}'.")
        archive = _inside(self._settings.webdav / "Impex/src/instance", file)
        return partial(import_site_archive, archive=archive), _shown({"ImportMode": "merge", "ImportFile": file})

    def _export_of(self, body: dict[str, Any], parameters: dict[str, str]) -> tuple[Work, list[dict[str, str]]]:
        file = _only(body, "export_file", "data_units") or parameters.get("ExportFile")
        units = body.get("data_units") if "data_units" in body else _loaded(parameters.get("DataUnits", "{}"))
        if not file or not isinstance(units, dict):
            raise JobFault(400, "JobInvalidException", "The job needs 'export_file' and 'data_units'.")
        for unit, parts in units.items():
            if unit not in KNOWN_UNITS:
                raise JobFault(400, "UnknownPropertyException", f"The property '{unit}' of data_units is unknown.", property=unit)
            if not isinstance(parts, dict | bool):
                message = f"'{unit}' of data_units is neither true nor an object of ids or parts."
                raise JobFault(400, "MalformedRequestException", message)
        name = file if file.endswith(".zip") else f"{file}.zip"
        target = _inside(self._settings.webdav / "Impex/src/instance", name)
        return partial(export_site_archive, archive=target, units=units), _shown({"ExportFile": name})

    def _new(self, job_id: str, parameters: list[dict[str, str]], client_id: str) -> Execution:
        now, id_ = _now(), secrets.token_hex(12)
        state = {"execution_status": "running", "status": "RUNNING", "start_time": now, "modification_time": now}
        step = {
            "id": secrets.token_hex(12),
            "step_id": job_id,
            "step_type_id": job_id,
            "execution_scope": "Organization",
            **state,
        }
        return {
            "_v": "21.3",
            "_type": "job_execution",
            "id": id_,
            "job_id": job_id,
            "job_description": "",
            "client_id": client_id,
            "user_id": None,
            **state,
            "duration": 0,
            "parameters": parameters,
            "is_restart": False,
            "is_log_file_existing": False,
            "log_file_name": None,
            "log_file_path": None,
            "step_executions": [step],
        }

    def _run(self, execution: Execution, work: Work) -> None:
        try:
            execution = self._logged(execution)
            outcome = self._worked(execution, work)
        except Exception as error:
            logger.exception("job %s failed", execution["job_id"])
            outcome = Outcome("ERROR", f"{type(error).__name__}: {error}")
        with self._lock:
            self.executions.put(ended(execution, outcome))
            del self._running[execution["job_id"]]

    def _logged(self, execution: Execution) -> Execution:
        """Make the execution's log, which WebDAV shows in both of the places where clients look; returns the execution with it.

        Returns it without one where `faults.json` asks for that.
        """
        if Faults(self._settings.root).no_log:
            return execution
        job_id = execution["job_id"]
        name = f"Job-{job_id}-{datetime.now(UTC).strftime('%Y%m%d%H%M%S%f')}.log"
        logged = {"is_log_file_existing": True, "log_file_name": name, "log_file_path": f"/Sites/LOGS/jobs/{job_id}/{name}"}
        path = self._settings.webdav / "LOGS/jobs" / job_id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.link(path, self._settings.webdav / "Impex/log" / name)
        execution = {**execution, **logged}
        self.executions.put(execution)
        return execution

    def _worked(self, execution: Execution, work: Work) -> Outcome:
        """Run the job with its log."""
        with self._log(execution) as log, self._work_folder(execution) as folder, Store(self._settings.objects) as store:
            log.write("job_started", job=execution["job_id"], execution=execution["id"])
            self._stop.wait(self._settings.import_delay_ms / 1000)
            job = JobContext(self._settings, store, log, Faults(self._settings.root, self._stop), folder)
            try:
                outcome = _outcome(work(job), failed=job.failed)
            except Aborted:
                store.commit()
                outcome = Outcome("ABORTED", "the job was stopped")
            except Exception as error:
                store.roll_back()
                log.write("process_error", file=execution["job_id"], message=f"{type(error).__name__}: {error}")
                raise
            log.write("job_finished", job=execution["job_id"], status=outcome.code)
        return outcome

    @contextmanager
    def _log(self, execution: Execution) -> Iterator[JobLog]:
        path = execution["log_file_path"] and self._settings.webdav / execution["log_file_path"].removeprefix("/Sites/")
        faults = Faults(self._settings.root)
        wording = {**self._settings.wording, **faults.log_wording}
        log = JobLog(path, self._settings.log_wording, wording, faults.log_ends_after)
        try:
            yield log
        finally:
            log.close()

    @contextmanager
    def _work_folder(self, execution: Execution) -> Iterator[Path]:
        folder = self._settings.root / "work" / execution["id"]
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _outcome(steps: list[StepResult] | None, *, failed: bool) -> Outcome:
    """Assumption: a job of several steps ends with the worst of their codes."""
    if steps is None:
        code = "ERROR" if failed else "OK"
    else:
        code = max((step.code for step in steps), key=SEVERITY.index, default="OK")
    return Outcome(code, "see the log" if code == "ERROR" else "", steps or ())


def _only(body: dict[str, Any], *properties: str) -> str | None:
    """The first of a body's own properties. Raises JobFault for an unknown one, as older instances answer to `file_name`.

    B2C tooling SDK starts the job again with parameters if the fault's arguments name the document.
    """
    for name in body:
        if name not in (*properties, "parameters"):
            message = f"The property '{name}' is unknown."
            raise JobFault(400, "UnknownPropertyException", message, document="job_execution_request", property=name)
    value = body.get(properties[0]) if properties else None
    return None if value is None else str(value)


def _parameters(body: dict[str, Any]) -> dict[str, str]:
    given = body.get("parameters") or []
    if not isinstance(given, list) or not all(isinstance(p, dict) and "name" in p for p in given):
        raise JobFault(400, "MalformedRequestException", "'parameters' is not a list of {name, value}.")
    parameters = {str(p["name"]): str(p.get("value", "")) for p in given}
    for name, value in parameters.items():
        if len(value) > PARAMETER_LENGTH:
            raise JobFault(
                400, "JobInvalidException", f"The value of parameter '{name}' has more than {PARAMETER_LENGTH} characters."
            )
    return parameters


def _loaded(text: str) -> Any:
    """A parameter's JSON, None for what is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _shown(parameters: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parameters.items()]


def _inside(folder: Path, name: str) -> Path:
    """A file directly in a folder; a name that is a path is refused."""
    if "/" in name or "\\" in name or name.startswith("."):
        raise JobFault(400, "JobInvalidException", f"'{name}' is not a file name; files are looked for in Impex/src/instance.")
    return folder / name
