"""Nothing is taken from many objects at once without a person's word; everyday edits go."""

from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner

from akeneo_assets.commands.confirm import app
from sandbox.catalogue_edits import Pim


def test_objects_beyond_the_guard_stay_until_they_are_confirmed(place: Any, config: Callable[..., str]) -> None:
    """A filter that is too wide: 6 of the catalogue's products would go, 1 may."""
    before = place.export()
    narrowed = {"family": [{"operator": "NOT IN", "value": ["tents", "coffee"]}]}
    settings = config(products={"filter": narrowed, "model_filter": narrowed}, guard={"share": 1, "above": 1})
    held = place.job("3-1", CONNECTOR_CONFIG=settings)
    assert not held.ok
    assert "Left in the shop" in held.failures[0]
    assert place.export().differs_from(before) == {}
    store = {"CONNECTOR_STORE": str(place.store), **place.environment()}
    shown = CliRunner().invoke(app, [f"load_{place.loads}", "--show"], env=store)
    assert "TENT-RIDGE-3" in shown.output, shown.output
    confirmed = CliRunner().invoke(app, [f"load_{place.loads}", "--only", "product/TENT*"], env=store)
    assert confirmed.exit_code == 0, confirmed.output
    place.job("3-1", CONNECTOR_CONFIG=settings)
    now = place.export()
    changed = {name.split()[1] for name in now.differs_from(before) if name.startswith("product ")}
    assert changed, now.differs_from(before)
    assert all(product.startswith("TENT") for product in changed)


def test_products_that_are_held_back_stay_with_their_master_and_with_all_that_names_them(
    place: Any, editor: Callable[[str], Pim], config: Callable[..., str]
) -> None:
    """Variants and simple products, deleted in the PIM, or hidden: the answer looks alike."""
    pim, before, settings = editor(place.pim_url), place.export(), config(guard={"share": 1, "above": 1})
    uuids = {
        product["values"]["sku"][0]["data"]: product["uuid"]
        for product in pim.items("products-uuid")
        if "sku" in product["values"]
    }
    gone = ("JACKET-DRIZZLE-BLUE-S", "JACKET-DRIZZLE-BLUE-M", "TENT-RIDGE-3")
    for identifier in gone:
        pim.delete(f"products-uuid/{uuids[identifier]}")
    renamed = [{"locale": "en_US", "scope": None, "data": "Drizzle jacket, renamed"}]
    pim.patch("product-models/jacket_drizzle", {"values": {"name": renamed}})
    for kind in ("3-1", "3-2"):
        held = place.job(kind, CONNECTOR_CONFIG=settings)
        assert "Left in the shop" in held.failures[0]
        now = place.export()
        assert variants(now) == variants(before)
        changed = now.differs_from(before)
        assert "product jacket_drizzle in catalogs/akeneo-catalog" in changed
        # The PIM takes what it deletes out of others' associations: that is an absence of its own, and within the limits.
        assert [name for name in changed if "drizzle" not in name.lower() and "recommendation" not in name] == []
    confirmed = place.job("3-1", confirm=f"load_{place.loads}", CONNECTOR_CONFIG=settings)
    assert confirmed.ok, confirmed.failures
    now = place.export()
    assert {now.product(code).findtext("online-flag") for code in gone} == {"false"}
    assert variants(before) - variants(now) == {*gone[:2]}


def variants(export: Any) -> set[str]:
    """The ids of the variants of the jacket."""
    return {*export.product("jacket_drizzle").xpath("variations/variants/variant/@product-id")}


def test_a_type_that_would_lose_more_than_half_stops_the_load_until_it_is_confirmed(
    place: Any, config: Callable[..., str]
) -> None:
    before = place.export()
    only_tents = {"family": [{"operator": "IN", "value": ["tents"]}]}
    settings = config(products={"filter": only_tents, "model_filter": only_tents})
    stopped = place.job("3-1", CONNECTOR_CONFIG=settings)
    assert not stopped.ok
    assert "Nothing was sent, since more than half would be taken out of the shop: " in stopped.failures[0]
    assert place.export().differs_from(before) == {}
    gone_on = place.job("3-1", confirm=f"load_{place.loads}", CONNECTOR_CONFIG=settings)
    assert gone_on.ok, gone_on.failures
    now = place.export()
    flags = {
        product: now.product(product).findtext("online-flag") for product in ("TENT-RIDGE-3", "SAMPLER-001", "jacket_fleece")
    }
    assert flags == {"TENT-RIDGE-3": "true", "SAMPLER-001": "false", "jacket_fleece": "false"}


def test_what_people_say_in_the_pim_passes_however_much_it_is(place: Any, editor: Callable[[str], Pim], config: Any) -> None:
    """Each simple product and variant is disabled, and loses its categories and its name."""
    pim, settings = editor(place.pim_url), config(guard={"share": 1, "above": 1})
    for product in list(pim.items("products-uuid")):
        empty = [value | {"data": None} for value in product["values"].get("name", ())]
        values = {"name": empty} if empty and not product["parent"] else {}
        pim.patch(f"products-uuid/{product['uuid']}", {"enabled": False, "categories": [], "values": values})
    run = place.job("3-1", CONNECTOR_CONFIG=settings)
    assert run.ok, run.failures
    now = place.export()
    assert now.product("TENT-RIDGE-3").findtext("online-flag") == "false"
    assert now.categories_of("TENT-RIDGE-3") == set()
