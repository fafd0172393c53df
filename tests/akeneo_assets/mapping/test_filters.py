"""The PIM's search filters, evaluated on items."""

import re
from typing import Any

import pytest

from akeneo_assets.mapping.filters import compile_filter
from akeneo_assets.mapping.texts import UnmappableError

ROW = {
    "uuid": "u1",
    "identifier": "Mug-1",
    "family": "mugs",
    "groups": ["promo"],
    "categories": ["Blue_Mugs"],
    "enabled": True,
    "created": "2024-03-01T10:00:00+01:00",
    "completenesses": [
        {"scope": "ecommerce", "locale": "en_US", "data": 100},
        {"scope": "ecommerce", "locale": "fr_FR", "data": 50},
    ],
    "values": {
        "name": [{"locale": "en_US", "scope": None, "data": "Blue Mug"}],
        "height": [{"locale": None, "scope": None, "data": "12.5000"}],
        "color": [{"locale": None, "scope": None, "data": "blue"}],
        "tags": [{"locale": None, "scope": None, "data": ["new", "hot"]}],
        "fragile": [{"locale": None, "scope": None, "data": False}],
        "launch": [{"locale": None, "scope": None, "data": "2024-03-01T00:00:00+01:00"}],
    },
}


@pytest.mark.parametrize(
    ("name", "operator", "value", "more", "matches"),
    [
        ("identifier", "IN", ["mug-1"], {}, True),
        ("identifier", "STARTS WITH", "mug", {}, True),
        ("identifier", "DOES NOT CONTAIN", "ug-", {}, False),
        ("uuid", "NOT IN", ["u1"], {}, False),
        ("family", "IN", ["MUGS"], {}, True),
        ("family", "NOT IN", ["cups"], {}, True),
        ("family", "EMPTY", None, {}, False),
        ("groups", "IN", ["promo", "x"], {}, True),
        ("enabled", "=", True, {}, True),
        ("enabled", "!=", True, {}, False),
        ("categories", "IN", ["blue_mugs"], {}, True),
        ("categories", "IN", ["mugs"], {}, False),
        ("categories", "IN CHILDREN", ["master"], {}, True),
        ("categories", "NOT IN CHILDREN", ["mugs"], {}, False),
        ("categories", "UNCLASSIFIED", None, {}, False),
        ("categories", "IN OR UNCLASSIFIED", ["mugs"], {}, False),
        ("created", ">", "2024-03-01 09:59:59", {}, True),
        ("created", ">", "2024-03-01 10:00:00", {}, False),
        ("created", "BETWEEN", ["2024-03-01 10:00:00", "2024-03-02 00:00:00"], {}, True),
        ("completeness", "=", 100, {"scope": "ecommerce"}, True),
        ("completeness", "<", 100, {"scope": "ecommerce", "locale": "en_US"}, False),
        ("completeness", "= ON ALL LOCALES", 100, {"scope": "ecommerce", "locales": ["en_US", "fr_FR"]}, False),
        ("completeness", ">=", 50, {"scope": "print"}, False),
        ("completeness", "=", 100, {"scope": "ECOMMERCE", "locale": "EN_us"}, True),
        (
            "completeness",
            "GREATER OR EQUALS THAN ON ALL LOCALES",
            50,
            {"scope": "ecommerce", "locales": ["en_US", "fr_FR"]},
            True,
        ),
        ("completeness", "LOWER OR EQUALS THAN ON ALL LOCALES", 50, {"scope": "ecommerce", "locales": ["en_US", "fr_FR"]}, False),
        ("completeness", "GREATER THAN ON ALL LOCALES", 50, {"scope": "ecommerce", "locales": ["en_US"]}, True),
        ("name", "CONTAINS", "blue", {"locale": "en_US"}, True),
        ("name", "CONTAINS", "blue", {"locale": "fr_FR"}, False),
        ("name", "!=", "red mug", {"locale": "fr_FR"}, False),
        ("name", "EMPTY", None, {"locale": "fr_FR"}, True),
        ("name", "CONTAINS", "blue", {"locale": "EN_US"}, True),
        ("name", "CONTAINS", "blue", {"locale": "en_US", "scope": "ecommerce"}, True),
        ("height", ">", "12.4", {}, True),
        ("height", ">", "12.4", {"locale": "en_US", "scope": "ecommerce"}, True),
        ("height", "=", 12.5, {}, True),
        ("color", "IN", ["BLUE"], {}, True),
        ("color", "NOT IN", ["red"], {}, True),
        ("tags", "IN", ["hot"], {}, True),
        ("tags", "NOT IN", ["hot"], {}, False),
        ("size", "NOT IN", ["s"], {}, True),
        ("size", "EMPTY", None, {}, False),
        ("fragile", "=", False, {}, True),
        ("launch", "<", "2024-03-01", {}, False),
        ("launch", "=", "2024-03-01", {}, True),
    ],
)
def test_a_condition_decides_as_the_pim_does(pim: Any, name: str, operator: str, value: Any, more: Any, matches: bool) -> None:
    pim.category("mugs", "master")
    pim.category("blue_mugs", "mugs")
    pim.attribute("name", "text", localizable=True)
    for code, type_ in [("height", "number"), ("color", "simpleselect"), ("tags", "multiselect")]:
        pim.attribute(code, type_)
    pim.attribute("fragile", "boolean")
    pim.attribute("launch", "date")
    pim.attribute("size", "simpleselect")
    pim.family("mugs", ["sku", "name", "height", "color", "tags", "fragile", "launch"])
    found = compile_filter({name: [{"operator": operator, "value": value, **more}]}, pim.structure())
    assert found.unsupported == ()
    assert found.matches(ROW) is matches


