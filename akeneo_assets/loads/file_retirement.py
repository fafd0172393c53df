"""Static files that nothing exported shows any more: found with each load of products, and deleted in SFCC at its end.

Belongs here: which files these are, when they may go, deleting them with a trace in the ledger. Doesn't: which media are shown
(`shown_media`), other retired objects (`retirement`), WebDAV (`sfcc_resources.delivery`).

An archive can't delete a file, so that each is deleted over WebDAV: once SFCC has answered all archives of the load, and only
while nothing is open that may still show it. What can't be deleted waits for the next load. Source: LOADS, "Removals".
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads import sentinel
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.changes import IS_MAPPED
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.media_files import containers_of, places
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, deletion_row, record_files
from akeneo_assets.loads.sending import Sender
from akeneo_assets.loads.shown_media import shown_by_load
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import rows, sql_table
from sfcc_resources.archive import static_entry
from sfcc_resources.archive_paths import safe_name
from sfcc_resources.delivery.sfcc_errors import SfccError, SfccTransientError
from sfcc_resources.records import CATEGORY, CONTENT, FILE, PRODUCT
from sfcc_resources.verdicts import REFUSED, UNCONFIRMED

File = dict[str, Any]
"""A static file as the ledger has it: `key`, `container`, `id`; and `source`, an item of the PIM that showed it last, as far as
one is known."""

FAILURES: Final = 10
"""Files that SFCC refuses to delete before no more are tried with this load: a missing right concerns all of them."""

_SHOWING: Final = (PRODUCT, CATEGORY, CONTENT)
"""The types of objects that show files."""


def may_go(settings: ConnectorSettings) -> bool:
    """Whether files are deleted at all. What `keep` leaves as it is, or what merchants own by now, goes on showing its files."""
    retire = settings.loads.retire
    kept = "keep" in (retire.products, retire.categories, retire.content)
    return retire.media == "delete" and not kept and bool(settings.images.view_types) and settings.categories.write


def unshown(load: Load, *, everything: bool = True) -> list[File]:
    """The files that SFCC may have of the connector and that nothing exported shows: those of products without an SFCC id among
    them, which job 2 may have brought ahead. `everything`: the load maps all products; else only files are looked at that what
    it maps, or no longer has, showed before, as long as the load before has left none behind and nothing was sent since."""
    if not may_go(load.settings):
        return []
    doubted = None if everything or not _settled_before(load) else _shown_by_changed(load)
    if doubted is not None and not doubted:
        return []
    ledger = load.ledger
    shown = shown_by_load(load.package, load.package, load.mirror, load.settings, load.structure, among=doubted)
    gone = load.package.store.select(
        f"""
        SELECT key, container, id FROM ({ledger.sql(FILE, columns=("key", "container", "id"))})
        ANTI JOIN shown USING (key) {"" if doubted is None else "SEMI JOIN doubted USING (key)"}
        ORDER BY container, id
        """,
        ledger.views,
        shown=_keys(load, shown),
        doubted=_keys(load, doubted or ()),
    )
    files = [file for batch in gone for file in batch.to_pylist()]
    sources = _shown_before(load, {file["key"] for file in files})
    return [file | {"source": sources.get(file["key"])} for file in files]


def _keys(load: Load, media: Iterable[str]) -> pa.Table:
    """The keys of these media's files, a column `key`."""
    containers = containers_of(load.settings)
    keys = (object_key(container, FILE, id_) for medium in media for container, id_ in places(medium, containers))
    return pa.table({"key": np.fromiter(keys, dtype=np.uint64)})


def _settled_before(load: Load) -> bool:
    """Whether the load before has found all files that nothing showed, and deleted them, and nothing was sent since."""
    outcome = windows.outcome(load.package.store, load.previous.name) if load.previous else None
    if load.previous is None or outcome is None or outcome.archive != load.ledger.last:
        return False
    retired = load.previous.report("retired")
    return retired is not None and not retired["held"] and not record_files(load.previous.records("unshown"))


def _shown_by_changed(load: Load) -> set[str]:
    """The media that the load before had of items that this load maps or no longer has."""
    store, previous = load.package.store, load.previous
    if previous is None:
        return set()
    before, now = (sql_table(package.identities, tables.IDENTITIES) for package in (previous, load.package))
    mapped = f"SEMI JOIN ({sql_table(load.package.changes, tables.CHANGES)}) c ON {IS_MAPPED}"
    concerned = store.select(f"""
        SELECT owner, key FROM ({before}) i {mapped} UNION SELECT owner, key FROM ({now}) i {mapped}
        UNION SELECT owner, key FROM ({before}) ANTI JOIN ({now}) USING (owner, key)
    """)
    items = pa.Table.from_batches(concerned, pa.schema([("owner", pa.string()), ("key", pa.string())]))
    if not items.num_rows:  # as in most differentials: the mirror needn't be read
        return set()
    references = load.mirror.before().sql("media_references", "owner, key, media")
    shown = store.select(f"SELECT DISTINCT media FROM ({references}) SEMI JOIN items USING (owner, key)", items=items)
    return {media for batch in shown for media in batch.column("media").to_pylist()}


def _shown_before(load: Load, keys: Collection[int]) -> dict[int, str]:
    """For each of these files an item that showed it when the load before ended, as far as there is one."""
    last = windows.last_successful(load.package.store) if keys else None
    if last is None:
        return {}
    sources, containers = dict[int, str](), containers_of(load.settings)
    before = Mirror.of(load.package.store, last).sql("media_references", "owner, key, media")
    for batch in load.package.store.select(f"SELECT DISTINCT owner, key, media FROM ({before}) ORDER BY ALL"):
        for reference in batch.to_pylist():
            for container, id_ in places(reference["media"], containers):
                if (key := object_key(container, FILE, id_)) in keys:
                    sources[key] = f"{reference['owner']}:{reference['key']}"
    return sources


