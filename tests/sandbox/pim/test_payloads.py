"""What items look like: value forms, inheritance, optional parts, filters on values."""

from typing import Any

import pytest
import requests

PLAIN = "11111111-1111-4111-8111-111111111111"
NAMELESS = "22222222-2222-4222-8222-222222222222"
RED_S = "55555555-5555-4555-8555-555555555555"


def data(item: dict[str, Any], code: str) -> Any:
    return item["values"][code][0]["data"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("price", [{"amount": "10.00", "currency": "EUR"}, {"amount": "12.50", "currency": "USD"}]),
        ("weight", {"amount": "0.2500", "unit": "KILOGRAM"}),
        ("length", {"amount": 2, "unit": "METER"}),
        ("stock", 7),
        ("rating", "4.12345"),
        ("color", "red"),
        ("tags", ["new", "sale"]),
        ("released", "2024-03-01T00:00:00+00:00"),
        ("active", True),
        ("sku", "plain"),
    ],
)
def test_data_has_the_form_of_its_type(reader: Any, code: str, expected: Any) -> None:
    assert data(reader.get(f"/products-uuid/{PLAIN}"), code) == expected


def test_a_product_by_uuid_has_its_identifier_among_its_values_only(reader: Any) -> None:
    item = reader.get(f"/products-uuid/{PLAIN}")
    assert list(item) == [
        "uuid", "enabled", "family", "categories", "groups", "parent", "values", "created", "updated", "associations",
        "quantified_associations",
    ]  # fmt: skip
    assert item["values"]["sku"] == [{"locale": None, "scope": None, "data": "plain", "attribute_type": "pim_catalog_identifier"}]
    assert (item["created"], item["updated"]) == ("2025-01-01T09:00:00+00:00", "2025-01-01T09:30:00+00:00")


def test_a_product_by_identifier_names_associated_products_by_identifier(reader: Any) -> None:
    by_identifier, by_uuid = reader.get("/products/plain"), reader.get(f"/products-uuid/{PLAIN}")
    assert by_identifier["identifier"] == "plain"
    assert by_identifier["quantified_associations"]["PACK"]["products"] == [{"identifier": "old", "quantity": 3}]
    assert by_uuid["quantified_associations"]["PACK"] == {
        "products": [{"uuid": "44444444-4444-4444-8444-444444444444", "quantity": 3}],
        "product_models": [{"identifier": "tee", "quantity": 1}],
    }


def test_products_by_identifier_leave_out_those_without(reader: Any) -> None:
    assert len(reader.items("/products-uuid")) == 8
    assert len(reader.items("/products")) == 7


def test_every_plain_association_type_is_listed_even_when_empty(reader: Any) -> None:
    item = reader.get(f"/products-uuid/{NAMELESS}")
    nothing = {"products": [], "product_models": [], "groups": []}
    assert item["associations"] == {"UPSELL": nothing, "X_SELL": nothing}
    assert item["quantified_associations"] == {}


def test_empty_values_are_an_object(reader: Any) -> None:
    assert reader.get("/reference-entities/designers/records/starck")["values"] == {}


def test_a_variant_shows_the_values_of_both_ancestors(reader: Any) -> None:
    item = reader.get(f"/products-uuid/{RED_S}")
    assert data(item, "name") == "Polo"
    assert data(item, "price") == [{"amount": "20.00", "currency": "EUR"}]
    assert data(item, "color") == "red"
    assert data(item, "size") == "S"
    assert item["family"] == "shirt"


def test_a_variant_has_the_sorted_union_of_categories_and_of_associations(reader: Any) -> None:
    item = reader.get(f"/products-uuid/{RED_S}")
    assert item["categories"] == ["folder", "shirts"]
    assert item["associations"]["X_SELL"]["products"] == [PLAIN]


def test_a_parent_in_another_case_is_answered_in_the_models_own_spelling(reader: Any) -> None:
    assert reader.get(f"/products-uuid/{RED_S}")["parent"] == "Polo_Red"


def test_a_sub_model_carries_its_root_values_and_categories(reader: Any) -> None:
    item = reader.get("/product-models/polo_red")
    assert (item["code"], item["parent"], item["family"], item["family_variant"]) == (
        "Polo_Red",
        "polo",
        "shirt",
        "by_color_size",
    )
    assert data(item, "name") == "Polo"
    assert item["categories"] == ["folder", "shirts"]
    assert not item.keys() & {"uuid", "enabled", "groups"}


def test_media_values_link_to_their_download(reader: Any) -> None:
    value = reader.get(f"/products-uuid/{PLAIN}")["values"]["picture"][0]
    assert value["_links"]["download"]["href"] == f"{reader.base}/api/rest/v1/media-files/{value['data']}/download"


def test_completenesses_are_the_filled_share_of_required_values_rounded_down(reader: Any) -> None:
    # ecommerce wants sku, name, price in EUR and USD, size: the variant lacks USD, and in German its name too.
    item = reader.get(f"/products-uuid/{RED_S}", with_completenesses="true")
    assert item["completenesses"] == [
        {"scope": "ecommerce", "locale": "en_US", "data": 75},
        {"scope": "ecommerce", "locale": "de_DE", "data": 50},
        {"scope": "print", "locale": "en_US", "data": 100},
    ]
    assert "completenesses" not in reader.get(f"/products-uuid/{RED_S}")


