"""Site archives on their way: import (upload, job, log) and export (job, download).

Belongs here: the system jobs `sfcc-site-archive-import` and `sfcc-site-archive-export`. Doesn't: what an archive holds
(`sfcc_resources.archive`), what its log means for its objects (`sfcc_resources.verdicts`).
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from sfcc_resources import log_wording
from sfcc_resources.delivery import job_executions, webdav
from sfcc_resources.delivery.delivery_port import Tell
from sfcc_resources.delivery.job_executions import Execution
from sfcc_resources.delivery.sfcc_answers import MIB
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import ALREADY_RUNNING, SfccError, SfccPermanentError, SfccTransientError
from sfcc_resources.redaction import hide_in_file, one_line

IMPORT: Final = "sfcc-site-archive-import"
EXPORT: Final = "sfcc-site-archive-export"

_FOLDER: Final = "Impex/src/instance/"
_STARTS: Final = 3  # tries of a start whose answer was lost
_LOGS: Final = 4  # tries of a log that isn't there yet or that ends too soon
_LOG_BYTES: Final = 1024 * MIB
_LOOKED_AT: Final = 200  # of the latest executions; the most that OCAPI gives at once


def deliver(
    client: Client,
    archive: Path,
    *,
    on_progress: Tell = lambda _: None,
    log: Path | None = None,
    resume: bool = False,
    delete_after: bool = False,
    busy_limit: float = 3600.0,
    busy_pause: float = 5.0,
    limit: float = 6 * 3600.0,
) -> Execution:
    """Uploads a site archive, imports it and fetches the log to `log` (default: beside the archive); `Execution.log` is None
    without one.

    `resume`: an execution for this file's name that SFCC knows already is followed instead of sending again (after a crash).
    `delete_after`: the uploaded file is deleted when the job has ended with OK. Whether anything was *imported* only the log
    tells.

    Raises SfccPermanentError (credentials, permissions, refused requests) or SfccTransientError (out of reach, busy beyond
    `busy_limit` seconds, not done after `limit` seconds); after either, `resume` finds an execution that was started.
    """
    known = executions_of(client, archive.name)
    if resume and known:
        execution = known[0]
        on_progress(f"{archive.name}: following execution {execution.id}, which SFCC knows already")
    else:
        on_progress(f"{archive.name}: uploading {archive.stat().st_size:,} bytes")
        webdav.put(client, _FOLDER + archive.name, archive)
        seen = {earlier.id for earlier in known}
        execution = _start(client, archive.name, seen, on_progress, busy_limit=busy_limit, busy_pause=busy_pause)
    execution = job_executions.follow(client, execution, on_progress=on_progress, limit=limit)
    execution = _with_log(client, execution, log or archive.with_name(archive.name + ".log"))
    if delete_after and execution.ok:
        try:
            webdav.delete(client, _FOLDER + archive.name)
        except SfccError as error:  # it is imported all the same
            on_progress(f"{archive.name}: stays in {_FOLDER}, it could not be deleted ({error})")
    return execution


def executions_of(client: Client, file_name: str) -> list[Execution]:
    """Executions of the import job for an archive's file name, newest first."""
    executions = job_executions.search(client, IMPORT, count=_LOOKED_AT)
    return [execution for execution in executions if file_name in execution.parameters.values()]


def _start(
    client: Client, file_name: str, seen: set[str], on_progress: Tell, *, busy_limit: float, busy_pause: float
) -> Execution:
    """Starts the import once: when the answer to a start is lost, SFCC is asked whether it runs before it is started again."""
    for attempt in range(1, _STARTS + 1):
        try:
            return _start_import(client, file_name, on_progress, busy_limit=busy_limit, busy_pause=busy_pause)
        except SfccTransientError as error:
            if error.fault == ALREADY_RUNNING:
                raise
            time.sleep(busy_pause)  # SFCC may be about to start it
            started = [execution for execution in executions_of(client, file_name) if execution.id not in seen]
            if started:
                return started[0]
            if attempt == _STARTS:
                raise
            on_progress(f"{file_name}: trying again to start the import ({error})")
    raise AssertionError("unreachable: the last attempt returns or raises")


def _start_import(client: Client, file_name: str, on_progress: Tell, *, busy_limit: float, busy_pause: float) -> Execution:
    try:
        body: dict[str, Any] = {"file_name": file_name}
        return job_executions.start(client, IMPORT, body, on_progress=on_progress, busy_limit=busy_limit, busy_pause=busy_pause)
    except SfccError as error:
        if error.fault != "UnknownPropertyException":  # instances of before 2019 take it as a parameter
            raise
    body = {"parameters": [{"name": "ImportFile", "value": file_name}]}
    return job_executions.start(client, IMPORT, body, on_progress=on_progress, busy_limit=busy_limit, busy_pause=busy_pause)


def _with_log(client: Client, execution: Execution, target: Path) -> Execution:
    """The execution with its log, if SFCC has one.

    A log may appear, or get its last lines, a little after the job's end. So it is asked for again a few times, and one that has
    no total is taken as it is only when it doesn't grow any more (an import of static files alone counts nothing).
    """
    size: int | None = None
    for attempt in range(_LOGS):
        if attempt:
            time.sleep(client.instance.backoff * 2 ** (attempt - 1))
            execution = execution if execution.has_log else job_executions.status(client, execution.job_id, execution.id)
        if fetch_log(client, execution, target):
            before, size = size, target.stat().st_size
            if size == before or log_wording.read(target).complete:
                break
    return execution if size is None else replace(execution, log=target)


def fetch_log(client: Client, execution: Execution, target: Path) -> bool:
    """Downloads an execution's log, secrets in it hidden. False if SFCC has none."""
    places = []
    if execution.log_file_path:
        places.append(execution.log_file_path.removeprefix("/").removeprefix("Sites/"))
    if execution.log_file_name:
        places.append(f"Impex/log/{execution.log_file_name}")
    there = execution.has_log and any(webdav.get(client, place, target, max_bytes=_LOG_BYTES) for place in places)
    if there:
        hide_in_file(target, client.secrets)
    return there


def remove(client: Client, file_name: str) -> bool:
    """Deletes an archive in the instance's folder of imports and exports. False if there was none."""
    return webdav.delete(client, _FOLDER + file_name)


def export(
    client: Client,
    file_name: str,
    data_units: Mapping[str, Any],
    target: Path,
    *,
    on_progress: Tell = lambda _: None,
    limit: float = 6 * 3600.0,
) -> Execution:
    """Exports `data_units` (OCAPI's, e.g. {"catalogs": {"all": True}}) as a site archive and downloads it to `target`; `limit`:
    seconds that the job may take.

    Raises SfccPermanentError when the job fails or leaves no archive.
    """
    try:
        execution = job_executions.start(
            client, EXPORT, {"export_file": file_name, "data_units": data_units}, on_progress=on_progress
        )
    except SfccError as error:
        if error.fault != "UnknownPropertyException":
            raise
        units = orjson.dumps(data_units).decode()
        parameters = [{"name": "ExportFile", "value": file_name}, {"name": "DataUnits", "value": units}]
        execution = job_executions.start(client, EXPORT, {"parameters": parameters}, on_progress=on_progress)
    execution = job_executions.follow(client, execution, on_progress=on_progress, limit=limit)
    if not execution.ok or not webdav.get(client, _FOLDER + file_name, target):
        raise SfccPermanentError(
            f"SFCC's export to {file_name} ended {execution.execution_status} {execution.exit_code} without an archive: "
            f"{one_line(execution.exit_message, client.secrets) or 'see its log in Business Manager'}"
        )
    return execution
