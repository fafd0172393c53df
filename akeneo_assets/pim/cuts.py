"""Cutting one query of products or models into complementary ones. Pure; when and what to cut is the walk's decision.

Each cut is a list of branches whose conditions exclude each other and together hold for every row, so that no row is lost or read
twice, whatever the sample says: the rows read last only tell which cut halves what remains.
Source: Akeneo API, filters (`<` is strict, BETWEEN includes both ends; both on one clock, whichever zone the PIM reads texts in).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from akeneo_assets.pim.clock import wall_clock

# No stamp is later, in any zone.
END_OF_TIME = "2999-12-31 23:59:59"

# A cut whose smallest gain on the sample is below this share moves too little to be worth a query more.
WORTHWHILE = 0.1
# A cut this even is taken without looking for a better one.
GOOD = 0.25


class Condition(NamedTuple):
    """One filter: `search={property: [{operator, value}]}`; all conditions of a search hold together."""

    property: str
    operator: str
    value: Any = None


Branch = tuple[Condition, ...]


class Traits(NamedTuple):
    """What cuts look at in an item; kept instead of the item. `created` as in a filter; None where the PIM prints no date."""

    family: str | None
    created: str | None
    enabled: bool
    is_child: bool


def traits(item: Mapping[str, Any]) -> Traits:
    """The traits of a product or model as the API gives it."""
    return Traits(
        item.get("family"), wall_clock(item.get("created")), item.get("enabled") is not False, item.get("parent") is not None
    )


def search_with(base: Mapping[str, Sequence[Any]], conditions: Iterable[Condition]) -> dict[str, list[Any]]:
    """The search document of `base` (in the API's own shape) narrowed by `conditions`."""
    search: dict[str, list[Any]] = {name: list(filters) for name, filters in base.items()}
    for name, operator, value in conditions:
        narrow = {"operator": operator} if value is None else {"operator": operator, "value": value}
        search.setdefault(name, []).append(narrow)
    return search


def holds(conditions: Branch, row: Traits) -> bool:
    """Whether a row of the sample falls into a branch."""
    return all(_HOLDS[name, operator](row, value) for name, operator, value in conditions)


def best_cut(endpoint: str, conditions: Branch, sample: Sequence[Traits]) -> list[Branch]:
    """The branches that split the rows still to come of a query most evenly; empty if no cut promises anything.

    `conditions`: what narrows the query already; `sample`: rows in the list's order. Chosen by the sample's first half and judged
    by its second, because a trait that follows the list's order (models are read by code, and codes often follow the creation
    date) halves the rows behind, not those ahead. Rows without a date are found by no condition on it: then it cuts nothing.
    """
    if any(row.created is None for row in sample):
        sample = undated(sample)
    middle = len(sample) // 2
    earlier, later = sample[:middle], sample[middle:]
    best: list[Branch] = []
    best_gain = WORTHWHILE
    for propose in _PROPOSALS[endpoint]:
        branches = propose(earlier, conditions)
        gain = min(_gain(branches, earlier), _gain(branches, later))
        if gain >= GOOD:
            return branches
        if gain > best_gain:
            best, best_gain = branches, gain
    return best


def undated(sample: Sequence[Traits]) -> list[Traits]:
    """The sample without dates, so that nothing is cut by them."""
    return [row._replace(created=None) for row in sample]


def cut_ahead(sample: Sequence[Traits], to_come: float) -> list[Branch]:
    """For rows in the order of their creation, which leaves no other cut: at the second that, at the sample's pace, is reached
    when half of the rows to come have passed. A guess; empty if the sample tells no pace, or has rows without a date.
    """
    if any(row.created is None for row in sample):
        return []
    first, last = (datetime.fromisoformat(row.created or "") for row in (sample[0], sample[-1]))
    if last <= first:
        return []
    try:
        return _at(str((last + (last - first) * (to_come / 2 / len(sample))).replace(microsecond=0)))
    except OverflowError:
        return []


def _gain(branches: Sequence[Branch], rows: Sequence[Traits]) -> float:
    """The share of rows outside the largest branch: 0 (nothing split off) to a half and more (even)."""
    if not branches or not rows:
        return 0.0
    return 1 - max(sum(holds(branch, row) for row in rows) for branch in branches) / len(rows)


def _at(second: str) -> list[Branch]:
    """Before a second, and from it on. One text for both, so that no zone and no change of the clock can part them."""
    return [(Condition("created", "<", second),), (Condition("created", "BETWEEN", [second, END_OF_TIME]),)]


def _by_created(rows: Sequence[Traits], _conditions: Branch) -> list[Branch]:
    """Earlier and later ones; none where some have no date: neither branch would find these."""
    stamps = sorted(row.created for row in rows if row.created is not None)
    if len(stamps) < len(rows):
        return []
    median = stamps[len(stamps) // 2] if stamps else ""
    # The median's second belongs to the later rows, or, if many share it, to the earlier ones.
    following = next((stamp for stamp in stamps if stamp > median), median)
    return max((_at(second) for second in (median, following)), key=lambda branches: _gain(branches, rows)) if stamps else []


def _by_enabled(_rows: Sequence[Traits], _conditions: Branch) -> list[Branch]:
    return [(Condition("enabled", "=", True),), (Condition("enabled", "=", False),)]


def _by_parent(_rows: Sequence[Traits], _conditions: Branch) -> list[Branch]:
    return [(Condition("parent", "EMPTY"),), (Condition("parent", "NOT EMPTY"),)]


def _by_family(rows: Sequence[Traits], _conditions: Branch = ()) -> list[Branch]:
    """Some families of the sample, and every other one. Only for rows that are known to have a family."""
    chosen: list[str] = []
    covered = 0
    for family, count in Counter(row.family for row in rows if row.family is not None).most_common():
        if not chosen or covered + count <= len(rows) / 2:
            chosen.append(family)
            covered += count
    return [(Condition("family", "IN", chosen),), (Condition("family", "NOT IN", chosen),)] if chosen else []


def _by_family_or_none(rows: Sequence[Traits], conditions: Branch) -> list[Branch]:
    """As by family, and a branch for products without one: whether NOT IN includes them need not be known."""
    branches = _by_family(rows)
    if not branches or any(condition.property == "family" for condition in conditions):
        return branches
    chosen, others = branches
    return [chosen, (*others, Condition("family", "NOT EMPTY")), (Condition("family", "EMPTY"),)]


# Plainest first: cutting products by family costs a third query. Variants carry a parent, too, but only newer PIMs filter by it.
# A model always has a family: its family variant's.
_PROPOSALS: dict[str, tuple[Callable[[Sequence[Traits], Branch], list[Branch]], ...]] = {
    "products-uuid": (_by_created, _by_enabled, _by_family_or_none),
    "product-models": (_by_created, _by_parent, _by_family),
}

_HOLDS: dict[tuple[str, str], Callable[[Traits, Any], bool]] = {
    ("created", "<"): lambda row, value: (row.created or "") < value,
    ("created", "BETWEEN"): lambda row, value: value[0] <= (row.created or "") <= value[1],
    ("enabled", "="): lambda row, value: row.enabled is value,
    ("parent", "EMPTY"): lambda row, _: not row.is_child,
    ("parent", "NOT EMPTY"): lambda row, _: row.is_child,
    ("family", "IN"): lambda row, value: row.family in value,
    ("family", "NOT IN"): lambda row, value: row.family not in value,
    ("family", "EMPTY"): lambda row, _: row.family is None,
    ("family", "NOT EMPTY"): lambda row, _: row.family is not None,
}
