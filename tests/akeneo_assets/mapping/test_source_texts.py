"""Texts from attributes, templates and constants."""

from typing import Any


def fields(pim: Any, row: Any, **standard: Any) -> Any:
    return pim.record(row, attributes={"standard": standard})["fields"]


def test_a_template_joins_attributes_in_each_locale(pim: Any, of: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("name", "text", localizable=True)
    row = pim.product("1", {"brand": "ACME", "name": [of("Mug", "en_US"), of("Tasse", "fr_FR")]})
    slots = fields(pim, row, name={"template": "{brand} {name}"})["display-name"]
    assert slots == {"x-default": "ACME Mug", "en-US": "ACME Mug", "fr-FR": "ACME Tasse"}


def test_a_template_without_any_value_is_empty(pim: Any) -> None:
    pim.attribute("brand", "text")
    assert "display-name" not in fields(pim, pim.product("1"), name={"template": "The {brand}"})


def test_a_template_leaves_out_what_has_no_value(pim: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("name", "text")
    row = pim.product("1", {"name": "Mug"})
    assert fields(pim, row, name={"template": "{brand} {name}"})["display-name"] == {"x-default": "Mug"}


def test_one_bad_part_leaves_the_rest_of_a_template_whole_and_is_reported_by_name(pim: Any) -> None:
    pim.attribute("brand", "text")
    pim.attribute("kind", "simpleselect", options={"a": {}})
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM", decimals_allowed=False)
    row = pim.product("1", {"brand": "ACME", "kind": "gone", "weight": "heavy"})
    mapped = pim.map(row, attributes={"standard": {"name": {"template": "{brand} {kind} {weight}!"}}})
    assert mapped.records[0][2]["fields"]["display-name"] == {"x-default": "ACME !"}
    told = {(p.attribute, p.reason) for p in mapped.problems if p.attribute == "brand, kind, weight"}
    assert told == {
        ("brand, kind, weight", "'kind': the attribute has no option 'gone'"),
        ("brand, kind, weight", "'weight': its data doesn't have the shape of the attribute's type"),
    }


def test_a_template_keeps_its_lines(pim: Any) -> None:
    pim.attribute("text", "textarea")
    pim.attribute("brand", "text")
    row = pim.product("1", {"text": "One\nTwo"})
    template = {"template": "{text} {brand}  \n\nby {brand} us\n"}
    assert fields(pim, row, **{"long-description": template})["long-description"] == {"x-default": "One\nTwo\n\nby us"}


def test_a_constant_stands_on_every_product(pim: Any) -> None:
    standard = {"tax-class-id": {"constant": "standard"}, "searchable-flag": {"constant": True}}
    found = fields(pim, pim.product("1"), **standard)
    assert (found["tax-class-id"], found["searchable-flag"]) == ({"": "standard"}, {"": "true"})
