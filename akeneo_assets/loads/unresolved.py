"""What SFCC did with records of which its log doesn't tell: found out by its own export, else by sending them again in halves.

Belongs here: the order of these inquiries, and what bounds them. Doesn't: reading the log (`sfcc_resources.verdicts`), comparing
an export with what was sent (`export_comparison`), sending (`sending`).

Asked of are records that lines and counts of the log left unconfirmed although SFCC's job has finished. First SFCC exports what
holds them: once for all objects, and once more for their links where the answer to these leaves some open. Where it may not
export, or the export doesn't tell, the records go again in halves, each an import of its own and an archive of its own in the
ledger, until each refused one stands alone. What stays open is unconfirmed.
Source: LOADS, "SFCC's answer".
"""

import shutil
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from akeneo_assets.loads.answers import Answer, Record, record_of, settled_answer, unconfirmed
from akeneo_assets.loads.export_comparison import differing_fields
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.store import fingerprint
from sfcc_resources import records
from sfcc_resources.archive_excerpts import write_excerpt
from sfcc_resources.delivery.instance_export import DataUnits, data_units
from sfcc_resources.delivery.sfcc_errors import SfccError
from sfcc_resources.feeds import manifest_path
from sfcc_resources.verdicts import CONFIRMED, REFUSED, UNCONFIRMED, alone

Export = Callable[[DataUnits, Path], Path]
"""Has SFCC export some of its units into a folder; returns the zip. Raises SfccError."""

Settled = dict[Record, tuple[str, str | None]]
"""Verdict and message of records that an inquiry told of."""

_SHOWN_FIELDS: Final = 5


def open_records(answer: Answer) -> dict[Record, str | None]:
    """The records of which further inquiries may tell, with the reason why the log doesn't. Those of an import that broke off are
    sent again anyway, and files are looked for over WebDAV."""
    if answer["broke_off"]:
        return {}
    return {record: why for record, why in unconfirmed(answer).items() if record[1] != records.FILE}


@dataclass
class Inquiry:
    """The inquiries of one load.

    export: None where SFCC isn't to be asked for exports. imports_left: how many more imports may be started. send: delivers an
    archive of some records and returns the answer to it; conclude: keeps an answer that has open records, in the ledger and
    beside the archive.
    """

    ledger: Ledger
    export: Export | None
    imports_left: int
    send: Callable[[Path], Answer]
    conclude: Callable[[Path, Answer], None]
    tell: Callable[[str], None]

    def settle(self, answers: Mapping[Path, Answer]) -> dict[Path, Answer]:
        """The answers to the archives of a phase after all inquiries; those that have no open records stay as they are."""
        doubtful = {archive: left for archive, answer in answers.items() if (left := open_records(answer))}
        if not doubtful or (self.export is None and not self.imports_left):
            return dict(answers)
        self.tell(f"SFCC's log does not tell what became of {sum(map(len, doubtful.values())):,} objects: looking it up.")
        told_by_export = self._look_up(doubtful)
        settled = dict(answers)
        for archive, left in doubtful.items():
            told = told_by_export.get(archive, {})
            told |= self._halve(archive, [record for record in left if record not in told])
            settled[archive] = settled_answer(answers[archive], pq.read_table(manifest_path(archive)), told)
        return settled

    # --- By SFCC's export -------------------------------------------------------------------------------------------------------

    def _look_up(self, doubtful: Mapping[Path, Mapping[Record, str | None]]) -> dict[Path, Settled]:
        """What SFCC's export of all that holds the doubtful records tells, by archive."""
        units, told = data_units({record[:2] for left in doubtful.values() for record in left}), dict[Path, Settled]()
        if self.export is None or not units:
            return told
        folder = next(iter(doubtful)).parent / "export"
        try:
            exported = self.export(units, folder)
            for archive, left in doubtful.items():
                differing = differing_fields(self.ledger.store, archive, exported, left)
                told[archive] = {record: _verdict(fields, left[record]) for record, fields in differing.items()}
        except (SfccError, ValueError) as error:
            self.tell(f"SFCC's own export does not tell either: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return told

    # --- In halves --------------------------------------------------------------------------------------------------------------

    def _halve(self, archive: Path, doubtful: Collection[Record]) -> Settled:
        """Send the records again in ever smaller parts until all are told of, or no more imports may be started.

        A part that is known to hold a refused record isn't sent as it is: its first half is, and where that is clean, the fault
        must be in the other, which is split at once. Records that SFCC refused when they were sent last, and that are the same
        since, are sent first, each alone: without them the rest may be clean.
        """
        settled: Settled = {}
        suspects = self.ledger.refused_before(archive.name).intersection(doubtful) if self.imports_left and doubtful else set()
        for record in sorted(suspects):
            settled |= self._send(archive, [record]) if self.imports_left else {}
        rest = sorted(set(doubtful) - suspects)
        if suspects and rest and self.imports_left:
            settled |= self._send(archive, rest)
            rest = [record for record in rest if record not in settled]
        parts = deque([rest] if rest else [])
        while parts and self.imports_left:
            part = parts.popleft()
            middle = len(part) // 2 or 1
            first, second = part[:middle], part[middle:]
            settled |= self._send(archive, first)
            if second and all(settled.get(record, _NOTHING)[0] == CONFIRMED for record in first):
                parts.append(second)
                continue
            if second and self.imports_left:
                settled |= self._send(archive, second)
            halves = ([record for record in half if record not in settled] for half in (first, second) if len(half) > 1)
            parts.extend(half for half in halves if half)
        return settled

    def _send(self, archive: Path, part: list[Record]) -> Settled:
        """What an import of these records alone tells. Where its log isn't whole it is the last one: smaller ones won't tell."""
        name = f"{archive.stem}-part-{fingerprint(repr(part).encode()):016x}"  # a retry finds the answer to the same part by it
        excerpt = write_excerpt(archive, frozenset(part), name)
        self.imports_left -= 1
        answer = self.send(excerpt)
        if left := open_records(answer):
            if len(part) == 1 and answer["processed"] is not None:
                manifest = pq.read_table(manifest_path(excerpt))
                verdict = alone(part[0][1], manifest["elements"][0].as_py(), answer["processed"])
                answer = settled_answer(answer, manifest, {part[0]: (verdict, left[part[0]])})
            self.conclude(excerpt, answer)
        if answer["processed"] is None:
            self.imports_left = 0
        verdicts = {record_of(e): (e["verdict"], e["message"]) for e in answer["exceptions"]}
        told = {record: verdicts.get(record, (CONFIRMED, None)) for record in part}
        return {record: verdict for record, verdict in told.items() if verdict[0] != UNCONFIRMED}


_NOTHING: Final = (UNCONFIRMED, None)


def _verdict(differing: tuple[str, ...], why: str | None) -> tuple[str, str | None]:
    """What a comparison with SFCC's export means. `why`: why the log didn't tell."""
    if not differing:
        return CONFIRMED, None
    if "" in differing:
        return REFUSED, f"SFCC's export shows that SFCC did not take it. {why}"
    fields = ", ".join(differing[:_SHOWN_FIELDS]) + (" ..." if len(differing) > _SHOWN_FIELDS else "")
    return REFUSED, f"SFCC's export shows other values in {fields}. {why}"
