"""The port through which an import leaves the connector: what every way of delivering an archive can do.

Belongs here: the protocol `DeliveryPort` and what comes back. Doesn't: any way of delivering (`site_archive_delivery`), what
SFCC's log means (`sfcc_resources.log_wording`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Tell = Callable[[str], None]
"""Takes one sentence at a time about what is going on."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came back of an archive.

    job_ok: whether SFCC's job ended with the exit status OK; that alone confirms nothing.
    broke_off: whether SFCC's job was aborted, as when the instance stops: sent again, the archive may go through.
    exit_message: SFCC's own words on that end, one line; empty where it said none.
    log: the import's log, downloaded; None if SFCC has none.
    files_present: of the archive's static files those that lie in the instance with the size they were sent with, by the
        `feed` column of the manifest.
    """

    job_ok: bool
    broke_off: bool
    exit_message: str
    log: Path | None
    files_present: frozenset[str]


class DeliveryPort(Protocol):
    """A way of getting archives into SFCC."""

    def check(self) -> None:
        """Makes sure that SFCC can be reached, accepts the credentials and lets its jobs be looked up. Changes nothing.

        Raises SfccError otherwise.
        """

    def static_file(self, name: str) -> bytes | None:
        """A small static file as the instance has it, by its path in an archive; None: there is none.

        Raises SfccError where SFCC doesn't let it be read, or can't be reached.
        Example: `catalogs/c/static/default/a.json` -> its bytes.
        """

    def delete_static_file(self, name: str) -> None:
        """Deletes a static file, by its path in an archive; there may be none.

        Raises SfccError where SFCC doesn't let it be deleted, or can't be reached: the file may still be there.
        """

    def deliver(self, archive: Path, manifest: Path, *, resume: bool, tell: Tell) -> Delivered:
        """Sends an archive, waits until SFCC has imported it and fetches SFCC's log.

        archive: a zip of `sfcc_resources.archive`; manifest: its table of ARCHIVE_MANIFEST.
        resume: the archive may have been sent before (after a crash): where SFCC knows it already, it is not sent again.

        Raises SfccPermanentError (credentials, permissions, refused requests) or SfccTransientError (out of reach, busy for too
        long, not done in time). After either, the archive may have been imported: deliver it again with `resume`.
        """
