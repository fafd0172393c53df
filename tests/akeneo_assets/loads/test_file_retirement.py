"""Static files that nothing shows any more: which, when they go, and what the ledger has of it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.batches import BatchWriter
from akeneo_assets.loads.file_retirement import (
    delete_unshown,
    may_go,
    newly_unshown,
    unshown,
    without_deleted,
    write_unshown,
)
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.sending import Sender
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, rows, write_table
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.delivery.site_archive_delivery import SiteArchiveDelivery

SETTINGS = {"images": {"view_types": [{"id": "large", "attributes": ["picture"]}]}, "organization": {"master_catalog": "c"}}
HASHES = {name: f"{name * 40}_{name}.jpg" for name in "abcd"}
PATHS = {name: f"images/{name * 2}/{hashed}" for name, hashed in HASHES.items()}
"""The media a to d, each with its path in SFCC."""


@pytest.fixture
def at_load(store: Store, load: Callable[..., Mirror], make_product: Any) -> Callable[..., Load]:
    """A load `key` of products that show the media of their own names, or those given; those of `without_id` aren't exported.
    `previous`: the load that it stands on."""

    def begin(key: str, *own: str, without_id: str = "", previous: str | None = None, **others: str) -> Load:
        shown = dict(zip(own, own, strict=True)) | others
        pictures = {name: {"picture": [{"locale": None, "scope": None, "data": HASHES[of]}]} for name, of in shown.items()}
        load(key, [make_product(name, name, values=pictures[name]) for name in shown], previous=previous)
        package = Package.of_load(store, key)
        ids = {name: None if name in without_id else name for name in shown}
        identities = [{"owner": "product", "key": name, "sfcc_id": id_, "own_id": id_} for name, id_ in ids.items()]
        write_table(package.identities, tables.IDENTITIES, identities)
        channel = {"code": "ecommerce", "category_tree": "main", "locales": ["en_US"], "currencies": ["USD"]}
        attribute = {"code": "picture", "type": "pim_catalog_image", "group": "other"}
        structure = Structure.build(channels=[channel], attributes=[attribute])
        window = windows.recorded(store, key)
        assert window is not None
        return Load(package, window, ConnectorSettings.model_validate(SETTINGS), structure)

    return begin


def file(name: str) -> tuple[str, str]:
    return ("file", PATHS[name])


def test_a_file_goes_that_no_exported_product_shows(at_load: Any, send: Callable[..., None]) -> None:
    send("one.zip", {file(name): "" for name in "abcd"}, {})
    gone = unshown(at_load("one", "a", "b", "c", without_id="b"))
    assert [(row["container"], row["id"]) for row in gone] == [("c", PATHS["b"]), ("c", PATHS["d"])]


@pytest.mark.parametrize(
    ("changed", "go"),
    [
        ({}, True),
        ({"loads": {"retire": {"media": "keep"}}}, False),
        ({"loads": {"retire": {"products": "keep"}}}, False),
        ({"loads": {"retire": {"price_books": "keep"}}}, True),
        ({"images": {"view_types": []}}, False),
        ({"categories": {"write": False}}, False),
    ],
)
def test_no_file_goes_while_something_that_stays_as_it_is_may_show_it(changed: dict[str, Any], go: bool) -> None:
    assert may_go(ConnectorSettings.model_validate(SETTINGS | changed)) is go


def test_the_guard_judges_a_file_once_and_not_with_a_product_that_it_judges_itself(
    store: Store, at_load: Any, send: Callable[..., None]
) -> None:
    send("one.zip", {file(name): "" for name in "abcd"}, {})
    first = at_load("one", "a", "b")
    assert list(newly_unshown(first, unshown(first), set())) == []  # no load has shown them yet
    write_unshown(first.package, unshown(first))  # c and d
    windows.succeed(store, "one", windows.Outcome("", "", {}))
    second = at_load("two")
    files = unshown(second)
    assert {row["id"]: row["source"] for row in files} == {
        PATHS["a"]: "product:a",
        PATHS["b"]: "product:b",
        PATHS["c"]: None,
        PATHS["d"]: None,
    }
    assert [row["id"] for row in newly_unshown(second, files, {"product:a"})] == [PATHS["b"]]


@pytest.fixture
def differential(at_load: Any, send: Callable[..., None]) -> Callable[..., Load]:
    """A load that stands on one by which a, b and c show the media of their own names, and SFCC has these files. It maps what it
    `read`: products with the media that they show now. `exported`: the products that have an SFCC id by now; `gone`: those that
    the PIM has no more."""

    def begin(read: dict[str, str], exported: str = "abc", gone: str = "") -> Load:
        send("one.zip", {file(name): "" for name in "abc"}, {})
        one = at_load("one", "a", "b", "c").package
        one.seal("retired", {"held": {}})
        windows.succeed(one.store, "one", windows.Outcome("", "", {}, archive=1))
        two = at_load("two", previous="one", **read)
        ids = {name: name if name in exported else None for name in "abc" if name not in gone}
        identities = [{"owner": "product", "key": name, "sfcc_id": id_, "own_id": id_} for name, id_ in ids.items()]
        write_table(two.package.identities, tables.IDENTITIES, identities)
        write_table(two.package.changes, tables.CHANGES, [{"owner": "product", "key": name, "reason": 0} for name in read])
        two.mirror.forget([{"owner": "product", "key": name} for name in gone])
        return two

    return begin


@pytest.mark.parametrize(
    ("state", "go"),
    [
        ({"read": {}}, ""),
        ({"read": {"a": "a"}}, ""),
        ({"read": {"a": "d"}}, "a"),
        ({"read": {"a": "d", "b": "a"}}, "b"),
        ({"read": {"a": "b"}}, "a"),
        ({"read": {"c": "c"}, "exported": "ab"}, "c"),
        ({"read": {}, "gone": "b", "exported": "ac"}, "b"),
    ],
)
def test_a_load_that_maps_some_products_finds_the_files_that_these_showed(
    differential: Any, state: dict[str, Any], go: str
) -> None:
    load = differential(**state)
    assert [row["id"] for row in unshown(load, everything=False)] == [PATHS[name] for name in go]
    assert [row["id"] for row in unshown(load)] == [PATHS[name] for name in go]


def test_a_load_that_maps_some_products_looks_at_all_files_where_some_were_sent_since(
    differential: Any, send: Callable[..., None]
) -> None:
    load = differential({})
    send("two.zip", {file("d"): ""}, {})
    assert [row["id"] for row in unshown(load, everything=False)] == [PATHS["d"]]


@pytest.mark.parametrize("left", ["unshown", "held back"])
def test_a_load_that_maps_some_products_looks_at_all_files_where_the_load_before_left_some(differential: Any, left: str) -> None:
    load = differential({}, exported="ab")  # c lost its id with the load before, too
    write_table(load.previous.identities, tables.IDENTITIES, rows([load.package.identities]))
    assert unshown(load, everything=False) == []
    if left == "unshown":
        write_unshown(load.previous, [{"container": "c", "id": PATHS["c"]}])
    else:
        load.previous.seal("retired", {"held": {"file": 1}})
    assert [row["id"] for row in unshown(load, everything=False)] == [PATHS["c"]]


@pytest.fixture
def deleting(store: Store, sfcc: SimpleNamespace, send: Callable[..., None]) -> Iterator[Callable[..., Any]]:
    """Deletes files of the ledger at the end of a load; returns the counts and what people are warned of."""
    sfcc.faults()
    folder = sfcc.root / "webdav/Catalogs/c/default"
    for name in "ab":
        (folder / PATHS[name]).parent.mkdir(parents=True, exist_ok=True)
        (folder / PATHS[name]).write_bytes(b"picture")
    send("one.zip", {file(name): "" for name in "abc"}, {})

    def delete(load: str, *names: str) -> tuple[dict[str, int], list[str]]:
        package, warned = Package.of_load(store, load), list[str]()
        package.begin(settings="", kind="full")
        write_unshown(package, [{"container": "c", "id": PATHS[name]} for name in names])
        delivery = SiteArchiveDelivery(sfcc.client, busy_minutes=1, wait_minutes=1, keep_archives=False)
        sender = Sender(package, delivery, BatchWriter(package, load, 1), 1, lambda _: None)
        return delete_unshown(sender, ["library"], warned.append), warned

    yield delete
    sfcc.faults()


def there(sfcc: SimpleNamespace) -> set[str]:
    return {name for name in "ab" if (sfcc.root / "webdav/Catalogs/c/default" / PATHS[name]).exists()}


def in_ledger(store: Store) -> set[str]:
    return set(Ledger(store).objects("file", columns=("id",))["id"].to_pylist())


def test_a_file_leaves_the_ledger_once_sfcc_has_it_no_more(store: Store, sfcc: SimpleNamespace, deleting: Any) -> None:
    """SFCC never had the file c."""
    assert deleting("load", "a", "c") == ({"files deleted": 2, "files left": 0}, [])
    assert (there(sfcc), in_ledger(store)) == ({"b"}, {PATHS["b"]})
    assert deleting("load", "a", "c") == ({}, [])


def test_a_file_that_sfcc_does_not_let_go_stays_in_the_ledger_for_the_next_load(
    store: Store, sfcc: SimpleNamespace, deleting: Any
) -> None:
    sfcc.faults(answers=[{"on": "DELETE .*_a.jpg", "times": 9, "status": 403}])
    counts, (warning,) = deleting("one", "a", "b")
    assert counts == {"files deleted": 1, "files left": 1}
    assert warning.startswith("Files that nothing shows any more are left for the next load (1): Deleting Catalogs/c/default/")
    assert (there(sfcc), in_ledger(store)) == ({"a"}, {PATHS["a"], PATHS["c"]})
    sfcc.faults()
    assert deleting("two", "a") == ({"files deleted": 1, "files left": 0}, [])
    assert there(sfcc) == set()


@pytest.mark.parametrize("kind", ["product", "category", "content"])
def test_files_stay_while_sfcc_has_not_confirmed_what_may_show_them(
    store: Store, sfcc: SimpleNamespace, deleting: Any, send: Callable[..., None], kind: str
) -> None:
    send("two.zip", {(kind, "x"): "images"}, {(kind, "x"): "pending"})
    counts, (warning,) = deleting("load", "a")
    assert counts == {"files left": 1}
    assert "not confirmed by SFCC (1)" in warning
    assert there(sfcc) == {"a", "b"}
    send("three.zip", {(kind, "x"): ""}, {})
    assert deleting("later", "a")[0] == {"files deleted": 1, "files left": 0}


def test_job_2_leaves_out_what_a_load_has_deleted(store: Store, deleting: Any) -> None:
    deleting("load", "a")
    records = [("file", "c", {"id": PATHS[name]}) for name in "abd"]
    assert [record["id"] for _, _, record in without_deleted(Ledger(store), records)] == [PATHS["b"], PATHS["d"]]


def test_the_files_that_go_are_written_into_the_package(store: Store) -> None:
    package = Package.of_load(store, "load")
    assert write_unshown(package, [{"container": "c", "id": PATHS["a"]}]) == 1
    (written,) = rows(sorted(package.records("unshown").glob("*.parquet")))
    assert (written["type"], written["container"], written["id"], written["delete"]) == ("file", "c", PATHS["a"], True)
