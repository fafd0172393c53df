"""Reference entities as content assets, table structures as custom objects."""

from typing import Any

import orjson
import pytest

from akeneo_assets.mapping.content import content_definitions, contents
from akeneo_assets.mapping.media_keys import media_path
from akeneo_assets.mapping.table_structures import table_structures
from akeneo_assets.settings.connector import ConnectorSettings


@pytest.fixture
def brands(pim: Any) -> Any:
    pim.reference_entities += [{"code": "brands", "labels": {"fr_FR": "Marques"}}, {"code": "other", "labels": {}}]
    for code, type_, more in [
        ("label", "text", {"value_per_locale": True}),
        ("story", "text", {"value_per_locale": True, "is_textarea": True, "is_rich_text_editor": True}),
        ("founded", "number", {}),
        ("logo", "image", {}),
        ("kind", "single_option", {}),
        ("tags", "multiple_options", {}),
        ("owner", "reference_entity_single_link", {"reference_entity_code": "brands"}),
        ("friends", "reference_entity_multiple_links", {"reference_entity_code": "brands"}),
    ]:
        pim.reference_entity_attributes.append({"code": code, "reference_entity": "brands", "type": type_, "labels": {}, **more})
    for attribute, code in [("kind", "big"), ("tags", "eco"), ("tags", "old")]:
        pim.reference_entity_attribute_options.append(
            {"reference_entity": "brands", "attribute": attribute, "code": code, "labels": {"en_US": code.upper()}}
        )
    one = lambda data: [{"locale": None, "channel": None, "data": data}]  # noqa: E731
    values = {
        "label": [{"locale": "fr_FR", "channel": None, "data": "Acmé"}],
        "story": [{"locale": "en_US", "channel": None, "data": "<p>Once</p>"}],
        "founded": one("1949.0"),
        "logo": one("1/logo.png"),
        "kind": one("BIG"),
        "tags": one(["old", "gone"]),
        "owner": one("zen"),
        "friends": one(["zen", "acme"]),
    }
    pim.records += [
        {"reference_entity": "brands", "code": "acme", "values": values},
        {"reference_entity": "other", "code": "x", "values": {}},
    ]
    return pim


def settings(**reference_entities: Any) -> ConnectorSettings:
    return ConnectorSettings.model_validate({"reference_entities": reference_entities})


def test_a_record_is_a_content_asset_with_real_attributes(brands: Any) -> None:
    rows, problems, media = contents(
        settings(**{"as": "content", "entities": ["brands"], "library": "shared"}), brands.structure()
    )
    assert rows == [
        (
            "content",
            "shared",
            {
                "id": "akeneo_entity_brands_acme",
                "fields": {"display-name": {"x-default": "acme", "fr-FR": "Acmé"}, "online-flag": {"": "true"}},
                "custom": {
                    "akeneo_brands_story": {"x-default": "<p>Once</p>", "en-US": "<p>Once</p>"},
                    "akeneo_brands_founded": {"": "1949"},
                    "akeneo_brands_logo": {"": media_path("reference-entities-media-files/1/logo.png")},
                    "akeneo_brands_kind": {"": "big"},
                    "akeneo_brands_tags": {"": ["old"]},
                    "akeneo_brands_owner": {"": "akeneo_entity_brands_zen"},
                    "akeneo_brands_friends": {"": ["akeneo_entity_brands_zen", "akeneo_entity_brands_acme"]},
                },
            },
        )
    ]
    assert [(p.key, p.attribute, p.reason) for p in problems] == [("brands/acme", "tags", "the attribute has no option 'gone'")]
    assert media == ["reference-entities-media-files/1/logo.png"]


def test_the_attributes_are_defined_for_content(brands: Any) -> None:
    rows = content_definitions(settings(**{"as": "content", "entities": ["brands"]}), brands.structure())
    assert {r["id"]: r["type"] for kind, container, r in rows if kind == "attribute-definition" and container == "Content"} == {
        "akeneo_brands_story": "html",
        "akeneo_brands_founded": "double",
        "akeneo_brands_logo": "image",
        "akeneo_brands_kind": "enum-of-string",
        "akeneo_brands_tags": "enum-of-string",
        "akeneo_brands_owner": "string",
        "akeneo_brands_friends": "set-of-string",
    }
    assert rows[-1][0] == "attribute-group"


def test_an_entity_may_be_one_content_asset_with_all_records_as_json(brands: Any) -> None:
    rows, _, _ = contents(settings(**{"as": "json", "entities": ["brands"]}), brands.structure())
    ((_, _, record),) = rows
    assert record["id"] == "akeneo_entity_brands"
    assert list(orjson.loads(record["custom"]["akeneo_records"][""])) == ["acme"]


