"""The log of an SFCC import, read: its problems, its counts, and whether it is whole.

Belongs here: the wording of the log, in one table, and its reading. Doesn't: fetching the log (`delivery`), what it means for
each object (`verdicts`).

Documented are the phases and counts (SFCC help, import/export error handling: `Starting Import`, `Phase 1 - Items`, `Phase 2 -
Relations`, `Processed N <type> elements successfully`, `Processed N total elements`), and that a problem is a DATAERROR or a
DATAWARNING. How the line of a problem is worded is not: `FORMS` holds the two forms that are public and the one that is assumed.
Whatever it can't read and that speaks of an error is kept as a problem without an object: nothing is overlooked.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple, TextIO

from sfcc_resources.record_types import LOG_NAMES
from sfcc_resources.redaction import one_line

Level = Literal["ERROR", "WARNING"]

SHOWN: Final = 400
"""Characters that are kept of a problem's words: a log's line may be of any length."""

_LINE_LENGTH: Final = 4096  # characters that are read of a line
_UNREAD: Final = 3  # lines of which nothing is known that are kept
_READINGS: Final = 50  # so many ways to read an id are looked at: an id of more parts isn't to be expected


class Reading(NamedTuple):
    """One way to read a problem's line. `type`: SFCC's element name, in lower case with dashes; `file`: as the log names it;
    `line`: of that file. What the line doesn't say is empty or None."""

    type: str
    id: str
    message: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One problem.

    type, id, message, file, line: the likeliest `Reading`.
    others: further ways to read the line. No form marks the end of an id for certain, and ids may hold anything.
    near: the file that was being imported when the line was written, where the line itself names none.
    """

    level: Level
    type: str
    id: str
    message: str
    file: str = ""
    line: int | None = None
    others: tuple[Reading, ...] = ()
    near: str = ""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every way to read the line."""
        return (Reading(self.type, self.id, self.message, self.file, self.line), *self.others)


@dataclass(frozen=True, slots=True)
class ImportLog:
    """A whole log.

    processed: elements by type that SFCC says it took.
    by_file: the same for each file; empty where the log doesn't say of every count whose it is.
    complete: every import that was started has its total.
    unread: the first lines inside an import of which nothing is known, not even whether they tell a problem.
    """

    errors: list[LogEntry] = field(default_factory=list)
    warnings: list[LogEntry] = field(default_factory=list)
    processed: dict[str, int] = field(default_factory=dict)
    by_file: dict[str, dict[str, int]] = field(default_factory=dict)
    total: int = 0
    complete: bool = False
    unread: tuple[str, ...] = ()


# --- The wording ----------------------------------------------------------------------------------------------------------------

_LEVEL: Final = r"(?P<level>DATA[ _]?(?:ERROR|WARNING))"
_NUMBER: Final = "[0-9]{1,15}"


@dataclass(frozen=True, slots=True)
class Form:
    """One wording of a problem's line.

    start: what it begins with. Groups: level, and of type, id, file, line, message those that it holds.
    titled: after `start` comes `<Type>:` or `<Type> <id>:`, the type as a title of one or more words.
    id_end: what ends the id that comes after `start`; an id may hold it, too, so that each occurrence is one way to read.
    id_may_lack: nothing marks a missing id, so that all after `start` may be the message.
    """

    start: re.Pattern[str]
    titled: bool = False
    id_end: re.Pattern[str] | None = None
    id_may_lack: bool = False


