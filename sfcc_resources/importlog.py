"""The log of an SFCC import, read: its problems, its counts, and whether it is whole.

Belongs here: the wording of the log and its reading. Doesn't: fetching the log (`delivery`), what it means for each object
(`verdicts`).

SFCC's documents give the log's phases and counts (SFCC help, import/export error handling: `Starting Import`, `Phase 1 - Items`,
`Phase 2 - Relations`, `Processed N <type> elements successfully`, `Processed N total elements`; DATAERROR and DATAWARNING). No
document gives the wording of an error line: `WORDING` is the named assumption, in one table. An error that it can't read is never
overlooked, it only can't be tied to one object.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Wording:
    """Regular expressions of one kind each, tried in order. Groups are named as in LogEntry; `count` is a number of elements."""

    start: tuple[str, ...]
    phase: tuple[str, ...]
    processed_type: tuple[str, ...]
    processed_total: tuple[str, ...]
    entry: tuple[str, ...]  # a DATAERROR or DATAWARNING that names its object
    data_error: tuple[str, ...]  # any DATAERROR at all
    data_warning: tuple[str, ...]
    process_error: tuple[str, ...]  # any other error
    error_count: tuple[str, ...]  # SFCC's own sum of data errors


_LEVEL = r"(?P<level>DATA[ _]?(?:ERROR|WARNING))\b[^\w\[]*"
_FILE = r"\((?P<file>[^(),]+)(?:,[^()]*)?\)"

WORDING: Final = Wording(
    start=(r"Starting Import\b",),
    phase=(r"Phase (?P<phase>\d+) - ",),
    processed_total=(r"Processed (?P<count>\d+) total elements?\b",),
    processed_type=(r"Processed (?P<count>\d+) (?P<type>[\w -]+?) elements? successfully",),
    entry=(
        rf"{_LEVEL}\[(?P<type>[\w-]+) '(?P<id>.*)' {_FILE}\]:? *(?P<message>.*)",  # [product 'abc' (catalog.xml, line 12)]: ...
        rf"{_LEVEL}\[(?P<type>[\w-]+) '(?P<id>[^']*)'[^\]]*\]:? *(?P<message>.*)",  # [product 'abc']: ...
        rf'{_LEVEL}\[(?P<type>[\w-]+) "(?P<id>[^"]*)"[^\]]*\]:? *(?P<message>.*)',  # [product "abc"]: ...
        rf"{_LEVEL}\[(?P<type>[\w-]+)[ :=]+(?P<id>[^\]\s]+)\]:? *(?P<message>.*)",  # [product=abc]: ...
        rf"{_LEVEL}(?P<type>[\w-]+) \[(?P<id>[^\]]*)\]:? *(?P<message>.*)",  # product [abc]: ...
    ),
    data_error=(r"DATA[ _]?ERROR\b",),
    data_warning=(r"DATA[ _]?WARNING\b",),
    process_error=(r"\b(?:ERROR|FATAL)\b", r"\bIMPEX-(?!0\b)\d+"),
    error_count=(r"\bDataErrorCount\W+(?P<count>\d+)",),
)
"""The assumed wording; tests vary it, and `parse` takes another where an instance's log differs."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One problem. `type` (SFCC's element name), `id` and `file` are empty where the line doesn't name them."""

    level: Literal["ERROR", "WARNING"]
    type: str
    id: str
    message: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class ImportLog:
    """A whole log. `processed`: elements per type that SFCC says it took; `complete`: every import that was started has its
    total."""

    errors: list[LogEntry] = field(default_factory=list)
    warnings: list[LogEntry] = field(default_factory=list)
    processed: dict[str, int] = field(default_factory=dict)
    total: int = 0
    complete: bool = False


class _Reader:
    """The state of one reading; a section runs from `Starting Import` to its total."""

    def __init__(self, wording: Wording) -> None:
        self._patterns = {name: [re.compile(one) for one in getattr(wording, name)] for name in Wording.__slots__}
        self.errors: list[LogEntry] = []
        self.warnings: list[LogEntry] = []
        self.processed: Counter[str] = Counter()
        self.total = 0
        self.started = 0
        self.ended = 0
        self.counted: int | None = None  # SFCC's own sum of data errors
        self.data_errors = 0
        self._phase = ""
        self._section: dict[str, Counter[str]] = defaultdict(Counter)

    def _match(self, kind: str, line: str) -> re.Match[str] | None:
        return next((found for pattern in self._patterns[kind] if (found := pattern.search(line))), None)

    def line(self, line: str) -> None:
        if self._match("data_error", line) or self._match("data_warning", line):
            self._problem(line)
        elif found := self._match("processed_total", line):
            self.total += int(found["count"])
            self.ended += 1
            self._end_section()
        elif found := self._match("processed_type", line):
            kind = found["type"].strip().lower().replace(" ", "-").replace("_", "-")
            self._section[kind][self._phase] += int(found["count"])
        elif self._match("start", line):
            self.started += 1
            self._end_section()
        elif found := self._match("phase", line):
            self._phase = found["phase"]
        elif found := self._match("error_count", line):
            self.counted = (self.counted or 0) + int(found["count"])
            self._process_error(line)
        else:
            self._process_error(line)

    def _end_section(self) -> None:
        # An element that both phases count is one element.
        for kind, phases in self._section.items():
            self.processed[kind] += max(phases.values())
        self._section.clear()
        self._phase = ""

    def _problem(self, line: str) -> None:
        is_error = self._match("data_error", line) is not None
        self.data_errors += is_error
        found = self._match("entry", line)
        level: Literal["ERROR", "WARNING"] = "ERROR" if is_error else "WARNING"
        if found is None:
            entry = LogEntry(level, "", "", line)
        else:
            named = found.groupdict(default="")
            entry = LogEntry(level, named["type"].lower(), named["id"], named["message"], named.get("file", ""))
        (self.errors if is_error else self.warnings).append(entry)

    def _process_error(self, line: str) -> None:
        if self._match("process_error", line):
            self.errors.append(LogEntry("ERROR", "", "", line))

    def log(self) -> ImportLog:
        self._end_section()
        if self.counted is not None and self.counted > self.data_errors:
            missing = self.counted - self.data_errors
            self.errors.append(
                LogEntry("ERROR", "", "", f"SFCC counts {self.counted} data errors, the log shows {missing} fewer.")
            )
        complete = 0 < self.started <= self.ended
        return ImportLog(self.errors, self.warnings, dict(self.processed), self.total, complete)


def parse(lines: Iterable[str], wording: Wording = WORDING) -> ImportLog:
    """Reads a log line by line. Never raises for what a log says; an unknown line that speaks of no error is passed over."""
    reader = _Reader(wording)
    for line in lines:
        reader.line(line.rstrip("\r\n"))
    return reader.log()
