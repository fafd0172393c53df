"""The PIM's `search` filters, evaluated on items already read.

Belongs here: the operators that can be decided from an item and the look-ups. Doesn't: those that only the PIM can decide
(`updated`, whose index takes the ancestors' stamps; periods before now; comparisons across units); `unsupported` names them, for
a walk. Source: Akeneo API, filters. Texts compare case-insensitively, as in the PIM's index; a negated filter of a
text needs a value, of options none; only what the family may have a value of can be empty.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akeneo_assets.mapping.sources import MALFORMED, complaint
from akeneo_assets.mapping.texts import UnmappableError, plain_decimal
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold

Row = Mapping[str, Any]
Condition = Mapping[str, Any]
Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """`matches` decides an item, or raises UnmappableError where its data is of another shape than the condition's;
    `unsupported` names the conditions (`property operator`) that only the PIM can decide, ignored there."""

    matches: Test
    unsupported: tuple[str, ...]


PROPERTIES: Final = (
    *("uuid", "identifier", "code", "family", "groups", "categories", "enabled", "parent", "completeness", "created", "updated"),
    "quality_score",
)
"""What a search may ask besides attributes."""


def compile_filter(search: Mapping[str, Sequence[Condition]], structure: Structure) -> Filter:
    """The filter of a `search` JSON: all of its conditions must hold. The item needs `identifier` (products: the main identifier)
    or `code`. ValueError: a condition that the PIM would refuse, in words that go on from the condition's name."""
    tests: list[tuple[str, Test]] = []
    unsupported = []
    for name, conditions in search.items():
        for condition in conditions:
            test = _test(name, condition, structure)
            if test is None:
                unsupported.append(f"{name} {condition['operator']}")
            else:
                tests.append((name, test))
    return Filter(lambda row: all(_asked(name, test, row) for name, test in tests), tuple(unsupported))


def _asked(name: str, test: Test, row: Row) -> bool:
    try:
        return test(row)
    except MALFORMED as error:
        raise UnmappableError(f"can't be asked of '{name}': {complaint(error)}") from error


def _test(name: str, condition: Condition, structure: Structure) -> Test | None:
    operator = str(condition["operator"]).upper()
    value = condition.get("value")
    _check(operator, value)
    match name:
        case "uuid" | "identifier" | "code":
            return _texts(
                operator, value, lambda row: row.get("identifier", row.get("code")) if name != "uuid" else row.get("uuid"), False
            )
        case "family" | "parent" if operator != "=":
            return _codes(operator, value, lambda row: [row[name]] if row.get(name) else [])
        case "groups":
            return _codes(operator, value, lambda row: row.get("groups") or [])
        case "categories":
            return _categories(operator, value, structure)
        case "enabled":
            return _equality(operator, value, lambda row: row.get("enabled"))
        case "created":
            return _dates(operator, value, lambda row: row.get("created"))
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


def _codes(operator: str, value: Any, of: Callable[[Row], Sequence[str]]) -> Test | None:
    wanted = {fold(str(v)) for v in value} if isinstance(value, list) else set()
    tests: dict[str, Test] = {
        "IN": lambda row: any(fold(code) in wanted for code in of(row)),
        "NOT IN": lambda row: not any(fold(code) in wanted for code in of(row)),
        "EMPTY": lambda row: not of(row),
        "NOT EMPTY": lambda row: bool(of(row)),
    }
    return tests.get(operator)


