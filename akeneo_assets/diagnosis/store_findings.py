"""This machine: the store, Dagster's home, the lock of product loads, and what became of the last load.

Belongs here: the connector's own files. Doesn't: what SFCC has (`sfcc`), how much of it (`quotas`).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from akeneo_assets.checks import answer_sentence
from akeneo_assets.diagnosis.finding import Finding
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import book_currencies
from akeneo_assets.mapping.settings_check import changed_currencies
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, read_json
from akeneo_assets.structure.pim_structure import Structure

AREA: Final = "here"
_LITTLE: Final = 1 << 30  # bytes free below which a load may well fail


def examine(store: Store, environ: Mapping[str, str], ends: Mapping[str, str]) -> Iterator[Finding]:
    """The findings. Makes the store's folder if it is missing. `ends`: what jobs would read and feed, as far as it is known."""
    writable = _writable(store.root)
    yield writable
    yield _home(environ)
    if writable.verdict != "problem":
        if stranger := Ledger(store).stranger(ends):
            yield Finding(AREA, "ends", "problem", f"No job would run: {stranger}")
        yield _lock(store.root / "product_load.lock")
        yield from _last_load(store)


def price_books(store: Store, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    """The price books that SFCC has in another currency, by the store's ledger. For settings that fit the PIM's lists."""
    for sentence in changed_currencies(settings, structure, book_currencies(Ledger(store))):
        yield Finding(AREA, "price books", "problem", sentence)


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


def _home(environ: Mapping[str, str]) -> Finding:
    check, named = "DAGSTER_HOME", environ.get("DAGSTER_HOME")
    home = Path(named or "var/dagster")
    if named and not home.is_absolute():
        return Finding(AREA, check, "problem", f"DAGSTER_HOME is '{named}'.", "Give it as an absolute path.")
    if not (home / "dagster.yaml").is_file():
        unset = "" if named else "DAGSTER_HOME is not set: `akeneo-sfcc run` takes var/dagster, the Dagster UI forgets its runs. "
        sentence = f"{unset}{home} has no dagster.yaml yet."
        return Finding(
            AREA,
            check,
            "warning",
            sentence,
            "Set it; the first `akeneo-sfcc run` puts the file there. It keeps 3-1 and 3-2 apart.",
        )
    if not os.access(home, os.W_OK):
        return Finding(AREA, check, "problem", f"{home} can't be written.", "Let this user write it.")
    if "akeneo_sfcc/load" not in (home / "dagster.yaml").read_text("utf-8", "replace"):
        sentence = f"{home}/dagster.yaml has no concurrency limit for the tag akeneo_sfcc/load."
        return Finding(AREA, check, "warning", sentence, "Take it over from akeneo_assets/dagster.yaml: 3-1 and 3-2 then queue.")
    return Finding(AREA, check, "ok", f"{home} holds dagster.yaml with the limit that keeps 3-1 and 3-2 apart.")


def _lock(path: Path) -> Finding:
    """Whether a load runs now. Taken for an instant and given back, the holder's note untouched."""
    if path.exists():
        try:
            with FileLock(path, timeout=0, thread_local=False):
                pass
        except Timeout:
            note = path.with_suffix(".holder")
            who = note.read_text("utf-8") if note.exists() else "another run"
            advice = "A load started now would end at once; wait for it."
            return Finding(AREA, "lock", "warning", f"An import of products is running ({who}).", advice)
    return Finding(AREA, "lock", "ok", "No import of products is running.")


def _last_load(store: Store) -> Iterator[Finding]:
    check = "last load"
    begun = [w for key in store.loads() if (w := windows.recorded(store, key))]
    if not begun:
        yield Finding(AREA, check, "ok", "No load has begun yet: run 1, 2 and 3-2 first.")
        return
    last = max(begun, key=lambda w: w.poll_start)
    folder = store.load(last.key)
    answer: dict[str, Any] | None = read_json(folder / "import.json")
    if windows.outcome(store, last.key) is None:
        advice = (
            f"Go on with it: `akeneo-sfcc run {'3-2' if last.kind == 'full' else '3-1'} --load {last.key}`, or start a new one."
        )
        yield Finding(AREA, check, "warning", f"{last.key} ({last.kind}) has begun and not ended well.", advice)
    elif answer is not None and not answer["ok"]:
        advice = "Each load sends them again until SFCC takes them; see the check of sfcc/product_import."
        yield Finding(AREA, check, "warning", f"{last.key} ({last.kind}): {answer_sentence(answer)}", advice)
    else:
        outcome = answer_sentence(answer) if answer else "its answer is not kept."
        yield Finding(AREA, check, "ok", f"{last.key} ({last.kind}): {outcome}")
    yield from _quarantine(folder / "held_back.parquet", last.key)


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
