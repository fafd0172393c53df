"""Writes to products and models: what merges, what is refused, and which stamps move."""

import json
from typing import Any

import pytest

PLAIN = "11111111-1111-4111-8111-111111111111"
NAMELESS = "22222222-2222-4222-8222-222222222222"
OLD = "44444444-4444-4444-8444-444444444444"
RED_S = "55555555-5555-4555-8555-555555555555"
RED_M = "66666666-6666-4666-8666-666666666666"
BLUE_S = "77777777-7777-4777-8777-777777777777"
TEE_S = "88888888-8888-4888-8888-888888888888"
NOW = "2025-06-01T12:00:00+00:00"


def value(data: Any, locale: str | None = None, scope: str | None = None) -> list[dict[str, Any]]:
    return [{"locale": locale, "scope": scope, "data": data}]


def changed_since(client: Any, path: str, moment: str) -> list[str]:
    search = {"updated": [{"operator": ">", "value": moment}]}
    return [item.get("uuid", item.get("code")) for item in client.items(path, search)]


def test_a_given_value_replaces_its_locale_and_scope_alone(client: Any) -> None:
    assert client.patch(f"/products-uuid/{PLAIN}", {"values": {"name": value("Neu", "de_DE")}}).status_code == 204
    item = client.get(f"/products-uuid/{PLAIN}")
    assert {v["locale"]: v["data"] for v in item["values"]["name"]} == {"en_US": "Plain shirt", "de_DE": "Neu"}
    assert item["values"]["stock"][0]["data"] == 7
    assert item["updated"] == NOW


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_data_erases_and_the_key_disappears(client: Any, empty: Any) -> None:
    client.patch(f"/products-uuid/{PLAIN}", {"values": {"note": [], "color": value(empty)}})
    assert "color" not in client.get(f"/products-uuid/{PLAIN}")["values"]


def test_a_patch_that_changes_nothing_moves_no_stamp(client: Any) -> None:
    item = client.get(f"/products-uuid/{PLAIN}")
    item["categories"].reverse()
    assert client.patch(f"/products-uuid/{PLAIN}", item).status_code == 204
    assert client.get(f"/products-uuid/{PLAIN}")["updated"] == "2025-01-01T09:30:00+00:00"
    assert changed_since(client, "/products-uuid", "2025-05-01 00:00:00") == []


def test_lists_replace_and_association_types_merge(client: Any) -> None:
    body = {"categories": ["shoes"], "groups": [], "associations": {"X_SELL": {"products": [OLD]}}}
    client.patch(f"/products-uuid/{PLAIN}", body)
    item = client.get(f"/products-uuid/{PLAIN}")
    assert (item["categories"], item["groups"]) == (["shoes"], [])
    assert item["associations"]["X_SELL"]["products"] == [OLD]
    assert item["associations"]["UPSELL"]["product_models"] == ["polo"]
    client.patch(f"/products-uuid/{PLAIN}", {"associations": {"UPSELL": {"product_models": []}}})
    assert client.get(f"/products-uuid/{PLAIN}")["associations"]["UPSELL"]["product_models"] == []
    assert client.get(f"/products-uuid/{PLAIN}")["associations"]["UPSELL"]["groups"] == ["promo"]


def test_a_created_product_answers_201_with_its_address(client: Any) -> None:
    answer = client.post("/products-uuid", {"values": {"sku": value("new")}, "family": "SHIRT"})
    assert answer.status_code == 201
    item = client.get(answer.headers["Location"])
    assert (item["family"], item["enabled"], item["created"], item["updated"]) == ("shirt", True, NOW, NOW)
    assert client.post("/products", {"identifier": "other"}).headers["Location"] == f"{client.base}/api/rest/v1/products/other"


def test_patching_an_unknown_product_creates_it(client: Any) -> None:
    uuid = "99999999-9999-4999-8999-999999999999"
    assert client.patch(f"/products-uuid/{uuid}", {"values": {"sku": value("nine")}}).status_code == 201
    assert client.patch("/products/ten", {}).status_code == 201
    assert client.get("/products/ten")["values"]["sku"][0]["data"] == "ten"


