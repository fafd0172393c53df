"""Paging as clients see it: links, cursors, limits, windows."""

import sqlite3
from contextlib import closing
from typing import Any

import orjson
import pytest

from sandbox.pim.api_products import list_by_uuid
from sandbox.pim.api_shared import Call, Pim

UUIDS = [f"{d * 8}-{d * 4}-4{d * 3}-8{d * 3}-{d * 12}" for d in "12345678"]


def test_an_offset_page_has_the_links_of_the_real_one(reader: Any) -> None:
    page = reader.get("/products-uuid", limit=3, page=2)
    query = "with_count=false&pagination_type=page&limit=3"
    base = f"{reader.base}/api/rest/v1/products-uuid?page="
    assert page["_links"] == {
        "self": {"href": f"{base}2&{query}"},
        "first": {"href": f"{base}1&{query}"},
        "previous": {"href": f"{base}1&{query}"},
        "next": {"href": f"{base}3&{query}"},
    }
    assert page["current_page"] == 2
    assert "items_count" not in page
    assert [item["uuid"] for item in page["_embedded"]["items"]] == UUIDS[3:6]
    assert page["_embedded"]["items"][0]["_links"] == {"self": {"href": f"{reader.base}/api/rest/v1/products-uuid/{UUIDS[3]}"}}


def test_a_full_last_page_links_to_an_empty_one(reader: Any) -> None:
    last = reader.get("/products-uuid", limit=8)
    empty = reader.get(last["_links"]["next"]["href"])
    assert empty["_embedded"]["items"] == []
    assert "next" not in empty["_links"]


def test_a_search_after_walk_follows_next_links_in_uuid_order_without_count(reader: Any) -> None:
    first = reader.get("/products-uuid", limit=3, pagination_type="search_after", with_count="true")
    assert first["_links"].keys() == {"self", "first", "next"}
    assert "current_page" not in first
    assert "items_count" not in first
    walked = [item["uuid"] for item in reader.walk("/products-uuid", limit=3, pagination_type="search_after")]
    assert walked == UUIDS


def test_the_cursor_of_a_deleted_product_still_works(client: Any) -> None:
    page = client.get("/products-uuid", limit=3, pagination_type="search_after")
    client.delete(f"/products-uuid/{UUIDS[2]}")
    rest = client.get(page["_links"]["next"]["href"])
    assert [item["uuid"] for item in rest["_embedded"]["items"]] == UUIDS[3:6]


def test_products_and_models_walk_in_lower_case_order_of_identifier_and_code(reader: Any) -> None:
    walk = reader.walk("/products", limit=2, pagination_type="search_after")
    assert [p["identifier"] for p in walk] == ["Loose", "old", "plain", "polo-blue-s", "polo-red-m", "polo-red-s", "tee-s"]
    walk = reader.walk("/product-models", limit=1, pagination_type="search_after")
    assert [m["code"] for m in walk] == ["polo", "polo_blue", "Polo_Red", "tee"]


def test_codes_with_letters_beyond_ascii_are_walked_whole(client: Any) -> None:
    for code in ("ÄB", "ÄC", "ÖD", "éa", "Éb"):
        assert client.post("/product-models", {"code": code, "family_variant": "by_size"}).status_code == 201
    walked = {m["code"] for m in client.walk("/product-models", limit=1, pagination_type="search_after")}
    assert walked == {"polo", "polo_blue", "Polo_Red", "tee", "ÄB", "ÄC", "ÖD", "éa", "Éb"}


def test_a_product_deleted_while_its_page_is_read_does_not_end_the_walk(shop: Pim) -> None:
    statements: list[str] = []

    def delete_before_the_wide_rows_are_read(statement: str) -> None:
        if "CAST(p.vals" in statement and not statements:
            statements.append(statement)
            with closing(sqlite3.connect(shop.store.path)) as other, other:
                other.execute("DELETE FROM product WHERE uuid = ?", (UUIDS[1],))

    shop.store.connection.set_trace_callback(delete_before_the_wide_rows_are_read)
    query = {"limit": "3", "pagination_type": "search_after"}
    page = orjson.loads(list_by_uuid(shop, Call("GET", "/products-uuid", {}, query, {}, b"")).body)
    assert statements
    assert [item["uuid"] for item in page["_embedded"]["items"]] == [UUIDS[0], UUIDS[2], UUIDS[3]]
    assert "next" in page["_links"]


def test_with_count_counts_what_the_search_finds(reader: Any) -> None:
    search = '{"enabled":[{"operator":"=","value":true}]}'
    assert reader.get("/products-uuid", limit=1, with_count="true", search=search)["items_count"] == 7


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/products-uuid", {"limit": 101}, "You cannot request more than 100 items."),
        ("/products-uuid", {"page": "string"}, '"string" is not a valid page number.'),
        ("/products-uuid", {"page": 0}, '"0" is not a valid page number.'),
        ("/products-uuid", {"limit": "x"}, '"x" is not a valid limit number.'),
        ("/families", {"pagination_type": "search_after"}, "Pagination type is not supported."),
        ("/products-uuid", {"pagination_type": "magic"}, "Pagination type is not supported."),
    ],
)
def test_bad_paging_parameters_are_422(reader: Any, path: str, query: Any, message: str) -> None:
    answer = reader.call("GET", path, params=query)
    assert (answer.status_code, answer.json()) == (422, {"code": 422, "message": message})


def test_offset_pages_of_products_end_at_item_ten_thousand(reader: Any) -> None:
    assert reader.call("GET", "/products-uuid", params={"page": 100, "limit": 100}).status_code == 200
    beyond = reader.call("GET", "/products-uuid", params={"page": 101, "limit": 100})
    assert beyond.status_code == 422
    assert beyond.json()["message"].startswith("You have reached the maximum number of pages")
    assert "documentation" in beyond.json()["_links"]
    assert reader.call("GET", "/families", params={"page": 101, "limit": 100}).json()["_embedded"] == {"items": []}


def test_next_links_keep_search_and_other_parameters(reader: Any) -> None:
    search = '{"family":[{"operator":"IN","value":["shirt"]}]}'
    walk = list(reader.walk("/products-uuid", limit=2, pagination_type="search_after", search=search, attributes="sku"))
    assert len(walk) == 7
    assert all(item["values"].keys() <= {"sku"} for item in walk)


def test_entities_page_by_search_after_alone(reader: Any) -> None:
    page = reader.get("/asset-families/photos/assets")
    assert page["_links"].keys() == {"self", "first"}
    assert "current_page" not in page
    assert [a["code"] for a in page["_embedded"]["_items"]] == ["photo_1", "photo_2", "photo_3"]
    after = reader.get("/asset-families/photos/assets", search_after="photo_1")
    assert [a["code"] for a in after["_embedded"]["_items"]] == ["photo_2", "photo_3"]
