"""The judgments of the PIM by themselves; whole examinations are in commands/test_doctor.py."""

from datetime import UTC, datetime

import pytest

from akeneo_assets.diagnosis import pim_findings


def at(minute: int) -> datetime:
    return datetime(2024, 5, 1, 12, minute, tzinfo=UTC)


@pytest.mark.parametrize(("server", "verdict"), [(10, "ok"), (12, "ok"), (8, "ok"), (13, "warning"), (7, "warning")])
def test_the_clocks_may_be_two_minutes_apart(server: int, verdict: str) -> None:
    assert pim_findings.clock(at(server), at(10), at(10)).verdict == verdict


@pytest.mark.parametrize(
    ("zone", "printed", "verdict"),
    [
        ("Europe/Paris", "2024-07-01T10:00:00+02:00", "ok"),
        ("Europe/Paris", "2024-01-01T10:00:00+01:00", "ok"),
        ("Europe/Paris", "2024-01-01T10:00:00+00:00", "problem"),
        ("UTC", "2024-07-01T10:00:00+02:00", "problem"),
        ("UTC", None, "unknown"),
    ],
)
def test_the_zone_is_compared_on_the_day_that_the_pim_printed(zone: str, printed: str | None, verdict: str) -> None:
    assert pim_findings.timezone(zone, [{"updated": printed}] if printed else []).verdict == verdict
