"""Each filter and operator, by which products or models it finds."""

import json
from typing import Any

import pytest

ALL = "12345678"
# 1 plain, 2 without identifier, 3 without family, 4 disabled, 5 and 6 red polo, 7 blue polo, 8 tee


def found(reader: Any, search: Any, **query: Any) -> str:
    return "".join(item["uuid"][0] for item in reader.items("/products-uuid", search, **query))


def one(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {name: [{"operator": operator, "value": value, **more}]}


PLAIN = "11111111-1111-4111-8111-111111111111"
OLD = "44444444-4444-4444-8444-444444444444"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (one("uuid", "IN", [PLAIN.upper(), OLD]), "14"),
        (one("uuid", "NOT IN", [PLAIN]), "2345678"),
        (one("identifier", "IN", ["plain", "TEE-S"]), "18"),
        (one("identifier", "NOT IN", ["plain"]), "2345678"),
        (one("identifier", "=", "PLAIN"), "1"),
        (one("identifier", "!=", "plain"), "345678"),
        (one("identifier", "STARTS WITH", "polo-RED"), "56"),
        (one("identifier", "CONTAINS", "-s"), "578"),
        (one("identifier", "DOES NOT CONTAIN", "o"), "18"),
        (one("identifier", "EMPTY"), "2"),
        (one("identifier", "NOT EMPTY"), "1345678"),
        (one("sku", "=", "plain"), "1"),
        (one("family", "IN", ["SHIRT"]), "1245678"),
        (one("family", "IN", ["shirt", "unused"]), "1245678"),
        (one("family", "NOT IN", ["shirt"]), "3"),
        (one("family", "EMPTY"), "3"),
        (one("family", "NOT EMPTY"), "1245678"),
        (one("groups", "IN", ["promo"]), "1"),
        (one("groups", "NOT IN", ["promo"]), "2345678"),
        (one("groups", "EMPTY"), "2345678"),
        (one("groups", "NOT EMPTY"), "1"),
        (one("enabled", "=", True), "1235678"),
        (one("enabled", "!=", True), "4"),
        (one("parent", "=", "polo"), "567"),
        (one("parent", "=", "POLO_RED"), "56"),
        (one("parent", "IN", ["polo"]), ""),
        (one("parent", "IN", ["polo_red", "tee"]), "568"),
        (one("parent", "EMPTY"), "1234"),
        (one("parent", "NOT EMPTY"), "5678"),
    ],
)
def test_properties(reader: Any, search: Any, expected: str) -> None:
    assert found(reader, search) == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("IN", ["shirts"], "1567"),
        ("IN", ["FOLDER"], "156"),
        ("IN", ["clothes"], ""),
        ("NOT IN", ["shirts"], "2348"),
        ("IN CHILDREN", ["clothes"], "1567"),
        ("IN CHILDREN", ["master"], "14567"),
        ("NOT IN CHILDREN", ["master"], "238"),
        ("UNCLASSIFIED", None, "238"),
        ("IN OR UNCLASSIFIED", ["shoes"], "2348"),
    ],
)
def test_categories_count_inherited_ones(reader: Any, operator: str, value: Any, expected: str) -> None:
    assert found(reader, one("categories", operator, value)) == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        # plain 09:30; red polos 11:00 by their sub-model; blue and tee 10:00 by their models
        (">", "2025-01-01 10:00:00", "23456"),
        ("<", "2025-01-01 10:00:00", "1"),
        ("=", "2025-01-01 11:00:00", "56"),
        ("!=", "2025-01-01 11:00:00", "123478"),
        ("BETWEEN", ["2025-01-01 10:00:00", "2025-01-01 11:00:00"], "5678"),
        ("NOT BETWEEN", ["2025-01-01 10:00:00", "2025-01-01 11:00:00"], "1234"),
    ],
)
def test_updated_is_strict_inclusive_between_exact_and_counts_the_models(
    reader: Any, operator: str, value: Any, expected: str
) -> None:
    assert found(reader, one("updated", operator, value)) == expected


