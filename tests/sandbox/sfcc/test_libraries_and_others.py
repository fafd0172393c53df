"""Libraries, custom objects, preferences, sites."""

import pytest

CUSTOM_TYPE = (
    '<custom-type type-id="Store"><staging-mode>no-staging</staging-mode><storage-scope>organization</storage-scope>'
    '<key-definition attribute-id="id"><type>string</type></key-definition><attribute-definitions>'
    '<attribute-definition attribute-id="city"><type>string</type>'
    "<localizable-flag>true</localizable-flag></attribute-definition>"
    '<attribute-definition attribute-id="tags"><type>set-of-string</type></attribute-definition>'
    "</attribute-definitions></custom-type>"
)
OBJECTS = "custom-objects/Store.xml"


def custom_object(id_, inner="", type_="Store", mode=""):
    return f'<custom-object type-id="{type_}" object-id="{id_}"{mode}>{inner}</custom-object>'


@pytest.fixture
def stores(instance, feeds):
    instance.feed(feeds.document("metadata", CUSTOM_TYPE))
    assert instance.problems() == []

    def load(inner, mode="MERGE", site=""):
        instance.feed(feeds.document("custom-objects", inner), mode, site)

    return load


def test_custom_objects_merge_by_attribute_and_locale(instance, stores, feeds):
    stores(
        custom_object(
            "1",
            '<object-attribute attribute-id="city">Rome</object-attribute>'
            '<object-attribute attribute-id="tags"><value>a</value></object-attribute>',
        )
    )
    stores(
        custom_object(
            "1",
            '<object-attribute attribute-id="city" xml:lang="fr">Rome!</object-attribute><object-attribute attribute-id="tags"/>',
        )
    )
    assert [feeds.plain(o) for o in instance.all("custom-object", OBJECTS)] == [
        (
            '<custom-object type-id="Store" object-id="1"><object-attribute attribute-id="city">Rome</object-attribute>'
            '<object-attribute attribute-id="city" xml:lang="fr">Rome!</object-attribute></custom-object>'
        )
    ]
    assert instance.problems() == []


def test_custom_objects_of_an_unknown_type_are_an_error(instance, stores):
    stores(custom_object("1", type_="Ghost"))
    assert instance.problems()[0].startswith("DATAERROR [custom-object 'Ghost/1'")


def test_custom_objects_are_replaced_deleted_and_kept_apart_by_site(instance, stores):
    city = '<object-attribute attribute-id="city">Rome</object-attribute>'
    stores(custom_object("1", city) + custom_object("2", city))
    stores(custom_object("1"), "REPLACE")
    stores(custom_object("2", mode=' mode="delete"'))
    stores(custom_object("1", city), site="RefArch")
    assert [len(o) for o in instance.all("custom-object", OBJECTS)] == [0]
    assert [len(o) for o in instance.all("custom-object", "sites/RefArch/custom-objects/Store.xml")] == [1]


def test_a_changed_attribute_of_a_custom_type_drops_its_values(instance, stores, feeds):
    stores(custom_object("1", '<object-attribute attribute-id="city">Rome</object-attribute>'))
    changed = CUSTOM_TYPE.replace("<type>string</type><localizable-flag>true", "<type>text</type><localizable-flag>true")
    instance.feed(feeds.document("metadata", changed))
    assert [len(o) for o in instance.all("custom-object", OBJECTS)] == [0]


@pytest.fixture
def library(instance, feeds):
    def load(inner):
        instance.feed(feeds.document("library", inner, 'library-id="lib"'))

    return load


LIBRARY = "libraries/lib/library.xml"


def test_content_hangs_in_folders_and_unknown_folders_are_dropped(instance, library):
    library(
        '<folder folder-id="b"><parent>a</parent></folder><folder folder-id="a"><parent>root</parent></folder>'
        '<content content-id="c"><online-flag>true</online-flag><folder-links>'
        '<classification-link folder-id="b"/><folder-link folder-id="ghost"/></folder-links></content>'
    )
    assert [f.get("folder-id") for f in instance.all("folder", LIBRARY)] == ["root", "b", "a"]
    (content,) = instance.all("content", LIBRARY)
    assert [link.get("folder-id") for link in content.find("{*}folder-links")] == ["b"]
    assert instance.problems()[0].startswith("DATAWARNING [content 'c'")


def test_a_deleted_folder_takes_subfolders_and_links_along_and_leaves_content(instance, library):
    library(
        '<folder folder-id="a"/><folder folder-id="b"><parent>a</parent></folder>'
        '<content content-id="c"><folder-links><folder-link folder-id="b"/></folder-links></content>'
    )
    library('<folder mode="delete" folder-id="a"/>')
    assert [f.get("folder-id") for f in instance.all("folder", LIBRARY)] == ["root"]
    assert [len(c) for c in instance.all("content", LIBRARY)] == [0]


def test_a_folder_with_an_unknown_parent_goes_under_root_with_an_error(instance, library):
    library('<folder folder-id="a"><parent>ghost</parent></folder>')
    assert instance.problems()[0].startswith("DATAERROR [folder 'a'")
    assert instance.all("folder", LIBRARY)[1].findtext("{*}parent") == "root"


def test_a_private_library_belongs_to_its_site(instance, feeds):
    instance.site_import({"sites/RefArch/library/library.xml": feeds.document("library", '<content content-id="c"/>')})
    assert [c.get("content-id") for c in instance.all("content", "sites/RefArch/library/library.xml")] == ["c"]
    assert not [name for name in instance.export() if name.startswith("libraries/")]


def test_preferences_merge_one_by_one(instance, feeds):
    def preferences(inner):
        text = f"<custom-preferences><all-instances>{inner}</all-instances></custom-preferences>"
        instance.site_import({"sites/RefArch/preferences.xml": feeds.document("preferences", text)})

    preferences('<preference preference-id="a">1</preference><preference preference-id="b">2</preference>')
    preferences('<preference preference-id="b"><value>x</value></preference>')
    found = instance.exported("", "sites/RefArch/preferences.xml").findall(".//{*}preference")
    assert [feeds.plain(p) for p in found] == [
        '<preference preference-id="a">1</preference>',
        '<preference preference-id="b"><value>x</value></preference>',
    ]


def test_an_imported_site_can_be_used_by_what_comes_after_it(instance, feeds):
    site = feeds.document("site", "<name>New</name><currency>EUR</currency><taxation>gross</taxation>", 'site-id="New"')
    catalog = feeds.document(
        "catalog", '<product product-id="p"><online-flag site-id="New">true</online-flag></product>', 'catalog-id="c"'
    )
    instance.site_import({"sites/New/site.xml": site, "catalogs/c/catalog.xml": catalog})
    assert instance.problems() == []
    assert instance.exported("", "sites/New/site.xml").get("site-id") == "New"


def test_files_of_an_unknown_site_are_a_process_error(instance, feeds):
    instance.site_import({"sites/Ghost/preferences.xml": feeds.document("preferences", "")})
    assert instance.problems() == ["ERROR [sites/Ghost/preferences.xml]: site 'Ghost' does not exist"]