FORMS: Final = (
    # Logs of real imports of jobs (algolia/algoliasearch-sfcc-b2c, issue 128 and pull request 73), with the line and the column
    # behind the element's start tag (they are no position and total: pull request 73 has [107/62]):
    # WARN [DATAERROR] [4/56] Job: X: text
    Form(
        re.compile(rf"\[{_LEVEL}\]\s*\[(?P<line>{_NUMBER})/{_NUMBER}\]\s*(?P<type>[A-Za-z][\w -]*?):\s+"),
        id_end=re.compile(r":(?:\s+|$)"),
        id_may_lack=True,
    ),
    # The one example in SFCC help (search object import/export):
    # WARN [WARNING] [DATAERROR] Line: 201/Hypernym Group:text
    Form(re.compile(rf"\[{_LEVEL}\]\s*Line:\s*(?P<line>{_NUMBER})/"), titled=True, id_end=re.compile(":")),
    # Assumed:
    # DATAERROR [product 'x' (catalogs/c/catalog.xml, line 12)]: text
    Form(
        re.compile(rf"{_LEVEL}\b[^\w\[]*\[(?P<type>[\w-]+) '"),
        id_end=re.compile(r"'(?P<place>(?:[ ,][^'\]]*)?)\]:?\s*"),
    ),
    Form(
        re.compile(rf'{_LEVEL}\b[^\w\[]*\[(?P<type>[\w-]+) "'),
        id_end=re.compile(r'"(?P<place>(?:[ ,][^"\]]*)?)\]:?\s*'),
    ),
    # DATAERROR [product=x]: text, DATAERROR product [x]: text
    Form(re.compile(rf"{_LEVEL}\b[^\w\[]*\[(?P<type>[\w-]+)[ :=]+(?P<id>[^\]\s'\"]+)\]:?\s*(?P<message>.*)")),
    Form(re.compile(rf"{_LEVEL}\b[^\w\[]*(?P<type>[\w-]+) \[(?P<id>[^\]]*)\]:?\s*(?P<message>.*)")),
)
"""The wordings of a problem's line. Source: facts/sfcc-imports.md, "Log lines"."""

_START: Final = re.compile(r"Starting Import\b")
_PHASE: Final = re.compile(r"Phase (?P<phase>\d+) - ")
_PROCESSED: Final = re.compile(rf"Processed (?P<count>{_NUMBER}) (?P<type>[\w -]+?) elements? successfully")
_TOTAL: Final = re.compile(rf"Processed (?P<count>{_NUMBER}) total elements?\b")
_ERROR_COUNT: Final = re.compile(rf"\bDataErrorCount\W+(?P<count>{_NUMBER})\b")
_DATA_PROBLEM: Final = re.compile(_LEVEL + r"\b")

_IMPORTING: Final = re.compile(r"\bimport", re.IGNORECASE)  # with a file's name; assumed, it only narrows what a problem is about
_WORD: Final = re.compile(r"[^\s'\"\[\](),]+")
_PLACE_FILE: Final = re.compile(r"\((?P<file>[^(),]+)[,)]")
_PLACE_LINE: Final = re.compile(rf"\bline (?P<line>{_NUMBER})\b")

# An unknown line is a problem where it says so: by its level, by SFCC's status code, or in words.
_ERROR_LEVEL: Final = re.compile(r"\b(?:ERROR|FATAL|SEVERE)\b|\bIMPEX-(?!0\b)\d+")
_ERROR_WORDS: Final = re.compile(
    r"\b(?:errors?|fail(?:s|ed|ures?|ing)?|exceptions?|fatal|abort(?:s|ed|ing)?|reject(?:s|ed|ing)?|refus(?:es|ed|ing)|invalid"
    r"|corrupt(?:ed)?|denied|unable|cannot|can't|could ?n[o']t|couldn't)\b",
    re.IGNORECASE,
)
_WARNING_LEVEL: Final = re.compile(r"(?:\[[^\]]*\]|[\d:.,TZ+\-\s]|GMT|UTC)*(?:WARN|WARNING)\b")
_NO_ERRORS: Final = re.compile(
    r"\b(?:no|0|zero|without)\s+(?:\w+\s+)?(?:errors?|failures?|exceptions?|warnings?)\b"
    r"|\b(?:errors?|failed|failures?|exceptions?|warnings?)(?:\s+count)?\s*[:=]?\s*0\b",
    re.IGNORECASE,
)

_TITLES: Final = tuple(
    (name, re.compile("[ _-]?".join(name.split("-")) + "(?=[ :])", re.IGNORECASE))
    for name in sorted(LOG_NAMES, key=len, reverse=True)  # a category assignment is no category of the id "Assignment ..."
)
"""SFCC's element names as titles. Example: category-assignment is `Category Assignment`, too."""


# --- Patterns of the settings ---------------------------------------------------------------------------------------------------

GROUPS: Final = ("level", "type", "id", "file", "line", "message")
"""The groups that a pattern of the settings may have."""


