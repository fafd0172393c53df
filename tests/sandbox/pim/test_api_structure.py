"""The PIM's structure: lists and their filters, writes, and what a change does to products."""

import json
from typing import Any

import pytest

PLAIN = "11111111-1111-4111-8111-111111111111"
RED_S = "55555555-5555-4555-8555-555555555555"
LATE = "2025-05-01T00:00:00+00:00"


def codes(client: Any, path: str, search: Any = None) -> list[str]:
    return [item["code"] for item in client.items(path, search)]


def values_of(client: Any, uuid: str = PLAIN) -> Any:
    return client.get(f"/products-uuid/{uuid}")["values"]


def one(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {name: [{"operator": operator, "value": value}]}


def test_categories_come_in_tree_order_with_their_position(reader: Any) -> None:
    items = reader.items("/categories", with_position="true")
    assert [(c["code"], c["parent"], c["position"]) for c in items] == [
        ("master", None, 1), ("clothes", "master", 1), ("shirts", "clothes", 1), ("shoes", "master", 2), ("paper", None, 2),
        ("folder", "paper", 1),
    ]  # fmt: skip
    assert {c["updated"] for c in items} == {"2025-01-01T08:00:00+00:00"}


def test_options_come_in_their_order_and_by_code_where_it_is_equal(client: Any) -> None:
    """Whatever the case of a code, and in whatever order they were made."""
    for code, order in (("cherry", 5), ("Banana", 5), ("zest", 4), ("apple", 5), ("Date", 6)):
        client.patch(f"/attributes/color/options/{code}", {"sort_order": order})
    assert codes(client, "/attributes/color/options") == ["red", "blue", "zest", "apple", "Banana", "cherry", "Date"]
    pages = [client.get("/attributes/color/options", limit=3, page=n)["_embedded"]["items"] for n in (1, 2, 3)]
    assert [[o["code"] for o in page] for page in pages] == [["red", "blue", "zest"], ["apple", "Banana", "cherry"], ["Date"]]


def test_properties_of_newer_pims_are_shown_where_they_were_given(client: Any) -> None:
    assert not {"is_mandatory", "decimal_places", "decimal_places_strategy"} & client.get("/attributes/rating").keys()
    assert "channel_requirements" not in client.get("/categories/master")
    newer = {"is_mandatory": True, "decimal_places": 2, "decimal_places_strategy": "round"}
    assert client.patch("/attributes/rating", newer).status_code == 204
    assert client.patch("/categories/master", {"channel_requirements": ["ecommerce"]}).status_code == 204
    assert newer.items() <= client.get("/attributes/rating").items()
    assert client.get("/categories/master")["channel_requirements"] == ["ecommerce"]
    refused = client.patch("/attributes/rating", {"decimal_places_strategy": "guess"})
    assert (refused.status_code, "decimal_places_strategy" in refused.json()["message"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "search", "expected"),
    [
        ("/attributes", one("code", "IN", ["COLOR", "sku"]), ["color", "sku"]),
        ("/attributes", one("type", "IN", ["pim_catalog_simpleselect"]), ["color", "size"]),
        ("/attributes", one("is_main_identifier", "=", True), ["sku"]),
        ("/attributes", one("updated", ">", LATE), []),
        ("/families", one("has_products", "=", False), ["unused"]),
        ("/families", one("code", "IN", ["shirt"]), ["shirt"]),
        ("/attribute-groups", one("code", "IN", ["main"]), ["main"]),
        ("/categories", one("is_root", "=", True), ["master", "paper"]),
        ("/categories", one("parent", "=", "master"), ["clothes", "shirts", "shoes"]),
        ("/locales", one("enabled", "=", True), ["de_DE", "en_US"]),
        ("/currencies", one("enabled", "=", False), ["GBP"]),
    ],
)
def test_structural_filters(reader: Any, path: str, search: Any, expected: list[str]) -> None:
    assert codes(reader, path, search) == expected


@pytest.mark.parametrize(
    ("path", "search"),
    [
        ("/attributes", one("updated", "<", LATE)),
        ("/attributes", one("updated", ">", "2025-05-01 00:00:00")),
        ("/attributes", one("nothing", "=", 1)),
        ("/attributes", one("code", "IN", "sku")),
        ("/channels", one("code", "IN", ["print"])),
        ("/attributes", {**one("code", "IN", ["none_of_them"]), **one("nothing", "=", 1)}),
        ("/families/unused/variants", one("code", "IN", ["an_empty_list"])),
        ("/families", one("has_products", "=", "yes")),
        ("/categories", one("parent", "=", 7)),
    ],
)
def test_a_wrong_structural_filter_is_400(reader: Any, path: str, search: Any) -> None:
    assert reader.call("GET", path, params={"search": json.dumps(search)}).status_code == 400


def test_an_attribute_group_lists_its_attributes_and_attributes_carry_its_labels(reader: Any) -> None:
    assert "sku" in reader.get("/attribute-groups/main")["attributes"]
    assert reader.get("/attributes/sku")["group_labels"] == {"en_US": "Main"}


def test_a_family_variant_lists_its_common_attributes_and_the_identifier_at_the_last_level(reader: Any) -> None:
    variant = reader.get("/families/shirt/variants/by_color_size")
    assert [s["attributes"] for s in variant["variant_attribute_sets"]] == [["color", "picture"], ["size", "stock", "sku"]]
    assert not {"color", "size", "sku"} & set(variant["common_attributes"])


def test_options_of_an_attribute_without_options_are_404(reader: Any) -> None:
    assert reader.call("GET", "/attributes/name/options").status_code == 404
    assert reader.call("GET", "/attributes/nope/options").status_code == 404


def test_a_relabelled_option_moves_the_attributes_filter_and_no_product(client: Any) -> None:
    assert client.patch("/attributes/color/options/red", {"labels": {"de_DE": "Rot"}}).status_code == 204
    assert client.get("/attributes/color/options/red")["labels"] == {"en_US": "Red", "de_DE": "Rot"}
    assert codes(client, "/attributes", one("updated", ">", LATE)) == ["color"]
    assert client.items("/products-uuid", one("updated", ">", "2025-05-01 00:00:00")) == []
    client.patch("/attributes/color/options/red", {"labels": {"en_US": None}})
    assert client.get("/attributes/color/options/red")["labels"] == {"de_DE": "Rot"}


def test_values_of_a_deleted_option_vanish_and_come_back_with_it_without_moving_stamps(client: Any) -> None:
    client.delete("/attributes/color/options/red")
    client.delete("/attributes/tags/options/sale")
    assert "color" not in values_of(client)
    assert values_of(client)["tags"][0]["data"] == ["new"]
    assert "color" not in values_of(client, RED_S)
    client.post("/attributes/tags/options", {"code": "sale"})
    client.post("/attributes/color/options", {"code": "RED"})
    assert values_of(client)["tags"][0]["data"] == ["new", "sale"]
    assert values_of(client)["color"][0]["data"] == "red"
    assert values_of(client, RED_S)["color"][0]["data"] == "red"
    assert client.items("/products-uuid", one("updated", ">", "2025-05-01 00:00:00")) == []


def test_a_deleted_attribute_takes_its_values_for_good(client: Any) -> None:
    assert client.delete("/attributes/stock").status_code == 204
    assert "stock" not in values_of(client)
    assert "stock" not in client.get("/families/shirt")["attributes"]
    client.post("/attributes", {"code": "stock", "type": "pim_catalog_number", "group": "main"})
    assert "stock" not in values_of(client)


def test_values_of_a_deactivated_locale_vanish_and_come_back(client: Any) -> None:
    client.patch("/channels/ecommerce", {"locales": ["en_US"]})
    assert [v["locale"] for v in values_of(client)["name"]] == ["en_US"]
    assert codes(client, "/locales", one("enabled", "=", True)) == ["en_US"]
    item = client.get(f"/products-uuid/{PLAIN}", with_completenesses="true")
    assert [c["locale"] for c in item["completenesses"]] == ["en_US", "en_US"]
    assert item["updated"] == "2025-01-01T09:30:00+00:00"
    client.patch("/channels/ecommerce", {"locales": ["en_US", "de_DE"]})
    assert [v["locale"] for v in values_of(client)["name"]] == ["en_US", "de_DE"]


def test_other_values_survive_an_edit_made_while_a_locale_is_gone(client: Any) -> None:
    client.patch("/channels/ecommerce", {"locales": ["en_US"]})
    client.patch(f"/products-uuid/{PLAIN}", {"values": {"name": [{"locale": "en_US", "scope": None, "data": "New"}]}})
    client.patch("/channels/ecommerce", {"locales": ["en_US", "de_DE"]})
    assert {v["locale"]: v["data"] for v in values_of(client)["name"]} == {"en_US": "New", "de_DE": "Schlichtes Hemd"}


def test_moving_a_category_reorders_the_tree_and_moves_no_product(client: Any) -> None:
    assert client.patch("/categories/shirts", {"parent": "shoes"}).status_code == 204
    assert codes(client, "/categories") == ["master", "clothes", "shoes", "shirts", "paper", "folder"]
    assert codes(client, "/categories", one("updated", ">", LATE)) == ["shirts"]
    assert client.items("/products-uuid", one("updated", ">", "2025-05-01 00:00:00")) == []
    assert len(client.items("/products-uuid", one("categories", "IN CHILDREN", ["shoes"]))) == 5
    assert client.patch("/categories/shoes", {"parent": "shirts"}).status_code == 422


def test_deleting_a_category_takes_those_below_and_leaves_products_unclassified_there(client: Any) -> None:
    assert client.delete("/categories/clothes").status_code == 204
    assert codes(client, "/categories") == ["master", "shoes", "paper", "folder"]
    item = client.get(f"/products-uuid/{PLAIN}")
    assert (item["categories"], item["updated"]) == (["folder"], "2025-01-01T09:30:00+00:00")
    assert client.get(f"/products-uuid/{RED_S}")["categories"] == ["folder"]
    assert client.delete("/categories/master").status_code == 422


def test_a_family_edit_redoes_completeness_without_moving_stamps(client: Any) -> None:
    client.patch("/families/shirt", {"attribute_requirements": {"ecommerce": ["sku"]}})
    item = client.get(f"/products-uuid/{RED_S}", with_completenesses="true")
    assert item["completenesses"][1] == {"scope": "ecommerce", "locale": "de_DE", "data": 100}
    assert client.items("/products-uuid", one("updated", ">", "2025-05-01 00:00:00")) == []
    assert client.get("/families/shirt")["attribute_requirements"]["print"] == ["name", "sku"]


def test_only_a_family_without_products_can_be_deleted(client: Any) -> None:
    assert client.delete("/families/shirt").status_code == 422
    assert client.delete("/families/unused").status_code == 204
    assert codes(client, "/families") == ["shirt"]


def test_resources_are_created_patched_and_listed_in_bulk(client: Any) -> None:
    assert client.post("/attribute-groups", {"code": "seo", "attributes": ["note"]}).status_code == 201
    assert client.get("/attributes/note")["group"] == "seo"
    attribute = {"code": "seo_title", "type": "pim_catalog_text", "group": "seo", "labels": {"en_US": "Title"}}
    assert client.post("/attributes", attribute).headers["Location"].endswith("/attributes/seo_title")
    assert client.post("/attributes", attribute).status_code == 422
    assert client.post("/families", {"code": "hat", "attributes": ["name"]}).status_code == 201
    assert client.get("/families/hat") == {
        "code": "hat",
        "attributes": ["name", "sku"],
        "attribute_as_label": "sku",
        "attribute_as_image": None,
        "attribute_requirements": {"ecommerce": ["sku"], "print": ["sku"]},
        "labels": {},
    }
    sets = [{"level": 1, "axes": ["color"], "attributes": []}]
    variant = {"code": "shirt_by_color", "variant_attribute_sets": sets}
    assert client.post("/families/shirt/variants", variant).status_code == 201
    made = client.get("/families/shirt/variants/shirt_by_color")
    assert made["variant_attribute_sets"] == [{"level": 1, "axes": ["color"], "attributes": ["color", "sku"]}]
    lines = client.bulk("/categories", [{"code": "hats", "parent": "master"}, {"code": "x", "parent": "nope"}, {"code": "a-b"}])
    assert [line["status_code"] for line in lines] == [201, 422, 422]
    assert client.post("/association-types", {"code": "SET", "is_quantified": True}).status_code == 201
    assert client.post("/association-types", {"code": "SPARE"}).status_code == 201
    assert client.get(f"/products-uuid/{PLAIN}")["associations"].keys() == {"X_SELL", "UPSELL", "SPARE"}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/attributes/sku", {"type": "pim_catalog_text"}, "This property cannot be changed."),
        ("/attributes/x", {"group": "main"}, "This value should not be blank."),
        ("/attributes/x", {"type": "pim_catalog_text", "group": "nope"}, 'Property "group" expects a valid code.'),
        ("/families/shirt", {"attributes": ["nope"]}, 'Property "attributes" expects a valid attribute code.'),
        ("/channels/print", {"locales": ["xx_XX"]}, 'Property "locales" expects a valid locale code.'),
        ("/channels/print", {"category_tree": "folder"}, 'Property "category_tree" expects a valid code.'),
        ("/categories/shirts", {"code": "other"}, 'The code "other" provided in the request body must match'),
        ("/categories/shirts", {"nope": 1}, 'Property "nope" does not exist.'),
    ],
)
def test_what_the_structure_cannot_hold_is_refused(client: Any, path: str, body: Any, message: str) -> None:
    answer = client.patch(path, body).json()
    assert answer["code"] == 422
    text = answer["errors"][0]["message"] if "errors" in answer else answer["message"]
    assert text.startswith(message)


def test_measurement_families_are_a_bare_array_that_can_be_added_to(client: Any) -> None:
    families = {f["code"]: f for f in client.get("/measurement-families")}
    assert families["Weight"]["units"]["GRAM"] == {
        "code": "GRAM",
        "labels": {"en_US": "Gram"},
        "convert_from_standard": [{"operator": "mul", "value": "0.001"}],
        "symbol": "g",
    }
    fahrenheit = families["Temperature"]["units"]["FAHRENHEIT"]["convert_from_standard"]
    assert [(o["operator"], o["value"]) for o in fahrenheit] == [("sub", "32"), ("div", "1.8"), ("add", "273.15")]
    own = {"code": "Smell", "standard_unit_code": "OLF", "units": {"OLF": {"code": "OLF", "convert_from_standard": []}}}
    answer = client.call("PATCH", "/measurement-families", json=[own, {"code": "Bad", "standard_unit_code": "X", "units": {}}])
    assert [line["status_code"] for line in answer.json()] == [201, 422]
    assert "Smell" in {f["code"] for f in client.get("/measurement-families")}
