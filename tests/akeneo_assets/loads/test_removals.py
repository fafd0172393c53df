"""Removals against the sandbox PIM: found, asked for by name, left out of the mirror."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import requests

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.confirmations import confirm
from akeneo_assets.loads.item_reading import read_items
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.removals import Removals
from akeneo_assets.loads.window import Outcome, Window
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, rows, write_json
from akeneo_assets.structure.pim_structure import Structure
from sandbox import stack
from sandbox.catalogue_edits import Pim

POLLED = "2030-01-01T{:02}:00:00+00:00"
"""When the loads of a test begin, by number: all items of the PIM are older."""


@pytest.fixture
def client(pim_url: str) -> Iterator[PimClient]:
    client = PimClient(pim_url, *["sandbox"] * 4, requests_per_second=80)  # below the PIM's 100: no call is made twice
    yield client
    client.close()


@pytest.fixture
def pim(pim_url: str) -> Iterator[Pim]:
    """A session that edits the PIM."""
    session = Pim(pim_url, stack.CREDENTIAL)
    yield session
    session.close()


@pytest.fixture
def faults(pim_url: str, tell_pim: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well."""
    yield partial(tell_pim, pim_url)
    tell_pim(pim_url)


@pytest.fixture(scope="module")
def structure(pim_url: str) -> Structure:
    """The PIM's lists, as far as removals look at them."""
    session = Pim(pim_url, stack.CREDENTIAL)
    lists = {name: list(session.items(name)) for name in ("families", "categories", "attributes")}
    session.close()
    return Structure.build(channels=[], **lists)


Doing = Callable[..., Removals]


@pytest.fixture
def load(store: Store, client: PimClient, structure: Structure) -> Doing:
    """Reads a load and finds its removals; successful, unless that fails. `previous` makes it a differential of nothing, except
    where `polled` (when it begins) lies in the past."""

    polls = map(POLLED.format, itertools.count())

    def do(
        key: str, previous: str | None = None, lists: Structure = structure, polled: str | None = None, **settings: Any
    ) -> Removals:
        package = Package.of_load(store, key)
        polled = polled or next(polls)
        window = Window(key, "full", polled, polled if previous else None, previous, "")
        made_with = ConnectorSettings.model_validate(settings)
        write_json(package.window_file, vars(window))
        read_items(package, client, window, made_with.akeneo, lists, lambda _: None)
        removals = Removals(package, window, made_with, lists, client, lambda _: None)
        removals.find()
        package.seal("changes", {"removals": removals.report()})
        windows.succeed(store, key, Outcome("", "", {}))
        return removals

    return do


def absent(removals: Removals) -> set[tuple[str, str]]:
    """(owner, key) of what the load's mirror forgets."""
    path = removals.package.absent
    return {(row["owner"], row["key"]) for row in rows([path])} if path.exists() else set()


def keys(removals: Removals, table: Any = "products") -> set[str]:
    return {row["key"] for batch in removals.mirror.stream(table, ["key"]) for row in batch.to_pylist()}


