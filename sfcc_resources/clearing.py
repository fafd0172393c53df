"""How a field is emptied in SFCC. A MERGE import keeps every field that a feed doesn't name, so an emptied one must be written.

Belongs here: the way for each record type and field. Doesn't: writing it (`sfcc_resources.xml`), deciding that a field is to be
emptied (`akeneo_assets.mapping.emptied`).

The first rule that applies (SFCC help, catalog object import: clearing; the XSDs):
1. SFCC documents a default for new objects: that value is written. Example: min-order-quantity -> `1`.
2. The XSD says nillable: `xsi:nil="true"`. Example: online-from. For a site's own value this rule comes first: the value for all
   sites then applies again.
3. The type takes an empty text: an empty element. Example: brand.
4. The field can't be cleared: the mapping must write another value or leave the field alone. Example: tax-class-id.
A custom attribute is cleared by an empty element, a list (images, variations, links ...) by an empty list element.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sfcc_resources.fields import FIELDS, Field, field_of


@dataclass(frozen=True, slots=True)
class Clearing:
    """`way`: nil (xsi:nil), blank (an empty element), reset (`value` is written) or impossible."""

    way: Literal["nil", "blank", "reset", "impossible"]
    value: str = ""


NIL: Final = Clearing("nil")
BLANK: Final = Clearing("blank")
IMPOSSIBLE: Final = Clearing("impossible")


class CannotClearError(ValueError):
    """A field has no way to be emptied in a MERGE import."""


def _way(field: Field) -> Clearing:
    if field.default is not None:
        return Clearing("reset", field.default)
    if field.nillable:
        return NIL
    return BLANK if field.type.blank else IMPOSSIBLE


CLEARING: Final = {record_type: {name: _way(field) for name, field in fields.items()} for record_type, fields in FIELDS.items()}
"""Record type -> field -> how it is cleared."""


def clearing(record_type: str, name: str) -> Clearing:
    """How the field `name` is cleared; `custom.<id>` is a custom attribute. Raises ValueError for an unknown field.

    Example: product, `min-order-quantity` -> Clearing("reset", "1").
    """
    return BLANK if name.startswith("custom.") else CLEARING[record_type][field_of(record_type, name).name]


def can_clear(record_type: str, name: str) -> bool:
    """Whether the field can be emptied, so that None may stand in a record for its value."""
    return clearing(record_type, name) is not IMPOSSIBLE
