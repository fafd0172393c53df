"""Loading a catalogue into an empty store: what the CSV, JSON-lines and generated catalogues share.

Batches go straight into SQLite, so that memory does not grow with the catalogue.
"""

import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from sandbox.pim.pim_catalogue import Catalogue, Level, Model, Product
from sandbox.pim.pim_database import INDEXES, Doc, Store
from sandbox.pim.pim_structure import Structure, read_structure
from sandbox.pim.resource_kinds import complete, order_categories
from sandbox.pim.standard_units import standard_families

LOADED = 1_735_718_400
"""When loaded items without a time of their own were created: 2025-01-01 08:00:00 UTC, well before any run's overlap."""

BATCH = 500


class LoadError(Exception):
    """A catalogue that can't be loaded: one sentence that says where and what to do."""


def uuid_like_v4(seed: str) -> str:
    """A version-4 shaped uuid that depends on the seed alone."""
    return str(uuid.UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16], version=4))


class Loader:
    """Takes resources first, then (after `read`) models, roots before their sub-models, then products."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.structure: Structure = read_structure(store)
        self._levels: dict[str, Level] = {}
        self._positions = itertools.count(1)
        self._numbers = itertools.count(1)

    def add(self, kind: str, doc: Doc, owner: str = "", time: int = LOADED) -> None:
        """One generic resource, completed with its kind's defaults; categories keep the order they come in."""
        position = next(self._positions) if kind == "category" else None
        self.store.put(kind, doc["code"], complete(kind, doc), time, owner, position)

    def read(self) -> None:
        """Take the resources as they are now for what follows."""
        for doc in standard_families():
            if self.store.get("measurement_family", doc["code"]) is None:
                self.add("measurement_family", doc)
        order_categories(self.store)
        self.structure = read_structure(self.store)

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.store, self.structure)

    def level(self, parent: str | None) -> Level:
        """What a child of the model inherits. Raises KeyError for an unknown model."""
        key = (parent or "").lower()
        found = self._levels.get(key)
        if found is None:
            if len(self._levels) > 1000:
                self._levels.clear()
            found = self._levels[key] = self.catalogue.level(parent)
        return found

    def add_models(self, models: Iterable[tuple[Model, Level]]) -> None:
        for batch in batches(models, BATCH):
            with self.store.writing():
                self.catalogue.insert(models=[(next(self._numbers), own, above) for own, above in batch])

    def add_products(self, products: Iterable[tuple[Product, Level]]) -> None:
        for batch in batches(products, BATCH):
            with self.store.writing():
                self.catalogue.insert(products=[(next(self._numbers), own, above) for own, above in batch])


T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def open_store(path: Path, timezone: str, fill: Callable[[Loader], None]) -> Store:
    """The store at `path`: as it is when it holds a whole catalogue, else filled afresh."""
    store = Store(path)
    if store.meta("loaded") == "yes":
        return store
    store.close()
    for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    store = Store(path)
    try:
        store.connection.execute("PRAGMA synchronous = OFF")
        store.set_meta("timezone", timezone)
        fill(Loader(store))
        store.connection.executescript(INDEXES)
        store.set_meta("loaded", "yes")
        store.connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        store.close()
        raise
    return store