def test_content_assets_may_be_grouped_in_folders(brands: Any) -> None:
    rows, _, _ = contents(settings(**{"as": "content", "folder": "akeneo-{entity}"}), brands.structure())
    folders = [r for kind, _, r in rows if kind == "folder"]
    assert folders[0] == {
        "id": "akeneo-brands",
        "parent": "root",
        "fields": {"display-name": {"x-default": "brands", "fr-FR": "Marques"}, "online-flag": {"": "true"}},
    }
    assert [r["folders"] for kind, _, r in rows if kind == "content"] == [["akeneo-brands"], ["akeneo-other"]]


@pytest.mark.parametrize(("folder", "code"), [("brands-of-ours", "brands"), ("{entity}", "root")])
def test_a_folder_that_is_no_entitys_own_is_not_written(pim: Any, folder: str, code: str) -> None:
    pim.reference_entities.append({"code": code, "labels": {}})
    pim.records.append({"reference_entity": code, "code": "acme", "values": {}})
    rows, _, _ = contents(settings(**{"as": "content", "folder": folder}), pim.structure())
    assert [(kind, record.get("folders")) for kind, _, record in rows] == [("content", [folder.replace("{entity}", code)])]


def test_a_label_is_stripped_and_one_of_blanks_alone_is_none(brands: Any) -> None:
    brands.records[0]["values"]["label"] = [
        {"locale": "en_US", "channel": None, "data": " \n\t "},
        {"locale": "fr_FR", "channel": None, "data": "  Acmé\u00a0& fils "},
    ]
    brands.reference_entity_attributes[2]["labels"] = {"en_US": "  ", "fr_FR": " Fondée "}
    chosen = settings(**{"as": "content", "entities": ["brands"]})
    ((_, _, record),), _, _ = contents(chosen, brands.structure())
    assert record["fields"]["display-name"] == {"x-default": "acme", "fr-FR": "Acmé\u00a0& fils"}
    names = {r["id"]: r["names"] for _, _, r in content_definitions(chosen, brands.structure())}
    assert names["akeneo_brands_founded"] == {"x-default": "founded", "fr-FR": "Fondée"}


def test_a_label_longer_than_sfcc_takes_is_cut_and_reported(brands: Any) -> None:
    brands.records[0]["values"]["label"][0]["data"] = "é" * 4001
    ((_, _, record),), problems, _ = contents(settings(**{"as": "content", "entities": ["brands"]}), brands.structure())
    assert record["fields"]["display-name"] == {"x-default": "acme", "fr-FR": "é" * 4000}
    assert ("brands/acme", "label", "cut to the 4000 characters that SFCC allows for a name") in [
        (p.key, p.attribute, p.reason) for p in problems
    ]


def test_a_private_library_has_its_sites_channel_and_locales(pim: Any) -> None:
    pim.channel("german", ["de_DE"], ["EUR"])
    pim.reference_entities.append({"code": "brands", "labels": {"en_US": "Brands", "de_DE": "Marken"}})
    for code, more in [("label", {"value_per_locale": True}), ("motto", {"value_per_locale": True}), ("rank", {})]:
        scoped = {"value_per_channel": code != "label", **more}
        pim.reference_entity_attributes.append(
            {"code": code, "reference_entity": "brands", "type": "text", "labels": {}, **scoped}
        )
    told = lambda code: [  # noqa: E731
        {"locale": "en_US", "channel": "ecommerce", "data": f"{code} us"},
        {"locale": "de_DE", "channel": "german", "data": f"{code} de"},
    ]
    values = {
        "label": [{"locale": "en_US", "channel": None, "data": "Acme"}, {"locale": "de_DE", "channel": None, "data": "Akme"}],
        "motto": told("motto"),
        "rank": [{**value, "locale": None} for value in told("rank")],
    }
    pim.records.append({"reference_entity": "brands", "code": "acme", "values": values})
    sites = [{"id": "US", "channel": "ecommerce"}, {"id": "DE", "channel": "german"}]

    def written(library: str) -> list[Any]:
        chosen = {"as": "content", "library": library, "folder": "{entity}"}
        settings = ConnectorSettings.model_validate({"organization": {"sites": sites}, "reference_entities": chosen})
        return [record for _, _, record in contents(settings, pim.structure())[0]]

    folder, content = written("sites/DE")
    assert folder["fields"]["display-name"] == {"x-default": "Marken", "de-DE": "Marken"}
    assert content["fields"]["display-name"] == {"x-default": "Akme", "de-DE": "Akme"}
    assert content["custom"] == {
        "akeneo_brands_motto": {"x-default": "motto de", "de-DE": "motto de"},
        "akeneo_brands_rank": {"": "rank de"},
    }
    _, shared = written("shared")
    assert shared["custom"] == {
        "akeneo_brands_motto": {"x-default": "motto us", "en-US": "motto us", "de-DE": "motto de"},
        "akeneo_brands_rank": {"": "rank us"},
    }


