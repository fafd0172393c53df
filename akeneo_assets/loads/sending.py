"""Archives to SFCC and back: intent into the ledger, delivery, SFCC's log read per object, verdict into the ledger.

Belongs here: the order of these, the same for all jobs. Doesn't: ways of delivering (`sfcc_resources.delivery`), the log's
wording (`sfcc_resources.log_wording`). Nothing counts as imported that SFCC's own log does not confirm.

Numbering, sending and verdicts of one store happen under one lock, so that archives arrive in the order of their numbers.
Source: LOADS, "Package and batch" and "SFCC's answer".
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from akeneo_assets.loads import sentinel
from akeneo_assets.loads.answers import EMPTY, Answer, added_up, answer_file, answer_of, answer_sentence
from akeneo_assets.loads.batches import BatchWriter
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.lock import held
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.unresolved import Export, Inquiry, open_records
from akeneo_assets.store import read_json, sql_files, write_json
from sfcc_resources import log_wording, records
from sfcc_resources.delivery.delivery_port import DeliveryPort
from sfcc_resources.feeds import manifest_path
from sfcc_resources.verdicts import REFUSED, UNCONFIRMED, verdicts


@dataclass(frozen=True)
class Sender:
    """Sends the archives of a package. `wait_minutes`: how long another import of this store that sends now is waited for;
    `tell`: the run's log, and `tell_waiting` where it is told which import is waited for (None: the log, too); `patterns`: more
    wordings of SFCC's log (`delivery.log_patterns`); `export`, `bisect_imports`: the means of finding out what
    the log doesn't tell (`unresolved`); `refuse_ended`: called before each archive, raises where the run was ended meanwhile."""

    package: Package
    delivery: DeliveryPort
    writer: BatchWriter
    wait_minutes: float
    tell: Callable[[str], None]
    patterns: tuple[str, ...] = ()
    export: Export | None = None
    bisect_imports: int = 0
    refuse_ended: Callable[[], None] = lambda: None
    tell_waiting: Callable[[str], None] | None = None

    def alone(self) -> AbstractContextManager[None]:
        """Keep all other imports of this store from sending for the block. Raises ConnectorError: one goes on for too long."""
        path = self.package.store.lock("sending")
        return held(path, self.package.name, self.wait_minutes * 60, self.tell_waiting or self.tell)

    def send(self) -> Answer:
        """Deliver the archives one after the other; the next goes only when SFCC has answered the one before.

        Returns SFCC's answer, kept in the package. An archive that SFCC has answered already (a retry) is not sent again, unless
        SFCC's import of it broke off.

        Raises:
            ConnectorError: another connector wrote to the instance, or it was reset or restored since the import began.
            SfccError: SFCC can't be reached, refuses the job or goes on being busy; what was sent stays unconfirmed in the
            ledger.
            ConnectorError: as `refuse_ended`.
        """
        package, feeds = self.package, read_json(self.package.feeds_file)
        ledger = Ledger(package.store)
        if feeds["archives"]:
            package.sending()
        with self.alone():
            inquiry = Inquiry(
                ledger,
                self.export,
                self.bisect_imports,
                lambda archive: self._answer_to(ledger, archive),
                lambda archive, answer: self._conclude(ledger, archive, answer),
                self.tell,
            )
            # Version 0.1 sent all in one phase.
            links, retirements = feeds.get("links", []), feeds.get("retirements", [])
            first = [name for name in feeds["archives"] if name not in (*links, *retirements)]
            answers = self._answers(ledger, inquiry, first)
            if without := self._not_taken(answers) if links else set():
                links = self._rewritten_links(without)
                answers.append(self._withheld(without))
            answers += self._answers(ledger, inquiry, links)
            answers += self._answers(ledger, inquiry, retirements)
        answer = added_up(answers)
        for kind, count in feeds["unchanged"].items():
            answer["objects"].setdefault(kind, {})["unchanged"] = count
        write_json(package.answer_file, answer | {"xml": feeds["xml"]})
        return answer

    def _answers(self, ledger: Ledger, inquiry: Inquiry, names: list[str]) -> list[Answer]:
        """SFCC's answers to some archives, delivered in order; what its logs leave open is asked further once all are there."""
        answers = {archive: self._answer_to(ledger, archive) for archive in (self.package.archives / name for name in names)}
        left_open = {archive: answer for archive, answer in answers.items() if ledger.unanswered(archive.name)}
        for archive, answer in inquiry.settle(left_open).items():
            self._conclude(ledger, archive, answer)
            answers[archive] = answer
        return list(answers.values())

    def _rewritten_links(self, without: set[str]) -> list[str]:
        """The archives of the links, written anew without the links of products that SFCC didn't take: they go with the load that
        brings the product."""
        self.tell(f"Left out for now the links of {len(without):,} products that SFCC did not take.")
        _, archives = self.writer.write_links(without)
        return [archive.name for archive in archives]

    def _not_taken(self, answers: list[Answer]) -> set[str]:
        """The ids of products that SFCC was sent, didn't confirm and doesn't have from before."""
        refused = {
            exception["key"]: exception["id"]
            for answer in answers
            for exception in answer["exceptions"]
            if exception["type"] == records.PRODUCT and exception["verdict"] in (REFUSED, UNCONFIRMED)
        }
        if not refused:
            return set()
        ledger = Ledger(self.package.store)
        keys = pa.table({"key": pa.array(refused, pa.uint64())})
        there = ledger.store.select(
            "SELECT DISTINCT key FROM ledger_entries SEMI JOIN keys USING (key) WHERE verdict = 'confirmed' AND NOT deleted",
            ledger.views,
            keys=keys,
        )
        known = {key for batch in there for key in batch.column("key").to_pylist()}
        return {id_ for key, id_ in refused.items() if key not in known}

    def _withheld(self, products: set[str]) -> Answer:
        """How many links of which type are left out with these products."""
        counts = self.package.store.select(
            f"SELECT type, count(*) AS count FROM read_parquet({sql_files([self.package.links])}) SEMI JOIN products USING (id) "
            "GROUP BY type",
            products=pa.table({"id": sorted(products)}),
        )
        return EMPTY | {
            "objects": {count["type"]: {"withheld": count["count"]} for batch in counts for count in batch.to_pylist()}
        }

    def _answer_to(self, ledger: Ledger, archive: Path) -> Answer:
        """SFCC's answer to an archive: the one that came before (a retry), else sent for now.

        An archive that was on its way when an earlier try died is looked up in SFCC. Where SFCC's import of it broke off, then or
        in an answer that came before, it is sent again under a new number: once a try, so that an SFCC that goes on dying ends
        the try. An answer that leaves records open is not concluded yet.
        """
        self.refuse_ended()
        sentinel.notice(ledger, self.delivery, self.tell)  # each time: the instance may be reset between two archives
        self.package.refuse_if_undone(len(ledger.undone))
        unanswered = ledger.unanswered(archive.name)
        answer = self._deliver(ledger, archive, resume=True) if unanswered else read_json(answer_file(archive))
        if answer is None or answer.get("broke_off"):  # version 0.1 did not note it
            if answer is not None:
                self.tell(f"SFCC's import of {archive.name} broke off: sending it again.")
            self._intend(ledger, archive)
            answer = self._deliver(ledger, archive, resume=False)
        return answer

    def _deliver(self, ledger: Ledger, archive: Path, *, resume: bool) -> Answer:
        manifest = manifest_path(archive)
        delivered = self.delivery.deliver(archive, manifest, resume=resume, tell=self.tell)
        sentinel.note_arrival(ledger, self.delivery, archive)
        log = None if delivered.log is None else log_wording.read(delivered.log, self.patterns)
        judged = verdicts(pq.read_table(manifest), log, job_ok=delivered.job_ok, files_present=delivered.files_present)
        processed = log.processed if log and log.complete else None
        answer = answer_of(judged, len(log.warnings) if log else 0, broke_off=delivered.broke_off, processed=processed)
        if not open_records(answer):
            self._conclude(ledger, archive, answer)
        return answer

    def _conclude(self, ledger: Ledger, archive: Path, answer: Answer) -> None:
        # In this order: a process that dies in between leaves an archive to be looked up, not one to be sent again.
        write_json(answer_file(archive), answer)
        ledger.conclude(archive.name, answer["exceptions"])
        self.tell(f"SFCC answered {archive.name}: {answer_sentence(answer)}")

    def _intend(self, ledger: Ledger, archive: Path) -> None:
        """Record what the archive carries before a byte of it is sent."""
        carried = ledger.store.select(
            f"""
            SELECT s.* EXCLUDE (delete), m.delete AS deleted, m.feed AS file, $load AS load, $archive AS archive
            FROM read_parquet({sql_files([self.package.to_send])}) s
            JOIN read_parquet({sql_files([manifest_path(archive)])}) m USING (container, type, id, delete)
            """.replace("$load", _quoted(self.package.name)).replace("$archive", _quoted(archive.name))
        )
        with ledger.intend(archive.name) as entries:
            for batch in carried:
                entries.write_batch(batch)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def summary(package: Package) -> Answer | None:
    """What an import brought, with the folder of its files; None when it did not come so far."""
    answer: Answer | None = read_json(package.answer_file)
    return None if answer is None else answer | {"folder": str(package.folder)}
