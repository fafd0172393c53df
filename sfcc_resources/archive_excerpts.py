"""A part of an archive as an archive of its own: some of its objects, byte for byte as they were sent.

Belongs here: cutting. Doesn't: which objects, and why (`akeneo_assets.loads.unresolved`); writing an archive (`archive`).
"""

import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST
from sfcc_resources.feeds import ManifestWriter, manifest_path


def write_excerpt(archive: Path, chosen: Collection[tuple[str, str, str]], name: str) -> Path:
    """Writes the objects `chosen` (container, type, id) of `archive` into `<name>.zip` beside it, with its manifest.

    An object fills whole lines of its feed, so that the other objects' lines are left out and everything around them stays: the
    root, enclosing elements, and a price book's header, which pricebook.xsd demands in each file. Static files stay behind.

    Example: a feed's lines `<catalog>`, `<product a>`, `<product b>`, `</catalog>`, chosen a -> `<catalog>`, `<product a>`,
    `</catalog>`.
    """
    target = archive.with_name(f"{name}.zip")
    with (
        pq.ParquetFile(manifest_path(archive)) as sent,
        zipfile.ZipFile(archive) as whole,
        zipfile.ZipFile(target, "w") as part,
        ManifestWriter(manifest_path(target), ARCHIVE_MANIFEST) as manifest,
    ):
        rows = (row for batch in sent.iter_batches() for row in batch.to_pylist() if row["type"] != records.FILE)
        for feed, of_feed in groupby(rows, itemgetter("feed")):
            holes: list[tuple[int, int]] = []
            taken = left_out = 0
            for row in of_feed:
                first, last = row["first_line"], row["last_line"]
                if (row["container"], row["type"], row["id"]) in chosen:
                    moved = {"first_line": first - left_out, "last_line": last - left_out, "archive": target.name}
                    manifest.add(*(row | moved).values())
                    taken += 1
                elif row["type"] != records.PRICE_BOOK:
                    holes.append((first, last))
                    left_out += last - first + 1
            if taken:
                entry = zipfile.ZipInfo(f"{name}/{feed}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                with whole.open(f"{archive.stem}/{feed}") as lines, part.open(entry, "w") as kept:
                    kept.writelines(_without(lines, holes))
    return target


def _without(lines: Iterable[bytes], holes: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The lines of a feed without some runs of them, which come in its order: (first, last), counted from 1."""
    following = iter(holes)
    first, last = next(following, _NO_HOLE)
    for number, line in enumerate(lines, 1):
        if number > last:
            first, last = next(following, _NO_HOLE)
        if number < first:
            yield line


_NO_HOLE: Final = (sys.maxsize, sys.maxsize)
