"""What a plan says: values of records against those that SFCC confirmed last."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.batches import Contents
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.plan_difference import moved_sentence, moved_since, plan_lines, plan_to_apply, write_plan
from akeneo_assets.loads.record_files import RecordFiles, deletion_row, record_files, record_row
from akeneo_assets.loads.window import Outcome, Window, succeed
from akeneo_assets.store import Store, write_json, write_table

Record = dict[str, Any]
Records = Iterable[tuple[str, Record]]
"""(type, record)."""


@pytest.fixture
def given(store: Store) -> Callable[..., Package]:
    """A load gives SFCC records; those of `refused` (ids) it refuses. Returns the load's package."""

    def give(load: str, records: Records, refused: tuple[str, ...] = ()) -> Package:
        package, ledger = Package.of_load(store, load), Ledger(store)
        with RecordFiles(package.records("products")) as files:
            files.write([(kind, "c", record) for kind, record in records])
        rows = [record_row(kind, "c", record) for kind, record in records]
        with ledger.intend(f"{load}.zip") as entries:
            for row in rows:
                entries.write(row | {"deleted": False, "load": load, "file": "f", "archive": f"{load}.zip"})
        ledger.conclude(f"{load}.zip", [row | {"verdict": "refused"} for row in rows if row["id"] in refused])
        return package

    return give


@pytest.fixture
def plan(store: Store) -> Package:
    """The package of a plan that has begun."""
    package = Package.of_load(store, "plan")
    package.begin(settings="s", kind="differential", plan=True)
    return package


