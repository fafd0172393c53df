"""What could not be mapped as it stands in the PIM, for the quarantine table.

Belongs here: the record of a problem. Doesn't: what to do about it; the rest of an object with a problem is imported all the
same, unless the problem is its identity (see `identity`).
"""

from typing import NamedTuple


class Problem(NamedTuple):
    """`kind` product, product_model, category, attribute, reference_entity_record, setting; `key` its uuid or code, or its place
    in connector.yaml; `attribute` the PIM attribute concerned ("" for the whole object); `reason` a phrase that says what was
    left out and why."""

    kind: str
    key: str
    attribute: str
    reason: str
