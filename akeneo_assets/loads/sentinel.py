"""The connector's mark in SFCC, and what it tells: the instance is as this store left it, was reset, restored, or is another's.

Belongs here: the mark, the decision, reading and noting it. Doesn't: what follows for each object (`ledger`), WebDAV
(`sfcc_resources.delivery`).

Each archive carries its mark among the static files of the master catalog and of each catalog that it holds something of: the
ledger's id and the archive's name, of which the ledger knows the number. It stands in the sealed archive, so that it arrives with
its content: no kill can part them. Source: LOADS, "Absence is a claim", 5.
"""

import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import orjson

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.ledger import Ledger
from sfcc_resources.archive import Enclosed
from sfcc_resources.delivery.delivery_port import DeliveryPort

FILE: Final = "akeneo-connector.json"
"""The mark's name below a catalog's static/default folder."""

State = Literal["as left", "reset", "restored", "foreign"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file says: the id of the ledger that it belongs to, and the archive that brought it."""

    ledger: str
    archive: str


def state(
    mark: Mark | None, ledger: str, number: int | None, expected: int | None, taken_over: str | None = None, folded: int = 0
) -> State:
    """What a catalog's mark tells of the instance.

    ledger: the id of this store's; number: under which it sent the mark's archive, None: it knows none of that name.
    expected: the number of the last archive whose mark was seen there, None: none was since the instance was found empty or taken
    over; taken_over: the id of the ledger from which it was; folded: the number of the last archive in the ledger's base, which
    can't tell any more how the instance stood before it. A higher number is an archive whose verdict a kill took.
    Example: the mark of archive 3 where that of 5 was seen -> "restored"; "reset" where 4 is folded.
    """
    if mark is not None and mark.ledger not in (ledger, taken_over if expected is None else ledger):
        return "foreign"
    if expected is None:
        return "as left"
    if mark is None or number is None:
        return "reset"
    if number < expected:
        return "restored" if number >= folded else "reset"
    return "as left"


def marks_for(ledger: Ledger) -> Enclosed:
    """The marks that go along in each archive. Source of their places: `sfcc_resources.archive`, layout."""
    id_, master = ledger.id, ledger.catalog

    def enclosed(archive: str, catalogs: Collection[str]) -> dict[str, bytes]:
        mark = orjson.dumps({"ledger": id_, "archive": archive})
        return {_entry(catalog): mark for catalog in sorted({*catalogs, *([master] if master else [])})}

    return enclosed


def _entry(catalog: str) -> str:
    return f"catalogs/{catalog}/static/default/{FILE}"


def seen(delivery: DeliveryPort, catalog: str) -> Mark | None:
    """The mark that a catalog has now; None: none.

    Raises:
        ConnectorError: what lies there is no mark.
        SfccError: WebDAV can't be read.
    """
    data = delivery.static_file(_entry(catalog))
    if data is None:
        return None
    try:
        document = orjson.loads(data)
        return Mark(str(document["ledger"]), str(document["archive"]))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise ConnectorError(
            f"Nothing was sent: SFCC gives something else as the file default/{FILE} of catalog '{catalog}' than this connector "
            "wrote there. Where WebDAV is at fault, mend it; else delete that file: everything is then sent again."
        ) from None


def note_arrival(ledger: Ledger, delivery: DeliveryPort, archive: Path) -> None:
    """Note in which catalogs the marks of an archive that was sent have arrived. For the holder of the sending lock."""
    with zipfile.ZipFile(archive) as zipped:
        entries = {name.partition("/")[2] for name in zipped.namelist() if name.endswith(f"/{FILE}")}
    catalogs = [catalog for catalog in (entry.split("/")[1] for entry in entries) if _entry(catalog) in entries]
    number, sent = ledger.number_of(archive.name), Mark(ledger.id, archive.name)
    ledger.note_marks({catalog: number for catalog in catalogs if number and seen(delivery, catalog) == sent})


@dataclass(frozen=True)
class Finding:
    """An instance that isn't as this store left it. `as_of`: after which archive it stands, 0: nobody knows; `emptied`: no
    catalog has a mark, so that nothing is left of what was sent; `marks`: the numbers of the marks that the store may expect from
    now on; `foreign`: the id of the ledger that wrote there."""

    sentence: str
    as_of: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    foreign: str | None = None
    emptied: bool = False


def look(ledger: Ledger, delivery: DeliveryPort) -> Finding | None:
    """Hold the instance against the marks that the ledger expects; None: it is as this store left it. Where its catalogs stand
    differently, the earliest state holds for all. A store that has never sent anything expects nothing.

    Raises:
        ConnectorError, SfccError: see `seen`.
    """
    if not ledger.last:
        return None
    # Before SFCC is asked: another import may send meanwhile.
    expected, undone, folded = ledger.marks, ledger.undone, ledger.folded
    taken_over = undone[-1].taken_over if undone else None
    master = [ledger.catalog] if ledger.catalog else []
    marks = {catalog: seen(delivery, catalog) for catalog in sorted({*expected, *master})}
    numbers = {catalog: ledger.number_of(mark.archive) for catalog, mark in marks.items() if mark and mark.ledger == ledger.id}
    states = {c: state(mark, ledger.id, numbers.get(c), expected.get(c), taken_over, folded) for c, mark in marks.items()}
    for catalog, mark in marks.items():
        if states[catalog] == "foreign" and mark:
            return Finding(
                f"catalog '{catalog}' was last written to by another connector, or by a replication from elsewhere (its file "
                f"default/{FILE} names the ledger {mark.ledger} and the archive {mark.archive})",
                foreign=mark.ledger,
            )
    if reset := [catalog for catalog in marks if states[catalog] == "reset"]:
        mark = marks[reset[0]]
        unknown = "never sent or no longer knows" if folded else "never sent"
        named = f"names the archive {mark.archive}, which this store {unknown}" if mark else "is gone"
        emptied = not any(marks.values())
        before = "" if emptied else ", or restored to a time before"
        return Finding(
            f"the file default/{FILE} of catalog '{reset[0]}' {named}: the instance was reset{before}", emptied=emptied
        )
    known = {catalog: number for catalog, number in numbers.items() if number}
    if restored := {catalog: known[catalog] for catalog in marks if states[catalog] == "restored"}:
        first = min(restored, key=lambda catalog: restored[catalog])
        return Finding(
            f"catalog '{first}' is as archive {restored[first]} left it: the instance was restored", restored[first], known
        )
    return None


def notice(ledger: Ledger, delivery: DeliveryPort, tell: Callable[[str], None], *, take_over: bool = False) -> None:
    """Look at the instance, and note in the ledger what a reset or restore has undone. For the holder of the sending lock.

    Raises:
        ConnectorError: another's ledger wrote there and isn't to be taken over; or see `seen`.
        SfccError: WebDAV can't be read.
    """
    finding = look(ledger, delivery)
    if finding is None:
        return
    if finding.foreign and not take_over:
        raise ConnectorError(
            f"Nothing was sent: {finding.sentence}. Where this store is to go on writing there, start a new import with "
            "--take-over, which sends everything again."
        )
    ledger.undo(finding.as_of, finding.marks, finding.foreign, emptied=finding.emptied)
    what = f"what was sent since archive {finding.as_of}" if finding.as_of else "everything"
    tell(f"In SFCC {finding.sentence}. This and the following jobs send {what} again.")
