"""What SFCC's answer means for each object that was sent: confirmed, refused, pending or unconfirmed.

Belongs here: the verdict per object of an archive. Doesn't: reading the log (`importlog`), looking for files in the instance
(`delivery`), what is done about a verdict (checks, ledger).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sfcc_resources import records
from sfcc_resources.importlog import ImportLog, LogEntry
from sfcc_resources.record_types import LOG_NAMES, REGISTRY

CONFIRMED: Final = "confirmed"  # SFCC counted it, and no line speaks against it
REFUSED: Final = "refused"  # a DATAERROR names it
PENDING: Final = "pending"  # a DATAWARNING names it: something of it was not written
UNCONFIRMED: Final = "unconfirmed"  # nothing can be said

SHOWN: Final = 400
"""Characters shown of a line that speaks of no object: it may be of any length."""


_BOOK: Final = REGISTRY[records.PRICE_BOOK].log_names[0]
_PRICES: Final = REGISTRY[records.PRICE_TABLE].log_names[0]
_NAMED_BY_ENDS: Final = frozenset(entry.log_names[0] for entry in REGISTRY.values() if entry.one_element_each)
"""Elements that the log names by both their ends."""


def verdicts(
    manifest: pa.Table,
    log: ImportLog | None,
    *,
    job_ok: bool = True,
    files_present: Collection[str] | None = None,
) -> pa.Table:
    """An archive's manifest with the columns `verdict` and `message` added.

    `log`: None when SFCC left none. `job_ok`: whether the job's own exit status was OK. `files_present`: the `feed` paths of
    the static
    files that were seen in the instance afterwards (a log doesn't name files one by one); without it no static file is confirmed.

    Never green by default: an object is confirmed only if SFCC's counts add up for its whole archive, every error names an
    object of the
    archive, and neither an error nor a warning names this one. Source: LOADS, "SFCC's answer"; SFCC help, import/export error
    handling.
    """
    problems = _Problems(log) if log is not None else None
    known = _as_sfcc_names_it(manifest)
    if problems is not None:
        problems.place(known)
    doubt = _doubt(known, log, problems, job_ok=job_ok)
    # All objects of which nothing special is said share one verdict: only the others are looked at one by one.
    verdict = np.full(len(known), CONFIRMED if doubt is None else UNCONFIRMED, dtype=object)
    message = np.full(len(known), doubt, dtype=object)
    for entry, in_file in problems.books if problems is not None else ():
        verdict[in_file], message[in_file] = _verdict_of(entry)
    for at, row in _rows(known, pc.or_(pc.equal(known["type"], records.FILE), _named(known, problems))):
        verdict[at], message[at] = _verdict(row, problems, doubt, files_present)
    return manifest.append_column("verdict", pa.array(verdict, pa.string())).append_column(
        "message", pa.array(message, pa.string())
    )


def _as_sfcc_names_it(manifest: pa.Table) -> pa.Table:
    """The manifest with SFCC's element names as types; types without element keep their own."""
    counted = [record_type for record_type in REGISTRY.values() if record_type.counted]
    names = pa.array([record_type.log_names[0] for record_type in counted])
    number = pc.index_in(manifest["type"], value_set=pa.array([record_type.name for record_type in counted]))
    types = pc.coalesce(names.take(number), manifest["type"])
    return manifest.set_column(manifest.schema.get_field_index("type"), "type", types)


def _named(manifest: pa.Table, problems: "_Problems | None") -> pa.ChunkedArray:
    """Which rows bear an id that a problem names."""
    return pc.is_in(manifest["id"], pa.array(problems.ids if problems is not None else [], pa.string()))


def _in_book(manifest: pa.Table) -> pa.ChunkedArray:
    """Which rows stand in a price book's file."""
    return pc.is_in(manifest["type"], pa.array([_BOOK, _PRICES]))


class _Row(NamedTuple):
    """An object of a manifest."""

    container: str
    type: str
    id: str
    feed: str


def _rows(manifest: pa.Table, chosen: pa.ChunkedArray) -> Iterator[tuple[int, _Row]]:
    """The chosen rows with their numbers."""
    rows = manifest.select(list(_Row._fields)).filter(chosen)
    numbers = pc.indices_nonzero(chosen).to_pylist()
    return zip(numbers, map(_Row, *(column.to_pylist() for column in rows.columns)), strict=True)


def _verdict(
    row: _Row, problems: "_Problems | None", doubt: str | None, files_present: Collection[str] | None
) -> tuple[str, str | None]:
    entry = problems.worst(row) if problems is not None else None
    if entry is not None:
        return _verdict_of(entry)
    if doubt is not None:
        return UNCONFIRMED, doubt
    if row.type == records.FILE and (files_present is None or row.feed not in files_present):
        return UNCONFIRMED, "The file was not seen in the instance after the import."
    return CONFIRMED, None


def _verdict_of(entry: LogEntry) -> tuple[str, str]:
    return (REFUSED if entry.level == "ERROR" else PENDING), entry.message


class _Problems:
    """A log's errors and warnings by the objects of a manifest that they may name."""

    def __init__(self, log: ImportLog) -> None:
        self._entries: dict[tuple[str, str], list[LogEntry]] = defaultdict(list)
        self._placed: set[int] = set()
        self.books: list[tuple[LogEntry, npt.NDArray[np.bool_]]] = []  # the worst told of a price book, and its file's rows
        self.in_books = Counter[str]()  # those rows by type, less the prices that have errors of their own
        self._all = [*log.errors, *log.warnings]
        for entry in self._all:
            kind = LOG_NAMES.get(entry.type, "")
            for object_id in _ids(kind, entry.id):
                self._entries[kind, object_id].append(entry)

    def place(self, manifest: pa.Table) -> None:
        """Notes which entries name an object of the manifest, or the price book of one."""
        for _, row in _rows(manifest, _named(manifest, self)):
            own = self._of(row.type, row.id, row.feed)
            self._placed.update(map(id, own))
            if row.type == _PRICES and self._of_book(row) and any(entry.level == "ERROR" for entry in own):
                self.in_books[row.type] -= 1
        of_books = pc.and_(_in_book(manifest), pc.is_in(manifest["container"], pa.array(self.ids, pa.string())))
        files = manifest.select(["container", "feed"]).filter(of_books).group_by(["container", "feed"]).aggregate([])
        for file in files.to_pylist():
            if entries := self._of(_BOOK, file["container"], file["feed"]):
                self._placed.update(map(id, entries))
                in_file = pc.equal(manifest["feed"], file["feed"])
                self.books.append((min(entries, key=lambda entry: entry.level), in_file.to_numpy()))
                for one in manifest["type"].filter(in_file).value_counts().to_pylist():
                    self.in_books[one["values"]] += one["counts"]

    @property
    def ids(self) -> list[str]:
        """The ids that the entries may mean."""
        return [object_id for _, object_id in self._entries]

    def worst(self, row: _Row) -> LogEntry | None:
        """The worst that is said of an object: an error before a warning, its own before its price book's."""
        found = [*self._of(row.type, row.id, row.feed), *self._of_book(row)]
        return min(found, key=lambda entry: entry.level, default=None)

    def _of(self, kind: str, object_id: str, feed: str) -> list[LogEntry]:
        return [entry for entry in self._entries.get((kind, object_id), ()) if _in_file(entry, feed)]

    def _of_book(self, row: _Row) -> list[LogEntry]:
        """What is said of the price book in whose file a price stands, or of the price book itself: SFCC rejects or ignores all
        of a book's file with its header, and says so of the header alone (SFCC help, price book object import)."""
        in_book = row.type in (_BOOK, _PRICES)
        return self._of(_BOOK, row.container, row.feed) if in_book else []

    def unplaced(self) -> LogEntry | None:
        """The first entry that names no object of the manifest; errors before warnings."""
        return next((entry for entry in self._all if id(entry) not in self._placed), None)


def _ids(kind: str, named: str) -> Iterable[str]:
    """The ids that an entry may mean: a relation's names both its ends in one text, and an id may hold what separates them."""
    if not kind:
        return ()
    if kind not in _NAMED_BY_ENDS:
        return (named,)
    words = [word.span() for word in re.finditer(r"[^\s,;:|/>]+", named)]
    return {named[start:end] for at, (start, _) in enumerate(words) for _, end in words[at:]} | {named}


def _in_file(entry: LogEntry, feed: str) -> bool:
    return not entry.file or entry.file == feed or entry.file.endswith("/" + feed) or feed.endswith("/" + entry.file)


def _doubt(manifest: pa.Table, log: ImportLog | None, problems: _Problems | None, *, job_ok: bool) -> str | None:
    """Why nothing of the archive can count as confirmed; None if everything can."""
    if log is None or problems is None:
        return "SFCC left no log of this import."
    if not job_ok:
        why = next((f": {_short(entry.message)}" for entry in log.errors if not entry.type), ".")
        return f"SFCC's import job did not end with the status OK{why}"
    if not log.complete and not pc.all(pc.equal(manifest["type"], records.FILE)).as_py():  # files alone start no count
        return "SFCC's log is incomplete: an import that was started has no total."
    if (entry := problems.unplaced()) is not None:
        return f"SFCC reports a problem without naming an object of this archive: {_short(entry.message)}"
    return _counts_differ(manifest, log, problems)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _counts_differ(manifest: pa.Table, log: ImportLog, problems: _Problems) -> str | None:
    sent: Counter[str] = Counter()
    for group in manifest.group_by("type").aggregate([("elements", "sum")]).to_pylist():
        sent[group["type"]] = group["elements_sum"]
    processed: Counter[str] = Counter()
    for name, count in log.processed.items():
        processed[LOG_NAMES.get(name, name)] += count
    # An element of which several errors are told was refused once.
    refused = Counter(LOG_NAMES.get(kind, "") for kind, _, _ in {(entry.type, entry.id, entry.file) for entry in log.errors})
    # A price book is rejected with a warning, too, and its prices with it; each of its files names it once more. Where SFCC took
    # some header of which it told, it can't be said whose prices it didn't take.
    refused[_BOOK] = 0
    headers = pc.count_distinct(manifest["feed"].filter(_in_book(manifest))).as_py()
    if processed[_BOOK] + len(problems.books) <= headers:
        refused += problems.in_books
    carried = (record_type for record_type in REGISTRY.values() if record_type.counted and sent[record_type.log_names[0]])
    repeated = {REGISTRY[other].log_names[0] for record_type in carried for other in record_type.counts_also}
    for kind, count in sent.items():
        too_many = processed[kind] > count and kind not in repeated
        if count and (too_many or processed[kind] + refused[kind] < count):
            return (
                f"SFCC's counts don't add up: {count} elements {kind} sent, {processed[kind]} processed, {refused[kind]} refused."
            )
    return None
