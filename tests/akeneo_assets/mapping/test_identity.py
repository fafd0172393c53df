"""SFCC ids, and which spelling of one counts."""

from typing import Any

import pytest

from akeneo_assets.mapping.identity import kept_spelling


@pytest.mark.parametrize(
    ("new_id", "owned", "kept"),
    [
        ("mug-1", ["MUG-1"], "MUG-1"),
        ("MUG-1", ["mug-1", "old"], "mug-1"),
        ("mug-1", ["mug-1"], "mug-1"),
        ("mug-1", ["MUG-1", "mug-1"], "mug-1"),
        ("mug-1", ["Mug-1", "MUG-1"], "MUG-1"),
        ("mug-2", ["mug-1"], "mug-2"),
        ("mug-1", [], "mug-1"),
        ("ÉTÉ", ["été"], "été"),
    ],
    ids=["upper", "lower", "same", "both", "two others", "another wording", "none", "accents"],
)
def test_an_id_changed_in_case_alone_is_the_one_that_sfcc_has(new_id: str, owned: list[str], kept: str) -> None:
    assert kept_spelling(new_id, owned) == kept


def test_a_product_is_written_under_the_id_decided_on_with_all_that_belongs_to_it(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    pim.category("mugs", "master")
    item = pim.product(
        "mug-1",
        {"price": [{"locale": None, "scope": None, "data": [{"amount": "9.90", "currency": "EUR"}]}]},
        categories=["mugs"],
        associations={"X_SELL": {"products": ["u2"]}},
    )
    mapping = pim.mapping(associations={"X_SELL": {"type": 1}})
    mapped = mapping.map_product(item, ancestors=[], targets={("product", "u2"): "two"}, sfcc_id="MUG-1")
    assert {kind: record["id"] for kind, _, record in mapped.records} == {
        "product": "MUG-1",
        "category-assignments": "MUG-1",
        "recommendations": "MUG-1",
        "price-table": "MUG-1",
    }
    assert mapped.records[0][2]["custom"]["akeneo_sku"] == {"": "mug-1"}


def test_a_variant_tells_its_master_the_id_decided_on(pim: Any) -> None:
    pim.shirts()
    root = pim.model("tee")
    item = pim.product("t1", {"size": "m"}, family="shirts", parent="tee")
    mapping = pim.mapping()
    facts = mapping.map_product(item, ancestors=[root], targets={}, sfcc_id="T1").facts
    assert mapping.map_master(root, [], [facts], {}).records[0][2]["variations"]["variants"] == ["T1"]


def test_a_master_and_its_variation_groups_are_written_under_the_ids_decided_on(pim: Any) -> None:
    pim.attribute("color", "simpleselect")
    pim.attribute("size", "simpleselect")
    pim.family("shirts", ["sku"])
    pim.variant("by_color", "shirts", (["color"], ["color"]), (["size"], ["size"]))
    pim.category("tops", "master")
    root = pim.model("TEE", family="shirts", family_variant="by_color", categories=["tops"])
    blue = pim.model("TEE_BLUE", family="shirts", family_variant="by_color", parent="TEE", categories=["tops"])
    red = pim.model("TEE_RED", family="shirts", family_variant="by_color", parent="TEE", categories=["tops"])
    mapping = pim.mapping(products={"model_import": "master-group-variation"})
    variants = [pim.product(f"v{n}", family="shirts", parent=sub["code"]) for n, sub in enumerate((blue, red))]
    facts = [
        mapping.map_product(v, ancestors=[root, sub], targets={}).facts for v, sub in zip(variants, (blue, red), strict=True)
    ]
    records = mapping.map_master(root, [blue, red], facts, {}, {"TEE": "tee", "TEE_BLUE": "tee_blue"}).records
    assert [(kind, record["id"]) for kind, _, record in records if kind in ("product", "category-assignments")] == [
        ("product", "tee"),
        ("category-assignments", "tee"),
        ("product", "tee_blue"),
        ("product", "TEE_RED"),
    ]
    assert records[0][2]["variations"]["groups"] == ["tee_blue", "TEE_RED"]


def test_a_product_that_can_have_no_id_is_held_back_whatever_id_it_had(pim: Any) -> None:
    mapped = pim.mapping().map_product(pim.product(None, uuid="u1"), ancestors=[], targets={}, sfcc_id="T1")
    assert (mapped.records, mapped.problems[0].reason) == ([], "held back: it has no identifier")
