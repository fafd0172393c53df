"""One product, model or category: what the PIM said of it, and which loads carried it to SFCC, read by key.

Belongs here: which object a name means, its item in the mirror, its entries in the ledger with their places in the feeds.
Doesn't: what it would be exported as now (`object_export`), the folds themselves (`mirror`, `ledger`). Reads the store alone; of
the tables of a large catalogue only what the key selects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

import orjson

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.list_reading import items
from akeneo_assets.loads.mirror import MIRRORED, Mirror
from akeneo_assets.loads.package import Package, newest_with
from akeneo_assets.loads.window import Window, recorded
from akeneo_assets.store import Store, sql_numbered, sql_table
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.feeds import manifest_path
from sfcc_resources.record_types import OF_PRODUCTS
from sfcc_resources.records import CATEGORY, PRODUCT

Owner = Literal["product", "product_model", "category"]

Entry = dict[str, Any]
"""What one archive carried of an object: its `number`, `load`, `type`, `container`, `id`, `deleted`, `archive`, `file` (the feed
inside it), `first_line` and `last_line` there (None: unknown), SFCC's `verdict` and `message`; `key` and
`output` as the ledger has them."""

NEAR: Final = 0.85
"""How alike an id must be to be offered for one that nothing has: Jaro-Winkler, from 0 to 1."""


@dataclass(frozen=True)
class Subject:
    """What a name means. `key` is a product's uuid, a model's code in lower case, a category's code."""

    owner: Owner
    key: str


