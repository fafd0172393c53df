"""The package: steps done once, evidence once concluded, files that are never read as empty."""

from collections.abc import Callable
from pathlib import Path

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.package import Done, Package, load_packages, newest_with
from akeneo_assets.store import DamagedFileError, Store, write_json


@pytest.fixture
def package(store: Store) -> Package:
    """A full load that has begun."""
    package = Package.of_load(store, "monday")
    package.begin(settings="s1", kind="full")
    return package


def writes(package: Package, text: str) -> Callable[[], Done]:
    def work() -> Done:
        package.changes.write_text(text)
        return {"rows": len(text)}, [package.changes]

    return work


def test_a_package_goes_from_begun_to_concluded(store: Store, package: Package) -> None:
    states = [Package.of_load(store, "another").state, package.state]
    for step in ("items", "product_feeds"):
        package.seal(step, {})
        states.append(package.state)
    package.sending()
    states.append(package.state)
    package.conclude()
    states.append(package.state)
    assert states == [None, "begun", "read", "mapped", "sending", "concluded"]
    assert package.concluded


def test_a_step_is_done_once_and_its_report_is_shown_again(package: Package) -> None:
    assert package.do("changes", writes(package, "abc")) == {"rows": 3}
    assert package.do("changes", writes(package, "never written")) == {"rows": 3}
    assert package.changes.read_text() == "abc"


def test_a_step_that_fails_is_not_sealed(package: Package) -> None:
    def fails() -> Done:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        package.do("changes", fails)
    assert package.report("changes") is None
    assert package.do("changes", writes(package, "a")) == {"rows": 1}


def test_what_has_not_been_done_is_named_by_its_asset(package: Package) -> None:
    with pytest.raises(ConnectorError, match=r"akeneo/changes has not been materialized for this load or in this run"):
        package.needs("changes")
    with pytest.raises(ConnectorError, match=r"akeneo/channels has not been materialized"):
        package.needs("list:channels")


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("ab")], ids=["missing", "cut short"])
def test_a_sealed_file_that_is_missing_or_cut_short_is_named(package: Package, damage: Callable[[Path], None]) -> None:
    package.do("changes", writes(package, "abc"))
    damage(package.changes)
    with pytest.raises(DamagedFileError, match=r"changes\.parquet of the connector's store (is missing|has 2 bytes instead)"):
        package.needs("changes")


def test_a_state_file_that_is_no_json_is_named(package: Package) -> None:
    path = package.folder / "package.json"
    path.write_text('{"state": "sen')
    with pytest.raises(DamagedFileError, match=r"package\.json of the connector's store can't be read"):
        _ = package.state


def test_other_settings_abandon_a_package_that_has_done_something(package: Package) -> None:
    package.begin(settings="s2", kind="differential")  # nothing is done yet: it begins anew
    assert package.kind == "differential"
    package.seal("list:channels", {})
    package.begin(settings="s2", kind="differential")
    for _ in range(2):
        with pytest.raises(ConnectorError, match=r"'monday' is abandoned, since connector\.yaml has changed since it began"):
            package.begin(settings="s1", kind="differential")
    assert package.state == "abandoned"


def test_a_package_of_another_version_of_the_connector_is_abandoned(package: Package) -> None:
    package.seal("list:channels", {})
    path = package.folder / "package.json"
    path.write_text(path.read_text().replace('"connector": "', '"connector": "0.0.'))
    with pytest.raises(ConnectorError, match="the connector was updated since it began"):
        package.begin(settings="s1", kind="full")


def test_a_load_of_version_0_1_which_had_no_state_file_is_concluded_by_its_outcome(store: Store) -> None:
    package = Package.of_load(store, "old")
    write_json(package.window_file, {"key": "old"})
    assert package.concluded is None
    write_json(package.outcome_file, {})
    assert package.concluded is not None
    assert [p.name for p in load_packages(store)] == ["old"]


def test_the_newest_package_with_a_step_is_the_one_that_was_begun_last(store: Store) -> None:
    assert newest_with(store, "list:channels") is None
    for run, begun in (("b", "2026-11-01T00:00:00"), ("a", "2026-11-02T00:00:00"), ("c", "2026-11-03T00:00:00")):
        package = Package.of_structure_import(store, "attributes", run)
        write_json(package.folder / "package.json", {"begun": begun, "sealed": {}})
        if run != "c":
            package.seal("list:channels", {})
    newest = newest_with(store, "list:channels")
    assert newest is not None
    assert newest.name == "a"


def test_a_plan_ends_as_planned_and_nothing_is_taken_from_it(store: Store, package: Package) -> None:
    package.seal("changes", {})
    plan = Package.of_load(store, "plan")
    plan.begin(settings="s1", kind="full", plan=True)
    plan.seal("changes", {})
    assert (plan.state, plan.is_plan, package.is_plan) == ("begun", True, False)
    plan.seal("plan", {})
    assert plan.state == "planned"
    newest = newest_with(store, "changes")
    assert newest is not None
    assert newest.name == "monday"


def test_a_load_that_applies_a_plan_keeps_its_name(store: Store) -> None:
    load = Package.of_load(store, "tuesday")
    load.begin(settings="s1", kind="full", applies="plan")
    load.seal("changes", {})
    load.begin(settings="s1", kind="full")
    assert load.applies == "plan"
