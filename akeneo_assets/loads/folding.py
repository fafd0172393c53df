"""Folding: old loads, imports and plans leave the store; what the mirror and the ledger need of them goes into the base.

Belongs here: what is old, what must stay all the same, the order in which the store changes. Doesn't: the base's tables
(`base_writing`), reading them (`base`), Dagster's records, which the caller removes.

A kill at any moment leaves a store that reads as before or as after: the new base is written aside, base.json names it from one
moment to the next, and only then is removed what it replaces. What a kill leaves behind goes with the next fold. Source: LOADS,
"Keeping".

The base is written anew with each fold, all of it. So that this costs little, a fold waits until a tenth of `keep.loads` is to
go.
"""

import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from akeneo_assets.loads.base import REMEMBERED, Base
from akeneo_assets.loads.base_writing import archives_to_know, write_ledger, write_mirror
from akeneo_assets.loads.guard import LATELY
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.media_files import fold_index
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package, all_packages, newest_with
from akeneo_assets.loads.window import last_successful, outcome, recorded
from akeneo_assets.settings.keep_settings import Keep
from akeneo_assets.store import Store

_SHARE: Final = 10
"""A fold waits until one in so many of `keep.loads` is to go."""

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Fold:
    """What a fold does. `through`: the archives up to this number go into the ledger's base; `mirror`: what goes into the
    mirror's, None: it stays as it is; `base_stays`: whether a load still stands on the mirror's present base; `packages`: what is
    removed."""

    base: Base
    through: int
    mirror: Mirror | None
    base_stays: bool
    packages: list[Package]

    @property
    def store(self) -> Store:
        return self.base.store


def fold(
    store: Store, keep: Keep, now: datetime, in_use: Collection[str] = (), forget: Callable[[Package], None] = lambda _: None
) -> int:
    """Fold what is older than `keep` says, if enough is; returns how many packages were removed.

    in_use: the names of imports that a run has not ended with, and that stay; forget: called before a package is removed. For the
    holder of the lock of product imports and of the sending lock, while no other import works.

    Raises DamagedFileError where something that is folded can't be read; nothing is removed then.
    """
    _sweep(store)
    todo = plan_fold(store, keep, now, in_use)
    if todo is None:
        return 0
    _write_base(todo, now)
    _sweep(store)
    fold_index(store)
    for package in todo.packages:
        forget(package)
        _remove(store, package.folder)
    return len(todo.packages)


