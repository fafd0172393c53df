"""From mapped records to batches: what differs from the ledger, as XML feeds, zipped, phase by phase.

Belongs here: one function that all jobs use. Doesn't: what is mapped, how XML is written (`sfcc_resources.feeds`) or sent
(`sending`).

A batch is one archive with its manifest. All archives of a phase go before the next phase's (`sfcc_resources.record_types`):
definitions and files, then objects, then what links two objects. The links are written here, too, so that they are checked before
anything is sent; they are written anew without those of a product that SFCC didn't take (`write_links`).
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from akeneo_assets import collector, tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import sentinel
from akeneo_assets.loads.difference import Difference
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.store import TableWriter, batches, write_json
from sfcc_resources import records as sfcc
from sfcc_resources.archive import Archive, static_files, write_archives
from sfcc_resources.feeds import MAX_BYTES, Feed, write_feeds
from sfcc_resources.record_types import PHASES, REGISTRY, Phase, stages, stages_of
from sfcc_resources.xsd_check import invalid


@dataclass(frozen=True)
class Contents:
    """What an import may send: record files in SFCC's order, each group wholly (`everything`) or only where SFCC lacks it.

    `retired`: the record files of what is taken out of the shop, after all else. `held`, `handed_over`, `defined`: see
    `Difference`. `price_books`: the headers that price tables need, by price book id. `libraries`: the containers of static files
    that are libraries, not catalogs.
    """

    groups: Sequence[tuple[Sequence[Path], bool]]
    retired: Sequence[Path] = ()
    held: Path | None = None
    price_books: Mapping[str, sfcc.PriceBook] = field(default_factory=dict)
    handed_over: tuple[str, ...] = ()
    defined: Mapping[str, Mapping[str, sfcc.Record]] = field(default_factory=dict)
    libraries: Collection[str] = ()


@dataclass(frozen=True)
class Written:
    """What `BatchWriter.write` made. `kept`: by (type, field), on how many objects SFCC keeps a value that it has no way to
    clear."""

    feeds: list[Feed]
    archives: list[Archive]
    sent: dict[str, int]
    unchanged: dict[str, int]
    kept: dict[tuple[str, str], int]

    @property
    def in_archives(self) -> dict[str, int]:
        """Objects in the archives' manifests, by type."""
        counts: Counter[str] = Counter()
        for archive in self.archives:
            for batch in batches([archive.manifest], ["type"]):
                counts.update({count["values"]: count["counts"] for count in batch.column("type").value_counts().to_pylist()})
        return dict(counts)


