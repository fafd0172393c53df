"""The records of one product, variant, master or variation group in the making.

Belongs here: filling the parts of a record from the rules, and gathering what was left out. Doesn't: which parts a kind of
product has (`products`, `masters`), the rules themselves (`rules`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from akeneo_assets.mapping import associations, categories, prices
from akeneo_assets.mapping.compositions import association_of, composition_of, part_targets, parts
from akeneo_assets.mapping.frame import Compositions, Context, Frame, Item, PlacedRecord
from akeneo_assets.mapping.images import Groups, ImageMapping, Owned, groups, image_groups, joined
from akeneo_assets.mapping.item_properties import PROPERTIES
from akeneo_assets.mapping.levels import values_of
from akeneo_assets.mapping.problems import MALFORMED, Problem, complaint
from akeneo_assets.mapping.product_names import NAME, ProductNames
from akeneo_assets.mapping.rules import Rule
from akeneo_assets.mapping.variations import Axis
from akeneo_assets.structure.pim_structure import fold
from akeneo_assets.structure.value_picking import only
from sfcc_resources.fields import ID_256
from sfcc_resources.limits import problem
from sfcc_resources.records import PRODUCT, PRODUCT_LINKS, RECOMMENDATIONS, Slots

VariantFacts = dict[str, Any]
"""What a master needs to know of a variant, as plain JSON: `id`, `root` and `parent` (codes of the root model and of the model
directly above), `axes` (attribute code -> SFCC value), `images` (view type -> images), `online` (its online-flag by slot)."""


@dataclass(slots=True)
class Mapped:
    """What one product or master became.

    `records` are its records with their places; none: it is held back. `facts` are a variant's, for its master. `problems` says
    what was left out. `unassigned` counts its categories in trees that aren't exported, and `trimmed` its texts that lost blanks
    at their edges; neither is a problem.
    """

    records: list[PlacedRecord]
    facts: VariantFacts | None = None
    problems: list[Problem] = field(default_factory=list)
    unassigned: int = 0
    trimmed: int = 0


class RecordWriter:
    """Fills the records of one item. `kind` is product or product_model, `key` its uuid or code, `id_` its SFCC id."""

    __slots__ = ("_context", "_frame", "_id", "_item", "_key", "_kind", "_values", "mapped", "record")

    def __init__(self, frame: Frame, kind: str, key: str, id_: str, item: Item, context: Context) -> None:
        self._frame, self._kind, self._key, self._id, self._item, self._context = frame, kind, key, id_, item, context
        self._values = values_of(item)
        self.record: dict[str, Any] = {"id": id_, "fields": {}}
        self.mapped = Mapped([(PRODUCT, frame.settings.organization.master_catalog, self.record)])

    @property
    def online(self) -> Slots:
        """The online-flag written so far."""
        slots: Slots = self.record["fields"].get("online-flag", {})
        return slots

    # --- Problems ---------------------------------------------------------------------------------------------------------------

    def report(self, attribute: str, reason: str) -> None:
        """Adds a problem of an attribute, or of the whole item for ""."""
        self.mapped.problems.append(Problem(self._kind, self._key, attribute, reason))

    def _report_reasons(self, attribute: str) -> None:
        """Makes problems of the reasons gathered for an attribute."""
        if self._context.reasons:
            for reason in dict.fromkeys(self._context.reasons):
                self.report(attribute, reason)
            self._context.reasons.clear()

    # --- Values -----------------------------------------------------------------------------------------------------------------

    def write_values(
        self,
        custom: Mapping[str, list[Rule]],
        sourced: Sequence[Rule],
        owned: Owned,
        properties: Owned = PROPERTIES,
        *,
        is_variant: bool,
    ) -> None:
        """Writes what the rules make of the values.

        `custom` are the rules of the connector's own custom attributes by attribute code, `sourced` those of connector.yaml.
        `owned` are the codes of the values, and `properties` the names of the properties, that the item doesn't leave to its
        master.
        """
        values = self._values
        for code in values:
            if code in owned:
                for rule in custom.get(code, ()):
                    self._write(rule, self._slots(rule))
        for rule in sourced:
            left_to_master = is_variant and rule.inherited
            if rule.attributes or rule.properties:
                is_own = not owned.isdisjoint(rule.attributes) or not properties.isdisjoint(rule.properties)
                if not is_own and is_variant and not rule.inherited:
                    is_own = bool(rule.properties) or any(code in values for code in rule.attributes)
            else:
                is_own = not left_to_master
            slots = self._slots(rule) if is_own else None
            if rule.default is not None and not left_to_master:
                slots = {**rule.default, **(slots or {})}
            self._write(rule, slots)
        self.mapped.trimmed = self._context.trimmed

    def _slots(self, rule: Rule) -> Slots | None:
        try:
            slots = rule.slots(self._values, self._context)
        except MALFORMED as error:
            self._context.reasons.append(complaint(error))
            slots = None
        if self._context.reasons:
            self._report_reasons(", ".join(rule.attributes))
        return slots

    def _write(self, rule: Rule, slots: Slots | None) -> None:
        if slots is None:
            return
        if rule.area == "classification":
            self.record["classification"] = {"category": slots[""]}
        else:
            self.record.setdefault(rule.area, {})[rule.target] = slots

    def write_online(self, slots: Slots) -> None:
        """Writes the online-flag; no slots leave it to merchants."""
        if slots:
            self.record["fields"]["online-flag"] = slots

    def write_stand_in_name(self, names: ProductNames, owned: Owned) -> None:
        """Writes the value of the family's label attribute as name, where the mapped one is empty and the settings ask for it."""
        rule = None if NAME in self.record["fields"] else names.stand_in(self._item, self._context)
        if rule is not None and not owned.isdisjoint(rule.attributes):
            self._write(rule, self._slots(rule))
            self.mapped.trimmed = self._context.trimmed

    def report_missing_name(self, names: ProductNames) -> None:
        """Reports an item that is online without name. Its flag has to be written before."""
        if NAME not in self.record["fields"] and (missing := names.missing(self._item, self.online)) is not None:
            self.report(*missing)

    def axis_values(self, axes: Sequence[Axis]) -> dict[str, str]:
        """A variant's value of each axis, by attribute code."""
        chosen: dict[str, str] = {}
        for axis in axes:
            code = axis.attribute.code
            entries = self._values.get(code)
            if not entries:
                self.report(code, "the variant has no value of this axis")
                continue
            try:
                value = axis.convert(only(entries), self._context)
            except MALFORMED:  # reported with the attribute's own value
                continue
            if not isinstance(value, str):
                continue
            wrong = problem(value, ID_256)
            if wrong is None:
                chosen[code] = value
            else:
                self.report(code, f"'{value[:40]}' can't be a variation's value: it {wrong}")
        self._context.reasons.clear()
        return chosen

    # --- Categories, relations, prices ------------------------------------------------------------------------------------------

    def write_categories(self, ids: Mapping[str, Mapping[str, str]], codes: Iterable[str], *, primary: bool) -> None:
        """Writes the assignments to the categories with these codes. `ids`: catalog -> folded code -> category id. `primary`: the
        first one may be the primary category."""
        first_is_primary = primary and self._frame.settings.categories.primary == "first"
        records, unassigned = categories.assignments(self._id, codes, ids, first_is_primary)
        self.mapped.records += records
        unknown = [code for code in unassigned if self._frame.structure.category(code) is None]
        self.mapped.unassigned = len(unassigned) - len(unknown)
        for code in unknown:
            self.report("", f"the PIM has no category '{code}'")
        self._classify(ids)

    def _classify(self, ids: Mapping[str, Mapping[str, str]]) -> None:
        """Names the catalog of the classification category. One that isn't exported may be the merchant's own, in the master
        catalog."""
        if "classification" in self.record:
            code = fold(str(self.record["classification"]["category"]))
            place = next(((catalog, id_of[code]) for catalog, id_of in ids.items() if code in id_of), None)
            if place is not None and place[0] != self._frame.settings.organization.master_catalog:
                self.record["classification"] = {"category": place[1], "catalog": place[0]}

    def write_relations(self, root: Item | None) -> None:
        """Writes recommendations and product links; a variant's are those that its root doesn't have."""
        recommendations, links, problems = associations.relations(
            self._id, self._item, root, self._frame.settings, self._context.targets
        )
        catalog = self._frame.settings.organization.master_catalog
        if recommendations:
            self.mapped.records.append((RECOMMENDATIONS, catalog, {"id": self._id, "targets": recommendations}))
        if links:
            self.mapped.records.append((PRODUCT_LINKS, catalog, {"id": self._id, "links": links}))
        for type_, reason in problems:
            self.report(type_, reason)

    def write_composition(self, compositions: Compositions) -> None:
        """Writes the parts, where the product is a bundle or a set."""
        settings = self._frame.settings
        kind = composition_of(self._item, settings)
        if kind is not None:
            association = association_of(kind, settings)
            targets = part_targets(self._item, association)
            made_of = parts(self._id, kind, targets, self._context.targets, compositions, self._context.reasons)
            self.record["bundled" if kind == "bundle" else "set"] = made_of if kind == "bundle" else [p["id"] for p in made_of]
            self._report_reasons(association)

    def write_prices(self, books: Sequence[prices.Book]) -> None:
        """Writes the price tables of these books."""
        for book in books:
            if book.attribute.code in self._values:
                try:
                    self.mapped.records += prices.price_tables(self._id, self._values, [book], self._context)
                except MALFORMED as error:
                    self._context.reasons.append(complaint(error))
                self._report_reasons(book.attribute.code)

    # --- Images -----------------------------------------------------------------------------------------------------------------

    def write_images(self, mapping: ImageMapping, owned: Owned) -> None:
        """Writes the image groups of a product without variations, or those of a master that hold for all of its variants."""
        images = self._images(mapping, owned)
        if images:
            self.record["images"] = image_groups(images)

    def variant_images(self, mapping: ImageMapping, owned: Owned) -> Groups:
        """A variant's own images, then those that it shares with its master: a shop that selects it shows its group alone."""
        own = self._images(mapping, owned)
        if not own:
            return {}
        shared, _ = groups(mapping, self._values, self._main_image(), self._values.keys() - owned, self._context)
        return joined(mapping, own, shared)

    def _images(self, mapping: ImageMapping, owned: Owned) -> Groups:
        images, problems = groups(mapping, self._values, self._main_image(), owned, self._context)
        for attribute, reason in problems:
            if Problem(self._kind, self._key, attribute, reason) not in self.mapped.problems:
                self.report(attribute, reason)
        return images

    def _main_image(self) -> str | None:
        family = self._frame.structure.family(self._item.get("family"))
        return family.image if family else None
