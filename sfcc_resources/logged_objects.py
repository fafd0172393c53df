"""Which objects of an archive a problem in SFCC's log is about: found by id, or by file and line.

Belongs here: looking a problem up in the manifest. Doesn't: reading the log (`log_wording`), what follows from it (`verdicts`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sfcc_resources import records
from sfcc_resources.log_wording import LogEntry, Reading
from sfcc_resources.record_types import LOG_NAMES, REGISTRY

BOOK: Final = REGISTRY[records.PRICE_BOOK].log_names[0]
PRICES: Final = REGISTRY[records.PRICE_TABLE].log_names[0]

_NAMED_BY_ENDS: Final = frozenset(entry.log_names[0] for entry in REGISTRY.values() if entry.one_element_each)
"""Elements that the log names by both their ends."""

_SEPARATOR: Final = re.compile(r"[\s,;:|/>]")
_SEPARATORS: Final = 50  # so many are looked at: an id of more parts isn't to be expected, a message of more words is

Numbers = npt.NDArray[np.int64]

_Place = tuple[int, bool]
"""A row of the manifest and False; or the number of a price book's file, of whose header the problem tells, and True."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a problem is about.

    rows: of the manifest, from 0. books: feeds, by number, of whose price book the problem tells.
    certain: it is about all of these; else it is about one of them and can't be told which. Both are empty where nothing of the
        archive could be found.
    feeds: the files, by number, that it may concern; None: any.
    message: SFCC's words. id: as the log names it, empty where the object was found by its line.
    """

    rows: tuple[int, ...]
    books: tuple[int, ...]
    certain: bool
    feeds: frozenset[int] | None
    message: str
    id: str = ""


class SentObjects:
    """The objects of an archive as SFCC's log speaks of them.

    elements: SFCC's element name of each row of the manifest (a static file's is `file`).
    feeds: the archive's files; feed: the number of each row's file.
    """

    def __init__(self, manifest: pa.Table, entries: Iterable[LogEntry]) -> None:
        """`manifest`: a table of MANIFEST; `entries`: all problems that `tie` will be asked about."""
        self._manifest = manifest
        self.elements = _elements(manifest["type"])
        feeds = pa.chunked_array(manifest["feed"].chunks, pa.string()).combine_chunks().dictionary_encode()
        self.feeds: list[str] = feeds.dictionary.to_pylist()
        self.feed: npt.NDArray[np.int32] = feeds.indices.to_numpy(zero_copy_only=False)
        self._matching: dict[str, frozenset[int]] = {}
        self._named: defaultdict[tuple[str, str], list[int]] = defaultdict(list)  # (element, id) -> rows
        self._books: defaultdict[str, list[int]] = defaultdict(list)  # price book -> its files
        ids = {object_id for entry in entries for reading in entry.readings for _, object_id in _subjects(reading)}
        self._look_up(pa.array(sorted(ids), pa.string()))

    def _look_up(self, ids: pa.Array) -> None:
        named = pc.is_in(self._manifest["id"], ids)
        rows = pc.indices_nonzero(named).to_pylist()
        names = zip(self.elements.filter(named).to_pylist(), self._manifest["id"].filter(named).to_pylist(), strict=True)
        for row, (element, object_id) in zip(rows, names, strict=True):
            if element != BOOK:
                self._named[element, object_id].append(row)
        of_books = pc.and_(self.in_books, pc.is_in(self._manifest["container"], ids))
        files = self._manifest.select(["container", "feed"]).filter(of_books).group_by(["container", "feed"]).aggregate([])
        numbers = {feed: number for number, feed in enumerate(self.feeds)}
        for file in files.to_pylist():
            self._books[file["container"]].append(numbers[file["feed"]])

    @cached_property
    def in_books(self) -> pa.ChunkedArray:
        """Which rows stand in a price book's file."""
        return pc.is_in(self.elements, pa.array([BOOK, PRICES]))

    def matching(self, file: str) -> frozenset[int]:
        """The archive's files that the log may mean by a name. Example: `load-0001/catalogs/c/catalog.xml` and `catalog.xml` may
        both mean `catalogs/c/catalog.xml`."""
        if file not in self._matching:
            self._matching[file] = frozenset(
                number
                for number, feed in enumerate(self.feeds)
                if file == feed or file.endswith("/" + feed) or feed.endswith("/" + file)
            )
        return self._matching[file]

    def tie(self, entry: LogEntry) -> Tie:
        """What a problem is about: by the id that it names, else by its file and line.

        Example: `Line: 12/Product a: b:text` is about the product `a: b`, unless there is a product `a` as well and only that one
        stands on line 12.
        """
        concerned = self._concerned(entry)
        # Which file was being imported is assumed from other lines; an id that only another file holds says more.
        subjects = self._by_id(entry) or (self._by_id(replace(entry, near="")) if entry.near else {})
        if len(subjects) > 1:
            fitting = {
                subject: (places, reading)
                for subject, (places, reading) in subjects.items()
                if any(self._fits(place, reading) for place in places)
            }
            if len(fitting) != 1:
                return _tie((place for places, _ in subjects.values() for place in places), False, concerned, entry.message)
            subjects = fitting
        for places, reading in subjects.values():
            # One id may stand in several files: where the line tells which, only that one is meant.
            meant = [place for place in places if self._fits(place, reading)] if len(places) > 1 else places
            return _tie(meant or places, True, concerned, reading.message, reading.id)
        standing_there = self._by_place(entry)
        if len(standing_there) == 1:
            ((place, reading),) = standing_there.items()
            return _tie([place], True, concerned, reading.message)
        return _tie([], False, concerned, entry.message)

    def _by_id(self, entry: LogEntry) -> dict[tuple[str, str], tuple[list[_Place], Reading]]:
        """The objects whose id the problem may name: (element, id) -> where they stand."""
        subjects: dict[tuple[str, str], tuple[list[_Place], Reading]] = {}
        for reading in entry.readings:
            feeds = self._meant(reading, entry)
            for element, object_id in _subjects(reading):
                if (element, object_id) in subjects:
                    continue
                if element == BOOK:
                    places = [(number, True) for number in self._books.get(object_id, ()) if feeds is None or number in feeds]
                else:
                    rows = self._named.get((element, object_id), ())
                    places = [(row, False) for row in rows if feeds is None or int(self.feed[row]) in feeds]
                if places:
                    subjects[element, object_id] = (places, reading)
        return subjects

    def _by_place(self, entry: LogEntry) -> dict[_Place, Reading]:
        """What stands where the problem says."""
        standing_there: dict[_Place, Reading] = {}
        for reading in entry.readings:
            if reading.line is None:
                continue
            element = LOG_NAMES.get(reading.type)
            meant = self._meant(reading, entry)
            feeds = self._by_line.keys() if meant is None else meant
            for feed in feeds:
                for place in self._at_line(feed, reading.line, element):
                    standing_there.setdefault(place, reading)
        return standing_there

    def _meant(self, reading: Reading, entry: LogEntry) -> frozenset[int] | None:
        """The files that a reading speaks of; None: it doesn't say."""
        if reading.file:
            return self.matching(reading.file)
        return (self.matching(entry.near) if entry.near else None) or None

    def _concerned(self, entry: LogEntry) -> frozenset[int] | None:
        named = frozenset(number for reading in entry.readings if reading.file for number in self.matching(reading.file))
        return named or (self.matching(entry.near) if entry.near else None) or None

    def _fits(self, place: _Place, reading: Reading) -> bool:
        """Whether an object stands on the line that a reading names."""
        number, is_book = place
        feed = number if is_book else int(self.feed[number])
        element = BOOK if is_book else self.elements[number].as_py()
        return reading.line is not None and place in self._at_line(feed, reading.line, element)

    def _at_line(self, feed: int, line: int, element: str | None) -> list[_Place]:
        """What stands on a line of a file; `element`: only that (None: anything)."""
        starts, rows = self._by_line.get(feed, (_NONE, _NONE))
        before = int(np.searchsorted(starts, line, side="right")) - 1
        if before < 0:
            # A price book's file begins with its header, which need not be of the archive's manifest.
            is_header = feed in self.book_feeds and element in (None, BOOK)
            return [(feed, True)] if is_header and len(rows) else []
        row = int(rows[before])
        its_element = self.elements[row].as_py()
        if line > self._lines[1][row] or element not in (None, its_element):
            return []
        return [(feed, True)] if its_element == BOOK else [(row, False)]

    @cached_property
    def _lines(self) -> tuple[Numbers, Numbers]:
        """First and last line of each row; -1 where it has none, as in manifests of before the lines were noted."""
        none = np.full(len(self._manifest), -1, dtype=np.int64)
        known = self._manifest.column_names
        columns = (self._manifest[name] if name in known else None for name in ("first_line", "last_line"))
        first, last = (none if column is None else pc.fill_null(column, -1).to_numpy() for column in columns)
        return first, last

    @cached_property
    def _by_line(self) -> dict[int, tuple[Numbers, Numbers]]:
        """For each file: the first lines of its objects, in order, and their rows."""
        first, _ = self._lines
        rows = np.flatnonzero(first >= 0)
        rows = rows[np.lexsort((first[rows], self.feed[rows]))]
        numbers, starts = np.unique(self.feed[rows], return_index=True)
        parts = np.split(rows, starts[1:])
        return {int(number): (first[part], part) for number, part in zip(numbers, parts, strict=True)} if len(rows) else {}

    @cached_property
    def book_feeds(self) -> frozenset[int]:
        """The files of price books."""
        return frozenset(np.unique(self.feed[self.in_books.to_numpy()]).tolist())


