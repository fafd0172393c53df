"""What is sent: the records exported, less what the ledger says SFCC has already.

Belongs here: the comparison and the clearing of what was once written. Doesn't: how a field is cleared
(`akeneo_assets.mapping.emptied`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.mapping.emptied import is_handed_over, unclearable, waits, with_emptied
from akeneo_assets.store import batches, canonical, fingerprint, sql_files, sql_numbered
from sfcc_resources.records import Record

Mask = npt.NDArray[np.bool_]


@dataclass
class Difference:
    """Streams what is to be sent; counts as it goes. `everything` sends objects that SFCC has as well (a full load). `kept`:
    (type, field) that were once written, are gone, and that SFCC has no way to clear. `handed_over`:
    `akeneo_assets.mapping.emptied.handed_over`; the ledger goes on knowing those fields, to clear them once they are owned again.
    `defined`: by record type, the connector's own definitions of its custom attributes, by id; what they don't take for now is
    cleared once they do again. `current`: a file of `Ledger.compared_with`; without one the ledger is read for each comparison.
    """

    ledger: Ledger
    everything: bool
    handed_over: tuple[str, ...] = ()
    defined: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    current: Path | None = None
    sent: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def batches(self, files: list[Path]) -> Iterator[pa.RecordBatch]:
        """Batches of `tables.RECORDS` to send, in order, each record with the clearing of what it once wrote and no longer
        has."""
        if not files:
            return
        compared = self._compared(files)
        otherwise_keys = compared.filter(compared["otherwise"])["key"].to_numpy()
        formerly, start = self.ledger.fields(otherwise_keys), 0
        for batch in batches(files):
            flags = compared.slice(start, batch.num_rows)
            chosen, otherwise = (flags[name].to_numpy() for name in ("chosen", "otherwise"))
            start += batch.num_rows
            _count(self.unchanged, batch, ~chosen)
            _count(self.sent, batch, chosen)
            whole = self._emptied(batch, otherwise, formerly) if otherwise.any() else batch
            if chosen.any():
                yield whole if chosen.all() else whole.filter(pa.array(chosen))

    def _compared(self, files: list[Path]) -> pa.Table:
        """Each row of the record files, in order, against the ledger: its key, whether it is `chosen` to be sent, and whether
        SFCC may have it `otherwise`, with other fields. Only the narrow columns are read."""
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
                SELECT key, chosen, chosen AND known AND other_fields AND NOT delete AS otherwise
                FROM flagged ORDER BY number, file_row_number
            """).to_arrow_table()

    def _emptied(self, batch: pa.RecordBatch, otherwise: Mask, formerly: Iterator[set[str]]) -> pa.RecordBatch:
        changed = {name: batch.column(name).to_pylist() for name in ("record", "fields", "fields_fingerprint")}
        for at in np.flatnonzero(otherwise).tolist():
            kind, fields = batch.column("type")[at].as_py(), changed["fields"][at].split("\n")
            gone, defined = next(formerly).difference(fields), self.defined.get(kind, {})
            left = {path for path in gone if is_handed_over(kind, path, self.handed_over) or waits(path, defined)}
            if left:
                known = "\n".join(sorted(left.union(filter(None, fields))))
                changed["fields"][at], changed["fields_fingerprint"][at] = known, fingerprint(known.encode())
            if gone := gone - left:
                record = orjson.loads(changed["record"][at])
                changed["record"][at] = canonical(with_emptied(kind, record, gone, defined))
                self.kept.update((kind, path.split("/")[1]) for path in unclearable(kind, record, gone))
        for name, values in changed.items():
            at = batch.schema.get_field_index(name)
            batch = batch.set_column(at, batch.schema.field(at), pa.array(values, batch.schema.field(at).type))
        return batch


def _count(counts: Counter[str], batch: pa.RecordBatch, chosen: Mask) -> None:
    if chosen.any():
        for count in batch.column("type").filter(pa.array(chosen)).value_counts().to_pylist():
            counts[count["values"]] += count["counts"]
