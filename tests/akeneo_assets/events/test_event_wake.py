"""Events are counted in a file; a load starts once a burst of them is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from akeneo_assets.events.event_wake import Wake, burst_over, read_wake, woken, write_wake

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_what_is_written_is_read_and_what_is_missing_or_damaged_tells_of_no_events(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    assert read_wake(path) == Wake()
    wake = woken(woken(Wake(), {"a", "b"}, NOON), {"b"}, NOON + timedelta(seconds=1))
    write_wake(path, wake)
    assert read_wake(path) == wake == Wake(2, NOON + timedelta(seconds=1), {"a": 1, "b": 2})
    for content in ("{", "[]", '{"number": 1}', "null"):
        path.write_text(content)
        assert read_wake(path) == Wake()


@pytest.mark.parametrize(("seen", "kinds"), [(0, ["a", "b"]), (1, ["b"]), (2, []), (7, ["a", "b"])])
def test_the_kinds_since_a_delivery_are_named_and_all_of_them_where_the_count_began_anew(seen: int, kinds: list[str]) -> None:
    assert Wake(2, NOON, {"a": 1, "b": 2}).since(seen) == kinds


def test_no_more_than_a_hundred_kinds_are_told_apart() -> None:
    wake = Wake()
    for number in range(150):
        wake = woken(wake, {f"kind {number}"}, NOON)
    assert (wake.number, len(wake.kinds)) == (150, 100)


@pytest.mark.parametrize(
    ("seen", "noticed", "seconds", "over"),
    [
        (1, None, 3600, False),  # nothing new
        (0, None, 29, False),
        (0, None, 30, True),
        (0, NOON - timedelta(seconds=598), 1, False),
        (0, NOON - timedelta(seconds=599), 1, True),  # events go on and on
    ],
)
def test_a_burst_is_over_after_half_a_minute_of_quiet_or_after_ten_minutes(
    seen: int, noticed: datetime | None, seconds: int, over: bool
) -> None:
    assert burst_over(Wake(1, NOON, {}), seen, noticed, NOON + timedelta(seconds=seconds)) is over
