"""The `search=` parameter as SQL conditions on products and models.

Source: Akeneo API, filters. Conditions are ANDed; `updated` means the greatest stamp of the product and its models, `>` and
`<` are strict, BETWEEN is inclusive, `=` is the exact second, and times without offset are in the PIM's zone.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import orjson

from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_refusals import ApiError
from sandbox.pim.pim_structure import Structure


def refused(message: str) -> ApiError:
    """A 422 about a filter."""
    return ApiError(422, message)


class _Raw(msgspec.Struct):
    """The forms that a condition's own properties have, whatever it is about."""

    operator: str
    locale: str | None = None
    scope: str | None = None
    channel: str | None = None
    locales: list[str] | None = None


@dataclass(frozen=True)
class Sql:
    """A condition and its arguments."""

    text: str
    args: tuple[object, ...] = ()


@dataclass(frozen=True)
class Condition:
    """One parsed condition on one property of the `table` (`product` or `model`, aliased `p`)."""

    table: str
    field: str
    operator: str
    value: Any
    locale: str | None
    scope: str | None
    locales: list[str]
    structure: Structure

    def refuse(self) -> ApiError:
        return refused(f'Filter on property "{self.field}" is not supported or does not support operator "{self.operator}".')

    def expects(self, what: str) -> ApiError:
        return refused(f'Property "{self.field}" expects {what} as data, {orjson.dumps(self.value).decode()} given.')

    def strings(self) -> list[str]:
        if not isinstance(self.value, list) or any(not isinstance(v, str) for v in self.value):
            raise self.expects("an array of strings")
        return self.value

    def string(self) -> str:
        if not isinstance(self.value, str):
            raise self.expects("a string")
        return self.value


