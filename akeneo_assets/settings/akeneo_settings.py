"""The section `akeneo` of connector.yaml: how the PIM is read. Its address and credentials are in `environment`."""

from typing import Annotated

from pydantic import Field

from akeneo_assets.settings.section import Section
from akeneo_assets.settings.time_zone import TimeZone


class Akeneo(Section):
    """How the PIM is read."""

    timezone: TimeZone = "UTC"
    """Time zone of the PIM's server, as in the IANA database: `updated` filters are read in it. SaaS instances run in UTC."""
    families: tuple[str, ...] = ()
    """Read only products of these families; none named: all. Differentials are read unfiltered whatever stands here."""
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    """Products and models a page: fewer where the PIM takes too long over wide ones."""
    calls: Annotated[int, Field(ge=1, le=4)] = 4
    """Calls in flight at once; the PIM allows four a connection."""
    allow_http: bool = False
    """True: a PIM on another machine may be addressed by plain http, which sends credentials and products unencrypted. Without it
    only https is taken, and http to this machine."""
