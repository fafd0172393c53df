"""metadata.xsd, pricebook.xsd, library.xsd, customobject.xsd: hand-written expectations and deletions."""

import pytest

from sfcc_resources.xml import customobject_xml, library_xml, metadata_xml, pricebook_xml


def test_an_attribute_definition_states_every_flag_and_keeps_the_order_of_its_values() -> None:
    record = {
        "id": "akeneo_color",
        "type": "enum-of-string",
        "names": {"x-default": "Colour", "fr-FR": None},
        "localizable": True,
        "multiple": True,
        "values": [{"value": "red", "names": {"x-default": "Red"}}, {"value": "a & b", "names": {}}],
    }
    assert metadata_xml.attribute_definition(record) == (
        '<attribute-definition attribute-id="akeneo_color"><display-name xml:lang="x-default">Colour</display-name>'
        "<type>enum-of-string</type><localizable-flag>true</localizable-flag><site-specific-flag>false</site-specific-flag>"
        "<mandatory-flag>false</mandatory-flag><visible-flag>false</visible-flag>"
        "<externally-managed-flag>false</externally-managed-flag><order-required-flag>false</order-required-flag>"
        "<externally-defined-flag>false</externally-defined-flag><select-multiple-flag>true</select-multiple-flag>"
        '<value-definitions><value-definition><display xml:lang="x-default">Red</display><value>red</value></value-definition>'
        "<value-definition><value>a &amp; b</value></value-definition></value-definitions></attribute-definition>"
    )


def test_an_attribute_group_lists_all_its_members() -> None:
    record = {"id": "g", "names": {"x-default": "G"}, "attributes": [{"id": "a"}, {"id": "name", "system": True}]}
    assert metadata_xml.attribute_group(record) == (
        '<attribute-group group-id="g"><display-name xml:lang="x-default">G</display-name>'
        '<attribute attribute-id="a"/><attribute attribute-id="name" system="true"/></attribute-group>'
    )


def test_a_custom_type_without_attributes_has_no_empty_wrapper() -> None:
    record = {"id": "T", "names": {}, "staging": "no-staging", "storage": "site", "key": "code", "attributes": []}
    assert metadata_xml.custom_type(record) == (
        '<custom-type type-id="T"><staging-mode>no-staging</staging-mode><storage-scope>site</storage-scope>'
        '<key-definition attribute-id="code"><type>string</type></key-definition></custom-type>'
    )


def test_a_price_book_starts_with_its_currency() -> None:
    record = {
        "id": "usd",
        "currency": "USD",
        "names": {"x-default": "List"},
        "fields": {"parent": {"": "base"}, "online-flag": {"": "true"}, "description": {"": None}},
    }
    assert pricebook_xml.price_book(record) == (
        '<header pricebook-id="usd"><currency>USD</currency><display-name xml:lang="x-default">List</display-name>'
        "<description/><online-flag>true</online-flag><parent>base</parent></header>"
    )


def test_a_price_table_gives_an_amount_per_quantity() -> None:
    record = {"id": "p", "amounts": [("1", "9.99"), ("10", "0")]}
    assert pricebook_xml.price_table(record) == (
        '<price-table product-id="p"><amount quantity="1">9.99</amount><amount quantity="10">0</amount></price-table>'
    )


def test_deleting_prices_takes_every_table_of_the_product() -> None:
    assert pricebook_xml.price_table_deletion("p") == '<price-table product-id="p" mode="delete-all"/>'


def test_deleting_a_price_book_still_names_its_currency() -> None:
    expected = '<header pricebook-id="usd" mode="delete"><currency>USD</currency></header>'
    assert pricebook_xml.price_book_deletion("usd", {"currency": "USD"}) == expected
    with pytest.raises(ValueError, match="price book 'usd' can't be deleted without a record of its currency"):
        pricebook_xml.price_book_deletion("usd", None)


def test_a_folder_writes_its_sitemap_fields_last() -> None:
    record = {
        "id": "f",
        "parent": "root",
        "fields": {"sitemap-priority": {"": "0.5"}, "display-name": {"x-default": "F"}, "position": {"": "1"}},
        "custom": {"c": {"": "1"}},
    }
    assert library_xml.folder(record) == (
        '<folder folder-id="f"><display-name xml:lang="x-default">F</display-name><parent>root</parent><position>1</position>'
        '<custom-attributes><custom-attribute attribute-id="c">1</custom-attribute></custom-attributes>'
        "<sitemap-priority>0.5</sitemap-priority></folder>"
    )


def test_a_content_assets_first_folder_is_its_classification() -> None:
    record = {
        "id": "c",
        "fields": {"online-flag": {"@RefArch": None}},
        "custom": {"body": {"": "<p>x</p>"}},
        "folders": ["a", "b"],
    }
    assert library_xml.content(record) == (
        '<content content-id="c"><online-flag site-id="RefArch" xsi:nil="true"/>'
        '<custom-attributes><custom-attribute attribute-id="body">&lt;p&gt;x&lt;/p&gt;</custom-attribute></custom-attributes>'
        '<folder-links><classification-link folder-id="a"/><folder-link folder-id="b"/></folder-links></content>'
    )


def test_a_content_asset_in_no_folder_empties_its_folder_links() -> None:
    expected = '<content content-id="c"><folder-links/></content>'
    assert library_xml.content({"id": "c", "fields": {}, "folders": []}) == expected


def test_library_objects_are_deleted_by_id() -> None:
    assert library_xml.folder_deletion("f") == '<folder folder-id="f" mode="delete"/>'
    assert library_xml.content_deletion("c") == '<content content-id="c" mode="delete"/>'


def test_a_custom_object_is_keyed_by_its_object_id() -> None:
    record = {"id": "k", "attributes": {"name": {"x-default": "N", "de-DE": None}, "tags": {"": ["a", "b"]}}}
    assert customobject_xml.custom_object("T", record) == (
        '<custom-object type-id="T" object-id="k"><object-attribute attribute-id="name" xml:lang="x-default">N</object-attribute>'
        '<object-attribute attribute-id="name" xml:lang="de-DE"/>'
        '<object-attribute attribute-id="tags"><value>a</value><value>b</value></object-attribute></custom-object>'
    )
    assert customobject_xml.custom_object_deletion("T", "k") == '<custom-object type-id="T" object-id="k" mode="delete"/>'
