"""Parts of archives: the chosen objects as they were sent, everything around them, and a manifest that fits."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST, static_files, write_archives
from sfcc_resources.archive_excerpts import write_excerpt
from sfcc_resources.feeds import manifest_path, write_feeds

Table = Callable[[Iterable[Any]], list[pa.RecordBatch]]
Row = tuple[str, str, str, bool, Any]


def rows() -> list[Row]:
    text = {"description": {"x-default": "two\nlines"}}
    kinds = [(id_, {"id": id_, "type": "string", "names": {}}) for id_ in ("d1", "d2")]
    products = [(id_, {"id": id_, "fields": {"long-description": {"x-default": f"two\nlines of {id_}"}}}) for id_ in "abc"]
    return [
        *(("Product", records.ATTRIBUTE_DEFINITION, id_, False, record) for id_, record in kinds),
        ("c", records.FILE, "a.jpg", False, {"id": "a.jpg", "source": "one", "size": 3, "sha1": ""}),
        *(("c", records.PRODUCT, id_, False, record) for id_, record in products),
        ("c", records.PRODUCT, "d", True, None),
        ("eur", records.PRICE_BOOK, "eur", False, {"id": "eur", "currency": "EUR", "names": {}, "fields": text}),
        *(("eur", records.PRICE_TABLE, id_, False, {"id": id_, "amounts": [["1", "9"]]}) for id_ in "ab"),
    ]


def excerpt(table: Table, folder: Path, *chosen: tuple[str, str, str]) -> tuple[Path, dict[str, list[str]]]:
    """The excerpt, and the lines of its feeds by name."""
    (folder / "one").write_bytes(b"one")
    batches = table(rows())
    feeds = list(write_feeds(batches, folder / "xml"))
    [archive] = write_archives(feeds, static_files(batches, folder), folder / "out", name="load")
    path = write_excerpt(archive.path, set(chosen), "part")
    with zipfile.ZipFile(path) as zipped:
        lines = {name: zipped.read(name).decode().splitlines() for name in zipped.namelist()}
        for name in lines:
            etree.fromstring(zipped.read(name))
    return path, lines


def test_an_excerpt_holds_the_chosen_objects_as_they_were_sent_and_the_manifest_tells_their_lines(
    table: Table, tmp_path: Path
) -> None:
    path, feeds = excerpt(table, tmp_path, ("c", "product", "b"), ("c", "product", "d"))
    assert path == tmp_path / "out" / "part.zip"
    lines = feeds.pop("part/catalogs/c/catalog.xml")
    assert feeds == {}
    assert lines[2:] == [
        '<product product-id="b"><long-description xml:lang="x-default">two',
        "lines of b</long-description></product>",
        '<product product-id="d" mode="delete"/>',
        "</catalog>",
    ]
    manifest = pq.read_table(manifest_path(path))
    assert manifest.schema.equals(ARCHIVE_MANIFEST)
    told = manifest.select(["type", "id", "delete", "feed", "first_line", "last_line", "archive"]).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        ("product", "b", False, "catalogs/c/catalog.xml", 3, 4, "part.zip"),
        ("product", "d", True, "catalogs/c/catalog.xml", 5, 5, "part.zip"),
    ]


def test_a_price_book_s_header_stays_in_its_file_without_being_an_object_of_the_excerpt(table: Table, tmp_path: Path) -> None:
    path, feeds = excerpt(table, tmp_path, ("eur", "price-table", "b"))
    (lines,) = feeds.values()
    price = '<price-table product-id="b"><amount quantity="1">9</amount></price-table>'
    assert [line for line in lines if "price-table " in line] == [price]
    assert lines[3].startswith('<header pricebook-id="eur"')
    row = pq.read_table(manifest_path(path)).to_pylist()[0]
    assert (row["id"], lines[row["first_line"] - 1]) == ("b", price)


def test_definitions_keep_the_type_that_they_extend_and_files_are_not_taken_along(table: Table, tmp_path: Path) -> None:
    _, feeds = excerpt(table, tmp_path, ("Product", "attribute-definition", "d2"), ("c", "file", "a.jpg"))
    (lines,) = feeds.values()
    assert [line for line in lines if "type-extension" in line] == ['<type-extension type-id="Product">', "</type-extension>"]
    assert ["d2" in line for line in lines if "attribute-definition " in line] == [True]
