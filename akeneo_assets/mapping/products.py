"""Products and product models as SFCC records.

Belongs here: what one product, variant or master becomes, put together from the other modules. Doesn't: which products there are,
what was sent before, the clearing of emptied values (`emptied`).

Values are written on the level where they live: what a variant shares with its master is written on the master alone, what a
sub-model owns on each of its variants, since SFCC knows two levels only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from akeneo_assets.mapping import associations, categories, identity, prices
from akeneo_assets.mapping.attribute_definitions import Row, custom_attributes
from akeneo_assets.mapping.filters import PROPERTIES, compile_filter
from akeneo_assets.mapping.identity import Identity
from akeneo_assets.mapping.images import (
    Groups,
    ImageMapping,
    Owned,
    compile_images,
    groups,
    image_groups,
    joined,
)
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.sources import MALFORMED, Rule, complaint, custom_rule, existing_custom_rule, standard_rule
from akeneo_assets.mapping.status import completed, master_slots, online_slots
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.mapping.values import Context, Convert, Frame, Targets, link_target, value_types
from akeneo_assets.mapping.variant_images import master_groups
from akeneo_assets.mapping.variations import Axis, alike, compile_axes, sorted_variants, variations
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS
from akeneo_assets.structure.pim_structure import Attribute, FamilyVariant, Structure, fold
from sfcc_resources.fields import ID_256
from sfcc_resources.limits import problem
from sfcc_resources.records import PRODUCT, PRODUCT_LINKS, RECOMMENDATIONS, Slots

Item = Mapping[str, Any]
"""A product or product model as the API gives it, a variant's or sub-model's values merged from its ancestors."""

VariantFacts = dict[str, Any]
"""What a master needs to know of a variant, as plain JSON: `id`, `root` and `parent` (codes of the root and of the direct model),
`axes` (attribute code -> SFCC value), `images` (view type -> images), `online` (its online-flag by slot)."""


@dataclass(slots=True)
class Mapped:
    """What one product or master became: `records` as (type, container, record), `facts` of a variant, `problems`;
    `unassigned` counts its categories in trees that aren't exported, which is no problem."""

    records: list[Row]
    facts: VariantFacts | None = None
    problems: list[Problem] = field(default_factory=list)
    unassigned: int = 0