def parse_search(text: str) -> Doc:
    """The JSON of the parameter. Raises ApiError: 400 when it is no object, 422 when it doesn't hold arrays of conditions."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise ApiError(400, "Search query parameter should be valid JSON.") from wrong
    if not isinstance(parsed, dict):
        raise ApiError(400, "Search query parameter should be valid JSON.")
    for name, conditions in parsed.items():
        if not isinstance(conditions, list) or not conditions or any(not isinstance(c, dict) for c in conditions):
            raise refused(
                f'Structure of filter "{name}" should respect this structure: '
                f'{{"{name}":[{{"operator": "my_operator", "value": "my_value"}}]}}',
            )
        for condition in conditions:
            if "operator" not in condition:
                raise refused(f'Operator is missing for the property "{name}".')
            try:
                msgspec.convert(condition, _Raw)
            except msgspec.ValidationError as wrong:
                raise refused(f'The condition on the property "{name}" can not be read: {wrong}.') from wrong
    return parsed


def conditions_sql(structure: Structure, table: str, parsed: Doc, defaults: Doc) -> list[Sql]:
    """Each condition as SQL on `p`. `defaults` may hold `locale` and `scope` (search_locale, search_scope)."""
    result = []
    for name, conditions in parsed.items():
        for raw in conditions:
            condition = Condition(
                table=table,
                field=name,
                operator=raw["operator"].upper(),
                value=raw.get("value"),
                locale=raw.get("locale", defaults.get("locale")),
                scope=raw.get("scope", defaults.get("scope")),
                locales=raw.get("locales") or [],
                structure=structure,
            )
            _check_places(condition)
            result.append(_builder(condition)(condition))
    return result


def _check_places(c: Condition) -> None:
    check_locales(c.structure, [locale for locale in [c.locale, *c.locales] if locale is not None])
    if c.scope is not None:
        check_scope(c.structure, c.scope)


def check_locales(structure: Structure, locales: list[str]) -> None:
    """Raises ApiError 422 for locales that are not active."""
    unknown = [locale for locale in locales if locale not in structure.locales]
    several = 'Locales "%s" do not exist or are not activated.'
    refuse_any(unknown, 'Locale "%s" does not exist or is not activated.', several)


def check_scope(structure: Structure, code: str) -> Doc:
    """The channel. Raises ApiError 422."""
    found = structure.channels.get(code.lower())
    if found is None:
        raise refused(f'Scope "{code}" does not exist.')
    return found


def refuse_any(codes: list[str], one: str, several: str) -> None:
    """Raises ApiError 422 when there are codes, named in the place of `%s`."""
    if codes:
        raise refused((one if len(codes) == 1 else several) % ", ".join(codes))


def _builder(c: Condition) -> Callable[[Condition], Sql]:
    builder = (_PRODUCT_FIELDS if c.table == "product" else _MODEL_FIELDS).get(c.field)
    if builder is not None:
        return builder
    if c.structure.attribute(c.field) is None:
        raise refused(f'Filter on property "{c.field}" is not supported or does not support operator "{c.operator}".')
    return _identifier if c.field == c.structure.main_identifier and c.table == "product" else _value


def _marks(values: list[Any]) -> str:
    return ",".join("?" * len(values))


def _column(name: str) -> Callable[[Condition], Sql]:
    """IN, NOT IN, EMPTY, NOT EMPTY on a column."""

    def build(c: Condition) -> Sql:
        match c.operator:
            case "IN":
                values = c.strings()
                # One value goes through the index that is ordered by uuid; several walk the covering index instead of sorting.
                column = name if len(values) == 1 else f"+{name}"
                return Sql(f"{column} COLLATE NOCASE IN ({_marks(values)})" if len(values) != 1 else f"{name} = ?", tuple(values))
            case "NOT IN":
                values = c.strings()
                return Sql(f"({name} IS NULL OR +{name} COLLATE NOCASE NOT IN ({_marks(values)}))", tuple(values))
            case "EMPTY":
                return Sql(f"{name} IS NULL")
            case "NOT EMPTY":
                return Sql(f"{name} IS NOT NULL")
        raise c.refuse()

    return build


def _family(c: Condition) -> Sql:
    if c.operator in ("IN", "NOT IN"):
        for code in c.strings():
            if code.lower() not in c.structure.families:
                raise refused(f'Property "family" expects a valid family code. The family does not exist, "{code}" given.')
    return _column("p.family")(c)


def _uuid(c: Condition) -> Sql:
    if c.operator not in ("IN", "NOT IN"):
        raise c.refuse()
    values = [v.lower() for v in c.strings()]
    return Sql(f"p.uuid {c.operator} ({_marks(values)})", tuple(values))


def _identifier(c: Condition) -> Sql:
    return _text_column("p.identifier", c)


def _code(c: Condition) -> Sql:
    return _text_column("p.code", c)


def _text_column(column: str, c: Condition) -> Sql:
    """IN (at most 100), =, parts of the text, and their opposites: of those, NOT IN alone holds for rows without text."""
    opposite = _OPPOSITES.get(c.operator)
    if opposite is not None:
        met = _text_column(column, replace(c, operator=opposite))
        return Sql(f"NOT coalesce({met.text}, {int(c.operator != 'NOT IN')})", met.args)
    match c.operator:
        case "IN":
            values = c.strings()
            if len(values) > 100:
                raise refused(f'You cannot request more than 100 {c.field} values with the "IN" operator.')
            return Sql(f"{column} IN ({_marks(values)})", tuple(values))
        case "=":
            return Sql(f"{column} = ?", (c.string(),))
        case "STARTS WITH":
            return Sql(f"instr(lower({column}), ?) = 1", (c.string().lower(),))
        case "CONTAINS":
            return Sql(f"instr(lower({column}), ?) > 0", (c.string().lower(),))
        case "EMPTY":
            return Sql(f"{column} IS NULL")
    raise c.refuse()


_OPPOSITES = {"NOT IN": "IN", "!=": "=", "DOES NOT CONTAIN": "CONTAINS", "NOT BETWEEN": "BETWEEN", "NOT EMPTY": "EMPTY"}


def _enabled(c: Condition) -> Sql:
    if not isinstance(c.value, bool):
        raise c.expects("a boolean")
    if c.operator not in ("=", "!="):
        raise c.refuse()
    return Sql("p.enabled = ?", (int(c.value == (c.operator == "=")),))


def _parent(c: Condition) -> Sql:
    match c.operator:
        case "=":
            own = "" if c.table == "product" else " AND p.code != ?"
            code = c.string()
            return Sql(f"((p.parent = ? OR p.root = ?){own})", (code, code) if not own else (code, code, code))
        case "IN":
            values = c.strings()
            return Sql(f"p.parent IN ({_marks(values)})", tuple(values))
        case "EMPTY":
            return Sql("p.parent IS NULL")
        case "NOT EMPTY":
            return Sql("p.parent IS NOT NULL")
    raise c.refuse()


def _groups(c: Condition) -> Sql:
    match c.operator:
        case "IN" | "NOT IN":
            values = c.strings()
            word = "EXISTS" if c.operator == "IN" else "NOT EXISTS"
            found = f"SELECT 1 FROM json_each(p.groups) j WHERE j.value COLLATE NOCASE IN ({_marks(values)})"
            return Sql(f"{word} ({found})", tuple(values))
        case "EMPTY":
            return Sql("p.groups = '[]'")
        case "NOT EMPTY":
            return Sql("p.groups != '[]'")
    raise c.refuse()


def _categories(c: Condition) -> Sql:
    side = f"{c.table}_category"
    none = f"NOT EXISTS (SELECT 1 FROM {side} x WHERE x.id = p.id)"
    if c.operator == "UNCLASSIFIED":
        return Sql(none)
    if c.operator not in ("IN", "NOT IN", "IN CHILDREN", "NOT IN CHILDREN", "IN OR UNCLASSIFIED"):
        raise c.refuse()
    codes = c.strings()
    unknown = [code for code in codes if code.lower() not in c.structure.categories]
    refuse_any(unknown, 'Category "%s" does not exist.', 'Categories "%s" do not exist.')
    if "CHILDREN" in c.operator:
        codes = list(dict.fromkeys(below for code in codes for below in c.structure.subtree(code)))
    word = "NOT IN" if c.operator.startswith("NOT") else "IN"
    text = f"p.id {word} (SELECT id FROM {side} WHERE category IN ({_marks(codes)}))"
    return Sql(f"({text} OR {none})" if c.operator == "IN OR UNCLASSIFIED" else text, tuple(codes))


def in_tree(structure: Structure, table: str, channel: str) -> Sql:
    """The condition that `scope=` brings along: categorised somewhere in the channel's tree. Raises ApiError 422."""
    codes = structure.subtree(check_scope(structure, channel)["category_tree"])
    return Sql(f"p.id IN (SELECT id FROM {table}_category WHERE category IN ({_marks(codes)}))", tuple(codes))


