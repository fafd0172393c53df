"""Amounts turned from one unit into another, in decimals: 10 inches are 0.254 metres.

Belongs here: the conversion. Doesn't: which unit an attribute is imported in (`measured_values`).
Source: facts, Akeneo API, measurement families: `convert_from_standard` holds the operations that lead *to* the family's standard
unit, whatever its name says.
"""

from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation
from typing import Any, Final

from akeneo_assets.mapping.texts import UnmappableError, decimal_text, plain_decimal
from akeneo_assets.structure.pim_structure import Unit

_EXACT: Final = Context(prec=50)
_DOUBLE: Final = Context(prec=15)  # what an SFCC double holds

_OPERATIONS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "mul": _EXACT.multiply,
    "div": _EXACT.divide,
    "add": _EXACT.add,
    "sub": _EXACT.subtract,
}
_INVERSE: Final = {"mul": "div", "div": "mul", "add": "sub", "sub": "add"}


def standard_amount(amount: Any, unit: Unit) -> Decimal:
    """The amount in the standard unit of the unit's family. UnmappableError: it is no number, or the unit can't be converted."""
    value = Decimal(plain_decimal(amount))
    try:
        for operator, operand in unit.to_standard:
            value = _OPERATIONS[operator](value, Decimal(operand))
    except (KeyError, InvalidOperation, DivisionByZero) as error:
        raise UnmappableError(f"the PIM does not say how to convert {unit.code}") from error
    return value


def convert(amount: Any, source: Unit, target: Unit) -> str:
    """The amount in the target unit, to 15 significant digits. UnmappableError: it is no number, or a unit can't be converted."""
    if source.code == target.code:
        return decimal_text(amount)
    value = standard_amount(amount, source)
    try:
        for operator, operand in reversed(target.to_standard):
            value = _OPERATIONS[_INVERSE[operator]](value, Decimal(operand))
    except (KeyError, InvalidOperation, DivisionByZero) as error:
        raise UnmappableError(f"{source.code} can't be converted to {target.code}") from error
    return decimal_text(format(_DOUBLE.plus(value), "f"))
