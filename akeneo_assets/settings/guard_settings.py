"""The section `guard` of connector.yaml: how much may be missing in the PIM's answers before a person is asked."""

from typing import Annotated

from pydantic import Field

from akeneo_assets.settings.section import Section


class Guard(Section):
    """How much may vanish from the shop within 24 hours without a person's word.

    What counts is absence: objects and values that the PIM no longer gives although nobody edited their item. What a person has
    said in the PIM (disabled, moved, emptied) never counts. A type of which more than half would go stops the load."""

    share: Annotated[float, Field(ge=0, le=100)] = 10
    """Percent of the objects of a type, or of those that have a field: more is held back, the rest of the load goes."""
    above: Annotated[int, Field(ge=0)] = 10
    """So many may always go."""
