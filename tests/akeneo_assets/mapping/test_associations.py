"""Recommendations and product links."""

from typing import Any

import pytest

TARGETS = {
    ("product", "u2"): "two",
    ("product", "u3"): "three",
    ("product_model", "tee"): "tee",
    ("group", "promo"): ["two", "four"],
}


PLAIN = {"X_SELL": {"products": ["u2", "gone"], "product_models": ["tee"], "groups": ["promo"]}, "OTHER": {"products": ["u3"]}}


def test_an_association_type_becomes_recommendations_of_its_number(pim: Any) -> None:
    pim.association_type("X_SELL")
    mapped = pim.map(pim.product("1", associations=PLAIN), targets=TARGETS, associations={"x_sell": {"type": 4}})
    assert mapped.records[1] == (
        "recommendations",
        "akeneo-catalog",
        {"id": "1", "targets": [{"target": t, "type": "4"} for t in ("two", "tee", "four")]},
    )
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("x_sell", "the product 'gone' isn't exported")]


def test_an_association_type_becomes_product_links(pim: Any) -> None:
    settings = {"OTHER": {"as": "product-link", "type": "accessory"}}
    mapped = pim.map(pim.product("1", associations=PLAIN), targets=TARGETS, associations=settings)
    assert mapped.records[1:] == [
        ("product-links", "akeneo-catalog", {"id": "1", "links": [{"id": "three", "type": "accessory"}]})
    ]


def test_types_that_are_not_named_are_not_imported(pim: Any) -> None:
    mapped = pim.map(pim.product("1", associations=PLAIN), targets=TARGETS)
    assert [kind for kind, _, _ in mapped.records] == ["product"]


def test_a_product_is_not_recommended_to_itself(pim: Any) -> None:
    pim_settings = {"X_SELL": {"type": 1}}
    mapped = pim.map(
        pim.product("two", associations={"X_SELL": {"products": ["u2"]}}), targets=TARGETS, associations=pim_settings
    )
    assert [kind for kind, _, _ in mapped.records] == ["product"]


def test_a_variant_recommends_what_its_master_does_not(pim: Any) -> None:
    pim.shirts()
    settings = {"X_SELL": {"type": 1}}
    root = pim.model("tee", associations={"X_SELL": {"products": ["u2"]}})
    row = pim.product("T1", {"size": "s"}, family="shirts", parent="tee", associations={"X_SELL": {"products": ["u2", "u3"]}})
    mapped = pim.map(row, [root], targets=TARGETS, associations=settings)
    assert mapped.records[1][2]["targets"] == [{"target": "three", "type": "1"}]
    master = pim.mapping(associations=settings).map_master(root, [], [mapped.facts], TARGETS)
    assert master.records[1][2] == {"id": "tee", "targets": [{"target": "two", "type": "1"}]}


QUANTIFIED = {
    "PACK": {
        "products": [{"uuid": "u2", "quantity": 3}, {"uuid": "u3", "quantity": 0}, {"uuid": "gone", "quantity": 1}],
        "product_models": [{"identifier": "tee", "quantity": 2}],
    }
}


def test_the_mapping_tells_which_targets_it_needs_to_know(pim: Any) -> None:
    pim.attribute("part", "product_link")
    mapping = pim.mapping(associations={"X_SELL": {}}, products={"set": {"family": "looks", "association": "PACK"}})
    row = pim.product(
        "1", {"part": {"type": "product_model", "id": "mug"}}, associations=PLAIN, quantified_associations=QUANTIFIED
    )
    assert mapping.targets_of(row) == {
        ("product", "u2"),
        ("product", "gone"),
        ("product_model", "tee"),
        ("group", "promo"),
        ("product", "u3"),
        ("product_model", "mug"),
    }


@pytest.mark.parametrize("associations", [{}, [], None, {"X_SELL": []}, {"X_SELL": {}}])
def test_empty_associations_of_any_spelling_are_none(pim: Any, associations: Any) -> None:
    mapped = pim.map(pim.product("1", associations=associations), associations={"X_SELL": {"type": 1}})
    assert [kind for kind, _, _ in mapped.records] == ["product"]
