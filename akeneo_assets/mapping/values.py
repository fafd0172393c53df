"""PIM attribute types as SFCC types, and their values as SFCC values.

Belongs here: one row of `_TYPES` for each PIM attribute type. Doesn't: which attributes are imported and under which id
(`attributes`), values as text of standard attributes (`sources`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from akeneo_assets.mapping import units
from akeneo_assets.mapping.asset_manager import AssetReader, Use, collection_value, described
from akeneo_assets.mapping.media_keys import given_path, media_address, media_key
from akeneo_assets.mapping.sites import Sites, label_slots
from akeneo_assets.mapping.texts import UnmappableError, clean, decimal_text, plain_decimal
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Attribute, Option, Structure, Unit, fold
from sfcc_resources.limits import ID_4000, QUOTAS, problem
from sfcc_resources.records import Slots

Targets = Mapping[tuple[str, str], Any]
"""("product", uuid), ("product_model", code) -> SFCC id or None; ("group", code) -> list of SFCC ids. None or absent: not
exported."""


@dataclass(slots=True)
class Context:
    """What a value may need of its product, and what it reports: `reasons` of the attribute at hand."""

    targets: Targets
    reasons: list[str] = field(default_factory=list)


Convert = Callable[[Any, Context], "str | list[str] | None"]
"""`data` of a PIM value -> the SFCC value, None when empty. UnmappableError: it can't be; reasons: a part of it couldn't."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every part of the mapping is compiled from."""

    settings: ConnectorSettings
    structure: Structure
    sites: Sites


@dataclass(frozen=True, slots=True)
class ValueType:
    """An SFCC attribute made of a PIM attribute: its id ends in `suffix`, `options` are an enum's values in order."""

    type: str
    convert: Convert
    suffix: str = ""
    multiple: bool = False
    options: tuple[Option, ...] = ()
    units: Slots | None = None


def value_types(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """The SFCC attributes made of the PIM attribute; the first one is its main one. Unknown types become their data as JSON
    text."""
    if fold(attribute.code) in frame.structure.axes and attribute.type in _AXES:
        return _AXES[attribute.type](attribute, frame)
    return _TYPES.get(attribute.type, _unknown)(attribute, frame)


def is_known(attribute: Attribute) -> bool:
    """Whether the attribute's type is one that this version knows."""
    return attribute.type in _TYPES


# --- Texts, numbers, dates ------------------------------------------------------------------------------------------------------


def _clean_text(data: Any, context: Context) -> str | None:
    return clean(data, context.reasons) or None


def _line(data: Any, context: Context) -> str | None:
    return clean(data, context.reasons).strip() or None


def _integer(data: Any, _context: Context) -> str:
    text = decimal_text(data)
    if "." in text:
        raise UnmappableError(f"'{text}' is no whole number")
    return text


def _decimal(data: Any, _context: Context) -> str:
    return decimal_text(data)


def _boolean(data: Any, _context: Context) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    raise UnmappableError(f"'{data}' is no boolean")


def _date(data: Any, _context: Context) -> str:
    # The day as the PIM shows it: the offset is the server's, and converting it could change the day.
    text = str(data)
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        raise UnmappableError(f"'{text[:40]}' is no date")
    return text[:10]


def json_text(data: Any, context: Context) -> str | None:
    """Any data as compact JSON text."""
    return clean(orjson.dumps(data).decode(), context.reasons)


def _text(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("string", _clean_text),)


def _textarea(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("html" if attribute.wysiwyg else "text", _clean_text),)


def _number(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("double", _decimal),) if attribute.decimals else (ValueType("int", _integer),)


def _boolean_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("boolean", _boolean),)


def _date_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("date", _date),)


def _unknown(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("text", json_text),)


# --- Selects --------------------------------------------------------------------------------------------------------------------


def option_finder(attribute: Attribute) -> Callable[[Any], Option | None]:
    """Finds an option by the code that a product holds: stored data may differ in case (Akeneo API: linked_data)."""
    exact = {option.code: option for option in attribute.options}
    folded = {fold(option.code): option for option in attribute.options}
    return lambda code: exact.get(code) or folded.get(fold(str(code)))


def enum_values(attribute: Attribute) -> dict[str, Option]:
    """The options by code that can be an enum's values (metadata.xsd)."""
    return {option.code: option for option in attribute.options if problem(option.code, ID_4000) is None}


