"""Lists of the PIM: read whole, kept in the package of each import."""

import time
from typing import Any

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.list_reading import items, read_list
from akeneo_assets.loads.package import Package
from akeneo_assets.pim.pim_errors import PermanentPimError
from akeneo_assets.store import DamagedFileError, Store, rows
from akeneo_assets.structure.pim_lists import PIM_LISTS

API = "/api/rest/v1/"


@pytest.fixture
def package(store: Store) -> Package:
    """The package of an import that has begun."""
    package = Package.of_structure_import(store, "attributes", "run")
    package.begin(settings="")
    return package


def page(*found: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    links = {"self": {"href": ""}} | ({"next": {"href": following}} if following else {})
    return {"_links": links, "current_page": 1, "_embedded": {"items": list(found)}}


def pim_list(name: str) -> Any:
    (found,) = [one for one in PIM_LISTS if one.name == name]
    return found


def answer(pim: Any, path: str, *bodies: Any, status: int = 200) -> None:
    from scripted_pim import Reply

    pim.answers(API + path, *(Reply(body, status) for body in bodies))


def test_a_list_is_read_page_by_page_and_kept_without_links(package: Package, pim: Any, pim_client: Any) -> None:
    first = page(
        {"code": "a", "category_tree": "t", "_links": {"self": {}}}, following=f"{pim.address}{API}channels?page=2&limit=100"
    )
    answer(pim, "channels", first, page({"code": "b", "category_tree": None}))
    assert read_list(package, pim_list("channels"), pim_client) == 2
    assert items(package, "channels") == [{"code": "a", "category_tree": "t"}, {"code": "b", "category_tree": None}]
    assert [row["code"] for row in rows([package.pim_list("channels")], ["code"])] == ["a", "b"]


def test_options_are_read_of_selects_alone_and_name_their_attribute(package: Package, pim: Any, pim_client: Any) -> None:
    attributes = [
        {"code": "size", "type": "pim_catalog_simpleselect"},
        {"code": "name", "type": "pim_catalog_text"},
        {"code": "tags", "type": "pim_catalog_multiselect"},
    ]
    answer(pim, "attributes", page(*attributes))
    answer(pim, "attributes/size/options", page({"code": "xl", "attribute": "SIZE", "sort_order": 1}))
    answer(pim, "attributes/tags/options", page({"code": "new", "sort_order": 0}))
    read_list(package, pim_list("attributes"), pim_client)
    read_list(package, pim_list("attribute_options"), pim_client)
    assert [(one["attribute"], one["code"]) for one in items(package, "attribute_options")] == [
        ("size", "xl"),
        ("tags", "new"),
    ]


def test_an_edition_without_an_endpoint_has_an_empty_list(package: Package, pim: Any, pim_client: Any) -> None:
    assert read_list(package, pim_list("asset_families"), pim_client) == 0
    assert items(package, "asset_families") == []


def test_any_other_refusal_is_an_error_and_leaves_no_list(package: Package, pim: Any, pim_client: Any) -> None:
    answer(pim, "channels", {"code": 403, "message": "Access forbidden."}, status=403)
    with pytest.raises(PermanentPimError, match="Access forbidden"):
        read_list(package, pim_list("channels"), pim_client)
    with pytest.raises(ConnectorError, match="akeneo/channels has not been materialized"):
        items(package, "channels")


def test_only_assets_of_families_that_products_collect_are_read(package: Package, pim: Any, pim_client: Any) -> None:
    answer(pim, "attributes", page({"code": "g", "type": "pim_catalog_asset_collection", "reference_data_name": "Photos"}))
    answer(pim, "asset-families", page({"code": "photos"}, {"code": "unused"}))
    answer(pim, "asset-families/photos/assets", page({"code": "p1"}))
    for name in ("attributes", "asset_families", "assets"):
        read_list(package, pim_list(name), pim_client)
    assert [(one["asset_family"], one["code"]) for one in items(package, "assets")] == [("photos", "p1")]
    assert pim.calls(f"{API}asset-families/unused/assets") == []


def test_an_import_sees_its_own_list_and_one_without_it_that_of_the_newest_import(
    store: Store, pim: Any, pim_client: Any
) -> None:
    answer(pim, "currencies", page({"code": "EUR"}), page({"code": "USD"}))
    packages = [Package.of_structure_import(store, "by_hand", run) for run in ("one", "two", "three")]
    for package in packages[:2]:
        package.begin(settings="")
        read_list(package, pim_list("currencies"), pim_client)
        time.sleep(0.002)  # imports begin in different milliseconds
    assert [items(package, "currencies")[0]["code"] for package in packages] == ["EUR", "USD", "USD"]


def test_a_list_that_is_there_is_not_read_again(package: Package, pim: Any, pim_client: Any) -> None:
    answer(pim, "currencies", page({"code": "EUR"}))
    assert [read_list(package, pim_list("currencies"), pim_client) for _ in range(2)] == [1, 1]
    assert len(pim.calls(f"{API}currencies")) == 1


def test_a_list_s_file_that_is_gone_or_cut_short_is_named_and_never_read_as_empty(
    package: Package, pim: Any, pim_client: Any
) -> None:
    answer(pim, "currencies", page({"code": "EUR"}))
    read_list(package, pim_list("currencies"), pim_client)
    path = package.pim_list("currencies")
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DamagedFileError, match=r"currencies.parquet of the connector's store has .* bytes instead of"):
        items(package, "currencies")
    path.unlink()
    with pytest.raises(DamagedFileError, match=r"currencies.parquet of the connector's store is missing"):
        items(package, "currencies")
