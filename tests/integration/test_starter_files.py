"""`akeneo-sfcc init --for ...`: its file feeds an instance that is set up as that storefront is, without a word of a person."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from akeneo_assets.commands import init, migrate

XML = {"xml": "http://www.w3.org/XML/1998/namespace"}
LOCALES = ("de_DE", "en_US", "fr_FR")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACE = "http://www.demandware.com/xml/impex/metadata/2006-10-31"
STOREFRONTS_DEFINITIONS = f"""<metadata xmlns="{NAMESPACE}">
    <type-extension type-id="Product"><custom-attribute-definitions>
        <attribute-definition attribute-id="color"><type>string</type></attribute-definition>
        <attribute-definition attribute-id="size"><type>string</type></attribute-definition>
        <attribute-definition attribute-id="width"><type>string</type></attribute-definition>
    </custom-attribute-definitions></type-extension>
    <type-extension type-id="Category"><custom-attribute-definitions>
        <attribute-definition attribute-id="showInMenu"><type>boolean</type></attribute-definition>
    </custom-attribute-definitions></type-extension></metadata>"""
"""What a reference storefront has defined before the connector comes."""


@pytest.fixture
def filled(place_at: Any, pim_of: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """An instance after jobs 1, 2 and 3-2 with the file for a storefront, as it exports itself."""

    def fill(storefront: str) -> Any:
        place = place_at(pim_of("demo"))
        monkeypatch.chdir(tmp_path)
        arguments = ["--channel", "ecommerce", "--for", storefront, "--force"]
        written = CliRunner().invoke(init.app, arguments, env=place.environment())
        assert written.exit_code == 0, written.output
        place.merchant_imports("storefront", {"meta/system-objecttype-extensions.xml": STOREFRONTS_DEFINITIONS})
        for job in ("1", "2", "3-2"):
            run = place.job(job, CONNECTOR_CONFIG=str(tmp_path / "connector.yaml"))
            assert run.ok, run.failures
        return place.export()

    return fill


PREFERENCES = """<preferences xmlns="http://www.demandware.com/xml/impex/preferences/2007-03-31"><custom-preferences><all-instances>
    <preference preference-id="akeneoScope">ecommerce</preference>
    <preference preference-id="akeneoProductsCatalogID">outdoor-master</preference>
    <preference preference-id="akeneoProductAttrsMapping">{"matching": {"akeneo_name": "name"}}</preference>
    <preference preference-id="akeneoCustomAttrMapping">{"matching": {"akeneo_color": "color"}}</preference>
    <preference preference-id="akeneoRecommendationsMapping">{"matching": {"X_SELL": "1"}}</preference>
    <preference preference-id="akeneoProductAssociation">product-recommendations</preference>
    <preference preference-id="akeneoViewTypesConfig">{"view-types": ["large", "small"]}</preference>
    </all-instances></custom-preferences></preferences>"""


def test_the_official_cartridges_preferences_make_a_file_that_imports_what_they_said(
    place_at: Any, pim_of: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_at(pim_of("demo"))
    monkeypatch.chdir(tmp_path)
    Path("preferences.xml").write_text(PREFERENCES)
    written = CliRunner().invoke(migrate.app, ["preferences.xml"], env=place.environment())
    assert written.exit_code == 0, written.output
    place.merchant_imports("storefront", {"meta/system-objecttype-extensions.xml": STOREFRONTS_DEFINITIONS})
    for job in ("1", "2", "3-2"):
        run = place.job(job, CONNECTOR_CONFIG=str(tmp_path / "connector.yaml"))
        assert run.ok, run.failures
    now = place.export()
    jacket = now.product("JACKET-DRIZZLE-RED-S")
    assert jacket.findtext("custom-attributes/custom-attribute[@attribute-id='color']") == "red"
    assert now.product("jacket_drizzle").findtext("display-name[@xml:lang='en-US']", namespaces=XML) == "Drizzle jacket"
    views = {group.get("view-type") for group in now.all("/catalog[@catalog-id='outdoor-master']/product/images/image-group")}
    assert {"large", "small"} <= views <= {"large", "small"} | {f"{v}_{lang}" for v in ("large", "small") for lang in LOCALES}
    assert {kind for kind, _ in now.recommended("TENT-RIDGE-2")} <= {"1"}
    assert now.category("outdoor").findtext("custom-attributes/custom-attribute[@attribute-id='showInMenu']") == "true"


@pytest.mark.parametrize("storefront", ["sfra", "sitegenesis"])
def test_a_reference_storefront_finds_its_axes_views_groups_and_menu(filled: Callable[[str], Any], storefront: str) -> None:
    now = filled(storefront)
    jacket = now.product("jacket_drizzle")
    axes = jacket.iterfind("variations/attributes/variation-attribute")
    assert {(axis.get("variation-attribute-id"), axis.get("attribute-id")) for axis in axes} == {
        ("color", "color"),
        ("size", "size"),
    }
    groups = jacket.findall("images/image-group")
    assert {group.get("view-type") for group in groups} == {"hi-res", "large", "medium", "small", "swatch"}
    assert {len(group.findall("image")) for group in groups if group.get("view-type") == "swatch"} == {1}
    (header,) = now.all("/catalog/header/image-settings")
    assert (header.findtext("variation-attribute-id"), header.findtext("alt-pattern")) == ("color", "${productname}")
    menu = {str(category.get("category-id")) for category in now.all("/catalog/category[parent='root']")}
    assert menu >= {"outdoor", "coffee_bar", "gifts"}
    assert "master" not in {str(category.get("category-id")) for category in now.all("/catalog/category")}
    assert now.category("outdoor").findtext("custom-attributes/custom-attribute[@attribute-id='showInMenu']") == "true"
    assert now.definition("akeneo_roast_level").findtext("visible-flag") == "true"
    lid = now.all("//variation-attribute[@attribute-id='akeneo_with_lid']//*[@value='true']/display-value")
    assert {name.get(LANG): name.text for name in lid} == {"x-default": "Yes", "en-US": "Yes", "de-DE": "Ja", "fr-FR": "Oui"}


def test_what_the_official_cartridge_wrote_stays_as_it_was(filled: Callable[[str], Any]) -> None:
    now = filled("cartridge")
    assert now.definition("akeneo_weight").findtext("type") == "string"
    assert {flag.text for flag in now.all("//product/online-flag")} == {"false"}  # SFCC's own, for merchants to change
    assert {str(category.get("category-id")) for category in now.all("/catalog/category[parent='root']")} == {"master"}
    (header,) = now.all("/catalog/header/image-settings")
    assert (header.findtext("alt-pattern"), header.findtext("title-pattern")) == ("${productname}", "${productname}")
    assert now.all("/library/content/custom-attributes/custom-attribute[@attribute-id='akeneo_records']")