def test_nothing_is_written_unless_asked_for(brands: Any) -> None:
    assert contents(ConnectorSettings(), brands.structure()) == ([], [], [])
    assert content_definitions(ConnectorSettings(), brands.structure()) == []


def test_a_file_that_the_pim_could_not_give_is_reported(brands: Any) -> None:
    brands.media = {"reference-entities-media-files/1/logo.png": None}
    rows, problems, media = contents(settings(**{"as": "content", "entities": ["brands"]}), brands.structure())
    assert "akeneo_brands_logo" not in rows[0][2]["custom"]
    assert media == []
    assert ("logo", "the PIM could not give the file 'reference-entities-media-files/1/logo.png'") in [
        (p.attribute, p.reason) for p in problems
    ]


def test_characters_that_xml_forbids_are_taken_out_of_a_record_and_reported_once(brands: Any) -> None:
    brands.records[0]["values"]["story"][0]["data"] = "<p>On\x01ce</p>"
    rows, problems, _ = contents(settings(**{"as": "content", "entities": ["brands"]}), brands.structure())
    assert rows[0][2]["custom"]["akeneo_brands_story"] == {"x-default": "<p>Once</p>", "en-US": "<p>Once</p>"}
    assert [p.reason for p in problems if p.attribute == "story"] == ["characters that XML forbids were removed"]


def test_a_tables_structure_is_a_custom_object(pim: Any) -> None:
    columns = [
        {
            "code": "size",
            "data_type": "select",
            "labels": {"fr_FR": "Taille", "de_DE": "Größe"},
            "options": [{"code": "S", "labels": []}],
        },
        {"code": "chest", "data_type": "number", "labels": {}},
    ]
    pim.attribute("sizes", "table", table_configuration=columns, labels={"en_US": "Sizes"})
    (type_kind, _, custom_type), (kind, container, record) = table_structures(ConnectorSettings(), pim.structure())
    assert (type_kind, kind, container) == ("custom-type", "custom-object", custom_type["id"])
    assert record["id"] == "akeneo_sizes"
    assert record["attributes"]["label"] == {"x-default": "Sizes", "en-US": "Sizes"}
    assert orjson.loads(record["attributes"]["columns"][""]) == [
        {"code": "size", "type": "select", "labels": {"fr-FR": "Taille"}, "options": [{"code": "S", "labels": {}}]},
        {"code": "chest", "type": "number", "labels": {}, "options": []},
    ]


def test_without_tables_there_is_no_custom_type(pim: Any) -> None:
    assert table_structures(ConnectorSettings(), pim.structure()) == []


def test_a_tables_labels_are_those_of_every_sites_locales(pim: Any) -> None:
    pim.channel("german", ["de_DE"], ["EUR"])
    pim.attribute("sizes", "table", table_configuration=[{"code": "size", "labels": {"fr_FR": "Taille", "de_DE": "Größe"}}])
    sites = [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "german"}]
    chosen = ConnectorSettings.model_validate({"organization": {"sites": sites}})
    _, (_, _, record) = table_structures(chosen, pim.structure())
    assert orjson.loads(record["attributes"]["columns"][""])[0]["labels"] == {"fr-FR": "Taille", "de-DE": "Größe"}


def test_two_records_that_would_get_one_id_are_told_apart_and_one_is_held_back(pim: Any) -> None:
    pim.reference_entities += [{"code": "ink", "labels": {}}, {"code": "ink_dark", "labels": {}}]
    pim.records += [
        {"reference_entity": "ink", "code": "dark_red", "values": {}},
        {"reference_entity": "ink_dark", "code": "red", "values": {}},
    ]
    rows, problems, _ = contents(settings(**{"as": "content"}), pim.structure())
    assert [record["id"] for _, _, record in rows] == ["akeneo_entity_ink_dark_red"]
    assert [(p.key, p.reason) for p in problems] == [
        ("ink_dark/red", "held back: 'akeneo_entity_ink_dark_red' is the id of the record ink/dark_red, too")
    ]


def test_more_links_of_a_record_than_a_set_holds_are_cut_and_reported(brands: Any) -> None:
    brands.records[0]["values"]["friends"][0]["data"] = [f"r{n}" for n in range(201)]
    rows, problems, _ = contents(settings(**{"as": "content", "entities": ["brands"]}), brands.structure())
    assert len(rows[0][2]["custom"]["akeneo_brands_friends"][""]) == 200
    assert ("friends", "201 values; SFCC takes 200, the rest was left out") in [(p.attribute, p.reason) for p in problems]
