"""What the importers share: the context of one file, and the mode table applied to one object.

Source: SFCC help, import modes. What is particular to one schema belongs to its own module.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import orjson

from sandbox.sfcc.attribute_rules import Definition
from sandbox.sfcc.feed_xml import Element, Node, line_of
from sandbox.sfcc.impex_schema import Fields
from sandbox.sfcc.import_log_writer import Place, Report
from sandbox.sfcc.instance_faults import Faults
from sandbox.sfcc.instance_settings import Configuration
from sandbox.sfcc.instance_state import Store, Stored
from sandbox.sfcc.object_merge import Body, Given, Mode, Problem, Rules, merge, read


@dataclass(frozen=True)
class ObjectType:
    """An object type as imports see it: `name` is the element, `type_id` names its custom attribute definitions.

    `defaults`: the body of a created object. `kept`: fields that survive even REPLACE.
    """

    name: str
    fields: Fields
    type_id: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


@dataclass
class FileImport:
    """The import of one file: where it goes, by which mode, and who hears of problems.

    `site` is '' for the organization; `last_assignments` holds each category's last assignment of automatic position in the feed.
    """

    path: Path
    store: Store
    configuration: Configuration
    report: Report
    faults: Faults
    mode: Mode = "MERGE"
    site: str = ""
    work: Path = Path()
    last_assignments: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _rules(self) -> dict[str | None, Rules]:
        return {}

    def rules(self, type_id: str | None) -> Rules:
        """The instance's locales and sites with the definitions of an object type; None: attributes are not checked."""
        if type_id not in self._rules:
            definitions = (
                None if type_id is None else {d.id: definition_of(d.body["node"]) for d in self.store.each(CUSTOM, type_id)}
            )
            self._rules[type_id] = Rules(self.configuration.locales, self.configuration.sites, definitions)
        return self._rules[type_id]

    def starts(self, kind: str, key: str | None, element: Element, mandatory: str) -> Place | None:
        """Count an element; returns its place if it may be imported: it has its mandatory id and no fault refuses it."""
        place = self.report.element(kind, key or "", line_of(element))
        if not key:
            self.report.error(place, f"mandatory attribute {mandatory} is missing; element skipped")
            return None
        if self.faults.refused(kind, place.id):
            self.report.error(place, "the object could not be written")
            return None
        return place

    def object_done(self) -> None:
        self.store.object_done()
        self.faults.object_done(self.store)

    def tell(self, place: Place, problems: Iterable[Problem]) -> None:
        """Report the problems of an element."""
        for problem in problems:
            (self.report.error if problem.error else self.report.warning)(place, problem.message, problem.line)

    def given(self, element: Element, of: ObjectType, place: Place) -> Given:
        """What the element gives, its problems reported."""
        problems: list[Problem] = []
        given = read(element, of.fields, self.rules(of.type_id), problems)
        self.tell(place, problems)
        return given

    def deletes(self, element: Element) -> bool:
        """Mode attributes override the feed's mode. Source: SFCC help, import modes."""
        return self.mode == "DELETE" or element.get("mode") == "delete"

    def write(
        self, of: ObjectType, scope: str, id_: str, stored: Stored | None, given: Given, *, survives: bool = False
    ) -> int | None:
        """Apply the mode table to one object; returns its seq, or None where UPDATE skips a missing one.

        `survives`: the object outlives REPLACE, which then writes it like MERGE (the root category).
        """
        if stored is None and self.mode == "UPDATE":
            return None
        replaces = stored is not None and self.mode == "REPLACE" and not survives
        body = merge(self._base(of, stored, replaces=replaces), given, of.fields)
        if stored is not None and replaces:
            self.store.clear_refs(stored.seq, keep=("assignment", "recommendation"))
        return self.store.put(of.name, scope, id_, body, stored.seq if stored else None)

    @staticmethod
    def _base(of: ObjectType, stored: Stored | None, *, replaces: bool) -> Body:
        if stored is None:
            return dict(of.defaults)
        if replaces:
            return {**of.defaults, **{name: stored.body[name] for name in of.kept if name in stored.body}}
        return stored.body


CUSTOM = "custom-attribute-definition"
"""Kind under which custom attribute definitions are stored; their scope is the object type."""


def definition_of(node: Node) -> Definition:
    """A definition as imports check by it, from its stored node."""
    texts = {child[0]: child[2] for child in node[3] if not child[3]}
    values: list[Node] = next((child[3] for child in node[3] if child[0] == "value-definitions"), [])
    return Definition(
        id=node[1]["attribute-id"],
        type=texts.get("type") or "string",
        localizable=texts.get("localizable-flag") in ("true", "1"),
        site_specific=texts.get("site-specific-flag") in ("true", "1"),
        select_multiple=texts.get("select-multiple-flag") in ("true", "1"),
        values=frozenset(part[2] for value in values for part in value[3] if part[0] == "value" and part[2]),
    )


class Spool:
    """What phase 1 leaves for phase 2, on disk: memory does not grow with the feed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("w+b")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        self._path.unlink()

    def add(self, place: Place, *record: Any) -> None:
        self._file.write(orjson.dumps([list(place), *record]) + b"\n")

    def read(self) -> Iterator[tuple[Place, list[Any]]]:
        self._file.flush()
        with self._path.open("rb") as records:
            for line in records:
                place, *record = orjson.loads(line)
                yield Place(*place), record
