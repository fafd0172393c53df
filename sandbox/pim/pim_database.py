"""SQLite behind the PIM: schema, one connection per thread, and the generic resources (everything but products and models).

Holds no rule of the PIM; times are whole seconds since 1970 (the PIM's precision).
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

Doc = dict[str, Any]

# Values are kept once, at the level that owns them, as the inner text of a JSON object: a variant's payload joins three such
# texts (`shadows` says that an own value stands in for an inherited one, so that joining isn't enough). `hidden` holds values
# whose locale, channel or option is gone: they come back with it. The covering indexes carry
# every column that a plain filter reads, so that a filtered walk never touches the wide rows it skips.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE token (access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, client TEXT NOT NULL,
    access_until INTEGER NOT NULL, refresh_until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE resource (kind TEXT NOT NULL, owner TEXT NOT NULL COLLATE NOCASE, code TEXT NOT NULL COLLATE NOCASE,
    position INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, updated INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (kind, owner, code)) WITHOUT ROWID;
CREATE TABLE media (kind TEXT NOT NULL, code TEXT NOT NULL, filename TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL,
    path TEXT, content BLOB, PRIMARY KEY (kind, code)) WITHOUT ROWID;
CREATE TABLE model (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE COLLATE NOCASE, parent TEXT COLLATE NOCASE,
    root TEXT NOT NULL COLLATE NOCASE, family TEXT NOT NULL COLLATE NOCASE, family_variant TEXT NOT NULL COLLATE NOCASE,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, touched INTEGER NOT NULL,
    shadows INTEGER NOT NULL, categories TEXT NOT NULL, links TEXT NOT NULL, own TEXT NOT NULL, vals TEXT NOT NULL,
    hidden TEXT);
CREATE TABLE product (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, identifier TEXT COLLATE NOCASE,
    family TEXT COLLATE NOCASE, parent TEXT COLLATE NOCASE, root TEXT COLLATE NOCASE, enabled INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, touched INTEGER NOT NULL, groups TEXT NOT NULL,
    shadows INTEGER NOT NULL, categories TEXT NOT NULL, completenesses TEXT NOT NULL, links TEXT NOT NULL, own TEXT NOT NULL,
    vals TEXT NOT NULL, hidden TEXT);
CREATE TABLE product_category (category TEXT NOT NULL COLLATE NOCASE, id INTEGER NOT NULL,
    PRIMARY KEY (category, id)) WITHOUT ROWID;
CREATE TABLE model_category (category TEXT NOT NULL COLLATE NOCASE, id INTEGER NOT NULL,
    PRIMARY KEY (category, id)) WITHOUT ROWID;
CREATE TABLE link (target TEXT NOT NULL COLLATE NOCASE, source TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (target, source, id)) WITHOUT ROWID;
"""
INDEXES = """
CREATE UNIQUE INDEX product_identifier ON product (identifier) WHERE identifier IS NOT NULL;
CREATE INDEX product_walk ON product (uuid, family, enabled, parent, root, created, touched, identifier);
CREATE INDEX product_family ON product (family, uuid, enabled, parent, root, created, touched, identifier);
CREATE INDEX product_parent ON product (parent) WHERE parent IS NOT NULL;
CREATE INDEX product_created ON product (created, family);
CREATE INDEX product_touched ON product (touched, uuid);
CREATE INDEX model_parent ON model (parent) WHERE parent IS NOT NULL;
CREATE INDEX product_category_id ON product_category (id);
CREATE INDEX model_category_id ON model_category (id);
CREATE INDEX link_source ON link (source, id);
"""


@dataclass(frozen=True)
class Resource:
    """A generic resource: `owner` is the code it hangs on (an option's attribute), empty for most kinds."""

    kind: str
    owner: str
    code: str
    position: int
    created: int
    updated: int
    doc: Doc


def _resource(row: tuple[Any, ...]) -> Resource:
    kind, owner, code, position, created, updated, doc = row
    return Resource(kind, owner, code, position, created, updated, orjson.loads(doc))


class Store:
    """One SQLite file. Readers see the last commit; writers take turns through `writing`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._write = threading.RLock()
        if not self._has_table("meta"):
            self.connection.executescript(SCHEMA)

    def _has_table(self, name: str) -> bool:
        row = self.connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
        return row is not None

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's own connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=60)
            found.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;"
                "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;"
            )
            self._local.connection = found
            self._all.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction of this thread, rolled back on any exception; nested calls join the outer one."""
        with self._write:
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    # Settings of the catalogue

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # Generic resources

    def put(self, kind: str, code: str, doc: Doc, now: int, owner: str = "", position: int | None = None) -> None:
        """Insert or replace; `created` and, when not given, `position` of an existing one stay."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, owner, code) DO UPDATE SET"
                " doc = excluded.doc, updated = excluded.updated"
                + ("" if position is None else ", position = excluded.position"),
                (kind, owner, code, position or 0, now, now, orjson.dumps(doc).decode()),
            )

    def get(self, kind: str, code: str, owner: str = "") -> Resource | None:
        row = self.connection.execute(
            "SELECT kind, owner, code, position, created, updated, doc FROM resource WHERE kind = ? AND owner = ? AND code = ?",
            (kind, owner, code),
        ).fetchone()
        return None if row is None else _resource(row)

    def every(self, kind: str, owner: str | None = None) -> Iterator[Resource]:
        """All of a kind (of one owner), in code order."""
        condition, args = ("", ()) if owner is None else (" AND owner = ?", (owner,))
        rows = self.connection.execute(
            f"SELECT kind, owner, code, position, created, updated, doc FROM resource WHERE kind = ?{condition}"
            " ORDER BY owner, code",
            (kind, *args),
        )
        for row in rows:
            yield _resource(row)

    def delete(self, kind: str, code: str, owner: str = "") -> bool:
        with self.writing() as connection:
            done = connection.execute("DELETE FROM resource WHERE kind = ? AND owner = ? AND code = ?", (kind, owner, code))
            return done.rowcount > 0

    def stamp(self, kind: str, code: str, now: int, owner: str = "") -> None:
        """Move only the filterable `updated` of a resource."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE resource SET updated = ? WHERE kind = ? AND owner = ? AND code = ?", (now, kind, owner, code)
            )

    # Media

    def put_media(self, rows: Iterable[tuple[str, str, str, str, int, str | None, bytes | None]]) -> None:
        """Rows of (kind, code, filename, mime, size, path on disk or None, content or None); both None = a generated image."""
        with self.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
