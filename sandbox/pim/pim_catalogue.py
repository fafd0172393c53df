"""Products and product models: levels, inheritance, saving, deleting.

Each row keeps its own level's state plus the merged parts that filters and payloads need (categories, associations, the
greatest `updated` of the chain, completeness); `refresh` recomputes those of everything below a changed model.
No HTTP here, and no check of what a client sent (`api_products` does that).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

import orjson

from sandbox.pim.pim_database import Doc, Store
from sandbox.pim.pim_structure import Structure
from sandbox.pim.pim_values import (
    Values,
    completenesses,
    merged_hidden,
    read_values,
    split_visible,
    value_keys,
    values_text,
)

Associations = dict[str, dict[str, list[str]]]
Quantified = dict[str, dict[str, list[Doc]]]


@dataclass(frozen=True)
class Product:
    """One product's own level. Associations name products by uuid."""

    uuid: str
    enabled: bool
    family: str | None
    parent: str | None
    groups: list[str]
    categories: list[str]
    values: Values
    associations: Associations
    quantified_associations: Quantified
    created: int
    updated: int


@dataclass(frozen=True)
class Model:
    """One product model's own level."""

    code: str
    family: str
    family_variant: str
    parent: str | None
    categories: list[str]
    values: Values
    associations: Associations
    quantified_associations: Quantified
    created: int
    updated: int


@dataclass(frozen=True)
class Level:
    """What a child inherits: a model merged with its own ancestors.

    `depth` counts the levels above a child of this one; `shadows`: some value stands in for one of a higher level.
    """

    code: str | None = None
    root: str | None = None
    family: str | None = None
    family_variant: str | None = None
    depth: int = 0
    values: Values = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    associations: Associations = field(default_factory=dict)
    quantified_associations: Quantified = field(default_factory=dict)
    touched: int = 0
    shadows: bool = False


Owner = TypeVar("Owner", Product, Model)

NO_PARENT = Level()


def merge_associations(above: Associations, own: Associations) -> Associations:
    """Union by type and kind; ancestors' first."""
    merged = {code: dict(kinds) for code, kinds in above.items()}
    for code, kinds in own.items():
        into = merged.setdefault(code, {})
        for kind, targets in kinds.items():
            into[kind] = list(dict.fromkeys([*into.get(kind, []), *targets]))
    return merged


def merge_quantified(above: Quantified, own: Quantified) -> Quantified:
    """Union by type, kind and target; an own quantity wins over an inherited one."""
    merged = {code: dict(kinds) for code, kinds in above.items()}
    for code, kinds in own.items():
        into = merged.setdefault(code, {})
        for kind, targets in kinds.items():
            by_target = {_target(t): t for t in [*into.get(kind, []), *targets]}
            into[kind] = list(by_target.values())
    return merged


def _target(link: Doc) -> str:
    return str(link.get("uuid") or link.get("identifier"))


def merge(above: Level, own: Product | Model) -> Level:
    """What `own` shows, its ancestors' included; as the level that its children inherit from."""
    code = own.code if isinstance(own, Model) else None
    return Level(
        code=code,
        root=above.root or code,
        family=own.family,
        family_variant=own.family_variant if isinstance(own, Model) else None,
        depth=above.depth + 1,
        values={**above.values, **own.values},
        categories=sorted({*above.categories, *own.categories}),
        associations=merge_associations(above.associations, own.associations),
        quantified_associations=merge_quantified(above.quantified_associations, own.quantified_associations),
        touched=max(above.touched, own.updated),
        shadows=above.shadows or not own.values.keys().isdisjoint(above.values),
    )


