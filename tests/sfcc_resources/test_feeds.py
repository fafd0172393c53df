"""Feeds: which record goes to which file, order, splitting, manifests; and every file valid against SFCC's schemas."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from sfcc_resources import fields as tables
from sfcc_resources import records
from sfcc_resources.clearing import can_clear
from sfcc_resources.feeds import write_feeds

Table = Callable[[Iterable[Any]], list[pa.RecordBatch]]

PRODUCT = {"fields": {"brand": {"": "x"}}}


def product(object_id: str, container: str = "c", **record: Any) -> tuple[str, str, str, bool, Any]:
    return (container, records.PRODUCT, object_id, False, {"id": object_id, **PRODUCT, **record})


def definition(container: str, object_id: str) -> tuple[str, str, str, bool, Any]:
    return (container, records.ATTRIBUTE_DEFINITION, object_id, False, {"id": object_id, "type": "string", "names": {}})


HEADER = ("c", records.CATALOG_HEADER, "c", False, {"id": "c", "base_path": "/", "view_types": ["large"]})


def everything() -> list[tuple[str, str, str, bool, Any]]:
    group = {"id": "g", "names": {}, "attributes": [{"id": "a"}]}
    custom_type = {
        "id": "T",
        "names": {},
        "staging": "no-staging",
        "storage": "site",
        "key": "k",
        "attributes": [],
        "groups": [group],
    }
    return [
        definition("Product", "a"),
        ("Product", records.ATTRIBUTE_GROUP, "g", False, group),
        definition("Category", "a"),
        ("organization", records.CUSTOM_TYPE, "T", False, custom_type),
        ("c", records.FILE, "images/a.jpg", False, {"id": "images/a.jpg", "source": "a.jpg", "size": 1, "sha1": ""}),
        HEADER,
        ("c", records.CATEGORY, "shoes", False, {"id": "shoes", "parent": "root", "fields": {"online-flag": {"": "true"}}}),
        ("c", records.CATEGORY, "old", True, None),
        product("p"),
        ("c", records.PRODUCT, "gone", True, None),
        ("c", records.CATEGORY_ASSIGNMENTS, "p", False, {"id": "p", "categories": [{"category": "shoes"}], "removed": ["old"]}),
        ("c", records.RECOMMENDATIONS, "p", False, {"id": "p", "targets": [{"target": "q", "type": "1"}]}),
        ("usd", records.PRICE_BOOK, "usd", False, {"id": "usd", "currency": "USD", "names": {"x-default": "List"}}),
        ("usd", records.PRICE_TABLE, "p", False, {"id": "p", "amounts": [["1", "9.99"]]}),
        ("usd", records.PRICE_TABLE, "gone", True, None),
        ("lib", records.FOLDER, "f", False, {"id": "f", "fields": {}}),
        ("lib", records.CONTENT, "x", False, {"id": "x", "fields": {}, "folders": ["f"]}),
        ("sites/S", records.CONTENT, "x", False, {"id": "x", "fields": {}, "folders": []}),
        ("T", records.CUSTOM_OBJECT, "k", False, {"id": "k", "attributes": {"a": {"": "1"}}}),
    ]


SCHEMA_OF = {
    "metadata": "metadata",
    "custom-types": "metadata",
    "catalog": "catalog",
    "pricebook": "pricebook",
    "library": "library",
    "custom-objects": "customobject",
}


def test_every_type_of_record_has_its_file(table: Table, tmp_path: Path) -> None:
    feeds = list(write_feeds(table(everything()), tmp_path))
    assert [(feed.name, feed.kind, feed.container, feed.objects) for feed in feeds] == [
        ("meta/system-objecttype-extensions.xml", "metadata", "", 3),
        ("meta/custom-objecttype-definitions.xml", "custom-types", "", 1),
        ("catalogs/c/catalog.xml", "catalog", "c", 7),
        ("pricebooks/usd.xml", "pricebook", "usd", 3),
        ("libraries/lib/library.xml", "library", "lib", 2),
        ("sites/S/library/library.xml", "library", "sites/S", 1),
        ("custom-objects/T.xml", "custom-objects", "T", 1),
    ]
    for feed in feeds:
        assert feed.path == tmp_path / feed.name
        assert feed.bytes == feed.path.stat().st_size


def test_a_sites_private_library_has_its_file_among_the_sites_and_no_id(table: Table, tmp_path: Path) -> None:
    rows = [("sites/RefArch", records.CONTENT, "x", False, {"id": "x", "fields": {}, "folders": []})]
    [feed] = write_feeds(table(rows), tmp_path)
    assert (feed.name, feed.container) == ("sites/RefArch/library/library.xml", "sites/RefArch")
    root = etree.parse(feed.path).getroot()
    assert (etree.QName(root).localname, dict(root.attrib)) == ("library", {})


@pytest.mark.shared
def test_every_file_is_valid(table: Table, tmp_path: Path, xsd: Callable[[str], etree.XMLSchema]) -> None:
    for feed in write_feeds(table(everything()), tmp_path):
        xsd(SCHEMA_OF[feed.kind]).assertValid(etree.parse(feed.path))


def test_a_metadata_file_is_framed_by_object_type(table: Table, tmp_path: Path) -> None:
    [feed] = write_feeds(table([definition("Product", "a"), definition("Product", "b"), definition("Category", "c")]), tmp_path)
    lines = [line for line in feed.path.read_text("utf-8").splitlines() if not line.startswith("<attribute-definition")]
    assert lines == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            '<metadata xmlns="http://www.demandware.com/xml/impex/metadata/2006-10-31" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        ),
        '<type-extension type-id="Product">',
        "<custom-attribute-definitions>",
        "</custom-attribute-definitions>",
        "</type-extension>",
        '<type-extension type-id="Category">',
        "<custom-attribute-definitions>",
        "</custom-attribute-definitions>",
        "</type-extension>",
        "</metadata>",
    ]


def test_each_object_of_a_catalog_stands_on_its_own_line(table: Table, tmp_path: Path) -> None:
    [feed] = write_feeds(table([HEADER, product("p"), product("q")]), tmp_path)
    assert feed.path.read_text("utf-8").splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            '<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" catalog-id="c">'
        ),
        (
            '<header><image-settings><internal-location base-path="/"/><view-types><view-type>large</view-type></view-types>'
            "</image-settings></header>"
        ),
        '<product product-id="p"><brand>x</brand></product>',
        '<product product-id="q"><brand>x</brand></product>',
        "</catalog>",
    ]


def test_the_manifest_says_in_which_file_each_object_went_and_how_many_elements_it_is(table: Table, tmp_path: Path) -> None:
    feeds = list(write_feeds(table(everything()), tmp_path))
    rows = [tuple(row.values()) for feed in feeds for row in pq.read_table(feed.manifest).to_pylist()]
    assert rows[3:11] == [
        ("organization", "custom-type", "T", False, 1, "meta/custom-objecttype-definitions.xml", 3, 3),
        ("c", "catalog-header", "c", False, 0, "catalogs/c/catalog.xml", 3, 3),  # SFCC counts no headers
        ("c", "category", "shoes", False, 1, "catalogs/c/catalog.xml", 4, 4),
        ("c", "category", "old", True, 1, "catalogs/c/catalog.xml", 5, 5),
        ("c", "product", "p", False, 1, "catalogs/c/catalog.xml", 6, 6),
        ("c", "product", "gone", True, 1, "catalogs/c/catalog.xml", 7, 7),
        ("c", "category-assignments", "p", False, 2, "catalogs/c/catalog.xml", 8, 8),
        ("c", "recommendations", "p", False, 1, "catalogs/c/catalog.xml", 9, 9),
    ]
    assert len(rows) == 18


def test_the_manifest_says_on_which_lines_of_its_file_each_object_stands(table: Table, tmp_path: Path) -> None:
    texts = {"short-description": {"x-default": "one\ntwo\r\nthree", "fr-FR": "\n\n"}}
    rows = [product("p", fields=texts), product("q"), definition("Product", "a"), definition("Category", "a")]
    rows += [("usd", records.PRICE_TABLE, one, False, {"id": one, "amounts": [["1", "1"]]}) for one in ("p", "q")]
    books = {"usd": {"id": "usd", "currency": "USD", "names": {"x-default": "a\nb"}}}
    lines = {}
    for feed in write_feeds(table(rows), tmp_path, price_books=books):
        elements = {element.sourceline: element for element in etree.parse(feed.path).getroot().iter("{*}*")}
        for row in pq.read_table(feed.manifest).to_pylist():
            lines[feed.name, row["id"], row["container"]] = (row["first_line"], row["last_line"])
            assert row["first_line"] in elements
    assert lines == {
        ("catalogs/c/catalog.xml", "p", "c"): (3, 7),
        ("catalogs/c/catalog.xml", "q", "c"): (8, 8),
        ("meta/system-objecttype-extensions.xml", "a", "Product"): (5, 5),
        ("meta/system-objecttype-extensions.xml", "a", "Category"): (10, 10),
        ("pricebooks/usd.xml", "p", "usd"): (7, 7),
        ("pricebooks/usd.xml", "q", "usd"): (8, 8),
    }


def test_a_catalog_is_split_before_it_exceeds_the_limit(table: Table, tmp_path: Path) -> None:
    rows = [product(f"p{n}", custom={"text": {"": "x" * 300}}) for n in range(10)]
    feeds = list(write_feeds(table(rows), tmp_path, max_bytes=2_000))
    assert [feed.name for feed in feeds][:2] == ["catalogs/c/catalog.xml", "catalogs/c/catalog_0002.xml"]
    assert all(feed.bytes <= 2_000 for feed in feeds)
    ids = [element.get("product-id") for feed in feeds for element in etree.parse(feed.path).getroot()]
    assert ids == [f"p{n}" for n in range(10)]


def test_an_object_larger_than_the_limit_gets_a_file_of_its_own(table: Table, tmp_path: Path) -> None:
    rows = [product("p"), product("huge", custom={"text": {"": "x" * 5_000}}), product("q")]
    assert [feed.objects for feed in write_feeds(table(rows), tmp_path, max_bytes=1_000)] == [1, 1, 1]


def test_each_file_of_a_split_price_book_repeats_its_header(table: Table, tmp_path: Path) -> None:
    book = {"id": "usd", "currency": "USD", "names": {}}
    rows = [("usd", records.PRICE_BOOK, "usd", False, book)]
    rows += [("usd", records.PRICE_TABLE, f"p{n}", False, {"id": f"p{n}", "amounts": [["1", "1"]]}) for n in range(20)]
    feeds = list(write_feeds(table(rows), tmp_path, max_bytes=1_200))
    assert [feed.name for feed in feeds][:2] == ["pricebooks/usd.xml", "pricebooks/usd_0002.xml"]
    for feed in feeds:
        [header] = etree.parse(feed.path).getroot().iter("{*}header")
        assert header.get("pricebook-id") == "usd"
    assert sum(feed.objects for feed in feeds) == 21


def test_links_go_into_a_later_file_than_any_product(table: Table, tmp_path: Path) -> None:
    links = {"links": [{"id": "q", "type": "other"}]}
    rows = [product("p"), product("q"), *(("c", records.PRODUCT_LINKS, one, False, {"id": one} | links) for one in "pq")]
    rows.append(("c", records.CATEGORY_ASSIGNMENTS, "p", False, {"id": "p", "categories": [{"category": "k"}]}))
    feeds = list(write_feeds(table(rows), tmp_path))
    assert [(feed.name, feed.types) for feed in feeds] == [
        ("catalogs/c/catalog.xml", ("product",)),
        ("catalogs/c/catalog_0002.xml", ("product-links", "category-assignments")),
    ]


def test_price_tables_alone_take_their_header_from_the_price_books_given(table: Table, tmp_path: Path) -> None:
    rows = [("usd", records.PRICE_TABLE, "p", False, {"id": "p", "amounts": [["1", "1"]]})]
    [feed] = write_feeds(table(rows), tmp_path, price_books={"usd": {"id": "usd", "currency": "USD", "names": {}}})
    assert '<header pricebook-id="usd"><currency>USD</currency></header>\n<price-tables>' in feed.path.read_text("utf-8")
    assert feed.objects == 1
    with pytest.raises(ValueError, match="Price tables of 'usd' came without its price book"):
        list(write_feeds(table(rows), tmp_path / "again"))


def test_rows_out_of_the_order_of_the_xsd_are_refused_by_name(table: Table, tmp_path: Path) -> None:
    rows = [product("p"), ("c", records.CATEGORY, "late", True, None)]
    with pytest.raises(ValueError, match="A category of 'c' comes after a product; the order of a catalog is: catalog-header, "):
        list(write_feeds(table(rows), tmp_path))


def test_a_container_that_comes_back_continues_in_a_second_file_and_keeps_its_order(table: Table, tmp_path: Path) -> None:
    rows = [product("p", "c"), product("p", "d"), product("q", "c")]
    names = ["catalogs/c/catalog.xml", "catalogs/d/catalog.xml", "catalogs/c/catalog_0002.xml"]
    assert [feed.name for feed in write_feeds(table(rows), tmp_path)] == names
    with pytest.raises(ValueError, match="comes after"):
        list(write_feeds(table([*rows, ("c", records.CATEGORY, "late", True, None)]), tmp_path / "again"))


def test_metadata_in_two_places_is_refused_because_sfcc_reads_one_file(table: Table, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds one such file"):
        list(write_feeds(table([definition("Product", "a"), product("p"), definition("Category", "a")]), tmp_path))


def test_a_record_that_cannot_be_written_is_named(table: Table, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"The product 'p' of 'c' can't be written: An SFCC product has no field 'nope'"):
        list(write_feeds(table([product("p", fields={"nope": {"": "x"}})]), tmp_path))
    with pytest.raises(ValueError, match=r"The price-table 'p' of 'usd' can't be written: it lacks 'amounts'"):
        list(write_feeds(table([("usd", records.PRICE_TABLE, "p", False, {"id": "p"})]), tmp_path))


def test_a_definition_cannot_be_deleted_by_import(table: Table, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="can't delete the attribute-definition 'x' by import"):
        list(write_feeds(table([("Product", records.ATTRIBUTE_DEFINITION, "x", True, None)]), tmp_path))


def test_an_id_that_xml_cannot_hold_is_refused_because_a_changed_id_is_another_object(table: Table, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"The id 'a\\x01b' of a product holds characters"):
        list(write_feeds(table([product("a\x01b")]), tmp_path))


def test_forbidden_characters_in_a_text_are_left_out(table: Table, tmp_path: Path) -> None:
    [feed] = write_feeds(table([product("p", fields={"brand": {"": "a\x0bb\r\nc\uffff"}})]), tmp_path)
    assert etree.parse(feed.path).getroot()[0][0].text == "ab\r\nc"


# Any record that the types allow is written as a file that SFCC's schema takes and that gives the texts back.

TEXT = st.text(max_size=30) | st.text("\x00\x0b\r\n\t <>&\"']\ufffe\U0001f600", max_size=10)
LOCALES = st.sampled_from(["x-default", "fr-FR", "de-DE"])
SITES = st.sampled_from(["@RefArch", "@SiteGenesis"])
ID = st.from_regex(r"[A-Za-z0-9&<'\"_-][A-Za-z0-9 .&<'\"_-]{0,20}[A-Za-z0-9&<'\"_-]", fullmatch=True)
LEXICAL = {
    "boolean": st.sampled_from(["true", "false"]),
    "int": st.integers(-5, 9_999).map(str),
    "decimal": st.decimals(0, 999, places=3).map(lambda number: format(number, "f")),
    "double": st.sampled_from(["0", "1.5", "-2E3"]),
    "dateTime": st.sampled_from(["2026-11-24T02:00:00Z", "2026-11-24T02:00:00.000+01:00"]),
    "SiteMapChangeFrequency": st.sampled_from(["always", "never"]),
    "SiteMapPriority": st.sampled_from(["0.0", "1.0"]),
    "VariationGroupsDisplayMode": st.sampled_from(["individual", "merged"]),
    "id": ID,
    "text": TEXT,
    "string": TEXT,
}


def slots(field: tables.Field, kind: str) -> st.SearchStrategy[dict[str, Any]]:
    keys = {tables.PLAIN: st.just(""), tables.LOCALIZED: LOCALES, tables.SITE: st.just("") | SITES}[field.by]
    values: st.SearchStrategy[str | None] = LEXICAL[field.type.name]
    if can_clear(kind, field.name):
        values |= st.none()
    return st.dictionaries(keys, values, max_size=3)


def some(kind: str, *runs: tuple[tables.Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.name: slots(field, kind) for run in runs for field in run})


def custom(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(
        ID, st.dictionaries(st.just("") | keys, st.none() | TEXT | st.lists(TEXT, max_size=3), max_size=3), max_size=4
    )


NAMES = st.dictionaries(LOCALES, st.none() | TEXT, max_size=2)
IMAGES = st.lists(
    st.fixed_dictionaries(
        {
            "view_type": ID,
            "images": st.lists(st.fixed_dictionaries({"path": ID, "alt": NAMES, "title": NAMES}), max_size=2),
            "variation": st.lists(st.tuples(ID, ID), max_size=2),
        }
    ),
    max_size=2,
)
VARIATIONS = st.none() | st.fixed_dictionaries(
    {
        "attributes": st.lists(
            st.fixed_dictionaries(
                {
                    "attribute_id": ID,
                    "id": ID,
                    "names": NAMES,
                    "values": st.lists(st.fixed_dictionaries({"value": ID, "names": NAMES}), max_size=2),
                }
            ),
            max_size=2,
        ),
        "variants": st.lists(ID, max_size=3),
    },
    optional={"groups": st.lists(ID, max_size=2), "default": ID},
)
PRODUCTS = st.fixed_dictionaries(
    {
        "id": ID,
        "fields": some(
            records.PRODUCT, tables.PRODUCT_BEFORE_IMAGES, tables.PRODUCT_AFTER_IMAGES, tables.PRODUCT_AFTER_CLASSIFICATION
        ),
    },
    optional={
        "custom": custom(LOCALES | SITES),
        "page": some(records.PRODUCT, tables.PAGE),
        "store": some(records.PRODUCT, tables.STORE),
        "images": IMAGES,
        "variations": VARIATIONS,
        "bundled": st.lists(st.fixed_dictionaries({"id": ID, "quantity": LEXICAL["decimal"]}), max_size=2),
        "set": st.lists(ID, max_size=2),
        "classification": st.none() | st.fixed_dictionaries({"category": TEXT}, optional={"catalog": ID}),
    },
)
LINKS = st.fixed_dictionaries(
    {"id": ID, "links": st.lists(st.fixed_dictionaries({"id": ID, "type": st.sampled_from(["up-sell", "other"])}), max_size=2)}
)
CATEGORIES = st.fixed_dictionaries(
    {"id": ID, "fields": some(records.CATEGORY, tables.CATEGORY_BEFORE_PARENT, tables.CATEGORY_AFTER_PARENT)},
    optional={"parent": ID, "custom": custom(LOCALES), "page": some(records.CATEGORY, tables.PAGE)},
)
CONTENTS = st.fixed_dictionaries(
    {"id": ID, "fields": some(records.CONTENT, tables.CONTENT_BEFORE_PAGE, tables.CONTENT_LAST)},
    optional={"custom": custom(LOCALES | SITES), "page": some(records.CONTENT, tables.PAGE), "folders": st.lists(ID, max_size=3)},
)
FOLDERS = st.fixed_dictionaries(
    {"id": ID, "fields": some(records.FOLDER, tables.FOLDER_BEFORE_PARENT, tables.FOLDER_AFTER_PARENT, tables.FOLDER_LAST)},
    optional={"parent": ID, "custom": custom(LOCALES), "page": some(records.FOLDER, tables.PAGE)},
)
CUSTOM_OBJECTS = st.fixed_dictionaries({"id": ID, "attributes": custom(LOCALES)})
VALUES = st.lists(st.fixed_dictionaries({"value": ID, "names": NAMES}), max_size=3)
DEFINITIONS = st.fixed_dictionaries(
    {"id": ID, "type": st.sampled_from(["string", "html", "enum-of-string", "set-of-int"]), "names": NAMES},
    optional={
        "values": VALUES,
        "localizable": st.booleans(),
        "multiple": st.booleans(),
        "min_length": st.integers(0, 9),
        "units": NAMES,
    },
)
ANY_RECORD = st.one_of(
    st.tuples(st.just("catalog"), st.just(records.PRODUCT), PRODUCTS),
    st.tuples(st.just("catalog"), st.just(records.PRODUCT_LINKS), LINKS),
    st.tuples(st.just("catalog"), st.just(records.CATEGORY), CATEGORIES),
    st.tuples(st.just("library"), st.just(records.CONTENT), CONTENTS),
    st.tuples(st.just("library"), st.just(records.FOLDER), FOLDERS),
    st.tuples(st.just("customobject"), st.just(records.CUSTOM_OBJECT), CUSTOM_OBJECTS),
    st.tuples(st.just("metadata"), st.just(records.ATTRIBUTE_DEFINITION), DEFINITIONS),
)


NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0's production Char leaves out."""


def texts(value: Any) -> Iterable[str]:
    """Every text that a record wants to have in SFCC."""
    if isinstance(value, str):
        yield NOT_XML.sub("", value)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key != "default":
                yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


@pytest.mark.shared
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind_type_record=ANY_RECORD)
def test_any_record_makes_a_valid_file_that_gives_its_texts_back(
    kind_type_record: tuple[str, str, dict[str, Any]], table: Table, tmp_path: Path, xsd: Callable[[str], etree.XMLSchema]
) -> None:
    schema, record_type, record = kind_type_record
    [feed] = write_feeds(table([("c", record_type, record["id"], False, record)]), tmp_path)
    document = etree.parse(feed.path)
    xsd(schema).assertValid(document)
    if record_type != records.ATTRIBUTE_DEFINITION:  # its values are written for enums only
        written = {text or "" for element in document.iter() for text in (element.text, *element.attrib.values())}
        assert {text.removeprefix("custom.") for text in texts(record)} - {""} <= written
