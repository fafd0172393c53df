"""Archives to SFCC and back: intent into the ledger, delivery, SFCC's log read per object, verdict into the ledger.

Belongs here: the order of these, the same for all jobs. Doesn't: HTTP (`sfcc_resources.delivery`), the log's wording
(`sfcc_resources.importlog`). Nothing counts as imported that SFCC's own log does not confirm.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from akeneo_assets.checks import answer_sentence
from akeneo_assets.loads.batches import FEEDS_FILE
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.settings.delivery_settings import Delivery
from akeneo_assets.store import Store, batches, read_json, write_json
from sfcc_resources import importlog
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sitearchive import deliver
from sfcc_resources.delivery.staticfiles import files_present

Answer = dict[str, Any]
"""`objects`: counts by record type, then by verdict, `sent` and `deleted`; `exceptions`: what SFCC did not confirm, as ledger
verdicts; `warnings`: how many warnings its log holds; `ok`: it confirmed everything."""

COUNTS: Final = ("sent", "confirmed", "deleted", "refused", "pending", "unconfirmed", "unchanged")
"""The counts of an answer, as they are shown."""


def send(store: Store, client: Client, folder: Path, load: str, settings: Delivery, tell: Callable[[str], None]) -> Answer:
    """Deliver the archives of `folder` one after the other; the next goes only when SFCC has answered the one before.

    Returns SFCC's answer, kept in `folder`/import.json. An archive that SFCC has answered already (a retry) is not sent again.

    Raises:
        SfccError: SFCC can't be reached, refuses the job or goes on being busy; what was sent stays unconfirmed in the ledger.
    """
    ledger, feeds = Ledger(store), read_json(folder / FEEDS_FILE)
    answers: list[Answer] = []
    for name in feeds["archives"]:
        archive = folder / "archives" / name
        answered = archive.with_name(f"{name}.answer.json")
        if not answered.exists():
            write_json(answered, _send_one(client, ledger, archive, load, settings, tell))
        answers.append(read_json(answered))
    answer = _sum(answers)
    for kind, count in feeds["unchanged"].items():
        answer["objects"].setdefault(kind, {})["unchanged"] = count
    write_json(folder / "import.json", answer | {"xml": feeds["xml"]})
    return answer


def _send_one(
    client: Client, ledger: Ledger, archive: Path, load: str, settings: Delivery, tell: Callable[[str], None]
) -> Answer:
    manifest = archive.with_name(f"{archive.name}.manifest.parquet")
    resume = ledger.unanswered(archive.name)
    if not resume:
        _intend(ledger, archive, manifest, load)
    execution = deliver(
        client,
        archive,
        on_progress=tell,
        resume=resume,
        delete_after=not settings.keep_archives,
        busy_limit=settings.busy_minutes * 60,
        limit=settings.wait_minutes * 60,
    )
    log = None
    if execution.log is not None:
        with execution.log.open(encoding="utf-8", errors="replace") as lines:
            log = importlog.parse(lines)
    verdicts = importlog.verdicts(
        pq.read_table(manifest), log, job_ok=execution.ok, files_present=files_present(client, manifest)
    )
    answer = _answer(verdicts, len(log.warnings) if log else 0)
    ledger.conclude(archive.name, answer["exceptions"])
    tell(f"SFCC answered {archive.name}: {answer_sentence(answer)}")
    return answer


def _intend(ledger: Ledger, archive: Path, manifest: Path, load: str) -> None:
    """Record what the archive carries before a byte of it is sent."""
    (carried,) = pq.read_table(manifest, columns=["container", "type", "id", "delete", "feed"]).combine_chunks().to_batches()
    named = zip(*(column.to_pylist() for column in carried.columns[:3]), strict=True)
    keys = np.array([object_key(*one) for one in named], dtype=np.uint64)
    order = np.argsort(keys)
    with ledger.intend(archive.name) as entries:
        for batch in batches([archive.parent.parent / "to_send.parquet"]):
            sought = batch.column("key").to_numpy()
            at = order[np.minimum(np.searchsorted(keys, sought, sorter=order), len(keys) - 1)]
            rows, told = batch.filter(pa.array(keys[at] == sought)), carried.take(pa.array(at[keys[at] == sought]))
            for name, column in (
                ("deleted", told.column("delete")),
                ("file", told.column("feed")),
                ("load", pa.repeat(load, told.num_rows)),
                ("archive", pa.repeat(archive.name, told.num_rows)),
            ):
                rows = rows.append_column(name, column)
            entries.write_batch(rows)


def _answer(verdicts: pa.Table, warnings: int) -> Answer:
    objects: dict[str, dict[str, int]] = {}
    for row in verdicts.group_by(["type", "verdict", "delete"]).aggregate([([], "count_all")]).to_pylist():
        counts = objects.setdefault(row["type"], {})
        for name in ("sent", "deleted" if row["delete"] and row["verdict"] == importlog.CONFIRMED else row["verdict"]):
            counts[name] = counts.get(name, 0) + row["count_all"]
    open_ones = verdicts.filter(pc.not_equal(verdicts["verdict"], importlog.CONFIRMED)).select(
        ["container", "type", "id", "verdict", "message"]
    )
    exceptions = [row | {"key": object_key(row["container"], row["type"], row["id"])} for row in open_ones.to_pylist()]
    return {"objects": objects, "exceptions": exceptions, "warnings": warnings, "ok": not exceptions}


def _sum(answers: Iterable[Answer]) -> Answer:
    total: Answer = {"objects": {}, "exceptions": [], "warnings": 0, "ok": True}
    for answer in answers:
        for kind, counts in answer["objects"].items():
            into = total["objects"].setdefault(kind, {})
            for name, count in counts.items():
                into[name] = into.get(name, 0) + count
        total["exceptions"] += answer["exceptions"]
        total["warnings"] += answer["warnings"]
        total["ok"] = total["ok"] and answer["ok"]
    return total


def summary(store: Store, run_id: str, load: str | None) -> Answer | None:
    """What a run imported, with the folder of its files; None when it did not come so far."""
    folders = [store.load(load)] if load else [store.structure(job, run_id) for job in ("attributes", "media_pricebook")]
    folder = next((one for one in folders if (one / "import.json").exists()), None)
    return None if folder is None else read_json(folder / "import.json") | {"folder": str(folder)}
