"""The section `delivery` of connector.yaml: how files reach SFCC. The instance's address and credentials are in `environment`."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from akeneo_assets.errors import shown
from akeneo_assets.settings.section import Section

WEEK: Final = 7 * 24 * 60
"""Minutes."""
LOG_GROUPS: Final = ("level", "type", "id", "file", "line", "message")


def _log_pattern(text: str) -> str:
    """Accept a regular expression that names only what a line of SFCC's log can tell."""
    try:
        names = re.compile(text).groupindex
    except (re.error, OverflowError, RecursionError) as error:
        why = "groups nest too deep" if isinstance(error, RecursionError) else error
        raise ValueError(f"'{shown(text)}' is no regular expression ({why})") from None
    if unknown := [name for name in names if name not in LOG_GROUPS]:
        raise ValueError(f"'{shown(text)}' names the group '{unknown[0]}', which is none of {', '.join(LOG_GROUPS)}")
    if not names:
        raise ValueError(f"'{shown(text)}' names none of the groups {', '.join(LOG_GROUPS)}, e.g. (?P<message>.*)")
    return text


LogPattern = Annotated[str, AfterValidator(_log_pattern)]


class Delivery(Section):
    """How files reach SFCC."""

    archive_limit_mb: Annotated[int, Field(ge=1, le=500)] = 190
    """Largest archive in MiB; SFCC takes 200 MB."""
    keep_archives: bool = False
    """True: archives stay in SFCC's Impex folder after a successful import."""
    wait_minutes: Annotated[int, Field(ge=1, le=WEEK)] = 240
    """How long an import job may take; a week at most."""
    busy_minutes: Annotated[int, Field(ge=0, le=WEEK)] = 60
    """How long to wait while someone else's import keeps SFCC's job busy; a week at most."""
    bisect_imports: Annotated[int, Field(ge=0, le=100)] = 12
    """How many more imports a load may start to find out what SFCC refused, where SFCC's log does not tell and SFCC lets the
    connector export nothing: the doubtful objects are sent again in halves. 0: none."""
    follow_up_job: str | None = None
    """A job of yours in SFCC (index, replication), started after each product load of which SFCC confirmed everything. A load
    that sent nothing starts none."""
    log_patterns: tuple[LogPattern, ...] = ()
    r"""More wordings of an error line in SFCC's import log, as regular expressions with the named groups `level`, `type`, `id`,
    `file`, `line` and `message`; each pattern has one of them at least. They are tried after the connector's own, e.g.
    `'(?P<level>ERROR) in (?P<file>\S+) at (?P<line>\d+): (?P<message>.*)'`."""
