"""This machine: the store, the lock of product loads, and what became of the last load.

Belongs here: the connector's own files. Doesn't: what SFCC has (`sfcc_findings`), how much of it (`quota_findings`),
DAGSTER_HOME (`akeneo_assets.commands.dagster_home`).

A file of the store that is missing, truncated or of another shape is a problem of its own, and the other checks go on.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from akeneo_assets.diagnosis.finding import MALFORMED, Finding
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.answers import answer_sentence
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import book_currencies
from akeneo_assets.mapping.codes_in_use import named, vanished
from akeneo_assets.mapping.settings_check import changed_currencies
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, read_json
from akeneo_assets.structure.pim_structure import Structure

AREA: Final = "here"
UNREADABLE: Final = (*MALFORMED, OSError, duckdb.Error, pa.ArrowException)
"""What reading a file of the store raises that is missing, truncated or of another shape."""

_LITTLE: Final = 1 << 30  # bytes free below which a load may well fail


def examine(store: Store, ends: Mapping[str, str]) -> Iterator[Finding]:
    """The findings. Makes the store's folder if it is missing. `ends`: what jobs would read and feed, as far as it is known."""
    writable = _writable(store.root)
    yield writable
    if writable.verdict != "problem":
        yield from readable("ends", store.ledger, lambda: _ends(store, ends))
        yield from readable("lock", store.root, lambda: _lock(store.lock("product_load")))
        yield from _last_load(store)


def readable(check: str, path: Path, findings: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings; where a file at or below `path` can't be read, the problem that it is."""
    try:
        yield from findings()
    except ConnectorError as error:  # it says what to do itself
        yield Finding(AREA, check, "problem", str(error))
    except UNREADABLE as error:
        sentence = f"The store can't be read at {path} ({type(error).__name__}: {error})."
        advice = "Restore it from a backup; without one, name an empty folder in CONNECTOR_STORE and run 1, 2 and 3-2."
        yield Finding(AREA, check, "problem", sentence, advice)


def price_books(store: Store, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    """The price books that SFCC has in another currency, by the store's ledger. For settings that fit the PIM's lists."""
    yield from readable("price books", store.ledger, lambda: _price_books(store, settings, structure))


def _price_books(store: Store, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    for sentence in changed_currencies(settings, structure, book_currencies(Ledger(store))):
        yield Finding(AREA, "price books", "problem", sentence)


def vanished_codes(store: Store, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    """The codes in use that the PIM's lists no longer have: they stop the next import of any job."""
    yield from readable("codes in use", store.codes_in_use, lambda: _vanished_codes(store, settings, structure))


def _vanished_codes(store: Store, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    if gone := vanished(read_json(store.codes_in_use) or {}, settings, structure):
        advice = "Give the connection the right to see it back, or start a job and confirm the deletion as its sentence says."
        yield Finding(AREA, "codes in use", "problem", f"The PIM's lists no longer have what is in use: {named(gone)}.", advice)


def _ends(store: Store, ends: Mapping[str, str]) -> Iterator[Finding]:
    if stranger := Ledger(store).stranger(ends):
        yield Finding(AREA, "ends", "problem", f"No job would run: {stranger}")


def _writable(root: Path) -> Finding:
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            free = shutil.disk_usage(root).free
    except OSError as error:
        sentence = f"{root} can't be written ({error.strerror})."
        return Finding(AREA, "store", "problem", sentence, "Set CONNECTOR_STORE to a folder that this user may write.")
    sentence = f"{root.absolute()} can be written; {free / (1 << 30):,.1f} GiB are free."
    if free < _LITTLE:
        return Finding(AREA, "store", "warning", sentence, "Free some space, or set CONNECTOR_STORE to another disk.")
    return Finding(AREA, "store", "ok", sentence)


def _lock(path: Path) -> Iterator[Finding]:
    """Whether a load runs now. Taken for an instant and given back, the holder's note untouched."""
    if path.exists():
        try:
            with FileLock(path, timeout=0, thread_local=False):
                pass
        except Timeout:
            note = path.with_suffix(".holder")
            who = note.read_text("utf-8", "replace") if note.exists() else "another run"
            advice = "A load started now would end at once; wait for it."
            yield Finding(AREA, "lock", "warning", f"An import of products is running ({who}).", advice)
            return
    yield Finding(AREA, "lock", "ok", "No import of products is running.")


def _last_load(store: Store) -> Iterator[Finding]:
    check = "last load"
    begun: list[windows.Window] = []
    for path in store.loads.glob("*/window.json"):
        yield from readable(check, path, partial(_add_window, Package(store, path.parent, path.parent.name), begun))
    if not begun:
        yield Finding(AREA, check, "ok", "No load has begun yet: run 1, 2 and 3-2 first.")
        return
    last = max(begun, key=lambda window: window.poll_start)
    package = Package.of_load(store, last.key)
    yield from readable(check, package.folder, lambda: _outcome(store, last))
    yield from readable("quarantine", package.held_back, lambda: _quarantine(package.held_back, last.key))


def _add_window(package: Package, begun: list[windows.Window]) -> Iterator[Finding]:
    """Add the window of a load, plans left out; no finding where it can be read."""
    window = windows.Window(**read_json(package.window_file))
    if not package.is_plan:
        begun.append(window)
    yield from ()


def _outcome(store: Store, last: windows.Window) -> Iterator[Finding]:
    check, answer = "last load", read_json(Package.of_load(store, last.key).answer_file)
    if windows.outcome(store, last.key) is None:
        command = f"`akeneo-sfcc run {'3-2' if last.kind == 'full' else '3-1'} --load {last.key}`"
        sentence = f"{last.key} ({last.kind}) has begun and not ended well."
        yield Finding(AREA, check, "warning", sentence, f"Go on with it: {command}, or start a new one.")
    elif answer is not None and not answer["ok"]:
        advice = "Each load sends them again until SFCC takes them; see the check of sfcc/product_import."
        yield Finding(AREA, check, "warning", f"{last.key} ({last.kind}): {answer_sentence(answer)}", advice)
    else:
        outcome = answer_sentence(answer) if answer else "its answer is not kept."
        yield Finding(AREA, check, "ok", f"{last.key} ({last.kind}): {outcome}")


def _quarantine(path: Path, key: str) -> Iterator[Finding]:
    if not path.exists():
        return
    flags = pq.read_table(path, columns=["held_back"])["held_back"].to_pylist()
    whole = sum(flags)
    sentence = f"{key} held back {whole:,} products, models and categories whole, and single values {len(flags) - whole:,} times."
    if flags:
        yield Finding(AREA, "quarantine", "warning", sentence, f"The reasons: asset sfcc/held_back, or {path}.")
    else:
        yield Finding(AREA, "quarantine", "ok", sentence)
