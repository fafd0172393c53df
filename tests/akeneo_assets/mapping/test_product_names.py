"""Products without name: what stands in for it, and the report."""

from typing import Any

import pytest

from akeneo_assets.mapping.problems import Problem

NAMED = {"standard": {"name": "name"}}
BY_LABEL = {"attributes": NAMED, "products": {"label_as_name": True}}


@pytest.fixture
def shop(pim: Any) -> Any:
    pim.attribute("name", "text", localizable=True)
    pim.attribute("title", "text", localizable=True)
    pim.attribute("size", "simpleselect", options={"s": {}})
    pim.family("mugs", ["sku", "name", "title"], label="title")
    pim.family("shirts", ["sku", "name", "title", "size"], label="Title")
    pim.family("plain", ["sku", "name"])
    pim.variant("by_size", "shirts", (["size"], ["sku"]))
    pim.variant("by_size_own", "shirts", (["size"], ["sku", "title"]))
    return pim


def reasons(mapped: Any) -> list[tuple[str, str]]:
    return [(problem.attribute, problem.reason) for problem in mapped.problems]


def test_a_product_that_is_online_without_name_is_reported_and_exported_all_the_same(shop: Any) -> None:
    mapped = shop.map(shop.product("M1", family="mugs"), attributes=NAMED)
    assert mapped.records[0][2]["fields"] == {"online-flag": {"": "true"}}
    assert mapped.problems == [Problem("product", "uuid-M1", "name", "online without a name: it has none in any locale")]


@pytest.mark.parametrize(
    ("values", "more", "settings"),
    [
        ({"name": [{"locale": "fr_FR", "scope": None, "data": "Tasse"}]}, {}, {"attributes": NAMED}),
        ({}, {"enabled": False}, {"attributes": NAMED}),
        ({}, {}, {"attributes": NAMED, "products": {"status": {"source": "untouched"}}}),
        ({}, {}, {}),
        ({}, {}, {"attributes": {"standard": {"name": {"attribute": "name", "default": "Mug"}}}}),
        ({}, {}, {"attributes": {"standard": {"name": {"attribute": "other", "optional": True}}}}),
    ],
    ids=["a name in one locale", "offline", "status left to merchants", "names left to merchants", "a default", "no attribute"],
)
def test_nothing_is_said_of_a_product_that(shop: Any, values: Any, more: Any, settings: Any) -> None:
    assert shop.map(shop.product("M1", values, **more), **settings).problems == []


def test_one_that_is_online_on_a_single_site_is_reported(shop: Any) -> None:
    shop.channel("app", ["en_US"], ["EUR"])
    sites = [{"id": "A"}, {"id": "B", "channel": "app"}]
    item = shop.product("M1", completenesses=[{"scope": "app", "locale": "en_US", "data": 100}])
    status = {"status": {"source": "completeness"}}
    mapped = shop.map(item, organization={"sites": sites}, products=status, attributes=NAMED)
    assert mapped.records[0][2]["fields"]["online-flag"] == {"": "false", "@B": "true"}
    assert reasons(mapped) == [("name", "online without a name: it has none in any locale")]


def test_the_familys_label_attribute_is_no_name_unless_the_settings_say_so(shop: Any, of: Any) -> None:
    item = shop.product("M1", {"title": [of("Big mug", "en_US")]}, family="mugs")
    assert "display-name" not in shop.record(item, attributes=NAMED)["fields"]
    mapped = shop.map(item, **BY_LABEL)
    assert mapped.records[0][2]["fields"]["display-name"] == {"x-default": "Big mug", "en-US": "Big mug"}
    assert mapped.problems == []


def test_a_mapped_name_goes_before_the_label_attribute(shop: Any, of: Any) -> None:
    item = shop.product("M1", {"name": [of("Tasse", "fr_FR")], "title": [of("Big mug", "en_US")]}, family="mugs")
    assert shop.record(item, **BY_LABEL)["fields"]["display-name"] == {"fr-FR": "Tasse"}


def test_a_product_without_name_and_label_is_reported_with_both(shop: Any) -> None:
    reason = "online without a name: it has none in any locale"
    assert reasons(shop.map(shop.product("M1", family="mugs"), **BY_LABEL)) == [
        ("name", f"{reason}, nor a value of 'title', its family's label attribute")
    ]
    assert reasons(shop.map(shop.product("P1", family="plain"), **BY_LABEL)) == [("name", reason)]


def test_a_label_is_trimmed_and_counted_as_a_name_is(shop: Any, of: Any) -> None:
    mapped = shop.map(shop.product("M1", {"title": [of(" Big mug", "fr_FR")]}, family="mugs"), **BY_LABEL)
    assert (mapped.records[0][2]["fields"]["display-name"], mapped.trimmed) == ({"fr-FR": "Big mug"}, 1)


def test_of_a_model_and_its_variants_the_master_is_called_by_its_label_and_reported_without(shop: Any, of: Any) -> None:
    mapping = shop.mapping(**BY_LABEL)
    labelled = shop.model("tee", {"title": [of("Tee", "en_US")]})
    values = {"title": [of("Tee", "en_US")], "size": "s"}
    variant = mapping.map_product(shop.product("T1", values, family="shirts", parent="tee"), ancestors=[labelled], targets={})
    master = mapping.map_master(labelled, [], [variant.facts], {})
    assert ("display-name" in variant.records[0][2]["fields"], variant.problems) == (False, [])
    assert (master.records[0][2]["fields"]["display-name"], master.problems) == ({"x-default": "Tee", "en-US": "Tee"}, [])
    nameless = mapping.map_master(shop.model("tee"), [], [variant.facts], {})
    assert reasons(nameless) == [
        ("name", "online without a name: it has none in any locale, nor a value of 'title', its family's label attribute")
    ]


def test_a_variant_that_owns_the_label_attribute_is_called_by_it_unless_its_master_has_a_name(shop: Any, of: Any) -> None:
    values = {"title": [of("Small tee", "en_US")], "size": "s"}
    root = shop.model("tee", family_variant="by_size_own")
    item = shop.product("T1", values, family="shirts", parent="tee")
    assert shop.record(item, [root], **BY_LABEL)["fields"]["display-name"] == {"x-default": "Small tee", "en-US": "Small tee"}
    named = [of("Tee", "en_US")]
    root = shop.model("tee", {"name": named}, family_variant="by_size_own")
    item = shop.product("T1", {**values, "name": named}, family="shirts", parent="tee")
    assert "display-name" not in shop.record(item, [root], **BY_LABEL)["fields"]
