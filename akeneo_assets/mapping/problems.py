"""What could not be mapped as it stands in the PIM, for the quarantine table.

Belongs here: the record of a problem, and the words for data of a wrong shape. Doesn't: what to do about it. The rest of an
object with a problem is imported all the same, unless it can't have an SFCC id (`identity`).
"""

from typing import NamedTuple

from akeneo_assets.mapping.texts import UnmappableError

MALFORMED = (KeyError, TypeError, AttributeError, IndexError, ValueError)
"""What data of another shape than its attribute's type raises: a value may be older than the definition of its attribute.
UnmappableError is among them."""


def complaint(error: Exception) -> str:
    """The reason for the quarantine table, of one of MALFORMED."""
    return str(error) if isinstance(error, UnmappableError) else "its data doesn't have the shape of the attribute's type"


class Problem(NamedTuple):
    """What of one object didn't reach SFCC, and why.

    `kind` is product, product_model, category, attribute, reference_entity_record or setting. `key` is the object's uuid or code,
    or its place in connector.yaml. `attribute` is the PIM attribute concerned, "" for the whole object. `reason` is a phrase that
    says what was left out and why: `the attribute has no option 'red'`.
    """

    kind: str
    key: str
    attribute: str
    reason: str
