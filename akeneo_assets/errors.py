"""The connector's own errors: a message says what happened, where, and what to do, and is all that a person needs.

Assets turn them into a Dagster failure without a traceback (`akeneo_assets.resources.clear_failures`).
"""

from pathlib import Path


class ConnectorError(Exception):
    """Something a person has to mend; the message is all they need."""


class SettingsError(Exception):
    """The settings or the environment can't be used; the message has one sentence a line."""


def needed(path: Path, asset: str) -> Path:
    """`path`, which `asset` (its name in the UI) makes.

    Raises:
        ConnectorError: it hasn't been made: somebody materialized an asset without those before it.
    """
    if not path.exists():
        raise ConnectorError(f"Nothing was done: {asset} has not been materialized for this load or in this run: do that first.")
    return path
