"""A server's words in messages: one readable line, and never a secret in any of the forms in which a server may echo it."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfcc_resources.redaction import one_line

SECRET = "s3cr&t /p+ä"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("  two\r\n lines\tand   blanks ", "two lines and blanks"),
        ("\x1b[31;1mred\x1b[0m and \x9b2Jgone", "red and gone"),
        ("a title\x1b]0;pwned\x07 set", "a title set"),
        ("an unfinished \x1b]8;;http://evil", "an unfinished"),
        ("null\x00 bell\x07 delete\x7f", "null bell delete"),
        ("right\u202eto\u2066left\u200f", "righttoleft"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("line\u2028paragraph\u2029end", "line paragraph end"),
        ("half \ud800 a pair", "half a pair"),
        ("Größe 42 日本語", "Größe 42 日本語"),
        ("https://user:word@host.example/path", "https://***@host.example/path"),
    ],
)
def test_a_text_becomes_one_readable_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_long_text_is_cut() -> None:
    assert one_line("x" * 200) == "x" * 200
    assert one_line("x" * 201) == "x" * 200 + "..."
    assert one_line("abcdef", length=3) == "abc..."


@pytest.mark.parametrize(
    "echo",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        quote(quote(SECRET, safe=""), safe=""),
        "s3cr&amp;t /p+ä",
        json.dumps(SECRET)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        *(base64.b64encode(f"{user}:{SECRET}".encode()).decode() for user in ("a", "ab", "abc")),
        base64.b64encode(f"client:{quote(SECRET, safe='')}".encode()).decode(),
    ],
)
def test_a_secret_is_hidden_in_every_form(echo: str) -> None:
    assert one_line(f"refused {echo} here", [SECRET]) == "refused *** here"


def test_a_basic_header_goes_as_a_whole() -> None:
    header = base64.b64encode(b"client:topsecret").decode()
    assert one_line(f"Authorization: Basic {header}", ["topsecret"]) == "Authorization: Basic ***"


def test_the_longer_of_two_secrets_goes_whole() -> None:
    assert one_line("token-12 token-1", ["token-1", "token-12"]) == "*** ***"


def test_a_secret_is_hidden_before_the_text_is_cut_and_with_invisible_characters_inside() -> None:
    assert one_line("x" * 198 + " topsecret", ["topsecret"]) == "x" * 198 + " *..."
    assert one_line("top\u200bsec\x00ret", ["topsecret"]) == "***"


def test_no_secret_and_an_empty_one_change_nothing() -> None:
    assert one_line("a b", ["", ""]) == "a b"


def test_a_short_secret_is_hidden_as_text_and_not_searched_for_in_base64() -> None:
    assert one_line("pin 42, abcdefgh", ["42"]) == "pin ***, abcdefgh"


def test_a_text_of_any_length_is_read_in_no_time() -> None:
    assert one_line("x" * 1_000_000, ["topsecret", SECRET]) == "x" * 200 + "..."


@given(
    before=st.text(max_size=20),
    secret=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=8, max_size=20),
    after=st.text(max_size=20),
)
def test_whatever_surrounds_a_secret_it_does_not_appear(before: str, secret: str, after: str) -> None:
    header = base64.b64encode(f"{before}:{secret}".encode("utf-8", "replace")).decode()
    line = one_line(f"{before} {secret} {after} Basic {header}", [secret], length=10_000)
    assert secret not in line
    assert header not in line
    assert line.isprintable()
