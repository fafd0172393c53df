"""Who is who: the SFCC product id of each product and model of the mirror, and the master that it belongs to.

Belongs here: collisions of ids, and resolving association targets. Doesn't: how one id follows from one row
(`akeneo_assets.mapping`).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from akeneo_assets.loads.mirror import Items, Mirror
from akeneo_assets.store import Store, TableWriter, sql_files

IDENTITIES: Final = pa.schema(
    [
        pa.field("owner", pa.string(), nullable=False),  # product or product_model
        pa.field("key", pa.string(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("sfcc_id", pa.string()),  # null: held back; a sub-model's is its master's
        pa.field("root", pa.string()),  # key of the root model; null: a simple product
        pa.field("reason", pa.string()),  # why it has none
        pa.field("left_out", pa.bool_()),  # by the settings, so that it is not held back but not wanted
    ]
)

Item = Mapping[str, Any]
"""A product or model as the API gives it."""


class Models:
    """All models of a mirror by key: what is above whom, and their items, packed and only when asked for."""

    def __init__(self, store: Store, mirror: Mirror) -> None:
        self._store, self._mirror = store, mirror
        named = store.select(mirror.named_by_models())
        self._uuids = {(row["model"], row["code"]): row["uuid"] for batch in named for row in batch.to_pylist()}
        rows = [row for batch in store.select(mirror.sql("product_models", "key, code, parent")) for row in batch.to_pylist()]
        self._parents: dict[str, str | None] = {row["key"]: row["parent"] for row in rows}
        self.codes: dict[str, str] = {row["key"]: row["code"] for row in rows}
        self.item = lru_cache(maxsize=1_000)(self._unpacked)

    @cached_property
    def _packed(self) -> dict[str, bytes]:
        """About 1 kB each: they are asked for in no order."""
        found = self._mirror.stream("product_models", ["key", "item"])
        return {row["key"]: zlib.compress(row["item"], 1) for batch in found for row in batch.to_pylist()}

    def _unpacked(self, key: str) -> Item:
        return self.by_uuid(orjson.loads(zlib.decompress(self._packed[key])))

    def by_uuid(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item of a model with the products that it is associated with by uuid, as products name them: the API names them by
        identifier here (Akeneo API, product models), and what a variant shares with its model has to look the same on both."""
        if "uuid" not in item and self._uuids:
            model = item["code"].lower()
            for of_type in (item.get("associations") or {}).values():
                of_type["products"] = [self._uuids.get((model, code), code) for code in of_type.get("products") or ()]
            for of_type in (item.get("quantified_associations") or {}).values():
                for part in of_type.get("products") or ():
                    uuid = self._uuids.get((model, part.get("identifier")))
                    if uuid and not part.get("uuid"):
                        part["uuid"] = uuid
        return item

    def above(self, parent: str | None) -> list[str] | None:
        """The keys of the models above, root first; None when one of them is missing."""
        chain: list[str] = []
        while parent is not None:
            if parent not in self._parents or parent in chain:
                return None
            chain.append(parent)
            parent = self._parents[parent]
        return chain[::-1]


@dataclass(frozen=True)
class Identification:
    """How ids follow from rows. `sfcc_id(owner, key, code)` gives the id, or None and why; `left_out(text)` says why the settings
    leave the item of that JSON text out, None where they don't; it is None itself where they leave nothing out, so that no item
    is parsed."""

    sfcc_id: Callable[[str, str, str | None], tuple[str | None, str | None]]
    left_out: Callable[[bytes], str | None] | None = None