@pytest.mark.parametrize(
    ("row", "empty"),
    [
        ({"family": "shirts", "family_variant": "by_size", "parent": None}, {"name": True, "size": False}),
        ({"family": "shirts", "family_variant": "by_size", "parent": "tee"}, {"name": True, "size": True}),
        ({"uuid": "u", "family": "shirts", "parent": "tee"}, {"name": True, "size": True}),
        ({"uuid": "u", "family": None, "parent": None}, {"name": False, "size": False}),
    ],
    ids=["root model", "sub-model", "variant", "product without family"],
)
def test_what_an_item_can_have_no_value_of_is_not_empty(pim: Any, row: Any, empty: dict[str, bool]) -> None:
    pim.shirts()
    for name, is_empty in empty.items():
        assert compile_filter({name: [{"operator": "EMPTY"}]}, pim.structure()).matches(row) is is_empty


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("color", 7, "its data doesn't have the shape of the attribute's type"),
        ("color", ["blue"], "its data doesn't have the shape of the attribute's type"),
        ("tags", "new", "its data doesn't have the shape of the attribute's type"),
        ("tags", {"amount": 1}, "its data doesn't have the shape of the attribute's type"),
        ("tags", [None], "its data doesn't have the shape of the attribute's type"),
        ("height", "tall", "'tall' is no number"),
    ],
)
def test_a_condition_on_a_value_of_another_shape_than_its_type_s_can_not_be_asked(
    pim: Any, name: str, data: Any, why: str
) -> None:
    for code, type_ in (("color", "simpleselect"), ("tags", "multiselect"), ("height", "number")):
        pim.attribute(code, type_)
    condition = {"operator": "=", "value": 1} if name == "height" else {"operator": "NOT IN", "value": ["red"]}
    row = {"values": {name: [{"locale": None, "scope": None, "data": data}]}}
    with pytest.raises(UnmappableError, match=f"^can't be asked of '{name}': {why}$"):
        compile_filter({name: [condition]}, pim.structure()).matches(row)


def test_all_conditions_must_hold(pim: Any) -> None:
    search = {"family": [{"operator": "IN", "value": ["mugs"]}], "enabled": [{"operator": "=", "value": False}]}
    assert not compile_filter(search, pim.structure()).matches(ROW)


def test_a_product_without_family_is_not_in_any_and_passes_not_in(pim: Any) -> None:
    row = {**ROW, "family": None}
    assert compile_filter({"family": [{"operator": "NOT IN", "value": ["x"]}]}, pim.structure()).matches(row)


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        ("updated", ">"),
        ("quality_score", "IN"),
        ("parent", "="),
        ("created", "SINCE LAST N DAYS"),
        ("weight", ">"),
        ("nothing", "="),
    ],
)
def test_what_only_the_pim_can_decide_is_named(pim: Any, name: str, operator: str) -> None:
    pim.attribute("weight", "metric")
    value: Any = ["A"] if operator == "IN" else "1"
    found = compile_filter({name: [{"operator": operator, "value": value}]}, pim.structure())
    assert found.unsupported == (f"{name} {operator}",)
    assert found.matches(ROW)


@pytest.mark.parametrize(
    ("name", "condition", "problem"),
    [
        ("family", {"operator": "IN", "value": "mugs"}, "IN needs a list of values"),
        ("categories", {"operator": "IN CHILDREN"}, "IN CHILDREN needs a list of values"),
        ("created", {"operator": "BETWEEN", "value": "2024-01-01"}, "BETWEEN needs a list of two values"),
        ("identifier", {"operator": "="}, "= needs one value"),
        ("enabled", {"operator": "=", "value": "true"}, "= needs true or false"),
        ("completeness", {"operator": "=", "value": 100}, "= needs a scope: the channel whose completeness is meant"),
        (
            "completeness",
            {"operator": "=", "value": 100, "scope": "ecommerce", "locales": "en_US"},
            "= needs locales as a list",
        ),
        ("completeness", {"operator": "<", "value": "all", "scope": "ecommerce"}, "< needs a number: 'all' is no number"),
        ("height", {"operator": ">", "value": "tall"}, "> needs a number: 'tall' is no number"),
        ("name", {"operator": "=", "value": "Mug", "scope": "ecommerce"}, "= needs a locale: the attribute has a value for each"),
        ("name", {"operator": "EMPTY", "locale": "en_US"}, "EMPTY needs a scope: the attribute has a value for each"),
    ],
)
def test_a_condition_that_the_pim_would_refuse_says_what_it_needs(pim: Any, name: str, condition: Any, problem: str) -> None:
    pim.attribute("height", "number")
    pim.attribute("name", "text", localizable=True, scopable=True)
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        compile_filter({name: [condition]}, pim.structure())
