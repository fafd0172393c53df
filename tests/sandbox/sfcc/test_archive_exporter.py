"""The exported archive: its parts by data_units, schema-valid XML, and the same again after a round trip."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

SCHEMAS = {
    "catalog": "catalog.xsd",
    "pricebooks": "pricebook.xsd",
    "metadata": "metadata.xsd",
    "library": "library.xsd",
    "custom-objects": "customobject.xsd",
    "preferences": "preferences.xsd",
    "site": "site.xsd",
}


@pytest.fixture
def everything(feeds):
    """An archive with every kind of object and field form."""
    definitions = feeds.attribute("color", "enum-of-string", feeds.enum("red", "blue")) + feeds.attribute(
        "note", localizable=True
    )
    definitions += feeds.attribute("tags", "set-of-string") + feeds.attribute("local", site_specific=True)
    value = (
        '<variation-attribute-value value="red"><display-value xml:lang="fr">Rouge</display-value></variation-attribute-value>'
    )
    catalog = f"""
    <header><image-settings><internal-location base-path="/i"/><view-types><view-type>large</view-type></view-types>
      </image-settings></header>
    <category category-id="k"><display-name xml:lang="fr">Catégorie</display-name><parent>root</parent><position>1.5</position>
      <page-attributes><page-title xml:lang="x-default">T &amp; &lt;b&gt;</page-title></page-attributes>
      <category-links><category-link category-id="below" type="other"/></category-links>
      <attribute-groups><attribute-group group-id="g"><attribute attribute-id="name" system="true"/></attribute-group>
      </attribute-groups>
      <refinement-definitions><refinement-definition type="category" bucket-type="none"><sort-mode>category-position</sort-mode>
      </refinement-definition></refinement-definitions></category>
    <category category-id="below"><parent>k</parent></category>
    <product product-id="v"><ean>4006381333931</ean><online-flag>true</online-flag>
      <online-flag site-id="RefArch">false</online-flag>
      <custom-attributes><custom-attribute attribute-id="color">red</custom-attribute></custom-attributes></product>
    <product product-id="m"><display-name xml:lang="x-default"> Größe
      "L" ]]&gt; </display-name><long-description xml:lang="fr"><![CDATA[<p>été</p>]]></long-description>
      <images><image-group view-type="large"><variation attribute-id="color" value="red"/><image path="i/red.jpg">
      <alt>A</alt></image></image-group></images>
      <search-rank>1</search-rank><custom-attributes><custom-attribute attribute-id="local">d</custom-attribute>
      <custom-attribute attribute-id="local" site-id="RefArch">s</custom-attribute>
      <custom-attribute attribute-id="note" xml:lang="de">Notiz</custom-attribute>
      <custom-attribute attribute-id="tags"><value>b</value><value>a</value></custom-attribute></custom-attributes>
      <options><shared-option option-id="o"/></options>
      <variations><attributes><variation-attribute attribute-id="color" variation-attribute-id="color">
      <variation-attribute-values>{value}
      </variation-attribute-values></variation-attribute></attributes><variants><variant product-id="v" default="true"/>
      </variants></variations>
      <product-links><product-link product-id="b" type="up-sell"/></product-links>
      <classification-category>k</classification-category>
      <store-attributes><receipt-name>R</receipt-name></store-attributes></product>
    <product product-id="b"><bundled-products><bundled-product product-id="v"><quantity>2.0</quantity></bundled-product>
      </bundled-products></product>
    <product product-id="s"><product-set-products><product-set-product product-id="m"/></product-set-products></product>
    <product-option option-id="o"><display-name>O</display-name><option-values><option-value value-id="1" default="true">
      <option-value-prices><option-value-price currency="EUR">1.0</option-value-price></option-value-prices></option-value>
      </option-values></product-option>
    <variation-attribute attribute-id="size" variation-attribute-id="size"><display-name>Size</display-name></variation-attribute>
    <category-assignment category-id="k" product-id="m"><position>auto</position><primary-flag>true</primary-flag>
      </category-assignment>
    <category-assignment category-id="k" product-id="b"/>
    <recommendation source-id="m" source-type="product" target-id="b" target-type="product" type="1"/>"""
    prices = """<pricebook><header pricebook-id="list"><currency>EUR</currency>
      <display-name xml:lang="fr">Prix</display-name></header><price-tables>
      <price-table product-id="v"><amount quantity="1">9.99</amount><percentage quantity="10">5</percentage>
      <price-info>i</price-info></price-table>
      <price-table product-id="v"><online-from>2026-11-27T00:00:00.000Z</online-from><amount quantity="1">5</amount></price-table>
      </price-tables></pricebook><pricebook><header pricebook-id="empty"><currency>USD</currency><parent>list</parent>
      </header></pricebook>"""
    library = """<folder folder-id="f"><display-name>F</display-name><online-flag>true</online-flag><parent>root</parent></folder>
      <content content-id="c"><online-flag site-id="RefArch">true</online-flag><folder-links>
      <classification-link folder-id="f"/></folder-links></content>"""
    types = """<custom-type type-id="Store"><staging-mode>no-staging</staging-mode><storage-scope>site</storage-scope>
      <key-definition attribute-id="id"><type>string</type></key-definition><attribute-definitions>
      <attribute-definition attribute-id="city">
      <type>string</type></attribute-definition></attribute-definitions></custom-type>"""
    objects = """<custom-object type-id="Store" object-id="1">
      <object-attribute attribute-id="city">Rome</object-attribute>
      </custom-object>"""
    extension = f"""<type-extension type-id="Product"><system-attribute-definitions>
      <attribute-definition attribute-id="name"><display-name>Name
      </display-name></attribute-definition></system-attribute-definitions><custom-attribute-definitions>{definitions}</custom-attribute-definitions>
      <group-definitions><attribute-group group-id="g"><attribute attribute-id="color"/></attribute-group>
      </group-definitions></type-extension>"""
    preferences = (
        '<custom-preferences><all-instances><preference preference-id="x">1</preference></all-instances></custom-preferences>'
    )
    site = "<name>Site</name><currency>EUR</currency><taxation>gross</taxation>"
    return {
        "meta/system-objecttype-extensions.xml": feeds.document("metadata", extension),
        "meta/custom-objecttype-definitions.xml": feeds.document("metadata", types),
        "preferences.xml": feeds.document("preferences", preferences),
        "catalogs/c/catalog.xml": feeds.document("catalog", catalog, 'catalog-id="c"'),
        "catalogs/c/static/default/i/red.jpg": b"\xff\xd8picture",
        "pricebooks/all.xml": feeds.document("pricebooks", prices),
        "libraries/lib/library.xml": feeds.document("library", library, 'library-id="lib"'),
        "custom-objects/Store.xml": feeds.document("custom-objects", objects),
        "sites/RefArch/site.xml": feeds.document("site", site, 'site-id="RefArch"'),
        "sites/RefArch/preferences.xml": feeds.document("preferences", preferences),
        "sites/RefArch/library/library.xml": feeds.document("library", '<content content-id="private"/>'),
        "sites/RefArch/custom-objects/Store.xml": feeds.document("custom-objects", objects),
    }


EXPORTED = {
    "meta/system-objecttype-extensions.xml",
    "meta/custom-objecttype-definitions.xml",
    "preferences.xml",
    "custom-objects/Store.xml",
    "catalogs/c/catalog.xml",
    "catalogs/c/static/default/i/red.jpg",
    "pricebooks/list.xml",
    "pricebooks/empty.xml",
    "libraries/lib/library.xml",
    "sites/RefArch/site.xml",
    "sites/RefArch/preferences.xml",
    "sites/RefArch/custom-objects/Store.xml",
    "sites/RefArch/library/library.xml",
}


def test_an_export_imported_into_an_empty_instance_exports_the_same(make_instance, everything):
    first, second = make_instance(), make_instance()
    first.site_import(everything)
    assert first.problems() == []
    exported = first.export()
    assert set(exported) == EXPORTED
    second.site_import(exported)
    assert second.problems() == []
    assert second.export() == exported


def test_importing_the_same_archive_again_changes_nothing(instance, everything):
    instance.site_import(everything)
    before = instance.export()
    instance.site_import(everything)
    assert instance.export() == before


def test_text_comes_out_as_it_went_in(instance, everything):
    instance.site_import(everything)
    (master,) = [p for p in instance.all("product") if p.get("product-id") == "m"]
    assert master.findtext("{*}display-name") == ' Größe\n      "L" ]]> '
    assert master.findtext("{*}long-description") == "<p>été</p>"
    tags = [v.text for v in master.iterfind(".//{*}custom-attribute[@attribute-id='tags']/{*}value")]
    assert tags == ["b", "a"]


@pytest.mark.shared
def test_every_exported_file_is_valid_against_sfccs_schemas(make_instance, everything, xsd_dir):
    instance = make_instance(xsd_dir=xsd_dir)
    instance.site_import(everything)
    assert instance.problems() == []
    checked = 0
    for name, content in instance.export().items():
        if name.endswith(".xml"):
            root = etree.fromstring(content)
            etree.XMLSchema(etree.parse(xsd_dir / SCHEMAS[etree.QName(root).localname])).assertValid(root)
            checked += 1
    assert checked == len(EXPORTED) - 1


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({"catalogs": {"c": True}}, {"catalogs/c/catalog.xml"}),
        ({"catalogs": {"c": False}}, set()),
        ({"catalog_static_resources": {"c": True}}, {"catalogs/c/static/default/i/red.jpg"}),
        ({"price_books": {"empty": True}}, {"pricebooks/empty.xml"}),
        ({"global_data": {"system_type_definitions": True}}, {"meta/system-objecttype-extensions.xml"}),
        ({"global_data": {"custom_types": True}}, {"meta/custom-objecttype-definitions.xml"}),
        (
            {"global_data": {"meta_data": True}},
            {"meta/system-objecttype-extensions.xml", "meta/custom-objecttype-definitions.xml"},
        ),
        ({"sites": {"RefArch": {"content": True}}}, {"sites/RefArch/library/library.xml"}),
        ({"libraries": {"lib": True}}, {"libraries/lib/library.xml"}),
    ],
)
def test_an_export_holds_the_data_units_asked_for(instance, everything, units, expected):
    instance.site_import(everything)
    assert set(instance.export(units)) == expected


def test_objects_are_sorted_by_id_whatever_came_first(instance, feeds):
    instance.define(feeds.attribute("z"), feeds.attribute("b"))
    parent = "<parent>root</parent>"
    instance.catalog(
        f'<category category-id="z">{parent}</category><category category-id="b">{parent}</category>'
        '<product product-id="z"/><product product-id="b"/><product product-id="c"/>'
        '<product-option option-id="z"/><product-option option-id="b"/>'
        '<variation-attribute attribute-id="z" variation-attribute-id="z"/>'
        '<variation-attribute attribute-id="b" variation-attribute-id="b"/>'
        '<category-assignment category-id="z" product-id="c"/><category-assignment category-id="b" product-id="z"/>'
        '<category-assignment category-id="b" product-id="c"/>'
        '<recommendation source-id="z" target-id="b" type="1"/><recommendation source-id="c" target-id="z" type="1"/>'
        '<recommendation source-id="c" target-id="b" type="1"/>'
    )
    instance.prices(
        '<pricebook><header pricebook-id="list"><currency>EUR</currency></header><price-tables>'
        '<price-table product-id="z"/><price-table product-id="b"/></price-tables></pricebook>'
    )
    assert instance.ids("category") == ["b", "root", "z"]
    assert instance.ids("product") == ["b", "c", "z"]
    assert [o.get("option-id") for o in instance.all("product-option")] == ["b", "z"]
    assert [o.get("attribute-id") for o in instance.all("variation-attribute")] == ["b", "z"]
    assert [t.get("product-id") for t in instance.exported("", "pricebooks/list.xml").iter("{*}price-table")] == ["b", "z"]
    definitions = instance.exported("", "meta/system-objecttype-extensions.xml").iter("{*}attribute-definition")
    assert [d.get("attribute-id") for d in definitions] == ["b", "z"]
    # Within a category or a source the order is the merchant's.
    assert [(a.get("category-id"), a.get("product-id")) for a in instance.all("category-assignment")] == [
        ("b", "z"),
        ("b", "c"),
        ("z", "c"),
    ]
    assert [(r.get("source-id"), r.get("target-id")) for r in instance.all("recommendation")] == [
        ("c", "z"),
        ("c", "b"),
        ("z", "b"),
    ]


def test_an_unknown_id_is_a_process_error(instance):
    instance.export({"catalogs": {"ghost": True}})
    assert instance.problems() == ["ERROR [catalogs]: catalog 'ghost' does not exist"]
    instance.export({"sites": {"ghost": True, "RefArch": True}})
    assert instance.problems() == ["ERROR [sites]: site 'ghost' does not exist"]


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t<&>\"'"), min_size=1, max_size=20
)
_LOCALE = st.sampled_from(["x-default", "fr", "de-DE"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.dictionaries(_LOCALE, _TEXT, min_size=1),
    values=st.dictionaries(_LOCALE, _TEXT),
    sets=st.lists(_TEXT, min_size=1, max_size=4),
)
def test_any_text_survives_a_round_trip(make_round_trip, feeds, names, values, sets):
    product = etree.Element("product", {"product-id": "p"})
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    for locale, text in names.items():
        etree.SubElement(product, "display-name", {language: locale}).text = text
    attributes = etree.SubElement(product, "custom-attributes")
    for locale, text in values.items():
        etree.SubElement(attributes, "custom-attribute", {"attribute-id": "note", language: locale}).text = text
    several = etree.SubElement(attributes, "custom-attribute", {"attribute-id": "tags"})
    for text in sets:
        etree.SubElement(several, "value").text = text
    instance = make_round_trip()
    instance.catalog(etree.tostring(product, encoding="unicode"))
    assert instance.problems() == []
    (found,) = instance.all("product")
    assert {n.get(language): n.text for n in found.findall("{*}display-name")} == names
    assert {
        n.get(language, "x-default"): n.text for n in found.iterfind(".//{*}custom-attribute[@attribute-id='note']")
    } == values
    assert [v.text for v in found.iterfind(".//{*}value")] == sets


@pytest.fixture
def make_round_trip(tmp_path_factory, feeds):
    def make():
        instance = feeds.Instance(tmp_path_factory.mktemp("trip"))
        instance.define(feeds.attribute("note", localizable=True), feeds.attribute("tags", "set-of-string"))
        return instance

    return make


def test_configuration_that_is_no_json_is_one_clear_sentence(instance):
    (instance.settings.root / "instance.json").write_text("{")
    with pytest.raises(ValueError, match=r"instance\.json is not valid JSON .*; mend or remove it"):
        instance.catalog("")
