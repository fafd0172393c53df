"""The section `loads` of connector.yaml: what a differential load reads again."""

from typing import Annotated

from pydantic import Field

from akeneo_assets.settings.section import Section


class Loads(Section):
    """Loads of products."""

    overlap_minutes: Annotated[int, Field(ge=1)] = 10
    """How far a differential looks back behind the last load's start."""
    summer_time_overlap_minutes: Annotated[int, Field(ge=60)] = 120
    """The same across a change of summer time, where the PIM's time zone isn't UTC."""
