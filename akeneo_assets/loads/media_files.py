"""Media: the files that the PIM gave, kept once, and the index of what it was asked for.

Belongs here: downloading what is new, and finding it again. Doesn't: which media a product shows
(`akeneo_assets.mapping.images`), what a whole file looks like (`media_formats`).
A media code names its content: a changed image has a new code, so that a file known is never asked for again, unless the stored
one is damaged (`forget_damaged`).
"""

import hashlib
import math
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.media_formats import fault
from akeneo_assets.mapping.media_keys import Endpoint, media_address, media_path
from akeneo_assets.pim.pim_addresses import media_path as product_media_path
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import BrokenAnswerError, DamagedFileError, PimError, TransientPimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, TableWriter, rows, sql_empty, sql_files, sql_numbered, write_query, write_table
from sfcc_resources.records import FILE

MEDIA_FILE: Final = "media.parquet"
WANTED_FILE: Final = "wanted.parquet"

FAILING_TRIES: Final = 100
FAILING_SECONDS: Final = 600.0
"""What calls for files that go on failing may cost a fetch in all: tries, and seconds of these calls (as many run at once as the
PIM allows). Until then each file is tried as often as any call of the PIM, from then on once; and the fetch ends when they have
cost as many seconds again, so that thousands of broken files don't keep a load for days."""

LOOKED_AT_ONCE: Final = 50
"""Stored files that a thread looks at: handed over one by one, small ones take a third longer."""

OTHERS_ASKED: Final = 3
OTHERS_RETRIES: Final = 2


Containers = dict[Endpoint, list[str]]


def fetch(
    store: Store, client: PimClient, wanted: Iterable[str], run: str, folder: Path, tell: Callable[[str], None]
) -> dict[str, int]:
    """Download all of `wanted` that the store lacks; write `folder`/media.parquet, the `tables.MEDIA` rows of all of `wanted`.

    What the PIM could not give before is asked for again. Returns counts: wanted, missing.

    Raises PimError: the PIM can't be reached, or fails for whatever it is asked. Without a file a product loses its image.
    """
    write_table(folder / WANTED_FILE, tables.WANTED_MEDIA, ({"media": key} for key in wanted))
    fetching = _Fetching(store, client, folder)
    with ThreadPoolExecutor(client.concurrency) as pool:
        for batch in _lacking(store, folder / WANTED_FILE):
            write_table(_next_file(store, run), tables.MEDIA, pool.map(fetching.row, batch))
            tell(fetching.progress())
    return _collect(store, folder)


def forget_damaged(store: Store, run: str, tell: Callable[[str], None]) -> int:
    """Look at all stored files again, as full loads do: what is gone from the store, has another size or content than when it was
    stored, or isn't whole by its own format, counts as not given, so that the next `fetch` asks for it. Returns how many."""
    with ThreadPoolExecutor() as pool:
        stored = store.select(f"{_known(store)} WHERE path IS NOT NULL")
        damaged = [medium for batch in stored for some in pool.map(partial(_damaged, store), _cut(batch)) for medium in some]
    if damaged:
        write_table(_next_file(store, f"{run}-damaged"), tables.MEDIA, damaged)
        first = damaged[0]
        tell(f"{len(damaged):,} stored media files are damaged and asked for again: {first['media']} ({first['reason']}).")
    return len(damaged)


def _cut(stored: pa.RecordBatch) -> list[pa.RecordBatch]:
    return [stored.slice(start, LOOKED_AT_ONCE) for start in range(0, stored.num_rows, LOOKED_AT_ONCE)]


def _damaged(store: Store, stored: pa.RecordBatch) -> list[dict[str, Any]]:
    return [medium for row in stored.to_pylist() if (medium := _damage(store, row)) is not None]


def _damage(store: Store, row: dict[str, Any]) -> dict[str, Any] | None:
    """The `tables.MEDIA` row of a stored file that is no longer what was stored; None where it is."""
    file = store.root / row["path"]
    if not file.is_file():
        reason: str | None = "the stored file is gone"
    elif file.stat().st_size != row["size"] or _sha1(file) != row["sha1"]:
        reason = "the stored file has changed"
    else:
        reason = fault(file, file.name)
    return None if reason is None else {"media": row["media"], "reason": reason}


