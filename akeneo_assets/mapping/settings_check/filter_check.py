"""The filters of connector.yaml, `products.filter` and `products.model_filter`, against the PIM's structure.

Belongs here: their form, and the codes that their conditions name. Doesn't: evaluating them (`akeneo_assets.mapping.filters`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from akeneo_assets.mapping.filters import PROPERTIES, Condition, compile_filter
from akeneo_assets.mapping.settings_check.missing_names import lacks, missing_attribute, none_of
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.product_settings import Search
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold


def check_filters(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each condition that can't be evaluated, or that names what the PIM lacks."""
    products = settings.products
    for name, search in (("filter", products.filter), ("model_filter", products.model_filter)):
        yield from _check_filter(f"products.{name}", search, structure)


def _check_filter(path: str, search: Search, structure: Structure) -> Iterator[str]:
    for name, conditions in search.items():
        if not isinstance(conditions, list) or not all(isinstance(c, dict) and "operator" in c for c in conditions):
            yield f"connector.yaml: {path}.{name} must be a list of conditions with operator and value, as in the PIM's search."
        elif name not in PROPERTIES and structure.attribute(name) is None:
            yield from missing_attribute(path, name, structure)
        else:
            for condition in conditions:
                try:
                    compile_filter({name: [condition]}, structure)
                except ValueError as error:
                    yield f"connector.yaml: {path}.{name}: {error}."
                else:
                    yield from _check_condition(f"{path}.{name}", name, condition, structure)


def _check_condition(path: str, name: str, condition: Condition, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each code that a condition names and the PIM lacks. Such a condition would leave every product out
    (negated: none), and no load would say so."""
    attribute = None if name in PROPERTIES else structure.attribute(name)
    of_channels = name in ("completeness", "quality_score")
    scoped, localized = (attribute.scopable, attribute.localizable) if attribute else (of_channels, of_channels)
    channels, scope = list(structure.channels.values()), condition.get("scope")
    if scope and scoped:  # the PIM ignores a scope that the attribute has no use for
        channels = [channel] if (channel := structure.channel(str(scope))) else []
        if not channels:
            yield lacks(f"{path}.scope", "channel", str(scope), (channel.code for channel in structure.channels.values()))
            return
    if localized:
        specific = attribute.locales if attribute is not None else ()
        locales = sorted({locale for c in channels for locale in c.locales if not specific or locale in specific})
        keys = [("locale", [condition.get("locale")])]
        keys += [("locales", condition.get("locales") or [])] if name == "completeness" else []
        for key, codes in keys:
            unknown = _unknown((code for code in codes if code), locales)
            yield from none_of(f"{path}.{key}", unknown, locales, "no locale that there are values for")
    what, existing = _codes_of(name, attribute, structure)
    value = condition.get("value")
    if what and existing and isinstance(value, list):
        for code in _unknown(value, existing):
            yield lacks(path, what, code, existing)


def _unknown(codes: Iterable[Any], existing: Iterable[str]) -> list[str]:
    """The codes that aren't among the existing ones; the PIM's codes compare without regard to case."""
    folded = {fold(code) for code in existing}
    return [code for code in map(str, codes) if fold(code) not in folded]


def _codes_of(name: str, attribute: Attribute | None, structure: Structure) -> tuple[str, list[str]]:
    """What the values of a condition are codes of, and all such codes.

    Empty where they are no codes, or codes of a list that wasn't read (`doctor` leaves the large ones out).
    """
    if attribute is None:
        match name:
            case "family":
                return "family", [family.code for family in structure.families.values()]
            case "categories":
                return "category", [category.code for category in structure.categories.values()]
        return "", []
    reference = fold(attribute.reference or "")
    match attribute.type:
        case "simpleselect" | "multiselect":
            return "option", [option.code for option in attribute.options]
        case "reference_entity" | "reference_entity_collection":
            return "record", [record.code for (entity, _), record in structure.records.items() if entity == reference]
        case "asset_collection":
            return "asset", [asset.code for (family, _), asset in structure.assets.items() if family == reference]
    return "", []
