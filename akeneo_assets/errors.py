"""The connector's own errors: a message says what happened, where, and what to do, and is all that a person needs.

Assets turn them into a Dagster failure without a traceback (`akeneo_assets.resources.clear_failures`).
"""

from pathlib import Path
from typing import Final

from sfcc_resources.redaction import one_line

SHOWN: Final = 100
"""Characters of a text of others that a sentence shows."""


class ConnectorError(Exception):
    """Something a person has to mend; the message is all they need."""


class SettingsError(Exception):
    """The settings or the environment can't be used; the message has one sentence a line."""


def shown(text: str) -> str:
    """A code, id or value of a file as it can stand in a sentence: as it is, or as the start of one readable line where it is
    long or holds characters that a terminal would act on."""
    return text if len(text) <= SHOWN and text.isprintable() else one_line(text, length=SHOWN)


def needed(path: Path, asset: str) -> Path:
    """`path`, which `asset` (its name in the UI) makes.

    Raises:
        ConnectorError: it hasn't been made: somebody materialized an asset without those before it.
    """
    if not path.exists():
        raise ConnectorError(f"Nothing was done: {asset} has not been materialized for this load or in this run: do that first.")
    return path
