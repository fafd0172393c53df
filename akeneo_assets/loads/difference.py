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

from akeneo_assets.loads.ledger import Ledger, State
from akeneo_assets.mapping.emptied import is_handed_over, unclearable, waits, with_emptied
from akeneo_assets.store import batches, canonical, fingerprint
from sfcc_resources.records import Record

Mask = npt.NDArray[np.bool_]


@dataclass
class Difference:
    """Streams what is to be sent; counts as it goes. `everything` sends objects that SFCC has as well (a full load). `kept`:
    (type, field) that were once written, are gone, and that SFCC has no way to clear. `handed_over`:
    `akeneo_assets.mapping.emptied.handed_over`; the ledger goes on knowing those fields, to clear them once they are owned again.
    `defined`: by record type, the connector's own definitions of its custom attributes, by id; what they don't take for now is
    cleared once they do again.
    """

    ledger: Ledger
    everything: bool
    handed_over: tuple[str, ...] = ()
    defined: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    state: State | None = None  # the ledger's, where several differences share it
    sent: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._state = self.state or self.ledger.state()

    def batches(self, files: list[Path]) -> Iterator[pa.RecordBatch]:
        """Batches of `RECORD_ROWS` to send, in order, each record with the clearing of what it once wrote and no longer has."""
        formerly = self.ledger.fields(self._written_otherwise(files))
        for batch in batches(files):
            chosen, otherwise = self._compared(batch)
            _count(self.unchanged, batch, ~chosen)
            _count(self.sent, batch, chosen)
            whole = self._emptied(batch, otherwise, formerly) if otherwise.any() else batch
            if chosen.any():
                yield whole if chosen.all() else whole.filter(pa.array(chosen))

    def _compared(self, batch: pa.RecordBatch) -> tuple[Mask, Mask]:
        """Which rows are to be sent, and which of these SFCC may have with other fields."""
        output, fields = (batch.column(name).to_numpy() for name in ("output", "fields_fingerprint"))
        at = self._state.find(batch.column("key").to_numpy())
        known = at >= 0
        same, otherwise = np.zeros(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
        confirmed = self._state.confirmed[at[known]]
        same[known] = (self._state.output[at[known]] == output[known]) & confirmed
        otherwise[known] = (self._state.fields[at[known]] != fields[known]) | ~confirmed
        deleted = batch.column("delete").to_numpy(zero_copy_only=False)
        chosen = np.ones(len(at), dtype=bool) if self.everything else ~same | deleted
        return chosen, chosen & otherwise & ~deleted

    def _written_otherwise(self, files: list[Path]) -> npt.NDArray[np.uint64]:
        """The keys of all rows for which `_compared` asks what the ledger has, in order."""
        found = [
            batch.column("key").to_numpy()[self._compared(batch)[1]]
            for batch in batches(files, ["key", "output", "fields_fingerprint", "delete"])
        ]
        return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)

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
        for one in batch.column("type").filter(pa.array(chosen)).value_counts().to_pylist():
            counts[one["values"]] += one["counts"]
