"""Media: the files that the PIM gave, kept once, and the index of what it was asked for.

Belongs here: downloading what is new, and finding it again. Doesn't: which media a product shows
(`akeneo_assets.mapping.images`).
A media code names its content: a changed image has a new code, so that a file known is never asked for again.
"""

import hashlib
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import puremagic
import pyarrow as pa

from akeneo_assets.mapping.media_keys import Endpoint, media_address, media_path
from akeneo_assets.pim.pim_addresses import media_path as product_media_path
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, rows, sql_empty, sql_files, sql_numbered, write_query, write_table
from sfcc_resources.records import FILE

INDEX: Final = pa.schema(
    [
        pa.field("media", pa.string(), nullable=False),  # the media key (`mapping.media.media_key`)
        pa.field("path", pa.string()),  # relative to the store; null: the PIM could not give it
        pa.field("size", pa.int64()),
        pa.field("sha1", pa.string()),
        pa.field("reason", pa.string()),  # why there is no file
    ]
)

WANTED: Final = pa.schema([pa.field("media", pa.string(), nullable=False)])

ASKED_AGAIN_RETRIES: Final = 1
"""A file that failed at last for all retries would take minutes of every load."""

OTHERS_ASKED: Final = 3


def fetch(
    store: Store, client: PimClient, wanted: Iterable[str], run: str, folder: Path, tell: Callable[[str], None]
) -> dict[str, int]:
    """Download all of `wanted` that the store lacks; write `folder`/media.parquet, the `INDEX` rows of all of `wanted`.

    What the PIM could not give before is asked for again. Returns counts: wanted, missing.

    Raises PimError: the PIM can't be reached, or fails for whatever it is asked. Without a file a product loses its image.
    """
    write_table(folder / "wanted.parquet", WANTED, ({"media": key} for key in wanted))
    index, name, told = store.media / "index", f"{run}-{folder.name}", 0
    with ThreadPoolExecutor(client.concurrency) as pool:
        for batch in _lacking(store, folder / "wanted.parquet"):
            # Never the name of an earlier file, which tells what the first try of a load fetched.
            path = index / f"{name}-{len(list(index.glob(f'{name}-*'))):06d}.parquet"
            told += write_table(path, INDEX, pool.map(lambda row: _download(store, client, folder, **row), batch))
            tell(f"Fetched {told:,} media files from the PIM.")
    return _collect(store, folder)


def _lacking(store: Store, wanted: Path) -> Iterator[list[dict[str, Any]]]:
    lacking = store.select(f"""
        SELECT DISTINCT media AS key, k.media IS NOT NULL AS again FROM read_parquet({sql_files([wanted])})
        LEFT JOIN ({_known(store)}) k USING (media) WHERE k.path IS NULL ORDER BY key
    """)
    for batch in lacking:
        yield batch.to_pylist()


def _collect(store: Store, folder: Path) -> dict[str, int]:
    found = folder / "media.parquet"
    with store.query() as query:
        wanted_files = sql_files([folder / "wanted.parquet"])
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


