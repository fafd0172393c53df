"""A session of a command that talks to an end, with as much of the environment as it needs (`half_environment`).

Apart from the environments, since it brings Dagster along, for which a command that only reads files has no time.
"""

from akeneo_assets.resources import Session
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.environment import Environment


def session(environment: Environment, reading: Akeneo | None = None) -> Session:
    """A session on this environment; `reading` says how the PIM is read (None: with all defaults), so that these commands work
    without a connector.yaml, or with one that is wrong."""
    own = Session()
    own.environment = environment
    own.pim_retries = 1  # a person waits
    own.reading = reading or Akeneo()
    return own