def test_a_changed_root_model_moves_its_own_stamp_and_the_filter_of_all_below(client: Any, clock: Any) -> None:
    client.patch("/product-models/polo", {"values": {"name": value("Polo 2", "en_US")}})
    assert client.get("/product-models/polo")["updated"] == NOW
    assert client.get("/product-models/polo_red")["updated"] == "2025-01-01T11:00:00+00:00"
    assert changed_since(client, "/product-models", "2025-05-01 00:00:00") == ["polo", "polo_blue", "Polo_Red"]
    moved = changed_since(client, "/products-uuid", "2025-05-01 00:00:00")
    assert [uuid[0] for uuid in moved] == ["5", "6", "7"]
    variant = client.get(f"/products-uuid/{RED_S}")
    assert variant["updated"] == "2025-01-01T08:00:00+00:00"
    assert variant["values"]["name"][0]["data"] == "Polo 2"


def test_a_changed_sub_model_moves_only_its_own_variants(client: Any) -> None:
    client.patch("/product-models/Polo_Red", {"categories": ["folder", "shoes"]})
    assert [uuid[0] for uuid in changed_since(client, "/products-uuid", "2025-05-01 00:00:00")] == ["5", "6"]
    assert client.get(f"/products-uuid/{RED_S}")["categories"] == ["folder", "shirts", "shoes"]


def test_a_models_associations_and_completeness_reach_its_variants(client: Any) -> None:
    price = [{"amount": "20", "currency": "EUR"}, {"amount": "25", "currency": "USD"}]
    client.patch("/product-models/polo", {"values": {"price": value(price)}, "associations": {"X_SELL": {"products": []}}})
    item = client.get(f"/products-uuid/{RED_S}", with_completenesses="true")
    assert item["associations"]["X_SELL"]["products"] == []
    assert item["completenesses"][0] == {"scope": "ecommerce", "locale": "en_US", "data": 100}


def test_a_variant_may_repeat_an_inherited_value_but_not_set_one(client: Any) -> None:
    assert client.patch(f"/products-uuid/{RED_S}", {"values": {"name": value("Polo", "en_US")}}).status_code == 204
    assert client.get(f"/products-uuid/{RED_S}")["updated"] == "2025-01-01T08:00:00+00:00"
    refused = client.patch(f"/products-uuid/{RED_S}", {"values": {"name": value("Mine", "en_US")}})
    assert refused.status_code == 422
    assert "not in the attribute set" in refused.json()["errors"][0]["message"]


def test_inherited_categories_are_not_taken_as_own(client: Any) -> None:
    client.patch(f"/products-uuid/{RED_S}", {"categories": ["shirts", "folder", "shoes"]})
    client.patch("/product-models/Polo_Red", {"categories": []})
    assert client.get(f"/products-uuid/{RED_S}")["categories"] == ["shirts", "shoes"]


def test_new_models_and_variants_can_be_made(client: Any) -> None:
    green = {"attribute": "color", "code": "green"}
    assert client.post("/attributes/color/options", green).status_code == 201
    body = {"code": "polo_green", "parent": "polo", "family_variant": "by_color_size", "values": {"color": value("green")}}
    assert client.post("/product-models", body).status_code == 201
    assert client.get("/product-models/polo_green")["values"]["name"][0]["data"] == "Polo"
    variant = {"identifier": "polo-green-l", "parent": "polo_green", "values": {"size": value("L")}}
    assert client.post("/products", variant).status_code == 201
    assert client.get("/products/polo-green-l")["values"]["color"][0]["data"] == "green"
    assert client.get("/products/polo-green-l")["family"] == "shirt"


def test_a_simple_product_can_become_a_variant_and_back(client: Any) -> None:
    assert client.patch("/products/plain", {"parent": "tee"}).status_code == 204
    item = client.get("/products/plain")
    assert item["values"]["name"][0]["data"] == "Tee"
    assert item["values"]["size"][0]["data"] == "M"
    assert "released" not in item["values"]
    assert client.patch("/products/plain", {"parent": None}).status_code == 204
    back = client.get("/products/plain")
    assert (back["parent"], back["values"]["name"][0]["data"]) == (None, "Tee")


