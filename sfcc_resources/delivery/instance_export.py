"""The instance's own export: asked for, downloaded, and deleted there.

Belongs here: which units of an instance hold which records, and getting them as a file. Doesn't: the calls themselves
(`archive_transfer`), reading the file (`sfcc_resources.exported_objects`).

Example:

    archive = instance_export.export(client, instance_export.data_units({("master", "product")}), folder)
    for exported in exported_objects.objects(archive): ...
"""

import secrets
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sfcc_resources.archive_paths import private_site
from sfcc_resources.delivery import archive_transfer
from sfcc_resources.delivery.delivery_port import Tell
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccError, SfccPermanentError, SfccTransientError
from sfcc_resources.record_types import CATALOG, CUSTOM_OBJECTS, LIBRARY, PRICEBOOK, REGISTRY

DataUnits = Mapping[str, Any]
"""What to export, as OCAPI names it. Example: {"catalogs": {"master": True}}."""

_FORBIDDEN: Final = 403


class ExportNotAllowedError(SfccPermanentError):
    """The instance lets this client export nothing: the right is missing, or the job isn't known to it."""


def data_units(holders: Iterable[tuple[str, str]]) -> DataUnits:
    """The units that hold the records of some (container, record type); types without an export of objects have none.

    Example: {("master", "product"), ("eur", "price-table")} -> {"catalogs": {"master": True}, "price_books": {"eur": True}}.
    """
    units: dict[str, dict[str, Any]] = {}
    for container, record_type in sorted(holders):
        feed = REGISTRY[record_type].feed
        if feed is LIBRARY and (site := private_site(container)) is not None:
            units.setdefault("sites", {})[site] = {"content": True}
        elif feed is CUSTOM_OBJECTS:
            units.setdefault("global_data", {})["global_custom_objects"] = True
        elif feed in _UNITS:
            units.setdefault(_UNITS[feed], {})[container] = True
    return units


_UNITS: Final = {CATALOG: "catalogs", PRICEBOOK: "price_books", LIBRARY: "libraries"}

WHOLE_UNITS: Final = frozenset(_UNITS.values())
"""The units of which all can be asked for at once, by `{"all": True}`."""


def export(client: Client, units: DataUnits, folder: Path, *, tell: Tell = lambda _: None, limit: float = 6 * 3600.0) -> Path:
    """Exports `units` into a zip in `folder`; nothing of it stays in the instance. `limit`: seconds the job may take.

    Source: OCAPI, job `sfcc-site-archive-export`.

    Raises ExportNotAllowedError where the instance doesn't let this client export, SfccError for any other failure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"akeneo-export-{secrets.token_hex(6)}.zip"
    try:
        archive_transfer.export(client, name, units, folder / name, on_progress=tell, limit=limit)
    except SfccError as error:
        if error.status == _FORBIDDEN or error.fault == "JobNotFoundException":
            raise ExportNotAllowedError(
                f"SFCC does not let this client export: allow the job {archive_transfer.EXPORT} in the OCAPI settings and "
                f"Impex/src/instance in the WebDAV settings ({error})",
                status=error.status,
                fault=error.fault,
            ) from error
        raise
    finally:
        _remove(client, name, tell)
    if not zipfile.is_zipfile(folder / name):
        raise SfccTransientError(f"SFCC's export {name} arrived damaged: it is no zip file; try again later.")
    return folder / name


def _remove(client: Client, name: str, tell: Tell) -> None:
    try:
        archive_transfer.remove(client, name)
    except SfccError as error:  # what was asked for doesn't depend on it
        tell(f"{name}: stays in SFCC's folder of exports, it could not be deleted ({error})")
