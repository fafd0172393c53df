"""Import steps of a merchant's own jobs, on single feed files under Impex/src. Source: B2C tooling SDK, job step data.

Parameters: WorkingFolder, FileNamePattern, ImportMode (Merge), ImportFailedHandling (WARN), AfterImportFileHandling (Archive),
NoFilesFoundHandling (NO_FILES_FOUND), ArchiveFolder (archive); ImportContent and ImportCustomObjects also take SiteID. A value
`"${Name}"` is the request's parameter of that name.
"""

import gzip
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.sfcc.impex_schema import CATALOG_NS, CUSTOMOBJECT_NS, LIBRARY_NS, PRICEBOOK_NS
from sandbox.sfcc.importers.feed_importer import JobContext, import_feed
from sandbox.sfcc.object_merge import Mode

_STEPS = {
    "ImportCatalog": CATALOG_NS,
    "ImportPriceBook": PRICEBOOK_NS,
    "ImportContent": LIBRARY_NS,
    "ImportCustomObjects": CUSTOMOBJECT_NS,
}
_MODES: dict[str, Mode] = {"Merge": "MERGE", "Update": "UPDATE", "Replace": "REPLACE", "Delete": "DELETE"}

SEVERITY = ("OK", "NO_FILES_FOUND", "WARN", "ERROR")
"""Exit codes of steps, the worst last. Only ERROR ends a job; with any other the job goes on and ends well."""


class StepResult(NamedTuple):
    """A step that has ended: its `id` or else its type, its type, and its exit code, one of SEVERITY."""

    id: str
    type: str
    code: str


def run_steps(job: JobContext, steps: list[dict[str, Any]], parameters: Mapping[str, str]) -> list[StepResult]:
    """Run a job's steps in turn; an ERROR ends the job. Steps that import nothing (scripts, indexing) do nothing."""
    results: list[StepResult] = []
    for step in steps:
        settings = {key: _filled(value, parameters) for key, value in step.items()}
        type_ = settings.get("type", "")
        code = _import_files(job, settings) if type_ in _STEPS else "OK"
        results.append(StepResult(settings.get("id", type_), type_, code))
        if code == "ERROR":
            break
    return results


def _filled(value: Any, parameters: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda m: parameters.get(m[1], ""), str(value))


def _import_files(job: JobContext, step: dict[str, str]) -> str:
    """Import what matches; returns the step's exit code.

    ImportFailedHandling is the code if a file can't be read or an object has a data error; NoFilesFoundHandling, if no file
    matches.
    """
    mode = _MODES.get(step.get("ImportMode", "Merge").capitalize())
    if mode is None:
        message = f"ImportMode '{step['ImportMode']}' is none of {', '.join(_MODES)}"
        job.log.write("process_error", file=step["type"], message=message)
        return "ERROR"
    source = job.settings.webdav / "Impex" / "src" / step.get("WorkingFolder", "").removeprefix("/").removeprefix("src/")
    pattern = re.compile(step.get("FileNamePattern") or ".*")
    matching = sorted(p for p in source.iterdir() if p.is_file() and pattern.fullmatch(p.name)) if source.is_dir() else []
    job.log.write("import_started")
    if not matching:
        return _nothing_found(job, step, pattern.pattern)
    errors, warnings, unread = job.log.errors, job.log.warnings, 0
    for path in matching:
        imported = import_feed(job, path, path.name, mode=mode, site=step.get("SiteID", ""), only=_STEPS[step["type"]])
        unread += not imported
        if imported or step.get("ImportFailedHandling") != "ERROR":
            _put_away(job, path, step)
    entry = "import_failed" if unread else "import_finished"
    job.log.write(entry, errors=job.log.errors - errors, warnings=job.log.warnings - warnings)
    return step.get("ImportFailedHandling", "WARN") if unread or job.log.errors > errors else "OK"


def _nothing_found(job: JobContext, step: Mapping[str, str], pattern: str) -> str:
    code = step.get("NoFilesFoundHandling", "NO_FILES_FOUND")
    entry = "process_error" if code == "ERROR" else "noted"
    job.log.write(entry, file=step["type"], message=f"no file matches '{pattern}'")
    return code


def _put_away(job: JobContext, path: Path, step: Mapping[str, str]) -> None:
    handling = step.get("AfterImportFileHandling", "Archive")
    if handling == "Keep":
        return
    if handling == "Delete":
        path.unlink()
        return
    folder = job.settings.webdav / "Impex" / step.get("ArchiveFolder", "archive").removeprefix("IMPEX/")
    if handling == "Archive In Subfolders":
        folder /= datetime.now(UTC).strftime("%Y-%m-%d")  # assumption: a folder a day, named so
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists() and handling != "Archive Overwrite Existing":
        target = folder / f"{path.stem}-{job.work.name}{path.suffix}"
    if handling == "Archive Zipped":
        with path.open("rb") as source, gzip.open(target.with_name(f"{target.name}.gz"), "wb") as out:
            shutil.copyfileobj(source, out)
        path.unlink()
    else:
        path.replace(target)
