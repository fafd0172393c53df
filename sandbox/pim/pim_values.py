"""Attribute values: the PIM's normal form of data, which values are visible now, and the stored JSON text.

Values of one level are `{attribute: [{"locale", "scope", "data"}]}`. Pure functions over the structure.
Source of the forms: Akeneo API, products, the `data` format.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_structure import Key, Structure

Values = dict[str, list[Doc]]

HREF = '"href":"pim-base:'
"""Stands for the server's address in stored texts: JSON strings hold no unescaped quote, so no text can be mistaken for it."""

MEDIA_TYPES = frozenset({"pim_catalog_image", "pim_catalog_file"})
REFERENCE_TYPES = frozenset({"akeneo_reference_entity", "akeneo_reference_entity_collection", "pim_catalog_asset_collection"})
SELECT_TYPES = frozenset({"pim_catalog_simpleselect", "pim_catalog_multiselect"})


class BadDataError(ValueError):
    """Data that an attribute can't hold; the text says what it expects."""


def normal_data(structure: Structure, attribute: Doc, data: Any) -> Any:
    """Data as the PIM answers it: amounts as decimal strings or integers, dates at midnight with offset.

    Empty data comes back as None. Raises BadDataError.
    """
    if data is None or data in ("", []):
        return None
    form = _FORMS.get(attribute["type"])
    return data if form is None else form(structure, attribute, data)


def _amount(attribute: Doc, raw: Any, decimals: int) -> str | int:
    try:
        number = Decimal(str(raw))
    except InvalidOperation as wrong:
        raise BadDataError(
            f'The {attribute["code"]} attribute requires a number, and the submitted "{raw}" value is not.'
        ) from wrong
    if not attribute["decimals_allowed"]:
        if number != number.to_integral_value():
            raise BadDataError(f"The {attribute['code']} attribute requires a non-decimal value, and {raw} is not a valid value.")
        return int(number)
    places = max(decimals, -int(number.normalize().as_tuple().exponent))
    return f"{number:.{places}f}"


def _number(_: Structure, attribute: Doc, data: Any) -> Any:
    return _amount(attribute, data, 4)


def _metric(_: Structure, attribute: Doc, data: Any) -> Any:
    if not isinstance(data, dict) or "amount" not in data or "unit" not in data:
        raise BadDataError(f'Property "{attribute["code"]}" expects an array with the keys "amount" and "unit" as data.')
    return None if data["amount"] in (None, "") else {"amount": _amount(attribute, data["amount"], 4), "unit": data["unit"]}


def _prices(_: Structure, attribute: Doc, data: Any) -> Any:
    if not isinstance(data, list) or any(not isinstance(p, dict) or "currency" not in p for p in data):
        raise BadDataError(
            f'Property "{attribute["code"]}" expects an array of prices with the keys "amount" and "currency" as data.'
        )
    prices = [
        {"amount": _amount(attribute, p["amount"], 2), "currency": p["currency"]}
        for p in data
        if p.get("amount") not in (None, "")
    ]
    return sorted(prices, key=lambda p: str(p["currency"])) or None


def _date(structure: Structure, attribute: Doc, data: Any) -> Any:
    try:
        day = datetime.fromisoformat(str(data)[:10])
    except ValueError as wrong:
        raise BadDataError(
            f'Property "{attribute["code"]}" expects a string with the format "yyyy-mm-dd" as data, "{data}" given.'
        ) from wrong
    return day.replace(tzinfo=structure.zone).isoformat()


def _boolean(_: Structure, attribute: Doc, data: Any) -> Any:
    if not isinstance(data, bool):
        raise BadDataError(f'Property "{attribute["code"]}" expects a boolean as data, "{data}" given.')
    return data


def _text(_: Structure, attribute: Doc, data: Any) -> Any:
    if not isinstance(data, str):
        raise BadDataError(f"The {attribute['code']} attribute requires a string, a {type(data).__name__} was detected.")
    return data


def _codes(_: Structure, attribute: Doc, data: Any) -> Any:
    if not isinstance(data, list) or any(not isinstance(code, str) for code in data):
        raise BadDataError(f'Property "{attribute["code"]}" expects an array of codes as data.')
    return list(dict.fromkeys(data))


_FORMS = {
    "pim_catalog_number": _number,
    "pim_catalog_metric": _metric,
    "pim_catalog_price_collection": _prices,
    "pim_catalog_date": _date,
    "pim_catalog_boolean": _boolean,
    "pim_catalog_text": _text,
    "pim_catalog_textarea": _text,
    "pim_catalog_identifier": _text,
    "pim_catalog_simpleselect": _text,
    "pim_catalog_multiselect": _codes,
    "pim_catalog_image": _text,
    "pim_catalog_file": _text,
    "akeneo_reference_entity": _text,
    "akeneo_reference_entity_collection": _codes,
    "pim_catalog_asset_collection": _codes,
}


