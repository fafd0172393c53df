"""Who is who: the SFCC product id of each product and model of the mirror, and the master that it belongs to.

Belongs here: ids that SFCC has in another spelling, collisions of ids, and resolving association targets. Doesn't: how one id
follows from one item (`akeneo_assets.mapping`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, get_args

import duckdb
import numpy as np
import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.mirror import MIRRORED, Mirror, item_key
from akeneo_assets.loads.package import Package
from akeneo_assets.mapping.frame import Composition, Item
from akeneo_assets.mapping.identity import kept_spelling
from akeneo_assets.pim.partial import item_parser
from akeneo_assets.store import BATCH_ROWS, Store, TableWriter, fingerprint, sql_files, sql_table, sql_texts, write_query


class Models:
    """The models of a mirror by key: what is above whom, and what they name. `keys`: of these models alone (None: of all)."""

    def __init__(self, store: Store, mirror: Mirror, keys: Sequence[str] | None = None) -> None:
        named, rows = list[dict[str, Any]](), list[dict[str, Any]]()
        if keys is None or keys:
            these = "" if keys is None else f"WHERE {{}} IN {sql_texts(keys)}"
            if keys is None or _name_products(store, mirror, keys):
                names = store.select(f"FROM ({mirror.named_by_models()}) {these.format('model')}")
                named = [row for batch in names for row in batch.to_pylist()]
            models = store.select(f"FROM ({mirror.sql('product_models', 'key, code, parent')}) {these.format('key')}")
            rows = [row for batch in models for row in batch.to_pylist()]
        self._uuids = {(row["model"], row["code"]): row["uuid"] for row in named}
        self._parents: dict[str, str | None] = {row["key"]: row["parent"] for row in rows}
        self.codes: dict[str, str] = {row["key"]: row["code"] for row in rows}

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

    def above_of(self, key: str) -> list[str]:
        """The keys of the models above a model; none when one of them is missing."""
        return self.above(self._parents[key]) or []


def _name_products(store: Store, mirror: Mirror, keys: Sequence[str]) -> bool:
    """Whether any of these models names a product, which is looked up among all products."""
    named = store.select(f"""
        SELECT 1 FROM ({mirror.sql("associations", "owner, key, target")})
        WHERE owner = 'product_model' AND target = 'identifier' AND key IN {sql_texts(keys)} LIMIT 1
    """)
    return any(batch.num_rows for batch in named)


class LeftOut(NamedTuple):
    """Why the settings leave an item out. A model takes what is below it along, unless it is left out by `itself`: then it comes
    with whatever below it isn't left out. `undecided`: the settings can't be asked of it, so that it is held back by name."""

    reason: str
    itself: bool = False
    undecided: bool = False


@dataclass(frozen=True)
class Identification:
    """How ids follow from rows. `sfcc_id(owner, key, code)` gives the id, or None and why; `left_out(text)` says why the settings
    leave the item of that JSON text out, None where they don't; it is None itself where they leave nothing out, so that no item
    is parsed. `grouped`: sub-models become variation groups, products of their own in SFCC. `composition_of(product)` says
    whether a product (its `uuid` and `family`) is a bundle or a set; it is None itself where the settings know of none."""

    sfcc_id: Callable[[str, str, str | None], tuple[str | None, str | None]]
    left_out: Callable[[bytes], LeftOut | None] | None = None
    grouped: bool = False
    composition_of: Callable[[Item], Composition | None] | None = None

    def but_for(self, kept: Collection[tuple[str, str]]) -> Self:
        """The same, without leaving out any of these items (owner, key)."""
        left_out, parse = self.left_out, item_parser(())
        if left_out is None or not kept:
            return self

        def left_out_others(text: bytes) -> LeftOut | None:
            item = parse(text)
            owner = "product" if "uuid" in item else "product_model"
            return None if (owner, item_key(item)) in kept else left_out(text)

        return replace(self, left_out=left_out_others)


def write_identities(
    package: Package,
    mirror: Mirror,
    identification: Identification,
    models: Models,
    owners: pa.Table,
) -> list[dict[str, Any]]:
    """Write the `tables.IDENTITIES` of the mirror to the package.

    An object whose id differs in case alone from the one that SFCC has it under keeps that one (`kept_spelling`). Where two
    objects claim one id, the one that SFCC has under it keeps it, else a product goes before a model; the other is held back.
    `owners`: the ledger's products (`id`) with their sources.

    Returns whom to ask the PIM for again, (owner, key, code): they claim the id of an object that the mirror's own load read and
    that lost it, and that load did not read them, so that they may be gone. Source: LOADS, ledger.
    """
    claims, spellings = package.scratch("claims.parquet"), package.scratch("spellings.parquet")
    with TableWriter(claims, tables.CLAIMS) as table:
        for row in _claims(mirror, models, identification):
            table.write(row)
    own = Mirror(package.store, mirror.keys[-1:])
    with package.store.query() as query:
        query.register("owners", owners)
        _keep_spellings(query, claims, spellings)
        query.execute(f"""
            CREATE OR REPLACE TEMP TABLE disputed AS
            SELECT c.owner, c.key, c.code, c.claim, row_number() OVER best AS place,
                first(replace(c.owner, '_', ' ') || ' ' || c.code) OVER best AS winner
            FROM claims c LEFT JOIN owners o ON o.id = c.claim AND o.source = {_SOURCE}
            WHERE c.claim IS NOT NULL
            WINDOW best AS (PARTITION BY c.claim ORDER BY o.source IS NOT NULL DESC, c.owner = 'product' DESC, c.key)
            QUALIFY count(*) OVER (PARTITION BY c.claim) > 1
        """)
        identities = """
                WITH lost AS (SELECT * FROM disputed WHERE place > 1)
                SELECT c.owner, c.key, c.code,
                    CASE WHEN l.key IS NULL AND r.key IS NULL THEN c.sfcc_id END AS sfcc_id,
                    CASE WHEN l.key IS NULL AND r.key IS NULL THEN c.claim END AS own_id,
                    c.root,
                    CASE WHEN l.key IS NOT NULL THEN 'its id ' || c.claim || ' is taken by ' || l.winner
                         WHEN r.key IS NOT NULL THEN 'its model ' || c.root || ' is held back'
                         ELSE c.reason END AS reason,
                    coalesce(c.left_out, false) AS left_out, c.composition
                FROM claims c
                LEFT JOIN lost l ON l.owner = c.owner AND l.key = c.key
                LEFT JOIN lost r ON r.owner = 'product_model' AND r.key = c.root
                    AND NOT (c.owner = 'product_model' AND c.key = c.root)
                ORDER BY c.owner, c.key
        """
        write_query(query, identities, package.identities)
        unread = query.sql(f"""
            WITH read AS (
                SELECT 'product' AS owner, key FROM ({own.sql("products", "key")})
                UNION ALL SELECT 'product_model', key FROM ({own.sql("product_models", "key")})
            )
            SELECT owner, key, code FROM disputed ANTI JOIN read USING (owner, key)
            WHERE claim IN (SELECT claim FROM disputed SEMI JOIN read USING (owner, key) WHERE place > 1) ORDER BY owner, key
        """).to_arrow_table()
    claims.unlink()
    spellings.unlink()
    return list(unread.to_pylist())


_SOURCE: Final = "CASE c.owner WHEN 'product' THEN 'product:' || c.key ELSE 'product_model:' || c.root END"
"""The source that the ledger has of the item of a claim `c`: a variation group comes from its master."""


def _keep_spellings(query: duckdb.DuckDBPyConnection, claims: Path, spellings: Path) -> None:
    """Make the view `claims` of the file of that name, in which each claim is spelled as SFCC has it. Claims whose spelling
    differs from the file's are written to the file `spellings`, since they may be as many as there are products."""
    renamed = query.sql(f"""
        WITH claimed AS (SELECT *, {_SOURCE} AS source FROM read_parquet({sql_files([claims])}) c WHERE claim IS NOT NULL)
        SELECT c.owner, c.key, c.claim, list(o.id) AS ids
        FROM (FROM claimed c ANTI JOIN owners o ON o.source = c.source AND o.id = c.claim) c JOIN owners o USING (source)
        GROUP BY ALL
    """).to_arrow_reader(BATCH_ROWS)
    with TableWriter(spellings, tables.CLAIMS) as table:
        for claim in (claim for batch in renamed for claim in batch.to_pylist()):
            kept = kept_spelling(claim["claim"], claim.pop("ids"))
            if kept != claim["claim"]:
                table.write(claim | {"claim": kept})
    query.execute(f"""
        CREATE OR REPLACE TEMP VIEW claims AS
        WITH kept AS (FROM read_parquet({sql_files([spellings])}))
        SELECT c.* REPLACE (
            coalesce(own.claim, c.claim) AS claim,
            CASE WHEN c.sfcc_id IS NOT NULL THEN coalesce(main.claim, c.sfcc_id) END AS sfcc_id
        )
        FROM read_parquet({sql_files([claims])}) c
        LEFT JOIN kept own ON own.owner = c.owner AND own.key = c.key
        LEFT JOIN kept main ON main.owner = c.owner AND main.key = CASE c.owner WHEN 'product' THEN c.key ELSE c.root END
    """)


