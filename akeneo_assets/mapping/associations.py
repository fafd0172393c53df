"""Associations as recommendations or product links.

Belongs here: the targets of associations. Doesn't: the parts of bundles and sets (`compositions`), which targets are exported
(the caller's `Targets` say so; a target that isn't is left out and reported). A two-way association stands on both products in
the PIM already.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from akeneo_assets.mapping.frame import Item, Targets
from akeneo_assets.mapping.texts import decimal_text
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.records import ProductLink, Recommendation

Target = tuple[str, str, str]
"""What an association names: (kind, key, quantity), as ("product", uuid, "1"), ("product_model", code, "2") or ("group", code,
"1")."""


def targets_by_type(item: Item, types: Iterable[str]) -> dict[str, list[Target]]:
    """What the item associates by each of these association types, quantified or not: products, then models, then groups, in the
    PIM's order. A type without any is absent, as most are: the API lists every type."""
    wanted = _spelled(tuple(types))
    by_type: dict[str, list[Target]] = {}
    for type_, plain in _not_empty(item.get("associations"), wanted):
        targets = by_type.setdefault(type_, [])
        targets += [("product", uuid, "1") for uuid in plain.get("products", ()) if uuid is not None]
        targets += [("product_model", code, "1") for code in plain.get("product_models", ())]
        targets += [("group", code, "1") for code in plain.get("groups", ())]
    for type_, quantified in _not_empty(item.get("quantified_associations"), wanted):
        targets = by_type.setdefault(type_, [])
        for part in quantified.get("products", ()):
            if part.get("uuid"):
                targets.append(("product", part["uuid"], decimal_text(part["quantity"])))
        for part in quantified.get("product_models", ()):
            targets.append(("product_model", part["identifier"], decimal_text(part["quantity"])))
    return by_type


@lru_cache(maxsize=64)
def _spelled(types: tuple[str, ...]) -> dict[str, str]:
    """Folded code -> the code as the settings spell it: the PIM's spelling may differ in case."""
    return {fold(type_): type_ for type_ in types}


def _not_empty(associations: Any, wanted: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The wanted types that associate anything, as the settings spell them, with what they associate by kind."""
    if isinstance(associations, dict):
        for name, by_kind in associations.items():
            if isinstance(by_kind, dict) and any(by_kind.values()) and (type_ := wanted.get(fold(name))) is not None:
                yield type_, by_kind


def resolve_targets(targets: list[Target], exported: Targets, reasons: list[str]) -> list[tuple[str, str]]:
    """The (SFCC id, quantity) of each exported target, once; a reason is appended for each of the others.

    A group stands for its products. Sub-models of one model are one master in SFCC: their quantities add up.
    """
    quantities: dict[str, str] = {}
    for kind, key, quantity in targets:
        target = exported.get((kind, key))
        if not target:
            if kind != "group" or target is None:
                reasons.append(f"the {kind.replace('_', ' ')} '{key}' isn't exported")
            continue
        if kind == "group":
            for id_ in target:
                quantities.setdefault(id_, quantity)
        elif target in quantities:
            quantities[target] = decimal_text(Decimal(quantities[target]) + Decimal(quantity))
        else:
            quantities[target] = quantity
    return list(quantities.items())


def relations(
    product_id: str, item: Item, root: Item | None, settings: ConnectorSettings, exported: Targets
) -> tuple[list[Recommendation], list[ProductLink], list[tuple[str, str]]]:
    """Recommendations, product links, and (association type, reason) of what was left out.

    A variant has those that its `root` model doesn't have. A product is never related to itself.
    """
    recommendations: list[Recommendation] = []
    links: list[ProductLink] = []
    problems: list[tuple[str, str]] = []
    by_type = targets_by_type(item, settings.associations)
    if not by_type:
        return recommendations, links, problems
    shared = targets_by_type(root, settings.associations) if root is not None else {}
    for code, association in settings.associations.items():
        of_root = set(shared.get(code, ()))
        targets = [target for target in by_type.get(code, ()) if target not in of_root]
        reasons: list[str] = []
        ids = [id_ for id_, _ in resolve_targets(targets, exported, reasons) if id_ != product_id]
        problems += [(code, reason) for reason in reasons]
        if association.as_ == "recommendation":
            recommendations += [{"target": id_, "type": association.type} for id_ in ids]
        else:
            links += [{"id": id_, "type": association.type} for id_ in ids]
    return _unique(recommendations), _unique(links), problems


def _unique(relations: list[Any]) -> list[Any]:
    return list({tuple(relation.items()): relation for relation in relations}.values())