def names(pim: Pim, path: str, many: int, **search: Any) -> list[str]:
    """Some of the PIM's products or models: those in the middle of its list."""
    found = [item.get("uuid") or item["code"] for item in pim.items(path, pagination_type="search_after", **search)]
    return found[len(found) // 2 :][:many]


COUNTS, LISTS = (
    {"kind": "slow", "seconds": 0, "path": path, "query": {"with_count": with_count}}
    for path, with_count in (("product*", "true"), ("products-uuid", ""))
)
"""Faults that count the calls for counts and for lists of products, and do nothing else. A window's reading asks for four counts
and begins two lists."""

SINGLE_GETS = {"kind": "slow", "seconds": 0, "path": "products-uuid/*"}
"""A fault that counts the calls for single products, and does nothing else."""


def met(pim_url: str) -> list[int]:
    hits: list[int] = requests.get(f"{pim_url}/sandbox/faults", timeout=10).json()["hits"]
    return hits


def test_a_full_load_proves_by_name_what_it_no_longer_reads(
    load: Doing, pim: Pim, pim_url: str, faults: Callable[..., None]
) -> None:
    before = keys(load("one"))
    simple = '{"parent":[{"operator":"EMPTY"}]}'
    gone = names(pim, "products-uuid", 2, search=simple)
    for uuid in gone:
        pim.delete(f"products-uuid/{uuid}")
    faults(SINGLE_GETS)
    after = load("two")
    assert met(pim_url) == [2]
    assert absent(after) == {("product", uuid) for uuid in gone}
    assert keys(after) == before - set(gone)
    assert after.report() == {
        "removals": "walked",
        "products gone": 2,
        "product models gone": 0,
        "gone, held back": 0,
        "kept, there by name": 0,
        "unknown before": 0,
        "read again": 0,
        "last walk": "2030-01-01T01:00:00+00:00",
    }
    assert absent(load("three")) == set()


def test_a_model_goes_with_its_variants(load: Doing, pim: Pim) -> None:
    load("one")
    search = '{"parent":[{"operator":"NOT EMPTY"}]}'
    (sub_model,) = names(pim, "product-models", 1, search=search)
    root = pim.get(f"product-models/{sub_model}")["parent"]
    below = f'{{"parent":[{{"operator":"=","value":"{root}"}}]}}'
    models = [model["code"] for model in pim.items("product-models", pagination_type="search_after", search=below)]
    variants = [product["uuid"] for product in pim.items("products-uuid", pagination_type="search_after", search=below)]
    assert sub_model in models
    assert variants
    pim.delete(f"product-models/{root}")
    after = load("two")
    assert absent(after) == {
        *(("product", uuid) for uuid in variants),
        *(("product_model", code.lower()) for code in (root, *models)),
    }
    assert keys(after, "product_models").isdisjoint({root.lower(), sub_model.lower()})


def test_an_index_that_lost_products_takes_none_of_them_away(load: Doing, pim_url: str, faults: Callable[..., None]) -> None:
    before = load("one")
    faults({"kind": "partial_list", "path": "products-uuid", "keep": 0.5}, SINGLE_GETS)
    after = load("two")
    asked = met(pim_url)[1]
    assert 300 < asked < 600
    assert absent(after) == set()
    assert keys(after) == keys(before)
    assert (after.report()["products gone"], after.report()["kept, there by name"]) == (0, asked)


def test_a_full_load_stops_where_the_index_lost_too_many(
    load: Doing, store: Store, faults: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("akeneo_assets.loads.removals.MOST_CONTRADICTED", 100)
    load("one")
    faults({"kind": "empty_list", "path": "products-uuid"})
    with pytest.raises(ConnectorError, match=r"list products-uuid is not whole: 200 items that it lacks are there when asked"):
        load("two")
    assert not Package.of_load(store, "two").absent.exists()


def test_what_a_read_filter_leaves_out_is_not_asked_for(load: Doing, pim: Pim, pim_url: str, faults: Callable[..., None]) -> None:
    everything = load("one")
    families = [family["code"] for family in pim.items("families")][:2]
    faults(SINGLE_GETS)
    after = load("two", akeneo={"families": [families[0].upper(), *families[1:]]})
    assert met(pim_url) == [0]
    assert absent(after) == set()
    assert 0 < len(keys(after)) < len(keys(everything))


def test_an_answer_by_name_other_than_the_item_or_404_stops_the_load(load: Doing, pim: Pim, faults: Callable[..., None]) -> None:
    load("one")
    (uuid,) = names(pim, "products-uuid", 1, search='{"parent":[{"operator":"EMPTY"}]}')
    pim.delete(f"products-uuid/{uuid}")
    faults({"kind": "status", "status": 403, "path": "products-uuid/*"})
    with pytest.raises(PimError, match="403"):
        load("two")
    other = {"uuid": "11111111-1111-4111-8111-111111111111", "values": {}}
    faults({"kind": "body", "body": other, "path": "products-uuid/*"})
    with pytest.raises(PimError, match=f"asked for products-uuid/{uuid} and answered with '{other['uuid']}'"):
        load("two")
    faults()
    assert absent(load("two")) == {("product", uuid)}


def test_what_vanished_with_all_that_it_belonged_to_counts_as_hidden_until_it_is_confirmed(
    load: Doing, pim: Pim, store: Store, structure: Structure
) -> None:
    load("one")
    search = '{"parent":[{"operator":"EMPTY"}],"family":[{"operator":"NOT EMPTY"}]}'
    (uuid,) = names(pim, "products-uuid", 1, search=search)
    product = pim.get(f"products-uuid/{uuid}")
    sku, family = product["values"]["sku"][0]["data"], product["family"]
    pim.delete(f"products-uuid/{uuid}")
    left = [{"code": other.code} for other in structure.families.values() if other.code != family]
    categories = [{"code": category.code} for category in structure.categories.values()]
    attributes = [{"code": "sku", "type": "pim_catalog_identifier", "is_main_identifier": True}]
    lists = Structure.build(channels=[], families=left, categories=categories, attributes=attributes)
    with pytest.raises(ConnectorError, match=rf"no longer shows product '{sku}'.*: family '{family}'.*--confirm 'two'"):
        load("two", lists=lists)
    confirm(store, "two")
    assert absent(load("three", lists=lists)) == {("product", uuid)}


@pytest.fixture
def simple(pim: Pim) -> list[str]:
    """Some products that belong to no model."""
    return names(pim, "products-uuid", 20, search='{"parent":[{"operator":"EMPTY"}]}')


def test_a_differential_of_an_unchanged_pim_asks_for_two_counts(load: Doing, pim_url: str, faults: Callable[..., None]) -> None:
    load("one")
    faults(COUNTS, SINGLE_GETS)
    window = 6
    after = load("two", previous="one")
    assert met(pim_url) == [window + 2, 0]
    assert after.report()["removals"] == "counted"
    assert after.report()["last walk"] == "2030-01-01T00:00:00+00:00"
    assert absent(after) == set()
    assert len(after.package.raw_parts("products")) == 1


def test_a_differential_finds_a_removed_product_by_counts_and_proves_it_by_name(
    load: Doing, pim: Pim, pim_url: str, simple: list[str], faults: Callable[..., None]
) -> None:
    before = load("one")
    pim.delete(f"products-uuid/{simple[0]}")
    faults(COUNTS, LISTS, SINGLE_GETS)
    after = load("two", previous="one")
    counts, lists, single = met(pim_url)
    assert single == 1
    assert counts + lists + single <= 6 + 1 + 20 + 12
    assert absent(after) == {("product", simple[0])}
    assert keys(after) == keys(before) - {simple[0]}
    assert (after.report()["removals"], after.report()["products gone"]) == ("counted", 1)
    assert absent(load("three", previous="two")) == set()


def test_a_product_that_came_since_hides_none_that_went(load: Doing, pim: Pim, store: Store, simple: list[str]) -> None:
    before = load("one")
    new = "99999999-1111-4111-8111-999999999999"
    pim.delete(f"products-uuid/{simple[0]}")
    pim.patch(f"products-uuid/{new}", {})
    after = load("two", previous="one", polled=datetime.now(UTC).isoformat())
    assert absent(after) == {("product", simple[0])}
    pim.delete(f"products-uuid/{new}")
    assert new not in keys(before)


def test_what_hides_behind_equal_counts_is_found_by_the_next_walk(load: Doing, pim: Pim, simple: list[str]) -> None:
    """The product that came is as old as any for these loads, and no window has it: the PIM's index was late."""
    load("one")
    new = "99999999-2222-4222-8222-999999999999"
    pim.delete(f"products-uuid/{simple[0]}")
    pim.patch(f"products-uuid/{new}", {})
    hidden = load("two", previous="one", loads={"verify_every": 2})
    assert (hidden.report()["removals"], absent(hidden)) == ("counted", set())
    walked = load("three", previous="two", loads={"verify_every": 2})
    assert (walked.report()["removals"], walked.report()["last walk"]) == ("walked", "2030-01-01T02:00:00+00:00")
    assert absent(walked) == {("product", simple[0])}
    assert new in keys(walked)
    assert walked.report()["unknown before"] == 1
    assert load("four", previous="three", loads={"verify_every": 2}).report()["removals"] == "counted"
    pim.delete(f"products-uuid/{new}")


def test_a_differential_takes_nothing_away_while_the_index_is_half_built(
    load: Doing, pim_url: str, faults: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load("one")
    for number, lost in enumerate(({"kind": "partial_list", "keep": 0.5}, {"kind": "empty_list"})):
        faults(lost | {"path": "products-uuid"}, SINGLE_GETS)
        after = load(f"two {number}", previous="one")
        assert met(pim_url)[1] == after.report()["kept, there by name"]
        assert after.report()["kept, there by name"] > 300
        assert absent(after) == set()
        assert keys(after) == keys(before)
    monkeypatch.setattr("akeneo_assets.loads.removals.MOST_CONTRADICTED", 100)
    faults({"kind": "empty_list", "path": "products-uuid"}, SINGLE_GETS)
    after = load("three", previous="one")
    assert met(pim_url)[1] == 200  # and asks no more
    assert keys(after) == keys(before)


def test_a_differential_finds_a_removed_model_and_its_variants(load: Doing, pim: Pim) -> None:
    load("one")
    roots = {model["code"] for model in pim.items("product-models", pagination_type="search_after") if model["parent"] is None}
    root = min(roots)
    below = f'{{"parent":[{{"operator":"=","value":"{root}"}}]}}'
    models = [model["code"] for model in pim.items("product-models", pagination_type="search_after", search=below)]
    variants = [product["uuid"] for product in pim.items("products-uuid", pagination_type="search_after", search=below)]
    pim.delete(f"product-models/{root}")
    after = load("two", previous="one")
    assert absent(after) == {
        *(("product", uuid) for uuid in variants),
        *(("product_model", code.lower()) for code in (root, *models)),
    }
    assert keys(after, "product_models").isdisjoint(code.lower() for code in (root, *models))


def test_another_try_of_a_load_finds_the_same_again(load: Doing, pim: Pim, simple: list[str]) -> None:
    load("one")
    pim.delete(f"products-uuid/{simple[0]}")
    after = load("two", previous="one")
    parts = after.package.raw_parts("products")
    again = Removals(after.package, after.window, after.settings, after.structure, after.client, lambda _: None)
    again.find()
    assert (absent(again), again.package.raw_parts("products")) == (absent(after), parts)


def test_what_disputes_an_id_is_asked_for_by_name(load: Doing, pim: Pim, simple: list[str]) -> None:
    there, gone = simple[:2]
    load("one")
    pim.delete(f"products-uuid/{gone}")
    after = load("two", previous="one", polled="2001-01-01T00:00:00+00:00")  # all items are newer: none is looked for
    assert absent(after) == set()
    rows_of_both = [{"owner": "product", "key": key, "code": "its code before"} for key in (there, gone)]
    after.prove(rows_of_both)
    assert absent(after) == {("product", gone)}
    code = pim.get(f"products-uuid/{there}")["values"]["sku"][0]["data"]
    read = {row["key"]: row["code"] for path in after.package.raw_parts("products")[1:] for row in rows([path])}
    assert read == {there: code}


def test_rights_that_hide_products_with_their_categories_stop_the_load(
    load: Doing, pim: Pim, simple: list[str], faults: Callable[..., None]
) -> None:
    load("one")
    product = next(item for uuid in simple if (item := pim.get(f"products-uuid/{uuid}"))["categories"])
    sku, categories = product["values"]["sku"][0]["data"], product["categories"]
    faults({"kind": "hide", "categories": categories})
    lists = Structure.build(channels=[], **{name: list(pim.items(name)) for name in ("families", "categories", "attributes")})
    for window in ({}, {"previous": "one"}):
        with pytest.raises(ConnectorError, match=r"the PIM no longer shows .*: categor.*--confirm '") as stopped:
            load(f"two {len(window)}", lists=lists, **window)
        assert f"'{min(categories)}'" in str(stopped.value)
    faults()
    assert sku in {row["code"] for batch in load("three").mirror.stream("products", ["code"]) for row in batch.to_pylist()}


def test_a_differential_compares_the_families_that_are_read_alone(
    load: Doing, pim: Pim, pim_url: str, faults: Callable[..., None]
) -> None:
    sizes = Counter(item["family"] for item in pim.items("products-uuid", pagination_type="search_after") if not item["parent"])
    (one, _), (other, _) = sizes.most_common(2)
    read = {"akeneo": {"families": [one]}}
    before = load("one", **read)
    for family in (one, other):
        search = f'{{"family":[{{"operator":"IN","value":["{family}"]}}],"parent":[{{"operator":"EMPTY"}}]}}'
        (gone,) = names(pim, "products-uuid", 1, search=search)
        pim.delete(f"products-uuid/{gone}")
        faults(SINGLE_GETS)
        after = load(f"two {family}", previous="one" if family == one else f"two {one}", **read)
        assert absent(after) == ({("product", gone)} if family == one else set())
        assert met(pim_url) == [1 if family == one else 0]
        assert after.report()["unknown before"] == 0
        assert keys(after) <= keys(before)
        faults()
