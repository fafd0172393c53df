"""A time zone as connector.yaml names it.

Belongs here: which names are zones. Doesn't: what is timed in one (`akeneo_settings`, `schedule_settings`).
"""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator


def _iana_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"'{name}' is no time zone of the IANA database; write e.g. Europe/Paris") from error
    return name


TimeZone = Annotated[str, AfterValidator(_iana_zone)]
"""The name of a zone of the IANA database."""