def test_the_payload_shows_the_variants_own_stamp(reader: Any) -> None:
    found = reader.items("/products-uuid", one("updated", "=", "2025-01-01 11:00:00"))
    assert {item["updated"] for item in found} == {"2025-01-01T08:00:00+00:00"}


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("=", "2025-01-01 09:00:00", "1"),
        (">", "2025-01-01 09:00:00", "234"),
        ("BETWEEN", ["2025-01-02 00:00:00", "2025-01-03 00:00:00"], "23"),
        ("SINCE LAST N DAYS", 100_000, ALL),
        ("SINCE LAST N DAYS", 0, ""),
    ],
)
def test_created(reader: Any, operator: str, value: Any, expected: str) -> None:
    assert found(reader, one("created", operator, value)) == expected


@pytest.mark.parametrize(
    ("operator", "value", "more", "expected"),
    [
        # ecommerce en_US: 1 has 100, 2 and 4 25 or 0, 5 to 7 75, 8 (no price) 75
        ("=", 100, {"scope": "ecommerce", "locale": "en_US"}, "1"),
        ("=", 75, {"scope": "ecommerce", "locale": "en_US"}, "5678"),
        ("!=", 75, {"scope": "ecommerce", "locale": "en_US"}, "124"),
        ("<", 75, {"scope": "ecommerce", "locale": "en_US"}, "24"),
        ("<=", 75, {"scope": "ecommerce", "locale": "en_US"}, "245678"),
        (">", 75, {"scope": "ecommerce", "locale": "en_US"}, "1"),
        (">=", 75, {"scope": "ecommerce", "locale": "en_US"}, "15678"),
        ("=", 50, {"scope": "ecommerce"}, "5678"),
        ("GREATER OR EQUALS THAN ON ALL LOCALES", 50, {"scope": "ecommerce", "locales": ["en_US", "de_DE"]}, "15678"),
        ("GREATER THAN ON ALL LOCALES", 50, {"scope": "ecommerce", "locales": ["en_US", "de_DE"]}, "1"),
        ("LOWER THAN ON ALL LOCALES", 60, {"scope": "ecommerce", "locales": ["de_DE"]}, "245678"),
        ("LOWER OR EQUALS THAN ON ALL LOCALES", 25, {"scope": "ecommerce", "locales": ["en_US", "de_DE"]}, "24"),
    ],
)
def test_completeness(reader: Any, operator: str, value: int, more: Any, expected: str) -> None:
    assert found(reader, one("completeness", operator, value, **more)) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (one("color", "IN", ["red"]), "1568"),
        (one("color", "NOT IN", ["red"]), "2347"),
        (one("color", "EMPTY"), "24"),  # the product without family can't hold it
        (one("color", "NOT EMPTY"), "15678"),
        (one("tags", "IN", ["sale", "eco"]), "1"),
        (one("name", "CONTAINS", "POLO", locale="en_US"), "567"),
        (one("name", "STARTS WITH", "schlicht", locale="de_DE"), "1"),
        (one("name", "=", "Tee", locale="en_US"), "8"),
        (one("name", "!=", "Tee", locale="en_US"), "1567"),
        (one("name", "DOES NOT CONTAIN", "polo", locale="en_US"), "18"),
        (one("released", "NOT BETWEEN", ["2025-01-01", "2025-12-31"]), "1"),
        (one("description", "NOT EMPTY", locale="en_US", scope="print"), "1"),
        (one("stock", ">", 1), "15678"),
        (one("stock", "<", 3), "2"),
        (one("rating", "=", "4.12345"), "1"),
        (one("weight", ">", {"amount": "0.2", "unit": "KILOGRAM"}), "1"),
        (one("price", "=", {"amount": "20", "currency": "EUR"}), "567"),
        (one("active", "=", True), "1"),
        (one("released", "=", "2024-03-01"), "1"),
        (one("released", "BETWEEN", ["2024-01-01", "2024-12-31"]), "1"),
    ],
)
def test_attribute_values_inherited_ones_included(reader: Any, search: Any, expected: str) -> None:
    assert found(reader, search) == expected


def test_search_locale_and_scope_are_the_defaults_of_conditions(reader: Any) -> None:
    search = one("description", "CONTAINS", "<p>")
    assert found(reader, search, search_locale="en_US", search_scope="ecommerce") == "1"
    assert found(reader, search, search_locale="en_US", search_scope="print") == ""


