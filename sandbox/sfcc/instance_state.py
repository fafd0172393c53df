"""The instance's object store: bodies as JSON and references between objects, in one SQLite file.

No import rule belongs here: what a body holds and what falls with what is decided by the importers.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

Body = dict[str, Any]

BATCH = 1000
"""Objects per SQLite transaction. SFCC commits per object; what a reader can see is the same, only a kill loses up to a batch."""

SEPARATOR = "\x1f"
"""Joins the parts of a composite id; no XML text can hold it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS objects_by_id ON objects (kind, id, scope);
CREATE INDEX IF NOT EXISTS objects_in_scope ON objects (kind, scope);
CREATE TABLE IF NOT EXISTS refs (
    source INTEGER NOT NULL, relation TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS refs_of_source ON refs (source, relation);
CREATE INDEX IF NOT EXISTS refs_to_target ON refs (kind, id, scope);
"""


class Stored(NamedTuple):
    """One object: `seq` is its place in creation order, `scope` the catalog, book, library, type or site that holds it."""

    seq: int
    kind: str
    scope: str
    id: str
    body: Body


class Target(NamedTuple):
    """What a reference points at. Products are unique in an instance, so a reference to one has the scope ''."""

    kind: str
    scope: str
    id: str


class Store:
    """One connection; open one per thread. Usable as a context manager, which commits what is pending and closes."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=60)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.create_function("head", 2, _head, deterministic=True)
        self._db.executescript(_SCHEMA)
        self._pending = 0

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exc: object) -> None:
        self.commit()
        self._db.close()

    def get(self, kind: str, scope: str, id_: str) -> Stored | None:
        row = self._db.execute(
            "SELECT seq, kind, scope, id, body FROM objects WHERE kind=? AND id=? AND scope=?", (kind, id_, scope)
        ).fetchone()
        return _stored(row)

    def find(self, kind: str, id_: str) -> Stored | None:
        """The object of this id in whichever scope (products are unique across catalogs)."""
        row = self._db.execute(
            "SELECT seq, kind, scope, id, body FROM objects WHERE kind=? AND id=? ORDER BY seq LIMIT 1", (kind, id_)
        ).fetchone()
        return _stored(row)

    def exists(self, target: Target) -> bool:
        if target.kind == "product":
            row = self._db.execute("SELECT 1 FROM objects WHERE kind='product' AND id=? LIMIT 1", (target.id,)).fetchone()
        else:
            row = self._db.execute(
                "SELECT 1 FROM objects WHERE kind=? AND id=? AND scope=?", (target.kind, target.id, target.scope)
            ).fetchone()
        return row is not None

    def by_seq(self, seq: int) -> Stored | None:
        return _stored(self._db.execute("SELECT seq, kind, scope, id, body FROM objects WHERE seq=?", (seq,)).fetchone())

    def put(self, kind: str, scope: str, id_: str, body: Body, seq: int | None = None) -> int:
        """Insert, or overwrite the object `seq`; returns its seq."""
        self._begin()
        blob = orjson.dumps(body)
        if seq is not None:
            self._db.execute("UPDATE objects SET body=? WHERE seq=?", (blob, seq))
            return seq
        done = self._db.execute("INSERT INTO objects (kind, scope, id, body) VALUES (?,?,?,?)", (kind, scope, id_, blob))
        assert done.lastrowid is not None
        return done.lastrowid

    def delete(self, seq: int) -> None:
        """Drop one object and the references that start from it."""
        self._begin()
        self._db.execute("DELETE FROM objects WHERE seq=?", (seq,))
        self._db.execute("DELETE FROM refs WHERE source=?", (seq,))

    def move_to_end(self, seq: int) -> int:
        """Give an object the last place of the creation order; returns its new seq."""
        self._begin()
        row = self._db.execute("INSERT INTO objects (kind, scope, id, body) VALUES ('', '', ?, x'')", (str(seq),))
        new = row.lastrowid
        assert new is not None
        self._db.execute("DELETE FROM objects WHERE seq=?", (new,))
        self._db.execute("UPDATE objects SET seq=? WHERE seq=?", (new, seq))
        self._db.execute("UPDATE refs SET source=? WHERE source=?", (new, seq))
        return new

    def set_refs(self, seq: int, relation: str, targets: Iterable[Target]) -> None:
        """Replace the references that the object `seq` holds under one relation."""
        self._begin()
        self._db.execute("DELETE FROM refs WHERE source=? AND relation=?", (seq, relation))
        self._db.executemany(
            "INSERT INTO refs (source, relation, kind, scope, id) VALUES (?,?,?,?,?)", [(seq, relation, *t) for t in targets]
        )

    def clear_refs(self, seq: int, keep: tuple[str, ...] = ()) -> None:
        """Drop every reference that the object `seq` holds, but for the relations to keep."""
        self._begin()
        marks = ",".join("?" * len(keep))
        self._db.execute(f"DELETE FROM refs WHERE source=? AND relation NOT IN ({marks})", (seq, *keep))

    def refs(self, seq: int, relation: str) -> list[Target]:
        rows = self._db.execute("SELECT kind, scope, id FROM refs WHERE source=? AND relation=? ORDER BY rowid", (seq, relation))
        return [Target(*row) for row in rows]

    def referrers(self, target: Target, relation: str | None = None) -> list[tuple[int, str]]:
        """(seq, relation) of every object that points at `target`."""
        rows = self._db.execute(
            "SELECT DISTINCT source, relation FROM refs WHERE kind=? AND id=? AND scope=? ORDER BY source",
            (target.kind, target.id, target.scope),
        )
        return [(source, name) for source, name in rows if relation in (None, name)]

    def each(self, kind: str, scope: str | None = None, containing: str = "") -> Iterator[Stored]:
        """Objects of a kind in creation order, in pages, so that the caller may write meanwhile."""
        last = 0
        where, bound = ("kind=?", [kind]) if scope is None else ("kind=? AND scope=?", [kind, scope])
        if containing:
            where, bound = f"{where} AND instr(body, CAST(? AS BLOB)) > 0", [*bound, containing]
        while True:
            rows = self._db.execute(
                f"SELECT seq, kind, scope, id, body FROM objects WHERE {where} AND seq>? ORDER BY seq LIMIT 500", (*bound, last)
            ).fetchall()
            for row in rows:
                stored = _stored(row)
                assert stored is not None
                yield stored
            if not rows:
                return
            last = rows[-1][0]

    def in_order(self, kind: str, scope: str = "", parts: int | None = None) -> Iterator[Stored]:
        """Objects of a kind by id; with `parts` by that many first parts of it, and in creation order among those alike.

        Not to be written to meanwhile.
        """
        by = "id" if parts is None else f"head(id, {parts}), seq"
        rows = self._db.execute(
            f"SELECT seq, kind, scope, id, body FROM objects WHERE kind=? AND scope=? ORDER BY {by}", (kind, scope)
        )
        yield from (stored for row in rows if (stored := _stored(row)) is not None)

    def with_prefix(self, kind: str, scope: str, prefix: str) -> list[Stored]:
        """Objects whose id begins with `prefix`, which ends in a separator below the space character."""
        rows = self._db.execute(
            "SELECT seq, kind, scope, id, body FROM objects WHERE kind=? AND id>=? AND id<? AND scope=? ORDER BY seq",
            (kind, prefix, prefix[:-1] + " ", scope),
        )
        return [stored for row in rows if (stored := _stored(row)) is not None]

    def scopes(self, kind: str) -> list[str]:
        """Scopes that hold at least one object of a kind, in order of first use."""
        return [
            row[0] for row in self._db.execute("SELECT scope FROM objects WHERE kind=? GROUP BY scope ORDER BY MIN(seq)", (kind,))
        ]

    def count(self, kind: str, scope: str | None = None) -> int:
        where, bound = ("kind=?", (kind,)) if scope is None else ("kind=? AND scope=?", (kind, scope))
        row: tuple[int] = self._db.execute(f"SELECT COUNT(*) FROM objects WHERE {where}", bound).fetchone()
        return row[0]

    def object_done(self) -> None:
        """Mark the end of one object's change: the point at which a batch may be committed."""
        self._pending += 1
        if self._pending >= BATCH and not self._held:
            self.commit()

    _held = False

    def hold(self) -> None:
        """Commit what is pending; from here on everything is one transaction until `commit` or `roll_back`."""
        self.commit()
        self._held = True

    def commit(self) -> None:
        self._pending, self._held = 0, False
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def roll_back(self) -> None:
        self._pending, self._held = 0, False
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")


def _head(id_: str, parts: int) -> str:
    return SEPARATOR.join(id_.split(SEPARATOR)[:parts])


def _stored(row: Any) -> Stored | None:
    return None if row is None else Stored(row[0], row[1], row[2], row[3], orjson.loads(row[4]))
