"""Objects read from site archives: which element is which object, and what its fields say."""

import zipfile
from pathlib import Path

import pytest

from sfcc_resources.exported_objects import ExportedObject, canonical, objects
from sfcc_resources.fields import BOOLEAN, DATETIME, DECIMAL, INT

CATALOG = 'xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def archive(folder: Path, **files: str) -> Path:
    """A site archive of these files, by name without dots and slashes: `catalogs__m__catalog` is catalogs/m/catalog.xml."""
    path = folder / "state.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(f"state/{name.replace('__', '/').replace('_', '-')}.xml", text)
    return path


def in_catalog(folder: Path, elements: str) -> list[ExportedObject]:
    return list(objects(archive(folder, catalogs__m__catalog=f'<catalog {CATALOG} {XSI} catalog-id="m">{elements}</catalog>')))


def test_a_product_s_fields_are_named_as_the_ledger_names_them(tmp_path: Path) -> None:
    read = in_catalog(
        tmp_path,
        """
        <product product-id="a">
          <ean/><min-order-quantity>1.0</min-order-quantity>
          <display-name xml:lang="x-default">Shoe</display-name><display-name xml:lang="fr-FR">Soulier</display-name>
          <online-flag>1</online-flag><online-flag site-id="RefArch">0</online-flag>
          <online-from xsi:nil="true"/><online-to>2026-01-01T01:00:00.000+01:00</online-to>
          <page-attributes><page-url xml:lang="fr-FR">/s</page-url></page-attributes>
          <custom-attributes>
            <custom-attribute attribute-id="color">red</custom-attribute>
            <custom-attribute attribute-id="sizes" xml:lang="fr-FR"><value>M</value><value>L</value></custom-attribute>
            <custom-attribute attribute-id="gone"/>
          </custom-attributes>
          <classification-category catalog-id="m">shoes</classification-category>
          <store-attributes><tax-class>standard</tax-class></store-attributes>
        </product>
        """,
    )
    assert read == [
        ExportedObject(
            "m",
            "product",
            "a",
            {
                "": "there",
                "fields/ean/": "",
                "fields/min-order-quantity/": "1",
                "fields/display-name/x-default": "Shoe",
                "fields/display-name/fr-FR": "Soulier",
                "fields/online-flag/": "true",
                "fields/online-flag/@RefArch": "false",
                "fields/online-from/": "",
                "fields/online-to/": "2026-01-01T00:00:00+00:00",
                "page/page-url/fr-FR": "/s",
                "custom/color/": "red",
                "custom/sizes/fr-FR": '["L","M"]',
                "custom/gone/": "",
                "classification": "shoes",
                "classification/catalog": "m",
                "store/tax-class/": "standard",
            },
        )
    ]


def test_a_product_s_links_are_an_object_of_their_own_and_relations_one_an_element(tmp_path: Path) -> None:
    read = in_catalog(
        tmp_path,
        """
        <product product-id="a"><product-links><product-link product-id="b" type="accessory"/></product-links></product>
        <product product-id="b"><product-links/></product>
        <product product-id="c" mode="delete"/>
        <category-assignment category-id="new" product-id="a"><position>2.0</position><primary-flag>true</primary-flag>
        </category-assignment>
        <category-assignment category-id="old" product-id="a" mode="delete"/>
        <recommendation source-id="a" source-type="product" target-id="b" target-type="product" type="1"/>
        <recommendation source-id="shoes" source-type="category" target-id="b" target-type="product" type="1"/>
        """,
    )
    assert read == [
        ("m", "product", "a", {"": "there"}),
        (
            "m",
            "product-links",
            "a",
            {"links": '["product-links",{},"",[["product-link",{"product-id":"b","type":"accessory"},"",[]]]]'},
        ),
        ("m", "product", "b", {"": "there"}),
        ("m", "product-links", "b", {"links": ""}),
        ("m", "product", "c", {"": ""}),
        ("m", "category-assignments", "a", {"category/new": "there", "primary/new": "there", "position/new": "2"}),
        ("m", "category-assignments", "a", {"category/old": "", "primary/old": ""}),
        ("m", "recommendations", "a", {"1/b": "there"}),
    ]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('<images merge-mode="replace"/>', "", True),
        (
            '<images><image-group view-type="a"><image path="1"/></image-group><image-group view-type="b"/></images>',
            '<images><image-group view-type="b"/><image-group view-type="a"><image path="1"/></image-group></images>',
            True,
        ),
        (
            '<images><image-group view-type="a"><image path="1"/><image path="2"/></image-group></images>',
            '<images><image-group view-type="a"><image path="2"/><image path="1"/></image-group></images>',
            False,
        ),
        (
            '<variations><attributes/><variants merge-mode="replace"><variant product-id="v"/></variants></variations>',
            '<variations><variants><variant product-id="v" default="false"/></variants></variations>',
            True,
        ),
        (
            '<bundled-products><bundled-product product-id="p"><quantity>2.0</quantity></bundled-product></bundled-products>',
            '<bundled-products><bundled-product product-id="p"><quantity>2</quantity></bundled-product></bundled-products>',
            True,
        ),
    ],
)
def test_lists_are_alike_where_they_show_the_same(tmp_path: Path, one: str, other: str, alike: bool) -> None:
    products = [in_catalog(tmp_path, f'<product product-id="a">{list_}</product>')[0] for list_ in (one, other)]
    fields = [{name: value for name, value in product.fields.items() if value} for product in products]
    assert (fields[0] == fields[1]) is alike


