"""Custom objects: merged by attribute and locale, kept apart by site, bound to their type."""

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
