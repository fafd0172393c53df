"""Masters: axes, values, variants, variation groups."""

from typing import Any

import pytest


def master(pim: Any, root: Any, variants: list[Any], subs: list[Any] | None = None, **settings: Any) -> Any:
    mapping = pim.mapping(**settings)
    by_code = {sub["code"]: sub for sub in subs or []}
    facts = []
    for row in variants:
        above = [root, by_code[row["parent"]]] if row["parent"] in by_code else [root]
        facts.append(mapping.map_product(row, ancestors=above, targets={}).facts)
    return mapping.map_master(root, subs or [], facts, {})


def shirt(pim: Any, sku: str, size: str, **more: Any) -> Any:
    return pim.product(sku, {"size": size}, family="shirts", parent="tee", **more)


def test_values_come_in_option_order_with_labels_and_variants_by_axes(pim: Any) -> None:
    pim.shirts()
    variants = [shirt(pim, "A", "l"), shirt(pim, "B", "s"), shirt(pim, "C", "m")]
    record = master(pim, pim.model("tee"), variants).records[0][2]
    assert record["variations"] == {
        "attributes": [
            {
                "attribute_id": "akeneo_size",
                "id": "akeneo_size",
                "names": {"x-default": "size"},
                "values": [
                    {"value": "s", "names": {"x-default": "Small", "en-US": "Small", "fr-FR": "Petit"}},
                    {"value": "m", "names": {"x-default": "Medium", "en-US": "Medium"}},
                    {"value": "l", "names": {"x-default": "l"}},
                ],
            }
        ],
        "variants": ["B", "C", "A"],
    }
    assert record["fields"]["online-flag"] == {"": "true"}


def test_a_master_without_variants_is_offline(pim: Any) -> None:
    pim.shirts()
    record = master(pim, pim.model("tee"), []).records[0][2]
    assert record["fields"]["online-flag"] == {"": "false"}
    assert record["variations"]["variants"] == []


def test_a_master_without_variants_is_offline_even_when_the_status_is_left_to_merchants(pim: Any) -> None:
    pim.shirts()
    settings = {"products": {"status": {"source": "untouched"}}}
    assert master(pim, pim.model("tee"), [], **settings).records[0][2]["fields"]["online-flag"] == {"": "false"}
    assert "online-flag" not in master(pim, pim.model("tee"), [shirt(pim, "A", "s")], **settings).records[0][2]["fields"]


def test_a_master_whose_variants_are_all_offline_is_offline(pim: Any) -> None:
    pim.shirts()
    record = master(pim, pim.model("tee"), [shirt(pim, "A", "s", enabled=False)]).records[0][2]
    assert record["fields"]["online-flag"] == {"": "false"}


def test_an_axis_mapped_to_an_existing_attribute_varies_by_that(pim: Any) -> None:
    pim.shirts()
    record = master(pim, pim.model("tee"), [shirt(pim, "A", "s")], attributes={"custom": {"size": "size"}}).records[0][2]
    assert record["variations"]["attributes"][0]["attribute_id"] == "size"


@pytest.mark.parametrize(
    ("type_", "more", "data", "value", "name"),
    [
        (
            "metric",
            {"metric_family": "Length", "default_metric_unit": "CENTIMETER"},
            {"amount": "0.0000", "unit": "CENTIMETER"},
            "0 CENTIMETER",
            "0 cm",
        ),
        ("boolean", {}, False, "false", "false"),
        ("akeneo_reference_entity", {"reference_data_name": "hues"}, "red", "akeneo_entity_hues_red", "Rouge"),
    ],
)
def test_axes_of_other_types_vary_by_text(pim: Any, type_: str, more: Any, data: Any, value: str, name: str) -> None:
    pim.measurement_families.append(
        {"code": "Length", "units": {"CENTIMETER": {"code": "CENTIMETER", "symbol": "cm", "convert_from_standard": []}}}
    )
    pim.reference_entities.append({"code": "hues", "labels": {}})
    labels = [{"locale": "fr_FR", "channel": None, "data": "Rouge"}]
    pim.records.append({"reference_entity": "hues", "code": "red", "values": {"label": labels}})
    pim.attribute("axis", type_, **more)
    pim.family("shirts", ["sku", "axis"])
    pim.variant("by_size", "shirts", (["axis"], ["sku"]))
    row = pim.product("A", {"axis": data}, family="shirts", parent="tee")
    site = {"default_locale": "fr_FR"}
    record = master(pim, pim.model("tee"), [row], organization={"sites": [site]}).records[0][2]
    (found,) = record["variations"]["attributes"][0]["values"]
    assert (found["value"], found["names"]["x-default"]) == (value, name)