def _time(column: str) -> Callable[[Condition], Sql]:
    def build(c: Condition) -> Sql:
        match c.operator:
            case "=" | "!=" | "<" | ">":
                return Sql(f"{column} {c.operator} ?", (_seconds(c, c.value),))
            case "BETWEEN" | "NOT BETWEEN":
                if not isinstance(c.value, list) or len(c.value) != 2:
                    raise c.expects('an array with two strings with the format "yyyy-mm-dd H:i:s"')
                return Sql(f"{column} {c.operator} ? AND ?", (_seconds(c, c.value[0]), _seconds(c, c.value[1])))
            case "SINCE LAST N DAYS":
                if not isinstance(c.value, int):
                    raise c.expects("an integer")
                return Sql(f"{column} > ?", (int(time.time()) - 86400 * c.value,))
        raise c.refuse()

    return build


def _seconds(c: Condition, value: Any) -> int:
    try:
        return int(datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=c.structure.zone).timestamp())
    except (TypeError, ValueError) as wrong:
        raise c.expects('a string with the format "yyyy-mm-dd H:i:s"') from wrong


_COMPARISONS = {
    "LOWER THAN ON ALL LOCALES": "<",
    "LOWER OR EQUALS THAN ON ALL LOCALES": "<=",
    "GREATER THAN ON ALL LOCALES": ">",
    "GREATER OR EQUALS THAN ON ALL LOCALES": ">=",
}


def _completeness(c: Condition) -> Sql:
    if c.scope is None:
        raise refused('Property "completeness" expects a valid scope.')
    channel = c.structure.channels[c.scope.lower()]["code"]
    if not isinstance(c.value, int):
        raise c.expects("an integer")
    row = "SELECT 1 FROM json_each(p.completenesses) j WHERE j.value ->> 'scope' = ?"
    if c.operator in _COMPARISONS:
        if not c.locales:
            raise refused('Property "completeness" expects an array with the key "locales".')
        met = f"{row} AND j.value ->> 'locale' = ? AND j.value ->> 'data' {_COMPARISONS[c.operator]} ?"
        return Sql(
            " AND ".join(f"EXISTS ({met})" for _ in c.locales),
            tuple(a for locale in c.locales for a in (channel, locale, c.value)),
        )
    if c.operator not in ("=", "!=", "<", "<=", ">", ">="):
        raise c.refuse()
    # Without locale one locale that meets the condition is enough.
    place, args = ("", ()) if c.locale is None else (" AND j.value ->> 'locale' = ?", (c.locale,))
    return Sql(f"EXISTS ({row}{place} AND j.value ->> 'data' {c.operator} ?)", (channel, *args, c.value))


