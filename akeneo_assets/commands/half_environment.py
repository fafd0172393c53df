"""What the commands that talk to one end, or to each by itself, share: that end's half of the environment.

A run needs both halves (`akeneo_assets.settings.environment`); `init` needs the PIM's alone, `doctor` goes on with what is there.
"""

from pathlib import Path

from pydantic import SecretStr

from akeneo_assets.settings.environment import Environment


class PimEnvironment(Environment):
    """The environment with nothing of SFCC required or checked."""

    sfcc_url: str = ""
    sfcc_login_url: str = ""
    sfcc_client_id: str = ""
    sfcc_client_secret: SecretStr = SecretStr("")
    sfcc_ca_file: Path | None = None
    sfcc_xsd_dir: Path | None = None


class SfccEnvironment(Environment):
    """The environment with nothing of the PIM required or checked."""

    akeneo_url: str = ""
    akeneo_client_id: str = ""
    akeneo_client_secret: SecretStr = SecretStr("")
    akeneo_username: str = ""
    akeneo_password: SecretStr = SecretStr("")


class HereEnvironment(PimEnvironment):
    """The environment with nothing of either end required or checked: this machine's files."""

    akeneo_url: str = ""
    akeneo_client_id: str = ""
    akeneo_client_secret: SecretStr = SecretStr("")
    akeneo_username: str = ""
    akeneo_password: SecretStr = SecretStr("")
