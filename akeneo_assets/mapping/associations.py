"""Associations as recommendations or product links, and the parts of bundles and sets.

Belongs here: targets of associations. Doesn't: which targets are exported (the caller's `targets` say so); a target that isn't is
left out and reported. Two-way associations stand on both products in the PIM already.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from akeneo_assets.mapping.texts import decimal_text
from akeneo_assets.mapping.values import Targets
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.records import BundledProduct, ProductLink, Recommendation

Target = tuple[str, str, str]
"""("product", uuid, quantity), ("product_model", code, quantity) or ("group", code, quantity)."""


def targets_by_type(row: Mapping[str, Any], types: Iterable[str]) -> dict[str, list[Target]]:
    """The targets that the row associates by each of `types`, quantified or not: products, then models, then groups, in the PIM's
    order. Types without any are absent, as most are: the API lists every type."""
    wanted = _spelled(tuple(types))
    found: dict[str, list[Target]] = {}
    for type_, plain in _not_empty(row.get("associations"), wanted):
        targets = found.setdefault(type_, [])
        targets += [("product", uuid, "1") for uuid in plain.get("products", ()) if uuid is not None]
        targets += [("product_model", code, "1") for code in plain.get("product_models", ())]
        targets += [("group", code, "1") for code in plain.get("groups", ())]
    for type_, quantified in _not_empty(row.get("quantified_associations"), wanted):
        targets = found.setdefault(type_, [])
        for part in quantified.get("products", ()):
            if part.get("uuid"):
                targets.append(("product", part["uuid"], decimal_text(part["quantity"])))
        for part in quantified.get("product_models", ()):
            targets.append(("product_model", part["identifier"], decimal_text(part["quantity"])))
    return found


@lru_cache(maxsize=64)
def _spelled(types: tuple[str, ...]) -> dict[str, str]:
    """Folded code -> the settings' spelling: the PIM's may differ in case."""
    return {fold(type_): type_ for type_ in types}


def _not_empty(associations: Any, wanted: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(associations, dict):
        for name, by_kind in associations.items():
            if isinstance(by_kind, dict) and any(by_kind.values()) and (type_ := wanted.get(fold(name))) is not None:
                yield type_, by_kind


def resolve_targets(targets: list[Target], exported: Targets, reasons: list[str]) -> list[tuple[str, str]]:
    """(SFCC id, quantity) of each exported target, once; the others are reported. Sub-models are their master: their quantities
    add up. A group stands for its products."""
    found: dict[str, str] = {}
    for kind, key, quantity in targets:
        target = exported.get((kind, key))
        if not target:
            if kind != "group" or target is None:
                reasons.append(f"the {kind.replace('_', ' ')} '{key}' isn't exported")
            continue
        if kind == "group":
            for id_ in target:
                found.setdefault(id_, quantity)
        else:
            found[target] = decimal_text(Decimal(found[target]) + Decimal(quantity)) if target in found else quantity
    return list(found.items())


def without(targets: list[Target], master: list[Target]) -> list[Target]:
    """What a variant doesn't share with its master."""
    shared = set(master)
    return [target for target in targets if target not in shared]


def relations(
    product_id: str, row: Mapping[str, Any], root: Mapping[str, Any] | None, settings: ConnectorSettings, exported: Targets
) -> tuple[list[Recommendation], list[ProductLink], list[tuple[str, str]]]:
    """Recommendations, product links, and (association type, reason) of what was left out. A product is never related to
    itself."""
    recommendations: list[Recommendation] = []
    links: list[ProductLink] = []
    problems: list[tuple[str, str]] = []
    by_type = targets_by_type(row, settings.associations)
    if not by_type:
        return recommendations, links, problems
    shared = targets_by_type(root, settings.associations) if root is not None else {}
    for code, association in settings.associations.items():
        targets = without(by_type.get(code, []), shared.get(code, []))
        reasons: list[str] = []
        ids = [id_ for id_, _ in resolve_targets(targets, exported, reasons) if id_ != product_id]
        problems += [(code, reason) for reason in reasons]
        if association.as_ == "recommendation":
            recommendations += [{"target": id_, "type": association.type} for id_ in ids]
        else:
            links += [{"id": id_, "type": association.type} for id_ in ids]
    return _unique(recommendations), _unique(links), problems


def _unique(items: list[Any]) -> list[Any]:
    return list({tuple(item.items()): item for item in items}.values())


def parts(
    product_id: str, row: Mapping[str, Any], association_type: str, exported: Targets, reasons: list[str]
) -> list[BundledProduct]:
    """The parts of a bundle or set with their quantities; 0 is no part."""
    targets = targets_by_type(row, (association_type,)).get(association_type, [])
    found = resolve_targets(targets, exported, reasons)
    return [{"id": id_, "quantity": quantity} for id_, quantity in found if id_ != product_id and quantity != "0"]
