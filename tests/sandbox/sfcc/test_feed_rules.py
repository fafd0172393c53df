"""Feeds that SFCC's XSDs refuse are refused without the XSD files, too, and the same feeds are taken.

Each feed below is judged by hand; the tests marked `shared` hold the judgement against the real schemas.
"""

import re

import pytest

PRODUCT = '<product product-id="{}">{}</product>'
DEFINITION = '<type-extension type-id="Product"><custom-attribute-definitions>{}</custom-attribute-definitions></type-extension>'
ENUM = DEFINITION.format(
    '<attribute-definition attribute-id="{}"><type>enum-of-string</type><value-definitions>'
    "<value-definition>{}</value-definition></value-definitions></attribute-definition>"
)
FOLDER_LINK, CLASSIFICATION = '<folder-link folder-id="f"/>', '<classification-link folder-id="f"/>'
REFINEMENT = '<refinement-definition type="price"><sort-mode>value-name</sort-mode></refinement-definition>'
PRICE = '<option-value-price currency="EUR">1.0</option-value-price>'
OPTION_VALUE = f'<option-value value-id="1"><option-value-prices>{PRICE}</option-value-prices></option-value>'
BOOK = "<pricebook><header pricebook-id='{}'>{}</header><price-tables>{}</price-tables></pricebook>"
EUR = "<currency>EUR</currency>"


def product(inner, id_="p"):
    return "catalog", PRODUCT.format(id_, inner)


def value(inner):
    return "metadata", ENUM.format("a", inner)


def table(inner, attributes='product-id="p"'):
    return "pricebooks", BOOK.format("l", EUR, f"<price-table {attributes}>{inner}</price-table>")


VALID = {
    "the order of the schema": ("catalog", '<category category-id="k"/><product product-id="p"/><recommendation source-id="p"/>'),
    "nil where the schema has it": product('<online-from xsi:nil="true"/><search-rank site-id="RefArch" xsi:nil="true"/>'),
    "nil dates of a category": ("catalog", '<category category-id="k"><online-to xsi:nil="true"/></category>'),
    "blanks around a number": product("<min-order-quantity> 1.5 </min-order-quantity>"),
    "an empty text": product("<ean/><brand></brand>"),
    "a date with zone and fraction": product("<online-from>2026-01-31T23:59:59.123+01:00</online-from>"),
    "localized elements again and again": product("<display-name>a</display-name><display-name xml:lang='fr'>b</display-name>"),
    "amounts and percentages mixed": table(
        "<amount>1</amount><percentage quantity='2'>5</percentage><amount quantity='9'>1</amount>"
    ),
    "two lists of variants": product('<variations><variants merge-mode="add"/><variants merge-mode="remove"/></variations>'),
    "an id of 100 characters": product("", "x" * 100),
    "an id with a blank inside": product("", "a b"),
    "a value with blanks inside": value("<display>A</display><value>a b</value>"),
    "elements that no rule knows": (
        "catalog",
        f'<category category-id="k"><refinement-definitions>{REFINEMENT}</refinement-definitions></category>',
    ),
    "a layout of lines and remarks": (
        "catalog",
        "\n  <!-- x -->\n  <product product-id='p'>\n  <!-- y -->\n <ean>1</ean></product>",
    ),
    "an option's price": (
        "catalog",
        f'<product-option option-id="o"><option-values>{OPTION_VALUE}</option-values></product-option>',
    ),
    "preferences": (
        "preferences",
        "<custom-preferences><all-instances><preference preference-id='a'/></all-instances><staging/></custom-preferences>",
    ),
    "a site": ("site", "<name>N</name><currency>EUR</currency><taxation>net</taxation>"),
    "a custom object": (
        "custom-objects",
        '<custom-object type-id="T" object-id="1"><object-attribute attribute-id="a"/></custom-object>',
    ),
    "a library": (
        "library",
        f'<folder folder-id="f"/><content content-id="c"><folder-links>{CLASSIFICATION}{FOLDER_LINK}</folder-links></content>',
    ),
}

