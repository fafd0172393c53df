"""Metrics and price collections of the PIM as SFCC numbers and texts.

Belongs here: amounts with a unit or a currency, and the unit that an attribute is imported in. Doesn't: the arithmetic of units
(`units`), price books (`prices`).
"""

from collections.abc import Callable
from typing import Any

from akeneo_assets.mapping import units
from akeneo_assets.mapping.frame import Context, Frame, ValueType
from akeneo_assets.mapping.sites import label_slots
from akeneo_assets.mapping.texts import UnmappableError, decimal_text, plain_decimal
from akeneo_assets.structure.pim_structure import Attribute, Unit, fold
from sfcc_resources.records import Slots


def metric_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """A number in one unit, the text `AMOUNT UNIT`, or both (`attributes.metric`)."""
    match frame.settings.attributes.metric:
        case "number":
            return (_metric_number(attribute, frame),)
        case "text":
            return (ValueType("string", _metric_text),)
        case _:
            return (_metric_number(attribute, frame), ValueType("string", _metric_text, suffix="_text"))


def metric_axis_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """A metric by which variants differ: the text first, since SFCC varies by texts and enums only."""
    text = ValueType("string", _metric_text)
    return (text,) if frame.settings.attributes.metric == "text" else (text, _metric_number(attribute, frame, "_number"))


def prices_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """Prices as texts `AMOUNT CURRENCY`; a price without amount is none."""

    def convert(data: Any, _context: Context) -> list[str] | None:
        prices = [price for price in data if price.get("amount") not in (None, "")]
        return [f"{plain_decimal(price['amount'])} {price['currency']}" for price in prices] or None

    return (ValueType("set-of-string", convert),)


def metric_unit(attribute: Attribute, frame: Frame) -> Unit | None:
    """The unit in which the attribute's number is imported; None when the PIM's measurement families don't know it."""
    code = attribute.unit
    if frame.settings.attributes.metric_unit == "channel":
        channel = frame.structure.channel(frame.sites.sites[0].channel)
        code = (channel.conversion_units.get(attribute.code) if channel else None) or code
    return frame.structure.unit(attribute.measurement_family, code)


def metric_amount(attribute: Attribute, frame: Frame) -> Callable[[Any], str | None]:
    """The amount of a metric's data in the attribute's unit, as decimal text: 1500 grams are `1.5` where that is the kilogram."""
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


def _metric_number(attribute: Attribute, frame: Frame, suffix: str = "") -> ValueType:
    amount = metric_amount(attribute, frame)
    unit = _unit_slots(metric_unit(attribute, frame), attribute, frame)
    return ValueType("double", lambda data, _context: amount(data), suffix=suffix, units=unit)


def _metric_text(data: Any, _context: Context) -> str | None:
    return None if data.get("amount") in (None, "") else f"{decimal_text(data['amount'])} {data['unit']}"


def _unit_slots(unit: Unit | None, attribute: Attribute, frame: Frame) -> Slots | None:
    if unit is None:
        return {"x-default": attribute.unit} if attribute.unit else None
    return {"x-default": unit.symbol} if unit.symbol else label_slots(unit.labels, unit.code, frame.sites)