def test_a_product_without_family_has_no_completenesses(reader: Any) -> None:
    item = reader.get("/products/Loose", with_completenesses="true")
    assert (item["family"], item["completenesses"]) == (None, [])


def test_attribute_options_come_as_linked_data(reader: Any) -> None:
    values = reader.get(f"/products-uuid/{PLAIN}", with_attribute_options="true")["values"]
    assert values["color"][0]["linked_data"] == {"attribute": "color", "code": "red", "labels": {"en_US": "Red"}}
    assert values["tags"][0]["linked_data"]["sale"] == {"attribute": "tags", "code": "sale", "labels": {"en_US": "Sale"}}


def test_linked_data_restores_the_options_own_case(reader: Any) -> None:
    size = reader.get("/products/polo-red-m", with_attribute_options="true")["values"]["size"][0]
    assert (size["data"], size["linked_data"]["code"]) == ("m", "M")


def test_attributes_locales_and_scope_trim_values(reader: Any) -> None:
    def plain(**query: Any) -> Any:
        found = reader.items("/products-uuid", {"identifier": [{"operator": "=", "value": "plain"}]}, **query)
        return found[0]["values"]

    assert plain(attributes="name,color").keys() == {"name", "color"}
    assert [v["locale"] for v in plain(locales="de_DE")["name"]] == ["de_DE"]
    assert "description" not in plain(locales="de_DE")
    assert [v["scope"] for v in plain(scope="print")["description"]] == ["print"]
    assert [v["locale"] for v in plain(scope="print")["name"]] == ["en_US"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"attributes": "sku,nope"}, 'Attribute "nope" does not exist.'),
        ({"attributes": "nope,nor"}, 'Attributes "nope, nor" do not exist.'),
        ({"locales": "fr_FR"}, 'Locale "fr_FR" does not exist or is not activated.'),
        ({"locales": "fr_FR,xx_XX"}, 'Locales "fr_FR, xx_XX" do not exist or are not activated.'),
        ({"locales": "de_DE", "scope": "print"}, 'Locale "de_DE" is not activated for the scope "print".'),
        ({"scope": "nope"}, 'Scope "nope" does not exist.'),
    ],
)
def test_a_trimming_that_cannot_be_is_refused_in_the_pims_words(reader: Any, query: Any, message: str) -> None:
    answer = reader.call("GET", "/products-uuid", params=query)
    assert (answer.status_code, answer.json()) == (422, {"code": 422, "message": message})


def test_scope_drops_products_outside_the_channels_tree_unless_categories_are_asked(reader: Any) -> None:
    def uuids(**query: Any) -> list[str]:
        return [item["uuid"][0] for item in reader.items("/products-uuid", **query)]

    assert uuids(scope="print") == ["1", "5", "6"]
    assert uuids(scope="print", search={"categories": [{"operator": "IN", "value": ["shoes"]}]}) == ["4"]


def test_answers_are_compressed_only_for_clients_that_accept_it(reader: Any) -> None:
    packed = reader.call("GET", "/products-uuid", headers={"Accept-Encoding": "gzip"})
    plain = reader.call("GET", "/products-uuid", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert "Date" in plain.headers


def test_the_search_endpoint_takes_its_filters_in_the_body(reader: Any) -> None:
    body = {"search": '{"enabled":[{"operator":"=","value":false}]}', "attributes": "sku"}
    answer = reader.call("POST", "/products-uuid/search", json=body, params={"limit": 5})
    items = answer.json()["_embedded"]["items"]
    assert [item["values"].keys() for item in items] == [{"sku"}]


GONE = "does not exist or you do not have permission to access it."


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        (
            f"/products-uuid/{'0' * 8}-0000-4000-8000-{'0' * 12}",
            404,
            GONE,
        ),
        ("/products/nope", 404, GONE),
        ("/product-models/nope", 404, GONE),
        ("/families/nope", 404, GONE),
        ("/nothing", 404, 'No route found for "GET /api/rest/v1/nothing"'),
    ],
)
def test_what_does_not_exist_is_404(reader: Any, path: str, status: int, message: str) -> None:
    answer = reader.call("GET", path)
    assert answer.status_code == status
    assert answer.json()["code"] == status
    assert answer.json()["message"].endswith(message)


def test_a_method_that_a_route_lacks_is_405_and_a_wrong_accept_406(reader: Any) -> None:
    answer = reader.call("DELETE", "/families")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PATCH, POST")
    assert reader.call("GET", "/families", headers={"Accept": "text/html"}).status_code == 406
    for accept in ("application/json, text/html", "application/json;charset=utf-8", "text/html, */*;q=0.5"):
        assert reader.call("GET", "/families", headers={"Accept": accept}).status_code == 200


def test_the_route_list_needs_no_token(reader: Any) -> None:
    body = requests.get(reader.base + "/api/rest/v1", timeout=10).json()
    assert body["host"] == reader.base
    assert body["routes"]["pim_api_product_uuid_list"] == {"route": "/api/rest/v1/products-uuid", "methods": ["GET"]}