def write_identities(
    store: Store,
    path: Path,
    mirror: Mirror,
    identification: Identification,
    models: Models,
    owners: pa.Table,
) -> None:
    """Write the `IDENTITIES` of the mirror to `path`.

    Where two objects claim one id, the one that SFCC has under it keeps it (`owners`: the ledger's products with their
    sources), else a
    product goes before a model; the other is held back.
    """
    claims = path.with_name(".claims.parquet")
    with TableWriter(claims, IDENTITIES) as table:
        for row in _claims(mirror, models, identification):
            table.write(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    with store.query() as query:
        query.register("owners", owners)
        query.execute(f"""
            COPY (
                WITH claims AS (SELECT * FROM read_parquet({sql_files([claims])})),
                ranked AS (
                    SELECT c.owner, c.key, row_number() OVER (
                        PARTITION BY c.sfcc_id
                        ORDER BY o.source IS NOT NULL DESC, c.owner = 'product' DESC, c.key
                    ) AS place, first(replace(c.owner, '_', ' ') || ' ' || c.code) OVER (
                        PARTITION BY c.sfcc_id
                        ORDER BY o.source IS NOT NULL DESC, c.owner = 'product' DESC, c.key
                    ) AS winner
                    FROM claims c LEFT JOIN owners o ON o.id = c.sfcc_id AND o.source = c.owner || ':' || c.key
                    WHERE c.sfcc_id IS NOT NULL AND (c.owner = 'product' OR c.root = c.key)
                ),
                lost AS (SELECT * FROM ranked WHERE place > 1)
                SELECT c.owner, c.key, c.code,
                    CASE WHEN l.key IS NULL AND r.key IS NULL THEN c.sfcc_id END AS sfcc_id,
                    c.root,
                    CASE WHEN l.key IS NOT NULL THEN 'its id ' || c.sfcc_id || ' is taken by ' || l.winner
                         WHEN r.key IS NOT NULL THEN 'its model ' || c.root || ' is held back'
                         ELSE c.reason END AS reason,
                    coalesce(c.left_out, false) AS left_out
                FROM claims c
                LEFT JOIN lost l ON l.owner = c.owner AND l.key = c.key
                LEFT JOIN lost r ON r.owner = 'product_model' AND r.key = c.root
                    AND NOT (c.owner = 'product_model' AND c.key = c.root)
                ORDER BY c.owner, c.key
            ) TO '{str(aside).replace("'", "''")}' (FORMAT parquet)
        """)
    aside.replace(path)
    claims.unlink()


def _claims(mirror: Mirror, models: Models, identification: Identification) -> Iterator[dict[str, Any]]:
    tables: tuple[tuple[str, Items], ...] = (("product_model", "product_models"), ("product", "products"))
    left_out = identification.left_out
    columns = ["key", "code", "parent", *(["item"] if left_out else [])]
    without = dict(_left_out_models(mirror, left_out)) if left_out else {}
    for owner, name in tables:
        for row in (row for batch in mirror.stream(name, columns) for row in batch.to_pylist()):
            claim = {"owner": owner, "key": row["key"], "code": row["code"] or row["key"]}
            above = models.above(row["parent"])
            if above is None:
                yield claim | {"reason": f"its product model {row['parent']} is missing"}
                continue
            claim["root"] = above[0] if above else (row["key"] if owner == "product_model" else None)
            why = next((f"its model '{models.codes[key]}' is left out: {without[key]}" for key in above if key in without), None)
            if left_out and why is None:
                why = without.get(row["key"]) if owner == "product_model" else left_out(row["item"])
            if why is not None:
                yield claim | {"reason": why, "left_out": True}
                continue
            sfcc_id, reason = identification.sfcc_id(owner, row["key"], row["code"])
            if owner == "product_model" and above and sfcc_id is not None:
                sfcc_id = models.codes[above[0]]
            yield claim | {"sfcc_id": sfcc_id, "reason": reason}


def _left_out_models(mirror: Mirror, left_out: Callable[[bytes], str | None]) -> Iterator[tuple[str, str]]:
    for batch in mirror.stream("product_models", ["key", "item"]):
        for row in batch.to_pylist():
            if (why := left_out(row["item"])) is not None:
                yield row["key"], why


@dataclass(frozen=True)
class Targets:
    """Resolves what products name (associations, product links) to SFCC ids of exported products: about 60 bytes a product."""

    table: pa.Table  # owner, key, code, sfcc_id
    keys: np.ndarray[Any, np.dtype[np.bytes_]]  # `owner:key`, sorted
    ids: np.ndarray[Any, np.dtype[np.bytes_]]  # their SFCC ids, empty where they have none
    groups: Mapping[str, list[str]]  # product group -> SFCC ids of its products

    @classmethod
    def read(cls, store: Store, path: Path, mirror: Mirror) -> "Targets":
        """From an `IDENTITIES` file; only groups that some association names are looked at."""
        with pq.ParquetFile(path) as file:
            table = file.read(["owner", "key", "code", "sfcc_id"]).combine_chunks()
        named = zip(table["owner"].to_pylist(), table["key"].to_pylist(), strict=True)
        keys = np.array([f"{owner}:{key}".encode() for owner, key in named], dtype=bytes)
        order = np.argsort(keys)
        ids = np.array([(sfcc_id or "").encode() for sfcc_id in table["sfcc_id"].to_pylist()], dtype=bytes)
        members = store.select(f"""
            WITH named AS (
                SELECT DISTINCT target_key AS code FROM ({mirror.sql("associations", "target, target_key")})
                WHERE target = 'group'
            ),
            members AS (SELECT key, unnest(groups) AS code FROM ({mirror.sql("products", "key, groups")}))
            SELECT m.code, list(i.sfcc_id ORDER BY i.sfcc_id) AS ids
            FROM members m SEMI JOIN named USING (code)
            JOIN read_parquet({sql_files([path])}) i ON i.owner = 'product' AND i.key = m.key
            WHERE i.sfcc_id IS NOT NULL GROUP BY m.code
        """)
        groups = {row["code"]: row["ids"] for batch in members for row in batch.to_pylist()}
        return cls(table, keys[order], ids[order], groups)

    def resolve(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        """SFCC ids by (product, product_model or identifier, key as the mirror has it), lists of them by (group, code); what
        is not
        exported is absent."""
        asked = set(wanted)
        if not asked:
            return {}
        found: dict[tuple[str, str], Any] = {
            one: self.groups[one[1]] for one in asked if one[0] == "group" and one[1] in self.groups
        }
        by_code = sorted(code for kind, code in asked if kind == "identifier")
        if by_code:
            rows = self.table.filter(
                pc.and_(pc.equal(self.table["owner"], "product"), pc.is_in(self.table["code"], pa.array(by_code)))
            )
            found |= {("identifier", r["code"]): r["sfcc_id"] for r in rows.to_pylist() if r["sfcc_id"] is not None}
        by_key = sorted(one for one in asked if one[0] in ("product", "product_model"))
        if by_key and len(self.keys):
            sought = np.array([f"{owner}:{key}".encode() for owner, key in by_key], dtype=bytes)
            at = np.minimum(np.searchsorted(self.keys, sought), len(self.keys) - 1)
            hits = zip(by_key, (self.keys[at] == sought).tolist(), self.ids[at].tolist(), strict=True)
            found |= {one: sfcc_id.decode() for one, hit, sfcc_id in hits if hit and sfcc_id}
        return found