def _lacking(store: Store, wanted: Path) -> Iterator[list[dict[str, Any]]]:
    lacking = store.select(f"""
        SELECT DISTINCT media AS key FROM read_parquet({sql_files([wanted])})
        LEFT JOIN ({_known(store)}) k USING (media) WHERE k.path IS NULL ORDER BY key
    """)
    for batch in lacking:
        yield batch.to_pylist()


def _collect(store: Store, folder: Path) -> dict[str, int]:
    found = folder / MEDIA_FILE
    with store.query() as query:
        wanted_files = sql_files([folder / WANTED_FILE])
        write_query(
            query, f"SELECT * FROM ({_known(store)}) SEMI JOIN read_parquet({wanted_files}) USING (media) ORDER BY media", found
        )
        wanted, missing = query.execute(
            f"SELECT count(*), count(*) FILTER (path IS NULL) FROM read_parquet({sql_files([found])})"
        ).fetchall()[0]
    return {"wanted": wanted, "missing": missing}


def missing(store: Store) -> dict[str, None]:
    """The keys of all media that the PIM could not give: the mapping leaves them out and says so."""
    return dict.fromkeys(
        key for batch in store.select(f"{_known(store)} WHERE path IS NULL") for key in batch.column("media").to_pylist()
    )


def _number(path: Path) -> tuple[int, str]:
    """The place of a file of the index: `n0000012-monday.parquet` -> 12. Version 0.1 gave no numbers: such files come first."""
    numbered = re.match(r"n(\d+)-", path.name)
    return (int(numbered[1]) if numbered else 0, path.name)


def _next_file(store: Store, run: str) -> Path:
    """A file of the index with the next number, taken at once: two imports may fetch side by side."""
    index = store.media / "index"
    index.mkdir(parents=True, exist_ok=True)
    number = max((_number(path)[0] for path in index.iterdir()), default=0) + 1
    while True:
        try:
            (index / f"n{number:07d}").touch(exist_ok=False)
            return index / f"n{number:07d}-{run}.parquet"
        except FileExistsError:
            number += 1


def _known(store: Store) -> str:
    """A query over the index, the last answer for each key."""
    files = sorted((store.media / "index").glob("*.parquet"), key=_number)
    if not files:
        return f"SELECT * FROM ({sql_empty(tables.MEDIA)})"
    numbered = sql_numbered({path: number for number, path in enumerate(files)})
    last = f"SELECT media, max(number) AS number FROM ({numbered}) GROUP BY media"
    return f"SELECT media, path, size, sha1, reason FROM ({numbered}) SEMI JOIN ({last}) USING (media, number)"


def fold_index(store: Store) -> None:
    """Make one file of the index's many, one a fetch: its last answer for each key. For a caller who knows that nobody fetches.

    The new file is the last word on all keys before any other is removed, so that a kill changes nothing.
    """
    index = store.media / "index"
    former = list(index.iterdir()) if index.exists() else []
    if sum(path.suffix == ".parquet" for path in former) < 2:
        return
    with TableWriter(_next_file(store, "folded"), tables.MEDIA) as known:
        for batch in store.select(f"{_known(store)} ORDER BY media"):
            known.write_batch(batch)
    for path in former:
        path.unlink()


