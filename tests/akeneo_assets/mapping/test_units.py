"""Amounts in another unit."""

import pytest

from akeneo_assets.mapping import units
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.structure.pim_structure import Unit

CELSIUS = Unit("CELSIUS", {}, "°C", (("add", "273.15"),))


FAHRENHEIT = Unit("FAHRENHEIT", {}, "°F", (("sub", "32"), ("div", "1.8"), ("add", "273.15")))


METER = Unit("METER", {}, "m", (("mul", "1"),))


INCH = Unit("INCH", {}, "in", (("mul", "0.0254"),))


NOTHING = Unit("NOTHING", {}, "", (("mul", "0"),))


@pytest.mark.parametrize(
    ("amount", "source", "target", "text"),
    [
        ("21.5", CELSIUS, FAHRENHEIT, "70.7"),
        ("212", FAHRENHEIT, CELSIUS, "100"),
        ("10", INCH, METER, "0.254"),
        ("1", METER, INCH, "39.3700787401575"),
        ("0", INCH, METER, "0"),
        ("12.50", METER, METER, "12.5"),
    ],
)
def test_amounts_are_converted_in_decimals(amount: str, source: Unit, target: Unit, text: str) -> None:
    assert units.convert(amount, source, target) == text


def test_a_unit_that_can_not_be_converted_to_is_an_error_in_words() -> None:
    with pytest.raises(UnmappableError, match="METER can't be converted to NOTHING"):
        units.convert("1", METER, NOTHING)
