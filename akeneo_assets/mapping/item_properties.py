"""What a product has besides values, as text: its family, its groups, its categories.

Belongs here: properties as sources of connector.yaml (`{property: family_label}`, `{property.family_label}` in a template).
Doesn't: a product's places in categories (`categories`).

Labels follow the slot's locales as an option's do. Groups have codes only: the PIM's API has no list of product groups.
"""

from collections.abc import Callable, Sequence
from typing import Final, get_args

from akeneo_assets.mapping.conversions import joining, labels_shown
from akeneo_assets.mapping.frame import Context, Frame, Item
from akeneo_assets.mapping.sites import Slot, exported_categories
from akeneo_assets.settings.source_settings import Property
from akeneo_assets.structure.pim_structure import Labels, fold
from akeneo_assets.structure.value_picking import Values

PROPERTIES: Final[frozenset[str]] = frozenset(get_args(Property))
"""All of them, which a product without master has as its own."""


def property_text(name: str, conversions: Sequence[str], frame: Frame) -> Callable[[Values, Slot, Context], str | None]:
    """The text of a property in a slot; a code stands in base slots and sites' slots only, since it differs by no locale."""
    join = joining(conversions)
    if name in ("family", "groups"):
        codes = _family if name == "family" else _groups
        return lambda _values, slot, context: None if slot.is_locale else join(codes(context.item))
    labelled = _family_labels(frame) if name == "family_label" else _category_labels(frame)
    return lambda _values, slot, context: join(labels_shown(labelled(context.item), slot, frame))


def own_properties(own_categories: Sequence[str]) -> frozenset[str]:
    """The properties that a variant or variation group doesn't share with its master: groups are given to variants alone, and it
    may be in more categories (`own_categories`: those that the master isn't in)."""
    return frozenset({"groups", "category_labels"} if own_categories else {"groups"})


def _family(item: Item) -> list[str]:
    family = item.get("family")
    return [str(family)] if family else []


def _groups(item: Item) -> list[str]:
    return [str(code) for code in item.get("groups") or ()]


_LabelledOf = Callable[[Item], list[tuple[Labels, str]]]


def _family_labels(frame: Frame) -> _LabelledOf:
    def labelled(item: Item) -> list[tuple[Labels, str]]:
        family = frame.structure.family(item.get("family"))
        return [(family.labels, family.code)] if family else []

    return labelled


def _category_labels(frame: Frame) -> _LabelledOf:
    """Of the categories in the trees of any site, in the order in which the PIM gives them."""
    shown = {key: category for site in frame.sites.sites for key, category in exported_categories(site, frame.structure).items()}

    def labelled(item: Item) -> list[tuple[Labels, str]]:
        categories = (shown.get(fold(str(code))) for code in item.get("categories") or ())
        return [(category.labels, category.code) for category in categories if category is not None]

    return labelled
