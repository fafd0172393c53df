"""Each check passes when both ends agree, and fails in one sentence when they don't."""

from collections import Counter
from datetime import datetime
from typing import Any

import dagster as dg
import pytest

from akeneo_assets import checks
from akeneo_assets.loads.answers import NAMED, answer_sentence
from akeneo_assets.loads.window import Window

CONFIRMED: dict[str, Any] = {
    "objects": {"product": {"sent": 1200, "confirmed": 1200}, "category": {"unchanged": 3}},
    "exceptions": [],
    "ok": True,
}


def refusal(number: int, message: str | None = "no such category") -> dict[str, Any]:
    return {"type": "product", "id": f"p{number}", "container": "c", "verdict": "refused", "message": message}


def test_as_many_rows_as_the_pim_counts() -> None:
    found = checks.read_all(["akeneo", "products"], 1000, 1000)
    assert (found.passed, found.description) == (True, "1,000 rows read, the PIM counted 1,000.")


def test_another_number_than_the_pim_counts_is_a_warning() -> None:
    found = checks.read_all(["akeneo", "products"], 999, 1000)
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found.description == "999 rows read, the PIM counted 1,000."


def test_everything_to_be_sent_stands_in_the_archives() -> None:
    found = checks.wrote_all(["sfcc", "feeds"], {"product": 2, "category": 0}, {"product": 2})
    assert (found.passed, found.description) == (True, "2 objects to send, each in one file.")


@pytest.mark.parametrize(
    ("to_send", "written", "said"),
    [
        ({"product": 2}, {"product": 1}, "2 product to send, 1 in the archives."),
        ({"product": 2}, {}, "2 product to send, 0 in the archives."),
        ({}, {"category": 1}, "0 category to send, 1 in the archives."),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, "1 a to send, 2 in the archives; 1 b to send, 2 in the archives."),
    ],
    ids=["one missing", "all missing", "one too many", "two types"],
)
def test_what_is_missing_or_too_much_in_the_archives_is_an_error(to_send: Any, written: Any, said: str) -> None:
    found = checks.wrote_all(["sfcc", "feeds"], to_send, written)
    assert (found.passed, found.severity, found.description) == (False, dg.AssetCheckSeverity.ERROR, said)


def test_sfcc_confirmed_everything() -> None:
    found = checks.confirmed_all(["sfcc", "import"], CONFIRMED)
    assert (found.passed, found.description) == (True, "1,200 objects sent, all confirmed.")


def test_what_sfcc_did_not_confirm_is_an_error_that_names_it_with_sfcc_s_message() -> None:
    found = checks.confirmed_all(["sfcc", "import"], CONFIRMED | {"ok": False, "exceptions": [refusal(1), refusal(2, None)]})
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.description == (
        "SFCC did not confirm 2 objects: product 'p1' of c refused (no such category); product 'p2' of c refused. "
        "The next import sends them again; mend what SFCC refused in the PIM or in SFCC first."
    )


def test_what_is_said_of_several_objects_alike_is_told_once() -> None:
    why = {"verdict": "unconfirmed", "message": "no log"}
    said = answer_sentence(
        CONFIRMED | {"ok": False, "exceptions": [refusal(1) | why, refusal(2) | why, refusal(3), refusal(4) | why]}
    )
    assert said == (
        "SFCC did not confirm 4 objects: product 'p1' of c, product 'p2' of c unconfirmed (no log); "
        "product 'p3' of c refused (no such category); product 'p4' of c unconfirmed (no log)."
    )


def test_a_long_list_of_refusals_is_cut_and_counted() -> None:
    said = answer_sentence(CONFIRMED | {"ok": False, "exceptions": [refusal(n, f"no category {n}") for n in range(25)]})
    assert said.startswith("SFCC did not confirm 25 objects: ")
    assert said.count("refused") == NAMED == 20
    assert said.endswith("; and 5 more.")


def test_single_values_left_out_are_told_and_whole_objects_held_back_fail() -> None:
    told = checks.nothing_held_back(["sfcc", "held_back"], 0, Counter({"cut": 3}))
    assert (told.passed, told.description) == (True, "0 products, models or categories held back, 3 notes in all: 3 x cut.")
    held = checks.nothing_held_back(["sfcc", "held_back"], 1, Counter({"no identifier": 1}))
    assert (held.passed, held.severity) == (False, dg.AssetCheckSeverity.WARN)


LAST = Window("full_1", "full", "2026-11-24T09:00:00+00:00", None, None, "")


@pytest.mark.parametrize(
    ("last", "hours", "now", "passed", "said"),
    [
        (LAST, None, "2027-11-24T09:00:00+00:00", True, "No load is too old, since loads.max_age_hours is not set."),
        (None, 24, "2026-11-24T09:00:00+00:00", False, "No load of products has succeeded yet: run 3-2 (full import) once."),
        (
            LAST,
            24,
            "2026-11-25T10:00:00+01:00",
            True,
            "The last successful load, full_1, read the PIM at 2026-11-24 09:00 UTC.",
        ),
        (
            LAST,
            24,
            "2026-11-25T10:00:01+01:00",
            False,
            (
                "The last successful load, full_1, read the PIM at 2026-11-24 09:00 UTC, more than 24 hours ago "
                "(loads.max_age_hours): look under Runs why later ones failed or wait, and under Automation whether a schedule "
                "or pim_changes is on; then start 3-1."
            ),
        ),
    ],
)
def test_a_load_is_as_old_as_its_reading_of_the_pim(
    last: Window | None, hours: int | None, now: str, passed: bool, said: str
) -> None:
    assert checks.imported_lately(last, datetime.fromisoformat(now), hours) == (passed, said)
