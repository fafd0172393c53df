"""Delivery by site archive: WebDAV upload, the system job `sfcc-site-archive-import`, its log and a look at the static files.

Belongs here: the first implementation of `delivery_port`. Doesn't: the single steps (`archive_transfer`, `staticfiles`).
"""

from pathlib import Path
from typing import Final

from sfcc_resources.delivery import job_executions, webdav
from sfcc_resources.delivery.archive_transfer import IMPORT, deliver
from sfcc_resources.delivery.delivery_port import Delivered, Tell
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.staticfiles import files_present, webdav_path
from sfcc_resources.redaction import one_line

_MINUTE: Final = 60.0  # seconds


class SiteArchiveDelivery:
    """Delivers archives to one instance, one at a time; needs no set-up in SFCC."""

    def __init__(self, client: Client, *, busy_minutes: float, wait_minutes: float, keep_archives: bool) -> None:
        """`busy_minutes`: how long another import is waited for before this one starts; `wait_minutes`: how long this one may
        take; `keep_archives`: whether the uploaded zip stays in SFCC's Impex folder after success."""
        self._client = client
        self._busy_limit = busy_minutes * _MINUTE
        self._limit = wait_minutes * _MINUTE
        self._keep_archives = keep_archives

    def check(self) -> None:
        """See `DeliveryPort`: looks up the latest import."""
        job_executions.search(self._client, IMPORT, count=1)

    def static_file(self, name: str) -> bytes | None:
        """See `DeliveryPort`."""
        return webdav.read(self._client, webdav_path(name))

    def delete_static_file(self, name: str) -> None:
        """See `DeliveryPort`."""
        webdav.delete(self._client, webdav_path(name))

    def deliver(self, archive: Path, manifest: Path, *, resume: bool, tell: Tell) -> Delivered:
        """See `DeliveryPort`; the log comes to lie beside the archive as `<archive's name>.log`."""
        execution = deliver(
            self._client,
            archive,
            on_progress=tell,
            resume=resume,
            delete_after=not self._keep_archives,
            busy_limit=self._busy_limit,
            limit=self._limit,
        )
        present = frozenset(files_present(self._client, manifest))
        message = one_line(execution.exit_message, self._client.secrets)
        return Delivered(execution.ok, execution.aborted, message, execution.log, present)
