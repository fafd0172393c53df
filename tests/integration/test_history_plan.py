"""What the random histories consist of, and how one that breaks the law shrinks; no servers."""

from collections import Counter

from tests.integration import pim_edits
from tests.integration.history_plan import LOADS, SETTINGS, Event, Plan, plan, shrunk


def test_forty_histories_hold_every_kind_of_edit_setting_fault_and_interruption() -> None:
    events = [event for seed in range(1, 41) for event in plan(seed).events]
    drawn = {what: {event.name for event in events if event.what == what} for what in ("edit", "settings", "load")}
    assert drawn == {
        "edit": {*pim_edits.KINDS, *pim_edits.DELETIONS},
        "settings": {*SETTINGS},
        "load": {*LOADS},
    }
    assert {(plan(seed).empty, plan(seed).guard) for seed in range(1, 41)} == {
        (True, "wide"),
        (True, "narrow"),
        (False, "wide"),
        (False, "narrow"),
    }


def test_a_history_has_at_least_six_edits_and_two_loads_before_its_last() -> None:
    for seed in range(1, 41):
        counts = Counter(event.what for event in plan(seed).events)
        assert counts["edit"] >= 6, seed
        assert counts["load"] >= 2, seed


def test_a_seed_always_makes_the_same_history() -> None:
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)


def of(*names: str) -> Plan:
    return Plan(1, False, "wide", tuple(Event("edit", name, 0) for name in names))


def test_a_history_shrinks_to_the_events_that_break_the_law_together() -> None:
    def breaks(shorter: Plan) -> bool:
        return {"b", "f"} <= {event.name for event in shorter.events}

    assert shrunk(of(*"abcdefgh"), breaks, tries=100) == of("b", "f")


def test_shrinking_ends_after_the_tries_that_it_has() -> None:
    asked: list[Plan] = []

    def breaks(shorter: Plan) -> bool:
        asked.append(shorter)
        return False

    assert shrunk(of(*"abcdefgh"), breaks, tries=3) == of(*"abcdefgh")
    assert len(asked) == 3