def _claims(mirror: Mirror, models: Models, identification: Identification) -> Iterator[dict[str, Any]]:
    left_out = identification.left_out
    composition_of = identification.composition_of
    columns = ["key", "code", "parent", *(["item"] if left_out else []), *(["family"] if composition_of else [])]
    without = dict(_left_out_models(mirror, left_out)) if left_out else {}
    needed = {above for key in models.codes.keys() - without.keys() for above in models.above_of(key)} if without else set()
    for owner, name in MIRRORED.items():
        for row in (row for batch in mirror.stream(name, columns) for row in batch.to_pylist()):
            claim = {"owner": owner, "key": row["key"], "code": row["code"] or row["key"]}
            if composition_of is not None and owner == "product":
                claim["composition"] = composition_of({"uuid": row["key"], "family": row["family"]})
            above = models.above(row["parent"])
            if above is None:
                yield claim | {"reason": f"its product model {row['parent']} is missing"}
                continue
            claim["root"] = above[0] if above else (row["key"] if owner == "product_model" else None)
            taken = next((key for key in above if key in without and not without[key].itself), None)
            if taken is not None:
                why = f"its model '{models.codes[taken]}' is left out: {without[taken].reason}"
                yield claim | {"reason": why, "left_out": not without[taken].undecided}
                continue
            own = without.get(row["key"]) if owner == "product_model" else left_out(row["item"]) if left_out else None
            if own is not None and not (own.itself and owner == "product_model" and row["key"] in needed):
                yield claim | {"reason": own.reason, "left_out": not own.undecided}
                continue
            sfcc_id, reason = identification.sfcc_id(owner, row["key"], row["code"])
            if owner == "product" and without and sfcc_id is not None:
                needed.update(above)
            claim |= {"claim": sfcc_id, "reason": reason}
            if owner == "product_model" and above and sfcc_id is not None:
                sfcc_id = models.codes[above[0]]
                claim["claim"] = claim["claim"] if identification.grouped else None
            yield claim | {"sfcc_id": sfcc_id}


