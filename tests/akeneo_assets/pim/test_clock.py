from datetime import UTC, datetime, timedelta

import pytest

from akeneo_assets.pim.clock import date_header, filter_text, iso_text, printed_moment, wall_clock, window_start


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 24 Nov 2026 02:00:00 GMT", utc(2026, 11, 24, 2)),
        ("Tue, 24 Nov 2026 02:00:00 -0000", utc(2026, 11, 24, 2)),
        ("tomorrow", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),  # beyond the end of the calendar
        ("Tue, 24 Nov 2026 02:00:00 +999999", None),
        ("", None),
        (None, None),
    ],
)
def test_the_date_header_is_read_as_utc(text: str | None, moment: datetime | None) -> None:
    assert date_header(text) == moment


def test_filters_read_the_servers_wall_clock() -> None:
    assert filter_text(utc(2026, 7, 1, 22, 30, 5)) == "2026-07-01 22:30:05"
    assert filter_text(utc(2026, 7, 1, 22, 30, 5), "Europe/Paris") == "2026-07-02 00:30:05"
    assert iso_text(utc(2026, 7, 1, 22, 30, 5)) == "2026-07-01T22:30:05+00:00"
    assert wall_clock("2026-07-02T00:30:05+02:00") == "2026-07-02 00:30:05"


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "2026-07-02", "2026-99-02T00:30:05+02:00", 5, ["2026"], {}])
def test_what_is_no_stamp_has_no_filter_text(stamp: object) -> None:
    assert wall_clock(stamp) is None


@pytest.mark.parametrize(
    ("item", "printed"),
    [
        ({"updated": "2026-07-02T00:30:05+02:00", "created": "2020-01-01T00:00:00+01:00"}, "2026-07-02T00:30:05+02:00"),
        ({"updated": None, "created": "2020-01-01T00:00:00+01:00"}, "2020-01-01T00:00:00+01:00"),
        ({"updated": "2026-07-02T00:30:05"}, None),  # tells no zone
        ({"updated": "soon"}, None),
        ({}, None),
    ],
)
def test_an_items_dates_tell_the_servers_zone_if_it_has_one(item: dict[str, object], printed: str | None) -> None:
    moment = printed_moment(item)
    assert (moment and moment.isoformat()) == printed


# Paris: clocks go back on 25 October 2026, forward on 28 March 2027, each at 01:00 UTC.
@pytest.mark.parametrize(
    ("poll", "zone", "overlap"),
    [
        (utc(2026, 11, 24, 2), "Europe/Paris", timedelta(minutes=10)),
        (utc(2026, 10, 25, 0, 59), "Europe/Paris", timedelta(hours=2)),
        (utc(2026, 10, 25, 1, 5), "Europe/Paris", timedelta(hours=2)),  # minus ten minutes lies in the hour that is repeated
        (utc(2026, 10, 25, 2, 59), "Europe/Paris", timedelta(hours=2)),
        (utc(2026, 10, 25, 3, 1), "Europe/Paris", timedelta(minutes=10)),
        (utc(2027, 3, 28, 1, 30), "Europe/Paris", timedelta(hours=2)),
        (utc(2026, 10, 25, 1, 5), "UTC", timedelta(minutes=10)),
    ],
)
def test_a_window_overlaps_by_ten_minutes_and_by_two_hours_when_the_clock_changes(
    poll: datetime, zone: str, overlap: timedelta
) -> None:
    assert poll - window_start(poll, zone) == overlap
