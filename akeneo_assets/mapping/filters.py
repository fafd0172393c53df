"""The PIM's `search` filters, evaluated on items already read.

Belongs here: the operators that can be decided from an item and the structure. Doesn't: those that only the PIM can decide
(`updated`, whose index takes the ancestors' stamps; periods before now; comparisons across units). `Filter.unsupported` names
them, so that the PIM can be asked.

Texts compare without regard to case, as in the PIM's index. A negated condition on a text needs a value (`!=` doesn't match a
product without one), on options it doesn't. Only an attribute that the family gives a product can be EMPTY.
Source: facts, Akeneo API, search.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akeneo_assets.mapping.frame import Item
from akeneo_assets.mapping.problems import MALFORMED, complaint
from akeneo_assets.mapping.texts import UnmappableError, plain_decimal
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold
from akeneo_assets.structure.value_picking import NO_LOCALE, value_in

Condition = Mapping[str, Any]
"""One condition of a search: `operator`, mostly `value`, for some attributes `scope` and `locale`."""

Test = Callable[[Item], bool]
Of = Callable[[Item], Any]
"""What of an item a condition is about."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled search.

    `matches` decides an item. UnmappableError: the item's data has another shape than the condition. `unsupported` names the
    conditions that only the PIM can decide, as `updated >`; `matches` passes over them.
    """

    matches: Test
    unsupported: tuple[str, ...]


PROPERTIES: Final = (
    *("uuid", "identifier", "code", "family", "groups", "categories", "enabled", "parent", "completeness", "created", "updated"),
    "quality_score",
)
"""What a search may ask besides attributes."""


def compile_filter(search: Mapping[str, Sequence[Condition]], structure: Structure) -> Filter:
    """The filter of a `search` JSON: all of its conditions must hold.

    Items need `identifier` (a product's main identifier) or `code`. ValueError: the PIM would refuse a condition; the message
    goes on from the condition's name: `IN needs a list of values`.
    """
    tests: list[tuple[str, Test]] = []
    unsupported = []
    for name, conditions in search.items():
        for condition in conditions:
            test = _test(name, condition, structure)
            if test is None:
                unsupported.append(f"{name} {condition['operator']}")
            else:
                tests.append((name, test))
    return Filter(lambda item: all(_asked(name, test, item) for name, test in tests), tuple(unsupported))


def _asked(name: str, test: Test, item: Item) -> bool:
    try:
        return test(item)
    except MALFORMED as error:
        raise UnmappableError(f"can't be asked of '{name}': {complaint(error)}") from error


def _test(name: str, condition: Condition, structure: Structure) -> Test | None:
    operator = str(condition["operator"]).upper()
    value = condition.get("value")
    _check(operator, value)
    match name:
        case "uuid" | "identifier" | "code":
            return _texts(
                operator,
                value,
                lambda item: item.get("identifier", item.get("code")) if name != "uuid" else item.get("uuid"),
                False,
            )
        case "family" | "parent" if operator != "=":
            return _codes(operator, value, lambda item: [item[name]] if item.get(name) else [])
        case "groups":
            return _codes(operator, value, lambda item: item.get("groups") or [])
        case "categories":
            return _categories(operator, value, structure)
        case "enabled":
            return _equality(operator, value, lambda item: item.get("enabled"))
        case "created":
            return _dates(operator, value, lambda item: item.get("created"))
        case "completeness":
            return _completeness(operator, condition)
        case "updated" | "parent" | "quality_score":
            return None
        case _:
            attribute = structure.attribute(name)
            return None if attribute is None else _attribute(attribute, operator, condition, structure)


def _check(operator: str, value: Any) -> None:
    if operator in _WITHOUT_VALUE:
        return
    if operator in ("BETWEEN", "NOT BETWEEN"):
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError(f"{operator} needs a list of two values")
    elif re.search(r"\bIN\b", operator):
        if not isinstance(value, list):
            raise ValueError(f"{operator} needs a list of values")
    elif value is None or isinstance(value, list):
        raise ValueError(f"{operator} needs one value")


_WITHOUT_VALUE: Final = (
    *("EMPTY", "NOT EMPTY", "UNCLASSIFIED"),
    *("AT LEAST COMPLETE", "AT LEAST INCOMPLETE", "ALL COMPLETE", "ALL INCOMPLETE"),
)


# --- Properties -----------------------------------------------------------------------------------------------------------------


def _codes(operator: str, value: Any, of: Callable[[Item], Sequence[str]]) -> Test | None:
    wanted = {fold(str(v)) for v in value} if isinstance(value, list) else set()
    tests: dict[str, Test] = {
        "IN": lambda item: any(fold(code) in wanted for code in of(item)),
        "NOT IN": lambda item: not any(fold(code) in wanted for code in of(item)),
        "EMPTY": lambda item: not of(item),
        "NOT EMPTY": lambda item: bool(of(item)),
    }
    return tests.get(operator)


def _categories(operator: str, value: Any, structure: Structure) -> Test | None:
    wanted = {fold(str(v)) for v in value} if isinstance(value, list) else set()
    if "CHILDREN" in operator:
        wanted |= set(_below(wanted, structure))
        operator = operator.removesuffix(" CHILDREN")

    def categories_of(item: Item) -> set[str]:
        return {fold(code) for code in item.get("categories") or ()}

    tests: dict[str, Test] = {
        "IN": lambda item: bool(categories_of(item) & wanted),
        "NOT IN": lambda item: not categories_of(item) & wanted,
        "UNCLASSIFIED": lambda item: not categories_of(item),
        "IN OR UNCLASSIFIED": lambda item: not categories_of(item) or bool(categories_of(item) & wanted),
    }
    return tests.get(operator)


def _below(wanted: set[str], structure: Structure) -> Iterator[str]:
    for key, category in structure.categories.items():
        above = category
        while above.parent and fold(above.parent) not in wanted and fold(above.parent) in structure.categories:
            above = structure.categories[fold(above.parent)]
        if above.parent and fold(above.parent) in wanted:
            yield key


def _completeness(operator: str, condition: Condition) -> Test | None:
    if not condition.get("scope"):
        raise ValueError(f"{operator} needs a scope: the channel whose completeness is meant")
    if (named := condition.get("locales")) and not isinstance(named, list):
        raise ValueError(f"{operator} needs locales as a list")
    every = operator.endswith(" ON ALL LOCALES")
    word = operator.removesuffix(" ON ALL LOCALES")
    compare = _COMPARISONS.get(_IN_WORDS.get(word, word))
    if compare is None:
        return None
    scope, wanted = fold(str(condition["scope"])), _decimal(operator, condition["value"])
    locales = {fold(str(locale)) for locale in named or [condition.get("locale")] if locale}

    def test(item: Item) -> bool:
        reached = [
            compare(Decimal(c["data"]), wanted)
            for c in item.get("completenesses") or ()
            if fold(c["scope"]) == scope and (not locales or fold(c["locale"]) in locales)
        ]
        return bool(reached) and (all(reached) if every else any(reached))

    return test


_IN_WORDS: Final = {
    "GREATER THAN": ">",
    "GREATER OR EQUALS THAN": ">=",
    "LOWER THAN": "<",
    "LOWER OR EQUALS THAN": "<=",
}


def _decimal(operator: str, value: Any) -> Decimal:
    try:
        return Decimal(plain_decimal(value))
    except UnmappableError as error:
        raise ValueError(f"{operator} needs a number: {error}") from error


def _equality(operator: str, value: Any, of: Of) -> Test | None:
    if value is not True and value is not False:
        raise ValueError(f"{operator} needs true or false")
    tests: dict[str, Test] = {
        "=": lambda item: of(item) == value,
        "!=": lambda item: of(item) is not None and of(item) != value,
    }
    return tests.get(operator)


# --- Values ---------------------------------------------------------------------------------------------------------------------


def _attribute(attribute: Attribute, operator: str, condition: Condition, structure: Structure) -> Test | None:
    def required(key: str) -> str:
        if not condition.get(key):
            raise ValueError(f"{operator} needs a {key}: the attribute has a value for each")
        return str(condition[key])

    # What the attribute doesn't tell apart the PIM passes over.
    locales = (_locale(required("locale"), structure),) if attribute.localizable else NO_LOCALE
    channel = _channel(required("scope"), structure) if attribute.scopable else None

    def of(item: Item) -> Any:
        value = value_in((item.get("values") or {}).get(attribute.code) or (), channel, locales)
        return None if value is None else value["data"]

    value = condition.get("value")
    if operator == "EMPTY":
        return lambda item: of(item) in (None, "", []) and _may_have(item, attribute, structure)
    if operator == "NOT EMPTY":
        return lambda item: of(item) not in (None, "", [])
    return _of_type(attribute.type, operator, value, of)


def _channel(code: str, structure: Structure) -> str:
    """The channel's code as the PIM spells it."""
    channel = structure.channel(code)
    return channel.code if channel else code


def _locale(code: str, structure: Structure) -> str:
    """The locale's code as the PIM spells it."""
    locales = (locale for channel in structure.channels.values() for locale in channel.locales)
    return next((locale for locale in locales if fold(locale) == fold(code)), code)


def _may_have(item: Item, attribute: Attribute, structure: Structure) -> bool:
    """Whether the item's family gives it the attribute, on its own level of the family variant or above."""
    family = structure.family(item.get("family"))
    if family is None or fold(attribute.code) not in family.attributes:
        return False
    variant = structure.family_variant(item.get("family"), item.get("family_variant"))  # models alone name theirs
    return variant is None or variant.levels.get(fold(attribute.code), 0) <= (1 if item.get("parent") else 0)


def _of_type(type_: str, operator: str, value: Any, of: Of) -> Test | None:
    match type_:
        case "text" | "textarea" | "identifier" | "image" | "file":
            return _texts(operator, value, of, True)
        case "simpleselect" | "reference_entity" | "reference_data_simpleselect":
            return _codes(operator, value, lambda item: [data] if (data := of(item)) is not None else [])
        case "multiselect" | "reference_entity_collection" | "reference_data_multiselect" | "asset_collection":
            return _codes(operator, value, lambda item: _several(of(item)))
        case "boolean":
            return _equality(operator, value, of)
        case "number":
            return _numbers(operator, value, of)
        case "date":
            return _dates(operator, value, of)
        case _:
            return None


def _several(data: Any) -> Sequence[str]:
    if data is not None and not isinstance(data, list):
        raise TypeError
    return data or ()


def _texts(operator: str, value: Any, of: Of, needs_value: bool) -> Test | None:
    wanted = {fold(str(v)) for v in value} if isinstance(value, list) else {fold(str(value))}
    only = next(iter(wanted), "")
    compare: dict[str, Callable[[str], bool]] = {
        "=": lambda text: text == only,
        "!=": lambda text: text != only,
        "IN": lambda text: text in wanted,
        "NOT IN": lambda text: text not in wanted,
        "STARTS WITH": lambda text: text.startswith(only),
        "CONTAINS": lambda text: only in text,
        "DOES NOT CONTAIN": lambda text: only not in text,
    }
    if operator in ("EMPTY", "NOT EMPTY"):
        return lambda item: (of(item) in (None, "")) is (operator == "EMPTY")
    test_of_text = compare.get(operator)
    negated = operator in ("!=", "NOT IN", "DOES NOT CONTAIN")
    if test_of_text is None:
        return None

    def test(item: Item) -> bool:
        data = of(item)
        return (negated and not needs_value) if data is None else test_of_text(fold(str(data)))

    return test


_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def _numbers(operator: str, value: Any, of: Of) -> Test | None:
    compare = _COMPARISONS.get(operator)
    if compare is None:
        return None
    wanted = _decimal(operator, value)

    def test(item: Item) -> bool:
        data = of(item)
        return data is not None and compare(Decimal(plain_decimal(data)), wanted)

    return test


def _dates(operator: str, value: Any, of: Of) -> Test | None:
    # Both sides are wall-clock texts of the PIM's zone: `2024-01-31 10:00:00`, or a day alone.
    def clock(text: Any) -> str:
        return str(text)[:19].replace("T", " ")

    if operator in ("BETWEEN", "NOT BETWEEN"):
        first, last = (clock(v) for v in value)
        inside = operator == "BETWEEN"
        return lambda item: (data := of(item)) is not None and (first <= clock(data)[: len(first)] <= last) is inside
    compare = _COMPARISONS.get(operator)
    if compare is None or operator in ("<=", ">="):
        return None
    wanted = clock(value)
    return lambda item: (data := of(item)) is not None and compare(clock(data)[: len(wanted)], wanted)
