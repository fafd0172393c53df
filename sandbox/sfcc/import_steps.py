"""Import steps of a merchant's own jobs, on single feed files under Impex/src. Source: B2C tooling SDK, job step data.

Parameters: WorkingFolder, FileNamePattern, ImportMode (Merge), ImportFailedHandling (WARN), AfterImportFileHandling (Archive),
NoFilesFoundHandling (NO_FILES_FOUND), ArchiveFolder (archive); ImportContent and ImportCustomObjects also take SiteID. A value
`"${Name}"` is the request's parameter of that name.
"""

import gzip
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def run_steps(job: JobContext, steps: list[dict[str, Any]], parameters: Mapping[str, str]) -> None:
    """Run a job's steps in turn; a step that fails ends the job. Steps that import nothing (scripts, indexing) do nothing."""
    for step in steps:
        settings = {key: _filled(value, parameters) for key, value in step.items()}
        if settings.get("type") in _STEPS:
            _import_files(job, settings)
        if job.log.failed:
            return


def _filled(value: Any, parameters: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda m: parameters.get(m[1], ""), str(value))


def _import_files(job: JobContext, step: dict[str, str]) -> None:
    mode = _MODES.get(step.get("ImportMode", "Merge").capitalize())
    if mode is None:
        message = f"ImportMode '{step['ImportMode']}' is none of {', '.join(_MODES)}"
        job.log.write("process_error", file=str(step["type"]), message=message)
        return
    source = job.settings.webdav / "Impex" / "src" / step.get("WorkingFolder", "").removeprefix("/").removeprefix("src/")
    pattern = re.compile(step.get("FileNamePattern") or ".*")
    found = sorted(p for p in source.iterdir() if p.is_file() and pattern.fullmatch(p.name)) if source.is_dir() else []
    job.log.write("import_started")
    if not found and step.get("NoFilesFoundHandling") == "ERROR":
        job.log.write("process_error", file=str(step["type"]), message=f"no file matches '{pattern.pattern}'")
    for path in found:
        imported = import_feed(job, path, path.name, mode=mode, site=step.get("SiteID", ""), only=_STEPS[step["type"]])
        if imported or step.get("ImportFailedHandling") != "ERROR":
            _put_away(job, path, step)
    failed = "import_failed" if job.log.failed else "import_finished"
    job.log.write(failed, errors=job.log.errors, warnings=job.log.warnings)


def _put_away(job: JobContext, path: Path, step: Mapping[str, str]) -> None:
    handling = step.get("AfterImportFileHandling", "Archive")
    if handling == "Keep":
        return
    if handling == "Delete":
        path.unlink()
        return
    folder = job.settings.webdav / "Impex" / step.get("ArchiveFolder", "archive").removeprefix("IMPEX/")
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
