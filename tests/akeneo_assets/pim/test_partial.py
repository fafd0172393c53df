from typing import Any

import msgspec
import orjson
import pytest

from akeneo_assets.pim.paging import items
from akeneo_assets.pim.partial import TEXT, item_parser, page_parser, whole_item, whole_page, whole_page_parser

LINKS: dict[str, Any] = {"self": {"href": "https://pim.example/api/rest/v1/products-uuid/1"}}
PRODUCT: dict[str, Any] = {
    "uuid": "1",
    "family": "shirts",
    "parent": None,
    "values": {
        "sku": [{"locale": None, "scope": None, "data": "S-1"}],
        "text": [{"locale": None, "scope": None, "data": 'says "_links":{} and \\, é'}],
    },
    "associations": {"PACK": {"products": ["2"], "product_models": [], "groups": []}},
    "completenesses": [{"scope": "ecommerce", "locale": "en_US", "data": 50}],
}


def page(*texts: bytes) -> bytes:
    return b'{"_links":{"next":{"href":"/next"}},"_embedded":{"items":[' + b",".join(texts) + b"]}}"


def parsed(*texts: bytes) -> list[dict[str, Any]]:
    return items(page_parser({"sku"})(page(*texts)))


@pytest.mark.parametrize("place", ["first", "last", "alone"])
def test_an_item_keeps_its_whole_text_without_its_links(place: str) -> None:
    given = {"first": {"_links": LINKS, **PRODUCT}, "last": {**PRODUCT, "_links": LINKS}, "alone": {"_links": LINKS}}[place]
    (item,) = parsed(orjson.dumps(given))
    assert orjson.loads(item[TEXT]) == ({} if place == "alone" else PRODUCT)


def test_only_what_identifies_and_relates_an_item_is_parsed() -> None:
    (item,) = parsed(orjson.dumps({"_links": LINKS, **PRODUCT}))
    assert {name: value for name, value in item.items() if name != TEXT} == {
        "uuid": "1",
        "family": "shirts",
        "parent": None,
        "values": {"sku": PRODUCT["values"]["sku"]},
        "associations": PRODUCT["associations"],
    }


def test_the_text_is_the_pims_own_spelling() -> None:
    (item,) = parsed(b'{"_links":{},"uuid":"1","values":{"a":[{"data":"caf\\u00e9 \\/ 1.50"}]}}')
    assert item[TEXT] == b'{"uuid":"1","values":{"a":[{"data":"caf\\u00e9 \\/ 1.50"}]}}'


@pytest.mark.parametrize("values", [b"[]", b"null"])
def test_a_product_without_values_may_have_an_empty_array_of_them(values: bytes) -> None:
    (item,) = parsed(b'{"_links":{},"uuid":"1","values":' + values + b"}")
    assert not item["values"]


def test_links_written_with_blanks_are_left_out_too() -> None:
    (item,) = parsed(b'{"_links" : {}, "uuid": "1"}')
    assert orjson.loads(item[TEXT]) == {"uuid": "1"}


def test_a_page_of_another_shape_is_parsed_whole() -> None:
    assert page_parser(())(b'{"_links":{}}') == {"_links": {}}
    assert page_parser(())(b'[{"uuid":"1"}]') == [{"uuid": "1"}]


def test_what_is_no_json_is_an_error_as_everywhere() -> None:
    with pytest.raises(orjson.JSONDecodeError):
        page_parser(())(b"<html>")


@pytest.mark.parametrize(
    "text",
    [
        b'{"uuid":"1","values":{"text":[{"data":"\xff"}]}}',  # no UTF-8, in what is passed over
        b'{"uuid":"\xff"}',
        b'{"uuid":"1","values":{"text":[{"data":NaN}]}}',
        b'{"uuid":"1","values":{"text":[{"data":"\\ud800"}]}}',
        b'{"uuid":"1",}',
        b'{"uuid":"1","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_what_is_no_json_within_an_item_is_an_error_as_well(text: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parsed(text)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ('"x"', "object"),
        ('{"uuid":"1","parent":5}', "parent"),
        ('{"uuid":"1","family":["a"]}', "family"),
        ('{"uuid":"1","groups":"a"}', "groups"),
        ('{"uuid":"1","enabled":"yes"}', "enabled"),
        ('{"uuid":"1","created":5}', "created"),
        ('{"uuid":"1","values":"none"}', "values"),
        ('{"uuid":"1","values":[1]}', "values"),
        ('{"uuid":"1","associations":["X"]}', "associations"),
        ('{"uuid":"1","associations":{"X":{"products":"a"}}}', "associations"),
        ('{"uuid":"1","quantified_associations":{"X":{"products":[{"uuid":"2"}]}}}', "quantity"),
    ],
)
def test_a_field_of_another_type_than_documented_is_told(item: str, said: str) -> None:
    for parse in (page_parser({"sku"}), whole_page):
        with pytest.raises(msgspec.ValidationError, match=said):
            parse(page(item.encode()))


