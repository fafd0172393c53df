"""Site archives: layout, order, process errors, static files, faults; and what a job's log says."""

import gzip
import json
import zipfile
from io import BytesIO

import pytest


@pytest.fixture
def files(feeds):
    """A small archive of every kind of feed."""
    value = '<custom-attributes><custom-attribute attribute-id="a">x</custom-attribute></custom-attributes>'
    definition = f"<custom-attribute-definitions>{feeds.attribute('a')}</custom-attribute-definitions>"
    book = '<pricebook><header pricebook-id="list"><currency>EUR</currency></header></pricebook>'
    return {
        "catalogs/c/catalog.xml": feeds.document("catalog", f'<product product-id="p">{value}</product>', 'catalog-id="c"'),
        "meta/system-objecttype-extensions.xml": feeds.document(
            "metadata", f'<type-extension type-id="Product">{definition}</type-extension>'
        ),
        "pricebooks/list.xml": feeds.document("pricebooks", book),
    }


def test_metadata_come_first_whatever_the_order_of_the_archive(instance, files):
    instance.site_import(files)
    assert instance.problems() == []
    assert [line for line in instance.log if line.startswith("Importing")] == [
        "Importing file 'meta/system-objecttype-extensions.xml'",
        "Importing file 'catalogs/c/catalog.xml'",
        "Importing file 'pricebooks/list.xml'",
    ]
    assert instance.log[-1] == "Import finished with status IMPEX-0, DataErrorCount: 0, DataWarningCount: 0"


@pytest.mark.parametrize("path", ["pricebooks/list/pricebook.xml", "pricebooks/other-name.xml"])
def test_price_books_lie_flat_or_in_folders(instance, files, path):
    instance.site_import({path: files["pricebooks/list.xml"]})
    assert "pricebooks/list.xml" in instance.export()


def test_the_catalog_id_is_read_from_the_file(instance, files):
    instance.site_import({"catalogs/whatever/any.xml": files["catalogs/c/catalog.xml"]})
    assert instance.ids("product") == ["p"]


def test_gzipped_feeds_are_read(instance, files):
    instance.site_import({"catalogs/c/catalog.xml.gz": gzip.compress(files["catalogs/c/catalog.xml"].encode())})
    assert instance.ids("product") == ["p"]


def test_a_damaged_gzip_file_is_a_process_error_and_the_others_are_imported(instance, files):
    packed = bytearray(gzip.compress(files["catalogs/c/catalog.xml"].encode()))
    packed[20] ^= 0xFF
    instance.site_import({"catalogs/c/catalog.xml.gz": bytes(packed), "pricebooks/list.xml": files["pricebooks/list.xml"]})
    assert len(instance.problems()) == 1
    assert instance.problems()[0].startswith("ERROR [catalogs/c/catalog.xml.gz]: not well-formed XML: Error")
    assert "pricebooks/list.xml" in instance.export()


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("<catalog", "not well-formed"),
        ("", "not well-formed"),
        ('<!DOCTYPE c [<!ENTITY x "y">]><c>&x;</c>', "document type definitions are refused"),
        ('<catalog catalog-id="c"/>', "can't be imported here"),
        ('<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31"/>', "has no catalog-id"),
    ],
)
def test_a_file_that_can_not_be_read_is_a_process_error_and_the_others_are_imported(instance, files, broken, expected):
    instance.site_import({**files, "catalogs/c/catalog.xml": broken})
    assert len(instance.problems()) == 1
    assert instance.problems()[0].startswith("ERROR [catalogs/c/catalog.xml]")
    assert expected in instance.problems()[0]
    assert instance.ids("product") == []
    assert "pricebooks/list.xml" in instance.export()


def test_nothing_of_a_file_is_imported_that_breaks_off_in_the_middle(instance, files):
    instance.site_import({"catalogs/c/catalog.xml": files["catalogs/c/catalog.xml"].replace("</catalog>", "<product")})
    assert instance.export() == {}


@pytest.mark.shared
def test_a_file_that_breaks_its_schema_is_a_process_error_with_the_line(make_instance, feeds, xsd_dir):
    instance = make_instance(xsd_dir=xsd_dir)
    wrong_order = '<product product-id="p"/>\n<product product-id="q"><brand>B</brand><ean>1</ean></product>'
    instance.catalog(wrong_order)
    assert instance.problems()[0].startswith("ERROR [feed.xml]: invalid against its schema: line 3: ")
    assert instance.ids("product") == []
    wrong_and_then_right = '<product product-id="p">\n<no/></product>' + '\n<product product-id="q"/>' * 50
    instance.catalog(wrong_and_then_right)
    assert instance.problems()[0].startswith("ERROR [feed.xml]: invalid against its schema: line 3: ")
    empty_date = '<product product-id="p"><online-from/></product>'
    instance.catalog(empty_date)
    assert "invalid against its schema" in instance.problems()[0]


@pytest.mark.shared
def test_a_file_that_breaks_off_is_refused_with_schemas_too(make_instance, feeds, xsd_dir):
    instance = make_instance(xsd_dir=xsd_dir)
    instance.feed(feeds.document("catalog", '<product product-id="p"/>', 'catalog-id="c"').replace("</catalog>", ""))
    assert len(instance.problems()) == 1
    assert instance.problems()[0].startswith("ERROR [feed.xml]: not well-formed XML: line 3: ")
    assert instance.export() == {}


