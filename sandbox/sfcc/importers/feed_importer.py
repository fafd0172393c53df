"""One feed file of any schema: checked, then imported by the importer of its namespace."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.sfcc.feed_checker import check
from sandbox.sfcc.feed_xml import FeedError, local, namespace
from sandbox.sfcc.impex_schema import CATALOG_NS, CUSTOMOBJECT_NS, LIBRARY_NS, METADATA_NS, PREFERENCES_NS, PRICEBOOK_NS, SITE_NS
from sandbox.sfcc.import_log_writer import JobLog, Report
from sandbox.sfcc.importers.catalog_importer import import_catalog
from sandbox.sfcc.importers.custom_object_importer import import_custom_objects
from sandbox.sfcc.importers.library_importer import import_library
from sandbox.sfcc.importers.metadata_importer import import_metadata
from sandbox.sfcc.importers.object_importer import FileImport
from sandbox.sfcc.importers.pricebook_importer import import_pricebooks
from sandbox.sfcc.importers.site_importer import import_preferences, import_site
from sandbox.sfcc.instance_faults import Faults
from sandbox.sfcc.instance_settings import Settings, configuration
from sandbox.sfcc.instance_state import Store
from sandbox.sfcc.object_merge import Mode

_IMPORTERS: dict[str, Callable[[FileImport, dict[str, str]], None]] = {
    f"{{{CATALOG_NS}}}catalog": import_catalog,
    f"{{{PRICEBOOK_NS}}}pricebooks": import_pricebooks,
    f"{{{METADATA_NS}}}metadata": import_metadata,
    f"{{{LIBRARY_NS}}}library": import_library,
    f"{{{CUSTOMOBJECT_NS}}}custom-objects": import_custom_objects,
    f"{{{PREFERENCES_NS}}}preferences": import_preferences,
    f"{{{SITE_NS}}}site": import_site,
}

_OF_SFCC = "http://www.demandware.com/xml/impex/"


@dataclass(frozen=True)
class JobContext:
    """What a running job works with: its settings, its store connection, log, faults and a folder of its own."""

    settings: Settings
    store: Store
    log: JobLog
    faults: Faults
    work: Path

    @property
    def failed(self) -> bool:
        """A process error happened. Data problems never fail a job (SFCC help, import/export error handling)."""
        return bool(self.log.counts["process_error"] or (self.log.counts["file_error"] and not self.faults.ok_over_malformed))


def import_feed(job: JobContext, path: Path, name: str, *, mode: Mode = "MERGE", site: str = "", only: str | None = None) -> bool:
    """Import the file at `path`, called `name` in the log; `only`: the namespace it must have.

    Returns False after a process error, which is logged; nothing of that file is imported then. A file of SFCC's that this
    instance doesn't model (promotions, inventory ...) is noted.
    """
    job.log.write("file", file=name)
    for line in job.faults.free_lines:
        job.log.write("free", message=line)
    try:
        tag, attributes = check(path, job.settings.xsd_dir)
        if only is None and tag not in _IMPORTERS and namespace(tag).startswith(_OF_SFCC):
            job.log.write("ignored", file=name, message=f"{local(tag)} is not modelled by this instance")
            return True
        importer = _importer(tag, only)
        file = FileImport(
            path=path,
            store=job.store,
            configuration=configuration(job.settings, job.store),
            report=Report(job.log, name, path),
            faults=job.faults,
            mode=mode,
            site=site,
            work=job.work,
        )
        importer(file, attributes)
    except FeedError as error:
        job.log.write("file_error", file=name, message=error)
        return False
    return True


def _importer(tag: str, only: str | None) -> Callable[[FileImport, dict[str, str]], None]:
    importer = _IMPORTERS.get(tag)
    if importer is None or (only is not None and not tag.startswith(f"{{{only}}}")):
        raise FeedError(f"root element {tag} can't be imported here")
    return importer