def pattern_problem(pattern: str) -> str | None:
    """What keeps `pattern` from being one of `delivery.log_patterns`, as the end of a sentence; None if nothing does.

    Example: `(?P<what>.*)` -> "has a group named what; there are level, type, id, file, line and message".
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression ({error})"
    unknown = [name for name in compiled.groupindex if name not in GROUPS]
    if unknown:
        return f"has a group named {unknown[0]}; there are {', '.join(GROUPS[:-1])} and {GROUPS[-1]}"
    names = compiled.groupindex.keys()
    if not ({"type", "id"} <= names or "line" in names):
        return "has neither the groups type and id nor the group line, so that it can't tell which object a problem is about"
    if compiled.search(""):
        return "matches an empty line, so that it would take every line for a problem"
    return None


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    for pattern in patterns:
        if problem := pattern_problem(pattern):
            raise ValueError(f"delivery.log_patterns: {pattern!r} {problem}.")
    return tuple(re.compile(pattern) for pattern in patterns)


# --- Reading --------------------------------------------------------------------------------------------------------------------


def read(path: Path, patterns: Sequence[str] = ()) -> ImportLog:
    """Reads a log file; `patterns` as in `parse`. Memory doesn't grow with the length of a line."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return parse(_lines(file), patterns)


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file, each cut at `_LINE_LENGTH`."""
    while line := file.readline(_LINE_LENGTH):
        yield line
        while line and not line.endswith("\n"):
            line = file.readline(_LINE_LENGTH)


def parse(lines: Iterable[str], patterns: Sequence[str] = ()) -> ImportLog:
    """Reads a log line by line. Whatever the log says raises nothing.

    `patterns`: further wordings of a problem's line, as regular expressions with some of `GROUPS`; they come before `FORMS`.
    A line without the group `level`, or whose level holds no WARN, is an error.

    Raises ValueError with one sentence for a pattern that can't be used (see `pattern_problem`).
    """
    reader = _Reader(_compiled(tuple(patterns)))
    for line in lines:
        reader.line(line.rstrip("\r\n"))
    return reader.log()


class _Reader:
    """The state of one reading; a section runs from one total to the next."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        self._errors: list[LogEntry] = []
        self._warnings: list[LogEntry] = []
        self._processed: Counter[str] = Counter()
        self._by_file: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._total = self._started = self._ended = self._data_errors = 0
        self._counted: int | None = None  # SFCC's own sum of data errors
        self._phase = self._file = ""
        self._section: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._unread: list[str] = []

    def line(self, line: str) -> None:
        if (match := next((match for pattern in self._patterns if (match := pattern.search(line))), None)) is not None:
            groups = match.groupdict()
            level = groups.get("level") or "ERROR"
            self._keep("WARNING" if "WARN" in level.upper() else "ERROR", [_reading(match, line)])
        elif "DATA" in line and (match := _DATA_PROBLEM.search(line)):
            self._data_problem(line, match)
        elif match := _TOTAL.search(line):
            self._total += int(match["count"])
            self._ended += 1
            self._end_section()
            self._file = ""
        elif match := _PROCESSED.search(line):
            self._section[_element_name(match["type"])][self._phase] += int(match["count"])
        elif match := _PHASE.search(line):
            self._phase = match["phase"]
        else:
            self._other(line)

    def _other(self, line: str) -> None:
        if match := _ERROR_COUNT.search(line):
            self._counted = (self._counted or 0) + int(match["count"])
        if _speaks_of_an_error(line):
            self._keep("ERROR", [_unknown(line)])
        elif _WARNING_LEVEL.match(line):
            self._keep("WARNING", [_unknown(line)])
        else:
            if _START.search(line):
                self._started += 1
                self._end_section()
            if _IMPORTING.search(line):
                self._file = _feed_in(line) or self._file
            elif line.strip() and self._started > self._ended and len(self._unread) < _UNREAD:
                self._unread.append(one_line(line[: 2 * SHOWN], length=SHOWN))

    def _end_section(self) -> None:
        for kind, phases in self._section.items():
            count = max(phases.values())  # an element that both phases count is one element
            self._processed[kind] += count
            self._by_file[self._file][kind] += count
        self._section.clear()
        self._phase = ""

    def _data_problem(self, line: str, problem: re.Match[str]) -> None:
        # What stands first is SFCC's; a later form may be quoted in its message.
        matches = ((form, form.start.search(line)) for form in FORMS)
        starts = [(match.start("level"), form, match) for form, match in matches if match is not None]
        _, form, match = min(starts, key=lambda start: start[0], default=(0, None, None))
        readings = [] if form is None or match is None else list(_readings(form, match, line))
        if match is None or not readings:
            readings, match = [_unknown(line)], problem
        level: Level = "ERROR" if "ERROR" in match["level"] else "WARNING"
        self._data_errors += level == "ERROR"
        self._keep(level, readings, self._file)

    def _keep(self, level: Level, readings: Sequence[Reading], near: str = "") -> None:
        first, *others = (reading._replace(message=one_line(reading.message[: 2 * SHOWN], length=SHOWN)) for reading in readings)
        entry = LogEntry(level, *first, others=tuple(others), near=near)
        (self._errors if level == "ERROR" else self._warnings).append(entry)

    def log(self) -> ImportLog:
        self._end_section()
        if self._counted is not None and self._counted > self._data_errors:
            missing = self._counted - self._data_errors
            message = f"SFCC counts {self._counted} data errors, the log shows {missing} fewer." + also_said(self._unread)
            self._errors.append(LogEntry("ERROR", "", "", message))
        by_file = {} if "" in self._by_file else {file: dict(counts) for file, counts in self._by_file.items()}
        return ImportLog(
            self._errors,
            self._warnings,
            dict(self._processed),
            by_file,
            self._total,
            complete=0 < self._started <= self._ended,
            unread=tuple(self._unread),
        )


