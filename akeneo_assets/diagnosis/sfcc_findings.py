"""The SFCC instance: login, rights over OCAPI and WebDAV, and what an export tells of its sites and the catalog.

Belongs here: the instance's side. Doesn't: exporting, importing as such (`sfcc_resources.delivery`).

No call tells which locales and currencies an instance knows; a site's preferences do (`SiteLocales`, `SiteCurrencies`, as site
exports hold them), which an export alone brings out. Source: SFCC help, site import/export; OCAPI Data API, jobs.
"""

import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree

from akeneo_assets.diagnosis.finding import MALFORMED, REPORT, Finding, malformed
from akeneo_assets.mapping.catalog_header import catalog_header
from akeneo_assets.mapping.sites import Sites
from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.archive_paths import private_site
from sfcc_resources.delivery import job_executions, webdav
from sfcc_resources.delivery.archive_transfer import EXPORT, IMPORT, export
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccAnswerError, SfccError, SfccPermanentError

AREA: Final = "SFCC"
PROBE: Final = "akeneo-doctor-probe.txt"
IMPEX: Final = "Impex/src/instance"
_NOBODY: Final = "akeneo-doctor-no-such-job"

_GRANT_JOBS: Final = (
    "In Business Manager, Administration > Site Development > Open Commerce API Settings (Data), allow this client POST on "
    "/jobs/*/executions, GET on /jobs/*/executions/* and POST on /job_execution_search."
)
_GRANT_FILES: Final = (
    "In Business Manager, Administration > Organization > WebDAV Client Permissions, allow this client read_write on /impex, "
    "and read on /catalogs, /libraries and /logs."
)


def examine(client: Client, settings: ConnectorSettings | None) -> Iterator[Finding]:
    """Login and rights. Starts nothing; writes and deletes one small file in the Impex folder."""
    try:
        latest = job_executions.search(client, IMPORT, count=1)
    except SfccError as error:
        yield _problem("OCAPI", error, _GRANT_JOBS)
        if error.status != 403 and not isinstance(error, SfccAnswerError):
            return
        latest = []
    else:
        last = f"; the last {IMPORT} was {latest[0].start_time} ({latest[0].exit_code})" if latest else ""
        yield Finding(AREA, "OCAPI", "ok", f"{_host(client)} accepts the client; job executions can be looked up{last}.")
    yield _judged("follow jobs", lambda: _may_follow(client))
    yield _judged("start jobs", lambda: _may_start(client))
    yield _judged("WebDAV Impex", lambda: _may_write(client))
    yield _judged("WebDAV logs", lambda: _may_read_logs(client, latest))
    if settings is not None:
        catalog, library = settings.organization.master_catalog, settings.reference_entities.library
        yield _judged("WebDAV Catalogs", lambda: _holds(client, "Catalogs", catalog))
        if settings.reference_entities.as_ != "none":
            yield _judged("WebDAV Libraries", lambda: _holds(client, "Libraries", private_site(library) or library))


def _judged(check: str, judge: Callable[[], Finding]) -> Finding:
    """What `judge` finds; or that SFCC's answer isn't as its API describes it."""
    try:
        return judge()
    except MALFORMED as error:
        return malformed(AREA, check, error)


def _problem(check: str, error: SfccError, grant: str = "", *statuses: int) -> Finding:
    """The finding that a call failed. `grant`: what to do where its HTTP status is one of `statuses` (403 if none is given)."""
    if isinstance(error, SfccAnswerError):
        return Finding(AREA, check, "problem", str(error), REPORT)
    return Finding(AREA, check, "problem", str(error), grant if error.status in (statuses or (403,)) else "")


def _host(client: Client) -> str:
    """The host and port, without any user name or password of the URL."""
    return urlsplit(client.instance.url).netloc.rpartition("@")[2]


def _may_follow(client: Client) -> Finding:
    """Asking for an execution that can't be: not found means that the question is allowed."""
    try:
        job_executions.status(client, IMPORT, "0")
    except SfccError as error:
        if error.status != 404:
            return _problem("follow jobs", error, _GRANT_JOBS)
    return Finding(AREA, "follow jobs", "ok", "Executions can be followed.")


def _may_start(client: Client) -> Finding:
    """Starting a job that there isn't: not found means that starting jobs is allowed, and nothing has been started."""
    try:
        job_executions.start(client, _NOBODY, {}, busy_limit=0)
    except SfccError as error:
        if error.status == 404:
            return Finding(AREA, "start jobs", "ok", "Jobs can be started (asked with a job that there isn't).")
        if error.status == 403:
            sentence = (
                "Starting any job (/jobs/*/executions) is not allowed; whether these two are can't be told without starting them."
            )
            return Finding(AREA, "start jobs", "warning", sentence, f"Make sure that {IMPORT} and {EXPORT} are. {_GRANT_JOBS}")
        return _problem("start jobs", error)
    return Finding(AREA, "start jobs", "unknown", f"SFCC started a job named {_NOBODY}, which should not be there.")