def _left_out_models(mirror: Mirror, left_out: Callable[[bytes], LeftOut | None]) -> Iterator[tuple[str, LeftOut]]:
    for batch in mirror.stream("product_models", ["key", "item"]):
        for row in batch.to_pylist():
            if (why := left_out(row["item"])) is not None:
                yield row["key"], why


_KINDS: Final = ("product", "product_model", "identifier", "group")
"""How an object can be named (`mirror.targets`)."""


@dataclass(frozen=True)
class Targets:
    """Resolves what products name (associations, product links) to SFCC ids of exported products: about 60 bytes a product."""

    names: np.ndarray[Any, np.dtype[np.uint64]]  # `_name` of all that can be named, sorted: a product has two, by uuid and code
    ids: np.ndarray[Any, np.dtype[np.bytes_]]  # their SFCC ids
    groups: Mapping[str, list[str]]  # product group -> SFCC ids of its products
    composed: np.ndarray[Any, np.dtype[np.uint64]]  # `_name` of (bundle or set, SFCC id) of those that are one, sorted

    @classmethod
    def read(cls, store: Store, path: Path, mirror: Mirror, wanted: Collection[tuple[str, str]] | None = None) -> "Targets":
        """From a `tables.IDENTITIES` file; only groups that some association names are looked at. `wanted`: those that will be
        asked for, as for `resolve` (None: any may be)."""
        names, ids = [np.empty(0, dtype=np.uint64)], [np.empty(0, dtype=bytes)]
        exported = f"SELECT owner, key, code, sfcc_id FROM ({sql_table(path, tables.IDENTITIES)}) WHERE sfcc_id IS NOT NULL"
        of_groups = f"(SELECT target_key FROM ({mirror.sql('associations', 'target, target_key')}) WHERE target = 'group')"
        if wanted is not None:
            keys = {of: sql_texts(sorted(key for kind, key in wanted if kind == of)) for of in _KINDS}
            exported += f"""
                AND (owner = 'product' AND (key IN {keys["product"]} OR code IN {keys["identifier"]})
                     OR owner = 'product_model' AND key IN {keys["product_model"]})
            """
            of_groups = keys["group"]
        for batch in store.select(exported):
            items = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            named = [(_name(owner, key), sfcc_id) for owner, key, _, sfcc_id in items]
            named += [(_name("identifier", code), sfcc_id) for owner, _, code, sfcc_id in items if owner == "product"]
            names.append(np.array([name for name, _ in named], dtype=np.uint64))
            ids.append(np.array([sfcc_id.encode() for _, sfcc_id in named], dtype=bytes))
        every = np.concatenate(names)
        order = np.argsort(every)
        members = store.select(f"""
            WITH members AS (SELECT key, unnest(groups) AS code FROM ({mirror.sql("products", "key, groups")}))
            SELECT m.code, list(i.sfcc_id ORDER BY i.sfcc_id) AS ids
            FROM (FROM members WHERE code IN {of_groups}) m
            JOIN read_parquet({sql_files([path])}) i ON i.owner = 'product' AND i.key = m.key
            WHERE i.sfcc_id IS NOT NULL GROUP BY m.code
        """)
        no_group = wanted is not None and not any(kind == "group" for kind, _ in wanted)
        groups = {} if no_group else {row["code"]: row["ids"] for batch in members for row in batch.to_pylist()}
        bundles_and_sets = store.select(f"""
            SELECT composition, sfcc_id FROM ({sql_table(path, tables.IDENTITIES)})
            WHERE composition IS NOT NULL AND sfcc_id IS NOT NULL
        """)
        of_batch = (zip(*(column.to_pylist() for column in batch.columns), strict=True) for batch in bundles_and_sets)
        composed = np.fromiter((_name(*of_product) for products in of_batch for of_product in products), dtype=np.uint64)
        return cls(every[order], np.concatenate(ids)[order], groups, np.sort(composed))

    def resolve(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        """SFCC ids by (product, product_model or identifier, key as the mirror has it), lists of them by (group, code); what
        is not exported is absent."""
        asked = sorted(set(wanted))
        found: dict[tuple[str, str], Any] = {
            one: self.groups[one[1]] for one in asked if one[0] == "group" and one[1] in self.groups
        }
        single = [one for one in asked if one[0] != "group"]
        if single and len(self.names):
            sought = np.array([_name(*one) for one in single], dtype=np.uint64)
            at = np.minimum(np.searchsorted(self.names, sought), len(self.names) - 1)
            hits = zip(single, (self.names[at] == sought).tolist(), self.ids[at].tolist(), strict=True)
            found |= {one: sfcc_id.decode() for one, hit, sfcc_id in hits if hit}
        return found

    def compositions(self, sfcc_ids: Iterable[str]) -> dict[str, Composition]:
        """Those of these products that are bundles or sets."""
        kinds = get_args(Composition)
        return {sfcc_id: kind for sfcc_id in sfcc_ids for kind in kinds if _holds(self.composed, _name(kind, sfcc_id))}


def _holds(names: np.ndarray[Any, np.dtype[np.uint64]], name: int) -> bool:
    at = int(np.searchsorted(names, np.uint64(name)))
    return at < len(names) and int(names[at]) == name


def _name(kind: str, key: str) -> int:
    """64 bits for what is named, so that a million products fit easily."""
    return fingerprint(f"{kind}:{key}".encode())
