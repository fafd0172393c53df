"""Import of a site archive: unpacking, the order of its files, static files. Merge only, as SFCC's system job.

Source: SFCC help, site import/export; B2C tooling SDK, job sfcc-site-archive-import.
"""

import re
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from sandbox.sfcc.importers.feed_importer import JobContext, import_feed
from sandbox.sfcc.instance_settings import configuration

_ORDER = [
    r"meta/system-objecttype-extensions\.xml(\.gz)?",
    r"meta/[^/]+\.xml(\.gz)?",
    r"preferences\.xml",
    r"sites/[^/]+/site\.xml",
    r"sites/[^/]+/preferences\.xml",
    r"catalogs/[^/]+/[^/]+\.xml(\.gz)?",
    r"pricebooks/([^/]+/)?[^/]+\.xml(\.gz)?",
    r"libraries/[^/]+/[^/]+\.xml(\.gz)?",
    r"sites/[^/]+/library/[^/]+\.xml(\.gz)?",
    r"custom-?objects/[^/]+\.xml(\.gz)?",
    r"sites/[^/]+/custom-?objects/[^/]+\.xml(\.gz)?",
]
"""Feeds of an archive in the order of their import: metadata before data. Both spellings of help pages and SDK are taken."""

_STATIC = [
    (r"catalogs/([^/]+)/static/(.+)", "Catalogs/{}"),
    (r"libraries/([^/]+)/static/(.+)", "Libraries/{}"),
    (r"sites/([^/]+)/library/static/(.+)", "Libraries/{}"),
    (r"sites/([^/]+)/static/(.+)", "Static/{}"),
    (r"()static/(.+)", "Static/organization{}"),
]


def import_site_archive(job: JobContext, archive: Path) -> None:
    """Import one archive. Everything that stops a file, or the whole archive, is a process error in the job's log."""
    job.log.write("import_started")
    unpacked = job.work / "archive"
    problem = _unpack(archive, unpacked)
    if problem is not None:
        job.log.write("process_error", file=archive.name, message=problem)
    else:
        _import_files(job, unpacked)
    entry = "import_failed" if job.failed else "import_finished"
    job.log.write(entry, errors=job.log.errors, warnings=job.log.warnings)


def _unpack(archive: Path, into: Path) -> str | None:
    """Unpack to a folder; returns what is wrong with the archive, if anything is."""
    if not archive.is_file():
        return "archive not found in Impex/src/instance"
    try:
        with zipfile.ZipFile(archive) as zipped:
            for member in zipped.infolist():
                path = PurePosixPath(member.filename)
                if path.is_absolute() or not path.parts or ".." in path.parts:
                    return f"entry '{member.filename}' leads out of the archive"
                if path.parts[0] != archive.stem:
                    return f"entry '{member.filename}' is not in the archive's top folder '{archive.stem}'"
                if not member.is_dir():
                    target = into.joinpath(*path.parts[1:])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with zipped.open(member) as source, target.open("wb") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:  # RuntimeError: encrypted, unknown method
        return f"not a readable zip archive: {error}"
    return None


def _import_files(job: JobContext, unpacked: Path) -> None:
    names = sorted(p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file())
    left = dict.fromkeys(names)
    for pattern in _ORDER:
        for name in [n for n in left if re.fullmatch(pattern, n)]:
            del left[name]
            _import_file(job, unpacked / name, name)
    _copy_static_files(job, unpacked, left)
    for name in left:
        job.log.write("ignored", file=name, message="no import is known for a file of this place")


def _import_file(job: JobContext, path: Path, name: str) -> None:
    """A feed below sites/<id>/ belongs to that site, which must exist unless the file is the one that makes it."""
    parts = PurePosixPath(name).parts
    site = parts[1] if parts[0] == "sites" else ""
    if site and parts[2:] != ("site.xml",) and site not in configuration(job.settings, job.store).sites:
        job.log.write("process_error", file=name, message=f"site '{site}' does not exist")
    else:
        import_feed(job, path, name, site=site)


def _copy_static_files(job: JobContext, unpacked: Path, left: dict[str, None]) -> None:
    """Static files go where WebDAV shows them: catalogs/<id>/static/default/x to Catalogs/<id>/default/x."""
    copied: dict[str, int] = {}
    for name in list(left):
        for pattern, place in _STATIC:
            match = re.fullmatch(pattern, name)
            if match:
                owner = place.format(match[1])
                target = job.settings.webdav / owner / match[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                (unpacked / name).replace(target)
                copied[owner] = copied.get(owner, 0) + 1
                del left[name]
                break
    for owner, count in copied.items():
        job.log.write("static_files", owner=owner, count=count)
