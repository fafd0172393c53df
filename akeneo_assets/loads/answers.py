"""SFCC's answer to an import: counts by type and verdict, and by name what it did not confirm.

Belongs here: its shape, adding it up, telling it. Doesn't: getting it (`sending`), what SFCC's log means
(`sfcc_resources.verdicts`).
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from akeneo_assets.loads.ledger import object_key
from sfcc_resources.verdicts import CONFIRMED, UNCONFIRMED

Answer = dict[str, Any]
"""`objects`: counts by record type, then by verdict, `sent` and `deleted`; `exceptions`: what SFCC did not confirm, as ledger
verdicts; `warnings`: how many warnings its log holds; `ok`: it confirmed everything. That to one archive has `broke_off`, too:
SFCC's import of it did not come to its end; and `processed`, the elements by name that SFCC counted: None where its log
isn't whole."""

Record = tuple[str, str, str]
"""Container, type and id."""

COUNTS: Final = ("sent", "confirmed", "deleted", "refused", "pending", "unconfirmed", "withheld", "unchanged")
"""The counts of an answer, as they are shown."""

EMPTY: Final[Answer] = {"objects": {}, "exceptions": [], "warnings": 0, "ok": True}

NAMED: Final = 20
"""Objects that a sentence names before it says how many more there are."""


def answer_file(archive: Path) -> Path:
    """Where the answer to an archive is kept."""
    return archive.with_name(f"{archive.name}.answer.json")


def answer_of(judged: pa.Table, warnings: int, *, broke_off: bool, processed: Mapping[str, int] | None) -> Answer:
    """The answer to one archive, by its manifest with verdicts (`sfcc_resources.verdicts`)."""
    objects: dict[str, dict[str, int]] = {}
    for group in judged.group_by(["type", "verdict", "delete"]).aggregate([([], "count_all")]).to_pylist():
        counts = objects.setdefault(group["type"], {})
        deleted = group["delete"] and group["verdict"] == CONFIRMED
        for name in ("sent", "deleted" if deleted else group["verdict"]):
            counts[name] = counts.get(name, 0) + group["count_all"]
    not_confirmed = judged.filter(pc.not_equal(judged["verdict"], CONFIRMED)).select(
        ["container", "type", "id", "verdict", "message"]
    )
    exceptions = [
        verdict | {"key": object_key(verdict["container"], verdict["type"], verdict["id"])}
        for verdict in not_confirmed.to_pylist()
    ]
    return {
        "objects": objects,
        "exceptions": exceptions,
        "warnings": warnings,
        "ok": not exceptions,
        "broke_off": broke_off,
        "processed": processed,
    }


def settled_answer(answer: Answer, manifest: pa.Table, settled: Mapping[Record, tuple[str, str | None]]) -> Answer:
    """The answer to an archive with this manifest after further inquiries: `settled` are verdicts and messages of some records,
    by container, type and id, which take the place of the answer's."""
    known = {record_of(e): (e["verdict"], e["message"]) for e in answer["exceptions"]} | dict(settled)
    named = (manifest[name].to_pylist() for name in ("container", "type", "id"))
    verdicts = [known.get(record, (CONFIRMED, None)) for record in zip(*named, strict=True)]
    judged = manifest.append_column("verdict", pa.array([verdict for verdict, _ in verdicts], pa.string())).append_column(
        "message", pa.array([None if verdict == CONFIRMED else message for verdict, message in verdicts], pa.string())
    )
    return answer_of(judged, answer["warnings"], broke_off=answer["broke_off"], processed=answer["processed"])


def record_of(row: Mapping[str, Any]) -> Record:
    """The record of an exception."""
    return row["container"], row["type"], row["id"]


def unconfirmed(answer: Answer) -> dict[Record, str | None]:
    """The records of which nothing can be said, with the reason: container, type and id -> message."""
    return {record_of(e): e["message"] for e in answer["exceptions"] if e["verdict"] == UNCONFIRMED}


def added_up(answers: Iterable[Answer]) -> Answer:
    """Several archives' answers as one."""
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


def answer_sentence(answer: Mapping[str, Any]) -> str:
    """SFCC's answer for people: what it did not take, by name."""
    if answer["ok"]:
        return f"{sum(counts.get('sent', 0) for counts in answer['objects'].values()):,} objects sent, all confirmed."
    named = [
        ", ".join(f"{e['type']} '{e['id']}' of {e['container']}" for e in alike) + f" {verdict}" + (f" ({why})" if why else "")
        for (verdict, why), alike in groupby(answer["exceptions"][:NAMED], itemgetter("verdict", "message"))
    ]
    more = len(answer["exceptions"]) - NAMED
    return (
        f"SFCC did not confirm {len(answer['exceptions']):,} objects: "
        + "; ".join(named)
        + (f"; and {more:,} more." if more > 0 else ".")
    )
