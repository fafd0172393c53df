"""What one call sees of the PIM: all of it, unless the search index isn't whole, rights hide something, or codes are gone.

Belongs here: which items, codes and values a call sees. Doesn't: which calls see less (`pim_faults`), how lists are paged.
Source: facts about the Akeneo API: lists of products and models come from a search index that may be rebuilding; rights hide
things instead of refusing them, with status 200.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from sandbox.pim.pim_database import Doc, Resource
from sandbox.pim.pim_search import Sql
from sandbox.pim.pim_structure import Structure

Codes = Mapping[str, frozenset[str]]
"""Kind of resource (`attribute`, `locale` ...) -> lower-case codes."""

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """What one call sees.

    keep: how much of each list there is: None = all, a whole number = the first items, a fraction = that share of the items,
        always the same ones. Single items are not affected.
    counts_all: whether a list's `items_count` counts what `keep` leaves out, too.
    gone: codes that the PIM's lists no longer have, nor their own addresses. Values and items that use them stay.
    hidden: codes that the connection may not view: as gone, and their values and memberships are left out, too.
    stamps_two_way: whether an item's `updated` moves when a two-way association is added at its other end.
    """

    keep: int | float | None = None
    counts_all: bool = False
    gone: Codes = field(default_factory=dict)
    hidden: Codes = field(default_factory=dict)
    stamps_two_way: bool = True

    def indexed(self, key: str) -> bool:
        """Whether a share of the items includes this one: by the key alone, so that every list agrees."""
        return self.keep is None or crc32(key.lower().encode()) % 1000 < self.keep * 1000

    def listed(self, resources: Iterable[Resource]) -> list[Resource]:
        """What a list of resources still has of them."""
        if isinstance(self.keep, int):
            return list(resources)[: self.keep]
        return [r for r in resources if self.indexed(r.code)]

    def kept(self, table: str, key: str) -> list[Sql]:
        """What the list of a `table` in order of `key` still has, as SQL on `p`; `indexed` is an SQL function there."""
        if self.keep is None:
            return []
        if isinstance(self.keep, int):
            return [Sql(f"p.{key} IN (SELECT {key} FROM {table} ORDER BY {key} LIMIT {self.keep})")]
        return [Sql(f"indexed(p.{key})")]

    def visible(self, structure: Structure, table: str) -> list[Sql]:
        """Which items the rights show, as SQL on `p`: an item is hidden when it has categories and all of them are.

        Source: Akeneo help, rights on categories.
        """
        categories = sorted(_with_children(structure, self.hidden.get("category", NONE)))
        if not categories:
            return []
        mine = f"SELECT 1 FROM {table}_category x WHERE x.id = p.id"
        marks = ",".join("?" * len(categories))
        return [Sql(f"(NOT EXISTS ({mine}) OR EXISTS ({mine} AND x.category NOT IN ({marks})))", tuple(categories))]

    def shows(self, structure: Structure, kind: str, doc: Doc) -> bool:
        """Whether the call sees a resource: in its list and by its code."""
        codes = self.gone.get(kind, NONE) | self.hidden.get(kind, NONE)
        if kind == "category":
            codes = _with_children(structure, codes)
        if kind == "attribute" and (doc["group"] or "").lower() in self.hidden.get("attribute_group", NONE):
            return False
        return doc["code"].lower() not in codes

    def trimmed(self, structure: Structure, item: Doc) -> Doc:
        """A product, model, asset or record without what the connection may not view."""
        locales, categories = self.hidden.get("locale", NONE), _with_children(structure, self.hidden.get("category", NONE))
        values = {}
        for code, given in item["values"].items():
            attribute = structure.attribute(code) if "associations" in item else None
            kept = [v for v in given if (v["locale"] or "").lower() not in locales]
            if kept and (attribute is None or self.shows(structure, "attribute", attribute)):
                values[code] = kept
        trimmed = {**item, "values": values}
        if "categories" in item:
            trimmed["categories"] = [c for c in item["categories"] if c.lower() not in categories]
        return trimmed


def _with_children(structure: Structure, codes: frozenset[str]) -> frozenset[str]:
    """The lower-case codes of categories and of all below them."""
    return frozenset(below.lower() for code in codes for below in structure.subtree(code))


EVERYTHING = Sight()
