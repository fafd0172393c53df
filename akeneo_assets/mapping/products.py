"""Products and product models as SFCC records: the mapping's front.

Belongs here: which items the settings want, what they name, and what a simple product or variant becomes. Doesn't: masters
(`masters`), the parts of a record (`record_writer`), what was sent before, the clearing of emptied values (`emptied`).
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from akeneo_assets.mapping import associations, identity, masters
from akeneo_assets.mapping.compositions import composition_of
from akeneo_assets.mapping.filters import PROPERTIES, compile_filter
from akeneo_assets.mapping.frame import NO_COMPOSITIONS, Composition, Compositions, Context, Item, PlacedRecord, Targets
from akeneo_assets.mapping.identity import Identity
from akeneo_assets.mapping.item_properties import own_properties
from akeneo_assets.mapping.levels import codes_of_values, values_of, without
from akeneo_assets.mapping.linked_values import link_target
from akeneo_assets.mapping.origins import Part, of_product
from akeneo_assets.mapping.problems import MALFORMED, Problem
from akeneo_assets.mapping.product_rules import ProductRules
from akeneo_assets.mapping.record_writer import Mapped, RecordWriter, VariantFacts
from akeneo_assets.mapping.status import completed, online_slots
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure, fold
from akeneo_assets.structure.value_picking import only

_AS_SPELLED: Final[Mapping[str, str]] = {}


class ProductMapping:
    """The mapping of products, compiled once for settings and structure (which `settings_check` has passed)."""

    def __init__(self, settings: ConnectorSettings, structure: Structure) -> None:
        self._rules: Final = ProductRules(settings, structure)
        self.frame: Final = self._rules.frame
        self.product_filter: Final = compile_filter(settings.products.filter, structure)
        self.model_filter: Final = compile_filter(settings.products.model_filter, structure)
        self._read_families: Final = {fold(code) for code in settings.akeneo.families}
        self._trees: Final = {fold(tree) for site in self.frame.sites.sites for tree in site.trees}
        self._links: Final = tuple(a.code for a in structure.attributes.values() if a.type == "product_link")

    # --- Which items ------------------------------------------------------------------------------------------------------------

    def identity(self, item: Item) -> Identity:
        """The SFCC id of a product (`uuid`, `identifier`) or of a product model (`code`), or why it is held back."""
        if "uuid" in item:
            return identity.product_identity(item, self.frame.settings.products.without_identifier)
        return identity.model_identity(item)

    def identifier_of(self, item: Item) -> str | None:
        """The main identifier of a product, which the API gives among its values."""
        if item.get("identifier"):
            return str(item["identifier"])
        data = only(values_of(item).get(self.frame.structure.identifier or "", ()))
        return None if data is None else str(data)

    @property
    def filtered_by(self) -> frozenset[str]:
        """The attributes whose values `excluded` looks at, besides the identifier."""
        names = (*self.frame.settings.products.filter, *self.frame.settings.products.model_filter)
        return codes_of_values((name for name in names if name not in PROPERTIES), self.frame.structure)

    def excluded(self, item: Item) -> str | None:
        """Why the settings leave a product or model out, as a phrase; None: it is exported. A model that is left out takes its
        variants along.

        The item needs the values of `filtered_by`, and `completenesses` where a filter asks for them. Conditions that
        `product_filter.unsupported` and `model_filter.unsupported` name are not decided here: the PIM is asked. UnmappableError:
        a filter can't be asked of the item, as the message says.
        """
        is_product = "uuid" in item
        if self._read_families and fold(item.get("family") or "") not in self._read_families:
            return "its family is none of akeneo.families"
        identified = {**item, "identifier": self.identifier_of(item)} if is_product else item
        name, condition = ("filter", self.product_filter) if is_product else ("model_filter", self.model_filter)
        try:
            return None if condition.matches(identified) else f"products.{name} leaves it out"
        except UnmappableError as error:
            raise UnmappableError(f"products.{name} {error}") from error

    def outside_trees(self, item: Item) -> str | None:
        """Why `channel_tree_only` leaves a product or model out by itself, as a phrase; None: it doesn't.

        A model comes with what is below it, since a variant has its models' categories and may have more.
        """
        trees = self.frame.structure.tree_of
        if not self.frame.settings.products.channel_tree_only or any(
            fold(trees.get(fold(code), "")) in self._trees for code in item.get("categories") or ()
        ):
            return None
        return "it is in no exported category tree (products.channel_tree_only)"

    def targets_of(self, item: Item) -> set[tuple[str, str]]:
        """The (kind, key) of every other object that the item's records may name, for `Targets`."""
        settings = self.frame.settings
        types = [*settings.associations]
        types += [c.association for c in (settings.products.bundle, settings.products.set) if c is not None]
        named = {(kind, key) for targets in associations.targets_by_type(item, types).values() for kind, key, _ in targets}
        values = item.get("values") or {}
        for value in (value for code in self._links for value in values.get(code, ())):
            with suppress(*MALFORMED):  # reported with the attribute's value
                named.add(link_target(value["data"]))
        return named

    def composition_of(self, item: Item) -> Composition | None:
        """Whether a product is a bundle or a set, by its family; None: it is neither. Models are none."""
        return composition_of(item, self.frame.settings) if "uuid" in item else None

    # --- What they become -------------------------------------------------------------------------------------------------------

    @property
    def grouped(self) -> bool:
        """Whether sub-models are variation groups, products of their own."""
        return self._rules.grouped

    def map_product(
        self,
        item: Item,
        *,
        ancestors: Sequence[Item],
        targets: Targets,
        compositions: Compositions = NO_COMPOSITIONS,
        sfcc_id: str | None = None,
    ) -> Mapped:
        """A simple product, or a variant of the models in `ancestors` (root first). One that is held back has no records and a
        problem that says why.

        `compositions` are needed for the parts of bundles and sets alone. `sfcc_id` is the id that was decided on, where it isn't
        spelled as the item's own identifier (`identity.kept_spelling`).
        """
        rules, uuid = self._rules, item["uuid"]
        own_id, held_back = self.identity({"uuid": uuid, "identifier": self.identifier_of(item)})
        sfcc_id = own_id and (sfcc_id or own_id)
        if sfcc_id is None:
            return Mapped([], problems=[held_back] if held_back else [])
        root = ancestors[0] if ancestors else None
        reason = self._without_master(item, root)
        if reason is not None:
            return Mapped([], problems=[Problem("product", uuid, "", reason)])
        writer = RecordWriter(self.frame, "product", uuid, sfcc_id, item, Context(targets, item))
        shared = (ancestors[-1 if rules.grouped else 0].get("categories") or ()) if ancestors else ()
        own_categories = without(item.get("categories") or (), shared)
        if root is None:
            owned = set(values_of(item))
            writer.write_values(rules.custom, rules.sourced, owned, is_variant=False)
        else:
            owned = rules.levels.owned_by_variant(item, root)
            writer.write_values(rules.custom, rules.sourced, owned, own_properties(own_categories), is_variant=True)
        writer.write_stand_in_name(rules.names, owned)
        writer.write_online(completed(writer.online, online_slots(item, self.frame)))
        if root is None:  # a variant shows its master's name, of which the master is asked
            writer.report_missing_name(rules.names)
        writer.write_categories(rules.category_ids, own_categories, primary=root is None)
        writer.write_relations(root)
        writer.write_composition(compositions)
        if root is None:
            writer.write_images(rules.images, owned)
        writer.write_prices(rules.books)
        if root is not None:
            writer.mapped.facts = {
                "id": sfcc_id,
                "root": root["code"],
                "parent": item.get("parent"),
                "axes": writer.axis_values(rules.axes_of(root)),
                "images": writer.variant_images(rules.images, owned),
                "online": writer.online,
            }
        return writer.mapped

    def map_master(
        self,
        root: Item,
        sub_models: Sequence[Item],
        variants: Iterable[VariantFacts],
        targets: Targets,
        sfcc_ids: Mapping[str, str] = _AS_SPELLED,
    ) -> Mapped:
        """A root model with the facts of its exported variants (see `masters.map_master`)."""
        return masters.map_master(self._rules, root, sub_models, variants, targets, sfcc_ids)

    def origins(self, item: Item, placed: PlacedRecord) -> list[Part]:
        """The parts of a record that was made of the item, each with what of the PIM it comes from."""
        return list(of_product(self._rules, item, *placed))

    def _without_master(self, item: Item, root: Item | None) -> str | None:
        """Why a variant can't be one: without its master it would stand in SFCC as a simple product, with half of its values."""
        if root is not None and identity.model_identity(root).sfcc_id is None:
            return f"held back: its model '{root['code']}' is held back"
        return f"held back: the PIM did not give its model '{item['parent']}'" if root is None and item.get("parent") else None
