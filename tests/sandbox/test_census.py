"""Counting what stands in an instance, from a site export written by hand."""

import zipfile
from pathlib import Path

from sandbox.census import census

CATALOG = """<?xml version="1.0" encoding="UTF-8"?>
<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="shop">
  <category category-id="root"><online-flag>true</online-flag></category>
  <category category-id="tents"><parent>root</parent></category>
  <category category-id="tarps"><parent>tents</parent></category>
  <product product-id="A-red">
    <images><image-group view-type="large"><image path="a.jpg"/><image path="b.jpg"/></image-group></images>
  </product>
  <product product-id="A">
    <variations><variants><variant product-id="A-red"/><variant product-id="A-blue"/></variants></variations>
  </product>
  <product product-id="A-blue"/>
  <product product-id="B"/>
  <product product-id="C">
    <bundled-products><bundled-product product-id="B"><quantity>2</quantity></bundled-product></bundled-products>
  </product>
  <product product-id="D"><product-set-products><product-set-product product-id="B"/></product-set-products></product>
  <category-assignment category-id="tents" product-id="A"/>
  <category-assignment category-id="tarps" product-id="B"/>
  <recommendation source-id="A" source-type="product" target-id="B" type="1"/>
</catalog>
"""
METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://www.demandware.com/xml/impex/metadata/2006-10-31">
  <type-extension type-id="Category"><custom-attribute-definitions>
    <attribute-definition attribute-id="x"><type>string</type></attribute-definition>
  </custom-attribute-definitions></type-extension>
  <type-extension type-id="Product"><custom-attribute-definitions>
    <attribute-definition attribute-id="note"><type>string</type></attribute-definition>
    <attribute-definition attribute-id="colour"><type>enum-of-string</type>
      <value-definitions>
        <value-definition><value>red</value></value-definition><value-definition><value>blue</value></value-definition>
      </value-definitions>
    </attribute-definition>
  </custom-attribute-definitions></type-extension>
</metadata>
"""
PRICE_BOOKS = """<?xml version="1.0" encoding="UTF-8"?>
<pricebooks xmlns="http://www.demandware.com/xml/impex/pricebook/2006-10-31">
  <pricebook><header pricebook-id="eur"><currency>EUR</currency></header>
    <price-tables>
      <price-table product-id="B"><amount quantity="1">1.00</amount></price-table><price-table product-id="A-red"/>
    </price-tables>
  </pricebook>
  <pricebook><header pricebook-id="usd"><currency>USD</currency></header></pricebook>
</pricebooks>
"""


def test_products_are_counted_by_shape_and_everything_else_by_kind(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("export/meta/system-objecttype-extensions.xml", METADATA)
        zipped.writestr("export/catalogs/shop/catalog.xml", CATALOG)
        zipped.writestr("export/catalogs/shop/static/default/images/a.jpg", b"a")
        zipped.writestr("export/catalogs/shop/static/default/images/b.JPG", b"b")
        zipped.writestr("export/catalogs/shop/static/default/manual.pdf", b"m")
        zipped.writestr("export/pricebooks/books.xml", PRICE_BOOKS)
    assert census(archive) == {
        "products": 6,
        "products: simple": 1,
        "products: masters": 1,
        "products: variants": 2,
        "products: bundles": 1,
        "products: sets": 1,
        "categories": 2,
        "category-assignments": 2,
        "recommendations": 1,
        "image references": 2,
        "image files": 2,
        "price books": 2,
        "price tables": 2,
        "product attributes": 2,
        "attribute options": 2,
    }


def test_an_empty_instance_counts_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("export/version.txt", "1")
    assert census(archive) == {}
