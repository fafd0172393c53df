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
    assert [name for name in place.export().differs_from(before) if not name.startswith("<recommendation")] == []
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