def links_text(structure: Structure, level: Level) -> str:
    """`"associations":{...},"quantified_associations":{...}` with every plain type listed, even when empty.

    Source: Akeneo API, products-uuid payload.
    """
    associations = {
        t["code"]: {
            kind: level.associations.get(t["code"], {}).get(kind, []) for kind in ("products", "product_models", "groups")
        }
        for t in structure.association_types
        if not t["is_quantified"]
    }
    quantified = {
        t["code"]: {kind: level.quantified_associations[t["code"]].get(kind, []) for kind in ("products", "product_models")}
        for t in structure.association_types
        if t["is_quantified"] and any(level.quantified_associations.get(t["code"], {}).values())
    }
    return orjson.dumps({"associations": associations, "quantified_associations": quantified}).decode()[1:-1]


def _own_text(own: Product | Model) -> str:
    return orjson.dumps(
        {
            "categories": own.categories,
            "associations": own.associations,
            "quantified_associations": own.quantified_associations,
        }
    ).decode()


def _targets(own: Product | Model) -> set[str]:
    plain = {t for kinds in own.associations.values() for targets in kinds.values() for t in targets}
    return plain | {_target(t) for kinds in own.quantified_associations.values() for targets in kinds.values() for t in targets}


PRODUCT_COLUMNS = (
    "id, uuid, identifier, family, parent, root, enabled, created, updated, touched, groups, shadows, categories, "
    "completenesses, links, own, vals, hidden"
)
MODEL_COLUMNS = (
    "id, code, parent, root, family, family_variant, created, updated, touched, shadows, categories, links, own, vals, hidden"
)


def product_row(structure: Structure, number: int, own: Product, above: Level) -> tuple[object, ...]:
    """The row of `product`, in the order of PRODUCT_COLUMNS."""
    seen, hidden = split_visible(structure, own.values)
    merged = merge(above, replace(own, values=seen))
    identifier = own.values.get(structure.main_identifier, [{"data": None}])[0]["data"]
    complete = completenesses(structure, own.family, value_keys(merged.values))
    return (
        number, own.uuid, identifier, own.family, own.parent, above.root, int(own.enabled), own.created, own.updated,
        merged.touched, orjson.dumps(own.groups).decode(), int(merged.shadows),
        orjson.dumps(merged.categories).decode(), orjson.dumps(complete).decode(), links_text(structure, merged),
        _own_text(own), values_text(structure, seen), orjson.dumps(hidden).decode() if hidden else None,
    )  # fmt: skip


def model_row(structure: Structure, number: int, own: Model, above: Level) -> tuple[object, ...]:
    """The row of `model`, in the order of MODEL_COLUMNS."""
    seen, hidden = split_visible(structure, own.values)
    merged = merge(above, replace(own, values=seen))
    return (
        number, own.code, own.parent, merged.root, own.family, own.family_variant, own.created, own.updated, merged.touched,
        int(merged.shadows), orjson.dumps(merged.categories).decode(), links_text(structure, merged), _own_text(own),
        values_text(structure, seen), orjson.dumps(hidden).decode() if hidden else None,
    )  # fmt: skip


