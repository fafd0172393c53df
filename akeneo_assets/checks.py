"""The checks on assets: each compares both ends of one step, and says in one sentence what differs.

Belongs here: the comparisons, pure. Doesn't: gathering what is compared (the assets do, where they have it at hand).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dagster as dg

from akeneo_assets.loads.answers import answer_sentence
from akeneo_assets.loads.window import Window

READ_ALL: Final = "read_what_the_pim_counts"
WROTE_ALL: Final = "xml_holds_what_is_to_be_sent"
CONFIRMED_ALL: Final = "sfcc_confirmed_everything"
NOTHING_HELD_BACK: Final = "nothing_held_back"
NOTHING_TAKEN_FROM_MANY: Final = "nothing_taken_from_many_at_once"
IMPORTED_LATELY: Final = "imported_lately"

_DESCRIPTIONS: Final = {
    READ_ALL: "As many rows read as the PIM counts for the same question.",
    WROTE_ALL: "Each object to be sent stands in exactly one XML file or archive.",
    CONFIRMED_ALL: "SFCC's own log confirms every object sent; those that it refused are named.",
    IMPORTED_LATELY: "The last successful load is not older than `loads.max_age_hours` allows; looked at every five minutes.",
    NOTHING_TAKEN_FROM_MANY: "What vanished from the PIM without a word stays within `guard`; more is held back until confirmed.",
    NOTHING_HELD_BACK: "Every product, model and value of the PIM could be mapped; those that couldn't are in the quarantine.",
}


def spec(name: str, *key: str, blocking: bool = False) -> dg.AssetCheckSpec:
    """The check `name` on the asset `key`."""
    return dg.AssetCheckSpec(name, asset=dg.AssetKey(list(key)), description=_DESCRIPTIONS[name], blocking=blocking)


def description(name: str) -> str:
    """What the check `name` says of itself."""
    return _DESCRIPTIONS[name]


def read_all(key: list[str], read: int, counted: int) -> dg.AssetCheckResult:
    """Rows read against the PIM's own count, taken when the reading began. The PIM may have moved on since: a warning."""
    said = f"{read:,} rows read, the PIM counted {counted:,}."
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=READ_ALL,
        passed=read == counted,
        severity=dg.AssetCheckSeverity.WARN,
        description=said,
        metadata={"read": read, "counted": counted},
    )


def wrote_all(key: list[str], to_send: Mapping[str, int], in_archives: Mapping[str, int]) -> dg.AssetCheckResult:
    """Objects to be sent against objects in the archives' manifests, by type."""
    wrong = [
        f"{to_send.get(kind, 0):,} {kind} to send, {in_archives.get(kind, 0):,} in the archives"
        for kind in sorted({*to_send, *in_archives})
        if to_send.get(kind, 0) != in_archives.get(kind, 0)
    ]
    said = "; ".join(wrong) + "." if wrong else f"{sum(to_send.values()):,} objects to send, each in one file."
    return dg.AssetCheckResult(
        asset_key=key, check_name=WROTE_ALL, passed=not wrong, severity=dg.AssetCheckSeverity.ERROR, description=said
    )


def confirmed_all(key: list[str], answer: Mapping[str, Any]) -> dg.AssetCheckResult:
    """SFCC's answer: passed only if it confirmed every object."""
    advice = "" if answer["ok"] else " The next import sends them again; mend what SFCC refused in the PIM or in SFCC first."
    said = answer_sentence(answer) + advice
    return dg.AssetCheckResult(
        asset_key=key, check_name=CONFIRMED_ALL, passed=answer["ok"], severity=dg.AssetCheckSeverity.ERROR, description=said
    )


def nothing_held_back(key: list[str], objects: int, reasons: Counter[str]) -> dg.AssetCheckResult:
    """What the quarantine holds: whole objects fail the check, single values are only told. Never stops a load."""
    told = "; ".join(f"{count:,} x {reason}" for reason, count in reasons.most_common(10))
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=NOTHING_HELD_BACK,
        passed=objects == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{objects:,} products, models or categories held back, {sum(reasons.values()):,} notes in all"
        + (f": {told}." if told else "."),
    )


def nothing_taken_from_many(key: list[str], held: Mapping[str, int], totals: Mapping[str, int], load: str) -> dg.AssetCheckResult:
    """What the guard holds back, by group: how many absences, and how many objects SFCC has of it."""
    told = "; ".join(f"{count:,} of {totals[group]:,} {group}" for group, count in held.items())
    said = (
        f"Left in the shop, since more than `guard` allows would vanish at once: {told}. If they are meant to go, confirm it: "
        f"akeneo-sfcc confirm '{load}' (in the UI: resources.connector.config.confirm of the next run)."
        if held
        else "Nothing was held back."
    )
    return dg.AssetCheckResult(
        asset_key=key, check_name=NOTHING_TAKEN_FROM_MANY, passed=not held, severity=dg.AssetCheckSeverity.ERROR, description=said
    )


def imported_lately(last: Window | None, now: datetime, max_age_hours: int | None) -> tuple[bool, str]:
    """Whether the last successful load is young enough, and the sentence that tells it. A load is as old as its reading of the
    PIM: what was edited since isn't in it."""
    if max_age_hours is None:
        return True, "No load is too old, since loads.max_age_hours is not set."
    if last is None:
        return False, "No load of products has succeeded yet: run 3-2 (full import) once."
    began = datetime.fromisoformat(last.poll_start)
    read = f"The last successful load, {last.key}, read the PIM at {began.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if now - began <= timedelta(hours=max_age_hours):
        return True, f"{read}."
    return False, (
        f"{read}, more than {max_age_hours:,} hours ago (loads.max_age_hours): look under Runs why later ones failed or wait, "
        "and under Automation whether a schedule or pim_changes is on; then start 3-1."
    )
