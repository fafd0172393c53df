"""catalog.xsd: hand-written expectations, clearing, deletions."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from sfcc_resources import records
from sfcc_resources.clearing import CannotClearError
from sfcc_resources.record_types import REGISTRY
from sfcc_resources.xml import catalog_xml


def test_a_product_is_written_in_the_order_of_the_xsd_whatever_the_order_of_its_record() -> None:
    record = {
        "id": "p-1",
        "store": {"force-price-flag": {"": "true"}, "receipt-name": {"x-default": "Receipt"}},
        "classification": {"category": "shoes"},
        "set": ["p-3"],
        "bundled": [{"id": "p-4", "quantity": "2.5"}],
        "custom": {"weight": {"": "1.5"}, "colors": {"": ["red", "blue"]}, "care": {"fr-FR": "Laver"}, "hint": {"@RefArch": "x"}},
        "page": {"page-url": {"x-default": "u"}, "page-title": {"x-default": "t"}},
        "images": [
            {"view_type": "large", "images": [{"path": "images/a.jpg", "alt": {"x-default": "A"}, "title": {"fr-FR": "Ti"}}]}
        ],
        "fields": {
            "facebook-enabled-flag": {"": "false"},
            "brand": {"": "Akeneo"},
            "online-flag": {"": "true", "@RefArch": "false"},
            "display-name": {"x-default": "Shoe & sock", "fr-FR": "<Chaussure>"},
            "ean": {"": "4006381333931"},
        },
    }
    assert catalog_xml.product(record) == (
        '<product product-id="p-1"><ean>4006381333931</ean>'
        '<display-name xml:lang="x-default">Shoe &amp; sock</display-name>'
        '<display-name xml:lang="fr-FR">&lt;Chaussure&gt;</display-name>'
        '<online-flag>true</online-flag><online-flag site-id="RefArch">false</online-flag>'
        '<images merge-mode="replace"><image-group view-type="large"><image path="images/a.jpg">'
        '<alt xml:lang="x-default">A</alt><title xml:lang="fr-FR">Ti</title></image></image-group></images>'
        "<brand>Akeneo</brand>"
        '<page-attributes><page-title xml:lang="x-default">t</page-title>'
        '<page-url xml:lang="x-default">u</page-url></page-attributes>'
        '<custom-attributes><custom-attribute attribute-id="weight">1.5</custom-attribute>'
        '<custom-attribute attribute-id="colors"><value>red</value><value>blue</value></custom-attribute>'
        '<custom-attribute attribute-id="care" xml:lang="fr-FR">Laver</custom-attribute>'
        '<custom-attribute attribute-id="hint" site-id="RefArch">x</custom-attribute></custom-attributes>'
        '<bundled-products><bundled-product product-id="p-4"><quantity>2.5</quantity></bundled-product></bundled-products>'
        '<product-set-products><product-set-product product-id="p-3"/></product-set-products>'
        "<classification-category>shoes</classification-category>"
        "<facebook-enabled-flag>false</facebook-enabled-flag>"
        '<store-attributes><receipt-name xml:lang="x-default">Receipt</receipt-name>'
        "<force-price-flag>true</force-price-flag></store-attributes></product>"
    )


def test_links_stand_in_a_product_element_of_their_own_and_are_emptied_as_a_list() -> None:
    record = {"id": "p-1", "links": [{"id": "p-2", "type": "up-sell"}, {"id": "p-3", "type": "other"}]}
    assert catalog_xml.product_links(record) == (
        '<product product-id="p-1"><product-links><product-link product-id="p-2" type="up-sell"/>'
        '<product-link product-id="p-3" type="other"/></product-links></product>'
    )
    assert catalog_xml.product_links_deletion("p-1") == '<product product-id="p-1"><product-links/></product>'


def test_a_master_names_its_variation_attributes_and_variants_whole() -> None:
    record = {
        "id": "m",
        "fields": {},
        "images": [{"view_type": "large", "variation": [("custom.color", "red")], "images": [{"path": "r.jpg"}]}],
        "variations": {
            "attributes": [
                {
                    "attribute_id": "custom.color",
                    "id": "color",
                    "names": {"x-default": "Colour"},
                    "values": [{"value": "red", "names": {"x-default": "Red", "fr-FR": None}}],
                    "slicing": True,
                }
            ],
            "variants": ["v-1", "v-2"],
            "default": "v-2",
            "groups": ["g"],
        },
    }
    assert catalog_xml.product(record) == (
        '<product product-id="m"><images merge-mode="replace"><image-group view-type="large">'
        '<variation attribute-id="color" value="red"/><image path="r.jpg"/></image-group></images>'
        "<variations><attributes>"
        '<variation-attribute attribute-id="color" variation-attribute-id="color" slicing-attribute="true">'
        '<display-name xml:lang="x-default">Colour</display-name><variation-attribute-values merge-mode="replace">'
        '<variation-attribute-value value="red"><display-value xml:lang="x-default">Red</display-value>'
        "</variation-attribute-value>"
        "</variation-attribute-values></variation-attribute></attributes>"
        '<variants merge-mode="replace"><variant product-id="v-1"/><variant product-id="v-2" default="true"/></variants>'
        '<variation-groups merge-mode="replace"><variation-group product-id="g"/></variation-groups></variations></product>'
    )


def test_none_clears_each_kind_of_field_in_its_own_way() -> None:
    record = {
        "id": "p",
        "fields": {
            "ean": {"": None},
            "min-order-quantity": {"": None},
            "short-description": {"fr-FR": None},
            "online-from": {"": None, "@RefArch": None},
        },
        "page": {"page-title": {"x-default": None}},
        "custom": {"gone": {"": None}, "emptied": {"": []}, "translated": {"de-DE": None}},
        "images": [],
        "variations": None,
        "classification": None,
    }
    assert catalog_xml.product(record) == (
        '<product product-id="p"><ean/><min-order-quantity>1</min-order-quantity><short-description xml:lang="fr-FR"/>'
        '<online-from xsi:nil="true"/><online-from site-id="RefArch" xsi:nil="true"/><images merge-mode="replace"/>'
        '<page-attributes><page-title xml:lang="x-default"/></page-attributes>'
        '<custom-attributes><custom-attribute attribute-id="gone"/><custom-attribute attribute-id="emptied"/>'
        '<custom-attribute attribute-id="translated" xml:lang="de-DE"/></custom-attributes>'
        '<variations><attributes/><variants merge-mode="replace"/></variations>'
        "<classification-category/></product>"
    )


def test_what_a_record_does_not_mention_is_left_alone() -> None:
    assert catalog_xml.product({"id": "p", "fields": {}}) == '<product product-id="p"></product>'


def test_a_category_carries_its_parent_between_its_fields() -> None:
    record = {
        "id": "shoes",
        "parent": "root",
        "fields": {"position": {"": "1.0"}, "display-name": {"x-default": "Shoes"}, "online-flag": {"": None}},
        "custom": {"showInMenu": {"": "true"}},
    }
    assert catalog_xml.category(record) == (
        '<category category-id="shoes"><display-name xml:lang="x-default">Shoes</display-name><online-flag>false</online-flag>'
        "<parent>root</parent><position>1.0</position>"
        '<custom-attributes><custom-attribute attribute-id="showInMenu">true</custom-attribute></custom-attributes></category>'
    )


def test_assignments_no_longer_made_are_deleted_before_the_present_ones() -> None:
    record = {
        "id": "p",
        "categories": [{"category": "a", "primary": True, "position": "auto"}, {"category": "b", "primary": False}],
        "removed": ["old"],
    }
    assert catalog_xml.category_assignments(record) == (
        '<category-assignment category-id="old" product-id="p" mode="delete"/>'
        '<category-assignment category-id="a" product-id="p"><position>auto</position><primary-flag>true</primary-flag>'
        "</category-assignment>"
        '<category-assignment category-id="b" product-id="p"><primary-flag>false</primary-flag></category-assignment>'
    )


def test_recommendations_go_from_product_to_product() -> None:
    record = {"id": "p", "targets": [{"target": "q", "type": "1"}], "removed": [{"target": "r", "type": "2"}]}
    assert catalog_xml.recommendations(record) == (
        '<recommendation source-id="p" source-type="product" target-id="r" target-type="product" type="2" mode="delete"/>'
        '<recommendation source-id="p" source-type="product" target-id="q" target-type="product" type="1"/>'
    )


@pytest.mark.parametrize(
    ("record_type", "record", "expected"),
    [
        (records.PRODUCT, None, '<product product-id="x" mode="delete"/>'),
        (records.CATEGORY, None, '<category category-id="x" mode="delete"/>'),
        (
            records.CATEGORY_ASSIGNMENTS,
            {"id": "x", "categories": [{"category": "a"}], "removed": ["b", "a"]},
            (
                '<category-assignment category-id="b" product-id="x" mode="delete"/>'
                '<category-assignment category-id="a" product-id="x" mode="delete"/>'
            ),
        ),
        (
            records.RECOMMENDATIONS,
            {"id": "x", "targets": [], "removed": [{"target": "q", "type": "3"}]},
            '<recommendation source-id="x" source-type="product" target-id="q" target-type="product" type="3" mode="delete"/>',
        ),
    ],
)
def test_deletions_say_only_what_identifies_the_object(record_type: str, record: records.Record | None, expected: str) -> None:
    write_deletion = REGISTRY[record_type].write_deletion
    assert write_deletion is not None
    assert write_deletion("c", "x", record) == expected


def test_assignments_without_a_record_of_them_cannot_be_deleted() -> None:
    with pytest.raises(ValueError, match="category-assignments of 'x' can't be deleted without the record"):
        catalog_xml.category_assignments_deletion("x", None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"base_path": "/", "view_types": ["large", "small"]},
            (
                '<header><image-settings><internal-location base-path="/"/><view-types><view-type>large</view-type>'
                "<view-type>small</view-type></view-types></image-settings></header>"
            ),
        ),
        (
            {"http_url": "http://i.example/", "https_url": "https://i.example/", "view_types": ["large"]},
            (
                "<header><image-settings><external-location><http-url>http://i.example/</http-url>"
                "<https-url>https://i.example/</https-url></external-location><view-types><view-type>large</view-type>"
                "</view-types></image-settings></header>"
            ),
        ),
        (
            {
                "title_pattern": "${productname} & ${viewtype}",
                "alt_pattern": "${productname}",
                "variation_attribute_id": "color",
                "base_path": "/",
                "view_types": ["large"],
            },
            (
                '<header><image-settings><internal-location base-path="/"/><view-types><view-type>large</view-type></view-types>'
                "<variation-attribute-id>color</variation-attribute-id><alt-pattern>${productname}</alt-pattern>"
                "<title-pattern>${productname} &amp; ${viewtype}</title-pattern></image-settings></header>"
            ),
        ),
    ],
)
def test_the_header_says_where_images_lie(settings: dict[str, Any], expected: str) -> None:
    assert catalog_xml.header({"id": "c", **settings}) == expected


@pytest.mark.shared
def test_a_header_with_all_image_settings_is_valid(xsd: Callable[[str], etree.XMLSchema]) -> None:
    """The schema declares no header alone, so that it stands in a catalog."""
    header = catalog_xml.header(
        {
            "id": "c",
            "base_path": "/",
            "view_types": ["large"],
            "variation_attribute_id": "color",
            "alt_pattern": "${productname}",
            "title_pattern": "${productname}",
        }
    )
    xsd("catalog").assertValid(etree.fromstring(f'<catalog xmlns="{catalog_xml.NAMESPACE}" catalog-id="c">{header}</catalog>'))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"brnad": {"": "x"}}, "has no field 'brnad'"),
        ({"brand": {"fr-FR": "x"}}, "neither locale nor site"),
        ({"display-name": {"@RefArch": "x"}}, "takes only xml:lang"),
        ({"online-flag": {"fr-FR": "true"}}, "takes only site-id"),
        ({"brand": {"": ["a", "b"]}}, "'brand' takes one value, not a list"),
    ],
)
def test_a_field_that_sfcc_does_not_have_or_qualify_so_is_refused_by_name(fields: dict[str, records.Slots], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        catalog_xml.product({"id": "p", "fields": fields})


def test_the_value_for_all_sites_goes_back_to_sfccs_default_and_a_sites_own_is_nil() -> None:
    xml = catalog_xml.product({"id": "p", "fields": {"searchable-flag": {"": None, "@RefArch": None}}})
    assert "<searchable-flag>true</searchable-flag>" in xml
    assert '<searchable-flag site-id="RefArch" xsi:nil="true"/>' in xml


def test_a_field_that_cannot_be_emptied_is_refused_by_name() -> None:
    with pytest.raises(CannotClearError, match="no way to clear 'tax-class-id' of a product"):
        catalog_xml.product({"id": "p", "fields": {"tax-class-id": {"": None}}})