@dataclass(frozen=True)
class BatchWriter:
    """Writes the batches of one import into its package. `name`: of the archives, before phase, content and number;
    `max_bytes`: what an archive may hold at most; `schemas`: the folder of SFCC's XSDs, if there is one."""

    package: Package
    name: str
    max_bytes: int
    schemas: Path | None = None

    def write(self, contents: Contents) -> Written:
        """Write to_send.parquet, the XML and the archives of all phases.

        An archive is called `<name>-<phase>-<what it carries>-0001.zip`, so that SFCC's answer to an archive of an earlier try is
        never taken for that to other content.

        Raises:
            ConnectorError: SFCC's schemas refuse what was written; nothing is sent.
            ValueError: a record that can't be written (a bug of the mapping).
        """
        package = self.package
        for earlier in (package.xml, package.archives):
            shutil.rmtree(earlier, ignore_errors=True)
        written, archives_of = Written([], [], {}, {}, {}), dict[Phase, list[str]]()
        with (
            collector.at_rest(),
            # Read once for all phases and groups: reading it for each took a third of this step.
            Ledger(package.store).compared_with(package.scratch("ledger_current.parquet")) as current,
            TableWriter(package.to_send, tables.TO_SEND) as to_send,
            TableWriter(package.links, tables.RECORDS) as links,
        ):
            for phase in PHASES:
                kept = [to_send, links] if phase == "links" else [to_send]
                records = chosen_records(package, phase, contents, written, kept, current)
                feeds, archives = self._write_phase(phase, records, contents)
                written.feeds.extend(feeds)
                written.archives.extend(archives)
                archives_of[phase] = [archive.name for archive in archives]
        write_json(
            package.feeds_file,
            {
                "xml": [str(feed.path.relative_to(package.store.root)) for feed in written.feeds],
                "archives": [archive.name for archive in written.archives],
                "links": archives_of["links"],
                "retirements": archives_of["retirements"],
                "sent": written.sent,
                "unchanged": written.unchanged,
            },
        )
        return written

    def write_links(self, without: Collection[str]) -> tuple[list[Feed], list[Archive]]:
        """Write the feeds and archives of the links anew, without those of the products `without` (their ids)."""
        links = (
            batch.filter(pa.array([product not in without for product in batch.column("id").to_pylist()]))
            for batch in batches([self.package.links])
        )
        return self._write_phase("links", links, Contents([]))

    def _write_phase(
        self, phase: Phase, record_batches: Iterable[pa.RecordBatch], contents: Contents
    ) -> tuple[list[Feed], list[Archive]]:
        """Write the feeds and archives of one phase. Raises ConnectorError where SFCC's schemas refuse a feed."""
        number = PHASES.index(phase) + 1
        files: list[pa.RecordBatch] = []
        carried = hashlib.blake2b(digest_size=4)

        def records() -> Iterator[pa.RecordBatch]:
            for chosen in record_batches:
                for column in ("key", "output", "delete"):
                    carried.update(chosen.column(column).to_numpy(zero_copy_only=False).tobytes())
                columns = [chosen.column(name) for name in sfcc.RECORDS.names]
                batch = pa.RecordBatch.from_arrays(columns, schema=sfcc.RECORDS)
                if batch.num_rows and batch.column("type")[0].as_py() == sfcc.FILE:
                    files.append(batch)
                else:
                    yield batch

        fitting = min(MAX_BYTES, self.max_bytes * 9 // 10)  # a feed goes into one archive, with room for the archive's own bytes
        xml = self.package.xml / f"{number}-{phase}"
        shutil.rmtree(xml, ignore_errors=True)
        feeds = list(write_feeds(records(), xml, max_bytes=fitting, price_books=contents.price_books))
        if self.schemas and (problems := invalid(feeds, self.schemas)):
            raise ConnectorError("Nothing was sent, since SFCC's schemas refuse what was written: " + "; ".join(problems))
        archives = write_archives(
            feeds,
            static_files(files, self.package.store.root, contents.libraries),
            self.package.archives,
            name=f"{self.name}-{number}-{carried.hexdigest()}",
            max_bytes=self.max_bytes,
            enclosed=sentinel.marks_for(Ledger(self.package.store)),
        )
        return feeds, archives


def chosen_records(
    package: Package, phase: Phase, contents: Contents, written: Written, kept: Sequence[TableWriter], current: Path
) -> Iterator[pa.RecordBatch]:
    """The records of a phase that are to be sent. They are counted in `written`, and each goes to the tables `kept`, too.
    `current`: what the ledger holds (`Ledger.compared_with`)."""
    ledger = Ledger(package.store)
    groups = [(_of_phase(files, phase), everything) for files, everything in contents.groups]
    if phase == "retirements":
        groups = [(list(contents.retired), False)]
    for files, everything in groups:
        difference = Difference(ledger, everything, contents.handed_over, contents.defined, held=contents.held, current=current)
        for chosen in difference.batches(files):
            for table in kept:
                table.write_batch(chosen)
            yield chosen
        _add(written.sent, difference.sent)
        _add(written.unchanged, difference.unchanged)
        _add(written.kept, difference.kept)


def _of_phase(files: Iterable[Path], phase: Phase) -> list[Path]:
    """The record files of a phase. A file's name begins with its stage's place: `06-product-c.parquet`."""
    places = {f"{stages().index(stage):02d}" for name, of in REGISTRY.items() if of.phase == phase for stage in stages_of(name)}
    return [path for path in files if path.name[:2] in places]


def _add(total: dict[Any, int], counts: Mapping[Any, int]) -> None:
    for name, count in counts.items():
        total[name] = total.get(name, 0) + count
