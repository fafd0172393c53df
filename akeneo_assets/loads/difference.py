"""What is sent: the records exported, less what the ledger says SFCC has already.

Belongs here: the comparison and the clearing of what was once written. Doesn't: how a field is cleared (`akeneo_assets.mapping.emptied`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.mapping.emptied import with_emptied
from akeneo_assets.store import batches, canonical


@dataclass
class Difference:
    """Streams what is to be sent; counts as it goes. `everything` sends objects that SFCC has as well (a full load)."""

    ledger: Ledger
    everything: bool
    sent: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._state = self.ledger.state()

    def rows(self, files: list[Path]) -> Iterator[list[dict[str, Any]]]:
        """Lists of `RECORD_ROWS` rows to send, in order, each record with the clearing of what it once wrote and no longer has."""
        for batch in batches(files):
            keys = batch.column("key").to_numpy()
            at = self._state.find(keys)
            known = at >= 0
            output, fields = batch.column("output").to_numpy(), batch.column("fields_fingerprint").to_numpy()
            same = np.zeros(len(keys), dtype=bool)
            same[known] = (self._state.output[at[known]] == output[known]) & self._state.confirmed[at[known]]
            emptied = np.zeros(len(keys), dtype=bool)
            emptied[known] = (self._state.fields[at[known]] != fields[known]) | ~self._state.confirmed[at[known]]
            chosen = np.ones(len(keys), dtype=bool) if self.everything else ~same
            formerly = self.ledger.fields(keys[chosen & emptied].tolist())
            rows = batch.filter(pa.array(chosen)).to_pylist()
            for row in rows:
                self.sent[row["type"]] = self.sent.get(row["type"], 0) + 1
                if gone := formerly.get(row["key"], set()) - set(row["fields"].split("\n")):
                    row["record"] = canonical(with_emptied(row["type"], orjson.loads(row["record"]), gone))
            for kind in batch.filter(pa.array(~chosen)).column("type").to_pylist():
                self.unchanged[kind] = self.unchanged.get(kind, 0) + 1
            if rows:
                yield rows
