"""Dagster's view of an SFCC instance.

Belongs here: reading the environment when a run needs it, never at import. Doesn't: anything that talks to SFCC (`delivery`).
"""

import os
from collections.abc import Mapping

from dagster import ConfigurableResource

from sfcc_resources.delivery.client import ACCOUNT_MANAGER, Client, Instance
from sfcc_resources.delivery.errors import SfccPermanentError

_NEEDED = ("SFCC_URL", "SFCC_CLIENT_ID", "SFCC_CLIENT_SECRET")


def instance_of(environment: Mapping[str, str]) -> Instance:
    """The instance that SFCC_URL, SFCC_CLIENT_ID, SFCC_CLIENT_SECRET and maybe SFCC_LOGIN_URL, SFCC_CA_FILE describe.

    Raises SfccPermanentError naming the variables that are missing.
    """
    missing = [name for name in _NEEDED if not environment.get(name)]
    if missing:
        raise SfccPermanentError(f"SFCC can't be reached without {', '.join(missing)}; set it in the environment or in .env.")
    return Instance(
        url=environment["SFCC_URL"],
        client_id=environment["SFCC_CLIENT_ID"],
        client_secret=environment["SFCC_CLIENT_SECRET"],
        login_url=environment.get("SFCC_LOGIN_URL") or ACCOUNT_MANAGER,
        ca_file=environment.get("SFCC_CA_FILE") or None,
    )


class SfccInstance(ConfigurableResource):  # type: ignore[type-arg]
    """The SFCC instance of the environment; `client()` opens it when a step asks."""

    def client(self) -> Client:
        """A client to be closed by its user (`with`). Raises SfccPermanentError for missing or malformed settings."""
        return Client(instance_of(os.environ))
