"""The log of a job execution: its wording, in one table, and the counts that go into it.

Belongs here: what a line says and how elements are counted. Doesn't: what is a problem (the importers decide).

Source for phases and counts: SFCC help, import/export error handling. No public log of a catalog import was found. So a problem's
line has three forms (`FORMS`); `--log-wording` chooses one or mixes them, and `--log-wording-file` replaces single entries of the
log by other texts.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Final, Literal, NamedTuple

from sandbox.sfcc.feed_xml import StartTags
from sandbox.sfcc.instance_state import SEPARATOR

Form = Literal["public", "help", "assumed", "mix"]

PUBLIC: Final = "WARN [{level}] [{line}/{column}] {named}: {message}"
"""From logs of real imports of jobs.xml (algolia/algoliasearch-sfcc-b2c, issue 128 and pull request 73).

The two numbers are the line and the column behind the element's start tag, as a SAX parser gives them. Example:
`[4/56] Job: AlgoliaCategoryIndex_v2:` speaks of `<job job-id="AlgoliaCategoryIndex_v2" priority="0">`, which stands in line 4, 51
characters long after four blanks. They are no position and total: pull request 73 has `[107/62]`.
"""
HELP: Final = "WARN [WARNING] [{level}] Line: {line}/{title} {id}:{message}"
HELP_WITHOUT_ID: Final = "WARN [WARNING] [{level}] Line: {line}/{title}:{message}"
"""From the one example in SFCC help, search object import/export: `WARN [WARNING] [DATAERROR] Line: 201/Hypernym Group:...`."""
ASSUMED: Final = "{level} [{type} '{id}' ({file}, line {line})]: {message}"
"""Assumption, without a source."""

FORMS: Final[Mapping[Form, tuple[str, ...]]] = {
    "public": (PUBLIC,),
    "help": (HELP, HELP_WITHOUT_ID),
    "assumed": (ASSUMED,),
    "mix": (PUBLIC, HELP, ASSUMED, PUBLIC, HELP_WITHOUT_ID, ASSUMED),
}
"""Each problem's line takes the next text of its form, over and over."""

WORDING: Final[Mapping[str, str]] = {
    "line": "[{time} GMT] {message}",
    "job_started": "Executing job [{job}] [{execution}]",
    "import_started": "Starting Import",
    "file": "Importing file '{file}'",
    "phase_items": "Phase 1 - Items",
    "phase_relations": "Phase 2 - Relations",
    "processed_type": "Processed {count} {type} elements successfully",
    "processed_total": "Processed {count} total elements",
    "process_error": "ERROR [{file}]: {message}",
    "file_error": "ERROR [{file}]: {message}",
    "noted": "Note [{file}]: {message}",
    "free": "{message}",
    "static_files": "Copied {count} static files of '{owner}'",
    "ignored": "Ignoring '{file}': {message}",
    "import_finished": "Import finished with status IMPEX-0, DataErrorCount: {errors}, DataWarningCount: {warnings}",
    "import_failed": "Import finished with status IMPEX-1, DataErrorCount: {errors}, DataWarningCount: {warnings}",
    "exported": "Exported {count} {type} elements to '{file}'",
    "job_finished": "Job [{job}] finished with status [{status}]",
}
REPLACEABLE: Final = frozenset({*WORDING, "data_error", "data_warning"})
"""What `--log-wording-file` may name. The two of problems win over `--log-wording`; they take {type}, {id}, {file}, {line},
{column}, {message} and what else stands in `FORMS`."""


class Place(NamedTuple):
    """One element of a feed, as the log names it.

    `key`: its id, composite ones joined by SEPARATOR, '' where it has none. `line`: of its start tag. `number`: counts the
    elements of its kind in the feed, from 1.
    """

    kind: str
    key: str
    line: int
    number: int

    @property
    def id(self) -> str:
        """Example: key 'shoes\\x1fsku1' -> 'shoes/sku1'."""
        return self.key.replace(SEPARATOR, "/")