class Catalogue:
    """Products and models of a store, under one snapshot of its structure. Writing needs an open `store.writing()`."""

    def __init__(self, store: Store, structure: Structure) -> None:
        self.store = store
        self.structure = structure

    @property
    def _db(self) -> sqlite3.Connection:
        return self.store.connection

    # Reading own levels

    def product(self, uuid: str) -> Product | None:
        row = self._db.execute(f"SELECT {PRODUCT_COLUMNS} FROM product WHERE uuid = ?", (uuid.lower(),)).fetchone()
        return None if row is None else _read_product(row)

    def uuid_of(self, identifier: str) -> str | None:
        row = self._db.execute("SELECT uuid FROM product WHERE identifier = ?", (identifier,)).fetchone()
        return None if row is None else str(row[0])

    def identifiers_of(self, uuids: Iterable[str]) -> dict[str, str | None]:
        wanted = list(uuids)
        marks = ",".join("?" * len(wanted))
        return dict(self._db.execute(f"SELECT uuid, identifier FROM product WHERE uuid IN ({marks})", wanted).fetchall())

    def model(self, code: str) -> Model | None:
        row = self._db.execute(f"SELECT {MODEL_COLUMNS} FROM model WHERE code = ?", (code,)).fetchone()
        return None if row is None else _read_model(row)

    def level(self, code: str | None) -> Level:
        """What children of the model inherit; NO_PARENT for None. Raises KeyError for an unknown model."""
        if code is None:
            return NO_PARENT
        model = self.model(code)
        if model is None:
            raise KeyError(code)
        seen, _ = split_visible(self.structure, model.values)
        return merge(self.level(model.parent), replace(model, values=seen))

    # Writing

    def insert(
        self, products: Iterable[tuple[int, Product, Level]] = (), models: Iterable[tuple[int, Model, Level]] = ()
    ) -> None:
        """New rows with given ids, in bulk."""
        self._insert("model", MODEL_COLUMNS, [(own, model_row(self.structure, n, own, above)) for n, own, above in models])
        self._insert(
            "product", PRODUCT_COLUMNS, [(own, product_row(self.structure, n, own, above)) for n, own, above in products]
        )

    def _insert(self, table: str, columns: str, rows: list[tuple[Owner, tuple[object, ...]]]) -> None:
        names = columns.split(", ")
        place = names.index("categories")
        self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({','.join('?' * len(names))})", [row for _, row in rows])
        self._db.executemany(
            f"INSERT OR IGNORE INTO {table}_category VALUES (?, ?)",
            [(category, row[0]) for _, row in rows for category in orjson.loads(str(row[place]))],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
            [(target, table, row[0]) for own, row in rows for target in _targets(own)],
        )

    def save_product(self, own: Product) -> None:
        number = self._forget("product", "uuid", own.uuid)
        self.insert(products=[(number, own, self.level(own.parent))])

    def save_model(self, own: Model) -> None:
        """Save a model and refresh everything below it."""
        number = self._forget("model", "code", own.code)
        self.insert(models=[(number, own, self.level(own.parent))])
        self.refresh_below(own.code)

    def _forget(self, table: str, key: str, value: str) -> int:
        """Remove a row and its side rows; returns its id, or the next free one."""
        row = self._db.execute(f"SELECT id FROM {table} WHERE {key} = ?", (value,)).fetchone()
        if row is None:
            return int(self._db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])
        number = int(row[0])
        self._db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))
        self._db.execute(f"DELETE FROM {table}_category WHERE id = ?", (number,))
        self._db.execute("DELETE FROM link WHERE source = ? AND id = ?", (table, number))
        return number

    def refresh_below(self, code: str) -> None:
        """Recompute the merged parts of a model's children, and of theirs."""
        for (child,) in self._db.execute("SELECT code FROM model WHERE parent = ?", (code,)).fetchall():
            model = self.model(child)
            if model is not None:
                self.save_model(model)
        for product in self.every_product("parent = ?", (code,)):
            self.save_product(product)

    def refresh(self, condition: str, args: tuple[object, ...] = ()) -> None:
        """Recompute rows that a change of the structure may touch: models first, so that their children see the new ones."""
        for own in self.every_model(condition, args):
            number = self._forget("model", "code", own.code)
            self.insert(models=[(number, own, self.level(own.parent))])
        for product in self.every_product(condition, args):
            self.save_product(product)

    def every_product(self, condition: str, args: tuple[object, ...]) -> Iterator[Product]:
        ids = [r[0] for r in self._db.execute(f"SELECT id FROM product WHERE {condition}", args).fetchall()]
        for number in ids:
            yield _read_product(self._db.execute(f"SELECT {PRODUCT_COLUMNS} FROM product WHERE id = ?", (number,)).fetchone())

    def every_model(self, condition: str, args: tuple[object, ...]) -> Iterator[Model]:
        rows = self._db.execute(f"SELECT id FROM model WHERE {condition} ORDER BY parent IS NOT NULL", args).fetchall()
        for (number,) in rows:
            yield _read_model(self._db.execute(f"SELECT {MODEL_COLUMNS} FROM model WHERE id = ?", (number,)).fetchone())

    def drop_categories(self, codes: Iterable[str]) -> None:
        """Take deleted categories out of products and models; `updated` of their owners stays."""
        gone = {code.lower() for code in codes}
        marks, args = ",".join("?" * len(gone)), tuple(gone)
        for model in self.every_model(f"id IN (SELECT id FROM model_category WHERE category IN ({marks}))", args):
            self.save_model(replace(model, categories=[c for c in model.categories if c.lower() not in gone]))
        for product in self.every_product(f"id IN (SELECT id FROM product_category WHERE category IN ({marks}))", args):
            self.save_product(replace(product, categories=[c for c in product.categories if c.lower() not in gone]))

    # Deleting

    def delete_product(self, uuid: str) -> bool:
        """Remove a product and every association to it. False if there is none."""
        if self._db.execute("SELECT 1 FROM product WHERE uuid = ?", (uuid.lower(),)).fetchone() is None:
            return False
        self._forget("product", "uuid", uuid.lower())
        self._unlink(uuid.lower())
        return True

    def delete_model(self, code: str) -> bool:
        """Remove a model with everything below it. False if there is none."""
        if self.model(code) is None:
            return False
        for (child,) in self._db.execute("SELECT code FROM model WHERE parent = ?", (code,)).fetchall():
            self.delete_model(child)
        for (uuid,) in self._db.execute("SELECT uuid FROM product WHERE parent = ?", (code,)).fetchall():
            self.delete_product(uuid)
        self._forget("model", "code", code)
        self._unlink(code)
        return True

    def _unlink(self, target: str) -> None:
        """Take a deleted target out of all associations; `updated` of their owners stays."""
        sources = self._db.execute("SELECT source, id FROM link WHERE target = ?", (target,)).fetchall()
        for source, number in sources:
            if source == "product":
                for product in self.every_product("id = ?", (number,)):
                    self.save_product(_without_target(product, target))
            else:
                for model in self.every_model("id = ?", (number,)):
                    self.save_model(_without_target(model, target))


