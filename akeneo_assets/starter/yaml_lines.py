"""Lines of YAML with remarks, as the starter file has them.

Belongs here: how a value or remark is written on one line, and how a setting is switched off. Doesn't: which settings there are
(`starter_text`).

In the file a `#` before a blank begins a remark; a `#` before anything else is a setting switched off, which works when the `#`
is taken away (the tests do so).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from akeneo_assets.mapping.sites import label

_NAMED: Final = 8  # alternatives that a remark names before it says how many more there are
_LABEL: Final = 40  # characters of a label that a remark shows


def block(header: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield the header and its lines. The header is switched off, too, where all of its lines are: a key without a value is an
    error."""
    below = list(lines)
    indent = len(header) - len(header.lstrip())
    off = "" if any(not line.lstrip().startswith("#") for line in below) else "#"
    yield f"{header[:indent]}{off}{header[indent:]}"
    yield from below


def switched_off(line: str, remark_text: str) -> str:
    """`  fallbacks: {}` -> `  #fallbacks: {}  # asked when a locale has no value`."""
    indent = len(line) - len(line.lstrip())
    return f"{line[:indent]}#{line[indent:]}  # {remark_text}"


def flow(value: Any) -> str:
    """A value as YAML on one line, quoted where YAML needs it: `["yes", "a"]` -> `['yes', a]`."""
    text = yaml.safe_dump([value], default_flow_style=True, width=1 << 30, allow_unicode=True, sort_keys=False).strip()
    return text.removeprefix("[").removesuffix("]")


def plain(text: str) -> str:
    """A text of the PIM as it can stand in a remark: one line, printable, short."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LABEL else line[: _LABEL - 3] + "..."


def named(code: str, labels: Mapping[str, str], locale: str) -> str:
    """`ecommerce` labelled `Web shop` -> `ecommerce (Web shop)`."""
    shown = plain(label(labels, "", (locale,)))
    return f"{plain(code)} ({shown})" if shown else plain(code)


def listed(what: str, names: Sequence[str]) -> str:
    """`other trees: a, b and 3 more`; empty where there is none."""
    if not names:
        return ""
    more = len(names) - _NAMED
    return f"{what}: {', '.join(names[:_NAMED])}" + (f" and {more} more" if more > 0 else "")


def remark(*parts: str) -> str:
    """The parts as a remark behind a value: `  # text; or: gtin`; empty where all parts are."""
    text = "; ".join(plain(part) if len(part) <= _LABEL else part for part in parts if part)
    return f"  # {text}" if text else ""
