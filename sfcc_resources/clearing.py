"""How one field is emptied in a MERGE import, which never clears what it isn't told to clear.

Belongs here: the answer for (record type, field). Doesn't: writing it (`sfcc_resources.xml`), deciding that a field is to be
emptied.

The rules, in this order (SFCC help, catalog object import: clearing; the XSDs):
SFCC's own documented default for a new object, which a cleared one equals then; `xsi:nil="true"` where the XSD says nillable (a
site's own value always: the one for all sites shows again); an empty element where its type takes one; else it can't be cleared,
and the mapping must write another value or leave the field alone.
Custom attributes are cleared by an empty element; a list (images, variations, links, ...) by an empty list element.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sfcc_resources.fields import FIELDS, Field, field


@dataclass(frozen=True, slots=True)
class Clearing:
    """`way`: nil, blank, reset (write `value`) or impossible."""

    way: Literal["nil", "blank", "reset", "impossible"]
    value: str = ""


NIL: Final = Clearing("nil")
BLANK: Final = Clearing("blank")
IMPOSSIBLE: Final = Clearing("impossible")


class CannotClearError(ValueError):
    """A field has no way to be emptied in a MERGE import."""


def _way(of: Field) -> Clearing:
    if of.default is not None:
        return Clearing("reset", of.default)
    if of.nillable:
        return NIL
    return BLANK if of.type.blank else IMPOSSIBLE


CLEARING: Final = {kind: {name: _way(of) for name, of in named.items()} for kind, named in FIELDS.items()}
"""Record type -> field -> how it is cleared."""


def clearing(record_type: str, name: str) -> Clearing:
    """How `name` of a `record_type` is cleared; `custom.<id>` asks for a custom attribute. Raises ValueError for an unknown
    field."""
    return BLANK if name.startswith("custom.") else CLEARING[record_type][field(record_type, name).name]


def can_clear(record_type: str, name: str) -> bool:
    """Whether None may stand in a slot of this field."""
    return clearing(record_type, name) is not IMPOSSIBLE
