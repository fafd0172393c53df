"""Which level of a product model a value belongs to: the root model, a sub-model or the variant.

Belongs here: the levels of a family variant, applied to values and categories. Doesn't: what is written of them
(`record_writer`).

SFCC knows two levels, a master and its variants; the PIM up to three. The API gives a variant the values of all levels above it,
so the family variant has to say which are its own. What a variant shares with its master is written on the master alone; what a
sub-model owns is written on each of its variants.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akeneo_assets.mapping.frame import Item
from akeneo_assets.structure.pim_structure import FamilyVariant, Structure, fold
from akeneo_assets.structure.value_picking import Values


def values_of(item: Item) -> Values:
    """The values of a product or model by attribute code. An item without any may have an empty list instead (PHP's empty
    array)."""
    values = item.get("values")
    return values if isinstance(values, dict) else {}


def codes_of_values(codes: Iterable[str], structure: Structure) -> frozenset[str]:
    """Attribute codes of any spelling, spelled as values spell them."""
    return frozenset(attribute.code if (attribute := structure.attribute(code)) else code for code in codes)


def without(codes: Iterable[str], shared: Iterable[str]) -> list[str]:
    """The codes that aren't shared, in their order."""
    shared = set(shared)
    return [code for code in codes if code not in shared]


class Levels:
    """The levels of every family variant of the structure."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._below_root = {key: codes_of_values(variant.levels, structure) for key, variant in structure.family_variants.items()}

    def family_variant(self, root: Item) -> FamilyVariant | None:
        """The family variant of a root model; None when the PIM doesn't list it."""
        return self._structure.family_variant(root.get("family"), root.get("family_variant"))

    def owned_by_root(self, root: Item) -> set[str]:
        """The codes of the root model's own values."""
        return set(values_of(root)) - self._below(root)

    def owned_by_sub_model(self, sub_model: Item, variant: FamilyVariant) -> set[str]:
        """The codes of the values that a sub-model of the family variant doesn't have from its root."""
        return {code for code in values_of(sub_model) if variant.levels.get(fold(code)) == 1}

    def owned_by_variant(self, item: Item, root: Item) -> set[str]:
        """The codes of the values that a variant has and its master doesn't show.

        They live below the root by the family variant, or they differ from the root's, where the root comes with its values: a
        family variant may have changed since, and the PIM keeps the values.
        """
        below, values = self._below(root), values_of(item)
        if "values" not in root:
            return {code for code in values if code in below} if self.family_variant(root) else set(values)
        of_root = values_of(root)
        return {
            code
            for code, entries in values.items()
            if code in below or (entries != (others := of_root.get(code, [])) and not _alike(entries, others))
        }

    def _below(self, root: Item) -> frozenset[str]:
        variant = self.family_variant(root)
        return self._below_root[fold(variant.family), fold(variant.code)] if variant else frozenset()


def _alike(values: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an attribute has the same values; the PIM may give those of its locales and channels in another order."""
    return len(values) == len(others) and all(value in others for value in values)
