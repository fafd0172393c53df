"""A load's window: what it reads from the PIM, and the earlier load that it stands on.

Belongs here: fixing the window once, finding it again, what a load leaves for the next. Doesn't: the reading itself
(`item_reading`). The lower bound is the poll start of the last successful load, on the PIM's clock, minus an overlap; never a
sensor's cursor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Final

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.load_names import Kind
from akeneo_assets.loads.package import Package, load_packages
from akeneo_assets.pim.clock import OVERLAP, Overlap, window_start
from akeneo_assets.settings.load_settings import Loads
from akeneo_assets.store import Store, read_json, write_json


@dataclass(frozen=True)
class Window:
    """What one load reads. Times are ISO 8601 with offset, by the PIM's clock."""

    key: str
    kind: Kind
    poll_start: str
    since: str | None  # read what was updated after it; None: the whole PIM
    previous: str | None  # the load whose mirror this one continues; None: it starts afresh
    reason: str  # why it reads what it reads, for people

    @property
    def whole(self) -> bool:
        """Whether the load reads the whole PIM, so that the mirror starts afresh with it."""
        return self.since is None


@dataclass(frozen=True)
class Outcome:
    """What a successful load leaves for the next: the inputs, besides the products, that its export was made from, and the number
    of the last archive that the ledger then held. What was sent after it came from loads that the next one does not stand on.
    `handed_over`: `akeneo_assets.mapping.emptied.handed_over`; `confirmed`: how many absences were confirmed then; `missed`: see
    `missed`."""

    structure: str
    settings: str
    reading: dict[str, list[str]]
    archive: int = 0
    handed_over: Sequence[str] = ()
    confirmed: int = 0
    missed: Mapping[str, Sequence[str]] = field(default_factory=dict)


def overlap_of(loads: Loads) -> Overlap:
    """How far a differential reaches back, by connector.yaml."""
    return Overlap(timedelta(minutes=loads.overlap_minutes), timedelta(minutes=loads.summer_time_overlap_minutes))


def recorded(store: Store, key: str) -> Window | None:
    """The window that the load `key` was given, if it has begun."""
    document = read_json(Package.of_load(store, key).window_file)
    return None if document is None else Window(**document)


def succeed(store: Store, key: str, outcome: Outcome) -> None:
    """Mark the load successful: SFCC gave its verdict on all that the load sent."""
    package = Package.of_load(store, key)
    write_json(package.outcome_file, asdict(outcome))
    package.conclude()


def outcome(store: Store, key: str) -> Outcome | None:
    """What the load left, if it succeeded. What another version of the connector has left besides is passed over."""
    package = Package.of_load(store, key)
    document = read_json(package.outcome_file) if package.concluded is not None else None
    if document is None:
        return None
    document.setdefault("structure", document.get("lookups", ""))  # its name in version 0.1
    return Outcome(**{field.name: document[field.name] for field in fields(Outcome) if field.name in document})


def last_successful(store: Store, *, whole: bool = False) -> Window | None:
    """The successful load that polled the PIM last; `whole`: of those that read the whole PIM. No outcome is parsed."""
    done = [Window(**read_json(package.window_file)) for package in load_packages(store) if package.concluded is not None]
    return max((w for w in done if w.whole or not whole), key=lambda w: datetime.fromisoformat(w.poll_start), default=None)


def last_outcome(store: Store) -> Outcome | None:
    """What the load that `last_successful` finds left."""
    last = last_successful(store)
    return outcome(store, last.key) if last else None


def refuse_if_overtaken(store: Store, window: Window) -> None:
    """Stop a load that is tried again after a later one has succeeded: what it would send is older than what SFCC has.

    Raises:
        ConnectorError: it is so.
    """
    last = last_successful(store)
    if last is not None and datetime.fromisoformat(last.poll_start) > datetime.fromisoformat(window.poll_start):
        raise ConnectorError(
            f"The load '{window.key}' read the PIM before '{last.key}' did, which is imported: nothing older is sent after it. "
            "Start a new load instead; it brings whatever this one lacked."
        )


def fix(
    store: Store,
    key: str,
    kind: Kind,
    poll_start: datetime,
    *,
    reading: dict[str, list[str]],
    zone: str,
    overlap: Overlap = OVERLAP,
) -> Window:
    """Give the load its window, once: a retry of the key gets the one recorded.

    `reading` lists what the PIM's payloads depend on (locales, channels, currencies, options, attributes with what their
    values are, association types, read settings): what it gained or lost since the last load comes to products, or goes from
    them, without moving their `updated`, so that the next load reads everything. Only a category, an option or an association
    type that is new is in no product yet; one that was hidden for a while is (`missed`).
    `zone` is that of the PIM's server.

    Raises:
        ConnectorError: the key already names a load of the other kind.
    """
    if (window := recorded(store, key)) is not None:
        if window.kind != kind:
            raise ConnectorError(
                f"The load '{key}' has begun as a {window.kind} load and cannot go on as a {kind} one; "
                "start the job again with a new key, or retry the job that began it."
            )
        return window
    base = last_successful(store)
    everything = _why_everything(kind, outcome(store, base.key) if base else None, reading)
    if base is None or everything is not None:
        window = Window(key, kind, poll_start.isoformat(), None, None, everything or "")
    else:
        since = window_start(datetime.fromisoformat(base.poll_start), zone, overlap).isoformat()
        window = Window(key, kind, poll_start.isoformat(), since, base.key, f"continues {base.key}")
    write_json(Package.of_load(store, key).window_file, asdict(window))
    return window


def _why_everything(kind: Kind, left: Outcome | None, reading: dict[str, list[str]]) -> str | None:
    """Why a load has to read the whole PIM; None: it goes on where the load that `left` this ended."""
    if kind == "full":
        return "a full load reads everything"
    if left is None:
        return "no load has succeeded yet: reads everything"
    gained = _lacking(left.reading, {what: codes for what, codes in reading.items() if what not in _IN_NO_PRODUCT_YET})
    gained += (f"{what} {code} again" for what, codes in left.missed.items() for code in codes if code in reading.get(what, ()))
    lost = _lacking(reading, left.reading)
    told = [
        f"{verb} {', '.join(codes[:5])}" + (" ..." if len(codes) > 5 else "")
        for verb, codes in (("gained", gained), ("lost", lost))
        if codes
    ]
    return f"reads everything: the PIM {' and '.join(told)}" if told else None


_IN_NO_PRODUCT_YET: Final = ("category", "option", "association type")


def missed(store: Store, reading: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was once in products, as far as a load that succeeded read it, and isn't in the PIM's lists any more, for a load that
    succeeds now with `reading`: when it comes back, it may come back to products without moving their `updated`.

    Example: the load before read the categories a and b, this one only b -> {"category": ["a"]}.
    """
    last = last_outcome(store)
    once = {what: {*last.reading.get(what, ()), *last.missed.get(what, ())} for what in _IN_NO_PRODUCT_YET} if last else {}
    return {what: sorted(gone) for what, codes in once.items() if (gone := codes - set(reading.get(what, ())))}


def _lacking(these: dict[str, list[str]], those: dict[str, list[str]]) -> list[str]:
    """What `those` have and `these` don't, by name."""
    return sorted(f"{what} {code}" for what, codes in those.items() for code in set(codes) - set(these.get(what, [])))