def _may_write(client: Client) -> Finding:
    path = f"{IMPEX}/{PROBE}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            probe = Path(folder) / PROBE
            probe.write_text("Written and deleted by akeneo-sfcc doctor.\n")
            webdav.put(client, path, probe)
        there = webdav.listing(client, IMPEX)
        webdav.delete(client, path)
    except SfccError as error:
        return _problem("WebDAV Impex", error, _GRANT_FILES, 401, 403)
    if not any(entry.name == PROBE for entry in there or []):
        return Finding(AREA, "WebDAV Impex", "problem", f"{IMPEX} took a file and doesn't list it.", _GRANT_FILES)
    others = f"; other files there: {len(there or []) - 1}" if len(there or []) > 1 else ""
    return Finding(AREA, "WebDAV Impex", "ok", f"{IMPEX} can be written, listed and cleared{others}.")


def _may_read_logs(client: Client, latest: list[job_executions.Execution]) -> Finding:
    """Without an import's log nothing counts as imported."""
    try:
        if latest and latest[0].has_log and latest[0].log_file_path:
            path = latest[0].log_file_path.removeprefix("/").removeprefix("Sites/")
            size = webdav.size(client, path)
            if size is None:
                return Finding(AREA, "WebDAV logs", "problem", f"The last import's log {path} is not there.", _GRANT_FILES)
            return Finding(AREA, "WebDAV logs", "ok", f"The last import's log can be read ({size:,} bytes).")
        if webdav.listing(client, "LOGS/jobs") is None:
            sentence = "There is no folder LOGS/jobs yet, where imports leave their logs."
            return Finding(AREA, "WebDAV logs", "unknown", sentence, "Ask again after the first import.")
    except SfccError as error:
        return _problem("WebDAV logs", error, _GRANT_FILES, 401, 403)
    return Finding(AREA, "WebDAV logs", "ok", "LOGS/jobs can be listed.")


def _holds(client: Client, folder: str, container: str) -> Finding:
    """Whether the static files of a catalog or library can be looked for: an import's files are, after it."""
    check = f"WebDAV {folder}"
    try:
        there = webdav.listing(client, folder)
    except SfccError as error:
        return _problem(check, error, _GRANT_FILES, 401, 403)
    if any(entry.name == container for entry in there or []):
        return Finding(AREA, check, "ok", f"{folder}/{container} is there.")
    others = ", ".join(entry.name for entry in there or []) or "none"
    return Finding(AREA, check, "ok", f"{folder} holds no folder {container} (there: {others}); the first import makes it.")


# --- What an export tells -------------------------------------------------------------------------------------------------------


def without_export() -> Finding:
    """What stays unknown."""
    return Finding(
        AREA,
        "locales, currencies, view types",
        "unknown",
        "SFCC tells them in exports only.",
        "Run `akeneo-sfcc doctor --export`: it starts site exports of the sites' preferences and of the master catalog.",
    )


