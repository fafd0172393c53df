"""A real catalogue: icecat as the sandbox PIM serves it, mapped whole."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.mapping.attribute_definitions import definitions
from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.prices import price_books
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import load

pytestmark = pytest.mark.shared

SETTINGS = load(Path(__file__).parents[3] / "connector.yaml")


def test_the_default_settings_fit_icecat(icecat: Any) -> None:
    assert validate(SETTINGS, icecat.structure) == []


def test_icecat_is_mapped_whole(icecat: Any) -> None:
    mapping = ProductMapping(SETTINGS, icecat.structure)
    kinds: Counter[str] = Counter()
    facts: dict[str, list[Any]] = {}
    problems: list[Any] = []
    unassigned = 0
    for row in icecat.products:
        mapped = mapping.map_product(row, ancestors=icecat.ancestors(row), targets={})
        kinds["variant" if mapped.facts else "simple"] += 1
        problems += mapped.problems
        unassigned += mapped.unassigned
        if mapped.facts:
            facts.setdefault(mapped.facts["root"], []).append(mapped.facts)
    flags: Counter[str] = Counter()
    for root in (m for m in icecat.models.values() if not m["parent"]):
        subs = [m for m in icecat.models.values() if m["parent"] == root["code"]]
        mapped = mapping.map_master(root, subs, facts.get(root["code"], []), {})
        record = mapped.records[0][2]
        flags[record["fields"]["online-flag"][""]] += 1
        kinds["linked"] += len(record["variations"]["variants"])
    assert kinds == {"simple": 999, "variant": 240, "linked": 240}
    assert flags == {"true": 49, "false": 1}
    assert problems == []
    assert unassigned > 0


def test_icecats_tree_options_and_books(icecat: Any) -> None:
    tree = [record for _, _, record in categories(SETTINGS, icecat.structure)[0]]
    assert len(tree) == 67
    assert [r["id"] for r in tree if r["parent"] == "root"] == ["master"]
    assert sorted(book for _, book, _ in price_books(SETTINGS, icecat.structure)) == ["eur-list-prices", "usd-list-prices"]
    sizes = next(r for _, _, r in definitions(SETTINGS, icecat.structure) if r["id"] == "akeneo_size")
    assert [v["value"] for v in sizes["values"]][:5] == ["xxs", "xs", "s", "m", "l"]
