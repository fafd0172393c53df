"""The judgments of SFCC's exports by themselves; whole examinations are in commands/test_doctor.py."""

import zipfile
from pathlib import Path

import pytest

from akeneo_assets.diagnosis import sfcc_findings


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