@dataclass(frozen=True)
class Known:
    """The store as the load that decided on ids last left it: its package, window and mirror."""

    package: Package
    window: Window
    mirror: Mirror
    _items: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, store: Store) -> "Known":
        """Raises ConnectorError: no load has read products yet."""
        package = newest_with(store, "changes")
        window = recorded(store, package.name) if package else None
        if package is None or window is None:
            raise ConnectorError(f"No load has read products into {store.root} yet: run job 3-2 first (akeneo-sfcc run 3-2).")
        package = Package.of_load(store, window.key)
        package.needs("changes")
        return cls(package, window, Mirror.of(store, window))

    @property
    def store(self) -> Store:
        """Where all of it lies."""
        return self.package.store

    @property
    def sql_identities(self) -> str:
        """A query over the load's `tables.IDENTITIES`."""
        return sql_table(self.package.identities, tables.IDENTITIES)

    @cached_property
    def _categories(self) -> dict[str, dict[str, Any]]:
        return {fold(item["code"]): item for item in items(self.package, "categories")}

    # --- Names ------------------------------------------------------------------------------------------------------------------

    def named(self, name: str) -> list[Subject]:
        """What a name means: a uuid, an identifier, a model's or category's code, or an id that SFCC has or had. Several where a
        category has the code of a product, or two products have one identifier.

        Raises:
            ConnectorError: nothing is called so.
        """
        claimed = f"""
            SELECT owner, key FROM ({self.sql_identities})
            WHERE key = lower($name) OR own_id = $name OR owner = 'product' AND code = $name ORDER BY owner, key
        """
        subjects = [Subject(row["owner"], row["key"]) for row in self._rows(claimed, name)]
        if (category := self._categories.get(fold(name))) is not None:
            subjects.append(Subject("category", category["code"]))
        if not (subjects := subjects or self._formerly(name)):
            near = ", ".join(map(shown, self._near(name)))
            raise ConnectorError(
                f"No product, product model or category is called '{shown(name)}', neither in the PIM as the load "
                f"'{self.window.key}' has read it nor in what SFCC was sent: "
                + (f"did you mean {near}?" if near else "look for its SKU, uuid or code in the PIM.")
            )
        return subjects

    def _formerly(self, name: str) -> list[Subject]:
        """What SFCC was given under the name: what is renamed or deleted in the PIM, or isn't exported any more."""
        sent = self._rows(
            f"SELECT DISTINCT type, id, source FROM ledger_entries WHERE type IN ('{PRODUCT}', '{CATEGORY}') AND id = $name "
            f"OR source = 'product:' || lower($name) OR source = 'product_model:' || lower($name) ORDER BY ALL",
            name,
        )
        subjects = []
        for entry in sent:
            owner, _, key = (entry["source"] or f"category:{entry['id']}").partition(":")
            subjects += [Subject(known, key) for known in get_args(Owner) if known == owner]
        return list(dict.fromkeys(subjects))

    def _near(self, name: str, count: int = 5) -> list[str]:
        """The names most like one that nothing has: identifiers, codes and SFCC ids."""
        alike = f"""
            SELECT name FROM (
                SELECT unnest([code, own_id]) AS name FROM ({self.sql_identities})
                UNION ALL SELECT unnest($more) AS name
            )
            WHERE jaro_winkler_similarity(lower(name), lower($name)) >= {NEAR}
            GROUP BY name ORDER BY max(jaro_winkler_similarity(lower(name), lower($name))) DESC, name LIMIT {count}
        """
        more = [item["code"] for item in self._categories.values()]
        return [row["name"] for row in self._rows(alike, name, more=more)]

    # --- What the PIM said ------------------------------------------------------------------------------------------------------

    def identity(self, subject: Subject) -> dict[str, Any] | None:
        """The `tables.IDENTITIES` row of a product or model; None: the PIM doesn't have it."""
        wanted = f"FROM ({self.sql_identities}) WHERE owner = $owner AND key = $name"
        return next(iter(self._rows(wanted, subject.key, owner=subject.owner)), None)

    def items(self, owner: str, keys: Sequence[str]) -> list[dict[str, Any]]:
        """`Mirror.items` of products or models, asked for once: the keys of all that the mirror has are looked through."""
        asked = (owner, *keys)
        if asked not in self._items:
            self._items[asked] = self.mirror.items(MIRRORED[owner], keys)
        return self._items[asked]

    def said(self, subject: Subject) -> dict[str, Any] | None:
        """What the PIM said of it last: `load` that read it, `read` (when that load's reading began, by the PIM's clock),
        `updated` and `created`, and the `item` as the API gave it; None: the PIM doesn't have it."""
        if subject.owner == "category":
            category = self._categories.get(fold(subject.key))
            read = {"load": self.package.name, "read": self.window.poll_start, "updated": None, "created": None}
            return category and read | {"item": category}
        for row in self.items(subject.owner, [subject.key]):
            return {name: row[name] for name in ("load", "read", "updated", "created")} | {"item": orjson.loads(row["item"])}
        return None

    # --- What SFCC was given ----------------------------------------------------------------------------------------------------

    def history(self, subject: Subject, ids: Sequence[str]) -> list[Entry]:
        """What SFCC was given of it, the oldest archive first: under its present `ids`, whoever had them, and under those that it
        had before."""
        kinds = (CATEGORY,) if subject.owner == "category" else (PRODUCT, *OF_PRODUCTS)
        wanted = f"""
            SELECT number, load, type, container, id, deleted, archive, file, verdict, message, source, key, output,
                first_line, last_line
            FROM ledger_entries
            WHERE source = $name OR list_contains($ids, id) AND type IN ({", ".join(f"'{kind}'" for kind in kinds)})
            ORDER BY number, type <> '{PRODUCT}', type, container, id
        """
        entries = self._rows(wanted, f"{subject.owner}:{subject.key}", ids=list(ids))
        return self._with_lines(entries)

    def _with_lines(self, entries: list[Entry]) -> list[Entry]:
        """The entries with the lines that their objects take in their feeds: folded ones have them already."""
        archives = {entry["archive"]: Package.of_load(self.store, entry["load"]).archives for entry in entries}
        manifests = {name: path for name, folder in archives.items() if (path := manifest_path(folder / name)).is_file()}
        lines: dict[tuple[str, ...], tuple[int | None, int | None]] = {}
        if manifests:
            names = list(manifests)
            placed = self._rows(
                f"""
                SELECT number, container, type, id, first_line, last_line
                FROM ({sql_numbered({manifests[name]: number for number, name in enumerate(names)})})
                WHERE list_contains($ids, id)
                """,
                ids=list({entry["id"] for entry in entries}),
            )
            for row in placed:
                lines[names[row["number"]], row["container"], row["type"], row["id"]] = row["first_line"], row["last_line"]
        for entry in entries:
            place = (entry["archive"], entry["container"], entry["type"], entry["id"])
            entry["first_line"], entry["last_line"] = lines.get(place, (entry["first_line"], entry["last_line"]))
        return entries

    def _rows(self, sql: str, name: str = "", **more: Any) -> list[dict[str, Any]]:
        """The rows of a query that gives few, over files or the ledger's entries. `$name` and `more` are its parameters."""
        given = {"name": name, **more}
        used = {parameter: value for parameter, value in given.items() if f"${parameter}" in sql}
        views = (Ledger(self.store).views,) if "ledger_entries" in sql else ()
        with self.store.query(*views) as query:
            found: list[dict[str, Any]] = query.sql(sql, params=used).to_arrow_table().to_pylist()
            return found
