from typing import Any

import pytest

from akeneo_assets.structure.pim_structure import Structure
from akeneo_assets.structure.vanished import codes_of, vanished, vanished_sentence

BEFORE: dict[Any, Any] = {
    "channel": ["web"],
    "locale": ["en_US", "fr_FR"],
    "currency": ["EUR"],
    "category tree": ["master"],
    "family": ["shoes", "shirts"],
    "attribute": ["Name", "color", "size"],
    "list": ["asset_families"],
}


def lacking(**gone: str) -> dict[Any, Any]:
    kinds = {name.replace("_", " "): code for name, code in gone.items()}
    return {kind: [code for code in codes if code != kinds.get(kind)] for kind, codes in BEFORE.items()}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("channel", "web"),
        ("locale", "fr_FR"),
        ("currency", "EUR"),
        ("category tree", "master"),
        ("family", "shirts"),
        ("attribute", "color"),
        ("list", "asset_families"),
    ],
)
def test_a_code_in_use_that_a_list_lost_stops_the_job_until_it_is_confirmed(kind: Any, code: str) -> None:
    now = lacking(**{kind.replace(" ", "_"): code})
    assert vanished(now, BEFORE, BEFORE) == [(kind, code)]
    sentence = vanished_sentence(now, BEFORE, BEFORE)
    assert sentence is not None
    assert f"no longer have what is in use: {kind} '{code}'." in sentence
    assert "lost the right to see them" in sentence
    assert vanished_sentence(now, BEFORE, BEFORE, {(kind, code.upper())}) is None


def test_what_is_not_in_use_may_go() -> None:
    assert vanished_sentence(lacking(family="shirts"), BEFORE, {"family": ["shoes"]}) is None


def test_what_never_was_there_has_not_vanished() -> None:
    assert vanished_sentence(BEFORE, BEFORE, {"attribute": ["unknown"]}) is None
    assert vanished_sentence({}, {}, BEFORE) is None


def test_codes_compare_without_case_and_are_named_as_they_were_spelled() -> None:
    now = lacking(attribute="Name") | {"locale": ["EN_us", "FR_fr"]}
    assert vanished(now, BEFORE, {"attribute": ["NAME"], "locale": ["en_us"]}) == [("attribute", "Name")]


def test_a_whole_list_that_is_gone_is_told_by_its_first_codes() -> None:
    before = {"attribute": [f"a{n:02}" for n in range(40)]}
    sentence = vanished_sentence({}, before, before)
    assert sentence is not None
    assert "attributes 'a00', 'a01'," in sentence
    assert "'a09' and 30 more." in sentence
    assert "'a10'" not in sentence


def test_kinds_stand_in_one_sentence() -> None:
    now = lacking(locale="fr_FR", attribute="color")
    sentence = vanished_sentence(now, BEFORE, BEFORE)
    assert sentence is not None
    assert "locale 'fr_FR'; attribute 'color'." in sentence


def test_the_codes_of_a_structure() -> None:
    structure = Structure.build(
        channels=[{"code": "Web", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]}],
        attributes=[{"code": "Name", "type": "pim_catalog_text"}],
        families=[{"code": "Shoes"}],
        categories=[{"code": "master", "parent": None}, {"code": "men", "parent": "master"}],
    )
    assert codes_of(structure, ["asset_families"]) == {
        "list": ["asset_families"],
        "channel": ["Web"],
        "locale": ["en_US"],
        "currency": ["EUR"],
        "category tree": ["master"],
        "family": ["Shoes"],
        "attribute": ["Name"],
    }
