"""Where the PIM and what is known of it differ, found by counts: which question comes next, and what the answers say. Pure.

Belongs here: cutting what is known into cells, and the choice between cutting and walking. Doesn't: asking (`counting`, `paging`,
`walk`), what follows for an item (`akeneo_assets.loads.removals`).

A cell is a span of creation times, of some families or of all. A count tells whether the PIM has as many items in it as are
known. Where it hasn't, the cell is halved: one half is counted, the other half's count follows. A cell that fits on a page is
read.
Equal counts are evidence, no proof: an item that went and one that came in the same cell hide each other.
Source: Akeneo API, filters (BETWEEN includes both ends; `created` has whole seconds and no offset); LOADS, "Removals".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, log2
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from akeneo_assets.pim.counting import Search
from akeneo_assets.pim.cuts import GOOD

PAGE: Final = 100
"""Items that a page holds at most."""

LONGEST_SEARCH: Final = 4_000
"""Characters of a search by families: encoded, servers take it within their line of 8 KiB."""

NO_FAMILY: Final = -1

Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Known:
    """The items of the PIM that are known, a row each: about 60 bytes.

    `keys`: a product's uuid, a model's code in lower case. `created`: its second, counted on the clock that the PIM prints; 0
    where it prints none. `family`: its place in `families`, or NO_FAMILY; there, None stands for one that the PIM no longer
    lists, which can't be asked for.
    """

    keys: pa.StringArray
    created: Rows
    family: np.ndarray[Any, np.dtype[np.int32]]
    families: Sequence[str | None]

    @classmethod
    def of(cls, table: pa.Table, listed: Callable[[str], bool]) -> "Known":
        """From the columns `key`, `family` (null: none) and `created` (seconds). `listed`: whether the PIM lists a family."""
        family = table["family"].combine_chunks().dictionary_encode()
        return cls(
            table["key"].combine_chunks(),
            table["created"].to_numpy(),
            family.indices.fill_null(NO_FAMILY).to_numpy(zero_copy_only=False),
            [code if listed(code) else None for code in family.dictionary.to_pylist()],
        )


@dataclass(frozen=True)
class Cell:
    """A part of what is known and of the PIM: items created from second `first` on (None: from the beginning) to second `last`,
    both included, of `families` (None: whichever or none; NO_FAMILY among them: those without). `rows` are the known ones,
    `counted` is how many the PIM has."""

    first: int | None
    last: int
    families: tuple[int, ...] | None
    rows: Rows
    counted: int

    @classmethod
    def of_all(cls, before: int, known: Known | None = None, counted: int = 0) -> "Cell":
        """The cell of all items that were created before a second."""
        rows = np.flatnonzero(known.created < before) if known else np.empty(0, dtype=np.int64)
        return cls(None, before - 1, None, rows, counted)

    @property
    def differs(self) -> bool:
        """Whether the PIM has more or fewer items here than are known."""
        return self.counted != len(self.rows)

    @property
    def costs(self) -> int:
        """Calls that finding the difference takes, about."""
        apart = max(1, abs(len(self.rows) - self.counted))
        halving = ceil(log2(max(1, len(self.rows) / PAGE / apart)))
        return min(self.pages, apart * (halving + 2) - 1)

    @property
    def pages(self) -> int:
        """Calls that reading all of it takes."""
        return ceil(self.counted / PAGE)

    def searches(self, families: Sequence[str | None]) -> list[Search]:
        """The searches that together match the cell: one, or two where it has items of some families and items without; none
        where it has families that the PIM no longer lists alone."""
        created = (
            {"operator": "<", "value": filter_text(self.last + 1)}
            if self.first is None
            else {"operator": "BETWEEN", "value": [filter_text(self.first), filter_text(self.last)]}
        )
        if self.families is None:
            return [{"created": [created]}]
        codes = [code for family in self.families if family != NO_FAMILY and (code := families[family]) is not None]
        of_some = [{"operator": "IN", "value": codes}] if codes else []
        of_none = [{"operator": "EMPTY"}] if NO_FAMILY in self.families else []
        return [{"created": [created], "family": [condition]} for condition in (*of_some, *of_none)]


def second_of(text: str) -> int:
    """The second of a filter's text: `1970-01-01 00:01:00` -> 60."""
    return int(np.datetime64(text.replace(" ", "T"), "s").astype(np.int64))


