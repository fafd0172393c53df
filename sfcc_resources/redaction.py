"""A server's words made fit for a message: one readable line without secrets.

Belongs here: cleaning and redacting a text. Doesn't: which texts are shown. Every message, log line and stored sentence that
carries words of a server (of the PIM as well) goes through `one_line`.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

LENGTH: Final = 200
"""Characters of a server's words that are shown."""

HIDDEN: Final = "***"

# ECMA-48: control sequences (CSI), strings that a terminal acts on (OSC, DCS, SOS, PM, APC), and two-character escapes.
_ESCAPES: Final = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)|\x1b.", re.DOTALL)
_USER_OF_URL: Final = re.compile(r"(?<=://)[^/\s@]+@")
_SHORTEST_BASE64: Final = 4  # characters; fewer would be found in any text
_BASE64: Final = re.compile(rf"[A-Za-z0-9+/_-]{{{_SHORTEST_BASE64},}}={{0,2}}")


def one_line(text: str, secrets: Iterable[str] = (), *, length: int = LENGTH) -> str:
    """`text` as one line of at most `length` characters (and an ellipsis), without control, escape and direction characters.

    Each of `secrets` is replaced by ***: as it is, URL-encoded, HTML- or JSON-escaped, in base64, and inside the base64 of a
    longer text as in a Basic header. The user name and password of a URL go, too.

    Example: `"\\x1b[31mNo such\\n token  abc"` with the secret `abc` -> `No such token ***`.
    """
    hide = _hiding(tuple(sorted({secret for secret in secrets if secret})))
    # Twice, since what is taken out in between may have stood inside a secret.
    line = hide(" ".join(_readable(hide(text)).split()))
    line = _USER_OF_URL.sub(f"{HIDDEN}@", line)
    return line if len(line) <= length else f"{line[:length]}..."


def _readable(text: str) -> str:
    """`text` with spaces for line ends and tabs, and without escape sequences and characters that aren't seen."""
    if text.isprintable():
        return text
    text = _ESCAPES.sub("", text)
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


@lru_cache(maxsize=64)
def _hiding(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """A function that replaces the secrets in a text."""
    forms = sorted({form for secret in secrets for form in _texts(secret)}, key=len, reverse=True)
    if not forms:
        return lambda text: text
    parts = {part for form in forms for part in _base64_parts(form) if len(part) >= _SHORTEST_BASE64}
    # The longest first: a secret that begins with another one goes as a whole.
    plain = re.compile("|".join(map(re.escape, forms)))

    def hidden(encoded: re.Match[str]) -> str:
        return HIDDEN if any(part in encoded[0] for part in parts) else encoded[0]

    return lambda text: plain.sub(HIDDEN, _BASE64.sub(hidden, text))


def _texts(secret: str) -> Iterator[str]:
    """The ways in which a server may echo a secret as text."""
    for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield form
        yield quote(form, safe="")
        yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form)
    yield escape(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]


def _base64_parts(text: str) -> Iterator[str]:
    """The characters that base64 gives `text`, whatever stands before and after it: one form for each place in a group of three
    bytes. Characters that depend on the neighbours are left out."""
    data = text.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        whole = (before + len(data)) * 8 // 6  # characters that hold bits of `text` or of what is before it, and no others
        part = encoded[-(-before * 8 // 6) : whole]
        yield part
        yield part.replace("+", "-").replace("/", "_")
