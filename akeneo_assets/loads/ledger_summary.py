"""The ledger for people: how many objects of which type SFCC holds with which verdict, and some of them.

Belongs here: adding up and choosing. Doesn't: the fold (`ledger`), single objects (`object_history`).
"""

from dataclasses import dataclass
from typing import Any, Final

from akeneo_assets.loads.ledger import Ledger

SAMPLE: Final = 20
"""Objects that a summary names: those first that SFCC did not confirm, then those sent last."""


@dataclass(frozen=True)
class LedgerSummary:
    """`counts`: a row for each `type` and `verdict` with its `objects`; `sample`: rows of single objects."""

    counts: list[dict[str, Any]]
    sample: list[dict[str, Any]]

    @classmethod
    def of(cls, ledger: Ledger) -> "LedgerSummary":
        """Of all that SFCC holds or may hold."""
        counts = "SELECT type, verdict, count(*) AS objects FROM ledger_current GROUP BY ALL ORDER BY ALL"
        sample = f"""
            SELECT type, id, container, verdict, message, load, file FROM ledger_current
            ORDER BY verdict = 'confirmed', number DESC, type, id LIMIT {SAMPLE}
        """
        with ledger.store.query(ledger.views) as query:
            return cls(*(query.sql(sql).to_arrow_table().to_pylist() for sql in (counts, sample)))
