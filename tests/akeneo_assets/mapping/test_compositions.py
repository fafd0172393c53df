"""Bundles and sets."""

from typing import Any

import pytest

TARGETS = {
    ("product", "u2"): "two",
    ("product", "u3"): "three",
    ("product_model", "tee"): "tee",
    ("group", "promo"): ["two", "four"],
}


PLAIN = {"X_SELL": {"products": ["u2", "gone"], "product_models": ["tee"], "groups": ["promo"]}, "OTHER": {"products": ["u3"]}}


QUANTIFIED = {
    "PACK": {
        "products": [{"uuid": "u2", "quantity": 3}, {"uuid": "u3", "quantity": 0}, {"uuid": "gone", "quantity": 1}],
        "product_models": [{"identifier": "tee", "quantity": 2}],
    }
}


def test_a_bundle_holds_its_quantified_parts(pim: Any) -> None:
    bundle = {"bundle": {"family": "packs", "association": "PACK"}}
    mapped = pim.map(pim.product("1", family="Packs", quantified_associations=QUANTIFIED), targets=TARGETS, products=bundle)
    assert mapped.records[0][2]["bundled"] == [{"id": "two", "quantity": "3"}, {"id": "tee", "quantity": "2"}]
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("PACK", "the product 'gone' isn't exported")]


def test_quantities_of_sub_models_add_up_since_they_are_one_master(pim: Any) -> None:
    models = [{"identifier": "blue", "quantity": 2}, {"identifier": "red", "quantity": 3}, {"identifier": "grey", "quantity": 0}]
    row = pim.product("1", family="packs", quantified_associations={"PACK": {"products": [], "product_models": models}})
    targets = {("product_model", code): "jacket" for code in ("blue", "red", "grey")}
    bundle = {"bundle": {"family": "packs", "association": "PACK"}}
    assert pim.record(row, targets=targets, products=bundle)["bundled"] == [{"id": "jacket", "quantity": "5"}]


def test_a_part_that_its_group_names_again_is_the_same_part(pim: Any) -> None:
    bundle = {"bundle": {"family": "packs", "association": "X_SELL"}}
    record = pim.record(pim.product("1", family="packs", associations=PLAIN), targets=TARGETS, products=bundle)
    assert record["bundled"] == [{"id": id_, "quantity": "1"} for id_ in ("two", "tee", "four")]


def test_a_bundles_plain_association_holds_one_of_each(pim: Any) -> None:
    bundle = {"bundle": {"family": "packs", "association": "OTHER"}}
    record = pim.record(pim.product("1", family="packs", associations=PLAIN), targets=TARGETS, products=bundle)
    assert record["bundled"] == [{"id": "three", "quantity": "1"}]


def test_a_set_holds_its_products(pim: Any) -> None:
    chosen = {"set": {"family": "looks", "association": "OTHER"}}
    record = pim.record(pim.product("1", family="looks", associations=PLAIN), targets=TARGETS, products=chosen)
    assert record["set"] == ["three"]


def test_a_bundle_without_parts_is_an_empty_bundle(pim: Any) -> None:
    bundle = {"bundle": {"family": "packs", "association": "PACK"}}
    assert pim.record(pim.product("1", family="packs"), products=bundle)["bundled"] == []


BOTH = {"bundle": {"family": "packs", "association": "PACK"}, "set": {"family": "looks", "association": "PACK"}}
KNOWN = {("product", "u-bundle"): "BUNDLE", ("product", "u-set"): "SET", ("product", "u-mug"): "MUG", ("product", "u-me"): "ME"}


def composed(pim: Any, family: str, *uuids: str) -> Any:
    """The product ME of this family, made of others."""
    parts = {"PACK": {"products": [{"uuid": uuid, "quantity": 1} for uuid in uuids], "product_models": []}}
    item = pim.product("ME", family=family, quantified_associations=parts)
    return pim.mapping(products=BOTH).map_product(
        item, ancestors=[], targets=KNOWN, compositions={"BUNDLE": "bundle", "SET": "set"}
    )


@pytest.mark.parametrize(
    ("family", "part", "reason"),
    [
        ("packs", "u-bundle", "the bundle 'ME' can't hold the bundle 'BUNDLE'"),
        ("packs", "u-set", "the bundle 'ME' can't hold the set 'SET'"),
        ("packs", "u-me", "the bundle 'ME' can't hold itself"),
        ("looks", "u-set", "the set 'ME' can't hold the set 'SET'"),
        ("looks", "u-me", "the set 'ME' can't hold itself"),
    ],
)
def test_what_could_lead_back_to_itself_is_left_out_by_name(pim: Any, family: str, part: str, reason: str) -> None:
    mapped = composed(pim, family, part, "u-mug")
    record = mapped.records[0][2]
    assert record.get("bundled", record.get("set")) in ([{"id": "MUG", "quantity": "1"}], ["MUG"])
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("PACK", reason)]


def test_a_set_may_hold_a_bundle(pim: Any) -> None:
    mapped = composed(pim, "looks", "u-bundle", "u-mug")
    assert (mapped.records[0][2]["set"], mapped.problems) == (["BUNDLE", "MUG"], [])


def test_a_product_in_the_group_that_it_names_stands_for_no_part_of_itself(pim: Any) -> None:
    settings = {"set": {"family": "looks", "association": "PLAIN"}}
    item = pim.product("ME", family="looks", associations={"PLAIN": {"groups": ["promo"]}})
    mapped = pim.map(item, targets={("group", "promo"): ["ME", "MUG"]}, products=settings)
    assert (mapped.records[0][2]["set"], mapped.problems) == (["MUG"], [])


@pytest.mark.parametrize(("family", "kind"), [("packs", "bundle"), ("Looks", "set"), ("mugs", None), (None, None)])
def test_a_products_family_makes_it_a_bundle_or_a_set(pim: Any, family: str | None, kind: str | None) -> None:
    mapping = pim.mapping(products=BOTH)
    assert mapping.composition_of(pim.product("1", family=family)) == kind
    assert mapping.composition_of(pim.model("tee", family="packs")) is None
    assert pim.mapping().composition_of(pim.product("1", family="packs")) is None