_NONE: Final[Numbers] = np.array([], dtype=np.int64)


def _tie(places: Iterable[_Place], certain: bool, feeds: frozenset[int] | None, message: str, named: str = "") -> Tie:
    places = sorted(set(places))
    rows = tuple(number for number, is_book in places if not is_book)
    books = tuple(number for number, is_book in places if is_book)
    return Tie(rows, books, certain, feeds, message, named)


def _elements(types: pa.ChunkedArray) -> pa.ChunkedArray:
    """SFCC's element names of record types; a type that the log doesn't count keeps its own name."""
    counted = [record_type for record_type in REGISTRY.values() if record_type.counted]
    names = pa.array([record_type.log_names[0] for record_type in counted])
    kinds = pa.chunked_array(types.chunks, pa.string()).combine_chunks()
    number = pc.index_in(kinds, value_set=pa.array([record_type.name for record_type in counted]))
    return pa.chunked_array([pc.coalesce(names.take(number), kinds)])


def _subjects(reading: Reading) -> Iterator[tuple[str, str]]:
    """(element, id) of the objects that a reading may name. A relation's id names both its ends in one text, and an id may hold
    what separates them.

    Example: the category assignment `shoes/a b` -> shoes, `shoes/a`, `shoes/a b`, a, `a b`, b.
    """
    element = LOG_NAMES.get(reading.type)
    if element is None or not reading.id:
        return
    if element not in _NAMED_BY_ENDS:
        yield element, reading.id
        return
    between = [separator.start() for separator in islice(_SEPARATOR.finditer(reading.id), _SEPARATORS)]
    starts, ends = [0, *(at + 1 for at in between)], [*between, len(reading.id)]
    for object_id in sorted({reading.id[start:end] for start in starts for end in ends if start < end}):
        yield element, object_id
