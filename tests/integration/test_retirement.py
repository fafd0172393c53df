"""What is no longer exported is taken out of the shop, whatever the reason; when it comes back, it is as before."""

from collections.abc import Callable
from typing import Any

import pytest

WITHOUT_JACKETS = {"family": [{"operator": "NOT IN", "value": ["jackets"]}]}


@pytest.fixture(scope="module")
def pim_url(pim_of: Callable[[str], str]) -> str:
    return pim_of("demo")


@pytest.fixture
def place(place_at: Any, pim_url: str) -> Any:
    """An installation whose instance holds the demo catalogue."""
    place = place_at(pim_url)
    place.jobs("1", "2", "3-2")
    return place


def _flags(element: Any) -> list[tuple[str | None, str]]:
    return [(flag.get("site-id"), flag.text) for flag in element.iterfind("online-flag")]


def test_products_that_a_filter_leaves_out_go_offline_and_come_back_as_they_were(
    place: Any, settings: Callable[..., str]
) -> None:
    before = place.export()
    variants = {str(v.get("product-id")) for v in before.product("jacket_fleece").iterfind("variations/variants/variant")}
    assert len(variants) > 1
    config = settings(products={"filter": WITHOUT_JACKETS, "model_filter": WITHOUT_JACKETS})
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    now = place.export()
    assert set(now.products()) == set(before.products())
    for product in {"jacket_fleece", *variants}:
        assert _flags(now.product(product)) == [(None, "false")]
        assert (now.categories_of(product), now.prices(product), now.recommended(product)) == (set(), {}, set())
    assert now.product("jacket_fleece").findall("variations/variants/variant") == []
    assert place.job("3-1", CONNECTOR_CONFIG=config).sent == {}
    run = place.job("3-1")
    assert run.ok, run.failures
    assert place.export().differs_from(before) == {}


def test_products_are_deleted_where_the_settings_say_so(place: Any, settings: Callable[..., str]) -> None:
    before = set(place.export().products())
    config = settings(
        products={"filter": WITHOUT_JACKETS, "model_filter": WITHOUT_JACKETS}, loads={"retire": {"products": "delete"}}
    )
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    gone = before - set(place.export().products())
    assert {"jacket_fleece", "jacket_drizzle"} < gone
    assert place.job("3-1", CONNECTOR_CONFIG=config).sent == {}
    run = place.job("3-1", CONNECTOR_CONFIG=settings())
    assert run.ok, run.failures
    assert set(place.export().products()) == before


def test_products_stay_as_they_are_where_the_settings_say_so(place: Any, settings: Callable[..., str]) -> None:
    before = place.export()
    config = settings(
        products={"filter": WITHOUT_JACKETS, "model_filter": WITHOUT_JACKETS}, loads={"retire": {"products": "keep"}}
    )
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    now = place.export()
    (variant, *_) = now.product("jacket_fleece").iterfind("variations/variants/variant")
    sku = str(variant.get("product-id"))
    assert now.prices(sku) == before.prices(sku) != {}
    assert now.categories_of("jacket_fleece") == before.categories_of("jacket_fleece") != set()
    assert _flags(now.product(sku)) == _flags(before.product(sku))


def test_the_old_id_of_a_renamed_product_goes_offline(place_at: Any, pim_of: Any, editor: Any) -> None:
    pim_url = pim_of("demo")
    place = place_at(pim_url)
    place.jobs("1", "2", "3-2")
    editor(pim_url).patch(
        "products-uuid/49afb583-5a64-456b-8f66-f23638c753fd",
        {"values": {"sku": [{"locale": None, "scope": None, "data": "FILTER-PAPER"}]}},
    )
    run = place.job("3-1")
    assert run.ok, run.failures
    now = place.export()
    assert _flags(now.product("FILTER-PAPER")) == [(None, "true")]
    assert _flags(now.product("FILTER-PAPER-100")) == [(None, "false")]
    assert (now.categories_of("FILTER-PAPER-100"), now.prices("FILTER-PAPER-100")) == (set(), {})


def test_categories_of_a_tree_that_is_no_longer_exported_go_offline_where_they_stand(
    place: Any, settings: Callable[..., str]
) -> None:
    before = place.export()
    config = settings(categories={"trees": ["app_menu"]})
    assert not place.job("3-1", CONNECTOR_CONFIG=config).ok  # all categories would go
    run = place.job("3-1", confirm=f"load_{place.loads}", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    now = place.export()
    assert _flags(now.category("tents")) == [(None, "false")]
    assert now.category("tents").findtext("parent") == before.category("tents").findtext("parent")
    assert now.all("/catalog/category-assignment[@category-id='tents']") == []
    run = place.job("3-1")
    assert run.ok, run.failures
    assert _flags(place.export().category("tents")) == [(None, "true")]


def test_content_goes_offline_and_what_has_no_online_flag_is_deleted(
    place_at: Any, pim_url: str, settings: Callable[..., str]
) -> None:
    place = place_at(pim_url)
    config = settings(reference_entities={"as": "content"})
    for job in ("1", "2", "3-2"):
        run = place.job(job, CONNECTOR_CONFIG=config)
        assert run.ok, run.failures
    before = place.export()
    contents = before.all("/library/content")
    tables = before.all("/custom-objects/custom-object")
    assert contents
    assert tables
    table = tables[0].get("object-id").removeprefix("akeneo_")
    config = settings(reference_entities={"as": "none"}, attributes={"exclude": {"attributes": [table]}})
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    now = place.export()
    assert {flag for content in now.all("/library/content") for flag in _flags(content)} == {(None, "false")}
    assert tables[0].get("object-id") not in [one.get("object-id") for one in now.all("/custom-objects/custom-object")]


def test_categories_are_deleted_but_for_those_above_a_merchant_s_own(place: Any, settings: Callable[..., str]) -> None:
    own = """<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="akeneo-catalog">
        <category category-id="our-tents"><parent>tents</parent></category></catalog>"""
    place.merchant_imports("own", {"catalogs/akeneo-catalog/catalog.xml": own})
    config = settings(
        categories={"trees": ["app_menu"]}, loads={"retire": {"categories": "delete"}}, guard={"above": 100, "share": 1}
    )
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    now = place.export()
    standing = {str(each.get("category-id")): each.findtext("parent") for each in now.all("/catalog/category")}
    exported = {"root": None, "app_menu": "root", "app_coffee": "app_menu", "app_favourites": "app_menu"}
    spared = {"master": "root", "outdoor": "master", "camping": "outdoor", "tents": "camping"}
    assert standing == {**exported, **spared, "our-tents": "tents"}
    assert {name: _flags(now.category(name)) for name in spared} == {name: [(None, "false")] for name in spared}
    assert place.job("3-1", CONNECTOR_CONFIG=config).sent == {}


def test_no_category_is_deleted_where_sfcc_gives_no_export_of_its_catalog(place: Any, settings: Callable[..., str]) -> None:
    before = {str(each.get("category-id")) for each in place.export().all("/catalog/category")}
    place.faults(answers=[{"on": "POST .*/jobs/sfcc-site-archive-export/executions", "status": 403}])
    config = settings(
        categories={"trees": ["app_menu"]}, loads={"retire": {"categories": "delete"}}, guard={"above": 100, "share": 1}
    )
    run = place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    place.faults()
    now = place.export()
    exported = {"app_menu", "app_coffee", "app_favourites"}
    assert {str(each.get("category-id")) for each in now.all("/catalog/category")} == before | exported
    assert _flags(now.category("tents")) == [(None, "false")]