class ProductMapping:
    """The mapping of products, compiled once for the settings and look-ups (which `validation.validate` has found right)."""

    def __init__(self, settings: ConnectorSettings, structure: Structure) -> None:
        self.frame: Final = Frame(settings, structure, resolve(settings, structure))
        self._custom: Final = self._custom_rules()
        self._sourced: Final = self._sourced_rules()
        self._images: Final = compile_images(self.frame)
        self._books: Final = prices.books(self.frame)
        self._categories: Final = categories.category_ids(settings, structure, self.frame.sites)
        chosen = settings.products
        self.product_filter: Final = compile_filter(chosen.filter, structure)
        self.model_filter: Final = compile_filter(chosen.model_filter, structure)
        self._read_families: Final = {fold(code) for code in settings.akeneo.families}
        self._trees: Final = {fold(tree) for site in self.frame.sites.sites for tree in site.trees}
        self._links: Final = tuple(a.code for a in structure.attributes.values() if a.type == "product_link")
        self._axes: Final[dict[tuple[str, str], tuple[Axis, ...]]] = {
            key: compile_axes(variant, self.frame) for key, variant in structure.family_variants.items()
        }
        self._below_root: Final[dict[tuple[str, str], frozenset[str]]] = {
            key: _spelled(variant.levels, structure) for key, variant in structure.family_variants.items()
        }

    # --- Compiling --------------------------------------------------------------------------------------------------------------

    def _custom_rules(self) -> dict[str, list[Rule]]:
        rules: dict[str, list[Rule]] = {}
        for custom in custom_attributes(self.frame):
            rules.setdefault(custom.attribute.code, []).append(custom_rule(custom, self.frame))
        return rules

    def _sourced_rules(self) -> list[Rule]:
        chosen = self.frame.settings.attributes
        made = [standard_rule(PRODUCT_FIELDS[name], source, self.frame) for name, source in chosen.standard.items()]
        made += [existing_custom_rule(id_, source, self.frame, self._own_convert) for id_, source in chosen.custom.items()]
        return [rule for rule in made if rule is not None]

    def _own_convert(self, attribute: Attribute) -> Convert:
        return value_types(attribute, self.frame)[0].convert

    # --- Identity ---------------------------------------------------------------------------------------------------------------

    def identity(self, row: Item) -> Identity:
        """The SFCC id of a product (`uuid`, `identifier`) or of a product model (`code`), or why it is held back."""
        if "uuid" in row:
            return identity.product_identity(row, self.frame.settings.products.without_identifier)
        return identity.model_identity(row)

    def identifier_of(self, row: Item) -> str | None:
        """The main identifier of a product item, which the API gives among the values."""
        if row.get("identifier"):
            return str(row["identifier"])
        entries = (row.get("values") or {}).get(self.frame.structure.identifier or "")
        data = entries[0]["data"] if entries else None
        return None if data is None else str(data)

    @property
    def filtered_by(self) -> frozenset[str]:
        """The attributes whose values `excluded` looks at, besides the identifier."""
        named = (*self.frame.settings.products.filter, *self.frame.settings.products.model_filter)
        return _spelled((name for name in named if name not in PROPERTIES), self.frame.structure)

    def excluded(self, row: Item) -> str | None:
        """Why the settings leave a product or model out, as a phrase; None: it is exported. Needs the item with the values of
        `filtered_by` (and `completenesses` where a filter asks for them); a model that is left out takes its variants along.

        Conditions named by `product_filter.unsupported` and `model_filter.unsupported` are not decided here: the PIM is asked.
        UnmappableError: a filter can't be asked of it, as the message says.
        """
        is_product = "uuid" in row
        if self._read_families and fold(row.get("family") or "") not in self._read_families:
            return "its family is none of akeneo.families"
        given = {**row, "identifier": self.identifier_of(row)} if is_product else row
        name, chosen = ("filter", self.product_filter) if is_product else ("model_filter", self.model_filter)
        try:
            return None if chosen.matches(given) else f"products.{name} leaves it out"
        except UnmappableError as error:
            raise UnmappableError(f"products.{name} {error}") from error

    def outside_trees(self, row: Item) -> str | None:
        """Why `channel_tree_only` leaves a product or model out, by itself: a model comes with what is below it, since a variant
        has its models' categories and may have more."""
        trees = self.frame.structure.tree_of
        if not self.frame.settings.products.channel_tree_only or any(
            fold(trees.get(fold(code), "")) in self._trees for code in row.get("categories") or ()
        ):
            return None
        return "it is in no exported category tree (products.channel_tree_only)"

    def targets_of(self, row: Item) -> set[tuple[str, str]]:
        """The (kind, key) of every other object that the row's records may name, for `targets`: product (uuid), product_model
        (code), group (code), identifier (a product named by a product link that gives no uuid)."""
        settings = self.frame.settings
        types = [*settings.associations]
        types += [c.association for c in (settings.products.bundle, settings.products.set) if c is not None]
        found = {(kind, key) for targets in associations.targets_by_type(row, types).values() for kind, key, _ in targets}
        values = row.get("values") or {}
        for value in (value for code in self._links for value in values.get(code, ())):
            with suppress(*MALFORMED):  # reported with the attribute's value
                found.add(link_target(value["data"]))
        return found

    # --- Products ---------------------------------------------------------------------------------------------------------------

    def map_product(self, row: Item, *, ancestors: Sequence[Item], targets: Targets) -> Mapped:
        """A simple product, or a variant of the models in `ancestors` (root first). Held back: no records, a problem that says
        why."""
        key = row["uuid"]
        found = self.identity({"uuid": key, "identifier": self.identifier_of(row)})
        if found.sfcc_id is None:
            return Mapped([], problems=[found.problem] if found.problem else [])
        root = ancestors[0] if ancestors else None
        reason = self._without_master(row, root)
        if reason is not None:
            return Mapped([], problems=[Problem("product", key, "", reason)])
        writer = _Writer(self.frame, "product", key, found.sfcc_id, row, Context(targets))
        shared = (ancestors[-1 if self.grouped else 0].get("categories") or ()) if ancestors else ()
        owned = set(values_of(row)) if root is None else self._owned_by_variant(row, root)
        writer.values(self._custom, self._sourced, owned, is_variant=root is not None)
        writer.online(completed(writer.record["fields"].get("online-flag", {}), online_slots(row, self.frame)))
        writer.categories(self._categories, _without(row.get("categories") or (), shared), root is None)
        writer.relations(root)
        writer.composition()
        if root is None:
            writer.images(self._images, owned)
        writer.prices(self._books)
        mapped = writer.done()
        if root is not None:
            mapped.facts = {
                "id": found.sfcc_id,
                "root": root["code"],
                "parent": row.get("parent"),
                "axes": writer.axis_values(self._axes_of(root)),
                "images": writer.variant_images(self._images, owned),
                "online": writer.record["fields"].get("online-flag", {}),
            }
        return mapped

    def map_master(self, row: Item, sub_models: Sequence[Item], variants: Iterable[VariantFacts], targets: Targets) -> Mapped:
        """A root model with the facts of its exported variants. Without any it is offline."""
        found = self.identity({"code": row["code"]})
        if found.sfcc_id is None:
            return Mapped([], problems=[found.problem] if found.problem else [])
        axes = self._axes_of(row)
        facts = sorted_variants(axes, list(variants))
        writer = _Writer(self.frame, "product_model", row["code"], found.sfcc_id, row, Context(targets))
        owned = set(values_of(row)) - self._below(row)
        writer.values(self._custom, self._sourced, owned, is_variant=False)
        writer.online(master_slots([v["online"] for v in facts]) if facts else {"": "false"})
        writer.categories(self._categories, row.get("categories") or (), True)
        writer.relations(None)
        writer.images(self._images, owned)
        image_axes = [(axis.attribute.code, axis.id) for axis in axes]
        named = self.frame.settings.images.variation_attribute
        writer.record["images"] = master_groups(writer.record.get("images", []), image_axes, facts, named)
        if not writer.record["images"]:
            del writer.record["images"]
        writer.record["variations"] = variations(axes, facts, self.frame)
        writer.problems += [Problem(writer.kind, writer.key, "", reason) for reason in alike(axes, facts)]
        mapped = writer.done()
        if self.grouped:
            writer.record["variations"]["groups"] = []
            groups_of = [sub for sub in sub_models if any(v["parent"] == sub["code"] for v in facts)]
            for sub in sorted(groups_of, key=lambda sub: str(sub["code"])):
                self._map_group(sub, row, facts, targets, mapped)
        return mapped

    @property
    def grouped(self) -> bool:
        """Whether sub-models are variation groups, products of their own."""
        return self.frame.settings.products.model_import == "master-group-variation"

    def _map_group(self, row: Item, root: Item, facts: Sequence[Mapping[str, Any]], targets: Targets, master: Mapped) -> None:
        """Adds a sub-model as a variation group to its master: the values of its own level, which its variants have, too."""
        found = self.identity({"code": row["code"]})
        variant = self._variant_of(root)
        if found.sfcc_id is None or variant is None:
            master.problems += [found.problem] if found.problem else []
            return
        levels = variant.levels
        writer = _Writer(self.frame, "product_model", row["code"], found.sfcc_id, row, Context(targets))
        writer.values(
            self._custom, self._sourced, {code for code in values_of(row) if levels.get(fold(code)) == 1}, is_variant=True
        )
        writer.online(master_slots([v["online"] for v in facts if v["parent"] == row["code"]]))
        writer.categories(self._categories, _without(row.get("categories") or (), root.get("categories") or ()), False)
        writer.relations(root)
        group = writer.done()
        master.records[0][2]["variations"]["groups"].append(found.sfcc_id)
        master.records += group.records
        master.problems += group.problems

    def _without_master(self, row: Item, root: Item | None) -> str | None:
        """Why a variant can't be one: without its master it would stand in SFCC as a simple product, with half of its values."""
        if root is not None and self.identity({"code": root["code"]}).sfcc_id is None:
            return f"held back: its model '{root['code']}' is held back"
        return f"held back: the PIM did not give its model '{row['parent']}'" if root is None and row.get("parent") else None

    def _variant_of(self, root: Item) -> FamilyVariant | None:
        return self.frame.structure.family_variant(root.get("family"), root.get("family_variant"))

    def _axes_of(self, root: Item) -> tuple[Axis, ...]:
        variant = self._variant_of(root)
        return self._axes[fold(variant.family), fold(variant.code)] if variant else ()

    def _below(self, root: Item) -> frozenset[str]:
        """The attributes that live below the root, by the family variant."""
        variant = self._variant_of(root)
        return self._below_root[fold(variant.family), fold(variant.code)] if variant else frozenset()

    def _owned_by_variant(self, row: Item, root: Item) -> set[str]:
        """The attributes whose values a variant holds and its master doesn't show: by the family variant, or because they differ
        from the root's, where the root comes with its values (a family variant may have changed since; the PIM keeps the values).
        """
        below, values = self._below(root), values_of(row)
        if "values" not in root:
            return {code for code in values if code in below} if self._variant_of(root) else set(values)
        shared = values_of(root)
        return {code for code, entries in values.items() if code in below or not _alike(entries, shared.get(code, []))}


