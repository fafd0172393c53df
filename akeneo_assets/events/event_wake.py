"""The small file in the store by which the receiver of events wakes the sensor `pim_changes`, and when the sensor gets up.

Belongs here: writing and reading the file, waiting for the end of a burst. Doesn't: receiving (`event_receiver`), starting a load
(`akeneo_assets.sensors`).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from akeneo_assets.errors import ConnectorError
from akeneo_assets.store import read_json, write_json

QUIET: Final = timedelta(seconds=30)
"""Without an event for so long a burst is over: the many events of one edit or import in the PIM make one load."""
LONGEST: Final = timedelta(minutes=10)
"""While events go on and on, a load starts after so long."""
_KINDS: Final = 100
"""Kinds of events that are told apart; Akeneo has some twenty."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wake:
    """What the receiver has taken in so far: how many deliveries, when the last one came, and of each kind of event the number of
    the last delivery that had one."""

    number: int = 0
    last: datetime = _NEVER
    kinds: dict[str, int] = field(default_factory=dict)

    def since(self, seen: int) -> list[str]:
        """The kinds of the events that came after the delivery number `seen`."""
        return sorted(kind for kind, number in self.kinds.items() if number > seen or self.number < seen)


def read_wake(path: Path) -> Wake:
    """The file's content. One that is missing or damaged tells of no events: the sensor's own questions find what they told."""
    try:
        data = read_json(path)
        return Wake(data["number"], datetime.fromisoformat(data["last"]), data["kinds"]) if data else Wake()
    except (ConnectorError, KeyError, TypeError, ValueError):
        return Wake()


def write_wake(path: Path, wake: Wake) -> None:
    """Write the file, whole or not at all."""
    write_json(path, {"number": wake.number, "last": wake.last.isoformat(), "kinds": wake.kinds})


def woken(wake: Wake, kinds: set[str], now: datetime) -> Wake:
    """`wake` with one more delivery, of events of these kinds."""
    number = wake.number + 1
    told = {kind: number for kind in kinds if kind in wake.kinds or len(wake.kinds) < _KINDS}
    return Wake(number, now, wake.kinds | told)


def burst_over(wake: Wake, seen: int, noticed: datetime | None, now: datetime) -> bool:
    """Whether to start a load for the events since the delivery number `seen`. `noticed`: when the sensor first found them."""
    if wake.number == seen:
        return False
    return now - wake.last >= QUIET or (noticed is not None and now - noticed >= LONGEST)
