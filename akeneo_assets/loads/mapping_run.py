"""Mapping a load: rows of the mirror through the pure mapping into record files, streamed.

Belongs here: which row meets which other (variants with their models, products with their association targets). Doesn't: the
mapping itself (`akeneo_assets.mapping`), or which rows a load maps (`changes`).
Simple products come first, in the mirror's order; then each master with its sub-models and variants.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

import pyarrow as pa

from akeneo_assets import collector, tables
from akeneo_assets.loads.changes import IS_MAPPED
from akeneo_assets.loads.groups import Groups
from akeneo_assets.loads.identities import Models, Targets
from akeneo_assets.loads.mirror import Items, Mirror, target_key
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles
from akeneo_assets.mapping.frame import NO_COMPOSITIONS, Compositions, Item
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.record_writer import Mapped, VariantFacts
from akeneo_assets.pim.partial import whole_item
from akeneo_assets.store import TableWriter, sql_files, sql_table


def quarantined(problem: Problem, code: str | None, *, held_back: bool) -> dict[str, Any]:
    """The `tables.HELD_BACK` row of a problem of the object with this code."""
    return {
        "owner": problem.kind,
        "key": problem.key,
        "code": code,
        "held_back": held_back,
        "attribute": problem.attribute or None,
        "reason": problem.reason,
    }


Resolved = dict[tuple[str, str], Any]
"""What a row names, by (kind, code as spelled): the SFCC id, for a group the ids of its products."""

_PARSED_ROWS: Final = 4
"""Rows whose items are parsed at a time: few, so that they stay in the processor's caches."""

ROWS: Final = pa.schema(
    [
        pa.field("root", pa.string()),  # key of the root model; null: a simple product
        pa.field("place", pa.int8()),  # in its group: ROOT, SUB_MODEL or VARIANT
        pa.field("key", pa.string()),
        pa.field("code", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("own_id", pa.string()),  # `tables.IDENTITIES`
        pa.field("item", pa.binary()),
    ]
)
"""A product or model a row, to be mapped."""

ROOT, SUB_MODEL, VARIANT = 0, 1, 2


class Row(NamedTuple):
    """A product or model to be mapped: `ROWS` with the item parsed, and what it names."""

    root: str | None
    place: int
    key: str
    code: str | None
    parent: str | None
    own_id: str | None
    item: dict[str, Any]
    resolved: Resolved
    compositions: Compositions  # those of `resolved` that are bundles or sets; of a bundle's or set's row alone

    @property
    def source(self) -> str:
        """The PIM object that the records of the row come from, as `tables.RECORDS` has it."""
        return f"{'product' if self.place == VARIANT else 'product_model'}:{self.key}"


@dataclass(frozen=True)
class RowMapper:
    """Rows through the mapping, each with the models above it and with what it names."""

    models: Models
    mapping: ProductMapping

    def parsed(self, rows: pa.RecordBatch | pa.Table, known: Targets) -> Iterator[Row]:
        """The `ROWS`, parsed and resolved some at a time."""
        *columns, items = rows.columns
        narrow = list(zip(*(column.to_pylist() for column in columns), strict=True))
        for start in range(0, rows.num_rows, _PARSED_ROWS):
            texts = items.slice(start, _PARSED_ROWS).to_pylist()
            some = zip(narrow[start : start + len(texts)], texts, strict=True)
            yield from self.resolved([(*row, self.item(text)) for row, text in some], known)

    def item(self, text: bytes) -> dict[str, Any]:
        """The item of a product or model, as the mapping takes it."""
        return self.models.by_uuid(whole_item(text))

    def named(self, item: Item) -> set[tuple[str, str]]:
        """What an item names, as `Targets` is asked for it."""
        return {(kind, target_key(kind, code)) for kind, code in self.mapping.targets_of(item)}

    def resolved(self, rows: Sequence[tuple[Any, ...]], known: Targets) -> Iterator[Row]:
        """Rows with the columns of `ROWS`, the last of them the item, each with the SFCC ids of what it names (codes as
        spelled)."""
        wanted = [self.mapping.targets_of(item) for *_, item in rows]
        found = known.resolve((kind, target_key(kind, code)) for names in wanted for kind, code in names)
        for row, names in zip(rows, wanted, strict=True):
            resolved = {(kind, code): hit for kind, code in names if (hit := found.get((kind, target_key(kind, code))))}
            is_composed = self.mapping.composition_of(row[-1]) is not None
            yield Row._make((*row, resolved, known.compositions(_ids(resolved)) if is_composed else NO_COMPOSITIONS))

    def simple(self, row: Row) -> Mapped:
        """What a simple product becomes."""
        return self._product(row, [])

    def group(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Mapped]]:
        """What the variants of a master become, then the master, which is made of what they came to. `rows`: of one group, the
        root first, then sub-models, then variants."""
        models = [row for row in rows if row.place != VARIANT]
        items: dict[str, Item] = {row.key: row.item for row in models}
        exported: list[VariantFacts] = []
        for row in rows[len(models) :]:
            mapped = self._product(row, self._above(row, items))
            if mapped.facts is not None:
                exported.append(mapped.facts)
            yield row, mapped
        if models:
            root, *sub_models = models
            resolved = {name: hit for row in models for name, hit in row.resolved.items()}
            own_ids = {row.item["code"]: row.own_id for row in models if row.own_id is not None}
            yield root, self.mapping.map_master(root.item, [row.item for row in sub_models], exported, resolved, own_ids)

    def _product(self, row: Row, above: list[Item]) -> Mapped:
        return self.mapping.map_product(
            row.item, ancestors=above, targets=row.resolved, compositions=row.compositions, sfcc_id=row.own_id
        )

    def _above(self, row: Row, items: dict[str, Item]) -> list[Item]:
        """A sub-model that is held back isn't among them: its variants have nothing of it."""
        return [items[key] for key in self.models.above(row.parent) or () if key in items]


