"""What SFCC's answer means for each object that was sent: confirmed, refused, pending or unconfirmed.

Belongs here: the verdict per object of an archive. Doesn't: reading the log (`log_wording`), looking its problems up
(`logged_objects`), looking for files in the instance (`delivery`), what is done about a verdict (checks, ledger).

A DATAERROR means that the object was not imported: refused. A DATAWARNING means that something of it was not written: pending.
An object is confirmed only where the log is whole, its counts add up, and nothing in it may speak against the object.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sfcc_resources import records
from sfcc_resources.log_wording import ImportLog, LogEntry, also_said
from sfcc_resources.logged_objects import BOOK, PRICES, SentObjects, Tie
from sfcc_resources.record_types import LOG_NAMES, REGISTRY

CONFIRMED: Final = "confirmed"  # SFCC counted it, and no line speaks against it
REFUSED: Final = "refused"  # a DATAERROR names it
PENDING: Final = "pending"  # a DATAWARNING names it: something of it was not written
UNCONFIRMED: Final = "unconfirmed"  # nothing can be said

_NOT_SEEN: Final = "The file was not seen in the instance after the import."


def verdicts(
    manifest: pa.Table, log: ImportLog | None, *, job_ok: bool = True, files_present: Collection[str] | None = None
) -> pa.Table:
    """An archive's manifest with the columns `verdict` and `message` added.

    log: None when SFCC left none. job_ok: whether the job's own exit status was OK. files_present: the `feed` paths of the static
    files that were seen in the instance afterwards (a log doesn't name files one by one); without it no static file is confirmed.

    What can't be tied to an object leaves the file that it may concern unconfirmed, and where that isn't known, the archive.
    Source: LOADS, "SFCC's answer"; SFCC help, import/export error handling.
    """
    entries = [] if log is None else [*log.errors, *log.warnings]
    objects = SentObjects(manifest, entries)
    judgement = _Judgement(objects, manifest, [(entry, objects.tie(entry)) for entry in entries])
    judgement.doubt(None, _doubt_of_all(manifest, log, job_ok=job_ok))
    judgement.doubt_untied()
    if log is not None:
        judgement.doubt_counts(log)
    judgement.judge()
    files = pc.and_(pc.equal(manifest["type"], records.FILE), pa.chunked_array([pa.array(judgement.verdict == CONFIRMED)]))
    judgement.doubt_files(files, frozenset(files_present or ()))
    return manifest.append_column("verdict", pa.array(judgement.verdict, pa.string())).append_column(
        "message", pa.array(judgement.message, pa.string())
    )


def alone(record_type: str, elements: int, processed: Mapping[str, int]) -> str:
    """The verdict on an object that was imported alone, with a log that is whole and tells of it in no words that are known:
    whatever the log says is about this object.

    elements: that SFCC counts for it; processed: elements by name that SFCC counted. Counted in full, the object was taken with a
    warning.
    """
    names = REGISTRY[record_type].log_names
    return PENDING if names and _by_element(processed)[names[0]] >= elements else REFUSED


def _doubt_of_all(manifest: pa.Table, log: ImportLog | None, *, job_ok: bool) -> str | None:
    """Why nothing of the archive can count as confirmed; None if something can."""
    if log is None:
        return "SFCC left no log of this import."
    if not job_ok:
        why = next((f": {entry.message}" for entry in log.errors if not entry.type), ".")
        return f"SFCC's import job did not end with the status OK{why}"
    if not log.complete and not pc.all(pc.equal(manifest["type"], records.FILE)).as_py():  # files alone start no count
        return "SFCC's log is incomplete: an import that was started has no total."
    return None


class _Judgement:
    """The verdicts of an archive while they are made."""

    def __init__(self, objects: SentObjects, manifest: pa.Table, ties: list[tuple[LogEntry, Tie]]) -> None:
        self._objects = objects
        self._manifest = manifest
        self._ties = ties
        self.verdict: npt.NDArray[np.object_] = np.full(len(manifest), CONFIRMED, dtype=object)
        self.message: npt.NDArray[np.object_] = np.full(len(manifest), None, dtype=object)

    def doubt(self, feeds: Collection[int] | None, why: str | None) -> None:
        """Leaves the objects of files (None: all) unconfirmed; the first reason stays."""
        if why is not None:
            open_ones = self.verdict == CONFIRMED
            if feeds is not None:
                open_ones &= np.isin(self._objects.feed, list(feeds))
            self.verdict[open_ones], self.message[open_ones] = UNCONFIRMED, why

    def doubt_untied(self) -> None:
        """Doubts what a problem may concern that is about no object that could be found."""
        doubted: set[frozenset[int] | None] = set()
        for entry, tie in self._ties:
            if not tie.rows and not tie.books and tie.feeds not in doubted:
                doubted.add(tie.feeds)
                files = ", ".join(self._objects.feeds[feed] for feed in sorted(tie.feeds or ()))
                where = f" in {files}" if files else ""
                why = f"SFCC reports a problem{where} without naming an object of this archive: {entry.message}"
                self.doubt(tie.feeds, why)

    def doubt_counts(self, log: ImportLog) -> None:
        """Doubts what SFCC's counts leave open: of each file where the log counts by file, else of the archive."""
        sent = self._sent()
        processed = self._processed_by_feed(log, [feed for feed, counts in sent.items() if any(counts.values())])
        if processed is not None:
            for feed, counts in processed.items():
                self.doubt([feed], self._counts_differ(sent[feed], counts, [feed], log.unread))
            return
        everything = sum(sent.values(), Counter[str]())
        self.doubt(None, self._counts_differ(everything, _by_element(log.processed), range(len(self._objects.feeds)), log.unread))

    def _sent(self) -> dict[int, Counter[str]]:
        """Elements sent, by file and element name."""
        table = pa.table(
            {
                "feed": pa.array(self._objects.feed),
                "element": self._objects.elements,
                "elements": self._manifest["elements"],
            }
        )
        sent: dict[int, Counter[str]] = {feed: Counter() for feed in range(len(self._objects.feeds))}
        for group in table.group_by(["feed", "element"]).aggregate([("elements", "sum")]).to_pylist():
            sent[group["feed"]][group["element"]] = group["elements_sum"]
        return sent

    def _processed_by_feed(self, log: ImportLog, counted: Iterable[int]) -> dict[int, Counter[str]] | None:
        """Elements processed by file and element name; None where the log's files aren't these, one by one."""
        processed: dict[int, Counter[str]] = defaultdict(Counter)
        for file, counts in log.by_file.items():
            feeds = self._objects.matching(file)
            if len(feeds) > 1:
                return None
            for feed in feeds:
                processed[feed] += _by_element(counts)
        return processed if processed.keys() >= set(counted) else None

    def _counts_differ(
        self, sent: Counter[str], processed: Counter[str], feeds: Collection[int], unread: Sequence[str]
    ) -> str | None:
        """The sentence of the first element whose counts don't add up over some files; None if all do."""
        refused = sum((self._refused[feed] for feed in feeds if feed in self._refused), Counter[str]())
        # A price book is rejected with a warning, too, and its prices with it; each of its files names it once more. Where SFCC
        # took some header of which it told, it can't be said whose prices it didn't take.
        told_of = {book for _, tie in self._ties if tie.certain for book in tie.books}.intersection(feeds)
        refused[BOOK] = 0
        if told_of and processed[BOOK] + len(told_of) <= len(self._objects.book_feeds.intersection(feeds)):
            refused += self._in_books(told_of)
        counted = (record_type for record_type in REGISTRY.values() if record_type.counted and sent[record_type.log_names[0]])
        repeated = {REGISTRY[other].log_names[0] for record_type in counted for other in record_type.counts_also}
        for element, count in sent.items():
            too_many = processed[element] > count and element not in repeated
            if count and (too_many or processed[element] + refused[element] < count):
                numbers = f"{count} elements {element} sent, {processed[element]} processed, {refused[element]} refused"
                return f"SFCC's counts don't add up: {numbers}.{also_said(unread)}"
        return None

    @cached_property
    def _refused(self) -> Mapping[int, Counter[str]]:
        """Elements refused, by file and name. An element of which several errors are told was refused once."""
        seen: set[tuple[tuple[int, ...], str]] = set()
        refused: defaultdict[int, Counter[str]] = defaultdict(Counter)
        sizes = self._manifest["elements"].to_numpy()
        for number, (entry, tie) in enumerate(self._ties):
            if entry.level != "ERROR" or not tie.rows:
                continue
            # A record of several elements, as a product's assignments: each of them may have an error of its own.
            error = (tie.rows, (tie.id or str(number)) if sizes[tie.rows[0]] > 1 else "")
            elements = {self._objects.elements[row].as_py() for row in tie.rows}
            if len(elements) == 1 and error not in seen:
                seen.add(error)
                refused[int(self._objects.feed[tie.rows[0]])] += Counter(elements)
        return refused

    def _in_books(self, feeds: Collection[int]) -> Counter[str]:
        """Objects in price books' files by element name, less the prices that have errors of their own."""
        inside = np.isin(self._objects.feed, list(feeds)) & self._objects.in_books.to_numpy()
        counts = self._objects.elements.filter(pa.chunked_array([pa.array(inside)])).value_counts().to_pylist()
        objects: Counter[str] = Counter({count["values"]: count["counts"] for count in counts})
        own = {row for entry, tie in self._ties if entry.level == "ERROR" and tie.certain for row in tie.rows if inside[row]}
        objects[PRICES] -= sum(self._objects.elements[row].as_py() == PRICES for row in own)
        return objects

    def judge(self) -> None:
        """Gives each object the worst that is said of it by name: an error before a warning, its own before its price book's."""
        for _, tie in self._ties:
            if not tie.certain:
                self._set(tie.rows, tie.books, UNCONFIRMED, f"SFCC's log may speak of this object: {tie.message}")
        for of_books in (True, False):
            for level, verdict in (("WARNING", PENDING), ("ERROR", REFUSED)):
                for entry, tie in reversed(self._ties):  # of several the first stays
                    if tie.certain and entry.level == level and bool(tie.books) is of_books:
                        self._set(tie.rows, tie.books, verdict, tie.message)

    def _set(self, rows: Iterable[int], books: Collection[int], verdict: str, message: str) -> None:
        chosen = list(rows)
        self.verdict[chosen], self.message[chosen] = verdict, message
        if books:
            inside = np.isin(self._objects.feed, list(books)) & self._objects.in_books.to_numpy()
            self.verdict[inside], self.message[inside] = verdict, message

    def doubt_files(self, files: pa.ChunkedArray, present: Collection[str]) -> None:
        """Leaves static files unconfirmed that were not seen. `files`: which rows are static files."""
        feeds = self._manifest["feed"].filter(files).to_pylist()
        for row, feed in zip(pc.indices_nonzero(files).to_pylist(), feeds, strict=True):
            if feed not in present:
                self.verdict[row], self.message[row] = UNCONFIRMED, _NOT_SEEN


def _by_element(processed: Mapping[str, int]) -> Counter[str]:
    """Counts by SFCC's usual element names."""
    counts: Counter[str] = Counter()
    for name, count in processed.items():
        counts[LOG_NAMES.get(name, name)] += count
    return counts
