"""What each of the official cartridge's preferences becomes, and what is said of those without an equal."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from akeneo_assets.errors import ConnectorError
from akeneo_assets.starter.cartridge_preferences import Instances, Migration, migrate, read_preferences, text_of
from akeneo_assets.structure.pim_structure import Structure

NAMESPACE = "http://www.demandware.com/xml/impex/preferences/2007-03-31"


def structure(*codes: str, channels: tuple[str, ...] = ("web", "app"), entities: tuple[str, ...] = ()) -> Structure:
    def channel(code: str) -> dict[str, Any]:
        return {"code": code, "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"], "labels": {}}

    attributes = [{"code": code, "type": "pim_catalog_text", "group": "other", "labels": {}} for code in codes]
    return Structure.build(
        channels=[channel(code) for code in channels],
        attributes=attributes,
        reference_entities=[{"code": code, "labels": {}} for code in entities],
    )


def made(*codes: str, **preferences: Any) -> Migration:
    texts = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in preferences.items()}
    return migrate(texts, structure(*codes))


def test_mapped_attributes_are_named_by_the_pims_codes() -> None:
    standard = {"akeneo_shortDescription": "shortDescription", "akeneo_ean": "EAN", "akeneo_searchMe": "searchable"}
    custom = {"akeneo_mainColor": "color"}
    migration = made(
        *("short_description", "ean", "search-me", "main_color"),
        ProductAttrsMapping={"matching": standard},
        CustomAttrMapping={"matching": custom},
    )
    assert migration.settings["attributes"] == {
        "id_style": "camel_case",
        "metric": "text",
        "standard": {"short-description": "short_description", "ean": "ean", "searchable-flag": "search-me"},
        "custom": {"color": "main_color"},
    }
    assert "attributes" not in migration.remarks


@pytest.mark.parametrize(
    ("standard", "said"),
    [
        (
            {"akeneo_gone": "name"},
            "the PIM has no attribute that the cartridge would call akeneo_gone.",
        ),
        ({"akeneo_ean": "wings"}, "SFCC has no standard attribute wings that can be mapped."),
        (
            {"akeneo_ean": "taxClassID"},
            "SFCC can't clear tax-class-id: give a default in place of CHANGE.",
        ),
    ],
)
def test_a_mapping_that_can_not_be_carried_over_is_remarked_on(standard: dict[str, str], said: str) -> None:
    assert made("ean", ProductAttrsMapping={"matching": standard}).remarks["attributes"] == [f"akeneoProductAttrsMapping: {said}"]


def test_two_attributes_that_the_cartridge_called_alike_are_told() -> None:
    migration = made("roast_level", "roastLevel")
    assert "id_style" not in migration.settings["attributes"]
    assert migration.remarks["attributes"] == [
        "id_style: camel_case can't be had, since two attributes would get one id: akeneo_roastLevel."
    ]


def test_catalog_channel_trees_and_flags_are_taken_over() -> None:
    migration = made(
        ProductsCatalogID="shop-master",
        Scope="app",
        TopLevelCategoryID="home",
        MainCatalogs=("master", "outlet"),
        CategoryOnline="false",
        WriteCategories="true",
        ProductPrimaryFlag="false",
        ConsiderProductStatus="true",
        ModelImportType="master-group-variation",
    )
    assert migration.settings["organization"] == {
        "master_catalog": "shop-master",
        "sites": [{"channel": "app", "root_category": "home"}],
    }
    assert migration.settings["categories"] == {
        "trees": ["master", "outlet"],
        "show_in_menu": True,
        "online": False,
        "write": True,
        "primary": "none",
    }
    assert migration.settings["products"] == {
        "channel_tree_only": True,
        "status": {"source": "enabled"},
        "model_import": "master-group-variation",
    }


def test_all_channels_become_one_and_a_remark() -> None:
    migration = made(Scope="")
    assert migration.settings["organization"]["sites"] == [{"channel": "web"}]
    assert migration.remarks["organization"] == [
        "akeneoScope: is empty, which meant all channels; a site has one channel. The PIM has: web, app."
    ]


def test_the_advanced_imports_search_is_the_filter_and_its_attributes_those_included() -> None:
    search = {"family": [{"operator": "IN", "value": ["shoes"]}]}
    config = {"search": search, "attributes": "name, ean", "limit": 5}
    migration = made(ImportType="advanced", ProductsImportBuilderConfig=config)
    assert migration.settings["products"]["filter"] == search
    assert migration.settings["attributes"]["include"] == {"attributes": ["name", "ean"]}
    assert migration.remarks["products"] == ["akeneoProductsImportBuilderConfig: limit has no equal."]
    assert "filter" not in made(ImportType="simple", ProductsImportBuilderConfig=config).settings["products"]


def test_associations_become_what_the_cartridge_made_of_all_of_them() -> None:
    both = {"RecommendationsMapping": {"matching": {"X_SELL": "1"}}, "ProductLinkMapping": {"matching": {"PACK": "accessory"}}}
    recommended = made(ProductAssociation="product-recommendations", **both)
    assert recommended.settings["associations"] == {"X_SELL": {"as": "recommendation", "type": "1"}}
    linked = made(ProductAssociation="product-links", **both)
    assert linked.settings["associations"] == {"PACK": {"as": "product-link", "type": "accessory"}}
    assert linked.remarks["associations"] == [
        "akeneoRecommendationsMapping: was not used, since akeneoProductAssociation chose the other one."
    ]


def test_view_types_show_the_asset_attributes_mapped_to_them() -> None:
    migration = made(
        ImageType="assets",
        ViewTypesConfig={"view-types": ["large", "swatch"]},
        ImageLinkViewTypesMapping={"matching": {"swatch": "swatch_link"}},
        ExternalImageLocation="http://img.example/",
        ImageMetadataMapping={"matching": {"alt": "alt_text"}},
    )
    assert migration.settings["images"] == {
        "source": "assets",
        "view_types": [{"id": "large"}, {"id": "swatch", "asset_attribute": "swatch_link"}],
        "localized_view_types": True,
        "alt_pattern": "${productname}",
        "title_pattern": "${productname}",
        "external_location": {"http": "http://img.example/", "https": "https://img.example/"},
    }
    (said,) = migration.remarks["images"]
    assert said.startswith("akeneoImageMetadataMapping: took alt from the asset's attribute alt_text")


def test_sets_and_bundles_need_family_and_association() -> None:
    migration = made(ProductSetFamily="sets", ProductSetAssociationType="ITEMS", ProductBundleFamily="bundles")
    assert migration.settings["products"]["set"] == {"family": "sets", "association": "ITEMS"}
    assert "bundle" not in migration.settings["products"]
    assert migration.remarks["products"] == ["akeneoProductBundleFamily: needs both, a family and an association type."]


def test_secrets_go_into_the_environment_and_are_never_written() -> None:
    migration = made(Secret="geheim", Password="geheim", ServiceGeneralUrl="https://pim.example", Wings="1")
    text = "\n".join(text_of(migration))
    assert "geheim" not in text
    assert "# akeneoSecret: goes into the environment as AKENEO_CLIENT_SECRET." in text
    assert "# akeneoWings: nothing is known of it." in text


def test_a_value_that_is_no_json_is_remarked_on() -> None:
    assert made(ViewTypesConfig="large, small").remarks["images"] == [
        "akeneoViewTypesConfig: its value is no JSON object, so that nothing of it is carried over."
    ]


def test_the_file_holds_the_sections_behind_their_remarks() -> None:
    lines = list(text_of(made(Scope="")))
    at = lines.index("# akeneoScope: is empty, which meant all channels; a site has one channel. The PIM has: web, app.")
    assert lines[at + 1].startswith("organization:\n")
    assert yaml.safe_load("\n".join(lines))["organization"]["master_catalog"] == "akeneo-catalog"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "preferences.xml"
    path.write_text(text)
    return path


def test_preferences_of_a_kind_of_instance_stand_over_those_of_all(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"""<preferences xmlns="{NAMESPACE}"><custom-preferences>
        <all-instances><preference preference-id="akeneoScope">web</preference>
          <preference preference-id="akeneoMainCatalogs"><value>master</value><value>outlet</value></preference>
          <preference preference-id="other">1</preference></all-instances>
        <staging><preference preference-id="akeneoScope">app</preference></staging></custom-preferences></preferences>""",
    )
    assert read_preferences(path) == {"Scope": "web", "MainCatalogs": ("master", "outlet")}
    assert read_preferences(path, Instances.staging)["Scope"] == "app"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f'<preferences xmlns="{NAMESPACE}"/>',
            "has no preference of the Akeneo cartridge: give that of the site",
        ),
        ("<preferences>", "is no XML"),
    ],
)
def test_a_file_of_something_else_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConnectorError, match=said):
        read_preferences(written(tmp_path, text))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=r"can't be read: give the preferences\.xml of a site"):
        read_preferences(tmp_path / "no.xml")
