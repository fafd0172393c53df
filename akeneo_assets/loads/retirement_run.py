"""What a load takes out of the shop: objects retired, relations deleted, values cleared; after the guard's word.

Belongs here: bringing these together, and writing the records. Doesn't: each single decision (`retirement`, `guard`,
`difference`).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Final

from akeneo_assets.loads import window as windows
from akeneo_assets.loads.difference import Difference
from akeneo_assets.loads.file_retirement import File, newly_unshown, unshown, write_unshown
from akeneo_assets.loads.guard import is_value, judge
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.package import Report
from akeneo_assets.loads.record_files import defined_attributes, gone_relations, read_records, record_files, write_gone
from akeneo_assets.loads.retirement import Retired, categories_spared, retired, write_retired
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import fingerprint
from akeneo_assets.store import rows
from sfcc_resources.records import CATEGORY, FILE, PRICE_BOOK, PRICE_TABLE, PRODUCT

_GROUPS: Final = ("products", "categories", "content")
"""Records whose emptied values the guard looks at."""


@dataclass(frozen=True)
class RetirementRun:
    """One pass. `everything`: the load has mapped all products. `subcategories`: gives SFCC's own (catalog, parent, child) of
    some catalogs; None: it doesn't tell. It is asked only where a category is to be deleted."""

    load: Load
    everything: bool
    subcategories: Callable[[set[str]], list[tuple[str, str, str]] | None]

    def write(self) -> Report:
        """Write the records of what leaves the shop into the package.

        Returns `retired` (objects by type and policy), `gone` (relations by type), `spared` (the ids of categories that go
        offline, since they may not be deleted), `passed` and `held` (absences by group) and `totals` (what the ledger has of the
        groups held). Raises ConnectorError where the guard stops the load.
        """
        package, settings, ledger = self.load.package, self.load.settings, self.load.ledger
        merchants = handed_over(settings)
        found = retired(package, settings, merchants, everything=self.everything)
        files = unshown(self.load, everything=self.everything)
        judgement = judge(self.load, chain(self._absences(found), self._absent_files(files, found)), settings.guard)
        kept = {absence["key"] for absence in rows([package.absences]) if not absence["path"]} if judgement.held else set()
        leaving, spared = self._sparing([each for each in found if each.key not in kept])
        counts = write_retired(ledger, leaving, settings, package.records("unlinked"), package.records("retired"))
        # What is held back goes on showing its files, be they named in it or not.
        if deleted := write_unshown(package, [] if judgement.held else files):
            counts[FILE] = {"delete": deleted}
        gone = write_gone(
            package.store,
            ledger,
            package.records("products"),
            package.records("gone"),
            merchants,
            retired=(each.id for each in leaving if each.kind == PRODUCT),
            held=package.absences if judgement.held else None,
        )
        return {"retired": counts, "gone": gone, "spared": spared, **vars(judgement)}

    def _sparing(self, leaving: list[Retired]) -> tuple[list[Retired], list[str]]:
        """What leaves, where categories that may not be deleted go offline instead; and their ids."""
        doomed = {(each.container, each.id) for each in leaving if each.kind == CATEGORY and each.policy == "delete"}
        if not doomed:
            return leaving, []
        children = self.subcategories({catalog for catalog, _ in doomed})
        exported = {
            (catalog, record["id"]) for catalog, record in read_records(self.load.package.records("categories"), CATEGORY)
        }
        spared = doomed if children is None else categories_spared(doomed, children, exported)
        offline = [each.kind == CATEGORY and (each.container, each.id) in spared for each in leaving]
        kept = [replace(each, policy="offline") if spare else each for each, spare in zip(leaving, offline, strict=True)]
        return kept, sorted(id_ for _, id_ in spared)

    def _absences(self, found: list[Retired]) -> Iterator[dict[str, Any]]:
        """The `tables.ABSENCES` rows of all that would leave the shop, whatever the PIM has said of it."""
        package, settings, ledger = self.load.package, self.load.settings, self.load.ledger
        for each in found:
            if not each.before:
                yield _absence({**asdict(each), "type": each.kind}, "")
        products = {each.id for each in found if each.kind == PRODUCT}
        books = {book for book, _ in read_records(package.records("price_books"), PRICE_BOOK)}
        for relations in gone_relations(package.store, ledger, package.records("products"), handed_over(settings)):
            for relation in relations:
                # What goes with its product counts with the product; prices of a book that goes, with the book.
                if relation["id"] not in products and (relation["type"] != PRICE_TABLE or relation["container"] in books):
                    yield _absence(relation, "")
        if self._same_settings:
            yield from self._emptied()

    @cached_property
    def _same_settings(self) -> bool:
        """Whether connector.yaml maps as it did at the last successful load: what it takes out itself, a person has said."""
        outcome = windows.last_outcome(self.load.package.store)
        return outcome is not None and outcome.settings == fingerprint(self.load.settings)

    def _absent_files(self, files: list[File], found: list[Retired]) -> Iterator[dict[str, Any]]:
        if not self._same_settings:
            return
        retired_items = {each.source for each in found if each.source is not None}
        for file in newly_unshown(self.load, files, retired_items):
            yield _absence(file | {"type": FILE}, "")

    def _emptied(self) -> Iterator[dict[str, Any]]:
        """The fields that the load's records have no longer. Those of a locale or attribute that isn't exported any more are left
        out: codes that vanish are a person's to confirm already (`vanished_codes`)."""
        package, settings = self.load.package, self.load.settings
        defined, sites = defined_attributes(package), resolve(settings, self.load.structure)
        slots = {slot.key for slot in (*sites.localized, *sites.unlocalized)} | {f"@{site.id}" for site in sites.sites}
        difference = Difference(self.load.ledger, everything=False, handed_over=handed_over(settings), defined=defined)
        for group in _GROUPS:
            for item, paths in difference.absences(record_files(package.records(group))):
                known = defined.get(item["type"], {})
                for path in filter(is_value, paths):
                    area, *names = path.split("/")
                    if area == "custom" and item["type"] in defined and names[0] not in known:
                        continue
                    if len(names) > 1 and names[-1] not in slots:
                        continue
                    yield _absence(item, path)


def _absence(item: dict[str, Any], path: str) -> dict[str, Any]:
    return {name: item[name] for name in ("key", "container", "type", "id", "source")} | {"path": path}