def test_the_values_of_a_boolean_axis_are_called_as_the_settings_say(pim: Any) -> None:
    pim.attribute("decaf", "boolean")
    pim.family("shirts", ["sku", "decaf"])
    pim.variant("by_size", "shirts", (["decaf"], ["sku"]))
    rows = [pim.product(str(n), {"decaf": data}, family="shirts", parent="tee") for n, data in enumerate((True, False))]
    labels = {"en_US": {"yes": "Yes", "no": "No"}, "fr_FR": {"yes": "Oui", "no": "Non"}}
    record = master(pim, pim.model("tee"), rows, attributes={"boolean_labels": labels}).records[0][2]
    assert record["variations"]["attributes"][0]["values"] == [
        {"value": "false", "names": {"x-default": "No", "en-US": "No", "fr-FR": "Non"}},
        {"value": "true", "names": {"x-default": "Yes", "en-US": "Yes", "fr-FR": "Oui"}},
    ]


def test_metric_values_come_in_order_of_their_amounts(pim: Any) -> None:
    pim.attribute("axis", "metric", metric_family="Length", default_metric_unit="CENTIMETER")
    pim.family("shirts", ["sku", "axis"])
    pim.variant("by_size", "shirts", (["axis"], ["sku"]))
    rows = [
        pim.product(str(n), {"axis": {"amount": n, "unit": "CENTIMETER"}}, family="shirts", parent="tee") for n in (100, 9, 30)
    ]
    record = master(pim, pim.model("tee"), rows).records[0][2]
    assert record["variations"]["variants"] == ["9", "30", "100"]


def test_metric_values_of_different_units_come_in_order_of_what_they_measure(pim: Any) -> None:
    gram = {"labels": {"en_US": "gram", "fr_FR": "gramme"}, "symbol": "", "operator": "mul", "value": "0.001"}
    kilogram = {"labels": {}, "symbol": "kg", "operator": "mul", "value": "1"}
    units = {
        code: {**unit, "convert_from_standard": [{"operator": unit["operator"], "value": unit["value"]}]}
        for code, unit in {"GRAM": gram, "KILOGRAM": kilogram}.items()
    }
    pim.measurement_families.append({"code": "Weight", "units": units})
    pim.attribute("size", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    pim.family("shirts", ["size"])
    pim.variant("by_size", "shirts", (["size"], ["sku"]))
    amounts = {"a": ("2.0000", "KILOGRAM"), "b": ("500", "GRAM"), "c": ("0.5", "KILOGRAM")}
    rows = [
        pim.product(sku, {"size": {"amount": amount, "unit": unit}}, family="shirts", parent="tee")
        for sku, (amount, unit) in amounts.items()
    ]
    variations = master(pim, pim.model("tee"), rows).records[0][2]["variations"]
    assert variations["variants"] == ["c", "b", "a"]
    assert variations["attributes"][0]["values"] == [
        {"value": "0.5 KILOGRAM", "names": {"x-default": "0.5 kg"}},
        {"value": "500 GRAM", "names": {"x-default": "500 gram", "en-US": "500 gram", "fr-FR": "500 gramme"}},
        {"value": "2 KILOGRAM", "names": {"x-default": "2 kg"}},
    ]


def test_variants_with_the_same_values_are_told(pim: Any) -> None:
    pim.shirts()
    mapped = master(pim, pim.model("tee"), [shirt(pim, "A", "s"), shirt(pim, "B", "S"), shirt(pim, "C", "m")])
    assert mapped.records[0][2]["variations"]["variants"] == ["A", "B", "C"]
    assert [(p.key, p.reason) for p in mapped.problems] == [("tee", "the variants 'A' and 'B' have the same values: s")]


def test_of_two_existing_attributes_with_an_axis_the_first_is_varied_by(pim: Any) -> None:
    pim.shirts()
    row = pim.product("T1", {"size": "s"}, family="shirts", parent="tee")
    mapped = master(pim, pim.model("tee"), [row], attributes={"custom": {"size": "size", "refinementSize": "size"}})
    assert [axis["attribute_id"] for axis in mapped.records[0][2]["variations"]["attributes"]] == ["size"]


def test_a_variant_without_a_value_of_its_axis_is_reported(pim: Any) -> None:
    pim.shirts()
    mapped = pim.map(pim.product("A", {}, family="shirts", parent="tee"), [pim.model("tee")])
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("size", "the variant has no value of this axis")]