def planned(
    plan: Package,
    records: Records = (),
    *,
    retired: Iterable[tuple[str, Any]] = (),
    everything: bool = False,
    held: Path | None = None,
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Make the plan of a load that maps these records. Returns its report and its lines as (action, id, field, locale, site, old,
    new)."""
    with RecordFiles(plan.records("products")) as files:
        files.write([(kind, "c", record) for kind, record in records])
    with RecordFiles(plan.records("retired")) as leaving:
        for stage, row in retired:
            leaving.write_row(stage, row)
    groups = [(record_files(plan.records("products")), everything)]
    report = write_plan(plan, Contents(groups, retired=record_files(plan.records("retired")), held=held))
    lines = [
        (
            line["action"],
            line["id"],
            line["field"],
            line["locale"],
            line["site"],
            line["old"] if line["old_known"] else "?",
            line["new"],
        )
        for line in plan_lines(plan)
    ]
    return report, lines


def named(id_: str, **names: str) -> tuple[str, Record]:
    return "product", {"id": id_, "fields": {"display-name": names}}


def test_what_changes_is_told_value_by_value_with_locale_and_site(plan: Package, given: Callable[..., Package]) -> None:
    before = {"id": "tent", "fields": {"display-name": {"fr": "Tente", "de": "Zelt"}, "online-flag": {"@A": "true", "": "true"}}}
    given("monday", [("product", before), named("mug", fr="Tasse")])
    after = {"id": "tent", "fields": {"display-name": {"fr": "Tente 2"}, "online-flag": {"@A": "false", "": "true"}}}
    report, lines = planned(plan, [("product", after), named("mug", fr="Tasse"), named("hat", fr="Bonnet")])
    assert sorted(lines) == [
        ("changed", "tent", "display-name", "de", "", "Zelt", None),
        ("changed", "tent", "display-name", "fr", "", "Tente", "Tente 2"),
        ("changed", "tent", "online-flag", "", "A", "true", "false"),
        ("created", "hat", "display-name", "fr", "", None, "Bonnet"),
    ]
    assert report == {
        "actions": {"changed": {"product": 1}, "created": {"product": 1}},
        "again": {},
        "unchanged": {"product": 1},
    }


def test_an_old_value_whose_package_is_gone_is_unknown(plan: Package, given: Callable[..., Package]) -> None:
    package = given("monday", [named("tent", fr="Tente")])
    for path in package.all_records:
        path.unlink()
    _, lines = planned(plan, [named("tent", fr="Tente 2", de="Zelt")])
    assert sorted(lines) == [
        ("changed", "tent", "display-name", "de", "", None, "Zelt"),
        ("changed", "tent", "display-name", "fr", "", "?", "Tente 2"),
    ]


def test_what_sfcc_has_is_what_it_confirmed_last(plan: Package, given: Callable[..., Package]) -> None:
    given("monday", [named("tent", fr="Tente"), named("mug", fr="Tasse")])
    given("tuesday", [named("tent", fr="Refusée"), named("hat", fr="Bonnet")], refused=("tent", "hat"))
    _, lines = planned(plan, [named("tent", fr="Tente 2"), named("hat", fr="Bonnet")])
    assert sorted(lines) == [
        ("changed", "tent", "display-name", "fr", "", "Tente", "Tente 2"),
        ("created", "hat", "display-name", "fr", "", None, "Bonnet"),
    ]


def test_what_a_full_load_sends_again_as_it_is_is_counted_alone(plan: Package, given: Callable[..., Package]) -> None:
    given("monday", [named("tent", fr="Tente"), named("mug", fr="Tasse")])
    report, lines = planned(plan, [named("tent", fr="Tente 2"), named("mug", fr="Tasse")], everything=True)
    assert lines == [("changed", "tent", "display-name", "fr", "", "Tente", "Tente 2")]
    assert report == {"actions": {"changed": {"product": 1}}, "again": {"product": 1}, "unchanged": {}}


def test_what_is_retired_is_told_with_its_policy(plan: Package, given: Callable[..., Package]) -> None:
    given("monday", [named("tent", fr="Tente"), named("mug", fr="Tasse")])
    offline = record_row("product", "c", {"id": "tent", "fields": {"online-flag": {"": "false"}}})
    leaving = [("product", offline), ("product", deletion_row("product", "c", "mug", None, ()))]
    report, lines = planned(plan, retired=leaving)
    assert {line[:3] for line in lines} == {("retired", "tent", None), ("retired", "mug", None)}
    assert report["actions"] == {"retired: offline": {"product": 1}, "retired: delete": {"product": 1}}
    assert {(line["id"], line["policy"]) for line in plan_lines(plan)} == {("tent", "offline"), ("mug", "delete")}


def test_files_that_nothing_shows_any_more_are_told_and_compared(
    plan: Package, given: Callable[..., Package], store: Store
) -> None:
    given("monday", [("file", {"id": "images/a.png", "source": "media/a.png", "size": 1, "sha1": ""})])
    with RecordFiles(plan.records("unshown")) as files:
        files.write_row("file", deletion_row("file", "c", "images/a.png", None, ()))
    plan.do("plan", lambda: (planned(plan)[0], []))
    assert (plan.report("plan") or {})["actions"] == {"retired: delete": {"file": 1}}
    load = Package.of_load(store, "tuesday")
    planned(load)
    assert [(moved["id"], moved["how"]) for moved in moved_since(plan, load)] == [("images/a.png", "no longer")]


def test_what_the_guard_holds_back_is_told_and_is_no_change(plan: Package, given: Callable[..., Package], store: Store) -> None:
    given("monday", [named("tent", fr="Tente", de="Zelt")])
    row = record_row(*("product", "c"), named("tent")[1])
    absence = {name: row[name] for name in ("key", "container", "type", "id")} | {
        "path": "fields/display-name/de",
        "source": None,
    }
    write_table(store.root / "held.parquet", tables.ABSENCES, [absence])
    _, lines = planned(plan, [named("tent", fr="Tente 2")], held=store.root / "held.parquet")
    assert sorted(lines) == [
        ("changed", "tent", "display-name", "fr", "", "Tente", "Tente 2"),
        ("held back", "tent", "display-name", "de", "", "Zelt", None),
    ]


def test_only_what_a_load_would_send_otherwise_has_moved(plan: Package, given: Callable[..., Package], store: Store) -> None:
    plan.do(
        "plan", lambda: (planned(plan, [named("tent", fr="Tente"), named("mug", fr="Tasse"), named("hat", fr="Bonnet")])[0], [])
    )
    load = Package.of_load(store, "tuesday")
    load.begin(settings="s", kind="differential", applies="plan")
    planned(load, [named("tent", fr="Tente 2"), named("mug", fr="Tasse"), named("cap", fr="Casquette")])
    moved = moved_since(plan, load)
    assert [(each["id"], each["how"]) for each in moved] == [("cap", "more"), ("hat", "no longer"), ("tent", "otherwise")]
    assert moved_sentence("plan", moved) == (
        "The load would send otherwise than the plan 'plan' says: 1 more, 1 no longer, 1 otherwise: "
        "product cap (more), product hat (no longer), product tent (otherwise)."
    )
    planned(load, [named("tent", fr="Tente"), named("mug", fr="Tasse"), named("hat", fr="Bonnet")])
    assert moved_since(plan, load) == []


def _window(package: Package, poll_start: str, kind: Any = "differential") -> None:
    write_json(package.window_file, vars(Window(package.name, kind, poll_start, None, None, "")))


def test_a_plan_that_cannot_be_applied_says_why(plan: Package, store: Store) -> None:
    with pytest.raises(ConnectorError, match="There is no plan 'nothing'"):
        plan_to_apply(store, "nothing")
    _window(plan, "2026-11-24T10:00:00+00:00")
    with pytest.raises(ConnectorError, match="The plan 'plan' was not made to its end"):
        plan_to_apply(store, "plan")
    plan.do("plan", lambda: (planned(plan)[0], []))
    with pytest.raises(ConnectorError, match="The plan 'plan' is of a differential load: apply it with job 3-1"):
        plan_to_apply(store, "plan", "full")
    assert plan_to_apply(store, "plan", "differential").state == "planned"
    later = Package.of_load(store, "later")
    later.begin(settings="s", kind="differential", applies="plan")
    _window(later, "2026-11-24T11:00:00+00:00")
    assert plan_to_apply(store, "plan").name == "plan"
    succeed(store, "later", Outcome("", "", {}))
    with pytest.raises(
        ConnectorError, match="The plan 'plan' was applied by the load 'later', which is imported: make a new plan"
    ):
        plan_to_apply(store, "plan")
    last = Package.of_load(store, "last")
    last.begin(settings="s", kind="full")
    _window(last, "2026-11-24T12:00:00+00:00", "full")
    succeed(store, "last", Outcome("", "", {}))
    with pytest.raises(ConnectorError, match="The plan 'plan' is older than the load 'last', which is imported: make a new plan"):
        plan_to_apply(store, "plan")
