"""Bundles and sets: products made of other products.

Belongs here: which products are one, and their parts. Doesn't: associations of other types (`associations`).

SFCC's bundle is sold as a whole, its set shows products together. Neither may lead back to itself. So a bundle takes neither
bundles nor sets, and a set takes no sets: then no circle can close, whatever the parts of the parts are, and a product has to be
mapped again for what it is made of only where a part becomes or ceases to be a bundle or set.
"""

from typing import Final

from akeneo_assets.mapping.associations import Target, resolve_targets, targets_by_type
from akeneo_assets.mapping.frame import Composition, Compositions, Item, Targets
from akeneo_assets.settings import product_settings
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.records import BundledProduct

_REFUSED: Final[dict[Composition, tuple[Composition, ...]]] = {"bundle": ("bundle", "set"), "set": ("set",)}
"""What a bundle or set can't hold."""


def composition_of(item: Item, settings: ConnectorSettings) -> Composition | None:
    """Whether a product is a bundle or a set, by its family; None: it is neither."""
    if settings.products.bundle is None and settings.products.set is None:
        return None
    family = fold(item.get("family") or "")
    return next((kind for kind, setting in _settings_of(settings) if fold(setting.family) == family), None)


def association_of(kind: Composition, settings: ConnectorSettings) -> str:
    """The association type that holds the parts of bundles or of sets."""
    return next(setting.association for name, setting in _settings_of(settings) if name == kind)


def parts(
    product_id: str, kind: Composition, targets: list[Target], exported: Targets, compositions: Compositions, reasons: list[str]
) -> list[BundledProduct]:
    """The parts of a bundle or set with their quantities; what has the quantity 0 is no part.

    A part that can't be one is left out, and a reason that names both is appended: `the bundle 'PACK' can't hold the bundle
    'BOX'`.
    """
    kept: list[BundledProduct] = []
    for part_id, quantity in resolve_targets(targets, exported, reasons):
        part_kind = compositions.get(part_id)
        if quantity == "0":
            continue
        if part_id == product_id:
            if _names(product_id, targets, exported):
                reasons.append(f"the {kind} '{product_id}' can't hold itself")
        elif part_kind in _REFUSED[kind]:
            reasons.append(f"the {kind} '{product_id}' can't hold the {part_kind} '{part_id}'")
        else:
            kept.append({"id": part_id, "quantity": quantity})
    return kept


def part_targets(item: Item, association: str) -> list[Target]:
    """What a bundle or set associates by the type that holds its parts."""
    return targets_by_type(item, (association,)).get(association, [])


def _names(product_id: str, targets: list[Target], exported: Targets) -> bool:
    """Whether the product is named by itself: a group that it is in stands for the others."""
    return any(kind != "group" and exported.get((kind, key)) == product_id for kind, key, _ in targets)


def _settings_of(settings: ConnectorSettings) -> tuple[tuple[Composition, product_settings.Composition], ...]:
    both: tuple[tuple[Composition, product_settings.Composition | None], ...] = (
        ("bundle", settings.products.bundle),
        ("set", settings.products.set),
    )
    return tuple((kind, setting) for kind, setting in both if setting is not None)