def test_a_two_way_association_is_kept_on_both_sides(client: Any) -> None:
    client.post("/association-types", {"code": "MATCHES", "is_two_way": True})
    both = {"products": [OLD], "product_models": ["tee"]}
    client.patch(f"/products-uuid/{PLAIN}", {"associations": {"MATCHES": both}})
    old = client.get(f"/products-uuid/{OLD}")
    assert (old["associations"]["MATCHES"]["products"], old["updated"]) == ([PLAIN], NOW)
    assert client.get("/product-models/tee")["associations"]["MATCHES"]["products"] == ["plain"]
    assert client.get(f"/products-uuid/{TEE_S}")["associations"]["MATCHES"]["products"] == [PLAIN]
    client.patch(f"/products-uuid/{PLAIN}", {"associations": {"MATCHES": {"products": []}}})
    assert client.get(f"/products-uuid/{OLD}")["associations"]["MATCHES"]["products"] == []
    assert client.get("/product-models/tee")["associations"]["MATCHES"]["products"] == ["plain"]


def test_removing_a_two_way_association_changes_both_ends_and_stamps_the_edited_one_only(client: Any, clock: Any) -> None:
    client.post("/association-types", {"code": "MATCHES", "is_two_way": True})
    client.patch(f"/products-uuid/{PLAIN}", {"associations": {"MATCHES": {"products": [OLD], "product_models": ["tee"]}}})
    clock.now += 600
    client.patch(f"/products-uuid/{PLAIN}", {"associations": {"MATCHES": {"products": [], "product_models": []}}})
    changed = {"updated": [{"operator": ">", "value": "2025-06-01 12:00:00"}]}
    assert [p["uuid"] for p in client.items("/products-uuid", changed)] == [PLAIN]
    assert client.items("/product-models", changed) == []
    for path in (f"/products-uuid/{OLD}", "/product-models/tee"):
        other = client.get(path)
        assert (other["associations"]["MATCHES"]["products"], other["updated"]) == ([], NOW)


def test_deleting_a_product_takes_it_out_of_associations_without_moving_their_stamps(client: Any) -> None:
    assert client.delete(f"/products-uuid/{OLD}").status_code == 204
    assert client.call("GET", f"/products-uuid/{OLD}").status_code == 404
    assert client.delete(f"/products-uuid/{OLD}").status_code == 404
    item = client.get(f"/products-uuid/{PLAIN}")
    assert item["quantified_associations"]["PACK"]["products"] == []
    assert item["updated"] == "2025-01-01T09:30:00+00:00"
    assert client.delete("/products/plain").status_code == 204
    assert client.get(f"/products-uuid/{RED_S}")["associations"]["X_SELL"]["products"] == []


def test_deleting_a_model_takes_everything_below_along(client: Any) -> None:
    assert client.delete("/product-models/polo").status_code == 204
    assert [m["code"] for m in client.items("/product-models")] == ["tee"]
    assert [p["uuid"][0] for p in client.items("/products-uuid")] == ["1", "2", "3", "4", "8"]
    assert client.get(f"/products-uuid/{PLAIN}")["associations"]["UPSELL"]["product_models"] == []


def test_a_bulk_patch_answers_one_line_an_item_in_order(client: Any) -> None:
    lines = client.bulk(
        "/products-uuid",
        [
            {"uuid": PLAIN, "enabled": False},
            {"uuid": "99999999-9999-4999-8999-999999999999", "family": "shirt"},
            {"uuid": NAMELESS, "group": "x"},
            {"family": "shirt"},
            {"uuid": "nonsense"},
        ],
    )
    assert [line["status_code"] for line in lines] == [204, 201, 422, 422, 422]
    assert lines[0] == {"line": 1, "uuid": PLAIN, "status_code": 204}
    assert lines[2]["message"] == 'Property "group" does not exist. Check the expected format on the API documentation.'
    assert lines[3] == {"line": 4, "status_code": 422, "message": "Uuid is missing."}
    models = client.bulk("/product-models", [{"code": "tee", "categories": ["shoes"]}, {"code": "x"}])
    assert [line["status_code"] for line in models] == [204, 422]


