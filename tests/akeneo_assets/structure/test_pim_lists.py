"""Lists of the PIM: read whole, kept a snapshot a run."""

import os
from typing import Any

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.pim.pim_errors import PermanentPimError
from akeneo_assets.store import Store, rows
from akeneo_assets.structure.pim_lists import KEPT, PIM_LISTS, items, read_list, snapshot

API = "/api/rest/v1/"


def page(*found: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    links = {"self": {"href": ""}} | ({"next": {"href": following}} if following else {})
    return {"_links": links, "current_page": 1, "_embedded": {"items": list(found)}}


def pim_list(name: str) -> Any:
    (found,) = [one for one in PIM_LISTS if one.name == name]
    return found


def answer(pim: Any, path: str, *bodies: Any, status: int = 200) -> None:
    from scripted_pim import Reply

    pim.answers(API + path, *(Reply(body, status) for body in bodies))


def test_a_list_is_read_page_by_page_and_kept_without_links(store: Store, pim: Any, pim_client: Any) -> None:
    first = page(
        {"code": "a", "category_tree": "t", "_links": {"self": {}}}, following=f"{pim.address}{API}channels?page=2&limit=100"
    )
    answer(pim, "channels", first, page({"code": "b", "category_tree": None}))
    assert read_list(store, pim_list("channels"), pim_client, "run") == 2
    assert items(store, "channels", "run") == [{"code": "a", "category_tree": "t"}, {"code": "b", "category_tree": None}]
    assert [row["code"] for row in rows([snapshot(store, "channels", "run")], ["code"])] == ["a", "b"]


def test_options_are_read_of_selects_alone_and_name_their_attribute(store: Store, pim: Any, pim_client: Any) -> None:
    attributes = [
        {"code": "size", "type": "pim_catalog_simpleselect"},
        {"code": "name", "type": "pim_catalog_text"},
        {"code": "tags", "type": "pim_catalog_multiselect"},
    ]
    answer(pim, "attributes", page(*attributes))
    answer(pim, "attributes/size/options", page({"code": "xl", "attribute": "SIZE", "sort_order": 1}))
    answer(pim, "attributes/tags/options", page({"code": "new", "sort_order": 0}))
    read_list(store, pim_list("attributes"), pim_client, "run")
    read_list(store, pim_list("attribute_options"), pim_client, "run")
    assert [(one["attribute"], one["code"]) for one in items(store, "attribute_options", "run")] == [
        ("size", "xl"),
        ("tags", "new"),
    ]


def test_an_edition_without_an_endpoint_has_an_empty_list(store: Store, pim: Any, pim_client: Any) -> None:
    assert read_list(store, pim_list("asset_families"), pim_client, "run") == 0
    assert items(store, "asset_families", "run") == []


def test_any_other_refusal_is_an_error_and_leaves_no_snapshot(store: Store, pim: Any, pim_client: Any) -> None:
    answer(pim, "channels", {"code": 403, "message": "Access forbidden."}, status=403)
    with pytest.raises(PermanentPimError, match="Access forbidden"):
        read_list(store, pim_list("channels"), pim_client, "run")
    with pytest.raises(ConnectorError, match="akeneo/channels has not been materialized"):
        snapshot(store, "channels", "run")


def test_only_assets_of_families_that_products_collect_are_read(store: Store, pim: Any, pim_client: Any) -> None:
    answer(pim, "attributes", page({"code": "g", "type": "pim_catalog_asset_collection", "reference_data_name": "Photos"}))
    answer(pim, "asset-families", page({"code": "photos"}, {"code": "unused"}))
    answer(pim, "asset-families/photos/assets", page({"code": "p1"}))
    for name in ("attributes", "asset_families", "assets"):
        read_list(store, pim_list(name), pim_client, "run")
    assert [(one["asset_family"], one["code"]) for one in items(store, "assets", "run")] == [("photos", "p1")]
    assert pim.calls(f"{API}asset-families/unused/assets") == []


def test_a_run_sees_its_own_snapshot_and_one_without_the_newest(store: Store, pim: Any, pim_client: Any) -> None:
    answer(pim, "currencies", page({"code": "EUR"}), page({"code": "USD"}))
    for number, run in enumerate(("one", "two")):
        read_list(store, pim_list("currencies"), pim_client, run)
        os.utime(snapshot(store, "currencies", run), (number, number))
    assert [items(store, "currencies", run)[0]["code"] for run in ("one", "two", "three")] == ["EUR", "USD", "USD"]


def test_old_snapshots_go(store: Store, pim: Any, pim_client: Any) -> None:
    answer(pim, "currencies", page({"code": "EUR"}))
    for number in range(KEPT + 2):
        read_list(store, pim_list("currencies"), pim_client, f"run{number}")
        os.utime(snapshot(store, "currencies", f"run{number}"), (number, number))
    kept = {path.stem for path in store.lists("currencies").glob("*.parquet")}
    assert kept == {f"run{number}" for number in range(2, KEPT + 2)}


def test_each_list_is_read_after_those_that_it_needs() -> None:
    names = [one.name for one in PIM_LISTS]
    assert all(names.index(needed) < names.index(one.name) for one in PIM_LISTS for needed in one.needs)
