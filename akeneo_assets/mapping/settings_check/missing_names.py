"""The sentences for a name in connector.yaml that the PIM doesn't have. All checks use them.

Belongs here: looking a code up in the structure, and the sentence where it isn't there. Doesn't: which keys name what (the
checks).
"""

import difflib
from collections.abc import Collection, Iterable, Iterator

from akeneo_assets.errors import shown
from akeneo_assets.structure.pim_structure import Structure, fold


def lacks(path: str, what: str, code: str, existing: Iterable[str], verb: str = "names") -> str:
    """Say that the PIM has no `what` of this code, with the nearest of the existing codes.

    Example: `connector.yaml: categories.trees names the category tree 'mastr', which the PIM does not have; did you mean
    'master'?`
    """
    nearest = difflib.get_close_matches(code, list(existing), 1, 0.6)
    advice = f"; did you mean '{nearest[0]}'?" if nearest else "."
    return f"connector.yaml: {path} {verb} the {what} '{shown(code)}', which the PIM does not have{advice}"


def none_of(path: str, codes: Iterable[str], allowed: Collection[str], what: str) -> Iterator[str]:
    """Yield a sentence for each code that isn't among the allowed ones; `what` says what it isn't, e.g. `no currency of any
    site`."""
    for code in codes:
        if code not in allowed:
            yield f"connector.yaml: {path} names '{shown(code)}', which is {what}: {', '.join(allowed)}."


def missing_attribute(path: str, code: str, structure: Structure, verb: str = "names") -> Iterator[str]:
    """Yield a sentence if the PIM has no such attribute."""
    if structure.attribute(code) is None:
        yield lacks(path, "PIM attribute", code, (attribute.code for attribute in structure.attributes.values()), verb)


def missing_family(path: str, code: str, structure: Structure) -> Iterator[str]:
    """Yield a sentence if the PIM has no such family."""
    if structure.family(code) is None:
        yield lacks(path, "family", code, (family.code for family in structure.families.values()))


def missing_association_type(path: str, code: str, structure: Structure) -> Iterator[str]:
    """Yield a sentence if the PIM has no such association type."""
    if fold(code) not in structure.association_types:
        yield lacks(path, "association type", code, (type_.code for type_ in structure.association_types.values()))
