"""`faults.json` of the instance's root: by it tests provoke what a real instance does only now and then.

It is read anew for each job. What an instance does without being told belongs elsewhere.
"""

import json
import os
import signal
import threading
from pathlib import Path

from sandbox.sfcc.instance_settings import read_json
from sandbox.sfcc.instance_state import Store


class Aborted(Exception):  # noqa: N818 - a state of the job, not a mistake
    """The job was told to stop."""


class Faults:
    """`faults.json` of the root, for tests of clients; absent in normal use. Keys, all optional:

    - refuse: {element type: [ids]}: a DATAERROR for these objects, nothing of them imported.
    - kill_after_objects: n: the server kills itself (SIGKILL) once n objects of a job are committed.
    - abort_after_objects: n: the job ends as `aborted` after n objects.
    - job_already_running: n: the next n starts of a job answer JobAlreadyRunningException; counted down in the file.
    - no_log: true: no log file is written, the execution says so.
    """

    def __init__(self, root: Path, stop: threading.Event | None = None) -> None:
        self._path = root / "faults.json"
        self._stop = stop
        given = read_json(self._path) if self._path.exists() else {}
        self._given = given
        self._refused = {kind: frozenset(ids) for kind, ids in given.get("refuse", {}).items()}
        self._objects = 0

    @property
    def no_log(self) -> bool:
        return bool(self._given.get("no_log"))

    def refused(self, kind: str, id_: str) -> bool:
        return id_ in self._refused.get(kind, ())

    def take_busy_answer(self) -> bool:
        """True if this start of a job is to be refused as already running."""
        left = int(self._given.get("job_already_running", 0))
        if left > 0:
            self._path.write_text(json.dumps({**self._given, "job_already_running": left - 1}), encoding="utf-8")
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