def _without_target(own: Owner, target: str) -> Owner:
    plain = {
        code: {kind: [t for t in targets if t.lower() != target.lower()] for kind, targets in kinds.items()}
        for code, kinds in own.associations.items()
    }
    quantified = {
        code: {kind: [t for t in targets if _target(t).lower() != target.lower()] for kind, targets in kinds.items()}
        for code, kinds in own.quantified_associations.items()
    }
    return replace(own, associations=plain, quantified_associations=quantified)


def _read_values(seen: str, hidden: str | None) -> Values:
    values = read_values(seen)
    return values if hidden is None else merged_hidden(values, orjson.loads(hidden))


def _read_product(row: tuple[object, ...]) -> Product:
    d = dict(zip(PRODUCT_COLUMNS.split(", "), row, strict=True))
    own = orjson.loads(str(d["own"]))
    return Product(
        uuid=str(d["uuid"]),
        enabled=bool(d["enabled"]),
        family=_optional(d["family"]),
        parent=_optional(d["parent"]),
        groups=orjson.loads(str(d["groups"])),
        values=_read_values(str(d["vals"]), _optional(d["hidden"])),
        created=int(str(d["created"])),
        updated=int(str(d["updated"])),
        **own,
    )


def _read_model(row: tuple[object, ...]) -> Model:
    d = dict(zip(MODEL_COLUMNS.split(", "), row, strict=True))
    own = orjson.loads(str(d["own"]))
    return Model(
        code=str(d["code"]),
        family=str(d["family"]),
        family_variant=str(d["family_variant"]),
        parent=_optional(d["parent"]),
        values=_read_values(str(d["vals"]), _optional(d["hidden"])),
        created=int(str(d["created"])),
        updated=int(str(d["updated"])),
        **own,
    )


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