def test_price_tables_are_told_by_amounts_in_order_and_dated_ones_apart(tmp_path: Path) -> None:
    table = """<price-table product-id="a"><amount quantity="10">8.50</amount><amount quantity="1">9.00</amount></price-table>
        <price-table product-id="a"><online-from>2026-01-01T00:00:00Z</online-from><amount quantity="1">5</amount></price-table>
        <price-table product-id="b" mode="delete-all"/>"""
    header = '<header pricebook-id="eur"><currency>EUR</currency><online-flag>1</online-flag></header>'
    book = f"<pricebook>{header}<price-tables>{table}</price-tables></pricebook>"
    xml = f'<pricebooks xmlns="http://www.demandware.com/xml/impex/pricebook/2006-10-31">{book}</pricebooks>'
    assert list(objects(archive(tmp_path, pricebooks__eur=xml))) == [
        ("eur", "price-book", "eur", {"": "there", "currency/": "EUR", "fields/online-flag/": "true"}),
        ("eur", "price-table", "a", {"": "there", "amounts": '[["1","9"],["10","8.5"]]'}),
        ("eur", "price-table", "a", {"": "there", "amounts/2026-01-01T00:00:00+00:00/": '[["1","5"]]'}),
        ("eur", "price-table", "b", {"": ""}),
    ]


def test_libraries_and_custom_objects_are_read_and_a_private_library_is_its_site_s(tmp_path: Path) -> None:
    library = "http://www.demandware.com/xml/impex/library/2006-10-31"
    objects_of = "http://www.demandware.com/xml/impex/customobject/2006-10-31"
    content = '<folder folder-id="f"><parent>root</parent></folder><content content-id="x"><template>t</template></content>'
    custom = '<custom-object type-id="T" object-id="k"><object-attribute attribute-id="n">1</object-attribute></custom-object>'
    path = archive(
        tmp_path,
        libraries__shared__library=f'<library xmlns="{library}" library-id="shared">{content}</library>',
        sites__RefArch__library__library=f'<library xmlns="{library}"><content content-id="y"/></library>',
        custom_objects__T=f'<custom-objects xmlns="{objects_of}">{custom}</custom-objects>',
        sites__RefArch__custom_objects__T=f'<custom-objects xmlns="{objects_of}">{custom}</custom-objects>',
        sites__RefArch__preferences="<preferences/>",
        meta__system_objecttype_extensions="<metadata/>",
    )
    assert list(objects(path)) == [
        ("shared", "folder", "f", {"": "there", "parent": "root"}),
        ("shared", "content", "x", {"": "there", "fields/template/": "t"}),
        ("sites/RefArch", "content", "y", {"": "there"}),
        ("T", "custom-object", "k", {"": "there", "attributes/n/": "1"}),
    ]


def test_an_archive_that_is_not_whole_is_named_in_one_sentence(tmp_path: Path) -> None:
    cut = archive(tmp_path, catalogs__m__catalog=f'<catalog {CATALOG} catalog-id="m"><product product-id="a"/><prod')
    with pytest.raises(ValueError, match=r"^The archive state.zip of SFCC's objects can't be read: "):
        list(objects(cut))
    (tmp_path / "state.zip").write_bytes(b"PK, but no more")
    with pytest.raises(ValueError, match=r"^The archive state.zip of SFCC's objects can't be read: "):
        list(objects(tmp_path / "state.zip"))


@pytest.mark.parametrize(
    ("text", "value_type", "value"),
    [
        (None, None, ""),
        (" a\r\nb ", None, "a\nb"),
        ("1", BOOLEAN, "true"),
        ("1", None, "1"),
        ("10.00", None, "10"),
        ("007", None, "007"),
        ("007", INT, "7"),
        ("-0.0", DECIMAL, "0"),
        ("100", DECIMAL, "100"),
        ("1e5", None, "1e5"),
        ("2026-01-01T01:00:00.000+01:00", None, "2026-01-01T00:00:00+00:00"),
        ("2026-01-01", DATETIME, "2026-01-01"),
        ("2026-99-01T00:00:00Z", DATETIME, "2026-99-01T00:00:00Z"),
    ],
)
def test_values_are_told_in_one_wording(text: str | None, value_type: object, value: str) -> None:
    assert canonical(text, value_type) == value  # type: ignore[arg-type]
