"""Mapping a load: rows of the mirror through the pure mapping into record files, streamed.

Belongs here: which row meets which other (variants with their master, products with their association targets). Doesn't: the
mapping
itself (`akeneo_assets.mapping`), or which rows a load maps (`changes`).
Products come first, in the mirror's order; each variant leaves the facts that its master is made of. Then the models come by
root.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa

from akeneo_assets import collector
from akeneo_assets.loads.identities import Models, Targets
from akeneo_assets.loads.mirror import Mirror, Table, target_key
from akeneo_assets.loads.records import RecordFiles
from akeneo_assets.mapping.products import Item, ProductMapping
from akeneo_assets.store import Store, TableWriter, sql_files

HELD_BACK: Final = pa.schema(
    [
        pa.field("owner", pa.string(), nullable=False),  # product, product_model, category, attribute, ...
        pa.field("key", pa.string(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("held_back", pa.bool_(), nullable=False),  # the whole object; else only what the reason names
        pa.field("attribute", pa.string()),  # the PIM attribute concerned, if one is
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""The quarantine: what of the PIM did not reach SFCC, and why."""

Resolved = dict[tuple[str, str], Any]
"""What a row names, by (kind, code as spelled): the SFCC id, for a group the ids of its products."""

_FACTS: Final = pa.schema([pa.field("root", pa.string(), nullable=False), pa.field("facts", pa.binary(), nullable=False)])


@dataclass
class MappingRun:
    """One pass of a load's products and masters through the mapping."""

    store: Store
    folder: Path  # the load's
    mirror: Mirror
    models: Models
    mapping: ProductMapping
    everything: bool
    tell: Callable[[int], None]  # how many products are mapped so far
    products: int = 0
    masters: int = 0
    left_out: int = 0  # products and models that the settings leave out
    unassigned: int = 0  # places in categories of trees that are not exported

    def write(self, files: RecordFiles, problems: TableWriter) -> None:
        """Write the records of all products and masters of the load, and what was held back."""
        known = Targets.read(self.store, self.folder / "identities.parquet", self.mirror)
        facts = self.folder / ".facts.parquet"
        with collector.at_rest():
            self._map(known, facts, files, problems)
        facts.unlink()
        self._held_back(problems)

    def _map(self, known: Targets, facts: Path, files: RecordFiles, problems: TableWriter) -> None:
        with TableWriter(facts, _FACTS) as variants:
            for row, item, above, resolved in self._products(known):
                mapped = self.mapping.map_product(item, ancestors=above, targets=resolved)
                self.products += 1
                self._keep(f"product:{row['key']}", row["code"], mapped, files, problems)
                if mapped.facts is not None:
                    variants.write({"root": row["root"], "facts": orjson.dumps(mapped.facts)})
        for root, sub_models, of_variants, resolved in self._masters(known, facts):
            mapped = self.mapping.map_master(root["item"], sub_models, of_variants, resolved)
            self.masters += 1
            self._keep(f"product_model:{root['key']}", root["code"], mapped, files, problems)

    def _held_back(self, problems: TableWriter) -> None:
        """Tell the products and models that have no SFCC id; those that the settings leave out are only counted."""
        chosen = (
            ""
            if self.everything
            else f"SEMI JOIN read_parquet({sql_files([self.folder / 'changes.parquet'])}) c USING (owner, key)"
        )
        without = self.store.select(f"""
            SELECT owner, key, code, reason, left_out
            FROM read_parquet({sql_files([self.folder / "identities.parquet"])}) i {chosen}
            WHERE sfcc_id IS NULL ORDER BY owner, key
        """)
        for row in (row for batch in without for row in batch.to_pylist()):
            if row.pop("left_out"):
                self.left_out += 1
            else:
                problems.write(row | {"held_back": True})

    def _keep(self, source: str, code: str | None, mapped: Any, files: RecordFiles, problems: TableWriter) -> None:
        files.write(mapped.records, source)
        self.unassigned += mapped.unassigned
        for problem in mapped.problems:
            problems.write(
                {
                    "owner": problem.kind,
                    "key": problem.key,
                    "code": code,
                    "held_back": not mapped.records,
                    "attribute": problem.attribute or None,
                    "reason": problem.reason,
                }
            )

    def _products(self, known: Targets) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[Item], Resolved]]:
        for batch in self._rows("product", "products"):
            for row, item, resolved in self._resolved(batch, known):
                yield row, item, [self.models.item(key) for key in self.models.above(row["parent"]) or ()], resolved
            self.tell(self.products)

    def _masters(
        self, known: Targets, facts: Path
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], Resolved]]:
        found = self.store.select(f"SELECT root, facts FROM read_parquet({sql_files([facts])}) ORDER BY root")
        variants = groupby((row for batch in found for row in batch.to_pylist()), key=itemgetter("root"))
        waiting = next(variants, None)
        rows = (
            one
            for batch in self._rows("product_model", "product_models", order="i.root, m.key <> i.root, m.key")
            for one in self._resolved(batch, known)
        )
        for root, group in groupby(rows, key=lambda one: one[0]["root"]):
            (row, item, resolved), *subs = list(group)
            while waiting is not None and waiting[0] < root:
                waiting = next(variants, None)
            of_variants = [orjson.loads(one["facts"]) for one in waiting[1]] if waiting is not None and waiting[0] == root else []
            for _, _, more in subs:
                resolved.update(more)
            yield row | {"item": item}, [sub for _, sub, _ in subs], of_variants, resolved

    def _rows(self, owner: str, table: Table, order: str | None = None) -> Iterator[list[dict[str, Any]]]:
        """Rows of the mirror that this load maps, with who they are in SFCC; models by root, whose own row comes first."""
        identities, changes = (sql_files([self.folder / name]) for name in ("identities.parquet", "changes.parquet"))
        chosen = (
            ""
            if self.everything
            else f"SEMI JOIN read_parquet({changes}) c ON c.owner = '{owner}' AND c.key = {'i.root' if order else 'm.key'}"
        )
        selected = self.store.select(f"""
            SELECT m.key, m.code, m.parent, m.item, i.root
            FROM ({self.mirror.sql(table, "key, code, parent, item")}) m
            JOIN read_parquet({identities}) i ON i.owner = '{owner}' AND i.key = m.key AND i.sfcc_id IS NOT NULL
            {chosen}
            {f"ORDER BY {order}" if order else ""}
        """)
        for batch in selected:
            yield batch.to_pylist()

    def _resolved(self, rows: list[dict[str, Any]], known: Targets) -> Iterator[tuple[dict[str, Any], dict[str, Any], Resolved]]:
        """Each row with its item and the SFCC ids of what it names (codes as spelled), resolved a batch at a time."""
        items = [self.models.by_uuid(orjson.loads(row.pop("item"))) for row in rows]
        wanted = [self.mapping.targets_of(item) for item in items]
        found = known.resolve((kind, target_key(kind, code)) for some in wanted for kind, code in some)
        for row, item, some in zip(rows, items, wanted, strict=True):
            yield row, item, {(kind, code): hit for kind, code in some if (hit := found.get((kind, target_key(kind, code))))}
