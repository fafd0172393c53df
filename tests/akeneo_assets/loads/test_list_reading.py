"""Lists of the PIM: read whole, kept in the package of each import."""

import json
import time
from typing import Any

import pytest
from scripted_pim import Reply

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.list_reading import items, read_list
from akeneo_assets.loads.package import Package
from akeneo_assets.pim.pim_errors import PermanentPimError, PimError
from akeneo_assets.store import DamagedFileError, Store, rows
from akeneo_assets.structure.pim_lists import PIM_LISTS

API = "/api/rest/v1/"


@pytest.fixture
def package(store: Store) -> Package:
    """The package of an import that has begun."""
    package = Package.of_structure_import(store, "attributes", "run")
    package.begin(settings="")
    return package


def page(*found: dict[str, Any], following: str | None = None, count: int | None = None) -> dict[str, Any]:
    links = {"self": {"href": ""}} | ({"next": {"href": following}} if following else {})
    count = len(found) if count is None else count
    return {"_links": links, "current_page": 1, "items_count": count, "_embedded": {"items": list(found)}}


def channel(code: str) -> dict[str, Any]:
    return {"code": code, "category_tree": "t", "locales": ["en_US"], "currencies": ["EUR"]}


def pim_list(name: str) -> Any:
    (found,) = [one for one in PIM_LISTS if one.name == name]
    return found


def answer(pim: Any, path: str, *bodies: Any, status: int = 200) -> None:
    pim.answers(API + path, *(Reply(body, status) for body in bodies))


def test_a_list_is_read_page_by_page_and_kept_without_links(package: Package, pim: Any, pim_client: Any) -> None:
    first = page({**channel("a"), "_links": {"self": {}}}, following=f"{pim.address}{API}channels?page=2&limit=100", count=2)
    answer(pim, "channels", first, page(channel("b"), count=2))
    assert read_list(package, pim_list("channels"), pim_client) == 2
    assert items(package, "channels") == [channel("a"), channel("b")]
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


@pytest.mark.parametrize("name", ["asset_families", "reference_entities"])
def test_an_edition_without_an_endpoint_has_no_such_list(package: Package, pim: Any, pim_client: Any, name: str) -> None:
    assert read_list(package, pim_list(name), pim_client) == 0
    assert items(package, name) == []
    answer(pim, name.replace("_", "-"), {"_links": {}, "_embedded": {"items": []}})
    assert read_list(package, pim_list(name), pim_client) == 0


CORE = {
    "channels": "channels",
    "locales": "locales",
    "currencies": "currencies",
    "attribute_groups": "attribute-groups",
    "attributes": "attributes",
    "families": "families",
    "measurement_families": "measurement-families",
    "association_types": "association-types",
    "categories": "categories",
}


@pytest.mark.parametrize("status", [404, 403, 410])
@pytest.mark.parametrize("name", CORE)
def test_a_list_that_every_pim_has_may_not_be_missing(
    package: Package, pim: Any, pim_client: Any, name: str, status: int
) -> None:
    answer(pim, CORE[name], {"code": status, "message": "No route found"}, status=status)
    with pytest.raises(PermanentPimError, match=f"GET {API}{CORE[name]} was refused by the PIM .{status}.: No route found: .+"):
        read_list(package, pim_list(name), pim_client)
    assert not package.pim_list(name).exists()


@pytest.mark.parametrize("status", [403, 500])
def test_an_optional_list_may_be_missing_by_404_only(package: Package, pim: Any, pim_client: Any, status: int) -> None:
    answer(pim, "asset-families", {"code": status, "message": "Oops"}, status=status)
    with pytest.raises(PimError, match="Oops"):
        read_list(package, pim_list("asset_families"), pim_client)


def test_a_list_that_breaks_off_on_its_second_page_is_not_missing(package: Package, pim: Any, pim_client: Any) -> None:
    first = {"_links": {"next": {"href": "?search_after=a"}}, "_embedded": {"items": [{"code": "a"}]}}
    pim.answers(f"{API}asset-families", Reply(first), Reply({"code": 404, "message": "Gone"}, 404))
    with pytest.raises(PermanentPimError, match="Gone"):
        read_list(package, pim_list("asset_families"), pim_client)


