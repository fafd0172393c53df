"""What one product, model or category would be exported as now: mapped by itself, by connector.yaml as it stands.

Belongs here: reading what its mapping needs (models above it, variants below it, what it names), why it isn't exported, how that
compares with what SFCC was given. Doesn't: what SFCC was given (`object_history`), the mapping (`akeneo_assets.mapping`). Ids and
what the settings leave out are as the last load decided, since they follow from all products.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from akeneo_assets.loads.identities import Models, Targets
from akeneo_assets.loads.list_reading import structure_of
from akeneo_assets.loads.mapping_run import ROOT, ROWS, SUB_MODEL, VARIANT, RowMapper
from akeneo_assets.loads.media_files import missing
from akeneo_assets.loads.mirror import MIRRORED
from akeneo_assets.loads.object_history import Entry, Known, Subject
from akeneo_assets.loads.record_files import record_row
from akeneo_assets.mapping import origins
from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.frame import PlacedRecord
from akeneo_assets.mapping.origins import Part
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure, fold

State = Literal["as sent", "differs", "new", "not confirmed"]
"""How a record compares with what SFCC was given last: `as sent`: SFCC confirmed it like that; `differs`: it confirmed it
otherwise; `new`: it has none; `not confirmed`: the last one sent was refused, is pending or unconfirmed, and is sent again."""

CONFIRMED: Final = "confirmed"


@dataclass(frozen=True)
class Export:
    """What an object would be exported as: `records` (type, container, record) with their `parts` and the PIM object they come
    from (`source`); `problems`: what of it is left out; `reason`: why it isn't exported, None where it is. `left_out`: by the
    settings."""

    reason: str | None
    left_out: bool = False
    records: Sequence[PlacedRecord] = ()
    parts: Sequence[Sequence[Part]] = ()
    problems: Sequence[Problem] = ()
    source: str | None = None


class Exporter:
    """Maps single objects of the store as `known`, by these settings."""

    def __init__(self, known: Known, settings: ConnectorSettings) -> None:
        self._known, self._settings = known, settings
        structure = structure_of(known.package)
        self._structure: Structure = replace(structure, media=missing(known.store))
        self._wrong = validate(settings, structure)

    def export(self, subject: Subject) -> Export:
        """What the object would be exported as now."""
        if self._wrong:
            return Export(f"no load can start: {' '.join(self._wrong)}")
        if subject.owner == "category":
            return self._category(subject.key)
        identity = self._known.identity(subject)
        if identity is None:
            return Export("the PIM doesn't have it")
        if identity["sfcc_id"] is None:
            return Export(identity["reason"], identity["left_out"])
        return self._product(subject, identity)

    def told(self, subject: Subject) -> dict[str, Any]:
        """All that is known of an object, as JSON: what it is (`kind`, `key`, `code`, its SFCC `id`, its `master`), what the PIM
        said (`pim`: `Known.said`), what it would be exported as (`now`), what SFCC was given (`history`: `Entry`)."""
        known = self._known
        identity = (
            (known.identity(subject) or {}) if subject.owner != "category" else {"own_id": subject.key, "code": subject.key}
        )
        own_id = identity.get("own_id")
        history = known.history(subject, [own_id] if own_id else [])
        export = self.export(subject)
        states, left = compared(export, history)
        records = [
            {
                "type": kind,
                "container": container,
                "id": record["id"],
                "state": state,
                "parts": [part._asdict() for part in parts],
            }
            for (kind, container, record), parts, state in zip(export.records, export.parts, states, strict=True)
        ]
        return {
            "kind": subject.owner,
            "key": subject.key,
            "code": identity.get("code"),
            "id": own_id,
            "master": self._master(subject, identity),
            "pim": known.said(subject),
            "now": {
                "exported": export.reason is None,
                "reason": export.reason,
                "left_out": export.left_out,
                "records": records,
                "problems": [{"attribute": problem.attribute or None, "reason": problem.reason} for problem in export.problems],
                "still_in_sfcc": [_entry(entry) for entry in left],
            },
            "history": [_entry(entry) for entry in history],
        }

    def _master(self, subject: Subject, identity: dict[str, Any]) -> str | None:
        """The SFCC id of the master that a variant or sub-model belongs to."""
        root = identity.get("root")
        if root is None or (subject.owner, subject.key) == ("product_model", root):
            return None
        return (self._known.identity(Subject("product_model", root)) or {}).get("sfcc_id")

    # --- Categories -------------------------------------------------------------------------------------------------------------

    def _category(self, code: str) -> Export:
        category = self._structure.category(code)
        if category is None:
            return Export("the PIM doesn't have it")
        if not self._settings.categories.write:
            return Export("connector.yaml leaves categories to merchants (categories.write)", left_out=True)
        records, problems = categories(self._settings, self._structure)
        own = [placed for placed in records if placed[2]["id"] == category.code]
        of_it = [problem for problem in problems if (problem.kind, problem.key) == ("category", category.code)]
        if own:
            return Export(None, False, own, [list(origins.of_category(self._settings, record)) for *_, record in own], of_it)
        if of_it:
            return Export(of_it[0].reason)
        tree = self._structure.tree_of[fold(code)]
        return Export(f"no site exports its category tree '{tree}'", left_out=True)

    # --- Products ---------------------------------------------------------------------------------------------------------------

    def _product(self, subject: Subject, identity: dict[str, Any]) -> Export:
        known, mapping = self._known, ProductMapping(self._settings, self._structure)
        group_rows = self._rows(subject, identity["root"])
        models = [row["key"] for row in group_rows if row["place"] != VARIANT]
        mapper = RowMapper(Models(known.store, known.mirror, models), mapping)
        rows = [tuple((row | {"item": mapper.item(row["item"])}).values()) for row in group_rows]
        named = {name for *_, item in rows for name in mapper.named(item)}
        targets = Targets.read(known.store, known.package.identities, known.mirror, named)
        parsed = list(mapper.resolved(rows, targets))
        group = [(parsed[0], mapper.simple(parsed[0]))] if identity["root"] is None else mapper.group(parsed)
        asked = subject.key if subject.owner == "product" else identity["root"]
        row, mapped = next((row, mapped) for row, mapped in group if row.key == asked)
        item = next(row.item for row in parsed if row.key == subject.key)
        if not mapped.records:
            return Export(mapped.problems[0].reason if mapped.problems else "its mapping made no record")
        own = [placed for placed in mapped.records if placed[2]["id"] == identity["own_id"]]
        problems = [problem for problem in mapped.problems if fold(problem.key) == subject.key]
        if not own:
            return Export(f"it is a level of the master {identity['sfcc_id']}, whose variants have its values", problems=problems)
        return Export(None, False, own, [mapping.origins(item, placed) for placed in own], problems, row.source)

    def _rows(self, subject: Subject, root: str | None) -> list[dict[str, Any]]:
        """The `ROWS` that the mapping of the subject needs: of a variant with the models above it, of a model with its whole
        group; in the group's order."""
        known = self._known
        chosen = "key = $key" if root is None else "root = $root"
        if root is not None and subject.owner == "product":
            chosen += " AND (owner = 'product_model' OR key = $key)"
        with known.store.query() as query:
            asked = {"key": subject.key, "root": root}
            used = {name: value for name, value in asked.items() if f"${name}" in chosen}
            identities = query.execute(
                f"SELECT owner, key, root, own_id FROM ({known.sql_identities}) WHERE {chosen} AND sfcc_id IS NOT NULL", used
            ).fetchall()
        of_key = {(owner, key): {"root": root, "own_id": own_id} for owner, key, root, own_id in identities}
        rows = []
        for owner in MIRRORED:
            keys = [key for of, key in of_key if of == owner]
            for item in known.items(owner, keys) if keys else ():
                place = VARIANT if owner == "product" else ROOT if item["key"] == root else SUB_MODEL
                rows.append({name: item.get(name) for name in ROWS.names} | of_key[owner, item["key"]] | {"place": place})
        return sorted(rows, key=lambda row: (row["place"], row["key"]))


def compared(export: Export, history: Iterable[Entry]) -> tuple[list[State], list[Entry]]:
    """How each of the export's records compares with what SFCC was given last, and what SFCC has besides: the last entries of
    objects that aren't exported any more and that it holds or may hold."""
    last = {entry["key"]: entry for entry in history}
    states: list[State] = []
    for kind, container, record in export.records:
        row = record_row(kind, container, record, export.source)
        states.append(_state(last.pop(row["key"], None), row["output"]))
    return states, [entry for entry in last.values() if not _is_gone(entry)]


def _state(entry: Entry | None, output: int) -> State:
    if entry is None or _is_gone(entry):
        return "new"
    if entry["verdict"] != CONFIRMED:
        return "not confirmed"
    return "as sent" if entry["output"] == output else "differs"


def _is_gone(entry: Entry) -> bool:
    return bool(entry["deleted"] and entry["verdict"] == CONFIRMED)


def _entry(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("key", "output")}