def newly_unshown(load: Load, files: Iterable[File], retired: Collection[str]) -> Iterator[File]:
    """Of the files that go those that the guard has to judge: not those that it let go with the load before, nor those of the
    `retired` items (their sources), which it judges themselves; none where no load has shown any so far."""
    last = windows.last_successful(load.package.store)
    if last is None:
        return iter(())
    before = record_files(Package.of_load(load.package.store, last.key).records("unshown"))
    judged = {file["key"] for file in rows(before, ["key"])}
    return (file for file in files if file["key"] not in judged and file["source"] not in retired)


def write_unshown(package: Package, files: Iterable[File]) -> int:
    """Write to the package the files that go at the load's end. Returns how many."""
    with RecordFiles(package.records("unshown")) as records:
        for file in files:
            records.write_row(FILE, deletion_row(FILE, file["container"], file["id"], None, ()))
    return records.counts.get(FILE, 0)


def delete_unshown(sender: Sender, libraries: Collection[str], warn: Callable[[str], None]) -> dict[str, int]:
    """Delete the files that `write_unshown` left in the package, with intent and verdict in the ledger as for an archive.

    `libraries`: the containers that are libraries, not catalogs. Returns counts: files deleted, files left for the next load; in
    one sentence `warn` is told why any are left.

    Raises:
        ConnectorError: as `Sender.send`.
    """
    package, ledger = sender.package, Ledger(sender.package.store)
    with sender.alone():
        files = _still_there(ledger, package)
        if not files:
            return {}
        sender.refuse_ended()
        sentinel.notice(ledger, sender.delivery, sender.tell)
        package.refuse_if_undone(len(ledger.undone))
        package.sending()
        if open_objects := _may_show(ledger):
            warn(
                f"Files that nothing shows any more stay in SFCC until a later load ({len(files):,}), since products, categories "
                f"or content assets that may still show them are not confirmed by SFCC ({open_objects:,})."
            )
            return {"files left": len(files)}
        archive = f"akeneo-{safe_name(package.name)}-unshown"
        with ledger.intend(archive) as entries:
            for file in files:
                entries.write(
                    {name: value for name, value in file.items() if name not in ("delete", "record")}
                    | {"deleted": True, "load": package.name, "file": "", "archive": archive}
                )
        left = list(_not_deleted(sender, libraries, files))
        ledger.conclude(archive, left)
    if len(files) > len(left):
        sender.tell(f"Deleted files in SFCC that nothing shows any more: {len(files) - len(left):,}.")
    if left:
        warn(f"Files that nothing shows any more are left for the next load ({len(left):,}): {left[0]['message']}")
    return {"files deleted": len(files) - len(left), "files left": len(left)}


def _may_show(ledger: Ledger) -> int:
    """How many objects are not confirmed as they are now. What SFCC had last before it was reset shows nothing any more, be it
    never sent again since it was renamed or deleted meanwhile."""
    unsettled = ledger.sql(*_SHOWING, columns=("number",), unsettled_since=ledger.last)
    counts = ledger.store.select(f"SELECT count(*) AS n FROM ({unsettled}) WHERE number > {ledger.emptied}", ledger.views)
    return sum(batch.column("n")[0].as_py() for batch in counts)


def _still_there(ledger: Ledger, package: Package) -> list[File]:
    """The package's files, as `tables.RECORDS` rows, without those that an earlier try has deleted."""
    files = list(rows(record_files(package.records("unshown"))))
    if not files:
        return []
    keys = pa.table({"key": pa.array([file["key"] for file in files], pa.uint64())})
    held_now = ledger.store.select("SELECT key FROM ledger_current SEMI JOIN keys USING (key)", ledger.views, keys=keys)
    known = {key for batch in held_now for key in batch.column("key").to_pylist()}
    return [file for file in files if file["key"] in known]


def _not_deleted(sender: Sender, libraries: Collection[str], files: Sequence[File]) -> Iterator[File]:
    """Delete files; the `tables.LEDGER_VERDICTS` of those that SFCC did not delete, and of those not tried after them."""
    failures, message = 0, ""
    for file in files:
        verdict = UNCONFIRMED
        if failures < FAILURES:
            try:
                sender.delivery.delete_static_file(static_entry(file["container"], file["id"], libraries))
                continue
            except SfccError as error:
                message, verdict = str(error), REFUSED
                failures = FAILURES if isinstance(error, SfccTransientError) else failures + 1
        yield {name: file[name] for name in ("key", "container", "type", "id")} | {"verdict": verdict, "message": message}


def without_deleted(
    ledger: Ledger, records: Iterable[tuple[str, str, dict[str, Any]]]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The `file` records of job 2, as (type, container, record), without those that a load has deleted: only a load knows whether
    something shows one of them again, and it sends it then. Else the two would send and delete it in turns."""
    gone = ledger.store.select(
        f"SELECT key FROM ledger_latest WHERE type = '{FILE}' AND deleted AND verdict = 'confirmed'", ledger.views
    )
    keys = {key for batch in gone for key in batch.column("key").to_pylist()}
    return (record for record in records if object_key(record[1], FILE, record[2]["id"]) not in keys)
