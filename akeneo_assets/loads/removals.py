"""What the PIM has no more: found, proven by name, and left out of the mirror.

Belongs here: whom a load asks for, what follows from the answers. Doesn't: the calls (`akeneo_assets.pim.by_name`), what a
removal means for SFCC.

An item that a list lacks is not gone for that: lists come from a search index. Each is asked for by name. What the PIM still has
is kept, as it is now; what it answers with 404 is gone, unless all that it belonged to has vanished from the PIM's lists, too:
then it counts as hidden, and the load stops. Source: LOADS, "Absence is a claim", point 2, and "Removals".
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.item_reading import (
    BY_NAME,
    PROGRESS_SECONDS,
    SOURCES,
    WALK_PARAMS,
    Part,
    RawRows,
    Tell,
    by_name_files,
)
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.vanished_codes import refuse_hidden
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.codes_in_use import Codes, unlisted
from akeneo_assets.pim.by_name import ask_by_name
from akeneo_assets.pim.partial import item_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import sql_files
from akeneo_assets.structure.pim_structure import Structure, fold

MOST_CONTRADICTED: Final = 1_000
"""Products that no list has and that are there all the same: with more of them the PIM's search index is not whole, and asking
for the rest one by one would say no more."""


class Suspect(NamedTuple):
    """An item that the mirror has and a list lacks. `code`: a product's identifier or a model's code, as spelled."""

    owner: str
    key: str
    code: str | None


@dataclass
class Removals:
    """The removals of one load."""

    package: Package
    window: Window
    settings: ConnectorSettings
    structure: Structure
    client: PimClient
    tell: Tell
    gone: list[Suspect] = field(default_factory=list)
    kept: int = 0  # asked for by name, since a list lacked them, and still there
    parts: int = 0

    @property
    def mirror(self) -> Mirror:
        """The PIM as this load sees it."""
        return Mirror.of(self.package.store, self.window)

    @property
    def known(self) -> Mirror | None:
        """The PIM as it was known before this load; None where no load has succeeded yet."""
        if not self.window.whole:
            return self.mirror.before()
        last = windows.last_successful(self.package.store)
        return Mirror.of(self.package.store, last) if last else None

    def find(self) -> None:
        """Find the load's removals; what an earlier try of the load has found is forgotten.

        Raises:
            PimError: the PIM did not answer as it should.
            ConnectorError: the search index is not whole, or items may be hidden.
        """
        self.mirror.forget([])
        for path in by_name_files(self.package):
            path.unlink()
        if self.window.whole and (known := self.known) is not None:
            for endpoint in SOURCES:
                self._prove(endpoint, list(self._not_read(endpoint, known)))
            self._forget()
        gone, kept = self._counts()["gone"], self.kept
        self.tell(
            f"Removals: {self.report()['removals']}; {gone or 'none'} gone from the PIM, {kept:,} kept since found by name."
        )

    def prove(self, suspects: Sequence[dict[str, Any]]) -> None:
        """Ask for suspects (`owner`, `key`, `code`) by name. Raises as `find` does."""
        for endpoint, (_, owner) in SOURCES.items():
            self._prove(endpoint, [Suspect(owner, row["key"], row["code"]) for row in suspects if row["owner"] == owner])
        self._forget()

    def report(self) -> Report:
        """How removals were found, how many items are gone and how many were kept since the PIM has them by name."""
        return {"removals": "walked", **self._counts()}

    def _counts(self) -> Report:
        by_owner = {owner: sum(item.owner == owner for item in self.gone) for _, owner in SOURCES.values()}
        named = ", ".join(f"{count:,} {owner.replace('_', ' ')}s" for owner, count in by_owner.items() if count)
        return {"gone": named, "kept, found by name": self.kept}

    def _not_read(self, endpoint: Endpoint, known: Mirror) -> Iterator[Suspect]:
        """The items that this load, which reads everything, would have read and didn't."""
        table, owner = SOURCES[endpoint]
        read = set(map(fold, self.settings.akeneo.families))
        rows = self.package.store.select(f"""
            SELECT key, code, family FROM ({known.sql(table, "key, code, family")})
            ANTI JOIN ({self.mirror.sql(table, "key")}) USING (key) ORDER BY key
        """)
        for row in (row for batch in rows for row in batch.to_pylist()):
            if not read or fold(row["family"] or "") in read:
                yield Suspect(owner, row["key"], row["code"])

    def _prove(self, endpoint: Endpoint, suspects: Sequence[Suspect]) -> None:
        """Ask for suspects by name; add those that are there to the load, and the others to `gone`."""
        if not suspects:
            return
        raw, contradicted, asked, told = RawRows.of(self.structure), 0, 0, time.monotonic()
        by_name = {suspect.key if suspect.owner == "product" else suspect.code or suspect.key: suspect for suspect in suspects}
        with Part(self.package, BY_NAME + self.parts, raw) as part:
            for answers in ask_by_name(self.client, endpoint, list(by_name), raw.parsers, WALK_PARAMS[endpoint]):
                for answer in answers:
                    if answer.item is None:
                        self.gone.append(by_name[answer.name])
                    else:
                        part.add(endpoint, answer.item)
                        self.kept += 1
                        contradicted += not answer.listed
                asked += len(answers)
                if contradicted > MOST_CONTRADICTED:
                    self._not_whole(endpoint, contradicted)
                    break
                if time.monotonic() - told > PROGRESS_SECONDS:
                    told = time.monotonic()
                    self.tell(f"Asked for {asked:,} of {len(suspects):,} items by name that {endpoint} does not list.")
        self.parts += 1

    def _not_whole(self, endpoint: Endpoint, contradicted: int) -> None:
        """Say that a list can't be trusted; a load that stands on it alone stops."""
        said = f"The PIM's list {endpoint} is not whole: {contradicted:,} items that it lacks are there when asked for by name"
        advice = "let the PIM's operator rebuild its search index"
        if self.window.whole:
            raise ConnectorError(f"{said}. Nothing was sent: {advice}, then start a new load.")
        self.tell(f"{said}; whatever else it lacks is kept, too: {advice}.")

    def _forget(self) -> None:
        """Leave out of the mirror what is gone.

        Raises:
            ConnectorError: it may be hidden.
        """
        self.mirror.forget([{"owner": item.owner, "key": item.key} for item in self.gone])
        if self.gone:
            refuse_hidden(self.package, dict(self._hidden()))

    def _hidden(self) -> Iterator[tuple[str, Codes]]:
        """What is gone and all that it belonged to as well: its name, and the codes that the lists no longer have."""
        known, parse = self.known, item_parser(())
        if known is None:
            return
        for table, owner in SOURCES.values():
            gone = f"SELECT key FROM read_parquet({sql_files([self.package.absent])}) WHERE owner = '{owner}'"
            for batch in known.stream(table, ["key", "code", "family", "item"], joins=f"SEMI JOIN ({gone}) g USING (key)"):
                for row in batch.to_pylist():
                    categories = parse(row["item"]).get("categories") or []
                    if codes := unlisted(self.structure, row["family"], categories):
                        yield f"{owner.replace('_', ' ')} '{row['code'] or row['key']}'", codes
