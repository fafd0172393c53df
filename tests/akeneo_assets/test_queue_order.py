"""Imports that wait work in their order, one at a time: Dagster's own scheduler and queue, with the project's dagster.yaml."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemons import Daemons, daemons

from akeneo_assets.queue_order import queue_tags

ONE = "akeneo_1_import_attributes"
TWO = "akeneo_2_import_media_assets_pricebook"
DIFFERENTIAL = "akeneo_3_1_differential_import_products"
FULL = "akeneo_3_2_full_import_products"

BEFORE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 2, 0, 5, tzinfo=UTC)


@pytest.fixture
def at_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemons]:
    """Daemons whose schedules are all due at 2:00."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)
    times = ", ".join(f"{number}: 0 2 * * *" for number in ("1", "2", "3-1", "3-2"))
    (tmp_path / "connector.yaml").write_text(f"schedules: {{{times}}}")
    with daemons(tmp_path / "home") as running:
        yield running


def test_imports_due_at_once_work_one_after_the_other_in_the_order_1_2_3_whichever_came_first(at_two: Daemons) -> None:
    for job in (DIFFERENTIAL, TWO, ONE):
        at_two.turn_on(BEFORE, job)
        at_two.until(DUE)
    assert [run.job_name for run in at_two.queued()] == [DIFFERENTIAL, TWO, ONE]
    for job in (ONE, TWO, DIFFERENTIAL):
        assert at_two.launch() == [job]
        assert at_two.launch() == [job]  # nothing else begins while it works
        at_two.end(job)
    assert at_two.launch() == []


def test_an_import_of_products_waits_for_those_before_it_and_no_longer_once_they_have_failed(at_two: Daemons) -> None:
    at_two.turn_on(BEFORE, ONE)
    at_two.until(DUE)
    assert at_two.launch() == [ONE]
    at_two.turn_on(BEFORE, FULL, TWO)
    at_two.until(DUE)
    assert at_two.launch() == [ONE]
    at_two.end(ONE, ok=False)
    assert at_two.launch() == [TWO]
    at_two.end(TWO, ok=False)
    assert at_two.launch() == [FULL]


def test_3_1_and_3_2_never_work_together(at_two: Daemons) -> None:
    at_two.turn_on(BEFORE, DIFFERENTIAL, FULL)
    at_two.until(DUE)
    (first,) = at_two.launch()
    assert at_two.launch() == [first]
    at_two.end(first)
    assert {first, *at_two.launch()} == {DIFFERENTIAL, FULL}


def test_a_plan_counts_among_loads_and_not_among_imports() -> None:
    assert queue_tags("akeneo_plan_products") == {"akeneo_sfcc/load": "plan"}
    assert queue_tags(ONE) == {"akeneo_sfcc/import": "1", "dagster/priority": "2"}
    assert queue_tags(TWO) == {"akeneo_sfcc/import": "2", "dagster/priority": "1"}
    assert queue_tags(DIFFERENTIAL) == {"akeneo_sfcc/import": "3-1", "akeneo_sfcc/load": "differential"}
    assert queue_tags(FULL) == {"akeneo_sfcc/import": "3-2", "akeneo_sfcc/load": "full"}