def test_an_archive_needs_its_own_name_as_top_folder(instance, feeds, files):
    (instance.settings.webdav / "Impex/src/instance/a.zip").write_bytes(feeds.archive(files, "x"))
    instance.import_archive("a.zip")
    assert instance.problems() == ["ERROR [a.zip]: entry 'x/catalogs/c/catalog.xml' is not in the archive's top folder 'a'"]


def damaged() -> bytes:
    """An archive with a byte changed on the way, in the middle of what is compressed."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a/catalogs/c/catalog.xml", "<catalog/>" * 1000)
    data = bytearray(buffer.getvalue())
    data[60] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "not found"),
        (b"no zip", "not a readable zip archive"),
        (damaged(), "not a readable zip archive"),
    ],
)
def test_a_missing_or_broken_archive_is_a_process_error(instance, content, expected):
    if content is not None:
        (instance.settings.webdav / "Impex/src/instance/a.zip").write_bytes(content)
    instance.import_archive("a.zip")
    assert expected in instance.problems()[0]
    assert instance.log[-1].startswith("Import finished with status IMPEX-1")


def test_an_entry_that_leads_out_of_the_archive_is_refused(instance, files):
    instance.site_import({"../../evil.xml": "x"})
    assert "leads out of the archive" in instance.problems()[0]


def test_static_files_go_where_webdav_shows_them(instance):
    instance.site_import({"catalogs/c/static/default/images/x.jpg": b"\x00pic", "libraries/l/static/default/y.txt": b"y"})
    assert (instance.settings.webdav / "Catalogs/c/default/images/x.jpg").read_bytes() == b"\x00pic"
    assert (instance.settings.webdav / "Libraries/l/default/y.txt").read_bytes() == b"y"
    assert "Copied 1 static files of 'Catalogs/c'" in instance.log


def test_an_unknown_file_is_named_in_the_log(instance):
    instance.site_import({"unknown/x.xml": "<x/>"})
    assert "Ignoring 'unknown/x.xml': no import is known for a file of this place" in instance.log


def test_a_refused_object_is_an_error_and_the_others_are_imported(instance):
    (instance.settings.root / "faults.json").write_text(
        json.dumps({"refuse": {"product": ["p"], "category-assignment": ["k/q"]}})
    )
    instance.catalog(
        '<category category-id="k"><parent>root</parent></category><product product-id="p"/><product product-id="q"/>'
        '<category-assignment category-id="k" product-id="q"/>'
    )
    assert instance.ids("product") == ["q"]
    assert instance.all("category-assignment") == []
    assert instance.problems() == [
        "DATAERROR [product 'p' (feed.xml, line 2)]: the object could not be written",
        "DATAERROR [category-assignment 'k/q' (feed.xml, line 2)]: the object could not be written",
    ]


def test_the_wording_of_the_log_can_be_varied(make_instance):
    instance = make_instance(wording={"data_warning": "W {type}={id}: {message}"})
    instance.catalog('<category category-id="k"/>')
    assert "W category=k: no parent given; the category goes under 'root'" in instance.log


@pytest.mark.parametrize(
    "path", ["promotions.xml", "sites/RefArch/promotions.xml", "inventory-lists/x.xml", "libraries/l/slots.xml"]
)
def test_files_of_sfccs_that_are_not_modelled_are_noted_once_and_no_error(instance, files, path):
    feed = '<promotions xmlns="http://www.demandware.com/xml/impex/promotion/2008-01-31"><campaign campaign-id="c"/></promotions>'
    instance.site_import({**files, path: feed})
    assert instance.problems() == []
    assert len([line for line in instance.log if line.startswith(f"Ignoring '{path}': ")]) == 1
    assert instance.log[-1].startswith("Import finished with status IMPEX-0")
    assert instance.ids("product") == ["p"]


def _global_preferences(feeds, locales):
    preference = f'<preference preference-id="ActiveLocales">{locales}</preference>'
    return feeds.document(
        "preferences", f"<standard-preferences><all-instances>{preference}</all-instances></standard-preferences>"
    )


def test_global_preferences_of_an_archive_set_the_locales_also_for_its_own_feeds(make_instance, feeds):
    instance = make_instance(locales=("default", "fr"))
    named = '<product product-id="p"><display-name xml:lang="{}">x</display-name></product>'
    catalog = feeds.document("catalog", named.format("pt-BR"), 'catalog-id="c"')
    instance.site_import({"catalogs/c/catalog.xml": catalog, "preferences.xml": _global_preferences(feeds, "pt_BR:en:default")})
    assert instance.problems() == []
    instance.catalog(named.format("en"))
    assert instance.problems() == []
    instance.catalog(named.format("fr"))
    assert "locale 'fr' of element 'display-name' is not configured" in instance.problems()[0]


def test_a_sites_preferences_and_preferences_without_locales_change_none(instance, feeds):
    locales = _global_preferences(feeds, "pt_BR")
    other = locales.replace("ActiveLocales", "InstanceTimezone")
    instance.site_import({"sites/RefArch/preferences.xml": locales, "preferences.xml": other})
    instance.catalog('<product product-id="p"><display-name xml:lang="fr">x</display-name></product>')
    assert instance.problems() == []


def test_locales_come_from_instance_json_or_the_command(make_instance):
    feed = '<product product-id="p"><display-name xml:lang="pt-BR">x</display-name></product>'
    configured = make_instance()
    path = configured.settings.root / "instance.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "locales": ["default", "pt_BR"]}))
    configured.catalog(feed)
    assert configured.problems() == []
    told = make_instance(locales=("default", "pt-BR"))
    told.catalog(feed)
    assert told.problems() == []
