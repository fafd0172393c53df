"""What SFCC has of products, categories and prices: the ledger's last confirmed state, with the records that packages still have.

Belongs here: the queries, and making `ShopProduct` and `ShopCategory` of their rows. Doesn't: what follows from it
(`shop_judgement`). Groups of products are streamed: memory does not grow with the catalogue.

The ledger tells which paths SFCC has of an object, and SFCC's verdict; values (flags, variations, image groups) stand in the
record that was confirmed last, in the package that carried it. Where that package is folded away, the record isn't known; the
last load that read everything is never folded (`akeneo_assets.loads.folding`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import duckdb
import orjson

from akeneo_assets import tables
from akeneo_assets.loads.ledger import IS_RETIRED, Ledger
from akeneo_assets.loads.package import Package, packages_named
from akeneo_assets.readiness.shop_judgement import Assigned, ShopCategory, ShopProduct
from akeneo_assets.readiness.storefronts import TEXTS, Storefronts, of_site
from akeneo_assets.store import BATCH_ROWS, Store, sql_empty, sql_files, sql_table, sql_texts
from sfcc_resources.records import CATEGORY, CATEGORY_ASSIGNMENTS, PRICE_TABLE, PRODUCT

_TYPES: Final = (PRODUCT, CATEGORY, CATEGORY_ASSIGNMENTS, PRICE_TABLE)

_PARTS: Final = ("display-name", "online-flag", "online-from", "online-to")
"""The elements whose values are judged; of texts it is enough that they are there."""

_WHOLE: Final = ("images", "variations", "bundled", "set")


@dataclass(frozen=True)
class ShopState:
    """What SFCC has, while the block of `shop_state` lasts. `unknown_masters`: whether some master's variants aren't known."""

    by_catalog: Mapping[str, Mapping[str, ShopCategory]]
    unknown_masters: bool
    _query: duckdb.DuckDBPyConnection
    _axes: tuple[str, ...]

    def groups(self) -> Iterator[list[ShopProduct]]:
        """The products in groups (`ShopJudgement`), each master before its variants."""
        yield from (list(group) for _, group in self._grouped())

    def _grouped(self) -> Iterator[tuple[Any, Iterator[ShopProduct]]]:
        for head, group in groupby(self._rows(), key=lambda row: row["head"]):
            yield head, (_product(row, self._axes) for row in group)

    def _rows(self) -> Iterator[dict[str, Any]]:
        reader = self._query.sql(_PRODUCTS).to_arrow_reader(BATCH_ROWS)
        for batch in reader:
            yield from batch.to_pylist()


@contextmanager
def shop_state(package: Package, shop: Storefronts) -> Iterator[ShopState]:
    """What SFCC has, by the ledger as it stands. `package`: of the load whose ids tell which products are variants in the PIM.

    Raises:
        DamagedFileError: a file of the store is missing or can't be read.
    """
    axes, store = tuple(sorted(shop.axes)), package.store
    with store.query(Ledger(store).views) as query:
        query.execute(_standing(axes))
        _read_records(query, store, axes)
        query.execute(_MEMBERS)
        in_pim = sql_table(package.identities, tables.IDENTITIES) if package.identities.exists() else sql_empty(tables.IDENTITIES)
        query.execute(f"""
            CREATE TEMP TABLE variants_in_pim AS SELECT DISTINCT own_id AS id FROM ({in_pim})
            WHERE owner = 'product' AND root IS NOT NULL AND own_id IS NOT NULL
        """)
        query.execute(_of_products(shop.master_catalog))
        unknown = bool(query.sql(_UNKNOWN_MASTERS).fetchall()[0][0])
        yield ShopState(_categories(query, {site.catalog for site in shop.sites}), unknown, query, axes)


# --- Queries --------------------------------------------------------------------------------------------------------------------


def _standing(axes: Iterable[str]) -> str:
    """Of each object what became of it last, and what SFCC took of it last.

    `standing` as of `ShopProduct`, or gone (deleted); `leaving`: it is retired, or was to be deleted; `sure`: whether the last
    archive that carried it changed nothing that SFCC left open; `load` and `output` of the record that SFCC took last; `filled`:
    the paths that it has, as far as they are judged, with those that it may have where it did not say.
    """
    texts = "|".join(f"fields/{element}/" for element in TEXTS)
    own = "|".join(f"custom/{_in_pattern(axis)}/" for axis in axes)
    pattern = f"(?m)^(?:images$|variations$|category/|parent/|{texts}{'|' + own if own else ''})[^\\n]*"
    types = ", ".join(f"'{kind}'" for kind in _TYPES)
    return f"""
        CREATE TEMP TABLE standing AS
        WITH latest AS (
            SELECT key, max(number) AS last, max(number) FILTER (verdict IN ('confirmed', 'pending')) AS taken
            FROM ledger_entries WHERE type IN ({types}) AND NOT undone GROUP BY key
        ), last AS (
            SELECT e.key, e.type, e.container, e.id, e.source, e.verdict, e.message, e.deleted OR {IS_RETIRED} AS leaving,
                CASE WHEN e.verdict = 'unconfirmed' AND NOT e.deleted THEN e.fields END AS open
            FROM ledger_entries e JOIN latest l ON e.key = l.key AND e.number = l.last
        ), taken AS (
            SELECT e.key, e.deleted, e.load, e.output, e.fields
            FROM ledger_entries e JOIN latest l ON e.key = l.key AND e.number = l.taken
        )
        SELECT l.* EXCLUDE (open), t.load, t.output,
            CASE WHEN l.verdict = 'unconfirmed' THEN 'unknown' WHEN t.key IS NULL THEN 'refused' WHEN t.deleted THEN 'gone'
                 ELSE 'there' END AS standing,
            l.verdict NOT IN ('unconfirmed', 'pending') AS sure,
            regexp_extract_all(
                concat_ws(chr(10), CASE WHEN NOT t.deleted THEN t.fields END, l.open), '{pattern.replace("'", "''")}'
            ) AS filled
        FROM last l LEFT JOIN taken t USING (key)
    """


def _in_pattern(text: str) -> str:
    """A text for a pattern of RE2."""
    return "".join(character if character.isalnum() or character == "_" else f"\\x{{{ord(character):x}}}" for character in text)


def _read_records(query: duckdb.DuckDBPyConnection, store: Store, axes: Iterable[str]) -> None:
    """Make the table `known_records`: of each product and category the parts of its record that are judged, as JSON."""
    wanted = f"type IN ('{PRODUCT}', '{CATEGORY}') AND standing = 'there' AND NOT leaving"
    loads = [load for (load,) in query.sql(f"SELECT DISTINCT load FROM standing WHERE {wanted}").fetchall()]
    files = [path for load in loads for carrier in packages_named(store, load) for path in carrier.all_records]
    records = f"read_parquet({sql_files(files)})" if files else f"({sql_empty(tables.RECORDS)})"
    places = [
        *(f"/fields/{name}" for name in _PARTS),
        *(f"/{name}" for name in _WHOLE),
        *(f"/custom/{_in_pointer(a)}" for a in axes),
    ]
    listed = ", ".join("'" + place.replace("'", "''") + "'" for place in places)
    # Where the guard held fields back, the ledger has the output with its last bit turned (`akeneo_assets.loads.difference`).
    query.execute(f"""
        CREATE TEMP TABLE known_records AS
        SELECT s.key, any_value(json_extract(decode(r.record), [{listed}])) AS parts
        FROM (FROM standing WHERE {wanted}) s
        JOIN (FROM {records} WHERE NOT "delete") r ON r.key = s.key AND (r.output = s.output OR r.output = xor(s.output, 1))
        GROUP BY s.key
    """)


def _in_pointer(text: str) -> str:
    """A name in a JSON pointer (RFC 6901)."""
    return text.replace("~", "~0").replace("/", "~1")


_VARIATIONS: Final = len(_PARTS) + _WHOLE.index("variations") + 1

_MEMBERS: Final = f"""
    CREATE TEMP TABLE members AS
    WITH masters AS (
        SELECT s.id AS master, k.parts[{_VARIATIONS}] AS variations FROM standing s JOIN known_records k USING (key)
        WHERE s.type = '{PRODUCT}' AND k.parts[{_VARIATIONS}] IS NOT NULL
    )
    SELECT DISTINCT ON (id) id, master FROM (
        SELECT master, unnest(from_json(variations->'variants', '["VARCHAR"]')) AS id FROM masters
        UNION ALL SELECT master, unnest(from_json(variations->'groups', '["VARCHAR"]')) AS id FROM masters
    ) ORDER BY id, master
