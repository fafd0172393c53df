"""Who is who: the SFCC product id of each product and model of the mirror, and the master that it belongs to.

Belongs here: collisions of ids, and resolving association targets. Doesn't: how one id follows from one row (`akeneo_assets.mapping`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from akeneo_assets.loads.mirror import Mirror, Table
from akeneo_assets.store import Store, TableWriter, sql_files

IDENTITIES: Final = pa.schema(
    [
        pa.field("owner", pa.string(), nullable=False),  # product or product_model
        pa.field("key", pa.string(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("sfcc_id", pa.string()),  # null: held back; a sub-model's is its master's
        pa.field("root", pa.string()),  # key of the root model; null: a simple product
        pa.field("reason", pa.string()),  # why it is held back
    ]
)

Identify = Callable[[str, Mapping[str, Any]], tuple[str | None, str | None]]
"""(product or product_model, narrow row) -> (SFCC id, None) or (None, why it is held back)."""

NARROW: Final = "key, code, parent"


Model = Mapping[str, Any]
"""What is known of a model: at least its `key`, `code` and `parent` (a key, None for a root)."""


def ancestors(known: Mapping[str, Model], parent: str | None) -> list[Model] | None:
    """The models above, root first; None when one of them is missing."""
    chain: list[Model] = []
    while parent is not None:
        model = known.get(parent)
        if model is None or model in chain:
            return None
        chain.append(model)
        parent = model["parent"]
    return chain[::-1]


def write_identities(
    store: Store,
    path: Path,
    mirror: Mirror,
    identify: Identify,
    owners: pa.Table,
) -> None:
    """Write the `IDENTITIES` of the mirror to `path`.

    `identify(owner, narrow row)` gives the SFCC id or the reason why there is none. Where two objects claim one id, the one that
    SFCC has under it keeps it (`owners`: the ledger's products with their sources), else a product goes before a model; the other is held back.
    """
    known = {row["key"]: row for row in _narrow(store, mirror, "product_models")}
    claims = path.with_name(".claims.parquet")
    with TableWriter(claims, IDENTITIES) as table:
        for row in _claims(store, mirror, known, identify):
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
                    ) AS place, first(c.owner || ' ' || c.code) OVER (
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
                    CASE WHEN l.key IS NOT NULL THEN 'its id ' || c.sfcc_id || ' is taken by ' || replace(l.winner, '_', ' ')
                         WHEN r.key IS NOT NULL THEN 'its model ' || c.root || ' is held back'
                         ELSE c.reason END AS reason
                FROM claims c
                LEFT JOIN lost l ON l.owner = c.owner AND l.key = c.key
                LEFT JOIN lost r ON r.owner = 'product_model' AND r.key = c.root AND NOT (c.owner = 'product_model' AND c.key = c.root)
                ORDER BY c.owner, c.key
            ) TO '{str(aside).replace("'", "''")}' (FORMAT parquet)
        """)
    aside.replace(path)
    claims.unlink()


def _claims(
    store: Store,
    mirror: Mirror,
    known: Mapping[str, Model],
    identify: Identify,
) -> Iterator[dict[str, Any]]:
    tables: tuple[tuple[str, Table], ...] = (("product_model", "product_models"), ("product", "products"))
    for owner, name in tables:
        for row in _narrow(store, mirror, name):
            above = ancestors(known, row["parent"])
            claim = {"owner": owner, "key": row["key"], "code": row["code"] or row["key"]}
            if above is None:
                yield claim | {"reason": f"its product model {row['parent']} is missing"}
                continue
            root = above[0]["key"] if above else (row["key"] if owner == "product_model" else None)
            sfcc_id, reason = identify(owner, row)
            if owner == "product_model" and above and sfcc_id is not None:
                sfcc_id = above[0]["code"]
            yield claim | {"sfcc_id": sfcc_id, "root": root, "reason": reason}


def _narrow(store: Store, mirror: Mirror, name: Table) -> Iterator[dict[str, Any]]:
    for batch in store.select(mirror.sql(name, NARROW)):
        yield from batch.to_pylist()


@dataclass(frozen=True)
class Targets:
    """Resolves association targets to the SFCC ids of exported products: 60 bytes a product."""

    keys: np.ndarray[Any, np.dtype[np.bytes_]]
    ids: pa.Array

    @classmethod
    def read(cls, path: Path) -> "Targets":
        """From an `IDENTITIES` file."""
        table = pq.read_table(path, columns=["owner", "key", "sfcc_id"])
        keys = np.array(
            [f"{owner}:{key}".encode() for owner, key in zip(table["owner"].to_pylist(), table["key"].to_pylist(), strict=True)],
            dtype=bytes,
        )
        order = np.argsort(keys)
        return cls(keys[order], table["sfcc_id"].combine_chunks().take(pa.array(order)))

    def resolve(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """SFCC ids by (product or product_model, key); what is not exported is absent."""
        asked = sorted(set(wanted))
        if not asked or not len(self.keys):
            return {}
        sought = np.array([f"{owner}:{key}".encode() for owner, key in asked], dtype=bytes)
        at = np.minimum(np.searchsorted(self.keys, sought), len(self.keys) - 1)
        hit = self.keys[at] == sought
        return {
            one: found
            for one, i, ok in zip(asked, at, hit, strict=True)
            if ok and (found := self.ids[int(i)].as_py()) is not None
        }