@dataclass
class MappingRun:
    """One pass of a load's products and masters through the mapping."""

    package: Package
    mirror: Mirror
    models: Models
    mapping: ProductMapping
    everything: bool
    tell: Callable[[int], None]  # how many products are mapped so far
    products: int = 0
    masters: int = 0
    left_out: int = 0  # products and models that the settings leave out
    unassigned: int = 0  # places in categories of trees that are not exported
    trimmed: int = 0  # texts that lost blanks at their edges

    def write(self, files: RecordFiles, problems: TableWriter) -> None:
        """Write the records of all products and masters of the load, and what was held back."""
        known = Targets.read(self.package.store, self.package.identities, self.mirror)
        mapper = RowMapper(self.models, self.mapping)
        with collector.at_rest(), Groups(self.package.scratch("groups"), ROWS, self.mirror.items_size()) as groups:
            for batch in self._selected():
                simple = batch.column("root").is_null()
                for row in mapper.parsed(batch.filter(simple), known):
                    self._keep(row, mapper.simple(row), files, problems)
                groups.add(batch.filter(batch.column("root").is_valid()))
                self.tell(self.products)
            for table in groups.tables("place", "key"):
                for _, group in groupby(mapper.parsed(table, known), key=attrgetter("root")):
                    for row, mapped in mapper.group(list(group)):
                        self._keep(row, mapped, files, problems)
                self.tell(self.products)
        self._held_back(problems)

    def _held_back(self, problems: TableWriter) -> None:
        """Tell the products and models that have no SFCC id; those that the settings leave out are only counted."""
        chosen = "" if self.everything else f"SEMI JOIN read_parquet({sql_files([self.package.changes])}) c ON {IS_MAPPED}"
        without = self.package.store.select(f"""
            SELECT owner, key, code, reason, left_out
            FROM read_parquet({sql_files([self.package.identities])}) i {chosen}
            WHERE sfcc_id IS NULL ORDER BY owner, key
        """)
        for row in (row for batch in without for row in batch.to_pylist()):
            if row.pop("left_out"):
                self.left_out += 1
            else:
                problems.write(row | {"held_back": True})

    def _keep(self, row: Row, mapped: Mapped, files: RecordFiles, problems: TableWriter) -> None:
        if row.place == VARIANT:
            self.products += 1
        else:
            self.masters += 1
        files.write(mapped.records, row.source)
        self.unassigned += mapped.unassigned
        self.trimmed += mapped.trimmed
        for problem in mapped.problems:
            problems.write(quarantined(problem, row.code, held_back=not mapped.records))

    def _selected(self) -> Iterator[pa.RecordBatch]:
        """The `ROWS` of the mirror that this load maps."""
        identities, changes = sql_table(self.package.identities, tables.IDENTITIES), sql_files([self.package.changes])
        kinds: tuple[tuple[str, Items, str, str], ...] = (
            ("product_model", "product_models", f"CASE WHEN m.key = i.root THEN {ROOT} ELSE {SUB_MODEL} END", "i.root"),
            ("product", "products", str(VARIANT), "m.key"),
        )
        for owner, table, place, group in kinds:
            chosen = "" if self.everything else f"SEMI JOIN read_parquet({changes}) c ON c.owner = '{owner}' AND c.key = {group}"
            exported = f"JOIN ({identities}) i ON i.owner = '{owner}' AND i.key = m.key AND i.sfcc_id IS NOT NULL {chosen}"
            more = f", i.root, i.own_id, ({place})::TINYINT AS place"
            for rows in self.mirror.stream(table, ["key", "code", "parent", "item"], more, exported):
                yield pa.RecordBatch.from_arrays([rows.column(name) for name in ROWS.names], schema=ROWS)


def _ids(resolved: Resolved) -> Iterator[str]:
    """All SFCC ids that a row names."""
    for hit in resolved.values():
        yield from [hit] if isinstance(hit, str) else hit