"""


def _of_products(catalog: str) -> str:
    """The table `products`: what is told of each product that isn't retired, without its record."""
    return f"""
        CREATE TEMP TABLE products AS
        WITH places AS (
            SELECT id, list({{'catalog': container, 'sure': sure, 'filled': filled}}) AS places
            FROM standing WHERE type = '{CATEGORY_ASSIGNMENTS}' GROUP BY id
        ), prices AS (
            SELECT id, list({{'book': container, 'sure': sure, 'there': standing = 'there'}}) AS prices
            FROM standing WHERE type = '{PRICE_TABLE}' GROUP BY id
        )
        SELECT s.key, s.id, s.source, s.standing, s.verdict, s.filled, s.message, p.places, r.prices, m.master,
            v.id IS NOT NULL AS variant_in_pim
        FROM standing s LEFT JOIN places p USING (id) LEFT JOIN prices r USING (id) LEFT JOIN variants_in_pim v USING (id)
        LEFT JOIN members m USING (id)
        WHERE s.type = '{PRODUCT}' AND s.container IN {sql_texts([catalog])} AND s.standing <> 'gone' AND NOT s.leaving
    """


_PRODUCTS: Final = """
    SELECT p.*, k.parts, coalesce(h.id, p.id) AS head
    FROM products p LEFT JOIN known_records k USING (key) LEFT JOIN products h ON h.id = p.master
    ORDER BY head, p.id <> head, p.id
"""

