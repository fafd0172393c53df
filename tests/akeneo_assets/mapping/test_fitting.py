"""What a field takes, and what it doesn't."""

from typing import Any

import pytest


def fields(pim: Any, row: Any, **standard: Any) -> Any:
    return pim.record(row, attributes={"standard": standard})["fields"]


@pytest.mark.parametrize(
    ("target", "text", "reason"),
    [
        ("searchable-flag", "perhaps", "'perhaps' is no boolean for searchable-flag"),
        ("search-rank", "1.5", "'1.5' is no integer for search-rank"),
        ("search-rank", "99999999999", "'99999999999' is no integer for search-rank"),
        ("step-quantity", "NaN", "'NaN' is no number for step-quantity"),
        ("sitemap-priority", "2", "'2' is not between 0.0 and 1.0 as sitemap-priority must be"),
        ("online-from", "soon", "'soon' is no date for online-from"),
        ("ean", "1" * 257, "longer than the 256 characters that SFCC allows for ean"),
    ],
)
def test_what_a_field_does_not_take_is_left_out_and_reported(pim: Any, target: str, text: str, reason: str) -> None:
    pim.attribute("x", "text")
    mapped = pim.map(pim.product("1", {"x": text}), attributes={"standard": {target: "x"}})
    assert target not in mapped.records[0][2]["fields"]
    assert [p.reason for p in mapped.problems] == [reason]


def test_a_localizable_text_that_is_too_long_is_cut_and_reported(pim: Any) -> None:
    pim.attribute("x", "textarea")
    mapped = pim.map(pim.product("1", {"x": "é" * 3999 + "😀"}), attributes={"standard": {"page-title": "x"}})
    assert mapped.records[0][2]["page"] == {"page-title": {"x-default": "é" * 3999}}
    assert mapped.problems[0].reason == "cut to the 4000 characters that SFCC allows for page-title"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-03-01 10:00:00", "2024-03-01T10:00:00"),
        ("20240301T100000Z", "2024-03-01T10:00:00+00:00"),
        ("2024-03-01T10:00:00.5+0200", "2024-03-01T10:00:00.500000+02:00"),
    ],
)
def test_a_date_that_xml_writes_otherwise_is_written_as_xml_does(pim: Any, text: str, written: str) -> None:
    pim.attribute("start", "text")
    assert fields(pim, pim.product("1", {"start": text}), **{"online-from": "start"})["online-from"] == {"": written}


def test_a_name_loses_the_blanks_at_its_edges_and_each_such_text_is_counted(pim: Any, of: Any) -> None:
    pim.attribute("name", "text", localizable=True)
    pim.attribute("title", "text")
    item = pim.product("1", {"name": [of(" Mug\u00a0", "en_US"), of("Tasse", "fr_FR"), of("\tBecher", "de_DE")], "title": "Mug "})
    mapped = pim.map(item, attributes={"standard": {"name": "name", "brand": "title", "page-title": "title"}})
    record = mapped.records[0][2]
    assert record["fields"]["display-name"] == {"x-default": "Mug", "en-US": "Mug", "fr-FR": "Tasse"}
    assert (record["fields"]["brand"], record["page"]["page-title"]) == ({"": "Mug"}, {"x-default": "Mug"})
    assert (mapped.trimmed, mapped.problems) == (3, [])


def test_what_is_blank_alone_is_no_name(pim: Any) -> None:
    pim.attribute("name", "text")
    mapped = pim.map(pim.product("1", {"name": "  "}), attributes={"standard": {"name": "name"}})
    assert "display-name" not in mapped.records[0][2]["fields"]


def test_descriptions_and_custom_attributes_keep_their_blanks(pim: Any) -> None:
    pim.attribute("text", "textarea")
    item = pim.product("1", {"text": "  One\n  Two\n"})
    standard = {"long-description": "text"}
    mapped = pim.map(item, attributes={"standard": standard, "keep_mapped": True})
    assert mapped.records[0][2]["fields"]["long-description"] == {"x-default": "  One\n  Two\n"}
    assert mapped.records[0][2]["custom"]["akeneo_text"] == {"": "  One\n  Two\n"}
    assert mapped.trimmed == 0


def test_a_masters_count_holds_those_of_its_variation_groups(pim: Any) -> None:
    pim.attribute("name", "text")
    pim.attribute("color", "simpleselect", options={"red": {}})
    pim.attribute("size", "simpleselect", options={"s": {}})
    pim.attribute("look", "text")
    pim.family("shirts", ["sku", "name", "color", "size", "look"])
    pim.variant("by_color_size", "shirts", (["color"], ["look"]), (["size"], ["sku"]))
    mapping = pim.mapping(
        attributes={"standard": {"name": "name", "template": "look"}}, products={"model_import": "master-group-variation"}
    )
    root = pim.model("tee", {"name": "Tee "}, family_variant="by_color_size")
    sub_model = pim.model("tee_red", {"name": "Tee ", "look": " wide"}, family_variant="by_color_size", parent="tee")
    facts = {"id": "T1", "root": "tee", "parent": "tee_red", "axes": {"color": "red"}, "images": {}, "online": {"": "true"}}
    assert mapping.map_master(root, [sub_model], [facts], {}).trimmed == 2
