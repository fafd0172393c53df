"""Texts and numbers in their XML lexical form.

Belongs here: what is true of any text or number, whichever attribute it comes from. Doesn't: attribute types (`values`), what an
SFCC field takes (`fitting`).
"""

import hashlib
import re
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any, Final

from sfcc_resources.xml import markup

_PLAIN_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LOCALE_SLOT: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


class UnmappableError(ValueError):
    """A value that can't become an SFCC value; the message says why."""


def clean(text: Any, reasons: list[str]) -> str:
    """The data as text, without the characters that XML 1.0 forbids; a reason is appended when there were any."""
    if not isinstance(text, str):
        text = lexical(text)
    if markup.forbidden(text):
        reasons.append("characters that XML forbids were removed")
        return markup.clean(text)
    return str(text)


def lexical(data: Any) -> str:
    """A JSON scalar as XML text: `true`, `12.5`, or the text itself. UnmappableError: it is none."""
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int | float | Decimal):
        return decimal_text(data)
    raise UnmappableError(f"'{str(data)[:40]}' is no text")


def plain_decimal(data: Any) -> str:
    """A number as a decimal text with the digits it came with: `10.50`, `0`. UnmappableError: it is none.

    JSON floats go through their own shortest text, so that 0.1 stays 0.1.
    """
    text = str(data)
    if _PLAIN_DECIMAL.fullmatch(text):
        return text
    if not isinstance(data, bool):
        try:
            number = Decimal(text)
            if number.is_finite():
                return format(number, "f")
        except InvalidOperation:
            pass
    raise UnmappableError(f"'{text[:40]}' is no number")


def decimal_text(data: Any) -> str:
    """A number as a decimal text without zeros at its end: `12.5`, `0`, `100`. UnmappableError: it is none."""
    text = plain_decimal(data)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_locale(lang: str) -> bool:
    """Whether the text can stand in xml:lang (xs:language)."""
    return _LOCALE_SLOT.fullmatch(lang) is not None


def sfcc_locale(code: str) -> str:
    """SFCC's locale for a PIM locale: language and country, `-` between; SFCC has no scripts (`zh_Hans_CN` is `zh-CN`)."""
    parts = code.split("_")
    return "-".join(parts if len(parts) < 3 else (parts[0], parts[-1]))


def sha1(text: str) -> str:
    """Hexadecimal SHA-1 of the text, to make names (not for security)."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _TextOfHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the parser's signature)
        if tag in ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"):
            self.parts.append(" ")


def strip_tags(html: str) -> str:
    """The text of an HTML fragment, white space collapsed."""
    parser = _TextOfHtml()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).split())