def examine_exports(client: Client, settings: ConnectorSettings, sites: Sites | None) -> Iterator[Finding]:
    """Sites' locales and currencies, and the catalog's view types, from two exports, which are deleted afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if sites is not None:
            ids = [site.id for site in sites.sites if site.id]
            if ids:
                yield from _site_preferences(client, sites, ids, Path(folder))
            else:
                sentence = "Which sites are fed is not known, so neither their locales nor their currencies."
                yield Finding(AREA, "locales, currencies", "unknown", sentence, "Give organization.sites its SFCC site ids.")
        locales = sites.all_locales if sites is not None else ()
        header = catalog_header(settings, locales)
        views = header["view_types"] if header is not None else []
        yield from _view_types(client, settings.organization.master_catalog, views, Path(folder))


def _site_preferences(client: Client, sites: Sites, ids: Collection[str], folder: Path) -> Iterator[Finding]:
    try:
        archive = _export(client, {"sites": {id_: {"site_preferences": True} for id_ in ids}}, folder)
        known_of = {id_: preferences(archive, id_) for id_ in ids}
    except SfccError as error:
        yield Finding(AREA, "sites", "problem", str(error), f"Check the site ids in organization.sites: {', '.join(ids)}.")
        return
    except _NO_EXPORT as error:
        yield malformed(AREA, "sites", error)
        return
    for site in sites.sites:
        if site.id:
            known = known_of[site.id]
            yield from compare(site.id, "locales", list(site.locales.values()), known.get("SiteLocales"))
            yield from compare(site.id, "currencies", list(site.currencies), known.get("SiteCurrencies"))


def compare(site: str, what: str, sent: Collection[str], known: Collection[str] | None) -> Iterator[Finding]:
    """What will be sent for a site against what the site uses; None: its preferences don't say."""
    if known is None:
        sentence = f"The export says nothing of the {what} of site {site}."
        advice = f"Compare them in Business Manager: {', '.join(sent)}."
        yield Finding(AREA, what, "unknown", sentence, advice)
    elif missing := [code for code in sent if code not in known]:
        sentence = f"Site {site} does not use {', '.join(missing)} (it uses {', '.join(known)})."
        where = "Site Preferences > Locales" if what == "locales" else "Site Preferences > Currencies"
        yield Finding(
            AREA, what, "warning", sentence, f"Add them in Business Manager ({where}), or leave them out of connector.yaml."
        )
    else:
        yield Finding(AREA, what, "ok", f"Site {site} uses all {what} that will be sent: {', '.join(sent)}.")


def preferences(archive: Path, site: str) -> Mapping[str, list[str]]:
    """A site's standard preferences that list locales (in the form of xml:lang) or currencies, by preference id.

    Assumed as public exports show it: values apart by `:` in one text, or one `value` element each; locales with `_`.
    """
    listed: dict[str, list[str]] = {}
    with zipfile.ZipFile(archive) as zipped:
        name = next((n for n in zipped.namelist() if n.endswith(f"/sites/{site}/preferences.xml")), None)
        if name is None:
            return listed
        with zipped.open(name) as file:
            for _, element in etree.iterparse(file, resolve_entities=False, no_network=True):
                if etree.QName(element).localname == "preference" and element.get("preference-id") in _LISTED:
                    text = ":".join(str(part) for part in element.itertext())
                    values = (part.strip().replace("_", "-") for part in text.split(":"))
                    listed[str(element.get("preference-id"))] = [value for value in values if value]
    return listed


_LISTED: Final = ("SiteLocales", "SiteCurrencies")


def _view_types(client: Client, catalog: str, wanted: Sequence[str], folder: Path) -> Iterator[Finding]:
    check = "view types"
    try:
        there = view_types(_export(client, {"catalogs": {catalog: True}}, folder))
    except SfccPermanentError as error:
        advice = "Where the catalog isn't there yet, the first import makes it, view types included."
        yield Finding(AREA, check, "unknown", str(error), advice)
        return
    except SfccError as error:
        yield Finding(AREA, check, "problem", str(error))
        return
    except _NO_EXPORT as error:
        yield malformed(AREA, check, error)
        return
    if there is None:
        sentence = (
            f"The catalog {catalog} has no image settings yet; the first product load writes: {', '.join(wanted) or 'none'}."
        )
        yield Finding(AREA, check, "ok", sentence)
    elif there == list(wanted):
        yield Finding(AREA, check, "ok", f"The catalog {catalog} has those of connector.yaml: {', '.join(wanted)}.")
    else:
        sentence = f"The catalog {catalog} has {', '.join(there) or 'none'}, connector.yaml {', '.join(wanted) or 'none'}."
        advice = "The next product load writes connector.yaml's: add to images.view_types what your storefront needs."
        yield Finding(AREA, check, "warning", sentence, advice)


def view_types(archive: Path) -> list[str] | None:
    """The view types of the exported catalog's header, read no further than the header; None when it has none."""
    with zipfile.ZipFile(archive) as zipped:
        name = next((n for n in zipped.namelist() if "/catalogs/" in n and n.endswith(".xml")), None)
        if name is None:
            return None
        with zipped.open(name) as file:
            for _, element in etree.iterparse(file, resolve_entities=False, no_network=True):
                tag = etree.QName(element).localname
                if tag == "view-types":
                    return [str(view.text) for view in element]
                if tag in ("header", "category", "product"):
                    return None
    return None


_NO_EXPORT: Final = (*MALFORMED, zipfile.BadZipFile, etree.XMLSyntaxError)
"""What reading an export raises that is no site archive."""


def _export(client: Client, units: Mapping[str, Any], folder: Path) -> Path:
    name = f"akeneo-doctor-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.zip"
    try:
        export(client, name, units, folder / name)
    finally:
        webdav.delete(client, f"{IMPEX}/{name}")
    return folder / name