INVALID = {
    "an empty date": (
        product("<online-from/>"),
        "Element 'online-from': '' is not a valid value of the atomic type 'xs:dateTime'",
    ),
    "a date without time": (
        product("<online-from>2026-01-31</online-from>"),
        "Element 'online-from': '2026-01-31' is not a valid value",
    ),
    "a month that isn't": (
        product("<online-to>2026-13-01T00:00:00Z</online-to>"),
        "Element 'online-to': '2026-13-01T00:00:00Z' is not a valid value",
    ),
    "an empty number": (product("<min-order-quantity/>"), "Element 'min-order-quantity': '' is not a valid value"),
    "a number with a comma": (
        product("<step-quantity>1,5</step-quantity>"),
        "Element 'step-quantity': '1,5' is not a valid value",
    ),
    "a flag in words": (product("<online-flag>yes</online-flag>"), "Element 'online-flag': 'yes' is not a valid value"),
    "a rank that is no integer": (product("<search-rank>1.5</search-rank>"), "Element 'search-rank': '1.5' is not a valid value"),
    "a priority above 1": (
        product("<sitemap-priority>1.1</sitemap-priority>"),
        "Element 'sitemap-priority': [facet 'maxInclusive']",
    ),
    "an empty priority": (product("<sitemap-priority/>"), "Element 'sitemap-priority': '' is not a valid value"),
    "nil where the schema has none": (product('<min-order-quantity xsi:nil="true"/>'), "The element is not 'nillable'"),
    "children in another order": (product("<brand>B</brand><ean>1</ean>"), "Element 'ean': This element is not expected"),
    "one of a kind twice": (product("<ean>1</ean><ean>2</ean>"), "Element 'ean': This element is not expected"),
    "an unknown child": (product("<colour>red</colour>"), "Element 'colour': This element is not expected"),
    "order inside a nested element": (
        product("<page-attributes><page-url>u</page-url><page-title>t</page-title></page-attributes>"),
        "Element 'page-title': This element is not expected",
    ),
    "products before categories": (
        ("catalog", '<product product-id="p"/><category category-id="k"/>'),
        "Element 'category': This element is not expected",
    ),
    "an unknown element between products": (
        ("catalog", '<product product-id="p"/><thing/><product product-id="q"/>'),
        "Element 'thing': This element is not expected",
    ),
    "an unknown element at the end": (
        ("catalog", '<product product-id="p"/><thing/>'),
        "Element 'thing': This element is not expected",
    ),
    "an id of 101 characters": (product("", "x" * 101), "attribute 'product-id': [facet 'maxLength']"),
    "an empty id": (product("", ""), "attribute 'product-id': [facet 'minLength']"),
    "an id with a blank at its end": (product("", "p "), "attribute 'product-id': [facet 'pattern']"),
    "a category's id of 257 characters": (
        ("catalog", f'<category category-id="{"k" * 257}"/>'),
        "attribute 'category-id': [facet 'maxLength']",
    ),
    "a parent with a blank before it": (
        ("catalog", '<category category-id="k"><parent> root</parent></category>'),
        "Element 'parent': [facet 'pattern'] The value ' root'",
    ),
    "an empty parent": (("catalog", '<category category-id="k"><parent/></category>'), "Element 'parent': [facet 'minLength']"),
    "an image without path": (
        product('<images><image-group view-type="large"><image/></image-group></images>'),
        "Element 'image': The attribute 'path' is required",
    ),
    "an image group without view type": (
        product("<images><image-group/></images>"),
        "Element 'image-group': The attribute 'view-type' is required",
    ),
    "an image path of 1,801 characters": (
        product(f'<images><image-group view-type="l"><image path="{"x" * 1801}"/></image-group></images>'),
        "attribute 'path': [facet 'maxLength']",
    ),
    "variations after images": (
        product(
            '<images><image-group view-type="l"><image path="x"/><variation attribute-id="a" value="b"/></image-group></images>'
        ),
        "Element 'variation': This element is not expected",
    ),
    "a bundle's member without quantity": (
        product('<bundled-products><bundled-product product-id="q"/></bundled-products>'),
        "Element 'bundled-product': Missing child element(s)",
    ),
    "a link without type": (
        product('<product-links><product-link product-id="q"/></product-links>'),
        "Element 'product-link': The attribute 'type' is required",
    ),
    "a link of an unknown type": (
        product('<product-links><product-link product-id="q" type="friend"/></product-links>'),
        "attribute 'type': [facet 'enumeration'] The value 'friend'",
    ),
    "the help's element for variants": (
        product('<variations><variants><variation product-id="q"/></variants></variations>'),
        "Element 'variation': This element is not expected",
    ),
    "an unknown merge mode": (
        product('<images merge-mode="swap"/>'),
        "attribute 'merge-mode': [facet 'enumeration'] The value 'swap'",
    ),
    "an unknown mode": (
        ("catalog", '<product product-id="p" mode="remove"/>'),
        "attribute 'mode': [facet 'enumeration'] The value 'remove'",
    ),
    "an unknown position": (
        ("catalog", '<category-assignment category-id="k" product-id="p"><position>1</position></category-assignment>'),
        "Element 'position': [facet 'enumeration'] The value '1'",
    ),
    "a variation attribute without its attribute": (
        ("catalog", '<variation-attribute variation-attribute-id="size"/>'),
        "Element 'variation-attribute': The attribute 'attribute-id' is required",
    ),
    "a custom attribute without id": (
        product("<custom-attributes><custom-attribute>1</custom-attribute></custom-attributes>"),
        "Element 'custom-attribute': The attribute 'attribute-id' is required",
    ),
    "a name of 4,001 characters": (
        product(f"<display-name>{'x' * 4001}</display-name>"),
        "Element 'display-name': [facet 'maxLength']",
    ),
    "a brand of 257 characters": (product(f"<brand>{'x' * 257}</brand>"), "Element 'brand': [facet 'maxLength']"),
    "a value with a blank before it": (value("<value> red</value>"), "Element 'value': [facet 'pattern'] The value ' red'"),
    "a value with a line break inside": (value("<value>a\nb</value>"), "Element 'value': [facet 'pattern'] The value 'a b'"),
    "an empty value": (value("<value/>"), "Element 'value': [facet 'minLength']"),
    "no value": (value("<display>Red</display>"), "Element 'value-definition': Missing child element(s)"),
    "a value before its label": (
        value("<value>red</value><display>Red</display>"),
        "Element 'display': This element is not expected",
    ),
    "a definition without type": (
        ("metadata", DEFINITION.format('<attribute-definition attribute-id="a"/>')),
        "Element 'attribute-definition': Missing child element(s)",
    ),
    "a definition of an unknown type": (
        ("metadata", DEFINITION.format('<attribute-definition attribute-id="a"><type>colour</type></attribute-definition>')),
        "Element 'type': [facet 'enumeration'] The value 'colour'",
    ),
    "an attribute's id with a bar": (
        ("metadata", ENUM.format("a|b", "<value>x</value>")),
        "attribute 'attribute-id': [facet 'pattern'] The value 'a|b'",
    ),
    "an empty wrapper": (("metadata", DEFINITION.format("")), "Element 'custom-attribute-definitions': Missing child element(s)"),
    "a custom type without key": (
        (
            "metadata",
            '<custom-type type-id="T"><staging-mode>no-staging</staging-mode><storage-scope>site</storage-scope></custom-type>',
        ),
        "Element 'custom-type': Missing child element(s)",
    ),
    "a book without currency": (("pricebooks", BOOK.format("l", "", "")), "Element 'header': Missing child element(s)"),
    "a currency in small letters": (
        ("pricebooks", BOOK.format("l", "<currency>eur</currency>", "")),
        "Element 'currency': [facet 'pattern'] The value 'eur'",
    ),
    "an empty amount": (table("<amount/>"), "Element 'amount': '' is not a valid value"),
    "a price table's dates after its amount": (
        table("<amount>1</amount><online-from>2026-01-01T00:00:00Z</online-from>"),
        "Element 'online-from': This element is not expected",
    ),
    "a nil date of a price table": (table('<online-from xsi:nil="true"/>'), "The element is not 'nillable'"),
    "a book's id with a blank at its end": (
        ("pricebooks", BOOK.format("l ", EUR, "")),
        "attribute 'pricebook-id': [facet 'pattern'] The value 'l '",
    ),
    "content before folders": (
        ("library", '<content content-id="c"/><folder folder-id="f"/>'),
        "Element 'folder': This element is not expected",
    ),
    "a folder link before the classification": (
        ("library", f'<content content-id="c"><folder-links>{FOLDER_LINK}{CLASSIFICATION}</folder-links></content>'),
        "Element 'classification-link': This element is not expected",
    ),
    "a custom object's unknown child": (
        ("custom-objects", '<custom-object type-id="T" object-id="1"><custom-attributes/></custom-object>'),
        "Element 'custom-attributes': This element is not expected",
    ),
    "a preference without id": (
        ("preferences", "<custom-preferences><staging><preference>1</preference></staging></custom-preferences>"),
        "Element 'preference': The attribute 'preference-id' is required",
    ),
    "a site without currency": (
        ("site", "<name>N</name><taxation>net</taxation>"),
        "Element 'taxation': This element is not expected",
    ),
    "a site's id of 33 characters": (
        product(f'<online-flag site-id="{"s" * 33}">true</online-flag>'),
        "attribute 'site-id': [facet 'maxLength']",
    ),
}

