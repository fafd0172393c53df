"""Whether a product has a name, and what stands in for one.

Belongs here: the family's label attribute as a name (`products.label_as_name`), and the report of products that are online
without name. Doesn't: how a name is mapped (`rules`).

Where connector.yaml maps no name, names are merchants' and nothing is said here.
"""

from collections.abc import Iterable

from akeneo_assets.mapping.frame import Context, Frame, Item
from akeneo_assets.mapping.levels import values_of
from akeneo_assets.mapping.problems import MALFORMED
from akeneo_assets.mapping.rules import Rule, standard_rule
from akeneo_assets.settings.source_settings import Source
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.records import Slots

NAME = "display-name"
"""SFCC's element of a product's name."""


class ProductNames:
    """The rule of the mapped name, and those that stand in for it."""

    def __init__(self, sourced: Iterable[Rule], frame: Frame) -> None:
        self._frame = frame
        self._mapped = next((rule for rule in sourced if (rule.area, rule.target) == ("fields", NAME)), None)
        self._by_label = _label_rules(frame) if self._mapped and frame.settings.products.label_as_name else {}

    def stand_in(self, item: Item, context: Context) -> Rule | None:
        """The rule by which the item's family's label attribute becomes its name; None: the item has a mapped name, of its own or
        of its master, or the settings don't ask for it."""
        rule = self.by_label(item)
        return None if rule is None or self._has_mapped_name(item, context) else rule

    def by_label(self, item: Item) -> Rule | None:
        """The rule of the item's family's label attribute; None: the settings don't ask for it."""
        return self._by_label.get(fold(str(item.get("family") or "")))

    def missing(self, item: Item, online: Slots) -> tuple[str, str] | None:
        """The attributes concerned and the reason why an item without name should be looked at; None: it is offline, or names are
        left to merchants.

        `("name", "online without a name: it has none in any locale")`
        """
        if self._mapped is None or "true" not in online.values():
            return None
        instead = self.by_label(item)
        tried = f", nor a value of '{instead.attributes[0]}', its family's label attribute" if instead is not None else ""
        return ", ".join(self._mapped.attributes), f"online without a name: it has none in any locale{tried}"

    def _has_mapped_name(self, item: Item, context: Context) -> bool:
        """Asked of a variant's values with those that it shares with its master."""
        rule = self._mapped
        if rule is None or rule.default is not None:
            return True
        try:
            return rule.slots(values_of(item), Context(context.targets, item)) is not None
        except MALFORMED:  # reported where the name is written
            return False


def _label_rules(frame: Frame) -> dict[str, Rule]:
    """Folded family code -> the rule that makes the family's label attribute the name."""
    codes = {key: family.label_attribute for key, family in frame.structure.families.items() if family.label_attribute}
    rules = {
        code: standard_rule(PRODUCT_FIELDS[NAME], Source(attribute=code, optional=True), frame) for code in set(codes.values())
    }
    return {key: rule for key, code in codes.items() if (rule := rules[code]) is not None}