def _known(store: Store) -> str:
    """A query over the index, the last answer for each key."""
    files = sorted((store.media / "index").glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    if not files:
        return f"SELECT * FROM ({sql_empty(INDEX)})"
    numbered = sql_numbered({path: number for number, path in enumerate(files)})
    last = f"SELECT media, max(number) AS number FROM ({numbered}) GROUP BY media"
    return f"SELECT media, path, size, sha1, reason FROM ({numbered}) SEMI JOIN ({last}) USING (media, number)"


def _download(store: Store, client: PimClient, folder: Path, key: str, again: bool) -> dict[str, Any]:
    """The `INDEX` row of one media file. A file that the PIM can't give is a row with a reason, not an error; `again`: it could
    not before."""
    path = Path("media") / media_path(key)
    target = store.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _ask(client, key, target, ASKED_AGAIN_RETRIES if again else None)
    except PimError as error:
        if error.status in _ALWAYS or (error.status not in _GONE and not _gives_others(store, client, folder, key)):
            raise
        return {"media": key, "reason": f"the PIM can't give it ({error.status})"}
    size = target.stat().st_size
    reason = "the file is empty" if size == 0 else _wrong_type(target)
    if reason is not None:
        target.unlink()
        return {"media": key, "reason": reason}
    with target.open("rb") as file:
        return {"media": key, "path": str(path), "size": size, "sha1": hashlib.file_digest(file, "sha1").hexdigest()}


def _ask(client: PimClient, key: str, target: Path, retries: int | None = None) -> None:
    endpoint, code = media_address(key)
    client.download(_PATHS[endpoint](code), target, retries=retries)


def _gives_others(store: Store, client: PimClient, folder: Path, key: str) -> bool:
    """Whether the PIM gives other files, those that it gave before asked for first: then only this one fails."""
    found = store.select(f"""
        SELECT media FROM (
            SELECT media, 0 AS turn FROM ({_known(store)}) WHERE path IS NOT NULL
            UNION ALL SELECT media, 1 FROM read_parquet({sql_files([folder / "wanted.parquet"])})
        ) GROUP BY media ORDER BY min(turn), media LIMIT {OTHERS_ASKED + 1}
    """)
    others = [other for batch in found for other in batch.column("media").to_pylist() if other != key]
    with TemporaryDirectory(dir=folder) as aside:
        for other in others[:OTHERS_ASKED]:
            with suppress(PimError):
                _ask(client, other, Path(aside) / "file")
                return True
    return False


_GONE: Final = (404, 410)
_ALWAYS: Final = (*range(400), 401)
"""No answer, a redirect or no login: that is never one file's fault."""

_PDF: Final = "application/pdf"
_PDF_BEGINS: Final = 1024
"""Readers look for a PDF's beginning in so many bytes: a byte-order mark or a printer's commands may stand before it."""

_GZIP: Final = b"\x1f\x8b"  # drawings may be packed: svgz
_BIG_TIFF: Final = (b"II+\0", b"MM\0+")  # unknown to puremagic


def _wrong_type(file: Path) -> str | None:
    """Why the content of an image or PDF isn't one (a proxy's error page, say); its kind is what the name's ending says. Another
    kind of image than the ending's is fine: browsers look at the content."""
    named, packed = mimetypes.guess_type(file.name)
    if named is None or not (named.startswith("image/") or named == _PDF):
        return None
    with file.open("rb") as opened:
        head = opened.read(_PDF_BEGINS)
    if (packed == "gzip" and head.startswith(_GZIP)) or (named == _PDF and b"%PDF-" in head):
        return None
    try:
        found = "image/tiff" if head.startswith(_BIG_TIFF) else puremagic.from_file(file, mime=True)
    except (puremagic.PureError, ValueError):
        found = "unknown content"
    both_images = named.startswith("image/") and found.startswith("image/")
    drawing = named == "image/svg+xml" and found.endswith("/xml")
    if both_images or drawing:
        return None
    return f"the file is no {named.split('/')[1]} but {found or 'unknown content'}"


# Akeneo API: files of assets and records are addressed without `/download`.
_PATHS: Final[dict[Endpoint, Callable[[str], str]]] = {
    "media-files": product_media_path,
    "asset-media-files": "asset-media-files/{}".format,
    "reference-entities-media-files": "reference-entities-media-files/{}".format,
    "category-media-files": "category-media-files/{}/download".format,
}


def file_records(found: Path, settings: ConnectorSettings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The `file` records of an `INDEX` table: each file that the PIM gave, at its path below the static files that show it.

    Images of products and assets belong to the master catalog, of categories to the storefront catalogs, of records to the
    library.
    """
    master = settings.organization.master_catalog
    containers = {
        "media-files": [master],
        "asset-media-files": [master],
        "category-media-files": sorted({site.storefront_catalog or master for site in settings.organization.sites}),
        "reference-entities-media-files": [settings.reference_entities.library],
    }
    for row in rows([found]):
        if row["path"] is not None:
            record = {"id": media_path(row["media"]), "source": row["path"], "size": row["size"], "sha1": row["sha1"]}
            yield from ((FILE, container, record) for container in containers[media_address(row["media"])[0]])