@pytest.mark.parametrize(
    ("name", "above", "path"),
    [
        ("attribute_options", {"attributes": [{"code": "size", "type": "pim_catalog_simpleselect"}]}, "attributes/size/options"),
        ("family_variants", {"families": [{"code": "shoes"}]}, "families/shoes/variants"),
        ("records", {"reference_entities": [{"code": "brands"}]}, "reference-entities/brands/records"),
    ],
)
def test_what_is_below_something_that_exists_may_not_be_missing(pim_client: Any, name: str, above: Any, path: str) -> None:
    with pytest.raises(PermanentPimError, match=f"GET {API}{path} was refused by the PIM .404."):
        list(pim_list(name).read(pim_client, above.__getitem__))


@pytest.mark.parametrize("name", ["channels", "locales", "currencies", "attribute_groups", "attributes", "categories"])
def test_a_list_that_is_empty_in_no_working_pim_may_not_be_empty(package: Package, pim: Any, pim_client: Any, name: str) -> None:
    answer(pim, CORE[name], page())
    with pytest.raises(PermanentPimError, match=f"list {CORE[name]} is empty, which it is in no working PIM: let .* see it"):
        read_list(package, pim_list(name), pim_client)
    assert not package.pim_list(name).exists()


@pytest.mark.parametrize("name", ["families", "association_types", "asset_families"])
def test_other_lists_may_be_empty(package: Package, pim: Any, pim_client: Any, name: str) -> None:
    answer(pim, name.replace("_", "-"), page())
    assert read_list(package, pim_list(name), pim_client) == 0


def test_a_list_shorter_than_its_count_leaves_no_list(package: Package, pim: Any, pim_client: Any) -> None:
    answer(pim, "families", page({"code": "a"}, count=93))
    with pytest.raises(PermanentPimError, match=r"families is not whole: 1 items were read, .* 93 before and 93 after"):
        read_list(package, pim_list("families"), pim_client)
    assert not package.pim_list("families").exists()


@pytest.mark.parametrize("item", [{}, {"code": None}, {"code": ""}, {"code": 5}, "a", None])
def test_an_item_without_a_code_is_no_item(package: Package, pim: Any, pim_client: Any, item: Any) -> None:
    answer(pim, "families", page(item))
    with pytest.raises(PimError, match=r"families on .*, after 9 tries: the answer is not whole"):
        read_list(package, pim_list("families"), pim_client)


def test_an_item_that_nests_too_deep_is_told(package: Package, pim: Any, pim_client: Any) -> None:
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    pim.answers(f"{API}families", Reply(json.dumps(page({"code": "deep", "labels": deep})).encode()))
    with pytest.raises(PermanentPimError, match="families has an item that nests too deep to be one: look at 'deep'"):
        read_list(package, pim_list("families"), pim_client)


def test_codes_that_a_path_cannot_hold_are_encoded(pim: Any, pim_client: Any) -> None:
    answer(pim, "families/a%2Fb%3F/variants", page({"code": "v", "variant_attribute_sets": []}))
    families = {"families": [{"code": "a/b?"}]}
    (variant,) = pim_list("family_variants").read(pim_client, families.__getitem__)
    assert variant["family"] == "a/b?"


def test_any_other_refusal_is_an_error_and_leaves_no_list(package: Package, pim: Any, pim_client: Any) -> None:
    answer(pim, "channels", {"code": 403, "message": "Access forbidden."}, status=403)
    with pytest.raises(PermanentPimError, match="Access forbidden"):
        read_list(package, pim_list("channels"), pim_client)
    with pytest.raises(ConnectorError, match="akeneo/channels has not been materialized"):
        items(package, "channels")


def test_only_assets_of_families_that_products_collect_are_read(package: Package, pim: Any, pim_client: Any) -> None:
    photos = {"code": "g", "type": "pim_catalog_asset_collection", "reference_data_name": "Photos"}
    answer(pim, "attributes", page(photos, {**photos, "code": "h", "reference_data_name": None}))
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
