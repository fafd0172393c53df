"""The log of a job execution: its wording, in one table, and the counts that go into it.

Source for phases and counts: SFCC help, import/export error handling. No document gives the wording of error lines: `WORDING` is
the named assumption, and `--log-wording FILE.json` replaces any of its entries.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

WORDING: dict[str, str] = {
    "line": "[{time} GMT] {message}",
    "job_started": "Executing job [{job}] [{execution}]",
    "import_started": "Starting Import",
    "file": "Importing file '{file}'",
    "phase_items": "Phase 1 - Items",
    "phase_relations": "Phase 2 - Relations",
    "processed_type": "Processed {count} {type} elements successfully",
    "processed_total": "Processed {count} total elements",
    "data_error": "DATAERROR [{type} '{id}' ({file}, line {line})]: {message}",
    "data_warning": "DATAWARNING [{type} '{id}' ({file}, line {line})]: {message}",
    "process_error": "ERROR [{file}]: {message}",
    "static_files": "Copied {count} static files of '{owner}'",
    "ignored": "Ignoring '{file}': {message}",
    "import_finished": "Import finished with status IMPEX-0, DataErrorCount: {errors}, DataWarningCount: {warnings}",
    "import_failed": "Import finished with status IMPEX-1, DataErrorCount: {errors}, DataWarningCount: {warnings}",
    "exported": "Exported {count} {type} elements to '{file}'",
    "job_finished": "Job [{job}] finished with status [{status}]",
}


class JobLog:
    """Writes worded lines to a file (None: nowhere); counts data errors, data warnings and process errors."""

    def __init__(self, path: Path | None, wording: Mapping[str, str] = WORDING) -> None:
        self._wording = {**WORDING, **wording}
        self._file = path.open("a", encoding="utf-8", buffering=1 << 16) if path else None
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def write(self, entry: str, **values: object) -> None:
        self.counts[entry] += 1
        if self._file is None:
            return
        time = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
        message = self._wording[entry].format_map(values)
        with self._lock:
            self._file.write(self._wording["line"].format(time=time, message=message) + "\n")
            if not entry.startswith("data_"):
                self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def errors(self) -> int:
        return self.counts["data_error"]

    @property
    def warnings(self) -> int:
        return self.counts["data_warning"]

    @property
    def failed(self) -> bool:
        """A process error happened; data problems never fail a job (SFCC help, import/export error handling)."""
        return self.counts["process_error"] > 0


class Report:
    """One file's part of the log: names the file in every problem and counts its elements by type."""

    def __init__(self, log: JobLog, file: str) -> None:
        self._log = log
        self._file = file
        self._total: Counter[str] = Counter()
        self._failed: dict[str, set[tuple[str, int]]] = {}

    def phase(self, entry: str) -> None:
        self._log.write(entry)

    def error(self, kind: str, id_: str, line: int, message: str, element: int | None = None) -> None:
        """A DATAERROR: the element doesn't count as processed successfully. `element`: the line where it starts, if the error's
        is another."""
        self.failed(kind, id_, line if element is None else element)
        self._log.write("data_error", type=kind, id=id_, file=self._file, line=line, message=message)

    def warning(self, kind: str, id_: str, line: int, message: str) -> None:
        self._log.write("data_warning", type=kind, id=id_, file=self._file, line=line, message=message)

    def failed(self, kind: str, id_: str, line: int) -> None:
        """The element that starts at this line doesn't count as processed successfully, however often this is said."""
        self._failed.setdefault(kind, set()).add((id_, line))

    def seen(self, kind: str) -> None:
        """Count one element of the file; call once per element, whatever becomes of it."""
        self._total[kind] += 1

    def totals(self) -> None:
        for kind, total in self._total.items():
            self._log.write("processed_type", count=total - len(self._failed.get(kind, ())), type=kind)
        self._log.write("processed_total", count=sum(self._total.values()))
