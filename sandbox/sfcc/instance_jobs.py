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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from sandbox.sfcc.archive_exporter import KNOWN_UNITS, export_site_archive
from sandbox.sfcc.archive_importer import import_site_archive
from sandbox.sfcc.import_log_writer import JobLog
from sandbox.sfcc.import_steps import run_steps
from sandbox.sfcc.importers.feed_importer import JobContext
from sandbox.sfcc.instance_faults import Aborted, Faults
from sandbox.sfcc.instance_settings import Settings, configuration
from sandbox.sfcc.instance_state import Store

logger = logging.getLogger(__name__)

Execution = dict[str, Any]

IMPORT_JOB = "sfcc-site-archive-import"
EXPORT_JOB = "sfcc-site-archive-export"
PARAMETER_LENGTH = 1_000


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
                self.put(ended(execution, "ABORTED", "the instance was stopped while the job ran"))

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

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ended(execution: Execution, status: str, message: str = "") -> Execution:
    """The execution with its final status: OK, ERROR or ABORTED."""
    end = _now()
    started = datetime.fromisoformat(execution["start_time"])
    exit_status = {"code": status, "message": message, "status": "ok" if status == "OK" else "error"}
    final = {
        "execution_status": "aborted" if status == "ABORTED" else "finished",
        "status": status,
        "exit_status": exit_status,
        "end_time": end,
        "modification_time": end,
        "duration": int((datetime.fromisoformat(end) - started).total_seconds() * 1000),
    }
    steps = [{**step, **final} for step in execution["step_executions"]]
    return {**execution, **final, "step_executions": steps}


class Jobs:
    """Starts jobs, one at a time per job id, each in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.executions = Executions(settings.executions)
        self._lock = threading.Lock()
        self._running: dict[str, threading.Thread] = {}
        self._stop = threading.Event()

    def start(self, job_id: str, body: Any, client_id: str) -> Execution:
        """Start a job; returns its execution as it stands then. Raises JobFault."""
        work, parameters = self._work_of(job_id, body)
        with self._lock:
            if job_id in self._running or Faults(self._settings.root).take_busy_answer():
                raise JobFault(400, "JobAlreadyRunningException", f"The job '{job_id}' is already running.", jobId=job_id)
            execution = self._new(job_id, parameters, client_id)
            self.executions.put(execution)
            thread = threading.Thread(target=self._run, args=(execution, work), name=job_id, daemon=True)
            self._running[job_id] = thread
            thread.start()
        return execution

    def stop(self, seconds: float = 10) -> None:
        """Tell running jobs to stop, wait for them, close the store of executions."""
        self._stop.set()
        with self._lock:
            threads = list(self._running.values())
        for thread in threads:
            thread.join(seconds)
        self.executions.close()

    def _work_of(self, job_id: str, body: Any) -> tuple[Callable[[JobContext], None], list[dict[str, str]]]:
        """What the job will do with this request's body, and the parameters its execution shows."""
        if not isinstance(body, dict):
            raise JobFault(400, "MalformedRequestException", "The request body is not a JSON object.")
        parameters = _parameters(body)
        if job_id == IMPORT_JOB:
            file = _only(body, "file_name") or parameters.get("ImportFile")
            if not file:
                raise JobFault(
                    400, "JobInvalidException", "The job needs the file to import: 'file_name', or parameter 'ImportFile'."
                )
            folder = self._settings.webdav / "Impex/src/instance"
            return partial(import_site_archive, archive=_inside(folder, file)), _shown({"ImportFile": file})
        if job_id == EXPORT_JOB:
            return self._export_of(body, parameters)
        steps = configuration(self._settings).jobs.get(job_id)
        if steps is None:
            raise JobFault(404, "JobNotFoundException", f"No job with ID '{job_id}' was found.", jobId=job_id)
        _only(body, "")
        return partial(run_steps, steps=steps, parameters=parameters), _shown(parameters)

    def _export_of(
        self, body: dict[str, Any], parameters: dict[str, str]
    ) -> tuple[Callable[[JobContext], None], list[dict[str, str]]]:
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
        log = f"Job-{job_id}-{datetime.now(UTC).strftime('%Y%m%d%H%M%S%f')}.log"
        logged = not Faults(self._settings.root).no_log
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
            "is_log_file_existing": logged,
            "log_file_name": log if logged else None,
            "log_file_path": f"/Sites/LOGS/jobs/{job_id}/{log}" if logged else None,
            "step_executions": [step],
        }

    def _run(self, execution: Execution, work: Callable[[JobContext], None]) -> None:
        try:
            status, message = self._worked(execution, work)
        except Exception as error:
            logger.exception("job %s failed", execution["job_id"])
            status, message = "ERROR", f"{type(error).__name__}: {error}"
        with self._lock:
            self.executions.put(ended(execution, status, message))
            del self._running[execution["job_id"]]

    def _worked(self, execution: Execution, work: Callable[[JobContext], None]) -> tuple[str, str]:
        """Run the job with its log; returns final status and message."""
        with self._log(execution) as log, self._work_folder(execution) as folder, Store(self._settings.objects) as store:
            log.write("job_started", job=execution["job_id"], execution=execution["id"])
            self._stop.wait(self._settings.import_delay_ms / 1000)
            try:
                work(JobContext(self._settings, store, log, Faults(self._settings.root, self._stop), folder))
                status, message = ("ERROR", "see the log") if log.failed else ("OK", "")
            except Aborted:
                store.commit()
                status, message = "ABORTED", "the job was stopped"
            except Exception as error:
                store.roll_back()
                log.write("process_error", file=execution["job_id"], message=f"{type(error).__name__}: {error}")
                raise
            log.write("job_finished", job=execution["job_id"], status=status)
        return status, message

    @contextmanager
    def _log(self, execution: Execution) -> Iterator[JobLog]:
        """The execution's log, which WebDAV shows in both of the places where clients look."""
        path = None
        if execution["is_log_file_existing"]:
            path = self._settings.webdav / execution["log_file_path"].removeprefix("/Sites/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            os.link(path, self._settings.webdav / "Impex/log" / execution["log_file_name"])
        log = JobLog(path, self._settings.log_wording, self._settings.wording)
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


def _only(body: dict[str, Any], *properties: str) -> str | None:
    """The first of a body's own properties. Raises JobFault for an unknown one, as older instances answer to `file_name`."""
    for name in body:
        if name not in (*properties, "parameters"):
            raise JobFault(400, "UnknownPropertyException", f"The property '{name}' is unknown.", property=name)
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