def two_levels(pim: Any) -> tuple[Any, list[Any], list[Any]]:
    pim.attribute("color", "simpleselect", options={"red": {}, "blue": {}})
    pim.attribute("material", "text")
    pim.attribute("size", "simpleselect", options={"s": {}, "m": {}})
    pim.family("shirts", ["sku", "color", "material", "size"])
    pim.variant("by_color_size", "shirts", (["color"], ["material"]), (["size"], ["sku"]))
    pim.category("red_things", "master")
    root = pim.model("tee", family_variant="by_color_size", categories=["master"])
    subs = [
        pim.model(
            f"tee_{color}",
            {"color": color, "material": "wool"},
            family_variant="by_color_size",
            parent="tee",
            categories=["master", "red_things"] if color == "red" else ["master"],
        )
        for color in ("red", "blue", "green")
    ]
    rows = [
        pim.product(
            f"{color}-{size}",
            {"color": color, "material": "wool", "size": size},
            family="shirts",
            parent=f"tee_{color}",
            categories=["master", "red_things"] if color == "red" else ["master"],
        )
        for color in ("red", "blue")
        for size in ("m", "s")
    ]
    return root, subs, rows


def test_two_levels_become_one_master_with_two_axes(pim: Any) -> None:
    root, subs, rows = two_levels(pim)
    mapped = master(pim, root, rows, subs)
    record = mapped.records[0][2]
    assert [a["id"] for a in record["variations"]["attributes"]] == ["akeneo_color", "akeneo_size"]
    assert record["variations"]["variants"] == ["red-s", "red-m", "blue-s", "blue-m"]
    assert "groups" not in record["variations"]


def test_two_levels_may_become_variation_groups(pim: Any) -> None:
    root, subs, rows = two_levels(pim)
    mapped = master(pim, root, rows, subs, products={"model_import": "master-group-variation"})
    records = {r["id"]: r for kind, _, r in mapped.records if kind == "product"}
    assert records["tee"]["variations"]["groups"] == ["tee_blue", "tee_red"]  # green has no variant
    assert records["tee_red"] == {
        "id": "tee_red",
        "fields": {"online-flag": {"": "true"}},
        "custom": {"akeneo_color": {"": "red"}, "akeneo_material": {"": "wool"}},
    }
    assigned = {
        r["id"]: [a["category"] for a in r["categories"]] for kind, _, r in mapped.records if kind == "category-assignments"
    }
    assert assigned == {"tee": ["master"], "tee_red": ["red_things"]}


def test_a_master_whose_last_variation_group_is_gone_lists_none(pim: Any) -> None:
    root, subs, _ = two_levels(pim)
    mapped = master(pim, root, [], subs, products={"model_import": "master-group-variation"})
    assert mapped.records[0][2]["variations"]["groups"] == []


def test_a_variation_group_keeps_the_categories_that_its_variants_share(pim: Any) -> None:
    root, subs, rows = two_levels(pim)
    mapping = pim.mapping(products={"model_import": "master-group-variation"})
    mapped = mapping.map_product(rows[0], ancestors=[root, subs[0]], targets={})
    assert [kind for kind, _, _ in mapped.records] == ["product"]


def test_an_axis_value_over_sfccs_length_is_left_out_of_the_variations_and_reported(pim: Any) -> None:
    entity = "e" * 120
    pim.reference_entities.append({"code": entity, "labels": {}})
    pim.records += [{"reference_entity": entity, "code": code, "values": {}} for code in ("r" * 130, "short")]
    pim.attribute("maker", "akeneo_reference_entity", reference_data_name=entity)
    pim.family("shirts", ["sku", "maker"])
    pim.variant("by_size", "shirts", (["maker"], ["sku"]))
    rows = [pim.product(sku, {"maker": code}, family="shirts", parent="tee") for sku, code in (("A", "r" * 130), ("B", "short"))]
    mapped = pim.map(rows[0], [pim.model("tee")])
    reason = f"'akeneo_entity_{'e' * 26}' can't be a variation's value: it has 265 characters, 256 are allowed"
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("maker", reason)]
    variations = master(pim, pim.model("tee"), rows).records[0][2]["variations"]
    assert [one["value"] for one in variations["attributes"][0]["values"]] == [f"akeneo_entity_{entity}_short"]
    assert sorted(variations["variants"]) == ["A", "B"]
