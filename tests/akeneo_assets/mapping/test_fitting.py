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
