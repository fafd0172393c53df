"""Reading items into part files, against the sandbox PIM: a broken reading goes on at its page."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pyarrow.parquet as pq
import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import item_reading
from akeneo_assets.loads.item_reading import read_items
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.window import Window
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.store import Store
from akeneo_assets.structure.pim_structure import Structure

WINDOW = Window("load", "full", "2026-11-24T00:00:00+00:00", None, None, "")
STRUCTURE = Structure.build(channels=[], attributes=[])


@pytest.fixture
def client(pim_url: str) -> Iterator[PimClient]:
    client = PimClient(pim_url, *["sandbox"] * 4, page_size=50, retries=0, sleep=lambda _: None)
    yield client
    client.close()


@pytest.fixture
def faults(pim_url: str, tell_pim: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well."""
    yield partial(tell_pim, pim_url)
    tell_pim(pim_url)


def read(package: Package, client: PimClient) -> dict[str, Any]:
    return read_items(package, client, WINDOW, Akeneo(), STRUCTURE, lambda _: None)


def keys(package: Package, table: str) -> list[str]:
    return sorted(key for path in package.raw_parts(table) for key in pq.read_table(path, columns=["key"])["key"].to_pylist())


def test_a_reading_that_broke_off_goes_on_where_it_was_and_reads_nothing_twice(
    store: Store, client: PimClient, faults: Callable[..., None]
) -> None:
    package, whole = Package.of_load(store, "broken"), Package.of_load(store, "whole")
    all_at_once = read(whole, client)
    tries = 0
    while True:
        faults(
            {"kind": "status", "path": "products-uuid", "query": {"pagination_type": "search_after"}, "status": 503, "after": 5}
        )
        tries += 1
        try:
            report = read(package, client)
            break
        except PimError:
            assert tries < 20
    assert tries > 2
    assert report["rows"] == all_at_once["rows"]
    assert report["counted"]["products"] == report["rows"]["products"] == 900
    for table in ("products", "product_models"):
        assert keys(package, table) == keys(whole, table)
        assert len(set(keys(package, table))) == report["rows"][table]


def test_a_part_that_a_kill_has_cut_short_is_read_again(store: Store, client: PimClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_reading, "PART_ITEMS", 200)
    package = Package.of_load(store, "killed")
    read(package, client)
    everything = keys(package, "products")
    frontiers = sorted(package.raw.glob("part-*.json"))
    assert len(frontiers) > 2
    frontiers[-1].unlink()  # the part's own files are there, but nothing tells that they are whole
    read(package, client)
    assert keys(package, "products") == everything


def test_a_catalogue_without_products_has_empty_tables(store: Store, client: PimClient, faults: Callable[..., None]) -> None:
    faults({"kind": "empty_list"})
    package = Package.of_load(store, "empty")
    assert read(package, client)["rows"]["products"] == 0
    assert keys(package, "products") == []
    assert [len(package.raw_parts(table)) for table in ("products", "associations", "media_references")] == [1, 1, 1]


def test_a_pim_that_gives_fewer_items_than_it_counts_stops_the_load_and_is_read_again_whole(
    store: Store, client: PimClient, faults: Callable[..., None]
) -> None:
    package = Package.of_load(store, "short")
    faults({"kind": "partial_list", "path": "products-uuid", "query": {"pagination_type": "search_after"}, "keep": 0.5})
    with pytest.raises(ConnectorError, match=r"list products is not whole: \d+ items were read, but the PIM counted 900 before"):
        read(package, client)
    faults()
    assert read(package, client)["rows"]["products"] == 900
    assert len(keys(package, "products")) == 900