def plan_fold(store: Store, keep: Keep, now: datetime, in_use: Collection[str] = ()) -> Fold | None:
    """What a fold would do now; None: too little is old."""
    packages = sorted(all_packages(store), key=_begun)
    imported = [_begun(package) for package in packages if package.is_load and package.concluded is not None]
    last = last_successful(store)
    if len(imported) <= keep.loads or last is None:
        return None
    kept_since = min(imported[-keep.loads], now - timedelta(days=keep.days))
    old = [package for package in packages if _begun(package) < kept_since and package.name not in in_use]
    old_names = {package.name for package in old} - {package.name for package in packages if package not in old}

    base, chain = Base.of(store), Mirror.of(store, last).keys
    prefix = [key for number, key in enumerate(chain[:-1]) if all(k == base.load or k in old_names for k in chain[: number + 1])]
    mirror = Mirror(store, tuple(prefix)) if len(prefix) > 1 else None
    folded = {*prefix} if mirror else {base.load}
    standing = {*chain, *_chain_of_newest(store)}

    ledger = Ledger(store)
    sent = ledger.sent()
    left = outcome(store, last.key)
    through = _through(ledger, {p.name for p in packages} - old_names, left.archive if left else 0)
    needed = _needed(store, packages)
    unfolded = {entry.load for entry in sent if entry.number > through} | (standing - folded)
    removable = [package for package in old if package.folder not in needed and package.name not in unfolded]
    begun_before = any(package.name in base.folded for package in removable)
    if len(removable) < max(1, keep.loads // _SHARE) and not begun_before:
        return None
    return Fold(base, through, mirror, base.load in standing, removable)


def _begun(package: Package) -> datetime:
    return datetime.fromisoformat(package.begun) if package.begun else _LONG_AGO  # version 0.1 did not note it


def _chain_of_newest(store: Store) -> tuple[str, ...]:
    """The loads that the newest load with ids stands on, be it successful or not: `akeneo-sfcc show` reads it."""
    newest = newest_with(store, "changes")
    window = recorded(store, newest.name) if newest else None
    return Mirror.of(store, window).keys if window else ()


def _needed(store: Store, packages: Iterable[Package]) -> set[Path]:
    """The folders that stay however old they are: of each step the newest package that has done it, since assets that are
    materialized by themselves read there; the last successful load, and the last that read everything, whose records
    `akeneo-sfcc doctor` counts."""
    newest = {step: package.folder for package in packages if not package.is_plan for step in package.steps}
    last = (last_successful(store), last_successful(store, whole=True))
    return {*newest.values(), *(store.load(window.key) for window in last if window)}


def _through(ledger: Ledger, staying: Collection[str], limit: int) -> int:
    """The number of the last archive that may be folded with all before it: none of an import that stays, none after `limit` (the
    last one that the newest successful load knew of), and none that waits for its verdict: no later archive has carried all its
    objects."""
    through, outstanding = ledger.folded, ledger.outstanding()
    for entry in ledger.sent():
        if entry.number > limit or entry.load in staying or entry.number in outstanding:
            break
        through = entry.number
    return through


def _write_base(todo: Fold, now: datetime) -> None:
    """Write the new base aside and make it the store's."""
    store, base = todo.store, todo.base
    number = 1 + max((int(path.name) for path in store.base.glob("[0-9]*")), default=0)
    folder = store.base / f"{number:06d}"
    if todo.through > base.through:
        ledger = Ledger(store)
        write_ledger(ledger, todo.through, folder)
        archives = archives_to_know(ledger, todo.through)
        base = replace(base, ledger_folder=folder.name, through=todo.through, archives=archives)
    if todo.mirror is not None and todo.mirror.keys[-1] != base.load:
        write_mirror(todo.mirror, folder)
        base = replace(base, mirror_folder=folder.name, load=todo.mirror.keys[-1])
    elif not todo.base_stays:
        base = replace(base, mirror_folder=None, load=None)
    gone = {package.name: None for package in todo.packages if package.is_load}
    folded = [name for name in base.folded if name not in gone]
    replace(base, folded=[*folded, *gone][-REMEMBERED:], passed=_passed(todo, now)).save()


def _passed(todo: Fold, now: datetime) -> dict[str, tuple[str, dict[str, int]]]:
    """What `guard.passed_lately` asks of the loads that are removed."""
    passed = {name: (when, dict(counts)) for name, (when, counts) in todo.base.passed.items()}
    for package in todo.packages:
        if package.concluded and (counts := (package.report("retired") or {}).get("passed")):
            passed[package.name] = (package.concluded, counts)
    return {name: entry for name, entry in passed.items() if now - datetime.fromisoformat(entry[0]) <= LATELY}


def _sweep(store: Store) -> None:
    """Remove what no base and no load needs any more: archives that are folded, former bases, packages on their way out."""
    if store.ledger.exists():
        for folder in Ledger(store).archives_folded():
            _remove(store, folder)
    holding = Base.of(store).folders
    for folder in store.base.glob("[0-9]*"):
        if folder.name not in holding:
            _remove(store, folder)
    shutil.rmtree(store.removed, ignore_errors=True)


def _remove(store: Store, folder: Path) -> None:
    """Remove a folder: out of sight from one moment to the next, then file by file."""
    aside = store.removed / folder.parent.name / folder.name
    aside.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    shutil.rmtree(aside)
