"""What a random history consists of, drawn from its seed before it begins, so that a part of it can be left out; and shrinking.

Belongs here: which events there are and in which order. Doesn't: making them happen (`history_machine`), single edits
(`pim_edits`). No servers.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.integration import pim_edits

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "as they come": {},
    "a filter": {
        "products": {"filter": {"family": [{"operator": "NOT IN", "value": ["tents"]}]}},
    },
    "another tree": {"categories": {"trees": ["app_menu", "outlet"], "tree_as_category": False}},
    "deleting": {"loads": {"retire": {"products": "delete", "categories": "delete", "content": "delete"}}},
    "other mappings": {
        "attributes": {"metric": "both", "standard": {"name": {"template": "{brand} {name}"}, "brand": "brand"}},
        "associations": {"X_SELL": {"as": "product-link", "type": "cross-sell"}, "COMPATIBLE": {"type": "4"}},
        "categories": {"primary": "none"},
        "price_books": [{"id": "{currency}-promo", "attribute": "promo_price"}],
        "products": {"status": {"source": "completeness"}, "model_import": "master-group-variation"},
    },
    "content": {"reference_entities": {"as": "content"}},
    "two sites": {
        "organization": {
            "sites": [
                {"id": "RefArch", "channel": "ecommerce", "default_locale": "en_US", "storefront_catalog": "kettle-web"},
                {
                    "id": "RefArchGlobal",
                    "channel": "mobile",
                    "default_locale": "de_DE",
                    "storefront_catalog": "kettle-app",
                    "trees": ["app_menu"],
                },
            ]
        }
    },
}
"""What connector.yaml says otherwise."""

LEFT_TO_MERCHANTS: Final = {"other mappings": ("<primary-flag>true</primary-flag>",)}
"""Elements that settings leave to merchants, as they stood before: not compared."""

GUARDS: Final = {"wide": {"share": 100, "above": 100_000}, "narrow": {"share": 5, "above": 1}}
"""`guard` in connector.yaml."""

PIM_FAULTS: Final[dict[str, dict[str, Any]]] = {
    "hidden attribute": {"kind": "hide", "attributes": ["name"]},
    "hidden categories": {"kind": "hide", "categories": ["outdoor", "tents", "packs"]},
    "empty lists": {"kind": "empty_list"},
    "half lists": {"kind": "partial_list", "keep": 0.5},
    "errors": {"kind": "status", "status": 503, "path": "products-uuid*", "after": 1, "times": 2},
}
"""What the PIM does wrong during a load."""

SFCC_FAULTS: Final[dict[str, dict[str, Any]]] = {
    "unread words": {"log_wording": {"data_error": "FEHLER: {message}", "processed_type": None}},
    "refused products": {"refuse": {"product": ["TENT-RIDGE-3", "jacket_drizzle", "PACK-SUMMIT-45-BLUE"]}},
    "no log": {"no_log": True},
    "busy": {"job_already_running": 1},
}
"""What SFCC does wrong during a load."""

LOADS: Final = (
    "load",
    *(f"PIM: {name}" for name in PIM_FAULTS),
    *(f"SFCC: {name}" for name in SFCC_FAULTS),
    "SFCC: reset",
    "SFCC: restored",
    "interrupted",
    "interrupted at the end",
    "edits during a load",
    "edits in the second of a poll",
)
"""What a load may meet, a name each."""

ALL_KINDS: Final = (
    *(f"edit: {kind}" for kind in (*pim_edits.KINDS, *pim_edits.DELETIONS)),
    *(f"settings: {name}" for name in SETTINGS),
    *LOADS[1:],
    *("guard: held back", "guard: stopped", "guard: confirmed"),
    *("loads: 3-1", "loads: 3-2"),
)
"""Everything that a history may be made of, as it is counted."""

EDITS: Final = (3, 6)
"""Fewest and most edits before a load."""


@dataclass(frozen=True)
class Event:
    """Something that happens. `what`: edit, settings or load; `name`: which; `seed`: what is drawn by lot within it."""

    what: str
    name: str
    seed: int


@dataclass(frozen=True)
class Plan:
    """A history. `empty`: the instance that is fed all along begins empty, with a catalogue of its own, not with what the
    catalogue had; `guard`: which of `GUARDS`."""

    seed: int
    empty: bool
    guard: str
    events: tuple[Event, ...]


def plan(seed: int) -> Plan:
    """The history of a seed: at least 6 edits and 3 loads, the last of them undisturbed."""
    dice = random.Random(seed)
    edits, events = [*pim_edits.KINDS, *pim_edits.DELETIONS], list[Event]()

    def happens(what: str, name: str) -> None:
        events.append(Event(what, name, dice.getrandbits(32)))

    def edited() -> None:
        for _ in range(dice.randint(*EDITS)):
            happens("edit", dice.choice(edits))

    empty, guard = dice.random() < 0.2, "narrow" if dice.random() < 0.4 else "wide"
    for _ in range(dice.choice([2, 2, 3])):
        edited()
        if dice.random() < 0.6:
            happens("settings", dice.choice(list(SETTINGS)))
        happens("load", dice.choice(LOADS))
    edited()
    return Plan(seed, empty, guard, tuple(events))


def shrunk(whole: Plan, breaks: Callable[[Plan], bool], *, tries: int) -> Plan:
    """A shorter history that still breaks the law: halves are left out, then quarters, down to single events.

    `breaks`: whether a history does; it is asked at most `tries` times.
    """
    events: Sequence[Event] = whole.events
    size = len(events) // 2
    while size and tries:
        end = len(events)
        while end > 0 and tries:
            shorter = [*events[: max(end - size, 0)], *events[end:]]
            tries -= 1
            if breaks(replace(whole, events=tuple(shorter))):
                events = shorter
            end -= size
        size //= 2
    return replace(whole, events=tuple(events))