class JobLog:
    """Writes worded lines to a file (None: nowhere) and counts them by entry. `wording`: other texts of some entries; None: no
    line. `ends_after`: how many lines it takes."""

    def __init__(
        self,
        path: Path | None,
        form: Form = "mix",
        wording: Mapping[str, str | None] | None = None,
        ends_after: int | None = None,
    ) -> None:
        self._wording: Mapping[str, str | None] = {**WORDING, **(wording or {})}
        self._forms = cycle(FORMS[form])
        self._file = path.open("a", encoding="utf-8", buffering=1 << 16) if path else None
        self._lock = threading.Lock()
        self._left = ends_after
        self.counts: Counter[str] = Counter()

    def write(self, entry: str, **values: object) -> None:
        self.counts[entry] += 1
        text = self._wording[entry]
        if text is not None:
            self._line(text.format_map(values), flush=True)

    def problem(self, entry: Literal["data_error", "data_warning"], place: Place, feed: "Feed", line: int, message: str) -> None:
        """The line of a problem in `place`, in its turn's form. `line`: where in the element it lies."""
        self.counts[entry] += 1
        text = self._wording[entry] if entry in self._wording else next(self._forms)
        if text is None:
            return
        title = place.kind.replace("-", " ").title()
        values = {
            "level": entry.replace("_", "").upper(),
            "type": place.kind,
            "title": title,
            "id": place.id,
            "named": f"{title}: {place.id}" if place.id else title,
            "file": feed.name,
            "line": place.line if text is PUBLIC else line,
            "column": feed.start_tags.column(place.line, place.kind, place.key.split(SEPARATOR)) if "{column}" in text else "",
            "message": message,
        }
        self._line(text.format_map(values), flush=False)

    def _line(self, message: str, *, flush: bool) -> None:
        if self._file is None:
            return
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                return
        time = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
        with self._lock:
            self._file.write(f"{self._wording['line']}".format(time=time, message=message) + "\n")
            if flush:
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


class Feed(NamedTuple):
    """The file that problems are told of: its name in the log, and where its start tags lie."""

    name: str
    start_tags: StartTags


class Report:
    """One file's part of the log: names the file in every problem and counts its elements by type.

    At most one DATAERROR is logged of an element, and such an element isn't counted as processed. Warnings have no limit and
    change no count. Source: SFCC help, import/export error handling. The total leaves out elements with an error, too: a real log
    has one data error, `Processed 6 job elements successfully` and `Processed 6 total elements`
    (algolia/algoliasearch-sfcc-b2c, pull request 73).
    """

    def __init__(self, log: JobLog, file: str, path: Path) -> None:
        self._log = log
        self._feed = Feed(file, StartTags(path))
        self._seen: Counter[str] = Counter()
        self._failed: defaultdict[str, set[int]] = defaultdict(set)

    def phase(self, entry: str) -> None:
        self._log.write(entry)

    def element(self, kind: str, key: str, line: int) -> Place:
        """Count one element of the file; call once per element, whatever becomes of it."""
        self._seen[kind] += 1
        return Place(kind, key, line, self._seen[kind])

    def error(self, place: Place, message: str, line: int | None = None) -> None:
        """A DATAERROR, unless the element has had one. `line`: where in the element it lies, its start if not given."""
        if place.number not in self._failed[place.kind]:
            self._log.problem("data_error", place, self._feed, line or place.line, message)
        self.failed(place)

    def warning(self, place: Place, message: str, line: int | None = None) -> None:
        self._log.problem("data_warning", place, self._feed, line or place.line, message)

    def note(self, message: str) -> None:
        """A line that is no problem."""
        self._log.write("noted", file=self._feed.name, message=message)

    def failed(self, place: Place) -> None:
        """The element doesn't count as processed, however often this is said."""
        self._failed[place.kind].add(place.number)

    def failed_after(self, kind: str, number: int) -> None:
        """No element of this kind after the one of that number counts as processed."""
        self._failed[kind].update(range(number + 1, self._seen[kind] + 1))

    def seen(self, kind: str) -> int:
        """How many elements of this kind the file has had so far."""
        return self._seen[kind]

    def totals(self) -> None:
        processed = {kind: count - len(self._failed[kind]) for kind, count in self._seen.items()}
        for kind, count in processed.items():
            self._log.write("processed_type", count=count, type=kind)
        self._log.write("processed_total", count=sum(processed.values()))
