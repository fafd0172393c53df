"""What form each property of a body has: a wrong form is a 422, before anything else looks at it.

Forms only: whether a code exists, or an attribute takes the data, is checked where they are used.
Source: Akeneo API, bodies of POST and PATCH.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

import msgspec
import orjson

from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_refusals import documented
from sandbox.pim.resource_kinds import DEFAULTS, NEWER


class _Value(TypedDict, total=False):
    locale: str | None
    scope: str | None
    channel: str | None
    data: Any


class _Quantity(TypedDict, total=False):
    uuid: str
    identifier: str
    quantity: int


class _Set(msgspec.Struct):
    level: int
    axes: list[str]
    attributes: list[str] = []


_VALUES = dict[str, list[_Value]]
_ITEM: dict[str, Any] = {
    "uuid": str,
    "identifier": str | None,
    "enabled": bool,
    "family": str | None,
    "parent": str | None,
    "groups": list[str],
    "categories": list[str],
    "values": _VALUES,
    "associations": dict[str, dict[str, list[str]]],
    "quantified_associations": dict[str, dict[str, list[_Quantity]]],
}
_BY_DEFAULT: dict[type, Any] = {bool: bool, int: int, list: list[str], dict: dict[str, Any]}
_SPECIAL: dict[str, Any] = {
    "code": str,
    "type": str | None,
    "group": str | None,
    "parent": str | None,
    "category_tree": str | None,
    "labels": dict[str, str | None],
    "guidelines": dict[str, str | None],
    "table_configuration": list[dict[str, Any]] | None,
    "attribute_requirements": dict[str, list[str]],
    "variant_attribute_sets": list[_Set],
    "conversion_units": dict[str, str],
    "units": dict[str, dict[str, Any]],
    "product_link_rules": list[Any],
    "transformations": list[Any],
    "is_mandatory": bool | None,
    "decimal_places": int | None,
    "decimal_places_strategy": Literal["round", "forbid", "trim"] | None,
    "channel_requirements": list[str],
}


def _of_kind(defaults: Doc) -> dict[str, Any]:
    """From a kind's defaults; a property without one is a single text, number, boolean or null."""
    single = str | int | float | bool | None
    return {name: _SPECIAL.get(name) or _BY_DEFAULT.get(type(default), single) for name, default in defaults.items()}


SHAPES: dict[str, dict[str, Any]] = {
    "product": _ITEM,
    "model": {**_ITEM, "code": str, "family_variant": str | None},
    **{kind: _of_kind(defaults | dict.fromkeys(NEWER.get(kind, ()))) for kind, defaults in DEFAULTS.items()},
}
SHAPES["attribute_group"]["attributes"] = list[str]
SHAPES["asset"]["values"] = SHAPES["record"]["values"] = _VALUES


_WORDS = {"str": "a string", "bool": "a boolean", "int": "an integer", "array": "an array", "object": "an array"}
"""The API's words for what msgspec expects."""


def check(kind: str, body: Mapping[str, Any], anchor: str) -> None:
    """Raises ApiError 422 for a property of the wrong form; unknown ones are not looked at."""
    for name, given in body.items():
        try:
            msgspec.convert(given, SHAPES[kind].get(name, Any))
        except msgspec.ValidationError as wrong:
            word = next((word for form, word in _WORDS.items() if f"Expected `{form}" in str(wrong)), "another structure")
            text = orjson.dumps(given).decode()
            raise documented(f'Property "{name}" expects {word} as data, {text} given.', anchor) from wrong
