"""What is sent: the records exported, less what the ledger says SFCC has already.

Belongs here: the comparison and the clearing of what was once written. Doesn't: how a field is cleared
(`akeneo_assets.mapping.emptied`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.mapping.emptied import is_handed_over, unclearable, waits, with_emptied
from akeneo_assets.store import batches, canonical, fingerprint, sql_empty, sql_files, sql_numbered, sql_table
from akeneo_assets.tables import ABSENCES
from sfcc_resources.records import Record

Mask = npt.NDArray[np.bool_]


@dataclass
class Difference:
    """Streams what is to be sent; counts as it goes. `everything` sends objects that SFCC has as well (a full load). `kept`:
    (type, field) that were once written, are gone, and that SFCC has no way to clear. `handed_over`:
    `akeneo_assets.mapping.emptied.handed_over`; the ledger goes on knowing those fields, to clear them once they are owned again.
    `held`: a `tables.ABSENCES` file of what isn't taken away for now: those fields stay in SFCC and in the ledger.
    `defined`: by record type, the connector's own definitions of its custom attributes, by id; what they don't take for now is
    cleared once they do again. `current`: a file of `Ledger.compared_with`; without one the ledger is read for each comparison.
    """

    ledger: Ledger
    everything: bool
    handed_over: tuple[str, ...] = ()
    defined: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    held: Path | None = None
    current: Path | None = None
    sent: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def batches(self, files: list[Path]) -> Iterator[pa.RecordBatch]:
        """Batches of `tables.RECORDS` to send, in order, each record with the clearing of what it once wrote and no longer
        has."""
        for batch, flags, formerly in self._flagged(files):
            chosen, otherwise = (flags[name].to_numpy() for name in ("chosen", "otherwise"))
            _count(self.unchanged, batch, ~chosen)
            _count(self.sent, batch, chosen)
            whole = self._emptied(batch, flags, formerly) if otherwise.any() else batch
            if chosen.any():
                yield whole if chosen.all() else whole.filter(pa.array(chosen))

    def _flagged(
        self, files: list[Path], columns: list[str] | None = None
    ) -> Iterator[tuple[pa.RecordBatch, pa.Table, Iterator[set[str]]]]:
        """The batches of the record files, each with its rows of `_compared`, and what SFCC has of those that are `otherwise`: an
        iterator that goes on from batch to batch."""
        if not files:
            return
        compared = self._compared(files)
        formerly, start = self.ledger.fields(compared.filter(compared["otherwise"])["key"].to_numpy()), 0
        for batch in batches(files, columns):
            yield batch, compared.slice(start, batch.num_rows), formerly
            start += batch.num_rows

    def _compared(self, files: list[Path]) -> pa.Table:
        """Each row of the record files, in order, against the ledger: its key, whether it is `chosen` to be sent, and whether
        SFCC may have it `otherwise`, with other fields. Only the narrow columns are read."""
        absences = sql_empty(ABSENCES) if self.held is None else sql_table(self.held, ABSENCES)
        held = f"SELECT key, string_agg(path, chr(10)) AS held FROM ({absences}) WHERE path <> '' GROUP BY key"
        everything = "true" if self.everything else "NOT same OR delete"
        views = [] if self.current else [self.ledger.views]
        current = f"read_parquet({sql_files([self.current])})" if self.current else "ledger_current"
        with self.ledger.store.query(*views) as query:
            return query.sql(f"""
                WITH compared AS (
                    SELECT r.number, r.file_row_number, r.key, r.delete, l.key IS NOT NULL AS known,
                        l.output IS NOT DISTINCT FROM r.output AND l.verdict = 'confirmed' AS same,
                        l.fields_fingerprint <> r.fields_fingerprint OR l.verdict <> 'confirmed' AS other_fields
                    FROM ({sql_numbered({path: number for number, path in enumerate(files)}, rows=True)}) r
                    LEFT JOIN (SELECT key, output, fields_fingerprint, verdict FROM {current}) l USING (key)
                ), flagged AS (
                    SELECT *, {everything.replace("same", "coalesce(same, false)")} AS chosen FROM compared
                )
                SELECT key, chosen, chosen AND known AND other_fields AND NOT delete AS otherwise, coalesce(held, '') AS held
                FROM flagged LEFT JOIN ({held}) USING (key) ORDER BY number, file_row_number
            """).to_arrow_table()

    def absences(self, files: list[Path]) -> Iterator[tuple[dict[str, Any], set[str]]]:
        """What sending the record files would clear: each object concerned (`key`, `container`, `type`, `id`, `source`) with the
        paths."""
        for batch, flags, formerly in self._flagged(files, ["key", "container", "type", "id", "source", "fields"]):
            for at in np.flatnonzero(flags["otherwise"].to_numpy()).tolist():
                (item,) = batch.slice(at, 1).to_pylist()
                gone, _ = self._gone(item["type"], item.pop("fields").split("\n"), next(formerly), "")
                if gone:
                    yield item, gone

    def _gone(self, kind: str, fields: list[str], formerly: set[str], held: str) -> tuple[set[str], set[str]]:
        """Of the paths that SFCC has and the record hasn't: those to be cleared, and those to be left as they are."""
        gone, defined = formerly.difference(fields), self.defined.get(kind, {})
        left = {path for path in gone if is_handed_over(kind, path, self.handed_over) or waits(path, defined)}
        left |= gone.intersection(held.split("\n"))
        return gone - left, left

    def _emptied(self, batch: pa.RecordBatch, flags: pa.Table, formerly: Iterator[set[str]]) -> pa.RecordBatch:
        changed = {name: batch.column(name).to_pylist() for name in ("record", "fields", "fields_fingerprint", "output")}
        for at in np.flatnonzero(flags["otherwise"].to_numpy()).tolist():
            kind, fields = batch.column("type")[at].as_py(), changed["fields"][at].split("\n")
            held = flags["held"][at].as_py()
            gone, left = self._gone(kind, fields, next(formerly), held)
            if left.intersection(held.split("\n")):  # not what the mapping says, so that it is looked at again
                changed["output"][at] ^= 1
            if left:
                known = "\n".join(sorted(left.union(filter(None, fields))))
                changed["fields"][at], changed["fields_fingerprint"][at] = known, fingerprint(known.encode())
            if gone:
                record = orjson.loads(changed["record"][at])
                changed["record"][at] = canonical(with_emptied(kind, record, gone, self.defined.get(kind, {})))
                self.kept.update((kind, path.split("/")[1]) for path in unclearable(kind, record, gone))
        for name, values in changed.items():
            at = batch.schema.get_field_index(name)
            batch = batch.set_column(at, batch.schema.field(at), pa.array(values, batch.schema.field(at).type))
        return batch


def _count(counts: Counter[str], batch: pa.RecordBatch, chosen: Mask) -> None:
    if chosen.any():
        for count in batch.column("type").filter(pa.array(chosen)).value_counts().to_pylist():
            counts[count["values"]] += count["counts"]
