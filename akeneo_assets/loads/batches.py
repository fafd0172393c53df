"""From mapped records to archives: what differs from the ledger, as XML feeds, zipped.

Belongs here: one function that all jobs use. Doesn't: what is mapped, how XML is written (`sfcc_resources.feeds`) or sent
(`akeneo_assets.loads.sending`).
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from akeneo_assets import collector
from akeneo_assets.loads.difference import Difference
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import RECORD_ROWS
from akeneo_assets.store import Store, TableWriter, batches, write_json
from sfcc_resources import records as sfcc
from sfcc_resources.archive import Archive, static_files, write_archives
from sfcc_resources.feeds import MAX_BYTES, Feed, write_feeds

SENT: Final = pa.schema([column for column in RECORD_ROWS if column.name not in ("delete", "record")])
"""What the ledger is told of each object; its record stands in the XML."""


FEEDS_FILE: Final = "feeds.json"
"""What `write` made, for sending: paths of the XML, names of the archives, counts by type."""


@dataclass(frozen=True)
class Plan:
    """What a run may send: folders of record files, each wholly (`everything`) or only where SFCC lacks it, in SFCC's order."""

    parts: Sequence[tuple[Sequence[Path], bool]]
    price_books: Mapping[str, sfcc.PriceBook] = field(default_factory=dict)
    handed_over: tuple[str, ...] = ()  # see `Difference`
    defined: Mapping[str, Mapping[str, sfcc.Record]] = field(default_factory=dict)  # the same
    libraries: Collection[str] = ()  # the containers of static files that are libraries, not catalogs


@dataclass(frozen=True)
class Written:
    """What `write` made of a plan."""

    feeds: list[Feed]
    archives: list[Archive]
    sent: dict[str, int]
    unchanged: dict[str, int]
    kept: dict[tuple[str, str], int]  # by (type, field): SFCC keeps what nobody fills any more where it has no way to clear it

    @property
    def in_archives(self) -> dict[str, int]:
        """Objects in the archives' manifests, by type."""
        counts: Counter[str] = Counter()
        for archive in self.archives:
            for batch in batches([archive.manifest], ["type"]):
                counts.update({one["values"]: one["counts"] for one in batch.column("type").value_counts().to_pylist()})
        return dict(counts)


def write(store: Store, folder: Path, name: str, plan: Plan, max_bytes: int) -> Written:
    """Write `folder`/to_send.parquet, /xml and /archives; archives are named `<name>-<what they carry>-0001.zip` and so on.

    The name tells the content, so that SFCC's answer to an archive of an earlier try is never taken for that to another content.

    Raises:
        ValueError: a record that can't be written (a bug of the mapping).
    """
    for earlier in ("xml", "archives"):
        shutil.rmtree(folder / earlier, ignore_errors=True)
    sent, unchanged, kept = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    files: list[pa.RecordBatch] = []
    ledger, carried = Ledger(store), hashlib.blake2b(digest_size=4)
    state = ledger.state()
    with collector.at_rest(), TableWriter(folder / "to_send.parquet", SENT) as table:

        def rows() -> Iterator[pa.RecordBatch]:
            for paths, everything in plan.parts:
                difference = Difference(ledger, everything, plan.handed_over, plan.defined, state)
                for chosen in difference.batches(list(paths)):
                    table.write_batch(chosen)
                    for column in ("key", "output", "delete"):
                        carried.update(chosen.column(column).to_numpy(zero_copy_only=False).tobytes())
                    batch = _records(chosen)
                    if batch.column("type")[0].as_py() == sfcc.FILE:
                        files.append(batch)
                    else:
                        yield batch
                sent.update(difference.sent)
                unchanged.update(difference.unchanged)
                kept.update(difference.kept)

        fitting = min(MAX_BYTES, max_bytes * 9 // 10)  # a feed goes into one archive, with room for the archive's own bytes
        feeds = list(write_feeds(rows(), folder / "xml", max_bytes=fitting, price_books=plan.price_books))
    archives = write_archives(
        feeds,
        static_files(files, store.root, plan.libraries),
        folder / "archives",
        name=f"{name}-{carried.hexdigest()}",
        max_bytes=max_bytes,
    )
    made = Written(feeds, archives, dict(sent), dict(unchanged), dict(kept))
    write_json(
        folder / FEEDS_FILE,
        {
            "xml": [str(feed.path.relative_to(store.root)) for feed in feeds],
            "archives": [archive.name for archive in archives],
            "sent": sent,
            "unchanged": unchanged,
        },
    )
    return made


def _records(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`RECORD_ROWS` as `sfcc_resources.records.RECORDS`."""
    return pa.RecordBatch.from_arrays([batch.column(name) for name in sfcc.RECORDS.names], schema=sfcc.RECORDS)
