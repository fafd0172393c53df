"""Addresses and secrets from the environment and an .env file. Read only when `Environment.read()` is called, never at import.

Belongs here: what differs between installations or must stay secret. Doesn't: anything else (`connector`).
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import DirectoryPath, Field, FilePath, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from akeneo_assets.errors import SettingsError

# Without user and password: an address is told in errors and metadata.
Address = Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")]


class Environment(BaseSettings):
    """The environment variables of the connector, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    akeneo_url: Address
    """Address of the PIM, e.g. `https://example.cloud.akeneo.com`."""
    akeneo_client_id: str
    """Client id of the PIM's connection."""
    akeneo_client_secret: SecretStr
    """Secret of the PIM's connection."""
    akeneo_username: str
    """User of the PIM's connection."""
    akeneo_password: SecretStr
    """Password of that user."""
    sfcc_url: Address
    """Address of the SFCC instance."""
    sfcc_login_url: Address = "https://account.demandware.com"
    """Address of the Account Manager."""
    sfcc_client_id: str
    """API client id."""
    sfcc_client_secret: SecretStr
    """API client secret."""
    sfcc_ca_file: FilePath | None = None
    """Certificates to trust instead of the well-known ones."""
    sfcc_xsd_dir: DirectoryPath | None = None
    """Folder of SFCC's XML schemas: every feed is validated before it is sent. Not given: feeds are not validated."""
    connector_store: Path = Path("var/store")
    """Where Parquet and XML lie."""
    connector_config: Path = Path("connector.yaml")
    """The settings file."""

    @classmethod
    def read(cls) -> Self:
        """The environment as it is now. SettingsError: names every variable that is missing, or wrong (never its value)."""
        try:
            return cls()  # type: ignore[call-arg]
        except ValidationError as error:
            missing = [str(e["loc"][0]).upper() for e in error.errors() if e["type"] == "missing"]
            wrong = [str(e["loc"][0]).upper() for e in error.errors() if e["type"] != "missing"]
            sentences = []
            if missing:
                sentences.append(f"Missing in the environment: {', '.join(missing)}; set them there or in an .env file.")
            if wrong:
                how = "give addresses as https://host, and files and folders that exist"
                sentences.append(f"Not usable in the environment: {', '.join(wrong)}; {how}.")
            raise SettingsError(" ".join(sentences)) from None
