"""The section `delivery` of connector.yaml: how files reach SFCC. The instance's address and credentials are in `environment`."""

from typing import Annotated

from pydantic import Field

from akeneo_assets.settings.section import Section


class Delivery(Section):
    """How files reach SFCC."""

    archive_limit_mb: Annotated[int, Field(ge=1, le=500)] = 190
    """Largest archive in MiB; SFCC takes 200 MB."""
    keep_archives: bool = False
    """True: archives stay in SFCC's Impex folder after a successful import."""
    wait_minutes: Annotated[int, Field(ge=1)] = 240
    """How long an import job may take."""
    busy_minutes: Annotated[int, Field(ge=0)] = 60
    """How long to wait while someone else's import keeps SFCC's job busy."""
    follow_up_job: str | None = None
    """A job of yours in SFCC (index, replication), started after each product load of which SFCC confirmed everything. A load
    that sent nothing starts none."""
