"""`faults.json` of the instance's root: by it tests provoke what a real instance does only now and then.

It is read anew for each job and each request. Belongs here: the file, and what jobs ask of it. Doesn't: HTTP answers that it
changes (`provoked_answers`); what an instance does without being told.
"""

import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sandbox.sfcc.instance_settings import read_json
from sandbox.sfcc.instance_state import Store

FILE: Final = "faults.json"
_LOCK: Final = threading.Lock()


class Aborted(Exception):  # noqa: N818 - a state of the job, not a mistake
    """The job was told to stop."""


def given_faults(root: Path) -> dict[str, Any]:
    """The file's content, {} if there is none."""
    try:
        return read_json(root / FILE)
    except FileNotFoundError:
        return {}


@contextmanager
def counting_down(root: Path) -> Iterator[dict[str, Any]]:
    """The file's content to change, by one caller at a time; it is written back if it was changed."""
    with _LOCK:
        faults = given_faults(root)
        before = json.dumps(faults)
        yield faults
        if (after := json.dumps(faults)) != before:
            changed = root / f"{FILE}.new"
            changed.write_text(after, encoding="utf-8")
            changed.replace(root / FILE)


class Faults:
    """What the file asks of one job; absent in normal use. Keys, all optional:

    - refuse: {element type: [ids]}: a DATAERROR for these objects, nothing of them imported.
    - kill_after_objects: n: the server kills itself (SIGKILL) once n objects of a job are committed.
    - abort_after_objects: n: the job ends as `aborted` after n objects.
    - job_already_running: n: the next n starts of a job answer JobAlreadyRunningException; counted down in the file.
    - parameters_only: true: starts take nothing but `parameters`, as older instances do; `file_name` is an unknown property.
    - ok_over_malformed: true: files that can't be read don't change the job's status (sfcc-ci, issue 35).
    - no_log: true: no log file is written, the execution says so.
    - log_ends_after: n: the log breaks off in its line n + 1; the execution says nothing of it.
    - log_wording: {entry: text}: as `--log-wording-file`, for the jobs from now on; an entry whose text is null has no lines at
      all. Example: German errors without ids, no counts: {"data_error": "FEHLER: {message}", "processed_type": null}.
    - free_lines: [text]: lines of no known wording, which the log has at the beginning of each file.
    - answers: [rule]: HTTP answers, see `provoked_answers`.
    """

    def __init__(self, root: Path, stop: threading.Event | None = None) -> None:
        self._root = root
        self._stop = stop
        self._given: Mapping[str, Any] = given_faults(root)
        self._refused = {kind: frozenset(ids) for kind, ids in self._given.get("refuse", {}).items()}
        self._objects = 0

    @property
    def no_log(self) -> bool:
        return bool(self._given.get("no_log"))

    @property
    def parameters_only(self) -> bool:
        return bool(self._given.get("parameters_only"))

    @property
    def ok_over_malformed(self) -> bool:
        return bool(self._given.get("ok_over_malformed"))

    @property
    def log_ends_after(self) -> int | None:
        return self._given.get("log_ends_after")

    @property
    def log_wording(self) -> dict[str, str | None]:
        return dict(self._given.get("log_wording", {}))

    @property
    def free_lines(self) -> list[str]:
        return list(self._given.get("free_lines", ()))

    def refused(self, kind: str, id_: str) -> bool:
        return id_ in self._refused.get(kind, ())

    def take_busy_answer(self) -> bool:
        """True if this start of a job is to be refused as already running."""
        with counting_down(self._root) as faults:
            left = int(faults.get("job_already_running", 0))
            if left > 0:
                faults["job_already_running"] = left - 1
        return left > 0

    def object_done(self, store: Store) -> None:
        """Count one object of the job; raises Aborted where the file or a stop of the server asks for it."""
        self._objects += 1
        if self._stop is not None and self._stop.is_set():
            raise Aborted
        if self._objects == self._given.get("abort_after_objects"):
            store.commit()
            raise Aborted
        if self._objects == self._given.get("kill_after_objects"):
            store.commit()
            os.kill(os.getpid(), signal.SIGKILL)