def _enum_value(attribute: Attribute) -> Callable[[Any], str]:
    find, values = option_finder(attribute), enum_values(attribute)

    def value(code: Any) -> str:
        option = find(code)
        if option is None:
            raise UnmappableError(f"the attribute has no option '{code}'")
        if option.code not in values:
            raise UnmappableError(f"SFCC takes no option like '{option.code}'")
        return option.code

    return value


def _simple_select(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    value = _enum_value(attribute)
    options = tuple(enum_values(attribute).values())
    return (ValueType("enum-of-string", lambda data, _context: value(data), options=options),)


def _multi_select(attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    value = _enum_value(attribute)
    options = tuple(enum_values(attribute).values())
    return (
        ValueType("enum-of-string", lambda data, context: _each(value, data, context) or None, multiple=True, options=options),
    )


def _reference_data(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("string", _line),)


def set_value(texts: list[str], reasons: list[str]) -> list[str] | None:
    """The values of a set-of-string, None when there are none; those beyond SFCC's quota are left out with a reason."""
    limit = QUOTAS["values of a set-of-string"]
    if len(texts) > limit:
        reasons.append(f"{len(texts)} values; SFCC takes {limit}, the rest was left out")
    return texts[:limit] or None


def _reference_data_set(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (
        ValueType("set-of-string", lambda data, context: set_value([clean(c, context.reasons) for c in data], context.reasons)),
    )


# --- Metrics and prices ---------------------------------------------------------------------------------------------------------


def metric_unit(attribute: Attribute, frame: Frame) -> Unit | None:
    """The unit in which the attribute's number is imported; None when the PIM's measurement families don't know it."""
    code = attribute.unit
    if frame.settings.attributes.metric_unit == "channel":
        channel = frame.structure.channel(frame.sites.sites[0].channel)
        code = (channel.conversion_units.get(attribute.code) if channel else None) or code
    return frame.structure.unit(attribute.measurement_family, code)


def metric_amount(attribute: Attribute, frame: Frame) -> Callable[[Any], str | None]:
    """The amount of a metric's data in the attribute's unit, as decimal text."""
    target = metric_unit(attribute, frame)

    def amount(data: Any) -> str | None:
        if data.get("amount") in (None, ""):
            return None
        if target is None or fold(data["unit"]) == fold(target.code):
            return decimal_text(data["amount"])
        source = frame.structure.unit(attribute.measurement_family, data["unit"])
        if source is None:
            raise UnmappableError(f"the measurement family has no unit '{data['unit']}'")
        return units.convert(data["amount"], source, target)

    return amount


def _metric_text(data: Any, _context: Context) -> str | None:
    return None if data.get("amount") in (None, "") else f"{decimal_text(data['amount'])} {data['unit']}"


def _unit_slots(unit: Unit | None, attribute: Attribute, frame: Frame) -> Slots | None:
    if unit is None:
        return {"x-default": attribute.unit} if attribute.unit else None
    return {"x-default": unit.symbol} if unit.symbol else label_slots(unit.labels, unit.code, frame.sites)


def _metric_number(attribute: Attribute, frame: Frame, suffix: str = "") -> ValueType:
    amount = metric_amount(attribute, frame)
    unit = _unit_slots(metric_unit(attribute, frame), attribute, frame)
    return ValueType("double", lambda data, _context: amount(data), suffix=suffix, units=unit)


def _metric(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    match frame.settings.attributes.metric:
        case "number":
            return (_metric_number(attribute, frame),)
        case "text":
            return (ValueType("string", _metric_text),)
        case _:
            return (_metric_number(attribute, frame), ValueType("string", _metric_text, suffix="_text"))


def _prices(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    def convert(data: Any, _context: Context) -> list[str] | None:
        given = [p for p in data if p.get("amount") not in (None, "")]
        return [f"{plain_decimal(p['amount'])} {p['currency']}" for p in given] or None

    return (ValueType("set-of-string", convert),)


# --- Files ----------------------------------------------------------------------------------------------------------------------


def image_path(key: str, frame: Frame) -> str:
    """The path of an image: below the catalog's static files; where images lie outside SFCC, the PIM's own code below that
    location, and no file is copied. UnmappableError: the PIM could not give it."""
    if frame.settings.images.external_location is not None:
        return media_address(key)[1]
    return given_path(key, frame.structure.media)


def _file(_attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("string", lambda data, _context: given_path(media_key("media-files", data), frame.structure.media)),)


def _image(_attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("image", lambda data, _context: image_path(media_key("media-files", data), frame)),)


# --- Links to other objects -----------------------------------------------------------------------------------------------------


def record_id(entity: str, record: str) -> str:
    """The id of the content asset that a reference entity record becomes; the official cartridge's spelling."""
    return f"akeneo_entity_{entity}_{record}"


def _record(attribute: Attribute, frame: Frame) -> Callable[[Any], str]:
    entity = frame.structure.reference_entities.get(fold(attribute.reference or ""))

    def find(code: Any) -> str:
        if entity is None:  # not read from the PIM: its codes are all there is
            return record_id(attribute.reference or attribute.code, str(code))
        record = frame.structure.records.get((fold(entity.code), fold(str(code))))
        if record is None:
            raise UnmappableError(f"the reference entity '{entity.code}' has no record '{code}'")
        return record_id(entity.code, record.code)

    return find


def _reference_entity(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    find = _record(attribute, frame)
    return (ValueType("string", lambda data, _context: find(data)),)


def _each(find: Callable[[Any], str], data: Any, context: Context) -> list[str]:
    """The items found; those which can't be are left out and reported."""
    found = []
    for item in data:
        try:
            found.append(find(item))
        except UnmappableError as error:
            context.reasons.append(str(error))
    return found


def _reference_entities(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    find = _record(attribute, frame)
    return (ValueType("set-of-string", lambda data, context: set_value(_each(find, data, context), context.reasons)),)


def link_target(data: Mapping[str, Any]) -> tuple[str, str]:
    """The (kind, key) under which `targets` holds the product or model that a product link names."""
    if data["type"] == "product_model":
        return ("product_model", str(data["id"]))
    return ("product", str(data["id"])) if data.get("id") else ("identifier", str(data["identifier"]))


def _product_link(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    def convert(data: Any, context: Context) -> str:
        kind, key = link_target(data)
        target = context.targets.get((kind, key))
        if target is None:
            raise UnmappableError(f"the {'product model' if kind == 'product_model' else 'product'} '{key}' isn't exported")
        return str(target)

    return (ValueType("string", convert),)


def asset_reader(frame: Frame) -> AssetReader:
    """Finds the assets of the look-ups."""
    return AssetReader(frame.structure.asset_families, frame.structure.assets, frame.sites)


def _asset_collection(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    reader = asset_reader(frame)
    as_ = frame.settings.assets.as_
    known = reader.family(attribute) is not None

    def convert(data: Any, context: Context) -> str | list[str] | None:
        if known:
            use = Use(frame.structure.media, context.reasons, frame.settings.images.external_location is not None)
            entries = described(reader, attribute, data, use)
        else:  # the PIM gave no assets: their codes are all there is
            entries = [{"code": str(code)} for code in data]
        value = collection_value(as_, entries, context.reasons)
        return set_value(value, context.reasons) if isinstance(value, list) else value

    return (ValueType("text" if as_ == "json" else "set-of-string", convert),)


# --- Axes -----------------------------------------------------------------------------------------------------------------------
# SFCC varies by texts and enums: an axis of another type is a text (so does the official cartridge).


def _metric_axis(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    text = ValueType("string", _metric_text)
    return (text,) if frame.settings.attributes.metric == "text" else (text, _metric_number(attribute, frame, "_number"))


def _boolean_axis(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    return (ValueType("string", _boolean),)


Make = Callable[[Attribute, Frame], tuple[ValueType, ...]]

_TYPES: Final[dict[str, Make]] = {
    "identifier": _text,
    "text": _text,
    "textarea": _textarea,
    "number": _number,
    "boolean": _boolean_type,
    "date": _date_type,
    "simpleselect": _simple_select,
    "multiselect": _multi_select,
    "metric": _metric,
    "price_collection": _prices,
    "image": _image,
    "file": _file,
    "asset_collection": _asset_collection,
    "reference_entity": _reference_entity,
    "reference_entity_collection": _reference_entities,
    "reference_data_simpleselect": _reference_data,
    "reference_data_multiselect": _reference_data_set,
    "table": _unknown,
    "product_link": _product_link,
}
_AXES: Final[dict[str, Make]] = {"metric": _metric_axis, "boolean": _boolean_axis}
