"""The mirror: the last word of the loads that it stands on."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from akeneo_assets.loads.mirror import Mirror, raw_row, targets
from akeneo_assets.store import Store

Make = Callable[..., Any]


def read(mirror: Mirror, table: Any, columns: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for batch in mirror.store.select(mirror.sql(table, columns)) for row in batch.to_pylist())


def test_the_last_load_that_read_an_object_has_the_last_word(load: Make, make_product: Make) -> None:
    load("one", [make_product("a", "A1"), make_product("b", "B1")])
    load("two", [make_product("a", "A2"), make_product("c", "C2")], previous="one")
    mirror = load("three", [make_product("c", "C3")], previous="two")
    assert read(mirror, "products", "key, code") == [("a", "A2"), ("b", "B1"), ("c", "C3")]
    assert read(mirror.before(), "products", "key, code") == [("a", "A2"), ("b", "B1"), ("c", "C2")]


def test_a_load_that_reads_everything_starts_afresh(load: Make, make_product: Make) -> None:
    load("one", [make_product("a", "A"), make_product("b", "B")])
    mirror = load("two", [make_product("b", "B")])
    assert read(mirror, "products", "key") == [("b",)]
    assert read(mirror.before(), "products", "key") == []


def test_relations_belong_to_their_owner_s_last_reading(load: Make, make_product: Make) -> None:
    def related(*uuids: str) -> dict[str, Any]:
        return {"associations": {"X": {"products": list(uuids), "product_models": [], "groups": []}}}

    picture = {"values": {"picture": [{"locale": None, "scope": None, "data": "p.jpg"}]}}
    load("one", [make_product("a", **related("x", "y")), make_product("b", **related("z")), make_product("c", **picture)])
    mirror = load("two", [make_product("a", **related("y")), make_product("b"), make_product("c")], previous="one")
    assert read(mirror, "associations", "key, target_key") == [("a", "y")]
    assert read(mirror, "media_references", "key, media") == []
    assert read(mirror.before(), "media_references", "key, media") == [("c", "p.jpg")]


def test_what_the_pim_has_no_more_is_left_out_with_its_relations_until_a_load_reads_it_again(
    load: Make, make_product: Make, make_model: Make
) -> None:
    related = {"associations": {"X": {"products": ["x"], "product_models": [], "groups": []}}}
    load("one", [make_product("a", "A", **related), make_product("b", "B")], [make_model("a")])
    mirror = load("two", [make_product("b", "B2")], previous="one")
    mirror.forget([{"owner": "product", "key": "a"}])
    for now in (mirror, load("three", [make_product("c", "C")], previous="two").before()):
        assert read(now, "products", "key, code") == [("b", "B2")]
        assert read(now, "associations", "key, target_key") == []
        assert read(now, "product_models", "key") == [("a",)]
    assert read(mirror.before(), "products", "key, code") == [("a", "A"), ("b", "B")]
    again = load("four", [make_product("a", "A4")], previous="three")
    assert read(again, "products", "key, code") == [("a", "A4"), ("b", "B2"), ("c", "C")]
    mirror.forget([])
    assert read(mirror, "products", "key, code") == [("a", "A"), ("b", "B2")]


def test_models_are_known_by_their_code_in_lower_case_and_keep_its_spelling(
    load: Make, make_model: Make, make_product: Make
) -> None:
    mirror = load("one", [make_product("a", "A", parent="Shirt_Blue")], [make_model("Shirt"), make_model("Shirt_Blue", "SHIRT")])
    assert read(mirror, "product_models", "key, code, parent") == [
        ("shirt", "Shirt", None),
        ("shirt_blue", "Shirt_Blue", "shirt"),
    ]
    assert read(mirror, "products", "key, parent") == [("a", "shirt_blue")]


def test_a_row_holds_the_item_as_it_was_without_its_links() -> None:
    item = {"uuid": "u", "_links": {"self": {}}, "enabled": True, "groups": ["g"], "values": {"sku": [{"data": "S"}]}}
    row = raw_row(item, "sku")
    assert (row["key"], row["code"], row["enabled"], row["groups"]) == ("u", "S", True, ["g"])
    assert orjson.loads(row["item"]) == {"uuid": "u", "enabled": True, "groups": ["g"], "values": {"sku": [{"data": "S"}]}}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"uuid": "u", "values": {}}, None),
        ({"uuid": "u", "identifier": "I", "values": {"sku": [{"data": "S"}]}}, "I"),
        ({"uuid": "u", "values": {"sku": [{"data": "S"}]}}, "S"),
    ],
    ids=["no identifier", "at the root", "among the values"],
)
def test_the_identifier_is_found_where_the_api_puts_it(item: dict[str, Any], code: str | None) -> None:
    assert raw_row(item, "sku")["code"] == code


def test_equal_items_have_one_fingerprint_and_another_value_another() -> None:
    one = [raw_row({"uuid": "u", "values": {"a": [{"data": data}]}}, "sku")["fingerprint"] for data in (1, 1, 2)]
    assert one[0] == one[1] != one[2]


def test_products_name_their_targets_by_uuid_and_models_by_identifier() -> None:
    def of(**more: Any) -> dict[str, Any]:
        return more | {
            "associations": {"X": {"products": ["p", None], "product_models": ["M"], "groups": ["g"]}},
            "quantified_associations": {
                "Q": {"products": [{"identifier": "I", "quantity": 2}], "product_models": [{"identifier": "N", "quantity": 3}]}
            },
        }

    assert list(targets(of(uuid="u"))) == [
        ("X", "product", "p", None),
        ("X", "product_model", "M", None),
        ("X", "group", "g", None),
        ("Q", "identifier", "I", 2),
        ("Q", "product_model", "N", 3),
    ]
    assert next(targets(of(code="c"))) == ("X", "identifier", "p", None)


def test_product_links_are_targets_too(load: Make, make_product: Make) -> None:
    from akeneo_assets.loads.mirror import association_rows

    item = make_product("u", values={"spare": [{"data": {"type": "product_model", "id": "Shirt"}}]})
    rows = association_rows("product", "u", item, frozenset({"spare"}))
    assert [(row["association_type"], row["target"], row["target_key"]) for row in rows] == [("spare", "product_model", "shirt")]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "product"},
        {"type": "product", "id": None},
        {"id": "u2"},
        {"type": "product_model", "id": None},
        "u2",
        None,
        [1],
    ],
)
def test_a_product_link_that_names_nothing_is_no_target(make_product: Make, data: Any) -> None:
    from akeneo_assets.loads.mirror import association_rows

    item = make_product("u", values={"spare": [{"data": data}, {"data": {"type": "product", "id": "u3"}}]})
    rows = association_rows("product", "u", item, frozenset({"spare"}))
    assert [(row["target"], row["target_key"]) for row in rows] == [("product", "u3")]


def test_an_empty_mirror_has_the_columns_of_a_full_one(store: Store) -> None:
    for table in ("products", "product_models", "associations", "media_references"):
        assert read(Mirror(store, ()), table, "*") == []