def _categories(operator: str, value: Any, structure: Structure) -> Test | None:
    wanted = {fold(str(v)) for v in value} if isinstance(value, list) else set()
    if "CHILDREN" in operator:
        wanted |= set(_below(wanted, structure))
        operator = operator.removesuffix(" CHILDREN")

    def held(row: Row) -> set[str]:
        return {fold(code) for code in row.get("categories") or ()}

    tests: dict[str, Test] = {
        "IN": lambda row: bool(held(row) & wanted),
        "NOT IN": lambda row: not held(row) & wanted,
        "UNCLASSIFIED": lambda row: not held(row),
        "IN OR UNCLASSIFIED": lambda row: not held(row) or bool(held(row) & wanted),
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

    def test(row: Row) -> bool:
        reached = [
            compare(Decimal(c["data"]), wanted)
            for c in row.get("completenesses") or ()
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


def _equality(operator: str, value: Any, of: Callable[[Row], Any]) -> Test | None:
    if value is not True and value is not False:
        raise ValueError(f"{operator} needs true or false")
    tests: dict[str, Test] = {
        "=": lambda row: of(row) == value,
        "!=": lambda row: of(row) is not None and of(row) != value,
    }
    return tests.get(operator)


# --- Values ---------------------------------------------------------------------------------------------------------------------


def _attribute(attribute: Attribute, operator: str, condition: Condition, structure: Structure) -> Test | None:
    def place(key: str, needed: bool) -> str:
        if needed and not condition.get(key):
            raise ValueError(f"{operator} needs a {key}: the attribute has a value for each")
        return fold(str(condition[key])) if needed else ""  # the PIM passes over what the attribute has no use for

    locale, scope = place("locale", attribute.localizable), place("scope", attribute.scopable)

    def of(row: Row) -> Any:
        entries = (row.get("values") or {}).get(attribute.code) or ()
        found = (e["data"] for e in entries if fold(e["locale"] or "") == locale and fold(e["scope"] or "") == scope)
        return next(found, None)

    value = condition.get("value")
    if operator == "EMPTY":
        return lambda row: of(row) in (None, "", []) and _may_have(row, attribute, structure)
    if operator == "NOT EMPTY":
        return lambda row: of(row) not in (None, "", [])
    return _of_type(attribute.type, operator, value, of)


def _may_have(row: Row, attribute: Attribute, structure: Structure) -> bool:
    """Whether the item's family gives it the attribute, at its own level of a family variant or above."""
    family = structure.family(row.get("family"))
    if family is None or fold(attribute.code) not in family.attributes:
        return False
    variant = structure.family_variant(row.get("family"), row.get("family_variant"))  # models alone name theirs
    return variant is None or variant.levels.get(fold(attribute.code), 0) <= (1 if row.get("parent") else 0)


def _of_type(type_: str, operator: str, value: Any, of: Callable[[Row], Any]) -> Test | None:
    match type_:
        case "text" | "textarea" | "identifier" | "image" | "file":
            return _texts(operator, value, of, True)
        case "simpleselect" | "reference_entity" | "reference_data_simpleselect":
            return _codes(operator, value, lambda row: [data] if (data := of(row)) is not None else [])
        case "multiselect" | "reference_entity_collection" | "reference_data_multiselect" | "asset_collection":
            return _codes(operator, value, lambda row: _several(of(row)))
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


def _texts(operator: str, value: Any, of: Callable[[Row], Any], needs_value: bool) -> Test | None:
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
        return lambda row: (of(row) in (None, "")) is (operator == "EMPTY")
    found = compare.get(operator)
    negated = operator in ("!=", "NOT IN", "DOES NOT CONTAIN")
    if found is None:
        return None

    def test(row: Row) -> bool:
        data = of(row)
        return (negated and not needs_value) if data is None else found(fold(str(data)))

    return test


_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def _numbers(operator: str, value: Any, of: Callable[[Row], Any]) -> Test | None:
    compare = _COMPARISONS.get(operator)
    if compare is None:
        return None
    wanted = _decimal(operator, value)

    def test(row: Row) -> bool:
        data = of(row)
        return data is not None and compare(Decimal(plain_decimal(data)), wanted)

    return test


def _dates(operator: str, value: Any, of: Callable[[Row], Any]) -> Test | None:
    # Both sides are wall-clock texts of the PIM's zone: `2024-01-31 10:00:00`, or a day alone.
    def clock(text: Any) -> str:
        return str(text)[:19].replace("T", " ")

    if operator in ("BETWEEN", "NOT BETWEEN"):
        first, last = (clock(v) for v in value)
        inside = operator == "BETWEEN"
        return lambda row: (data := of(row)) is not None and (first <= clock(data)[: len(first)] <= last) is inside
    compare = _COMPARISONS.get(operator)
    if compare is None or operator in ("<=", ">="):
        return None
    wanted = clock(value)
    return lambda row: (data := of(row)) is not None and compare(clock(data)[: len(wanted)], wanted)
