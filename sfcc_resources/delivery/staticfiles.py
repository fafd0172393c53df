"""Whether static files that were sent lie in the instance: SFCC's log doesn't name them one by one.

Belongs here: looking over WebDAV. Doesn't: sending them (an archive does), the verdict (`sfcc_resources.verdicts`).
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sfcc_resources import records
from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client

_ROOTS: Final = {"catalogs": "Catalogs", "libraries": "Libraries", "sites": "Libraries"}


def webdav_path(entry: str) -> str:
    """The WebDAV path of an archive's entry: catalogs/c/static/default/a.jpg lies at Catalogs/c/default/a.jpg, a file of a site's
    private library (sites/s/library/static/default/a.jpg) at Libraries/s/default/a.jpg."""
    owner, path = entry.split("/static/", 1)
    top, container = owner.removesuffix("/library").split("/", 1)
    return f"{_ROOTS[top]}/{container}/{path}"


def files_present(client: Client, manifest: Path) -> set[str]:
    """The static files of an archive's manifest (its `feed` paths) that lie in the instance with the size they were sent with.

    One listing per folder. Raises SfccError when a folder can't be listed; a folder that isn't there holds nothing.
    Example: `catalogs/c/static/default/a.jpg` of 3 bytes -> in the set, if Catalogs/c/default lists `a.jpg` with 3 bytes.
    """
    table = pq.read_table(manifest, columns=["feed", "size"], filters=pc.field("type") == records.FILE)
    folders: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for entry, size in zip(table["feed"].to_pylist(), table["size"].to_pylist(), strict=True):
        folder, name = webdav_path(entry).rsplit("/", 1)
        folders[folder][name] = (entry, size)
    present: set[str] = set()
    for folder, names in folders.items():
        there = {listed.name: listed.size for listed in webdav.listing(client, folder) or []}
        present.update(entry for name, (entry, size) in names.items() if there.get(name) == size)
    return present
