"""Whole numbers of any size, and which SFCC type holds them."""

from typing import Any

import pytest

from akeneo_assets.mapping.attribute_definitions import attribute_problems, definitions
from akeneo_assets.settings.connector import ConnectorSettings


def defined(pim: Any, **settings: Any) -> str:
    """The SFCC type of the attribute x."""
    records = definitions(ConnectorSettings.model_validate(settings), pim.structure())
    return next(str(record["type"]) for _, _, record in records if record["id"] == "akeneo_x")


@pytest.mark.parametrize(
    ("bounds", "type_"),
    [
        ({}, "int"),
        ({"number_min": None, "number_max": None}, "int"),
        ({"number_min": "-2147483648.0000", "number_max": "2147483647"}, "int"),
        ({"number_min": "0"}, "int"),
        ({"number_max": "2147483648"}, "double"),
        ({"number_min": "-2147483649"}, "double"),
        ({"number_max": "9007199254740992"}, "double"),
        ({"number_max": "9007199254740993"}, "string"),
        ({"number_max": "much"}, "int"),
    ],
)
def test_the_pims_bounds_decide_which_type_holds_whole_numbers(pim: Any, bounds: Any, type_: str) -> None:
    pim.attribute("x", "number", decimals_allowed=False, **bounds)
    assert defined(pim) == type_


def test_the_settings_decide_where_the_pim_states_no_bounds(pim: Any) -> None:
    pim.attribute("x", "number", decimals_allowed=False, number_max="100")
    assert defined(pim, attributes={"wide_integers": {"X": "string"}}) == "string"


@pytest.mark.parametrize(
    ("type_", "data", "written", "reason"),
    [
        ("int", 2147483647, "2147483647", None),
        ("int", -2147483648, "-2147483648", None),
        (
            "int",
            2147483648,
            None,
            "'2147483648' is beyond SFCC's int (32 bits); name the attribute in attributes.wide_integers of connector.yaml",
        ),
        ("double", 4006381333931, "4006381333931", None),
        ("double", "-9007199254740992.0000", "-9007199254740992", None),
        (
            "double",
            9007199254740993,
            None,
            (
                "'9007199254740993' is beyond the whole numbers that SFCC's double holds (2^53); make the attribute a string in "
                "attributes.wide_integers of connector.yaml"
            ),
        ),
        ("string", 123456789012345678901234567890, "123456789012345678901234567890", None),
        ("string", "1.5", None, "'1.5' is no whole number"),
    ],
)
def test_a_value_beyond_what_the_type_holds_is_left_out_and_reported(
    pim: Any, type_: str, data: Any, written: str | None, reason: str | None
) -> None:
    pim.attribute("x", "number", decimals_allowed=False)
    chosen = {} if type_ == "int" else {"wide_integers": {"x": type_}}
    mapped = pim.map(pim.product("1", {"x": data}), attributes=chosen)
    slots = mapped.records[0][2]["custom"].get("akeneo_x")
    assert slots == (None if written is None else {"": written})
    assert [(p.attribute, p.reason) for p in mapped.problems] == ([] if reason is None else [("x", reason)])


def test_the_type_never_depends_on_the_values_that_products_have(pim: Any) -> None:
    pim.attribute("x", "number", decimals_allowed=False)
    mapping = pim.mapping()
    for data in (1, 4006381333931):
        mapping.map_product(pim.product("1", {"x": data}), ancestors=[], targets={})
    assert defined(pim) == "int"


def test_an_attribute_of_wide_integers_is_reported_once(pim: Any) -> None:
    pim.attribute("x", "number", decimals_allowed=False, number_max="9999999999")
    pim.attribute("y", "number", decimals_allowed=False)
    pim.attribute("z", "number", decimals_allowed=True, number_max="9999999999")
    problems = attribute_problems(ConnectorSettings(), pim.structure())
    assert [(p.key, p.reason) for p in problems] == [
        ("x", "its whole numbers may go beyond SFCC's int (32 bits), so that it is imported as double")
    ]


def test_an_attribute_that_exists_in_sfcc_takes_whole_numbers_of_any_size(pim: Any) -> None:
    pim.attribute("x", "number", decimals_allowed=False)
    mapped = pim.map(pim.product("1", {"x": 4006381333931}), attributes={"custom": {"gtin": "x"}})
    assert mapped.records[0][2]["custom"]["gtin"] == {"": "4006381333931"}
    assert mapped.problems == []