def also_said(unread: Sequence[str]) -> str:
    """The sentence that repeats lines of which nothing is known, with a blank before it; nothing where there are none."""
    return f" Its log also says: {' / '.join(unread)}" if unread else ""


def _element_name(title: str) -> str:
    """SFCC's name of an element from a title. Example: `Category Assignment` -> category-assignment."""
    return re.sub(r"[\s_]+", "-", title.strip()).lower()


def _speaks_of_an_error(line: str) -> bool:
    """Whether a line of unknown wording is a problem. Example: `Import failed` -> True; `0 errors` and `error.xml` -> False."""
    if not (_ERROR_LEVEL.search(line) or _ERROR_WORDS.search(line)):
        return False
    said = _NO_ERRORS.sub("", _WORD.sub(lambda word: "" if _file_name(word[0]) else word[0], line))
    return bool(_ERROR_LEVEL.search(said) or _ERROR_WORDS.search(said))


def _file_name(word: str) -> str:
    """`word` without punctuation at its end, if that is a file's name; else nothing."""
    name = word.rstrip(".:;")
    return name if name.endswith((".xml", ".zip", ".gz", ".log")) else ""


def _feed_in(line: str) -> str:
    """The first name of an XML file in a line; empty if there is none."""
    names = (_file_name(word[0]) for word in _WORD.finditer(line)) if ".xml" in line else ()
    return next((name for name in names if name.endswith(".xml")), "")


def _unknown(line: str) -> Reading:
    """A line of which nothing is understood but that it speaks of a problem, and perhaps the file."""
    return Reading("", "", line, _feed_in(line))


def _reading(match: re.Match[str], line: str) -> Reading:
    """The reading of a match whose groups say all."""
    groups = match.groupdict(default="")
    number = groups.get("line", "")
    return Reading(
        _element_name(groups.get("type", "")),
        groups.get("id", ""),
        groups.get("message") or line,
        groups.get("file", ""),
        int(number) if re.fullmatch(_NUMBER, number) else None,
    )


def _readings(form: Form, match: re.Match[str], line: str) -> Iterator[Reading]:
    """Every way to read a line of this form, the shortest id first."""
    if form.id_end is None:
        yield _reading(match, line)
        return
    known = _reading(match, line)
    rest = line[match.end() :]
    if not form.titled:
        yield from _ids(known, rest, form.id_end)
        if form.id_may_lack:
            yield known._replace(message=rest)
        return
    titles = [(name, title) for name, pattern in _TITLES if (title := pattern.match(rest))]
    for name, title in titles:
        after = rest[title.end() :]
        if after.startswith(":"):
            yield known._replace(type=name, message=after[1:])
        else:
            yield from _ids(known._replace(type=name), after[1:], form.id_end)
    if not titles:
        kind, _, message = rest.partition(":")
        yield known._replace(type=_element_name(kind), message=message or rest)


def _ids(known: Reading, rest: str, id_end: re.Pattern[str]) -> Iterator[Reading]:
    for end in islice(id_end.finditer(rest), _READINGS):
        reading = known._replace(id=rest[: end.start()], message=rest[end.end() :])
        if place := end.groupdict().get("place"):
            file, line = _PLACE_FILE.search(place), _PLACE_LINE.search(place)
            reading = reading._replace(file=file["file"] if file else "", line=int(line["line"]) if line else None)
        yield reading
