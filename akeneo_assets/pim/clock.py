"""The PIM's clock: its Date header, the texts that its date filters read, and how far a window reaches back. Pure.

Source: Akeneo API, filters (product filters read `YYYY-MM-DD HH:MM:SS` without offset; structure, asset and record endpoints
read ISO 8601). A window starts at the last poll's start by the PIM's clock, minus an overlap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far a window reaches back behind the poll that it continues.

    Two edits share a second's stamp and the PIM's index lags, hence `usual`. An hour that the clock repeats is ambiguous in a
    text without offset: the PIM may take it for the later one, hence `at_clock_change` when the clock changes within that time.
    """

    usual: timedelta = timedelta(minutes=10)
    at_clock_change: timedelta = timedelta(hours=2)


OVERLAP: Final = Overlap()


def date_header(text: str | None) -> datetime | None:
    """The aware UTC moment of an HTTP `Date` header; None when it is absent or unreadable."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        # RFC 9110: always GMT, though some servers leave the zone out.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no date; one beyond the calendar's end
        return None


def filter_text(moment: datetime, zone: str = "UTC") -> str:
    """`YYYY-MM-DD HH:MM:SS` on the wall clock of `zone`, the server's: for `updated` and `created` of products and models."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def iso_text(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS+00:00`: for the `updated` filters of structure, assets and records."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def wall_clock(stamp: Any) -> str | None:
    """The filter text of a stamp that the PIM printed: its wall clock, the offset left out; None for what is no stamp.

    Example: `2025-01-31T10:00:00+01:00` -> `2025-01-31 10:00:00`.
    """
    moment = _printed(stamp)
    return None if moment is None else moment.isoformat(" ", "seconds")[:19]


def printed_moment(item: Mapping[str, Any]) -> datetime | None:
    """A date that the PIM printed in an item (`updated`, else `created`) with its server's offset; None when it has none."""
    moments = (_printed(item.get(name)) for name in ("updated", "created"))
    return next((moment for moment in moments if moment is not None and moment.tzinfo is not None), None)


def _printed(stamp: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp) if isinstance(stamp, str) and len(stamp) >= len("2025-01-31T10:00:00") else None
    except ValueError:
        return None


def window_start(poll_start: datetime, zone: str = "UTC", overlap: Overlap = OVERLAP) -> datetime:
    """The lower bound (exclusive) of the window that follows a load whose poll began at `poll_start` by the PIM's clock;
    `zone` is that of the PIM's server."""
    around = (poll_start - overlap.at_clock_change, poll_start + overlap.at_clock_change)
    before, after = (moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in around)
    return poll_start - (overlap.usual if before == after else overlap.at_clock_change)
