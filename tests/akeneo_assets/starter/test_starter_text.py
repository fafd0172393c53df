"""The starter's text: whatever the PIM holds, it is YAML that loads and fits."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import ConnectorSettings, load
from akeneo_assets.starter import starter_text
from akeneo_assets.structure.pim_structure import Structure

ABOUT = starter_text.About("https://pim.example", "7.0", "CE", datetime.fromisoformat("2024-07-01T10:00:00+00:00"), "s.json")


def attribute(code: str, type_: str = "pim_catalog_text", **more: Any) -> dict[str, Any]:
    return {"code": code, "type": type_, "group": "other", "labels": {}} | more


def lists(**given: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    channel = {"code": "web", "category_tree": "shop", "locales": ["fr_FR"], "currencies": ["EUR"], "labels": {}}
    basis = {
        "channels": [channel],
        "attributes": [attribute("sku", "pim_catalog_identifier")],
        "categories": [{"code": "shop", "parent": None}],
    }
    return {name: [] for name in starter_text.LISTS} | basis | given


def settings_of(given: dict[str, list[dict[str, Any]]], folder: Path, *, on: bool = False) -> ConnectorSettings:
    chosen: dict[str, Any] = given
    structure = Structure.build(**chosen)
    text = starter_text.starter(structure, given["families"], next(iter(structure.channels.values())), ABOUT)
    if on:
        text = re.sub(r"^( *)#(?! )", r"\1", text, flags=re.MULTILINE)
    file = folder / "connector.yaml"
    file.write_text(text)
    settings = load(file)
    assert validate(settings, structure) == []
    return settings


@pytest.mark.parametrize("on", [False, True])
def test_a_pim_with_nothing_but_a_sku_gets_a_file_that_loads(tmp_path: Path, on: bool) -> None:
    settings = settings_of(lists(), tmp_path, on=on)
    assert settings.attributes.standard == {}
    assert settings.images.view_types == ()
    assert settings.price_books == ()


NASTY = [
    "yes",
    "1234",
    "null",
    "a # b",
    "x: y",
    "- z",
    "[",
    "'",
    '"',
    "émoji ☕",
    "line\nbreak",
    "\x1b[31m",
    "\u2028",
    "%",
    "@a",
    "* b",
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("on", [False, True])
def test_awkward_labels_and_codes_break_nothing(tmp_path: Path, text: str, on: bool) -> None:
    given = lists(
        attributes=[
            attribute("name", labels={"fr_FR": text}),
            attribute("prix", "pim_catalog_price_collection", labels={"fr_FR": text}),
        ],
        association_types=[{"code": "1234", "labels": {"fr_FR": text}}, {"code": "no", "labels": {}}],
        categories=[{"code": "shop", "parent": None}, {"code": "tree", "parent": None, "labels": {"fr_FR": text}}],
        attribute_groups=[{"code": "yes", "sort_order": 1, "labels": {"fr_FR": text}}],
        reference_entities=[{"code": "null", "labels": {"fr_FR": text}}],
    )
    settings = settings_of(given, tmp_path, on=on)
    assert settings.attributes.standard["display-name"].attribute == "name"
    assert list(settings.associations) == (["1234", "no"] if on else [])


@hypothesis_settings(deadline=None)  # a machine may be busy
@given(label=st.text(max_size=60), code=st.from_regex(r"[A-Za-z0-9_]{1,20}", fullmatch=True))
def test_any_label_and_code_give_yaml_that_holds_them(tmp_path_factory: pytest.TempPathFactory, label: str, code: str) -> None:
    given = lists(association_types=[{"code": code, "labels": {"fr_FR": label}}])
    settings = settings_of(given, tmp_path_factory.mktemp("starter"), on=True)
    assert list(settings.associations) == [code]


def test_of_two_locales_that_sfcc_holds_as_one_the_second_is_switched_off(tmp_path: Path) -> None:
    locales = ["zh_Hans_CN", "fr_FR", "zh_Hant_CN"]
    channel = {"code": "web", "category_tree": "shop", "locales": locales, "currencies": ["EUR"], "labels": {}}
    settings = settings_of(lists(channels=[channel]), tmp_path)
    assert settings.organization.sites[0].locales == {"zh_Hans_CN": "zh-CN", "fr_FR": "fr-FR"}
    text = (tmp_path / "connector.yaml").read_text()
    assert "        #zh_Hant_CN: zh-CN  # SFCC has one zh-CN: here it is zh_Hans_CN's" in text
    assert "fallbacks: {fr_FR: [zh_Hans_CN]}" in text


@pytest.mark.parametrize(
    ("printed", "zone"),
    [
        ("2024-07-01T10:00:00+00:00", "UTC"),
        ("2024-07-01T10:00:00+02:00", "Europe/Paris"),
        ("2024-12-01T10:00:00+01:00", "Europe/Paris"),
        ("2024-07-01T10:00:00+09:00", "Asia/Tokyo"),
        ("2024-07-01T10:00:00+12:45", None),
    ],
)
def test_the_pims_zone_is_guessed_from_a_date_that_it_prints(printed: str, zone: str | None) -> None:
    assert starter_text.zone_at(datetime.fromisoformat(printed)) == zone