@pytest.mark.parametrize("values", ['"S-1"', '[{"locale":null}]', '[{"data":{"a":1}}]', '[{"data":7}]'])
def test_a_value_that_must_be_a_text_is_none_else(values: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="sku"):
        page_parser((), {"sku"})(page(b'{"uuid":"1","values":{"sku":' + values.encode() + b"}}"))


@pytest.mark.parametrize("values", ['"x"', '["x"]', '[{"locale":null}]', '[{"data":1,"locale":5}]'])
def test_a_page_parsed_whole_has_values_of_the_documented_shape(values: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        whole_page(page(b'{"uuid":"1","values":{"any":' + values.encode() + b"}}"))


@pytest.mark.parametrize("data", ["7", '{"a":1}', "true"])
def test_a_page_parsed_whole_has_texts_where_texts_are_asked_for(data: str) -> None:
    content = page(b'{"uuid":"1","values":{"picture":[{"data":' + data.encode() + b"}]}}")
    with pytest.raises(msgspec.ValidationError, match="picture"):
        whole_page_parser({"picture"})(content)
    assert len(items(whole_page_parser({"sku"})(content))) == 1


@pytest.mark.parametrize(
    ("parse", "written"),
    [(whole_page, b'{"_links":{},"uuid":"1","x":%s}'), (page_parser(()), b'{"_links" : {}, "uuid": "1", "x": %s}')],
    ids=["parsed whole", "links written with blanks"],
)
def test_an_item_that_nests_too_deep_to_be_written_again_is_told(parse: Any, written: bytes) -> None:
    with pytest.raises(msgspec.ValidationError, match="an item nests too deep"):
        parse(page(written % (b"[" * 300 + b"]" * 300)))
    assert items(parse(page(written % (b"[" * 100 + b"]" * 100))))


@pytest.mark.parametrize("number", [b"1e999", b"-1E+400", b"9" * 400])
def test_a_number_that_no_computer_holds_is_data_of_no_attributes_shape(number: bytes) -> None:
    values = b'"values":{"width":[{"data":' + number + b'}],"height":[{"data":2.5}],"rank":[{"data":7}]}'
    (item,) = items(page_parser({"sku"})(page(b'{"uuid":"1",' + values + b"}")))
    read = whole_item(item[TEXT])["values"]
    assert read == {"width": [{"data": {"number": number.decode()}}], "height": [{"data": 2.5}], "rank": [{"data": 7}]}
    assert isinstance(read["rank"][0]["data"], int)


def test_a_number_that_no_computer_holds_does_not_stop_filters() -> None:
    item = item_parser({"width"})(b'{"code":"mug","values":{"width":[{"data":1e999}]}}')
    assert item["values"] == {"width": [{"data": {"number": "1e999"}}]}


def test_other_values_may_have_any_data() -> None:
    link = b'{"uuid":"1","values":{"link":[{"data":{"type":"product","id":"2"},"locale":null,"scope":null}]}}'
    (item,) = items(page_parser({"link"}, {"sku"})(page(link)))
    assert item["values"]["link"][0]["data"] == {"type": "product", "id": "2"}


def test_an_item_without_dates_and_links_is_an_item() -> None:
    assert parsed(b'{"uuid":"1"}') == [{"uuid": "1", TEXT: b'{"uuid":"1"}'}]
    assert (
        parsed(b'{"uuid":"1","created":null,"updated":null,"associations":[],"quantified_associations":[]}')[0]["created"] is None
    )


def test_the_last_of_two_equal_keys_counts_as_in_every_reader_of_json() -> None:
    assert parsed(b'{"uuid":"1","uuid":"2"}')[0]["uuid"] == "2"


def test_the_links_of_the_page_stay() -> None:
    assert page_parser(())(page())["_links"]["next"]["href"] == "/next"


def test_a_filter_sees_an_item_s_places_and_completeness_and_the_values_that_it_names() -> None:
    item = item_parser({"sku"})(orjson.dumps({**PRODUCT, "categories": ["tees"], "quality_scores": []}))
    assert item["values"] == {"sku": PRODUCT["values"]["sku"]}
    assert (item["categories"], item["completenesses"], item["family"]) == (["tees"], PRODUCT["completenesses"], "shirts")
    assert item_parser(())(b'{"uuid":"1","values":[]}')["values"] == []
