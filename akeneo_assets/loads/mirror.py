"""The mirror: the PIM as last seen, a fold over the loads' raw batches in which the last word wins.

Belongs here: the raw tables' shape, and reading the fold. Doesn't: how they are read from the PIM
(`item_reading`), or their mapping. A load that reads everything starts the mirror afresh; each later load stands on the one
before it (`Window.previous`). The oldest loads are folded in time into a base, which counts as the first load (`loads.base`).
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import orjson
import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.base import Base, named, read_by
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.window import Window, recorded
from akeneo_assets.mapping.linked_values import link_target
from akeneo_assets.mapping.problems import MALFORMED
from akeneo_assets.pim.partial import TEXT
from akeneo_assets.store import (
    DamagedFileError,
    Store,
    fingerprint,
    parquet,
    sql_empty,
    sql_numbered,
    sql_table,
    sql_texts,
    telling_damage,
    write_table,
)

Items = Literal["products", "product_models"]
MIRRORED: Final[dict[str, Items]] = {"product": "products", "product_model": "product_models"}
"""The table of the items of each owner that has one. Products come first: a model may come for their sake."""

_OWNERS: Final[dict[str, str]] = {table: owner for owner, table in MIRRORED.items()}

Table = Literal[Items, "associations", "media_references"]

SCHEMAS: Final[dict[Table, tables.Table]] = {
    "products": tables.ITEMS,
    "product_models": tables.ITEMS,
    "associations": tables.ASSOCIATIONS,
    "media_references": tables.MEDIA_REFERENCES,
}
"""The raw tables of a load, in the order in which a part's files are made."""


def item_key(item: dict[str, Any]) -> str:
    """The mirror's key of a product or model of the API: the uuid, or the code in lower case, since codes compare so."""
    key: str = item["uuid"] if item.get("uuid") else item["code"].lower()
    return key


def raw_row(item: dict[str, Any], identifier: str) -> dict[str, Any]:
    """The `tables.ITEMS` row of a product or model, whole or as `page_parser` gives it; `identifier` is the code of the PIM's
    main identifier attribute.

    The API leaves the identifier out of products-uuid's root: it is a value like others (Akeneo API, products-uuid).
    """
    item.pop("_links", None)
    uuid = item.get("uuid")
    if uuid is None:
        code = item["code"]
    else:
        code = item.get("identifier") or next((v["data"] for v in (item.get("values") or {}).get(identifier, ())), None)
    parent = item.get("parent")
    text = item.pop(TEXT, None) or orjson.dumps(item)
    return {
        "key": item_key(item),
        "code": code,
        "family": item.get("family"),
        "family_variant": item.get("family_variant"),
        "parent": parent.lower() if parent else None,
        "groups": item.get("groups") or [],
        "enabled": item.get("enabled"),
        "created": item.get("created"),
        "updated": item.get("updated"),
        "fingerprint": fingerprint(text),
        "item": text,
    }


def targets(item: dict[str, Any]) -> Iterator[tuple[str, str, str, int | None]]:
    """All that an item is associated with: (association type, kind, code as spelled, quantity or None).

    Kinds: product (a uuid), identifier (a product by it), product_model, group. Products name products by uuid, models by
    identifier (Akeneo API, product models: associations).
    """
    product = "product" if "uuid" in item else "identifier"
    for name, by_kind in (item.get("associations") or {}).items():
        if any(by_kind.values()):  # the API lists every type, most of them empty
            for kind, field in ((product, "products"), ("product_model", "product_models"), ("group", "groups")):
                yield from ((name, kind, code, None) for code in by_kind.get(field) or () if code)
    for name, by_kind in (item.get("quantified_associations") or {}).items():
        for part in by_kind.get("products") or ():
            if part.get("uuid"):
                yield name, "product", part["uuid"], part["quantity"]
            elif part.get("identifier"):
                yield name, "identifier", part["identifier"], part["quantity"]
        yield from ((name, "product_model", part["identifier"], part["quantity"]) for part in by_kind.get("product_models") or ())


def target_key(kind: str, code: str) -> str:
    """The key of an association's target. Model codes compare case-insensitively: theirs are lower case."""
    return code.lower() if kind == "product_model" else code