ROOT_IDS = {"catalog": 'catalog-id="c"', "library": 'library-id="l"', "site": 'site-id="RefArch"'}


def imported(instance, feeds, feed):
    root, inner = feed
    instance.feed(feeds.document(root, inner, ROOT_IDS.get(root, "")))
    return [re.sub(r"\{[^}]*\}", "", line) for line in instance.log if line.startswith("ERROR")]


@pytest.mark.parametrize("feed", VALID.values(), ids=VALID.keys())
def test_a_valid_feed_is_taken(instance, feeds, feed):
    assert imported(instance, feeds, feed) == []


@pytest.mark.parametrize(("feed", "why"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_feed_is_a_process_error_and_nothing_of_it_is_imported(instance, feeds, feed, why):
    (error,) = imported(instance, feeds, feed)
    line = 3 if "\n" in feed[1] else 2
    assert error.startswith(f"ERROR [feed.xml]: invalid against its schema: line {line}: ")
    assert why in error
    assert instance.ids("product") == []


@pytest.mark.shared
@pytest.mark.parametrize("feed", VALID.values(), ids=VALID.keys())
def test_the_real_schemas_take_what_is_valid(make_instance, feeds, xsd_dir, feed):
    assert imported(make_instance(xsd_dir=xsd_dir), feeds, feed) == []


@pytest.mark.shared
@pytest.mark.parametrize("feed", [feed for feed, _ in INVALID.values()], ids=INVALID.keys())
def test_the_real_schemas_refuse_what_is_invalid(make_instance, feeds, xsd_dir, feed):
    (error,) = imported(make_instance(xsd_dir=xsd_dir), feeds, feed)
    assert "invalid against its schema" in error


def test_the_line_is_that_of_the_element_that_breaks_a_rule(instance, feeds):
    inner = '<product product-id="p">\n<ean>1</ean>\n</product>\n<product product-id="q">\n<online-from/>\n</product>'
    (error,) = imported(instance, feeds, ("catalog", inner))
    assert error.startswith("ERROR [feed.xml]: invalid against its schema: line 6: Element 'online-from': '' is not")


@pytest.mark.shared
def test_dates_of_price_tables_as_attributes_are_taken_with_the_real_schema_too(make_instance, feeds, xsd_dir):
    """The help shows them so, the XSD has no such attributes; anything else that breaks the schema is still an error."""
    instance = make_instance(xsd_dir=xsd_dir)
    dated = '<price-table product-id="p" mode="delete" online-from="2026-11-27T00:00:00Z" online-to="2026-11-30T00:00:00Z"/>'
    assert imported(instance, feeds, ("pricebooks", BOOK.format("l", EUR, dated))) == []
    broken = BOOK.format("l", EUR, f"{dated}\n<price-table product-id='q'><amount>x</amount></price-table>")
    (error,) = imported(instance, feeds, ("pricebooks", broken))
    assert "invalid against its schema: line 3: " in error


def test_rules_hold_inside_a_packed_archive_too(instance, feeds):
    bad = feeds.document("catalog", PRODUCT.format("p", "<online-from/>"), 'catalog-id="c"')
    good = feeds.document("catalog", PRODUCT.format("q", ""), 'catalog-id="d"')
    instance.site_import({"catalogs/c/catalog.xml": bad, "catalogs/d/catalog.xml": good})
    assert [line.partition(":")[0] for line in instance.problems()] == ["ERROR [catalogs/c/catalog.xml]"]
    assert len(instance.all("product", "catalogs/d/catalog.xml")) == 1