class _Fetching:
    """The files of one fetch, and what became of them. Thread safe."""

    def __init__(self, store: Store, client: PimClient, folder: Path) -> None:
        self._store = store
        self._client = client
        self._folder = folder
        self._lock = threading.Lock()
        self._given = 0
        self._given_at = -math.inf
        self._reasons: Counter[str] = Counter()
        self._failed_tries = 0
        self._failed_seconds = 0.0

    def progress(self) -> str:
        """What was fetched so far, and what could not be."""
        said = f"Fetched {self._given:,} media files from the PIM"
        if not self._reasons:
            return f"{said}."
        reasons = "; ".join(f"{count:,} x {reason}" for reason, count in self._reasons.most_common(5))
        return f"{said}, {self._reasons.total():,} more could not be had: {reasons}."

    def row(self, wanted: dict[str, str]) -> dict[str, Any]:
        """The `tables.MEDIA` row of one media file. A file that the PIM can't give is a row with a reason, not an error.

        Raises PimError: not this file alone can't be had.
        """
        key = wanted["key"]
        path = Path("media") / media_path(key)
        target = self._store.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        try:
            self._ask(key, target, None if self._has_patience() else 0)
        except PimError as error:
            self._failed(error, time.monotonic() - started)
            if self._is_for_all(error, key, started):
                raise
            reason = error.reason if isinstance(error, _BAD_CONTENT) else f"the PIM can't give it ({error.status})"
            with self._lock:
                self._reasons[reason] += 1
            return {"media": key, "reason": reason}
        with self._lock:
            self._given, self._given_at = self._given + 1, time.monotonic()
        return {"media": key, "path": str(path), "size": target.stat().st_size, "sha1": _sha1(target)}

    def _ask(self, key: str, target: Path, retries: int | None) -> None:
        endpoint, code = media_address(key)
        name = Path(media_path(key)).name
        self._client.download(_PATHS[endpoint](code), target, fault=lambda file: fault(file, name), retries=retries)

    def _has_patience(self) -> bool:
        return self._failed_tries < FAILING_TRIES and self._failed_seconds < FAILING_SECONDS

    def _failed(self, error: PimError, seconds: float) -> None:
        """Raises TransientPimError when files that fail have cost too much time."""
        if error.status in _GONE:
            return
        with self._lock:
            self._failed_tries += error.tries if isinstance(error, TransientPimError) else 1
            self._failed_seconds += seconds
        if self._failed_seconds >= 2 * FAILING_SECONDS:
            raise TransientPimError(
                f"Too many media files fail ({self._reasons.total() + 1:,} so far, the last one: {error}): "
                "start the load again once the PIM gives files; what was fetched is kept.",
                error.status,
            ) from error

    def _is_for_all(self, error: PimError, key: str, since: float) -> bool:
        """Whether the PIM fails for other files as well, so that this says nothing of the file."""
        if error.status in _GONE:
            return False
        if isinstance(error, _BAD_CONTENT):
            return self._gives_others(key, since) is False
        return error.status in _ALWAYS or not self._gives_others(key, since)

    def _gives_others(self, key: str, since: float) -> bool | None:
        """Whether the PIM has given another file `since` then, or gives one now, those that it gave before asked for first; None
        where there are no others to ask for."""
        if self._given_at > since:
            return True
        found = self._store.select(f"""
            SELECT media FROM (
                SELECT media, 0 AS turn FROM ({_known(self._store)}) WHERE path IS NOT NULL
                UNION ALL SELECT media, 1 FROM read_parquet({sql_files([self._folder / WANTED_FILE])})
            ) GROUP BY media ORDER BY min(turn), media LIMIT {OTHERS_ASKED + 1}
        """)
        others = [other for batch in found for other in batch.column("media").to_pylist() if other != key]
        with TemporaryDirectory(dir=self._folder) as aside:
            for other in others[:OTHERS_ASKED]:
                with suppress(PimError):
                    self._ask(other, Path(aside) / "file", OTHERS_RETRIES)
                    return True
        return False if others else None


def _sha1(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha1").hexdigest()


_BAD_CONTENT: Final = (BrokenAnswerError, DamagedFileError)
_GONE: Final = (404, 410)
_ALWAYS: Final = (*range(400), 401)
"""No answer, a redirect or no login: that is never one file's fault."""

# Akeneo API: files of assets and records are addressed without `/download`.
_PATHS: Final[dict[Endpoint, Callable[[str], str]]] = {
    "media-files": product_media_path,
    "asset-media-files": "asset-media-files/{}".format,
    "reference-entities-media-files": "reference-entities-media-files/{}".format,
    "category-media-files": "category-media-files/{}/download".format,
}


def file_records(media: Path, settings: ConnectorSettings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The `file` records of an `tables.MEDIA` table: each file that the PIM gave, at its path below the static files that show
    it.

    Images of products and assets belong to the master catalog, of categories to the storefront catalogs, of records to the
    library.
    """
    containers = containers_of(settings)
    for row in rows([media]):
        if row["path"] is not None:
            more = {"source": row["path"], "size": row["size"], "sha1": row["sha1"]}
            yield from ((FILE, container, {"id": id_} | more) for container, id_ in places(row["media"], containers))


def containers_of(settings: ConnectorSettings) -> Containers:
    """The catalogs and the library that hold the files of each kind of media."""
    master = settings.organization.master_catalog
    return {
        "media-files": [master],
        "asset-media-files": [master],
        "category-media-files": sorted({site.storefront_catalog or master for site in settings.organization.sites}),
        "reference-entities-media-files": [settings.reference_entities.library],
    }


def places(key: str, containers: Containers) -> Iterator[tuple[str, str]]:
    """(container, id) of the static files of a media key: one for each container that shows it."""
    return ((container, media_path(key)) for container in containers[media_address(key)[0]])
