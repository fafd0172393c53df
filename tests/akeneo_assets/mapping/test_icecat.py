"""A real catalogue: icecat as the sandbox PIM serves it, mapped whole."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from akeneo_assets.mapping.attributes import definitions
from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.lookups import Lookups
from akeneo_assets.mapping.prices import price_books
from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.validation import validate
from akeneo_assets.settings.connector import load

pytestmark = pytest.mark.shared

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def api(shared_dir: Path) -> Iterator[Any]:
    """Reads all items of a list of the PIM."""
    command = [
        str(Path(sys.executable).with_name("akeneo-sfcc")),
        "sandbox",
        "pim",
        "--catalog",
        str(shared_dir / "icecat"),
        "--port",
        "0",
        "--no-limits",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        with requests.Session() as session:
            login = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
            token = session.post(f"{address}/api/oauth/v1/token", json=login, auth=("sandbox", "sandbox"), timeout=60).json()
            session.headers["Authorization"] = f"Bearer {token['access_token']}"

            def read(path: str, **params: Any) -> list[Any]:
                answer = session.get(f"{address}/api/rest/v1/{path}", params=params, timeout=60).json()
                items: list[Any] = []
                while isinstance(answer, dict):
                    items += answer["_embedded"]["items"]
                    following = answer["_links"].get("next")
                    if following is None:
                        return items
                    answer = session.get(following["href"], timeout=60).json()
                return answer

            yield read
    finally:
        server.terminate()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


@pytest.fixture(scope="module")
def lookups(api: Any) -> Lookups:
    attributes, families = api("attributes", limit=100), api("families", limit=100)
    selects = [a["code"] for a in attributes if a["type"] in ("pim_catalog_simpleselect", "pim_catalog_multiselect")]
    return Lookups.build(
        channels=api("channels", limit=100),
        attributes=attributes,
        attribute_groups=api("attribute-groups", limit=100),
        attribute_options=[o for code in selects for o in api(f"attributes/{code}/options", limit=100)],
        families=families,
        family_variants=[{**v, "family": f["code"]} for f in families for v in api(f"families/{f['code']}/variants", limit=100)],
        measurement_families=api("measurement-families"),
        association_types=api("association-types", limit=100),
        categories=api("categories", limit=100),
    )


def test_the_default_settings_fit_icecat(lookups: Lookups) -> None:
    assert validate(load(ROOT / "connector.yaml"), lookups) == []


def test_icecat_is_mapped_whole(api: Any, lookups: Lookups) -> None:
    settings = load(ROOT / "connector.yaml")
    mapping = ProductMapping(settings, lookups)
    models = {m["code"]: m for m in api("product-models", limit=100, pagination_type="search_after")}
    kinds: Counter[str] = Counter()
    facts: dict[str, list[Any]] = {}
    problems: list[Any] = []
    unassigned = 0
    for row in api("products-uuid", limit=100, pagination_type="search_after"):
        above: list[Any] = []
        parent = row["parent"]
        while parent:
            above.insert(0, models[parent])
            parent = models[parent]["parent"]
        mapped = mapping.map_product(row, ancestors=above, targets={})
        kinds["variant" if above else "simple"] += 1
        problems += mapped.problems
        unassigned += mapped.unassigned
        if mapped.facts:
            facts.setdefault(mapped.facts["root"], []).append(mapped.facts)
    flags: Counter[str] = Counter()
    for root in (m for m in models.values() if not m["parent"]):
        subs = [m for m in models.values() if m["parent"] == root["code"]]
        mapped = mapping.map_master(root, subs, facts.get(root["code"], []), {})
        record = mapped.records[0][2]
        flags[record["fields"]["online-flag"][""]] += 1
        kinds["linked"] += len(record["variations"]["variants"])
        unassigned += mapped.unassigned
    assert kinds == {"simple": 999, "variant": 240, "linked": 240}
    assert flags == {"true": 49, "false": 1}
    assert problems == []
    assert unassigned > 0


def test_icecats_tree_options_and_books(lookups: Lookups) -> None:
    settings = load(ROOT / "connector.yaml")
    tree = [record for _, _, record in categories(settings, lookups)]
    assert len(tree) == 67
    assert [r["id"] for r in tree if r["parent"] == "root"] == ["master"]
    assert [book for _, book, _ in price_books(settings, lookups)] == ["usd-list-prices", "eur-list-prices"]
    sizes = next(r for _, _, r in definitions(settings, lookups) if r["id"] == "akeneo_size")
    assert [v["value"] for v in sizes["values"]][:3] == ["xxs", "xs", "s"]
