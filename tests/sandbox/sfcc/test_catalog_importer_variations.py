"""Variation masters: merge-mode of variants and values, moves, deletion, quota, shared variation attributes."""

import pytest


def master(id_, variants, mode="replace", values="", attributes=True):
    inner = "".join(f'<variant product-id="{v}"/>' for v in variants)
    given = (
        "<attributes>"
        f'<variation-attribute attribute-id="color" variation-attribute-id="color">{values}</variation-attribute></attributes>'
        if attributes
        else ""
    )
    return (
        f'<product product-id="{id_}"><variations>{given}<variants merge-mode="{mode}">{inner}</variants></variations></product>'
    )


def products(*ids):
    return "".join(f'<product product-id="{i}"/>' for i in ids)


def variants(instance, id_="m"):
    (found,) = [p for p in instance.all("product") if p.get("product-id") == id_]
    return [v.get("product-id") for v in found.iterfind(".//{*}variant")]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("add", ["a", "b", "d"]),
        ("merge", ["b", "d"]),
        ("remove", ["a"]),
        ("replace", ["d", "b"]),
    ],
)
def test_variants_obey_their_merge_mode(instance, mode, expected):
    instance.catalog(products("a", "b", "d") + master("m", ["a", "b"]))
    instance.catalog(master("m", ["d", "b"], mode, attributes=False))
    assert variants(instance) == expected


def test_two_blocks_in_one_file_add_and_remove(instance):
    instance.catalog(products("a", "b", "d") + master("m", ["a", "b"]))
    instance.catalog(
        '<product product-id="m"><variations><variants merge-mode="add"><variant product-id="d"/></variants>'
        '<variants merge-mode="remove"><variant product-id="a"/></variants></variations></product>'
    )
    assert variants(instance) == ["b", "d"]


def test_a_left_out_variant_becomes_a_standalone_product(instance):
    instance.catalog(products("a", "b") + master("m", ["a", "b"]))
    instance.catalog(master("m", ["a"]))
    instance.catalog('<product mode="delete" product-id="m"/>')
    assert instance.ids("product") == ["b"]


def test_a_deleted_master_takes_its_variants_along(instance):
    instance.catalog(products("a", "b") + master("m", ["a", "b"]))
    instance.catalog('<product mode="delete" product-id="m"/>')
    assert instance.ids("product") == []


def test_a_deleted_variant_leaves_its_master(instance):
    instance.catalog(products("a", "b") + master("m", ["a", "b"]))
    instance.catalog('<product mode="delete" product-id="a"/>')
    assert variants(instance) == ["b"]


def test_a_variant_given_to_another_master_moves(instance):
    instance.catalog(products("a", "b") + master("m", ["a", "b"]) + master("n", []))
    instance.catalog(master("n", ["a"]))
    assert variants(instance, "m") == ["b"]
    assert variants(instance, "n") == ["a"]
    assert instance.problems() == []
    instance.catalog('<product mode="delete" product-id="m"/>')
    assert instance.ids("product") == ["a", "n"]


def test_a_master_is_still_one_without_variants(instance):
    instance.catalog(master("m", []))
    assert instance.product("m") == (
        '<product product-id="m"><variations><attributes>'
        '<variation-attribute attribute-id="color" variation-attribute-id="color"/>'
        "</attributes></variations></product>"
    )
    instance.catalog('<product product-id="m"><variations><attributes/><variants/></variations></product>')
    assert instance.product("m") == '<product product-id="m"/>'


def test_an_unknown_variant_is_a_warning_and_dropped(instance):
    instance.catalog(products("a") + master("m", ["a", "ghost"]))
    assert variants(instance) == ["a"]
    assert instance.problems() == [
        "DATAWARNING [product 'm' (feed.xml, line 2)]: variant: product 'ghost' does not exist; relation dropped"
    ]


def test_more_variants_than_the_quota_are_an_error_and_the_list_stays(instance):
    ids = [f"v{i}" for i in range(1001)]
    instance.catalog(products(*ids) + master("m", ids[:1000]))
    assert instance.problems() == []
    instance.catalog(master("m", ids))
    assert instance.problems()[0].startswith("DATAERROR [product 'm'")
    assert len(variants(instance)) == 1000


def _values(mode, *values):
    inner = "".join(
        f'<variation-attribute-value value="{v}"><display-value>{v}!</display-value></variation-attribute-value>' for v in values
    )
    return f'<variation-attribute-values merge-mode="{mode}">{inner}</variation-attribute-values>'


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("add", ["red", "blue", "green"]), ("merge", ["blue", "green"]), ("remove", ["red"]), ("replace", ["green", "blue"])],
)
def test_variation_attribute_values_obey_their_merge_mode(instance, mode, expected):
    instance.catalog(master("m", [], values=_values("replace", "red", "blue")))
    instance.catalog(master("m", [], values=_values(mode, "green", "blue")))
    (found,) = instance.all("product")
    assert [v.get("value") for v in found.iterfind(".//{*}variation-attribute-value")] == expected


def test_only_the_last_given_default_variant_is_the_default(instance):
    def with_default(id_):
        return (
            '<product product-id="m"><variations><variants merge-mode="add">'
            f'<variant product-id="{id_}" default="true"/></variants></variations></product>'
        )

    instance.catalog(products("a", "b") + with_default("a"))
    instance.catalog(with_default("b"))
    assert instance.product("m") == (
        '<product product-id="m"><variations><variants><variant product-id="a"/>'
        '<variant product-id="b" default="true"/></variants></variations></product>'
    )


def test_variation_groups_obey_their_merge_mode(instance):
    def groups(mode, *ids):
        inner = "".join(f'<variation-group product-id="{i}"/>' for i in ids)
        return (
            '<product product-id="m"><variations>'
            f'<variation-groups merge-mode="{mode}">{inner}</variation-groups></variations></product>'
        )

    instance.catalog(products("g", "h") + groups("replace", "g"))
    instance.catalog(groups("add", "h"))
    (found,) = [p for p in instance.all("product") if p.get("product-id") == "m"]
    assert [v.get("product-id") for v in found.iterfind(".//{*}variation-group")] == ["g", "h"]


def test_a_shared_variation_attribute_comes_later_in_the_file_and_falls_with_its_deletion(instance):
    shared = (
        '<product product-id="m"><variations><attributes>'
        '<shared-variation-attribute attribute-id="size" variation-attribute-id="s"/>'
        '<shared-variation-attribute attribute-id="size" variation-attribute-id="ghost"/></attributes></variations></product>'
    )
    instance.catalog(
        shared
        + (
            '<variation-attribute attribute-id="size" variation-attribute-id="s">'
            "<display-name>Size</display-name></variation-attribute>"
        )
    )
    assert instance.product("m").count("shared-variation-attribute") == 1
    assert "'ghost' does not exist" in instance.problems()[0]
    instance.catalog('<variation-attribute mode="delete" attribute-id="size" variation-attribute-id="s"/>')
    assert instance.product("m") == '<product product-id="m"/>'


def test_a_variation_attribute_on_a_site_specific_attribute_is_a_warning(instance, feeds):
    instance.define(feeds.attribute("color", site_specific=True))
    instance.catalog(master("m", []))
    assert instance.problems() == [
        "DATAWARNING [product 'm' (feed.xml, line 2)]: variation attribute on the site-specific attribute 'color'"
    ]
    assert "variation-attribute" in instance.product("m")
