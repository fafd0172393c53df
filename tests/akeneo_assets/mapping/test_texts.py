"""Texts and numbers in their XML form."""

from typing import Any

import pytest

from akeneo_assets.mapping.texts import UnmappableError, decimal_text, plain_decimal, strip_tags


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (0, "0"),
        ("0.0000", "0"),
        ("-0.0", "0"),
        ("100", "100"),
        ("12.5000", "12.5"),
        ("1E+3", "1000"),
        (1e-7, "0.0000001"),
        ("007", "007"),
    ],
)
def test_decimals_lose_the_zeros_at_their_end_and_nothing_else(data: Any, text: str) -> None:
    assert decimal_text(data) == text


@pytest.mark.parametrize("data", ["", "abc", "NaN", "Infinity", True, None, "1,5"])
def test_what_is_no_number_is_refused(data: Any) -> None:
    with pytest.raises(UnmappableError):
        plain_decimal(data)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<ul><li>x<li>y</ul>", "x y"),
        ("plain", "plain"),
        ("<br/>", ""),
    ],
)
def test_stripped_html_is_its_text(html: str, text: str) -> None:
    assert strip_tags(html) == text
