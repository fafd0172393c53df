"""By what a list can be narrowed."""

import pytest

from sandbox.sfcc.storefront.shop_categories import find_category
from sandbox.sfcc.storefront.shop_lists import product_list
from sandbox.sfcc.storefront.shop_refinements import refine

BY_FABRIC = '<refinement-definition type="attribute" bucket-type="{kind}" attribute-id="fabric">{inner}</refinement-definition>'
BY_BRAND = """<refinement-definition type="attribute" attribute-id="brand" system="true"><display-name>Maker</display-name>
</refinement-definition>"""
BY_PRICE = """<refinement-definition type="price" bucket-type="thresholds"><display-name>Price</display-name><bucket-definitions>
<price-bucket currency="EUR"><threshold>7</threshold></price-bucket>
<price-bucket currency="USD"><display-name>Up to 10</display-name><threshold>10</threshold></price-bucket>
<price-bucket currency="USD"><display-name>10 to 20</display-name><threshold>20</threshold></price-bucket>
</bucket-definitions></refinement-definition>"""


def fabric(inner="", kind="none"):
    return BY_FABRIC.format(kind=kind, inner=inner)


@pytest.fixture
def shirts(instance, xml, feeds):
    """Four shirts: linen and wool of Hearth, wool and silk of Cairn, at 5, 10, 15 and 25 dollars."""
    names = {"linen": "Linen", "wool": "Wool", "silk": "Silk"}
    defined = "".join(f"<value-definition><display>{n}</display><value>{v}</value></value-definition>" for v, n in names.items())
    instance.define(
        '<attribute-definition attribute-id="fabric"><display-name>Fabric</display-name><type>enum-of-string</type>'
        f"<value-definitions>{defined}</value-definitions></attribute-definition>"
    )
    made = {"a": ("Hearth", "linen"), "b": ("Hearth", "wool"), "c": ("Cairn", "wool"), "d": ("Cairn", "silk")}
    products = "".join(
        f'<product product-id="{id_}">{xml.online}<brand>{brand}</brand><custom-attributes>'
        f'<custom-attribute attribute-id="fabric">{value}</custom-attribute></custom-attributes></product>'
        for id_, (brand, value) in made.items()
    )
    instance.catalog(xml.category("all") + xml.category("below", "all") + products + xml.assign("below", *made))
    instance.prices(xml.book("list", "USD", {"a": "5.00", "b": "10.00", "c": "15.00", "d": "25.00"}))
    return instance


def defined(instance, xml, *definitions, at="all"):
    parent = "root" if at == "all" else "all"
    instance.catalog(xml.category(at, parent, rest=f"<refinement-definitions>{''.join(definitions)}</refinement-definitions>"))
    assert instance.problems() == []


def narrowed(shop, wanted=None):
    category = find_category(shop, "below")
    hits, refinements = refine(category, product_list(category).hits, wanted or {})
    offered = {r.name: [(value.name, value.count) for value in r.values] for r in refinements}
    return [hit.product.id for hit in hits], offered


def test_values_of_one_refinement_widen_the_list_and_others_narrow_it(shirts, xml, shop):
    defined(shirts, xml, BY_BRAND, fabric())
    assert narrowed(shop()) == (
        ["a", "b", "c", "d"],
        {"Maker": [("Cairn", 2), ("Hearth", 2)], "Fabric": [("Linen", 1), ("Wool", 2), ("Silk", 1)]},
    )
    assert narrowed(shop(), {"fabric": ["wool"]}) == (
        ["b", "c"],
        {"Maker": [("Cairn", 1), ("Hearth", 1)], "Fabric": [("Linen", 1), ("Wool", 2), ("Silk", 1)]},
    )
    assert narrowed(shop(), {"fabric": ["wool", "silk"], "brand": ["Cairn"]})[0] == ["c", "d"]


def test_a_category_has_the_refinements_above_it_and_may_replace_or_block_them(shirts, xml, shop):
    defined(shirts, xml, BY_BRAND, fabric())
    defined(
        shirts,
        xml,
        fabric("<display-name>Cloth</display-name>"),
        '<blocked-refinement-definition type="attribute" attribute-id="brand"/>',
        at="below",
    )
    assert list(narrowed(shop())[1]) == ["Cloth"]


@pytest.mark.parametrize(
    ("inner", "offered"),
    [
        ("<sort-mode>value-count</sort-mode><sort-direction>descending</sort-direction>", ["Wool", "Linen", "Silk"]),
        ("<sort-mode>value-name</sort-mode>", ["Linen", "Silk", "Wool"]),
        ("<sort-mode>value-name</sort-mode><sort-direction>descending</sort-direction>", ["Wool", "Silk", "Linen"]),
        ("<cutoff-threshold>2</cutoff-threshold>", ["Linen", "Wool"]),
    ],
)
def test_values_stand_as_the_definition_sorts_and_cuts_them(shirts, xml, shop, inner, offered):
    defined(shirts, xml, fabric(inner))
    assert [name for name, _ in narrowed(shop())[1]["Fabric"]] == offered


@pytest.mark.parametrize(
    ("mode", "offered"),
    [
        ("show-values", [("Plants", 1), ("Animals", 2), ("Silk", 1)]),
        ("hide", [("Plants", 1), ("Animals", 2)]),
        ("show-as-bucket", [("Plants", 1), ("Animals", 2), ("Others", 1)]),
    ],
)
def test_buckets_gather_values_and_the_mode_decides_on_the_rest(shirts, xml, shop, mode, offered):
    buckets = """<bucket-definitions>
    <attribute-bucket><display-name>Plants</display-name><value-list>linen|cotton</value-list></attribute-bucket>
    <attribute-bucket><display-name>Animals</display-name><value-list>wool</value-list></attribute-bucket>
    <attribute-bucket default="true"/></bucket-definitions>"""
    defined(shirts, xml, fabric(f"<unbucketed-values-mode>{mode}</unbucketed-values-mode>{buckets}", "values"))
    assert sorted(narrowed(shop())[1]["Fabric"]) == sorted(offered)
    assert narrowed(shop(), {"fabric": ["bucket 0"]})[0] == ["a"]


def test_prices_are_offered_in_the_buckets_of_the_shoppers_currency(shirts, xml, shop):
    defined(shirts, xml, BY_PRICE)
    assert narrowed(shop())[1] == {"Price": [("Up to 10", 1), ("10 to 20", 2)]}
    assert narrowed(shop(), {"price": ["bucket 2"]})[0] == ["b", "c"]


def test_where_nothing_is_defined_brand_and_variation_attributes_are_offered(jackets, shop):
    category = find_category(shop(), "clothes")
    hits, refinements = refine(category, product_list(category).hits, {})
    assert {r.name: [value.name for value in r.values] for r in refinements} == {"Color": ["RED", "BLUE"], "Size": ["S", "L"]}
    assert len(hits) == 1
