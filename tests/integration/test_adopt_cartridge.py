"""`akeneo-sfcc adopt` on an instance that the official cartridge has filled: after it and one load the law holds, and nothing of
the merchants' is touched. The files below are made as the cartridge makes them (facts: cartridge)."""

from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner

from akeneo_assets.commands import adopt
from tests.integration.law_comparison import breaches

IMPEX = "http://www.demandware.com/xml/impex"
METADATA = f"""<metadata xmlns="{IMPEX}/metadata/2006-10-31"><type-extension type-id="Product">
  <custom-attribute-definitions>
    <attribute-definition attribute-id="akeneo_roastLevel"><type>enum-of-string</type><localizable-flag>true</localizable-flag>
      <value-definitions><value-definition><value>light</value></value-definition></value-definitions></attribute-definition>
    <attribute-definition attribute-id="akeneo_material"><type>string</type><min-length>0</min-length></attribute-definition>
    <attribute-definition attribute-id="akeneo_longGone"><type>string</type><min-length>0</min-length></attribute-definition>
  </custom-attribute-definitions>
  <group-definitions><attribute-group group-id="AkeneoAttributes"><attribute attribute-id="akeneo_material"/></attribute-group>
  </group-definitions></type-extension></metadata>"""
CATALOG = f"""<catalog xmlns="{IMPEX}/catalog/2006-10-31" catalog-id="akeneo-catalog">
  <header><image-settings><internal-location base-path="/"/><view-types><view-type>large</view-type></view-types>
    <alt-pattern>${{productname}}</alt-pattern><title-pattern>${{productname}}</title-pattern></image-settings></header>
  <category category-id="root"/>
  <category category-id="outdoor"><display-name xml:lang="x-default">Outdoor, once</display-name><online-flag>true</online-flag>
    <parent>root</parent>
    <custom-attributes><custom-attribute attribute-id="showInMenu">true</custom-attribute></custom-attributes></category>
  <product product-id="FILTER-PAPER-100">
    <ean>4006381333931</ean><display-name xml:lang="x-default">Filter, once</display-name>
    <display-name xml:lang="it-IT">Filtro</display-name><online-flag>false</online-flag><searchable-flag>true</searchable-flag>
    <searchable-if-unavailable-flag>false</searchable-if-unavailable-flag><brand>once</brand>
    <custom-attributes>
      <custom-attribute attribute-id="akeneo_material">once</custom-attribute>
      <custom-attribute attribute-id="akeneo_longGone">once</custom-attribute>
    </custom-attributes></product>
  <product product-id="JACKET-DRIZZLE-BLUE-S"><online-flag>true</online-flag></product>
  <product product-id="jacket-of-last-year"><online-flag>true</online-flag></product>
  <product product-id="jacket_drizzle"><online-flag>true</online-flag>
    <variations><variants><variant product-id="JACKET-DRIZZLE-BLUE-S"/><variant product-id="jacket-of-last-year"/></variants>
    </variations></product>
  <product product-id="deleted-in-the-pim"><online-flag>true</online-flag>
    <custom-attributes><custom-attribute attribute-id="akeneo_material">gone</custom-attribute></custom-attributes></product>
  <category-assignment category-id="outdoor" product-id="FILTER-PAPER-100"/>
  <category-assignment category-id="outdoor" product-id="deleted-in-the-pim"/>
  <recommendation source-id="FILTER-PAPER-100" source-type="product" target-id="jacket_drizzle" type="1"/>
</catalog>"""
PRICES = f"""<pricebooks xmlns="{IMPEX}/pricebook/2006-10-31"><pricebook>
  <header pricebook-id="eur-list-prices"><currency>EUR</currency><display-name xml:lang="x-default">List Prices</display-name>
    <online-flag>true</online-flag></header>
  <price-tables><price-table product-id="FILTER-PAPER-100"><amount quantity="1">99.00</amount></price-table>
    <price-table product-id="deleted-in-the-pim"><amount quantity="1">9.00</amount></price-table></price-tables>
</pricebook></pricebooks>"""
MERCHANTS = f"""<catalog xmlns="{IMPEX}/catalog/2006-10-31" catalog-id="akeneo-catalog">
  <category category-id="sale"><parent>outdoor</parent></category>
  <product product-id="gift-card"><display-name xml:lang="x-default">Gift card</display-name></product>
  <product product-id="FILTER-PAPER-100"><manufacturer-name>Merchant</manufacturer-name></product>
  <category-assignment category-id="sale" product-id="FILTER-PAPER-100"/>
</catalog>"""


def test_after_adopting_what_the_cartridge_made_one_load_brings_the_law(
    place_at: Any, pim_of: Callable[[str], str], settings: Callable[..., str]
) -> None:
    place, anew = place_at(pim_of("demo")), place_at(pim_of("demo"))
    given = settings(attributes={"id_style": "camel_case", "exclude": {"attributes": ["roastLevel"]}})
    place.merchant_imports("metadata", {"meta/system-objecttype-extensions.xml": METADATA})
    place.merchant_imports(
        "cartridge", {"catalogs/akeneo-catalog/catalog.xml": CATALOG, "pricebooks/eur-list-prices.xml": PRICES}
    )
    place.merchant_imports("own", {"catalogs/akeneo-catalog/catalog.xml": MERCHANTS})
    result = CliRunner().invoke(adopt.app, ["--retire"], env=place.environment() | {"CONNECTOR_CONFIG": given})
    assert result.exit_code == 0, result.output
    for filled in (place, anew):
        for job in ("1", "2", "3-2"):
            run = filled.job(job, CONNECTOR_CONFIG=given)
            assert run.ok, run.failures
    now = place.export()
    assert now.product("deleted-in-the-pim").findtext("online-flag") == "false"
    paper = now.product("FILTER-PAPER-100")
    assert paper.xpath("custom-attributes/custom-attribute[@attribute-id='akeneo_longGone']") == []
    assert paper.xpath("display-name[@xml:lang='it-IT']") == []
    assert paper.findtext("manufacturer-name") == "Merchant"
    assert now.product("gift-card").findtext("display-name") == "Gift card"
    assert now.category("sale").findtext("parent") == "outdoor"
    # What the merchants have beyond the PIM: fields of their own, assignments to their own category, a product without our mark.
    catalog = "in catalogs/akeneo-catalog"
    assert breaches(now, anew.export()).keys() == {
        f'<category-assignment category-id="sale" product-id="FILTER-PAPER-100"></category-assignment> {catalog}',
        f"product FILTER-PAPER-100 {catalog}",
        f"product jacket-of-last-year {catalog}",
    }
