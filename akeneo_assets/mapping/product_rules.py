"""Everything that the mapping of products is compiled to, once an import.

Belongs here: the rules of the settings, resolved against the structure. Doesn't: their application to an item (`products`,
`masters`, `record_writer`).
"""

from collections.abc import Mapping
from functools import cached_property

from akeneo_assets.mapping import categories, prices
from akeneo_assets.mapping.attribute_definitions import custom_attributes
from akeneo_assets.mapping.frame import Frame, Item
from akeneo_assets.mapping.images import compile_images
from akeneo_assets.mapping.levels import Levels
from akeneo_assets.mapping.product_names import ProductNames
from akeneo_assets.mapping.rules import Rule, custom_rule, existing_custom_rule, standard_rule
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.variations import Axis, compile_axes
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS
from akeneo_assets.structure.pim_structure import Structure, fold


class ProductRules:
    """The compiled rules.

    `custom` are those of the connector's own custom attributes by attribute code, `sourced` those that connector.yaml maps.
    `category_ids`: catalog -> folded code -> category id. `grouped`: sub-models are variation groups, products of their own.
    """

    def __init__(self, settings: ConnectorSettings, structure: Structure) -> None:
        self.frame = Frame(settings, structure, resolve(settings, structure))
        self.custom = _custom_rules(self.frame)
        self.sourced = _sourced_rules(self.frame)
        self.names = ProductNames(self.sourced, self.frame)
        self.images = compile_images(self.frame)
        self.books = prices.books(self.frame)
        self.category_ids = categories.category_ids(settings, structure, self.frame.sites)
        self.levels = Levels(structure)
        self.grouped = settings.products.model_import == "master-group-variation"

    @cached_property
    def _axes(self) -> Mapping[tuple[str, str], tuple[Axis, ...]]:
        return compile_axes(self.frame.structure.family_variants, self.frame)

    def axes_of(self, root: Item) -> tuple[Axis, ...]:
        """The axes by which the variants of a root model differ."""
        variant = self.levels.family_variant(root)
        return () if variant is None else self._axes[fold(variant.family), fold(variant.code)]


def _custom_rules(frame: Frame) -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = {}
    for custom in custom_attributes(frame):
        rules.setdefault(custom.attribute.code, []).append(custom_rule(custom, frame))
    return rules


def _sourced_rules(frame: Frame) -> list[Rule]:
    attributes = frame.settings.attributes
    rules = [standard_rule(PRODUCT_FIELDS[name], source, frame) for name, source in attributes.standard.items()]
    rules += [existing_custom_rule(id_, source, frame) for id_, source in attributes.custom.items()]
    return [rule for rule in rules if rule is not None]