def test_a_bulk_of_101_is_413_and_a_bad_line_400(client: Any) -> None:
    headers = {"Content-Type": "application/vnd.akeneo.collection+json"}
    many = "\n".join(json.dumps({"identifier": f"n{n}"}) for n in range(101))
    answer = client.call("PATCH", "/products", data=many, headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (413, "Too many resources to process, 100 is the maximum allowed.")
    broken = client.call("PATCH", "/products", data='{"identifier":', headers=headers)
    assert json.loads(broken.text) == {"line": 1, "status_code": 400, "message": "Invalid json message received"}
    assert client.call("PATCH", "/products", json=[]).status_code == 415


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"family": "nope"}, 'Property "family" expects a valid family code. The family does not exist, "nope" given.'),
        ({"categories": ["nope"]}, 'Property "categories" expects a valid category code. The category does not exist, "nope"'),
        ({"parent": "nope"}, 'Property "parent" expects a valid parent code. The parent product model does not exist, "nope"'),
        ({"values": {"nope": value(1)}}, "The nope attribute does not exist in your PIM."),
        ({"values": {"name": value("x")}}, "The name attribute requires a locale."),
        ({"values": {"stock": value(1, "en_US")}}, 'The stock attribute does not require a locale, "en_US" was detected.'),
        ({"values": {"name": value("x", "fr_FR")}}, 'The name attribute requires a valid locale. The "fr_FR" locale does'),
        ({"values": {"description": value("x", "de_DE", "print")}}, 'The "de_DE" locale is not activated for the "print"'),
        ({"associations": {"NOPE": {"products": []}}}, 'Property "associations" expects a valid association type code.'),
        ({"enabled": "yes"}, 'Property "enabled" expects a boolean as data, "yes" given.'),
        ({"nope": 1}, 'Property "nope" does not exist.'),
    ],
)  # fmt: skip
def test_what_a_product_cannot_hold_is_refused_by_name(client: Any, body: Any, message: str) -> None:
    answer = client.patch(f"/products-uuid/{PLAIN}", body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)
    assert client.get(f"/products-uuid/{PLAIN}")["updated"] == "2025-01-01T09:30:00+00:00"


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            f"/products-uuid/{PLAIN}",
            {"values": {"color": value("pink")}},
            "The pink value is not in the color attribute option list.",
        ),
        (f"/products-uuid/{PLAIN}", {"values": {"stock": value("1.5")}}, "The stock attribute requires a non-decimal value"),
        (
            f"/products-uuid/{PLAIN}",
            {"values": {"sku": value("TEE-S")}},
            "The TEE-S identifier is already used for another product.",
        ),
        (f"/products-uuid/{RED_S}", {"values": {"size": value("M")}}, 'Cannot set value "[M]" for the attribute axis "size"'),
        (f"/products-uuid/{RED_S}", {"values": {"size": value(None)}}, 'Attribute "size" cannot be empty'),
        (f"/products-uuid/{PLAIN}", {"parent": "polo"}, 'The product model "polo" cannot be a parent of a variant product.'),
        ("/product-models/tee", {"parent": "polo"}, "The parent of a sub-model is a root model of the same family variant."),
        ("/product-models/polo_blue", {"parent": None}, "The parent of a sub-model is a root model of the same family variant."),
        ("/product-models/polo_blue", {"parent": "tee"}, "The parent of a sub-model is a root model of the same family variant."),
        (
            "/product-models/new",
            {"parent": "polo", "family_variant": "by_size"},
            'The product model "polo" cannot have a product',
        ),
        ("/product-models/new", {}, "The product model family variant must not be empty."),
    ],
)
def test_what_breaks_a_rule_is_refused_by_the_validator(client: Any, path: str, body: Any, message: str) -> None:
    answer = client.patch(path, body)
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation failed.")
    assert answer.json()["errors"][0]["message"].startswith(message)


