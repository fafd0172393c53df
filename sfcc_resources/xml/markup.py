"""XML text from plain values: escaping, elements, qualified values, and the characters that XML 1.0 forbids.

Belongs here: what every schema shares. Doesn't: any element of a certain schema.

Objects are written as text, not as lxml trees: with 60 elements an object, lxml costs as much as the benchmark's floor
(nested `xmlfile` elements) and this a quarter of it. The tests read everything back with lxml and validate it against the XSDs.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from sfcc_resources.clearing import CLEARING, IMPOSSIBLE, CannotClearError
from sfcc_resources.fields import CUSTOM, LOCALIZED, PLAIN, SITE, Field
from sfcc_resources.records import Slots

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORBIDDEN_BYTES: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")


def forbidden(text: str) -> list[str]:
    """The characters of `text` that no XML 1.0 document may hold (controls, lone surrogates, U+FFFE, U+FFFF), in order."""
    return [] if text.isprintable() else _FORBIDDEN.findall(text)  # most texts are; the search takes twice as long


def clean(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def encode(xml: str) -> bytes:
    """UTF-8 of an object's XML, without the characters that XML 1.0 forbids. The search runs on bytes, which is near to free."""
    try:
        data = xml.encode()
    except UnicodeEncodeError:
        return clean(xml).encode()
    # The two are looked for in the text: where that is Latin, Python needs not look, and half of this function's time is saved.
    if len(data.translate(None, _FORBIDDEN_BYTES)) != len(data) or "\ufffe" in xml or "\uffff" in xml:
        return clean(xml).encode()
    return data


def escape(text: str) -> str:
    """Character data. A carriage return is written as a reference, else a parser would read a line feed."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


@lru_cache(maxsize=16384)  # attribute ids, locales and option codes come again and again
def quote(text: str) -> str:
    """An attribute's value, without its quotation marks."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def attributes(named: Mapping[str, str | None]) -> str:
    """` name="value"` of each attribute whose value isn't None."""
    return "".join(f' {name}="{quote(value)}"' for name, value in named.items() if value is not None)


def element(name: str, content: str = "", named: Mapping[str, str | None] | None = None) -> str:
    """One element with ready-made `content` and the attributes `named`."""
    opening = name + attributes(named) if named else name
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


@lru_cache(maxsize=4096)
def qualifier(by: str, key: str) -> str:
    """The XML attribute that a slot's key stands for, with a blank before it. Raises ValueError where the element takes no such
    attribute.

    Example: `fr-FR` -> ` xml:lang="fr-FR"`; `@RefArch` -> ` site-id="RefArch"`; the empty key -> nothing.
    """
    if not key:
        return ""
    if key.startswith("@") and by in (SITE, CUSTOM):
        return f' site-id="{quote(key[1:])}"'
    if not key.startswith("@") and by in (LOCALIZED, CUSTOM):
        return f' xml:lang="{quote(key)}"'
    takes = "neither locale nor site" if by == PLAIN else f"only {by}"
    raise ValueError(
        f"A value is qualified by {key!r} where SFCC takes {takes}; map the attribute to another field or choose one value."
    )


def localized(name: str, slots: Slots) -> str:
    """One element for each locale; a value of None is left out, as elements that the import replaces as a whole want it.

    Example: (`display`, {"fr-FR": "Bleu", "de-DE": None}) -> `<display xml:lang="fr-FR">Bleu</display>`.
    """
    return "".join(
        f"<{name}{qualifier(LOCALIZED, key)}>{escape(_single(name, value))}</{name}>"
        for key, value in slots.items()
        if value is not None
    )


def fields(record_type: str, run: Iterable[Field], values: Mapping[str, Slots]) -> str:
    """The fields of `run` that `values` holds, in the order of `run`; None is written in the field's own way of clearing.

    Raises ValueError for a list, a qualifier that the field doesn't take, or a field that can't be cleared (CannotClearError).
    Example: product, {"brand": {"": "Acme"}, "online-from": {"": None}} -> `<online-from xsi:nil="true"/><brand>Acme</brand>`.
    """
    parts = []
    for field in run:
        slots = values.get(field.name)
        if slots:
            for key, value in slots.items():
                opening = field.name + qualifier(field.by, key)
                if type(value) is str:
                    parts.append(f"<{opening}>{escape(value)}</{field.name}>")
                elif value is None:
                    parts.append(_cleared(record_type, field, key, opening))
                else:
                    _single(field.name, value)
    return "".join(parts)


def _cleared(record_type: str, field: Field, key: str, opening: str) -> str:
    name, clearing = field.name, CLEARING[record_type][field.name]
    if clearing.way == "nil" or (field.nillable and key.startswith("@")):
        return f'<{opening} xsi:nil="true"/>'
    if clearing is IMPOSSIBLE:
        raise CannotClearError(
            f"SFCC has no way to clear {name!r} of a {record_type} in a MERGE import; write another value or leave the field out."
        )
    return f"<{opening}>{clearing.value}</{name}>" if clearing.value else f"<{opening}/>"


def _single(name: str, value: str | list[str] | None) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(
        f"The field {name!r} takes one value, not a list; map the attribute to a custom attribute of a set or enum type."
    )


def object_attributes(name: str, values: Mapping[str, Slots], by: str) -> str:
    """Custom attributes as elements `name`, one for each attribute and locale or site. None and an empty list clear the value;
    the members of a list become `<value>` elements."""
    parts = []
    for attribute_id, slots in values.items():
        start = f'<{name} attribute-id="{quote(attribute_id)}"'
        for key, value in slots.items():
            opening = start + qualifier(by, key) if key else start
            if not value:
                parts.append(f"{opening}/>")
            elif type(value) is str:
                parts.append(f"{opening}>{escape(value)}</{name}>")
            else:
                parts.append(f"{opening}>{''.join([f'<value>{escape(member)}</value>' for member in value])}</{name}>")
    return "".join(parts)


def wrapped(name: str, content: str) -> str:
    """`content` inside an element `name`; an empty text without content, since metadata.xsd refuses an empty wrapper."""
    return f"<{name}>{content}</{name}>" if content else ""


def known(record_type: str, names: Iterable[str], allowed: frozenset[str]) -> None:
    """Raises ValueError with the allowed names where a record holds a field that its element doesn't have."""
    unknown = sorted(set(names) - allowed)
    if unknown:
        raise ValueError(
            f"An SFCC {record_type} has no field {', '.join(map(repr, unknown))}; it has: {', '.join(sorted(allowed))}."
        )
