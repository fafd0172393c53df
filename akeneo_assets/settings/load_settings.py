"""The section `loads` of connector.yaml: what a differential load reads again, and how it looks for what is gone."""

from typing import Annotated, Final

from pydantic import Field

from akeneo_assets.settings.section import Section

MONTH: Final = 30 * 24 * 60
"""Minutes."""

YEAR: Final = 365 * 24
"""Hours."""


class Loads(Section):
    """Loads of products."""

    overlap_minutes: Annotated[int, Field(ge=1, le=MONTH)] = 10
    """How far a differential looks back behind the last load's start; 30 days at most."""
    summer_time_overlap_minutes: Annotated[int, Field(ge=60, le=MONTH)] = 120
    """The same across a change of summer time, where the PIM's time zone isn't UTC."""
    verify_every: Annotated[int, Field(ge=1, le=YEAR)] = 24
    """Hours after which a differential compares all uuids and codes of the PIM with what is known, instead of counts alone: one
    that went and one that came can hide each other from counts. A full load always compares all."""
