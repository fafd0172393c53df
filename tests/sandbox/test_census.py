"""Counting what stands in an instance, from a site export written by hand."""

import time
import zipfile
from pathlib import Path

import pytest
import requests

from sandbox import stack
from sandbox.census import CensusError, census, export

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


COUNTS = {
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
    "static files": 3,
    "static files: images": 2,
    "price books": 2,
    "price tables": 2,
    "product attributes": 2,
    "attribute options": 2,
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("site/meta/system-objecttype-extensions.xml", METADATA)
        zipped.writestr("site/catalogs/shop/catalog.xml", CATALOG)
        zipped.writestr("site/catalogs/shop/static/default/images/a.jpg", b"a")
        zipped.writestr("site/catalogs/shop/static/default/images/b.JPG", b"b")
        zipped.writestr("site/catalogs/shop/static/default/manual.pdf", b"m")
        zipped.writestr("site/pricebooks/books.xml", PRICE_BOOKS)
    return path


def test_products_are_counted_by_shape_and_everything_else_by_kind(archive: Path) -> None:
    assert census(archive) == COUNTS


def test_an_empty_instance_counts_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("export/version.txt", "1")
    assert census(archive) == {}


def import_archive(url: str, archive: Path) -> None:
    grant = requests.post(
        f"{url}/dwsso/oauth2/access_token", auth=("sandbox", "sandbox"), data={"grant_type": "client_credentials"}, timeout=30
    )
    headers = {"Authorization": f"Bearer {grant.json()['access_token']}"}
    target = f"{url}/on/demandware.servlet/webdav/Sites/Impex/src/instance/{archive.name}"
    requests.put(target, data=archive.read_bytes(), headers=headers, timeout=30).raise_for_status()
    jobs = f"{url}/s/-/dw/data/v25_6/jobs/sfcc-site-archive-import/executions"
    execution = requests.post(jobs, json={"file_name": archive.name}, headers=headers, timeout=30).json()
    while execution["execution_status"] != "finished":
        time.sleep(0.05)
        execution = requests.get(f"{jobs}/{execution['id']}", headers=headers, timeout=30).json()
    assert execution["exit_status"]["status"] == "ok", execution


def test_what_the_sandbox_took_in_is_counted_in_its_own_export(archive: Path, tmp_path: Path) -> None:
    arguments = [str(stack.COMMAND), "sandbox", "sfcc", "--root", str(tmp_path / "root"), "--port", "0"]
    with stack.server("SFCC", arguments, tmp_path / "log") as url:
        import_archive(url, archive)
        assert census(export(url, "sandbox", tmp_path / "export.zip")) == COUNTS
        with pytest.raises(CensusError, match=r"The SFCC instance answered 40[01] to the token request"):
            export(url, "somebody", tmp_path / "export.zip")