def normal_values(structure: Structure, values: Values) -> Values:
    """All of a level's values in normal form, attributes in their own spelling; empty data is left out. Raises BadDataError."""
    result: Values = {}
    for code, given in values.items():
        attribute = structure.attribute(code)
        if attribute is None:
            raise BadDataError(f"The {code} attribute does not exist in your PIM.")
        kept = []
        for value in given:
            data = normal_data(structure, attribute, value["data"])
            if data is not None:
                kept.append({"locale": value.get("locale"), "scope": value.get("scope"), "data": data})
        if kept:
            result[attribute["code"]] = kept
    return result


def split_visible(structure: Structure, values: Values) -> tuple[Values, Values]:
    """What payloads show now, and the full values that they hide or shorten.

    A value hides while its locale or channel is not active or its option is gone, and comes back with it; `updated` does not
    move. Source: Akeneo API, values of deactivated locales, removed channels and deleted options are filtered on reading.
    """
    seen: Values = {}
    hidden: Values = {}
    for code, given in values.items():
        attribute = structure.attribute(code)
        if attribute is None:
            continue
        for value in given:
            data = visible_data(structure, attribute, value)
            if data is not None:
                seen.setdefault(code, []).append(value if data is value["data"] else {**value, "data": data})
            if data is not value["data"]:
                hidden.setdefault(code, []).append(value)
    return seen, hidden


def visible_data(structure: Structure, attribute: Doc, value: Doc) -> Any:
    """The data to show of a value: all of it, fewer options, or None."""
    locale, scope, data = value["locale"], value["scope"], value["data"]
    if locale is not None and (
        locale not in structure.locales or (attribute["available_locales"] and locale not in attribute["available_locales"])
    ):
        return None
    if scope is not None:
        channel = structure.channels.get(scope.lower())
        if channel is None or (locale is not None and locale not in channel["locales"]):
            return None
    if attribute["type"] in SELECT_TYPES:
        options = structure.options.get(attribute["code"].lower(), {})
        if isinstance(data, str):
            return data if data.lower() in options else None
        kept = [code for code in data if code.lower() in options]
        return data if len(kept) == len(data) else (kept or None)
    return data


def merged_hidden(seen: Values, hidden: Values) -> Values:
    """The full values again: what is seen, with the hidden ones in the place of their shortened selves."""
    full = {code: list(given) for code, given in seen.items()}
    for code, given in hidden.items():
        places = {(v["locale"], v["scope"]) for v in given}
        full[code] = [v for v in full.get(code, []) if (v["locale"], v["scope"]) not in places] + given
    return full


def values_text(structure: Structure, values: Values) -> str:
    """The inner text of the JSON object `values` as payloads show it, so that texts of several levels can be joined."""
    if not values:
        return ""
    shown = {code: list(_shown(structure.attributes[code.lower()], given)) for code, given in values.items()}
    return orjson.dumps(shown).decode()[1:-1]


def _shown(attribute: Doc, given: list[Doc]) -> Iterator[Doc]:
    kind = attribute["type"]
    for value in given:
        item = {"locale": value["locale"], "scope": value["scope"], "data": value["data"], "attribute_type": kind}
        if kind in MEDIA_TYPES:
            item["_links"] = {"download": {"href": f"pim-base:/api/rest/v1/media-files/{value['data']}/download"}}
        elif kind in REFERENCE_TYPES:
            item["reference_data_name"] = attribute["reference_data_name"]
        yield item


def read_values(text: str) -> Values:
    """A stored text as values again, without what `values_text` added."""
    loaded: Values = orjson.loads("{" + text + "}")
    return {c: [{"locale": v["locale"], "scope": v["scope"], "data": v["data"]} for v in given] for c, given in loaded.items()}


def value_keys(values: Values) -> set[Key]:
    """Which values there are; a price collection counts once a currency."""
    keys: set[Key] = set()
    for code, given in values.items():
        for value in given:
            data, locale, scope = value["data"], value["locale"], value["scope"]
            if isinstance(data, list) and data and isinstance(data[0], dict) and "currency" in data[0]:
                keys.update((code, locale, scope, price["currency"]) for price in data)
            else:
                keys.add((code, locale, scope, None))
    return keys


def completenesses(structure: Structure, family: str | None, keys: set[Key]) -> list[Doc]:
    """`[{"scope", "locale", "data": percent}]`, rounded down; empty without family.

    Source: Akeneo API, completeness: the share of the family's required values that are filled, by channel and locale.
    """
    if family is None:
        return []
    result = []
    for scope, locale, needed in structure.requirements(family):
        filled = sum(1 for wanted in needed if all(key in keys for key in wanted))
        result.append({"scope": scope, "locale": locale, "data": 100 * filled // len(needed) if needed else 100})
    return result
