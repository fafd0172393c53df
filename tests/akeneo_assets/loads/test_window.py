"""A load's window: fixed once, standing on the last successful load."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.pim.clock import Overlap
from akeneo_assets.store import Store, read_json, write_json

READING = {"locale": ["en_US"], "attribute": ["name (text)"]}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


NOON = at(12)


def fix(
    store: Store, key: str, kind: Any = "differential", poll: datetime = NOON, reading: Any = READING, **more: Any
) -> windows.Window:
    return windows.fix(store, key, kind, poll, reading=reading, zone="UTC", **more)


def succeed(store: Store, key: str, reading: Any = READING) -> None:
    outcome = windows.Outcome("lookups", "settings", reading, 3, missed=windows.missed(store, reading))
    windows.succeed(store, key, outcome)


def test_a_full_load_reads_everything_and_stands_on_nothing(store: Store) -> None:
    fix(store, "before", "full", at(9))
    succeed(store, "before")
    window = fix(store, "full", "full")
    assert (window.since, window.previous, window.whole) == (None, None, True)


def test_the_first_differential_reads_everything(store: Store) -> None:
    window = fix(store, "diff")
    assert (window.whole, window.reason) == (True, "no load has succeeded yet: reads everything")


def test_a_differential_reads_from_the_last_successful_poll_less_the_overlap(store: Store) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full")
    window = fix(store, "diff", poll=at(12))
    assert window.previous == "full"
    assert window.since is not None
    assert datetime.fromisoformat(window.since) == at(8, 50)
    assert datetime.fromisoformat(window.poll_start) == at(12)


def test_the_overlap_is_the_one_asked_for(store: Store) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full")
    window = fix(store, "diff", overlap=Overlap(usual=timedelta(minutes=45)))
    assert window.since is not None
    assert datetime.fromisoformat(window.since) == at(8, 15)


def test_a_load_that_did_not_succeed_is_not_stood_on(store: Store) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full")
    fix(store, "failed", poll=at(10))
    assert fix(store, "diff", poll=at(11)).previous == "full"


def test_the_load_that_polled_last_is_stood_on_whatever_its_name_and_end(store: Store) -> None:
    for key, hour in (("z", 9), ("a", 11), ("m", 10)):
        fix(store, key, "full", at(hour))
    for key in ("a", "z", "m"):
        succeed(store, key)
    assert fix(store, "diff").previous == "a"


def test_a_retry_has_the_window_of_the_first_try(store: Store) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full")
    first = fix(store, "diff", poll=at(10))
    fix(store, "other", poll=at(11))
    succeed(store, "other")
    assert fix(store, "diff", poll=at(12)) == first


def test_a_load_cannot_go_on_as_the_other_kind(store: Store) -> None:
    fix(store, "one", "full")
    with pytest.raises(ConnectorError, match="'one' has begun as a full load and cannot go on as a differential one"):
        fix(store, "one")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"locale": ["en_US", "fr_FR"], "attribute": ["name (text)"]}, "reads everything: the PIM gained locale fr_FR"),
        (
            {"locale": ["en_US"], "attribute": ["name (textarea)"]},
            "reads everything: the PIM gained attribute name (textarea) and lost attribute name (text)",
        ),
        ({"locale": [], "attribute": ["name (text)"]}, "reads everything: the PIM lost locale en_US"),
        (READING | {"currency": ["EUR"]}, "reads everything: the PIM gained currency EUR"),
    ],
    ids=["a locale", "another type of an attribute", "a locale no more", "a kind that was not told before"],
)
def test_what_the_pim_gained_or_lost_shows_in_products_that_nobody_touched_so_that_everything_is_read(
    store: Store, now: dict[str, list[str]], said: str
) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full")
    window = fix(store, "diff", reading=now)
    assert (window.whole, window.previous, window.reason) == (True, None, said)


@pytest.mark.parametrize("what", ["option", "association type"])
@pytest.mark.parametrize(("before", "now", "whole"), [(["red"], ["red", "blue"], False), (["red", "blue"], ["red"], True)])
def test_a_new_option_or_association_type_needs_no_new_reading_and_a_deleted_one_does(
    store: Store, what: str, before: list[str], now: list[str], whole: bool
) -> None:
    fix(store, "full", "full", at(9))
    succeed(store, "full", READING | {what: before})
    assert fix(store, "diff", reading=READING | {what: now}).whole == whole


@pytest.mark.parametrize("what", ["category", "option", "association type"])
def test_one_that_was_hidden_for_some_loads_is_read_with_everything_when_it_is_back(store: Store, what: str) -> None:
    listed = {"tents": READING | {what: ["tents", "boots"]}, "none": READING | {what: ["boots"]}}
    for key, hour, reading in (("a", 6, "tents"), ("b", 7, "none"), ("c", 8, "none")):
        fix(store, key, "full", at(hour), reading=listed[reading])
        succeed(store, key, listed[reading])
    window = fix(store, "back", reading=listed["tents"])
    assert window.reason == f"reads everything: the PIM gained {what} tents again"
    succeed(store, "back", listed["tents"])
    assert fix(store, "after", poll=at(13), reading=listed["tents"]).previous == "back"


def test_a_load_that_has_not_begun_or_not_ended_is_none(store: Store) -> None:
    assert (windows.recorded(store, "x"), windows.outcome(store, "x"), windows.last_successful(store)) == (None, None, None)


def test_what_another_version_left_besides_is_passed_over(store: Store) -> None:
    fix(store, "x", "full")
    succeed(store, "x")
    path = store.load("x") / "outcome.json"
    write_json(path, read_json(path) | {"of another version": 1})
    assert windows.outcome(store, "x") == windows.Outcome("lookups", "settings", READING, 3, [])


def test_a_load_that_a_later_one_has_overtaken_is_not_sent_any_more(store: Store) -> None:
    earlier, later = fix(store, "earlier", "full", at(9)), fix(store, "later", "full", at(10))
    windows.refuse_if_overtaken(store, earlier)
    succeed(store, "later")
    with pytest.raises(ConnectorError, match="'earlier' read the PIM before 'later' did"):
        windows.refuse_if_overtaken(store, earlier)
    windows.refuse_if_overtaken(store, later)
