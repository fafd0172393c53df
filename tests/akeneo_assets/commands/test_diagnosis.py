"""The judgments by themselves."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.diagnosis import pim_findings, quota_findings, sfcc_findings
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
    assert (found.verdict, found.found) == ("warning", "601 of 1,000 (shop).")


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
    assert [(f.check, f.verdict, f.found) for f in quota_findings.of_store(loaded)] == [
        ("variants of a master", "warning", "601 of 1,000 (shirt)."),
        ("values of a set-of-string", "problem", "201 of 200 (akeneo_tags of P1 in load full_1)."),
        ("characters of an image path", "warning", "1,080 of 1,800 (P1 in load full_1)."),
    ]


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


def archive(folder: Path, name: str, text: str) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(f"export/{name}", text)
    return path


@pytest.mark.parametrize("text", ["fr_FR:en_US:default", "<value>fr_FR</value><value>en_US</value><value>default</value>"])
def test_site_locales_are_read_as_text_or_values(tmp_path: Path, text: str) -> None:
    given = f'<preferences><a><preference preference-id="SiteLocales">{text}</preference></a></preferences>'
    path = archive(tmp_path, "sites/S/preferences.xml", given)
    assert sfcc_findings.preferences(path, "S") == {"SiteLocales": ["fr-FR", "en-US", "default"]}
    assert sfcc_findings.preferences(path, "T") == {}


def test_what_an_export_does_not_say_stays_unknown() -> None:
    (found,) = sfcc_findings.compare("S", "locales", ["fr-FR"], None)
    assert (found.verdict, found.advice) == ("unknown", "Compare them in Business Manager: fr-FR.")


@pytest.mark.parametrize(
    ("inside", "views"),
    [
        ("<header><image-settings><view-types><view-type>large</view-type></view-types></image-settings></header>", ["large"]),
        ("<header/><category/>", None),
        ("<product/><view-types/>", None),
        ("", None),
    ],
)
def test_view_types_are_read_from_the_catalogs_header_alone(tmp_path: Path, inside: str, views: list[str] | None) -> None:
    assert sfcc_findings.view_types(archive(tmp_path, "catalogs/c/catalog.xml", f"<catalog>{inside}</catalog>")) == views
