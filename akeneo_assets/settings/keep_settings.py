"""The section `keep` of connector.yaml: how many old loads stay in the store with all their files."""

from typing import Annotated

from pydantic import Field

from akeneo_assets.settings.section import Section


class Keep(Section):
    """Which loads stay whole in the store: what was read, mapped and sent, with SFCC's answer.

    Older ones are folded, with the imports by jobs 1 and 2 and the plans of their time: what the PIM said last and what SFCC was
    given last are kept, their folders and Dagster's records of their runs are removed. That is done after a load has succeeded,
    once a tenth of `loads` is to go."""

    loads: Annotated[int, Field(ge=1, le=100_000)] = 200
    """So many successful loads stay whole in any case."""
    days: Annotated[int, Field(ge=0, le=3_650)] = 30
    """All that was begun within so many days stays whole, too."""
