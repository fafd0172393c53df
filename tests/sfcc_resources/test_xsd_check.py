import os
from pathlib import Path

import pytest

from sfcc_resources.feeds import Feed
from sfcc_resources.xsd_check import invalid

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[2].parent / "shared"))
CATALOG = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="c">\n{}\n</catalog>\n'
)

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SHARED.exists(), reason="needs SFCC's schemas in ../shared")]


def _feed(folder: Path, content: str) -> Feed:
    path = folder / "catalog.xml"
    path.write_text(CATALOG.format(content), encoding="utf-8")
    return Feed(path, "catalogs/c/catalog.xml", "catalog", "c", 1, path.stat().st_size, folder / "manifest.parquet", ("product",))


def test_a_valid_feed_passes(tmp_path: Path) -> None:
    feed = _feed(tmp_path, '<product product-id="1"><ean>4006381333931</ean><brand>Acme</brand></product>')
    assert invalid([feed], SHARED / "sfcc-xsd") == []


def test_elements_out_of_order_are_told_with_file_and_line(tmp_path: Path) -> None:
    feed = _feed(tmp_path, '<product product-id="1"><brand>Acme</brand><ean>4006381333931</ean></product>')
    (said,) = invalid([feed], SHARED / "sfcc-xsd")
    assert said.startswith("catalogs/c/catalog.xml, line 3: ")
    assert "ean" in said


def test_the_line_is_that_of_the_mistake_whatever_follows_it(tmp_path: Path) -> None:
    products = ['<product product-id="1"/>', '<product product-id="2"><no/></product>', *['<product product-id="3"/>'] * 50]
    (said,) = invalid([_feed(tmp_path, "\n".join(products))], SHARED / "sfcc-xsd")
    assert said.startswith("catalogs/c/catalog.xml, line 4: Element ")


def test_xml_that_ends_early_is_told(tmp_path: Path) -> None:
    feed = _feed(tmp_path, '<product product-id="1">')
    (said,) = invalid([feed], SHARED / "sfcc-xsd")
    assert said.startswith("catalogs/c/catalog.xml, line 4: ")
    assert "Opening and ending tag mismatch: product" in said


def test_a_file_of_nothing_is_told(tmp_path: Path) -> None:
    feed = _feed(tmp_path, "")
    feed.path.write_bytes(b"")
    assert len(invalid([feed], SHARED / "sfcc-xsd")) == 1
