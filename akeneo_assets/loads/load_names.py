"""Which kinds of loads there are, and what a load may be called: its name is a partition key of Dagster, the name of a folder,
and a word on the command line.

Belongs here: refusing a name before the key exists. Doesn't: making names, the partition set (`partitions`); Dagster, which takes
more than a second to import.
"""

from typing import Final, Literal

from akeneo_assets.errors import shown

Kind = Literal["full", "differential"]

LONGEST: Final = 100
"""Characters. The folder's name has up to nine more (`safe_name`), and file systems take 255 bytes."""


def load_name_problem(name: str) -> str | None:
    """Why no load can have this name, in one sentence; None: it can.

    Source of what Dagster refuses: dagster's INVALID_PARTITION_SUBSTRINGS (`...` begins a range in its UI, control characters
    don't show there). A slash is fine: the folder's name has none.

    Example: `full_20261124T020000Z` -> None; `a...b` -> `The load's name 'a...b' holds '...', which Dagster reads as a range:
    choose another name.`
    """
    if problem := _problem(name):
        return f"The load's name '{shown(name)}' {problem}: choose another name."
    return None


def _problem(name: str) -> str | None:
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST:
        return f"has {len(name):,} characters, and {LONGEST} are allowed"
    if not name.isprintable():
        return "holds a line break or another character that can't be seen"
    if name != name.strip():
        return "begins or ends with a blank"
    if not name.strip("."):
        return "has nothing but dots"
    if "..." in name:
        return "holds '...', which Dagster reads as a range"
    return None