def values_of(row: Item) -> Mapping[str, list[dict[str, Any]]]:
    """The values of a product or model, by attribute code: PHP writes none as an empty array."""
    values = row.get("values")
    return values if isinstance(values, dict) else {}


def _alike(entries: Sequence[Item], others: Sequence[Item]) -> bool:
    """Whether an attribute has the same values; the PIM may give those of its locales and channels in another order."""
    return entries == others or (len(entries) == len(others) and all(entry in others for entry in entries))


def _spelled(codes: Iterable[str], structure: Structure) -> frozenset[str]:
    """Folded attribute codes as values are named, in the attributes' own spelling."""
    return frozenset(attribute.code if (attribute := structure.attribute(code)) else code for code in codes)


def _without(codes: Iterable[str], shared: Iterable[str]) -> list[str]:
    left = set(shared)
    return [code for code in codes if code not in left]


class _Writer:
    """One product's record in the making."""

    __slots__ = ("context", "frame", "id", "key", "kind", "problems", "record", "row", "rows", "unassigned", "values_given")

    def __init__(self, frame: Frame, kind: str, key: str, id_: str, row: Item, context: Context) -> None:
        self.frame, self.kind, self.key, self.id, self.row, self.context = frame, kind, key, id_, row, context
        self.values_given = values_of(row)
        self.record: dict[str, Any] = {"id": id_, "fields": {}}
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.unassigned = 0

    def report(self, attribute: str) -> None:
        """Turns the reasons gathered for an attribute into problems."""
        if self.context.reasons:
            self.problems += [Problem(self.kind, self.key, attribute, reason) for reason in dict.fromkeys(self.context.reasons)]
            self.context.reasons.clear()

    def values(
        self, custom: Mapping[str, list[Rule]], sourced: Sequence[Rule], owned: Collection[str], *, is_variant: bool
    ) -> None:
        values = self.values_given
        for code in values:
            if code in owned:
                for rule in custom.get(code, ()):
                    self._set(rule, self._slots(rule))
        for rule in sourced:
            given = [code for code in rule.attributes if code in values]
            left_to_master = is_variant and rule.inherited
            if rule.attributes:
                here = any(code in owned for code in given) or (given and is_variant and not rule.inherited)
            else:
                here = not left_to_master
            slots = self._slots(rule) if here else None
            if rule.default is not None and not left_to_master:
                slots = {**rule.default, **(slots or {})}
            self._set(rule, slots)

    def _slots(self, rule: Rule) -> Slots | None:
        """What the rule fills its target with; None when there is no value."""
        try:
            slots = rule.slots(self.values_given, self.context)
        except MALFORMED as error:
            self.context.reasons.append(complaint(error))
            slots = None
        if self.context.reasons:
            self.report(", ".join(rule.attributes))
        return slots

    def _set(self, rule: Rule, slots: Slots | None) -> None:
        if slots is None:
            return
        if rule.area == "classification":
            self.record["classification"] = {"category": slots[""]}
        else:
            self.record.setdefault(rule.area, {})[rule.target] = slots

    def online(self, slots: Slots) -> None:
        if slots:
            self.record["fields"]["online-flag"] = slots

    def categories(self, ids: Mapping[str, Mapping[str, str]], codes: Iterable[str], primary: bool) -> None:
        first = primary and self.frame.settings.categories.primary == "first"
        rows, left_out = categories.assignments(self.id, codes, ids, first)
        self.rows += rows
        unknown = [code for code in left_out if self.frame.structure.category(code) is None]
        self.unassigned = len(left_out) - len(unknown)
        self.problems += [Problem(self.kind, self.key, "", f"the PIM has no category '{code}'") for code in unknown]

        self._classify(ids)

    def _classify(self, ids: Mapping[str, Mapping[str, str]]) -> None:
        """Names the catalog of the classification category; one that isn't exported may be the merchant's own, in the master
        catalog."""
        if "classification" in self.record:
            code = fold(str(self.record["classification"]["category"]))
            found = next(((catalog, known[code]) for catalog, known in ids.items() if code in known), None)
            if found is not None and found[0] != self.frame.settings.organization.master_catalog:
                self.record["classification"] = {"category": found[1], "catalog": found[0]}

    def relations(self, root: Item | None) -> None:
        recommendations, links, problems = associations.relations(
            self.id, self.row, root, self.frame.settings, self.context.targets
        )
        catalog = self.frame.settings.organization.master_catalog
        if recommendations:
            self.rows.append((RECOMMENDATIONS, catalog, {"id": self.id, "targets": recommendations}))
        if links:
            self.rows.append((PRODUCT_LINKS, catalog, {"id": self.id, "links": links}))
        self.problems += [Problem(self.kind, self.key, type_, reason) for type_, reason in problems]

    def composition(self) -> None:
        """The parts, where the product's family makes it a bundle or a set."""
        products = self.frame.settings.products
        family = fold(self.row.get("family") or "")
        if products.bundle is not None and fold(products.bundle.family) == family:
            association = products.bundle.association
            self.record["bundled"] = associations.parts(
                self.id, self.row, association, self.context.targets, self.context.reasons
            )
            self.report(association)
        elif products.set is not None and fold(products.set.family) == family:
            association = products.set.association
            parts = associations.parts(self.id, self.row, association, self.context.targets, self.context.reasons)
            self.record["set"] = [part["id"] for part in parts]
            self.report(association)

    def _main_image(self) -> str | None:
        family = self.frame.structure.family(self.row.get("family"))
        return family.image if family else None

    def images(self, mapping: ImageMapping, owned: Owned) -> None:
        found, problems = groups(mapping, self.values_given, self._main_image(), owned, self.context)
        self._not_twice(problems)
        if found:
            self.record["images"] = image_groups(found)

    def variant_images(self, mapping: ImageMapping, owned: Owned) -> Groups:
        """A variant's own images, then those it shares with its master: selecting it shows its group alone."""
        own, problems = groups(mapping, self.values_given, self._main_image(), owned, self.context)
        self._not_twice(problems)
        if not own:
            return {}
        shared, _ = groups(mapping, self.values_given, self._main_image(), self.values_given.keys() - owned, self.context)
        return joined(mapping, own, shared)

    def _not_twice(self, problems: Sequence[tuple[str, str]]) -> None:
        new = [Problem(self.kind, self.key, attribute, reason) for attribute, reason in problems]
        self.problems += [problem for problem in new if problem not in self.problems]

    def axis_values(self, axes: Sequence[Axis]) -> dict[str, str]:
        found: dict[str, str] = {}
        for axis in axes:
            entries = self.values_given.get(axis.attribute.code)
            if not entries:
                self.problems.append(Problem(self.kind, self.key, axis.attribute.code, "the variant has no value of this axis"))
                continue
            try:
                value = axis.convert(entries[0]["data"], self.context)
            except MALFORMED:  # reported with the attribute's own value
                continue
            if not isinstance(value, str):
                continue
            wrong = problem(value, ID_256)
            if wrong is None:
                found[axis.attribute.code] = value
            else:
                reason = f"'{value[:40]}' can't be a variation's value: it {wrong}"
                self.problems.append(Problem(self.kind, self.key, axis.attribute.code, reason))
        self.context.reasons.clear()
        return found

    def prices(self, books: list[prices.Book]) -> None:
        for book in books:
            if book.attribute.code in self.values_given:
                try:
                    self.rows += prices.price_tables(self.id, self.values_given, [book], self.context)
                except MALFORMED as error:
                    self.context.reasons.append(complaint(error))
                self.report(book.attribute.code)

    def done(self) -> Mapped:
        catalog = self.frame.settings.organization.master_catalog
        return Mapped([(PRODUCT, catalog, self.record), *self.rows], None, self.problems, self.unassigned)