def test_conditions_are_anded(reader: Any) -> None:
    search = {**one("family", "IN", ["shirt"]), **one("parent", "EMPTY"), **one("enabled", "=", True)}
    assert found(reader, search) == "12"
    twice = {"updated": [{"operator": ">", "value": "2025-01-01 09:00:00"}, {"operator": "<", "value": "2025-01-01 10:30:00"}]}
    assert found(reader, twice) == "178"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (one("identifier", "IN", ["POLO", "tee"]), ["polo", "tee"]),
        (one("code", "=", "polo"), ["polo"]),
        (one("family", "IN", ["shirt"]), ["polo", "polo_blue", "Polo_Red", "tee"]),
        (one("parent", "=", "polo"), ["polo_blue", "Polo_Red"]),
        (one("parent", "EMPTY"), ["polo", "tee"]),
        (one("categories", "IN", ["shirts"]), ["polo", "polo_blue", "Polo_Red"]),
        (one("updated", ">", "2025-01-01 10:00:00"), ["Polo_Red"]),
        (one("completeness", "AT LEAST COMPLETE", scope="print", locale="en_US"), ["polo", "polo_blue", "Polo_Red", "tee"]),
        (one("completeness", "ALL INCOMPLETE", scope="ecommerce", locale="en_US"), ["polo", "polo_blue", "Polo_Red", "tee"]),
        (one("completeness", "ALL COMPLETE", scope="ecommerce", locale="en_US"), []),
        (one("completeness", "AT LEAST INCOMPLETE", scope="print", locale="en_US"), []),
        (one("color", "IN", ["red"]), ["Polo_Red", "tee"]),
        (one("picture", "EMPTY"), ["polo_blue", "Polo_Red", "tee"]),  # polo's sub-models hold it
        (one("stock", "EMPTY"), []),  # variants alone hold it
    ],
)
def test_product_models(reader: Any, search: Any, expected: list[str]) -> None:
    assert [item["code"] for item in reader.items("/product-models", search)] == expected


@pytest.mark.parametrize(
    ("search", "status", "message"),
    [
        ("{", 400, "Search query parameter should be valid JSON."),
        ("[]", 400, "Search query parameter should be valid JSON."),
        (json.dumps(one("nothing", "=", 1)), 422, 'Filter on property "nothing" is not supported'),
        (json.dumps(one("family", "MAGIC", ["shirt"])), 422, 'Filter on property "family" is not supported'),
        (json.dumps(one("family", "IN", ["nope"])), 422, 'Property "family" expects a valid family code.'),
        (json.dumps(one("family", "IN", "shirt")), 422, 'Property "family" expects an array of strings'),
        (json.dumps(one("categories", "IN", ["nope"])), 422, 'Category "nope" does not exist.'),
        (json.dumps(one("categories", "IN", ["nope", "nor"])), 422, 'Categories "nope, nor" do not exist.'),
        (json.dumps(one("name", "=", "x", locale=["en_US"])), 422, 'The condition on the property "name" can not be read'),
        (json.dumps(one("color", "IN", "red")), 422, 'Property "color" expects an array as data'),
        (json.dumps(one("released", "BETWEEN", ["2025-01-01"])), 422, 'Property "released" expects an array with two values'),
        (json.dumps(one("note", "CONTAINS", 5)), 422, 'Property "note" expects a string as data'),
        (json.dumps(one("stock", ">", [1])), 422, 'Property "stock" expects a single value as data'),
        ('{"family":[{"operator":7}]}', 422, 'The condition on the property "family" can not be read'),
        ('{"family":[]}', 422, 'Structure of filter "family"'),
        (json.dumps(one("updated", ">", "2025-01-01T00:00:00Z")), 422, 'Property "updated" expects a string with the format'),
        (json.dumps(one("enabled", "=", "yes")), 422, 'Property "enabled" expects a boolean'),
        (json.dumps(one("name", "=", "x", locale="xx_XX")), 422, 'Locale "xx_XX" does not exist or is not activated.'),
        (json.dumps(one("name", "=", "x")), 422, 'Attribute "name" expects a locale'),
        (json.dumps(one("completeness", "=", 100)), 422, 'Property "completeness" expects a valid scope.'),
        (json.dumps(one("identifier", "IN", ["x"] * 101)), 422, "You cannot request more than 100"),
        ('{"family":{"operator":"IN"}}', 422, 'Structure of filter "family"'),
    ],
)
def test_a_bad_search_is_refused(reader: Any, search: str, status: int, message: str) -> None:
    answer = reader.call("GET", "/products-uuid", params={"search": search})
    assert answer.status_code == status
    assert answer.json()["message"].startswith(message)
