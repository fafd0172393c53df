"""Inputs that failed with other connectors, by the names that the reference material gives them, served from its own catalogue:
four products, of which two are variants of the master `polo`, and the two simple ones recommend each other.

`blue-shoe` is in `tests/akeneo_assets/mapping/test_variant_images.py`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from akeneo_assets import resources
from akeneo_assets.pim.pim_client import PimClient
from sandbox import stack
from sandbox.catalogue_edits import Pim

pytestmark = pytest.mark.shared

TWO_A = "products-uuid/20000000-0000-4000-8000-000000000001"
POLO_RED = "products-uuid/20000000-0000-4000-8000-000000000010"
NOT_FOUND = {"kind": "status", "status": 404, "times": 1}
ERROR_BODY = {"kind": "body", "body": {"code": 500, "message": "Oops"}}


@pytest.fixture(scope="module")
def pim_url(shared: Path, pim_of: Callable[[str], str]) -> str:
    """A PIM that misbehaves at times, but isn't edited."""
    return pim_of(str(shared / "cases" / "catalogue"))


@pytest.fixture(scope="module")
def place(place_at: Any, pim_url: str) -> Any:
    """An installation whose instance holds the catalogue."""
    made = place_at(pim_url)
    made.jobs("1", "2", "3-2")
    return made


@pytest.fixture
def misbehave(pim_url: str, tell_pim: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well. The client doesn't wait between its tries."""

    class Hasty(PimClient):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, sleep=lambda _: None, **options)

    monkeypatch.setattr(resources, "PimClient", Hasty)
    yield partial(tell_pim, pim_url)
    tell_pim(pim_url)


def sku(text: str) -> dict[str, Any]:
    return {"values": {"sku": [{"locale": None, "scope": None, "data": text}]}}


def test_sku_renamed(shared: Path, pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim]) -> None:
    url = pim_of(str(shared / "cases" / "catalogue"))
    place = place_at(url)
    place.jobs("1", "2", "3-2")
    pim = editor(url)
    pim.patch(TWO_A, sku("ONE-A"))
    pim.patch(POLO_RED, sku("POLO-CRIMSON"))
    place.jobs("3-1")
    now = place.export()
    for old in ("TWO-A", "POLO-RED"):
        assert now.product(old).findtext("online-flag") == "false"
        assert (now.categories_of(old), now.prices(old), now.recommended(old)) == (set(), {}, set())
    assert now.recommended("ONE-A") == {("1", "TWO-B")}
    assert now.recommended("TWO-B") == {("1", "ONE-A")}
    variants = now.product("polo").findall("variations/variants/variant")
    assert {variant.get("product-id") for variant in variants} == {"POLO-CRIMSON", "POLO-BLUE"}
    anew = place_at(url)
    anew.jobs("1", "2", "3-2")
    assert set(now.differs_from(anew.export())) == {f"product {old} in catalogs/akeneo-catalog" for old in ("TWO-A", "POLO-RED")}


def test_lost_view_rights(place: Any, misbehave: Callable[..., None]) -> None:
    before = place.export().objects()
    misbehave({"kind": "hide", "attributes": ["name", "description"]})
    stopped = place.job("3-1")
    (sentence,) = stopped.failures
    assert "no longer have what is in use: attributes 'description', 'name'." in sentence
    assert "Either the connection" in sentence
    assert place.export().objects() == before
    misbehave()
    again = place.job("3-1")
    assert (again.ok, again.sent) == (True, {})


def test_long_load_name(place: Any) -> None:
    refused = place.command("3-1", "--load", "n" * 260)
    assert refused.returncode == 2  # a mistake on the command line
    words = " ".join((refused.stdout + refused.stderr).replace("│", " ").split())
    assert "has 260 characters, and 100 are allowed: choose another name." in words
    assert "Traceback" not in refused.stdout + refused.stderr
    assert not list((place.store / "loads").glob("nnn*"))


@pytest.mark.parametrize("answer", [NOT_FOUND, ERROR_BODY], ids=["404", "error body"])
@pytest.mark.parametrize("path", ["categories", "families", "attributes", "channels"])
def test_failed_list(place: Any, misbehave: Callable[..., None], path: str, answer: dict[str, Any]) -> None:
    before = place.export().objects()
    misbehave(answer | {"path": path})
    stopped = place.job("3-1")
    assert not stopped.ok
    (sentence,) = stopped.failures
    assert f"/api/rest/v1/{path}" in sentence
    assert "Traceback" not in sentence
    misbehave()
    again = place.job("3-1")
    assert (again.ok, again.sent) == (True, {})
    assert place.export().objects() == before


def test_half_page(place_at: Any, pim_url: str, misbehave: Callable[..., None], tmp_path: Path) -> None:
    """Pages of one product each; all from the second one on are `{}`."""
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(settings | {"akeneo": {**settings.get("akeneo", {}), "page_size": 1}}))
    empty = place_at(pim_url)
    query = {"pagination_type": "search_after"}
    misbehave({"kind": "body", "path": "products-uuid", "query": query, "body": {}, "after": 1})
    stopped = empty.job("3-2", CONNECTOR_CONFIG=str(config))
    assert not stopped.ok
    assert "after 9 tries: the answer is not whole" in stopped.failures[0]
    assert empty.export().products() == []
    misbehave()
    assert empty.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    assert set(empty.export().products()) == {"polo", "POLO-RED", "POLO-BLUE", "TWO-A", "TWO-B"}
