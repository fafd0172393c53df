"""Codes in use that the PIM's lists no longer have: found by comparing the structure read now with that of the last import. Pure.

Belongs here: the comparison, and the sentence that stops a job. Doesn't: which codes are in use (the settings, the mirror know),
where confirmations are kept.
A list that lacks a code says nothing of why: it was deleted, or a right was taken from the connection, and the PIM answers alike.
So nothing is taken from the shop for it before a person has confirmed it.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, Literal

from akeneo_assets.structure.pim_structure import Structure, fold
from sfcc_resources.redaction import one_line

Kind = Literal["list", "channel", "locale", "currency", "category tree", "family", "attribute"]

Codes = Mapping[Kind, Iterable[str]]
"""Codes by kind, in any spelling. `list` are names of optional lists that this PIM has (`pim_lists.PimList.optional`)."""

Code = tuple[Kind, str]

_ORDER: Final[tuple[Kind, ...]] = ("list", "channel", "locale", "currency", "category tree", "family", "attribute")
_PLURALS: Final[Mapping[Kind, str]] = {
    "list": "lists",
    "channel": "channels",
    "locale": "locales",
    "currency": "currencies",
    "category tree": "category trees",
    "family": "families",
    "attribute": "attributes",
}
NAMED: Final = 10
"""Codes of a kind that the sentence names before it says how many more there are."""


def codes_of(structure: Structure, lists: Iterable[str] = ()) -> dict[Kind, list[str]]:
    """The codes of a structure: locales and currencies are those of its channels; `lists` are the optional lists that it was read
    from."""
    channels = structure.channels.values()
    return {
        "list": list(lists),
        "channel": [channel.code for channel in channels],
        "locale": [locale for channel in channels for locale in channel.locales],
        "currency": [currency for channel in channels for currency in channel.currencies],
        "category tree": [category.code for category in structure.categories.values() if category.parent is None],
        "family": [family.code for family in structure.families.values()],
        "attribute": [attribute.code for attribute in structure.attributes.values()],
    }


def vanished(now: Codes, before: Codes, in_use: Codes, confirmed: AbstractSet[Code] = frozenset()) -> list[Code]:
    """The codes in use that the lists had at the last successful import and don't have now, as spelled then; without those that a
    person has confirmed. Codes compare case-insensitively.

    A code that is in use and never was there isn't among them: it is a wrong setting.
    """
    agreed = {(kind, fold(code)) for kind, code in confirmed}
    gone: list[Code] = []
    for kind in _ORDER:
        known = {fold(code): code for code in before.get(kind, ())}
        used = {fold(code) for code in in_use.get(kind, ())}
        there = {fold(code) for code in now.get(kind, ())}
        gone += [(kind, known[code]) for code in sorted((known.keys() & used) - there) if (kind, code) not in agreed]
    return gone


def vanished_sentence(now: Codes, before: Codes, in_use: Codes, confirmed: AbstractSet[Code] = frozenset()) -> str | None:
    """What to stop a job with: see `vanished`; None when nothing is missing.

    Example: "The PIM's lists no longer have what is in use: locale 'fr_FR'; attributes 'color', 'size'. ..."
    """
    gone = vanished(now, before, in_use, confirmed)
    if not gone:
        return None
    by_kind = {kind: [code for of, code in gone if of == kind] for kind in _ORDER}
    named = "; ".join(_named(kind, codes) for kind, codes in by_kind.items() if codes)
    return (
        f"Nothing was sent, since the PIM's lists no longer have what is in use: {named}. They were deleted, or the connection "
        "has lost the right to see them: give it back, or confirm that they are gone (--confirm with the load's name)."
    )


def _named(kind: Kind, codes: list[str]) -> str:
    named = ", ".join(f"'{one_line(code)}'" for code in codes[:NAMED])
    more = f" and {len(codes) - NAMED:,} more" if len(codes) > NAMED else ""
    return f"{kind if len(codes) == 1 else _PLURALS[kind]} {named}{more}"