def _model_completeness(c: Condition) -> Sql:
    if c.scope is None:
        raise refused('Property "completeness" expects a valid scope.')
    if c.operator not in ("AT LEAST COMPLETE", "AT LEAST INCOMPLETE", "ALL COMPLETE", "ALL INCOMPLETE"):
        raise c.refuse()
    channel = c.structure.channels[c.scope.lower()]["code"]
    place, args = ("", ()) if c.locale is None else (" AND j.value ->> 'locale' = ?", (c.locale,))
    full = (
        f"EXISTS (SELECT 1 FROM json_each(v.completenesses) j WHERE j.value ->> 'scope' = ?{place} AND j.value ->> 'data' = 100)"
    )
    variants = "SELECT 1 FROM product v WHERE (v.parent = p.code OR v.root = p.code)"
    wanted = full if c.operator.endswith(" COMPLETE") else f"NOT {full}"
    other = f"NOT {full}" if wanted == full else full
    some = f"EXISTS ({variants} AND {wanted})"
    if c.operator.startswith("AT LEAST"):
        return Sql(some, (channel, *args))
    return Sql(f"{some} AND NOT EXISTS ({variants} AND {other})", (channel, *args, channel, *args))


def _quality(c: Condition) -> Sql:
    if c.operator != "IN":
        raise c.refuse()
    if c.scope is None or c.locale is None:
        raise refused('Property "quality_score" expects a valid scope and locale.')
    return Sql("0" if "A" not in c.strings() else "1")


# Values of attributes: read and compared in Python, because they lie in texts at up to three levels.

_VALUE_OPERATORS = frozenset({
    "=", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "EMPTY", "NOT EMPTY", "CONTAINS", "DOES NOT CONTAIN", "STARTS WITH",
    "BETWEEN", "NOT BETWEEN",
})  # fmt: skip


def _value(c: Condition) -> Sql:
    if c.operator not in _VALUE_OPERATORS:
        raise c.refuse()
    attribute = c.structure.attribute(c.field)
    assert attribute is not None
    if attribute["localizable"] and c.locale is None:
        raise refused(f'Attribute "{attribute["code"]}" expects a locale, none given.')
    if attribute["scopable"] and c.scope is None:
        raise refused(f'Attribute "{attribute["code"]}" expects a scope, none given.')
    _check_value(c)
    wanted = orjson.dumps(
        {
            "attribute": attribute["code"],
            "locale": c.locale if attribute["localizable"] else None,
            "scope": c.structure.channels[c.scope.lower()]["code"] if attribute["scopable"] and c.scope else None,
            "operator": c.operator,
            "value": c.value,
        }
    ).decode()
    above = "(SELECT a.vals FROM model a WHERE a.code = p.parent), (SELECT r.vals FROM model r WHERE r.code = p.root)"
    met = Sql(f"value_matches(?, p.vals, {above})", (wanted,))
    if c.operator != "EMPTY":
        return met
    has = _has_attribute(c, attribute["code"].lower())
    return Sql(f"({has.text} AND {met.text})", (*has.args, *met.args))


def _check_value(c: Condition) -> None:
    """Raises ApiError 422 for a value that the operator can't be used with."""
    match c.operator:
        case "IN" | "NOT IN":
            if not isinstance(c.value, list):
                raise c.expects("an array")
        case "BETWEEN" | "NOT BETWEEN":
            if not isinstance(c.value, list) or len(c.value) != 2:
                raise c.expects("an array with two values")
        case "CONTAINS" | "DOES NOT CONTAIN" | "STARTS WITH":
            c.string()
        case operator if not operator.endswith("EMPTY"):
            if isinstance(c.value, list):
                raise c.expects("a single value")


