"""What the commands that talk to one end, or to each by itself, share: that end's half of the environment.

A run needs both halves (`akeneo_assets.settings.environment`); `init` needs the PIM's alone, `doctor` goes on with what is there.
"""

from pydantic import SecretStr

from akeneo_assets.resources import Session
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.environment import Environment


class PimEnvironment(Environment):
    """The environment with nothing of SFCC required."""

    sfcc_url: str = ""
    sfcc_client_id: str = ""
    sfcc_client_secret: SecretStr = SecretStr("")


class SfccEnvironment(Environment):
    """The environment with nothing of the PIM required."""

    akeneo_url: str = ""
    akeneo_client_id: str = ""
    akeneo_client_secret: SecretStr = SecretStr("")
    akeneo_username: str = ""
    akeneo_password: SecretStr = SecretStr("")


def session(environment: Environment) -> Session:
    """A session on this environment instead of a whole one."""
    made = Session()
    made.environment = environment
    made.reading = Akeneo()  # these commands work without a connector.yaml, or with one that is wrong
    return made
