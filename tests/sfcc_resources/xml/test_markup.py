"""Characters: what is escaped, what XML forbids, and that nothing of a text is lost on the way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sfcc_resources.xml.markup import clean, element, encode, escape, forbidden, quote

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0's production Char leaves out."""

ANY = st.text(st.characters(), max_size=60) | st.text("\x00\x08\x0b\x1f\r\n\t ]>&<\"'\ufffe\uffff\U0001f600é")


def test_forbidden_characters_are_named_in_order() -> None:
    assert forbidden("a\x00b\ud800c\ufffe\U0001f600\r\n\t") == ["\x00", "\ud800", "\ufffe"]


def test_cleaning_removes_just_them() -> None:
    assert clean("a\x0bb\uffffc\r\n") == "abc\r\n"


@given(ANY)
def test_any_text_arrives_with_all_that_xml_allows_in_elements_and_attributes(text: str) -> None:
    document = encode(f'<r a="{quote(text)}">{escape(text)}</r>')
    parsed = etree.fromstring(document)
    assert (parsed.text or "") == parsed.get("a") == NOT_XML.sub("", text)


@pytest.mark.parametrize(
    ("content", "named", "expected"),
    [("", None, "<a/>"), ("x", {"b": None, "c": '"'}, '<a c="&quot;">x</a>'), ("", {"b": "1"}, '<a b="1"/>')],
)
def test_an_element_without_content_is_closed_at_once(content: str, named: dict[str, str | None] | None, expected: str) -> None:
    assert element("a", content, named) == expected