def _has_attribute(c: Condition, attribute: str) -> Sql:
    """Only what could hold a value is EMPTY: the attribute is in its family and, for a model, at its level or above."""
    structure = c.structure
    if c.table == "product":
        families = [f["code"] for f in structure.families.values() if attribute in {a.lower() for a in f["attributes"]}]
        return Sql(f"p.family IN ({_marks(families)})", tuple(families))
    root = [v for v in structure.family_variants if attribute in structure.level_attributes(v, 0)]
    sub = [v for v in structure.family_variants if structure.levels(v) > 1 and attribute in structure.level_attributes(v, 1)]
    text = f"(p.family_variant IN ({_marks(root)}) OR p.parent IS NOT NULL AND p.family_variant IN ({_marks(sub)}))"
    return Sql(text, (*root, *sub))


_DECODER = json.JSONDecoder()
"""For one attribute's values out of a level's text: the standard library's decoder can start in the middle."""


@lru_cache(maxsize=64)
def _wanted(text: str) -> Doc:
    parsed: Doc = orjson.loads(text)
    return parsed


def value_matches(condition: str, *levels: str | None) -> bool:
    """The SQL function behind conditions on attributes: does the value at the wanted place meet it?"""
    wanted = _wanted(condition)
    needle = f'"{wanted["attribute"]}":['
    data = None
    for text in reversed(levels):  # an own value stands in for an inherited one
        place = -1 if text is None else text.find(needle)
        if text is not None and place >= 0:
            for value in _DECODER.raw_decode(text, place + len(needle) - 1)[0]:
                if value["locale"] == wanted["locale"] and value["scope"] == wanted["scope"]:
                    data = value["data"]
    return _meets(data, wanted["operator"], wanted["value"])


def _meets(data: Any, operator: str, value: Any) -> bool:
    if operator == "EMPTY":
        return data is None
    if data is None:
        return operator == "NOT IN"
    if operator == "NOT EMPTY":
        return True
    met = any(_holds(d, _OPPOSITES.get(operator, operator), value) for d in _parts(data, value))
    return met is (operator not in _OPPOSITES)


def _parts(data: Any, value: Any) -> list[Any]:
    """What is compared: each code of a multi-select, the amount in the asked currency or unit, else the data itself."""
    if isinstance(data, list):
        if isinstance(value, dict) and "currency" in value:
            return [d["amount"] for d in data if d["currency"] == value["currency"]]
        return list(data)
    if isinstance(data, dict):
        return [data["amount"]] if isinstance(value, dict) and value.get("unit") == data.get("unit") and "amount" in data else []
    return [data]


def _holds(data: Any, operator: str, value: Any) -> bool:
    if isinstance(value, dict) and "amount" in value:
        value = value["amount"]
    match operator:
        case "IN":
            return any(_comparable(data) == _comparable(v) for v in value)
        case "CONTAINS":
            return str(value).lower() in str(data).lower()
        case "STARTS WITH":
            return str(data).lower().startswith(str(value).lower())
        case "BETWEEN":
            return _holds(data, ">=", value[0]) and _holds(data, "<=", value[1])
    left, right = _comparable(data), _comparable(value)
    if isinstance(left, str) and isinstance(right, str) and len(left) == 25 and len(right) == 10:
        left = left[:10]  # a date asked by its day
    if type(left) is not type(right):
        return False
    return bool({"=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator])


def _comparable(data: Any) -> Any:
    if isinstance(data, bool):
        return data
    try:
        return float(data)
    except (TypeError, ValueError):
        return str(data).lower()


_PRODUCT_FIELDS: dict[str, Callable[[Condition], Sql]] = {
    "uuid": _uuid,
    "identifier": _identifier,
    "family": _family,
    "groups": _groups,
    "categories": _categories,
    "enabled": _enabled,
    "parent": _parent,
    "completeness": _completeness,
    "created": _time("p.created"),
    "updated": _time("p.touched"),
    "quality_score": _quality,
}
_MODEL_FIELDS: dict[str, Callable[[Condition], Sql]] = {
    "identifier": _code,
    "code": _code,
    "family": _family,
    "categories": _categories,
    "parent": _parent,
    "completeness": _model_completeness,
    "created": _time("p.created"),
    "updated": _time("p.touched"),
    "quality_score": _quality,
}
