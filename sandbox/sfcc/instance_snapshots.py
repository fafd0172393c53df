"""Reset, snapshots and restores of an instance, for tests of clients that meet a new or an older one.

Over HTTP, outside of SFCC's own paths and without a token:

- POST /sandbox/reset: the instance is as new.
- POST /sandbox/snapshot/NAME: keeps the instance as it is now, over an older snapshot of that name.
- POST /sandbox/restore/NAME: brings that state back, as a backup that is restored.

What goes and comes back: all objects (catalogs, price books, libraries, definitions, preferences, sites), all of WebDAV (static
files, logs, archives) and the executions of jobs. What stays: instance.json, faults.json, the key of tokens, certificates, and
the snapshots themselves. Refused while a job runs.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sandbox.sfcc.instance_jobs import JobFault, Jobs
from sandbox.sfcc.instance_settings import Settings


def reset(settings: Settings, jobs: Jobs) -> None:
    """Empty the instance. Raises JobFault while a job runs."""
    with jobs.at_rest():
        shutil.rmtree(settings.webdav)
        for file in settings.root.glob(f"{settings.objects.name}*"):
            file.unlink()
        jobs.executions.clear()
        settings.prepare()


def take_snapshot(settings: Settings, jobs: Jobs, name: str) -> None:
    """Keep the instance's state. Raises JobFault while a job runs, or for a name that is no plain word."""
    folder = _folder(settings, name)
    partial = folder.with_name(f"{name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    with jobs.at_rest():
        shutil.copytree(settings.webdav, partial / "webdav")
        _copy(settings.objects, partial / settings.objects.name)
        _copy(settings.executions, partial / settings.executions.name)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def restore_snapshot(settings: Settings, jobs: Jobs, name: str) -> None:
    """Bring a state back. Raises JobFault while a job runs, or if there is no such snapshot."""
    folder = _folder(settings, name)
    if not folder.is_dir():
        raise JobFault(404, "SnapshotNotFoundException", f"There is no snapshot '{name}'.")
    with jobs.at_rest():
        shutil.rmtree(settings.webdav)
        shutil.copytree(folder / "webdav", settings.webdav)
        _copy(folder / settings.objects.name, settings.objects)
        jobs.executions.load(folder / settings.executions.name)


def _folder(settings: Settings, name: str) -> Path:
    if not re.fullmatch(r"[\w-]{1,100}", name):
        raise JobFault(400, "SnapshotNameException", "A snapshot's name has letters, digits, '_' and '-'.")
    return settings.root / "snapshots" / name


def _copy(source: Path, target: Path) -> None:
    """A whole SQLite database, over the target's."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