def filter_text(second: int) -> str:
    """A second as filters take it: 60 -> `1970-01-01 00:01:00`."""
    return str(np.datetime64(second, "s")).replace("T", " ")


def differing(known: Known, everything: Cell, ask: Callable[[list[Search]], Sequence[int]]) -> list[Cell] | None:
    """The cells in which the PIM and what is known differ, none of which need be cut further; None: reading all costs less.

    `ask` gives the PIM's counts of some searches.
    """
    cells, found, asked = [everything], list[Cell](), 0
    while cells:
        if asked + sum(cell.costs for cell in (*cells, *found)) >= everything.pages:
            return None
        halves: list[tuple[Cell, Cell]] = []
        for cell in cells:
            cut = _halves(known, cell) if cell.counted and len(cell.rows) > PAGE else None
            if cut is None:
                found.append(cell)
            else:
                halves.append(cut)
        counts = ask([search for one, _ in halves for search in one.searches(known.families)])
        asked += len(halves)
        cells = []
        for (one, other), count, both in zip(halves, counts, [one.counted for one, _ in halves], strict=True):
            parts = (replace(one, counted=count), replace(other, counted=max(0, both - count)))
            cells += [part for part in parts if part.differs]
    return found


def absent(known: Known, rows: Rows, read: Iterable[str]) -> list[str]:
    """The keys of known items that are not among those read."""
    keys = known.keys.take(pa.array(rows))
    return list(keys.filter(pc.invert(pc.is_in(keys, value_set=pa.array(read, pa.string())))).to_pylist())


def unknown(known: Known, read: Iterable[str]) -> list[str]:
    """The keys read that no known item has."""
    keys = pa.array(read, pa.string())
    return list(keys.filter(pc.invert(pc.is_in(keys, value_set=known.keys))).to_pylist())


def _halves(known: Known, cell: Cell) -> tuple[Cell, Cell] | None:
    """Two cells that together are this one, the known items spread over them as evenly as may be; None where it can't be cut.

    One search matches the first of them. Both still have the whole cell's count. Creation times halve exactly, unless many items
    were created in one second; then families do better.
    """
    by_created = _by_created(known, cell)
    if _evenness(by_created) >= GOOD:
        return by_created
    return max((by_created, _by_families(known, cell)), key=_evenness)


def _evenness(halves: tuple[Cell, Cell] | None) -> float:
    """The smaller half's share of the known items; 0: there are no halves."""
    if halves is None:
        return 0
    sizes = [len(half.rows) for half in halves]
    return min(sizes) / sum(sizes)


def _by_created(known: Known, cell: Cell) -> tuple[Cell, Cell] | None:
    created = known.created[cell.rows]
    median = int(np.partition(created, len(created) // 2)[len(created) // 2])
    later = created[created > median]
    # The median's own second belongs to the later half, or, if many share it, to the earlier one.
    seconds = [median, int(later.min())] if len(later) else [median]
    second = min(seconds, key=lambda second: abs(2 * int((created < second).sum()) - len(created)))
    earlier = created < second
    if not earlier.any():
        return None
    return replace(cell, last=second - 1, rows=cell.rows[earlier]), replace(cell, first=second, rows=cell.rows[~earlier])


def _by_families(known: Known, cell: Cell) -> tuple[Cell, Cell] | None:
    family = known.family[cell.rows]
    of_cell, counts = np.unique(family, return_counts=True)
    chosen: list[int] = []
    covered = 0
    for number in np.argsort(-counts, kind="stable"):
        size, code = int(counts[number]), int(of_cell[number])
        if code != NO_FAMILY and known.families[code] is None:
            continue
        # Items without family can't be asked for together with others.
        if not chosen or (covered + size <= len(family) / 2 and NO_FAMILY not in (code, *chosen)):
            chosen.append(code)
            covered += size
    others = tuple(int(code) for code in of_cell if code not in chosen)
    if not others or not chosen:
        return None
    of_chosen = np.isin(family, chosen)
    halves = (
        replace(cell, families=tuple(chosen), rows=cell.rows[of_chosen]),
        replace(cell, families=others, rows=cell.rows[~of_chosen]),
    )
    searches = (search for half in halves for search in half.searches(known.families))
    return None if any(len(orjson.dumps(search)) > LONGEST_SEARCH for search in searches) else halves
