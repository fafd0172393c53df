"""The law: after edits and a differential load the instance equals one given everything anew."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from akeneo_assets.loads import window
from akeneo_assets.pim.clock import Overlap
from sandbox import stack
from sandbox.catalogue_edits import Pim
from tests.integration.conftest import merged
from tests.integration.law_comparison import breaches
from tests.integration.pim_edits import DELETIONS, KINDS, Editor

SEED = 1
EDITS = 40
"""Between two loads."""

SETTINGS: list[dict[str, Any]] = [
    {},
    {
        "attributes": {"metric": "both", "standard": {"name": {"template": "{brand} {name}"}, "brand": "brand"}},
        "associations": {"X_SELL": {"as": "product-link", "type": "cross-sell"}, "SUBSTITUTION": {"type": "4"}},
        "categories": {"primary": "none"},
        "price_books": [{"id": "{currency}-promo", "attribute": "promo_price"}],
        "products": {"status": {"source": "completeness"}, "model_import": "master-group-variation"},
    },
    {"products": {"status": {"source": "completeness"}, "filter": {"family": [{"operator": "NOT IN", "value": ["services"]}]}}},
]
"""What connector.yaml says otherwise at each load; the last one stays."""


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[int], str]:
    """connector.yaml with the settings of a load."""

    def write(load: int) -> str:
        settings = merged(yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text()), SETTINGS[load])
        settings["guard"] = {"share": 100, "above": 100_000}
        path = tmp_path / f"{load}.yaml"
        path.write_text(yaml.safe_dump(settings))
        return str(path)

    return write


def test_after_edits_and_differentials_the_instance_equals_one_given_everything_anew(
    pim_of: Callable[[str], str],
    place_at: Any,
    editor: Callable[[str], Pim],
    configured: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Else each load would read again all that was edited here, and so hide what no edit's time tells.
    monkeypatch.setattr(window, "overlap_of", lambda _: Overlap(timedelta(seconds=1)))
    pim = pim_of("demo")
    place = place_at(pim)
    place.jobs("1", "2", "3-2")
    edits, dice = Editor(editor(pim)), random.Random(SEED)
    for load in range(len(SETTINGS)):
        for _ in range(EDITS):
            edits.edit(dice.choice([*KINDS, *DELETIONS]), dice.getrandbits(32))
        run = place.job("3-1", CONNECTOR_CONFIG=configured(load))
        for _ in range(3):  # an edit took away a locale, a currency, or all that a deleted item belonged to
            if not run.ok and "--confirm" in run.failures[0]:
                run = place.job("3-1", confirm=f"load_{place.loads}", CONNECTOR_CONFIG=configured(load))
        assert run.ok, run.failures
        if load == 1:  # as if the process had died just before its end: SFCC has what the next load doesn't know of
            place.reopen(f"load_{place.loads}")
    anew = place_at(pim)
    for job in ("1", "2", "3-2"):
        run = anew.job(job, CONNECTOR_CONFIG=configured(load))
        assert run.ok, run.failures
    assert breaches(place.export(), anew.export()) == {}, edits.made


@pytest.fixture
def edited(pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim]) -> tuple[Any, Pim]:
    """An installation whose instance holds the demo catalogue, and its PIM for edits."""
    pim_url = pim_of("demo")
    place = place_at(pim_url)
    place.jobs("1", "2", "3-2")
    return place, editor(pim_url)


def test_values_lost_with_attributes_made_anew_under_their_codes_leave_sfcc(place_at: Any, edited: tuple[Any, Pim]) -> None:
    """No product's `updated` moves."""
    place, pim = edited
    anew: dict[str, dict[str, Any]] = {
        "usage_tip": {"type": "pim_catalog_textarea", "localizable": True},
        "legal_notice": {"type": "pim_catalog_text"},
        "tagline": {"type": "pim_catalog_text", "scopable": True},
        "menu_flavours": {"type": "akeneo_reference_entity_collection", "reference_data_name": "flavours", "scopable": False},
        "volume": {"type": "pim_catalog_metric", "metric_family": "Weight", "default_metric_unit": "KILOGRAM", "scopable": True},
    }
    for code, made in anew.items():
        pim.delete(f"attributes/{code}")
        numeric = {"decimals_allowed": True, "negative_allowed": False} if "metric_family" in made else {}
        pim.patch(f"attributes/{code}", {"code": code, "group": "marketing", **made, **numeric})
    run = place.job("3-1")
    assert run.ok, run.failures
    ids = {f"akeneo_{code}" for code in anew}
    for values in place.export().product("SAMPLER-001").iterfind("custom-attributes"):
        assert not ids & {value.get("attribute-id") for value in values}
    other = place_at(place.pim_url)
    other.jobs("1", "2", "3-2")
    assert place.export().differs_from(other.export()) == {}
    assert place.job("3-1").sent == {}


def test_a_product_that_another_links_to_by_identifier_may_be_renamed(place_at: Any, edited: tuple[Any, Pim]) -> None:
    """GRIND-HAND-38 links to FILTER-PAPER-100, which no longer is anybody's identifier, and then another's."""
    place, pim = edited
    part = "custom-attributes/custom-attribute[@attribute-id='akeneo_spare_part']/text()"
    assert place.export().product("GRIND-HAND-38").xpath(part) == ["FILTER-PAPER-100"]
    for uuid, sku, linked in (
        ("49afb583-5a64-456b-8f66-f23638c753fd", "FILTER-PAPER", []),
        ("14937f72-3b3e-4f7e-a0f5-fe67a88ba771", "FILTER-PAPER-100", ["FILTER-PAPER-100"]),
    ):
        pim.patch(f"products-uuid/{uuid}", {"values": {"sku": [{"locale": None, "scope": None, "data": sku}]}})
        run = place.job("3-1")
        assert run.ok, run.failures
        assert place.export().product("GRIND-HAND-38").xpath(part) == linked
    anew = place_at(place.pim_url)
    assert anew.job("3-2").ok
    assert breaches(place.export(), anew.export()) == {}
