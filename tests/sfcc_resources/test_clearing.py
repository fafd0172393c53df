"""The table of fields against SFCC's own schemas: order, qualifiers, lengths, and every way of clearing."""

from collections.abc import Callable

import pytest
from lxml import etree

from sfcc_resources import fields, records
from sfcc_resources.clearing import BLANK, CLEARING, IMPOSSIBLE, NIL, CannotClearError, Clearing, can_clear, clearing
from sfcc_resources.record_types import FEED_KINDS
from sfcc_resources.xml.markup import XSI

XSD = "{http://www.w3.org/2001/XMLSchema}"
WHERE = {
    records.PRODUCT: ("catalog", "complexType.Product", "product", "product-id"),
    records.CATEGORY: ("catalog", "complexType.Category", "category", "category-id"),
    records.FOLDER: ("library", "complexType.Folder", "folder", "folder-id"),
    records.CONTENT: ("library", "complexType.Content", "content", "content-id"),
    records.PRICE_BOOK: ("pricebook", "complexType.Header", "header", "pricebook-id"),
}
ALL = [(kind, name) for kind, named in CLEARING.items() for name in named]
NAMESPACES = {kind.name: kind.namespace for kind in FEED_KINDS.values()}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (records.PRODUCT, "online-from", NIL),
        (records.PRODUCT, "search-rank", NIL),
        (records.CATEGORY, "online-to", NIL),
        (records.CATEGORY, "search-rank", IMPOSSIBLE),
        (records.CATEGORY, "position", IMPOSSIBLE),
        (records.CATEGORY, "online-flag", Clearing("reset", "false")),
        (records.PRODUCT, "min-order-quantity", Clearing("reset", "1")),
        (records.PRODUCT, "step-quantity", Clearing("reset", "1")),
        (records.PRODUCT, "searchable-flag", Clearing("reset", "true")),
        (records.PRODUCT, "unit-quantity", IMPOSSIBLE),
        (records.PRODUCT, "tax-class-id", IMPOSSIBLE),
        (records.PRODUCT, "brand", BLANK),
        (records.PRODUCT, "page-title", BLANK),
        (records.PRODUCT, "receipt-name", BLANK),
        (records.PRODUCT, "force-price-flag", IMPOSSIBLE),
        (records.PRODUCT, "custom.anything", BLANK),
        (records.CONTENT, "searchable-flag", NIL),
        (records.FOLDER, "online-flag", IMPOSSIBLE),
        (records.PRICE_BOOK, "online-from", IMPOSSIBLE),
        (records.PRICE_BOOK, "parent", IMPOSSIBLE),
    ],
)
def test_each_field_is_cleared_as_sfcc_allows(kind: str, name: str, expected: Clearing) -> None:
    assert clearing(kind, name) == expected
    assert can_clear(kind, name) is (expected is not IMPOSSIBLE)


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"An SFCC category has no field 'brand'; map to one of: display-name, description"):
        clearing(records.CATEGORY, "brand")


def test_that_a_field_cannot_be_cleared_is_a_value_error() -> None:
    assert issubclass(CannotClearError, ValueError)


def _document(kind: str, name: str, inner: str) -> bytes:
    schema, _, tag, key = WHERE[kind]
    if name in {field.name for field in fields.PAGE}:
        inner = f"<page-attributes>{inner}</page-attributes>"
    if kind == records.PRODUCT and name in {field.name for field in fields.STORE}:
        inner = f"<store-attributes>{inner}</store-attributes>"
    if kind == records.PRICE_BOOK:
        inner = f"<currency>USD</currency>{inner}"
    namespace = f'xmlns="{NAMESPACES[schema]}" xmlns:xsi="{XSI}"'
    return f'<{tag} {namespace} {key}="x">{inner}</{tag}>'.encode()


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "name"), ALL)
def test_the_cleared_element_is_valid_and_what_cannot_be_cleared_is_invalid_when_empty(
    kind: str, name: str, xsd: Callable[[str], etree.XMLSchema]
) -> None:
    # The schemas declare these elements at their top level too, so that one object alone can be validated.
    schema = xsd(WHERE[kind][0])
    way = clearing(kind, name)
    nil = _document(kind, name, f'<{name} xsi:nil="true"/>')
    blank = _document(kind, name, f"<{name}/>")
    if way is NIL:
        assert schema.validate(etree.fromstring(nil)), schema.error_log
        assert not schema.validate(etree.fromstring(blank)), "nil is used only where an empty element isn't allowed"
    elif way is BLANK:
        assert schema.validate(etree.fromstring(blank)), schema.error_log
    else:
        assert not schema.validate(etree.fromstring(blank))
        assert schema.validate(etree.fromstring(nil)) is fields.FIELDS[kind][name].nillable  # so is a site's own value cleared
        if way.way == "reset":
            assert schema.validate(etree.fromstring(_document(kind, name, f"<{name}>{way.value}</{name}>"))), schema.error_log


def _declared(kind: str, xsd_text: etree._Element) -> dict[str, etree._Element]:
    _, type_name, _, _ = WHERE[kind]
    names = [type_name, "complexType.PageAttributes"] + (
        ["complexType.Product.StoreAttributes"] if kind == records.PRODUCT else []
    )
    types = {one.get("name"): one for one in xsd_text.iter(f"{XSD}complexType")}
    return {one.get("name", ""): one for name in names if name in types for one in types[name].iter(f"{XSD}element")}


@pytest.mark.shared
@pytest.mark.parametrize("kind", list(WHERE))
def test_order_qualifier_and_nillable_of_every_field_are_the_schemas(
    kind: str, xsd_text: Callable[[str], etree._Element]
) -> None:
    document = xsd_text(WHERE[kind][0])
    declared = _declared(kind, document)
    ours = [name for name in declared if name in fields.FIELDS[kind]]
    in_order = [name for name in fields.FIELDS[kind] if name not in {field.name for field in (*fields.PAGE, *fields.STORE)}]
    assert [name for name in ours if name in in_order] == in_order
    types = {one.get("name"): one for one in document.iter(f"{XSD}complexType")}
    for name, field in fields.FIELDS[kind].items():
        element = declared[name]
        assert field.nillable is (element.get("nillable") == "true"), name
        of = types.get(element.get("type"))
        qualifiers = {one.get("ref") or one.get("name") for one in of.iter(f"{XSD}attribute")} if of is not None else set()
        assert (field.by if field.by != fields.PLAIN else None) in (qualifiers or {None}), name


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, name in ALL if fields.FIELDS[kind][name].type.max_length])
def test_a_text_of_the_maximum_length_is_valid_and_one_more_is_not(
    kind: str, name: str, xsd: Callable[[str], etree.XMLSchema]
) -> None:
    longest = fields.FIELDS[kind][name].type.max_length
    assert longest is not None
    schema = xsd(WHERE[kind][0])
    assert schema.validate(etree.fromstring(_document(kind, name, f"<{name}>{'x' * longest}</{name}>"))), schema.error_log
    assert not schema.validate(etree.fromstring(_document(kind, name, f"<{name}>{'x' * (longest + 1)}</{name}>")))
