"""The base: what is left of the loads that are no longer kept whole. Reading it; it is made by `folding`.

Belongs here: where the base lies, and what base.json says. Doesn't: what the mirror and the ledger do with it, or making it.

The mirror's base is a package-like folder: raw tables as one load that read the whole PIM would have left them, so that the
mirror reads it as the first of its loads. The ledger's is one table of entries that count as those of the archives up to
`through`. base.json names the folders that hold: whoever makes a base writes it aside and then changes that file, so that a store
always has one whole base or none. Source: LOADS, "Keeping".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, read_json, write_json

REMEMBERED: Final = 10_000
"""So many names of folded loads are kept, so that an old name says what became of its load. The number bounds the file's size."""


@dataclass(frozen=True)
class Base:
    """What base.json says. `through`: the number of the last archive that is folded; `archives`: the numbers of those folded
    archives whose mark a catalog of the instance may have now; `load`: the newest load of the mirror's base, None: there is no
    such base; `folded`: the names of loads that are removed or about to be; `passed`: of those of them that were imported within
    a day before, by name: when, and which absences the guard let pass."""

    store: Store
    ledger_folder: str | None = None
    through: int = 0
    archives: Mapping[str, int] = field(default_factory=dict)
    mirror_folder: str | None = None
    load: str | None = None
    folded: Sequence[str] = ()
    passed: Mapping[str, tuple[str, Mapping[str, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> "Base":
        """The base of a store. Raises DamagedFileError where base.json can't be read."""
        document: dict[str, Any] = read_json(_file(store)) or {}
        return cls(store, **document)

    def save(self) -> None:
        """Make this the base of its store, from one moment to the next."""
        write_json(_file(self.store), {name: value for name, value in vars(self).items() if name != "store"})

    @property
    def entries(self) -> Path | None:
        """The `tables.LEDGER_BASE` of the ledger; None where nothing of it is folded."""
        return None if self.ledger_folder is None else ledger_entries(self.store.base / self.ledger_folder)

    @property
    def package(self) -> Package:
        """The mirror's base as a package, of the name of the newest load in it."""
        if self.mirror_folder is None or self.load is None:
            raise ValueError("the mirror has no base")
        return Package(self.store, self.store.base / self.mirror_folder, self.load)

    @property
    def folders(self) -> set[str]:
        """The folders of the base that hold."""
        return {folder for folder in (self.ledger_folder, self.mirror_folder) if folder is not None}


def _file(store: Store) -> Path:
    return store.base / "base.json"


def ledger_entries(folder: Path) -> Path:
    """The ledger's table in a folder of the base."""
    return folder / "ledger.parquet"


def read_by(package: Package) -> Path:
    """`tables.READ_BY` of the mirror's base."""
    return package.folder / "read_by.parquet"


def named(package: Package) -> Path:
    """`tables.NAMED_BY_MODELS` of the mirror's base."""
    return package.folder / "named_by_models.parquet"