_UNKNOWN_MASTERS: Final = """
    SELECT count(*) FROM products p ANTI JOIN known_records k USING (key)
    WHERE p.standing <> 'refused'
        AND (list_contains(p.filled, 'variations') OR starts_with(coalesce(p.source, ''), 'product_model:'))
"""


def _categories(query: duckdb.DuckDBPyConnection, catalogs: Iterable[str]) -> dict[str, dict[str, ShopCategory]]:
    """The categories of these catalogs. They are few: all are held."""
    found: dict[str, dict[str, ShopCategory]] = {}
    categories: Any = query.sql(f"""
        SELECT s.container, s.id, s.standing, s.leaving, s.sure, s.filled, k.parts
        FROM standing s LEFT JOIN known_records k USING (key)
        WHERE s.type = '{CATEGORY}' AND s.standing <> 'gone' AND s.container IN {sql_texts(catalogs)}
    """)
    for batch in categories.to_arrow_reader(BATCH_ROWS):
        for row in batch.to_pylist():
            fields = {} if row["parts"] is None else _parsed(_PARTS, row["parts"])
            flag = of_site(fields.get("online-flag") or {}, "")
            online = False if row["leaving"] and row["sure"] else {"true": True, "false": False}.get(flag or "")
            names = fields.get("display-name") or {}
            found.setdefault(row["container"], {})[row["id"]] = ShopCategory(
                id=row["id"],
                parent=next((path.removeprefix("parent/") for path in row["filled"] if path.startswith("parent/")), None),
                online=online if row["standing"] != "unknown" else None,
                there=row["standing"] != "refused",
                name=names.get("x-default") or "",
                online_from=of_site(fields.get("online-from") or {}, ""),
                online_to=of_site(fields.get("online-to") or {}, ""),
            )
    return found


# --- Rows -----------------------------------------------------------------------------------------------------------------------


def _parsed(names: Iterable[str], texts: Iterable[str | None]) -> dict[str, Any]:
    """What a record has, by name, of its parts as JSON; those beyond the names are passed over."""
    return {name: orjson.loads(text) for name, text in zip(names, texts, strict=False) if text is not None}


def _product(row: Mapping[str, Any], axes: tuple[str, ...]) -> ShopProduct:
    standing, parts = row["standing"], row["parts"]
    record: dict[str, Any] | None = None
    if parts is not None and standing == "there":
        whole, custom = parts[len(_PARTS) :], parts[len(_PARTS) + len(_WHOLE) :]
        record = {"fields": _parsed(_PARTS, parts), "custom": _parsed(axes, custom), **_parsed(_WHOLE, whole)}
    return ShopProduct(
        id=row["id"],
        standing=standing,
        message=row["message"] if row["verdict"] == "pending" or standing == "refused" else None,
        filled=frozenset(row["filled"]),
        record=record,
        categories={place["catalog"]: _assigned(place) for place in row["places"] or ()},
        prices={price["book"]: price["there"] if price["sure"] else None for price in row["prices"] or ()},
        variant_in_pim=row["variant_in_pim"],
    )


def _assigned(place: Mapping[str, Any]) -> Assigned:
    ids = frozenset(path.removeprefix("category/") for path in place["filled"] if path.startswith("category/"))
    return Assigned(ids, place["sure"])
