"""The generated catalogue: the same each time, and shaped like real ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.pim.api_shared import Pim
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import open_pim, running

N = 1500


@pytest.fixture(scope="module")
def pim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pim]:
    made = open_pim(f"generated:{N}", tmp_path_factory.mktemp("generated") / "pim.sqlite")
    yield made
    made.store.close()


def one(pim: Pim, text: str) -> Any:
    return pim.store.connection.execute(text).fetchone()[0]


def test_two_in_three_products_are_variants_of_one_and_of_two_levels(pim: Pim) -> None:
    assert one(pim, "SELECT count(*) FROM product") == N
    assert 0.6 < one(pim, "SELECT avg(parent IS NOT NULL) FROM product") < 0.72
    two = one(pim, "SELECT count(*) FROM product WHERE parent IS NOT NULL AND parent != root")
    assert 0.4 < two / one(pim, "SELECT count(*) FROM product WHERE parent IS NOT NULL") < 0.6


def test_one_of_three_hundred_families_holds_forty_percent(pim: Pim) -> None:
    assert one(pim, "SELECT count(*) FROM resource WHERE kind = 'family'") == 300
    assert 0.34 < one(pim, "SELECT avg(family = 'family_000') FROM product") < 0.46


def test_a_fifth_of_a_small_catalogue_is_created_in_one_second(pim: Pim) -> None:
    assert one(pim, "SELECT count(*) FROM product GROUP BY created ORDER BY 1 DESC LIMIT 1") == N // 5


def test_products_have_about_forty_values_in_three_locales(client_of: Any) -> None:
    items = client_of.items("/products-uuid")
    values = [v for item in items for given in item["values"].values() for v in given]
    assert 36 < len(values) / len(items) < 48
    assert {v["locale"] for v in values} == {None, "en_US", "de_DE", "fr_FR"}


def test_categories_are_four_deep(pim: Pim) -> None:
    tree = pim.structure
    assert tree.subtree("c1_2_3") == ["c1_2_3"]
    assert len(tree.subtree("master")) == 1 + 8 + 48 + 240


def test_associations_images_awkward_texts_and_identifiers_occur(client_of: Any) -> None:
    items = list(client_of.walk("/products-uuid", limit=100, pagination_type="search_after"))
    assert sum(bool(item["associations"]["X_SELL"]["products"]) for item in items) > N / 20
    assert any(item["quantified_associations"] for item in items)
    assert sum("image" in item["values"] for item in items) > N * 0.9
    names = {v["data"] for item in items for v in item["values"].get("name", [])}
    assert any("]]>" in name for name in names)
    identifiers = [item["values"]["sku"][0]["data"] for item in items]
    assert any(not name.removeprefix("SKU-").isdigit() for name in identifiers)
    uuids = {item["uuid"] for item in items}
    assert all(t in uuids for item in items for t in item["associations"]["X_SELL"]["products"])


def test_uuids_look_random(pim: Pim) -> None:
    shares = pim.store.connection.execute("SELECT substr(uuid, 1, 1), count(*) FROM product GROUP BY 1").fetchall()
    assert len(shares) == 16
    assert max(n for _, n in shares) < 2 * N / 16
    assert one(pim, "SELECT min(substr(uuid, 15, 1) = '4') FROM product") == 1


def test_images_are_served_without_a_file_each(client_of: Any) -> None:
    item = next(i for i in client_of.items("/products-uuid") if "image" in i["values"])
    answer = client_of.call("GET", item["values"]["image"][0]["_links"]["download"]["href"])
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"


@pytest.fixture
def client_of(pim: Pim, tmp_path: Path, make_client: Any) -> Iterator[Any]:
    """A client of a copy, because serving closes what it serves."""
    copy = tmp_path / "copy.sqlite"
    pim.store.connection.execute("VACUUM INTO ?", (str(copy),))
    with running(open_pim(f"generated:{N}", copy), Options(limits=False)) as base:
        client = make_client(base)
        yield client
        client.session.close()


def test_the_same_number_gives_the_same_catalogue(pim: Pim, tmp_path: Path) -> None:
    other = open_pim(f"generated:{N}", tmp_path / "again.sqlite")
    for table in ("product", "model", "resource"):
        order = "kind, owner, code" if table == "resource" else "id"
        query = f"SELECT * FROM {table} ORDER BY {order}"
        assert pim.store.connection.execute(query).fetchall() == other.store.connection.execute(query).fetchall()
    other.store.close()
