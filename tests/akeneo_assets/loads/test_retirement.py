"""What is retired, and the records that retire it."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, record_files
from akeneo_assets.loads.retirement import Retired, categories_spared, retired, write_retired
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, rows, write_table

Send = Callable[..., None]
TREE = [("c", "root", "outdoor"), ("c", "outdoor", "tents"), ("c", "outdoor", "stoves"), ("c", "root", "indoor")]
WRITTEN = "fields/display-name/x-default\nfields/online-flag/"


@pytest.fixture
def package(store: Store) -> Package:
    """A load that has mapped the products 'a', which it has changed, and 'b', which it hasn't."""
    made = Package.of_load(store, "now")
    identity = {"owner": "product", "code": None, "root": None, "left_out": False}
    rows_of = [identity | {"key": id_, "sfcc_id": id_, "own_id": id_} for id_ in ("a", "b")]
    write_table(made.identities, tables.IDENTITIES, rows_of)
    write_table(made.changes, tables.CHANGES, [{"owner": "product", "key": "a", "reason": 0}])
    with RecordFiles(made.records("products")) as files:
        files.write([("product", "c", {"id": "a", "fields": {}})], "product:a")
    return made


def settings(**policies: str) -> ConnectorSettings:
    return ConnectorSettings.model_validate({"loads": {"retire": policies}})


def ids(package: Package, *, everything: bool = False, handed_over: tuple[str, ...] = (), **policies: str) -> list[str]:
    return [each.id for each in retired(package, settings(**policies), handed_over, everything=everything)]


def sent_for(package: Package, found: list[Retired], **policies: str) -> list[tuple[str, bool, Any]]:
    """(id, whether it is deleted, record) of all that retires these objects, in order."""
    unlinked, folder = package.records("unlinked"), package.records("retired")
    write_retired(Ledger(package.store), found, settings(**policies), unlinked, folder)
    written = rows([*record_files(unlinked), *record_files(folder)])
    return [(row["id"], row["delete"], orjson.loads(row["record"])) for row in written]


def test_retired_is_what_the_ledger_has_and_neither_this_load_nor_an_earlier_one_exports(package: Package, send: Send) -> None:
    send("1.zip", {("product", id_): WRITTEN for id_ in ("a", "b", "gone")}, {})
    assert ids(package) == ["gone"]


def test_a_load_that_maps_everything_exports_only_what_it_mapped(package: Package, send: Send) -> None:
    send("1.zip", {("product", id_): WRITTEN for id_ in ("a", "b", "gone")}, {})
    assert ids(package, everything=True) == ["b", "gone"]


def test_what_sfcc_never_took_and_what_it_has_deleted_is_not_there(package: Package, send: Send) -> None:
    send("1.zip", {("product", "refused"): WRITTEN, ("product", "deleted"): WRITTEN}, {("product", "refused"): "refused"})
    send("2.zip", {("product", "deleted"): None}, {})
    assert ids(package) == []


def test_what_an_instance_had_before_it_was_reset_is_not_retired(package: Package, send: Send) -> None:
    send("1.zip", {("product", "gone"): WRITTEN}, {})
    Ledger(package.store).undo(0, {})
    assert ids(package) == []


def test_what_a_policy_keeps_and_what_merchants_own_is_left_alone(package: Package, send: Send) -> None:
    send("1.zip", {("product", "gone"): WRITTEN, ("category", "gone"): "parent/root"}, {})
    assert ids(package, products="keep") == ["gone"]
    assert ids(package, products="keep", handed_over=("category/",)) == []


def test_an_object_goes_offline_once_and_is_not_sent_again_until_it_is_back(package: Package, send: Send) -> None:
    send("1.zip", {("product", "gone"): WRITTEN}, {})
    found = retired(package, settings(), (), everything=False)
    (offline,) = sent_for(package, found)
    assert offline == ("gone", False, {"id": "gone", "fields": {"online-flag": {"": "false"}}})
    (row,) = rows(record_files(package.records("retired")))
    ledger = Ledger(package.store)
    with ledger.intend("2.zip") as entries:
        entries.write(row | {"deleted": False, "load": "l", "file": "f", "archive": "2.zip"})
    ledger.conclude("2.zip", [])
    again = retired(package, settings(), (), everything=False)
    assert [each.id for each in again] == ["gone"]
    assert sent_for(package, again) == []


def test_an_attribute_whose_code_ends_as_the_mark_does_is_not_taken_for_it(package: Package, send: Send) -> None:
    send("1.zip", {("product", "gone"): f"custom/akeneo_retired/\n{WRITTEN}"}, {})
    assert [each.before for each in retired(package, settings(), (), everything=False)] == [False]


def test_a_master_that_is_deleted_loses_its_variants_first(package: Package, send: Send) -> None:
    send("1.zip", {("product", "master"): f"{WRITTEN}\nvariations", ("product", "simple"): WRITTEN}, {})
    found = retired(package, settings(products="delete"), (), everything=False)
    offline = {"id": "master", "fields": {"online-flag": {"": "false"}}, "variations": None}
    assert sent_for(package, found, products="delete") == [
        ("master", False, offline),
        ("simple", True, {"id": "simple"}),
        ("master", True, {"id": "master"}),
    ]


def test_subcategories_are_deleted_before_what_they_stand_below(package: Package, send: Send) -> None:
    placed = {("category", "a-top"): "parent/root", ("category", "b-below"): "parent/a-top", ("category", "c"): "parent/b-below"}
    send("1.zip", placed, {})
    found = retired(package, settings(categories="delete"), (), everything=False)
    assert [id_ for id_, deleted, _ in sent_for(package, found, categories="delete") if deleted] == ["c", "b-below", "a-top"]


def test_what_has_no_online_flag_is_deleted(package: Package, send: Send) -> None:
    send("1.zip", {("custom-object", "table"): "attributes/json/"}, {})
    found = retired(package, settings(), (), everything=False)
    assert sent_for(package, found) == [("table", True, {"id": "table"})]


@pytest.mark.parametrize(
    ("more", "owned", "spared"),
    [
        ([], set(), set()),
        ([("c", "tents", "our-tents")], set(), {"outdoor", "tents"}),
        ([("c", "tents", "our-tents"), ("c", "our-tents", "domes")], set(), {"outdoor", "tents"}),
        ([("c", "indoor", "lamps")], set(), set()),
        ([("c", "tents", "moves")], {("c", "moves")}, set()),
        ([("other", "tents", "theirs")], set(), set()),
    ],
    ids=["none of merchants", "one", "one below another", "beside them", "the load moves it away", "another catalog"],
)
def test_categories_above_others_categories_are_spared(
    more: list[tuple[str, str, str]], owned: set[tuple[str, str]], spared: set[str]
) -> None:
    doomed = {("c", name) for name in ("outdoor", "tents", "stoves")}
    exported = {("c", "indoor"), *owned}
    assert categories_spared(doomed, [*TREE, *more], exported) == {("c", name) for name in spared}


def test_a_circle_of_parents_ends() -> None:
    circle = [("c", "b", "a"), ("c", "a", "b"), ("c", "a", "own")]
    assert categories_spared({("c", "a"), ("c", "b")}, circle, set()) == {("c", "a"), ("c", "b")}