PRODUCT = {"uuid", "family", "parent", "groups", "categories", "values", "associations", "quantified_associations"}
FORMS = [
    *((f"/products-uuid/{PLAIN}", {name: 7}) for name in sorted(PRODUCT)),
    (f"/products-uuid/{PLAIN}", {"values": {"stock": value(1), "note": [None]}}),
    (f"/products-uuid/{PLAIN}", {"values": {"note": value("x", locale={})}}),  # type: ignore[arg-type]
    (f"/products-uuid/{PLAIN}", {"associations": {"X_SELL": {"products": [None]}}}),
    (f"/products-uuid/{PLAIN}", {"quantified_associations": {"PACK": {"products": [{"uuid": PLAIN, "quantity": "two"}]}}}),
    ("/product-models/polo", {"values": []}),
    ("/attributes/note", {"labels": "Note"}),
    ("/attributes/note", {"available_locales": "de_DE"}),
    ("/attribute-groups/main", {"attributes": 7}),
    ("/families/shirt", {"attribute_requirements": {"ecommerce": "sku"}}),
    ("/families/shirt/variants/by_size", {"variant_attribute_sets": [{"axes": ["size"]}]}),
    ("/channels/print", {"locales": [None]}),
    ("/channels/print", {"conversion_units": 7}),
    ("/categories/shoes", {"parent": 7}),
    ("/asset-families/photos/assets/photo_1", {"values": {"label": "Photo"}}),
    ("/reference-entities/designers", {"labels": 7}),
]


@pytest.mark.parametrize(("path", "body"), FORMS)
def test_a_property_of_the_wrong_form_is_refused_and_leaves_the_pim_whole(client: Any, path: str, body: Any) -> None:
    before = client.get(path)
    answer = client.patch(path, body)
    assert answer.status_code == 422, answer.text
    assert client.get(path) == before
    assert len(client.items("/products-uuid")) == 8


def test_a_sub_model_moves_to_another_root_of_its_family_variant(client: Any) -> None:
    club = {
        "code": "club",
        "family_variant": "by_color_size",
        "values": {"name": value("Club", "en_US")},
        "categories": ["shoes"],
    }
    assert client.post("/product-models", club).status_code == 201
    assert client.patch("/product-models/polo_red", {"parent": "CLUB"}).status_code == 204
    moved = client.get("/product-models/Polo_Red")
    assert (moved["parent"], moved["categories"], moved["updated"]) == ("club", ["folder", "shoes"], NOW)
    variant = client.get(f"/products-uuid/{RED_S}")
    assert (variant["values"]["name"][0]["data"], variant["categories"]) == ("Club", ["folder", "shoes"])
    assert changed_since(client, "/products-uuid", "2025-05-01 00:00:00") == [RED_S, RED_M]
    assert [p["uuid"] for p in client.items("/products-uuid", {"parent": [{"operator": "=", "value": "club"}]})] == [RED_S, RED_M]


def test_a_broken_body_is_400_and_another_content_type_415(client: Any) -> None:
    broken = client.call("PATCH", f"/products-uuid/{PLAIN}", data="{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()) == (400, {"code": 400, "message": "Invalid json message received"})
    assert client.call("POST", "/products-uuid", data="x", headers={"Content-Type": "text/plain"}).status_code == 415
    missing = client.call("POST", "/products-uuid", data=b"x")
    assert missing.json()["message"] == 'The "Content-Type" header is missing. "application/json" has to be specified as value.'


def test_an_identifier_can_be_changed_and_taken_away(client: Any) -> None:
    client.patch(f"/products-uuid/{PLAIN}", {"values": {"sku": value("renamed")}})
    assert client.get("/products/renamed")["uuid"] == PLAIN
    client.patch(f"/products-uuid/{PLAIN}", {"values": {"sku": value(None)}})
    assert client.call("GET", "/products/renamed").status_code == 404
    assert "sku" not in client.get(f"/products-uuid/{PLAIN}")["values"]