def association_rows(owner: str, key: str, item: dict[str, Any], links: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The `tables.ASSOCIATIONS` rows of an item: plain, quantified, and the product links in its values of `links` (attribute
    codes)."""
    return [
        {
            "owner": owner,
            "key": key,
            "association_type": name,
            "target": kind,
            "target_key": target_key(kind, code),
            "quantity": None if quantity is None else str(quantity),
        }
        for name, kind, code, quantity in (*targets(item), *_linked(item, links))
    ]


def _linked(item: dict[str, Any], links: frozenset[str]) -> Iterator[tuple[str, str, str, None]]:
    for attribute, values in (item.get("values") or {}).items():
        for value in values if attribute in links else ():
            with suppress(*MALFORMED):  # the mapping reports it with the attribute's value
                yield (attribute, *link_target(value["data"]), None)


def media_rows(owner: str, key: str, item: dict[str, Any], attributes: frozenset[str]) -> list[dict[str, Any]]:
    """The `tables.MEDIA_REFERENCES` rows of an item's values of `attributes` (codes as in the payload)."""
    return [
        {"owner": owner, "key": key, "attribute": code, "media": value["data"]}
        for code, values in (item.get("values") or {}).items()
        if code in attributes
        for value in values
        if value["data"]
    ]


@dataclass(frozen=True)
class Mirror:
    """The PIM as a load sees it: the batches of the loads that it stands on, the oldest first, its own last. `keys`: their names;
    that of the base's newest load stands for all that the base holds."""

    store: Store
    keys: tuple[str, ...]

    @classmethod
    def of(cls, store: Store, window: Window) -> "Mirror":
        """The mirror after the load of `window`."""
        chain, base = [window.key], Base.of(store).load
        step: Window | None = window
        while step is not None and step.previous is not None and step.key != base:
            chain.append(step.previous)
            step = recorded(store, step.previous)
        return cls(store, tuple(reversed(chain)))

    def before(self) -> "Mirror":
        """The mirror as the load before left it: empty for a load that reads everything."""
        return Mirror(self.store, self.keys[:-1])

    def forget(self, absent: Sequence[dict[str, Any]]) -> None:
        """Leave out, in this load and the later ones until one reads them again, what the PIM has no more: `tables.ABSENT` rows.
        They replace those of an earlier try of the load."""
        path = self._package(self.keys[-1]).absent
        path.unlink(missing_ok=True)
        if absent:
            write_table(path, tables.ABSENT, absent)

    @cached_property
    def base(self) -> Package | None:
        """The base that this mirror stands on; None: it stands on none."""
        base = Base.of(self.store)
        return base.package if self.keys and base.load == self.keys[0] else None

    def _package(self, key: str) -> Package:
        return self.base if self.base and key == self.base.name else Package.of_load(self.store, key)

    def files(self, table: Table) -> dict[Path, int]:
        """The raw files of `table` in the order in which they were read, each with its load's number, the oldest load's first.

        Raises:
            ConnectorError: a load hasn't read it.
            DamagedFileError: a file that a load has read is missing.
        """
        files: dict[Path, int] = {}
        for number, key in enumerate(self.keys):
            parts = self._package(key).raw_parts(table)
            if not parts:
                raise DamagedFileError(self._package(key).raw / f"{table}-*.parquet", "is missing")
            files |= dict.fromkeys(parts, number)
        return files

    def items_size(self) -> int:
        """Bytes of all products' and models' items, unpacked; at least, those that a later load read again counted anew."""
        total = 0
        for path in (*self.files("products"), *self.files("product_models")):
            with parquet(path, tables.ITEMS) as file:
                groups = (file.metadata.row_group(number) for number in range(file.num_row_groups))
                total += sum(group.column(group.num_columns - 1).total_uncompressed_size for group in groups)
        return total

    def stream(self, table: Items, columns: Sequence[str], more: str = "", joins: str = "") -> Iterator[pa.RecordBatch]:
        """The rows of the fold in the files' order: `columns` of the files, and `more` (", i.root" ...), which are SQL over the
        row's key as `m` and whatever `joins` brings; rows that `joins` drops are absent.

        Items are wide, so that they don't pass the query engine, which might hold them: they are taken from the files.
        """
        with self.store.query() as query:
            chosen = query.sql(f"""
                SELECT m.part, m.file_row_number{more} FROM ({self.sql(table, "key, part, file_row_number")}) m {joins}
                ORDER BY m.part, m.file_row_number
            """).to_arrow_table()
        part_of, row_of = (chosen[name].to_numpy() for name in ("part", "file_row_number"))
        names = chosen.schema.names[2:]
        for part, path in enumerate(self.files(table)):
            start, end = np.searchsorted(part_of, [part, part + 1])
            if start == end:
                continue
            with parquet(path, tables.ITEMS) as file:
                first = 0
                for group in range(file.num_row_groups):
                    after = first + file.metadata.row_group(group).num_rows
                    upto = start + int(np.searchsorted(row_of[start:end], after))
                    if upto > start:
                        with telling_damage(path):
                            rows = file.read_row_group(group, columns=list(columns), use_threads=False)
                        taken = rows.take(pa.array(row_of[start:upto] - first)).combine_chunks()
                        beside = chosen.slice(start, upto - start)
                        for name in names:
                            taken = taken.append_column(name, beside[name])
                        yield from taken.combine_chunks().to_batches()
                    start, first = upto, after

    def items(self, table: Items, keys: Collection[str]) -> list[dict[str, Any]]:
        """The `tables.ITEMS` rows of these keys as they were read last, each with the name of the `load` that read it, and when
        that reading began, by the PIM's clock (`read`); what the PIM has no more is absent."""
        columns = ", ".join(tables.ITEMS.columns.names)
        last = f"FROM ({self.sql(table, f'{columns}, batch')}) WHERE key IN {sql_texts(keys)} ORDER BY key"
        items = [row for batch in self.store.select(last) for row in batch.to_pylist()]
        folded = self._folded_readings(table, keys)
        for item in items:
            number = item.pop("batch")
            item["load"], item["read"] = folded[item["key"]] if self.base and not number else self.reading(number)
        return items

    def reading(self, number: int) -> tuple[str, str | None]:
        """The name of the load of this number, and when its reading began, by the PIM's clock."""
        window = recorded(self.store, self.keys[number])
        return self.keys[number], window.poll_start if window else None

    def _folded_readings(self, table: Items, keys: Collection[str]) -> dict[str, tuple[str, str | None]]:
        """For each of these keys what `reading` says of the folded load that read it last."""
        if self.base is None:
            return {}
        read = sql_table(read_by(self.base), tables.READ_BY)
        wanted = f"FROM ({read}) WHERE owner = '{_OWNERS[table]}' AND key IN {sql_texts(keys)}"
        return {r["key"]: (r["load"], r["read"]) for batch in self.store.select(wanted) for r in batch.to_pylist()}

    def sql(self, table: Table, columns: str) -> str:
        """A query over the fold: for each key the row that was read last. `batch` is the number of the load that read it, `part`
        the number of the file among all of the mirror's, and `file_row_number` the row's in its file.

        Associations and media references belong to their owner: those read together with the owner's last row.
        """
        if not self.keys:
            empty = sql_empty(SCHEMAS[table])
            return f"SELECT {columns} FROM (SELECT *, 0 AS batch, 0 AS part, 0 AS file_row_number FROM ({empty}))"
        if len(self.files(table)) == 1 and not self._absences():
            return f"SELECT {columns} FROM ({self._numbered(table)})"
        if table in ("products", "product_models"):
            return f"SELECT {columns} FROM ({self._numbered(table)}) JOIN ({self._last(table)}) USING (key, part)"
        owners = (
            f"SELECT 'product' AS owner, key, part FROM ({self._last('products')}) "
            f"UNION ALL SELECT 'product_model', key, part FROM ({self._last('product_models')})"
        )
        return f"SELECT {columns} FROM ({self._numbered(table)}) JOIN ({owners}) USING (owner, key, part)"

    def named_by_models(self) -> str:
        """A query over the products that models are associated with: (model, code, uuid), `code` as the model names it.

        A model names products by identifier, and a product's new one moves no model's `updated`: what it names is the product
        that had the identifier when the model was read, else the first to have it since. Of a model in the base that is decided
        where the base has it.
        """
        folded = sql_empty(tables.NAMED_BY_MODELS) if self.base is None else sql_table(named(self.base), tables.NAMED_BY_MODELS)
        return f"""
            WITH all_named AS (
                SELECT DISTINCT key AS model, target_key AS code, batch
                FROM ({self.sql("associations", "owner, key, target, target_key, batch")})
                WHERE owner = 'product_model' AND target = 'identifier'
            ), decided AS (
                SELECT f.model, f.code, f.uuid FROM ({folded}) f JOIN all_named n USING (model, code) WHERE n.batch = 0
            ), named AS (
                FROM all_named ANTI JOIN decided USING (model, code)
            ), products AS (
                SELECT key, code, batch FROM ({self._numbered("products")})
                UNION ALL SELECT key, NULL AS code, batch FROM ({self._gone("product")})
            )
            SELECT n.model, n.code, first(p.key ORDER BY p.batch > n.batch, p.batch) AS uuid
            FROM named n JOIN products p ON p.code = n.code
            WHERE NOT EXISTS (
                SELECT 1 FROM products later WHERE later.key = p.key AND later.batch > p.batch AND later.batch <= n.batch
            )
            GROUP BY n.model, n.code
            UNION ALL FROM decided
        """

    def _numbered(self, table: Table) -> str:
        files = self.files(table)
        numbered = sql_numbered(files, rows=True, part=range(len(files)))
        return f"SELECT * EXCLUDE (number), number AS batch FROM ({numbered})"

    def _last(self, table: Items) -> str:
        """A query over (key, part): the part in which each key was read last. What is absent since has a part without its row."""
        gone = self._gone("product" if table == "products" else "product_model")
        seen = f"SELECT key, part FROM ({self._numbered(table)}) UNION ALL SELECT key, part FROM ({gone})"
        return f"SELECT key, max(part) AS part FROM ({seen}) GROUP BY key"

    def _absences(self) -> dict[Path, int]:
        return {path: number for number, key in enumerate(self.keys) if (path := self._package(key).absent).exists()}

    def _gone(self, owner: str) -> str:
        """A query over (key, batch, part) of what a load found absent; it counts as said after the load's last part."""
        files = self._absences()
        loads = list(self.files("products").values())
        last_parts = [len(loads) - 1 - loads[::-1].index(number) for number in files.values()]
        absent = sql_numbered(files, part=last_parts) if files else f"SELECT *, 0 AS number, 0 AS part FROM ({_NOTHING})"
        return f"SELECT key, number AS batch, part FROM ({absent}) WHERE owner = '{owner}'"


_NOTHING: Final = sql_empty(tables.ABSENT)
