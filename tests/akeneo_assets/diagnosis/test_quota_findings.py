"""SFCC's quotas: when a count warns, and what is counted."""

from pathlib import Path
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.diagnosis import quota_findings
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, write_json, write_table
from akeneo_assets.structure.pim_structure import Structure


@pytest.mark.parametrize(("count", "verdict"), [(0, "ok"), (599, "ok"), (600, "warning"), (1000, "warning"), (1001, "problem")])
def test_a_quota_warns_from_six_tenths_and_fails_beyond_it(count: int, verdict: str) -> None:
    assert quota_findings.judge("variants", count, 1000, "shirt", "Split it.").verdict == verdict


def test_subcategories_are_counted_where_they_will_hang() -> None:
    categories = [{"code": "shop", "parent": None}, {"code": "other", "parent": None}, {"code": "x", "parent": "other"}]
    categories += [{"code": f"c{number}", "parent": "shop"} for number in range(601)]
    channel = {"code": "ecommerce", "category_tree": "shop", "locales": ["en_US"], "currencies": ["EUR"]}
    structure = Structure.build(channels=[channel], attributes=[], categories=categories)
    (found,) = quota_findings.of_categories(structure, resolve(ConnectorSettings(), structure))
    assert (found.verdict, found.sentence) == ("warning", "601 of 1,000 (shop).")


@pytest.fixture
def loaded(tmp_path: Path) -> Store:
    """A store whose last full load has one master of 601 variants, a set of 201 values and a long image path."""
    store, key = Store(tmp_path), "full_1"
    folder = store.load(key)
    window = {
        "key": key,
        "kind": "full",
        "poll_start": "2024-01-01T00:00:00+00:00",
        "since": None,
        "previous": None,
        "reason": "",
    }
    write_json(folder / "window.json", window)
    write_json(folder / "outcome.json", {"structure": "", "settings": "", "reading": {}})
    own: dict[str, Any] = {"owner": "product", "sfcc_id": "s", "root": "shirt"}
    variants = [own | {"key": f"u{number}"} for number in range(601)]
    write_table(folder / "identities.parquet", tables.IDENTITIES, [*variants, own | {"key": "held", "sfcc_id": None}])
    product = {
        "id": "P1",
        "fields": {},
        "custom": {"akeneo_tags": {"": [str(number) for number in range(201)]}, "akeneo_text": {"": "long text"}},
        "images": [{"view_type": "large", "images": [{"path": "é" * 1080}, {"path": "a"}]}],
    }
    with RecordFiles(Package.of_load(store, key).records("products")) as files:
        files.write([("product", "catalog", product), ("product", "catalog", {"id": "P2", "fields": {}})])
    return store


def test_products_are_counted_from_the_last_full_load(loaded: Store) -> None:
    assert [(f.check, f.verdict, f.sentence) for f in quota_findings.of_store(loaded)] == [
        ("variants of a master", "warning", "601 of 1,000 (shirt)."),
        ("values of a set-of-string", "problem", "201 of 200 (akeneo_tags of P1 in load full_1)."),
        ("characters of an image path", "warning", "1,080 of 1,800 (P1 in load full_1)."),
    ]
