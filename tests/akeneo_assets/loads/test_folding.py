"""Folding: what is left of a store tells the same, whatever was removed and wherever a kill took the fold."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from akeneo_assets import tables
from akeneo_assets.loads import folding
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.base import REMEMBERED, Base
from akeneo_assets.loads.folding import fold
from akeneo_assets.loads.guard import passed_lately
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.list_reading import list_step
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.object_history import Known, Subject
from akeneo_assets.loads.package import Package, all_packages
from akeneo_assets.settings.keep_settings import Keep
from akeneo_assets.store import DamagedFileError, Store, fingerprint, parquet, read_json, write_json, write_table
from akeneo_assets.tables import pim_list_table
from sfcc_resources.feeds import ManifestWriter, manifest_path

Make = Callable[..., Any]
Fields = dict[str, str | None]

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = BEGAN + timedelta(days=365)
TWO = Keep(loads=2, days=0)


class History:
    """Loads by hand, a day after the other: each reads items, sends objects, and is answered."""

    def __init__(self, store: Store, load: Make) -> None:
        self.store, self._load, self._day = store, load, 0

    def package(self, package: Package, state: str | None = "concluded", steps: Iterable[str] = (), **more: Any) -> None:
        """Make a package as one that began on the next day."""
        self._day += 1
        day = (BEGAN + timedelta(days=self._day)).isoformat()
        package.begin(settings="s", **more)
        for step in steps:
            package.seal(step, {}, [])
        document = read_json(package.folder / "package.json") | {"begun": day, "concluded": day}
        write_json(package.folder / "package.json", document | ({"state": state} if state else {}))

    def load(
        self,
        key: str,
        products: Iterable[Any] = (),
        models: Iterable[Any] = (),
        previous: str | None = None,
        sends: Fields | None = None,
        refused: Iterable[str] = (),
        *,
        answered: bool = True,
        absent: Iterable[str] = (),
    ) -> Mirror:
        """A load that succeeded; or, not `answered`, one that died while it sent."""
        mirror: Mirror = self._load(key, products, models, previous)
        package = Package.of_load(self.store, key)
        mirror.forget([{"owner": "product", "key": gone} for gone in absent])
        self.package(package, "concluded" if answered else "sending", ["changes"], kind="full")
        window = read_json(package.window_file) | {"poll_start": (BEGAN + timedelta(days=self._day)).isoformat()}
        write_json(package.window_file, window)
        write_table(package.identities, tables.IDENTITIES, [])
        write_table(package.pim_list("categories"), pim_list_table("categories", ()), [])
        package.seal(list_step("categories"), {}, [package.pim_list("categories")])
        if sends:
            self.send(key, sends, refused if answered else None)
        if answered:
            outcome = windows.Outcome("", "", {}, Ledger(self.store).last)
            write_json(package.outcome_file, vars(outcome))
        return mirror

    def send(self, load: str, sends: Fields, refused: Iterable[str] | None = (), archive: str | None = None) -> None:
        """An archive of products: their fields, or None for a deletion. Its manifest has a line an object."""
        ledger, archive = Ledger(self.store), archive or f"{load}.zip"
        rows = [
            {
                "key": object_key("c", "product", id_),
                "container": "c",
                "type": "product",
                "id": id_,
                "source": f"product:{id_}",
                "output": fingerprint((fields or "").encode()),
                "fields_fingerprint": 0,
                "fields": fields or "",
                "deleted": fields is None,
                "load": load,
                "file": "catalog.xml",
                "archive": archive,
            }
            for id_, fields in sends.items()
        ]
        with ledger.intend(archive) as entries:
            for row in rows:
                entries.write(row)
        archives = Package.of_load(self.store, load).archives
        archives.mkdir(parents=True, exist_ok=True)
        with ManifestWriter(manifest_path(archives / archive)) as manifest:
            for line, row in enumerate(rows, 1):
                manifest.add("c", "product", row["id"], row["deleted"], 1, "catalog.xml", line, line)
        if refused is not None:
            names = ("key", "container", "type", "id")
            ledger.conclude(archive, [{n: r[n] for n in names} | {"verdict": "refused"} for r in rows if r["id"] in refused])

    def loads(self) -> set[str]:
        return {path.name for path in self.store.loads.iterdir()}


@pytest.fixture
def history(store: Store, load: Make) -> History:
    store.root.mkdir()
    return History(store, load)


def associated(*skus: str) -> dict[str, Any]:
    return {"associations": {"X": {"products": list(skus), "product_models": [], "groups": []}}}


def small_edits(history: History, product: Make, model: Make) -> None:
    """Six loads. `a` is edited twice, `b` goes, `c` is renamed after a model named it, `d` is refused again and again."""
    history.load(
        "one",
        [product("a", "A", **associated("b")), product("b", "B"), product("c", "C"), product("d", "D")],
        [model("m", **associated("C", "E"))],
        sends={"a": "x\ny", "b": "x", "c": "x", "d": "x"},
        refused=["d"],
    )
    history.load("two", [product("a", "A2")], previous="one", sends={"a": "y", "d": "x"}, refused=["d"])
    history.load(
        "three", [product("c", "C3")], previous="two", sends={"c": "z", "b": None, "d": "y"}, refused=["d"], absent=["b"]
    )
    history.load("four", previous="three", sends={"d": "x"}, refused=["d"])
    history.load("five", [product("a", "A5"), product("e", "E")], previous="four", sends={"a": "w", "e": "x"})
    history.load("six", [], [model("n", **associated("A5"))], previous="five", sends={"e": "y", "d": "v"}, refused=["d", "e"])


def told(store: Store) -> dict[str, Any]:
    """All that later loads and `show` ask of a store."""
    last = windows.last_successful(store)
    assert last is not None
    mirror, ledger, known = Mirror.of(store, last), Ledger(store), Known.of(store)
    read: dict[str, Any] = {}
    for table, columns in (
        ("products", "key, code, fingerprint"),
        ("product_models", "key, code, fingerprint"),
        ("associations", "owner, key, target_key"),
        ("media_references", "owner, key, media"),
    ):
        rows = store.select(f"FROM ({mirror.sql(table, columns)}) ORDER BY ALL")  # type: ignore[arg-type]
        read[table] = [tuple(row.values()) for batch in rows for row in batch.to_pylist()]
    streamed = [key for batch in mirror.stream("products", ["key", "item"]) for key in batch.column("key").to_pylist()]
    named = [row for batch in store.select(f"FROM ({mirror.named_by_models()}) ORDER BY ALL") for row in batch.to_pylist()]
    objects = ledger.objects("product", columns=("id", "verdict", "load", "file", "archive")).to_pylist()
    ids = ("a", "b", "c", "d", "e")
    keys = np.array([object_key("c", "product", id_) for id_ in ids], dtype=np.uint64)
    latest = {id_: known.history(Subject("product", id_), [id_])[-1] for id_ in ids}
    return read | {
        "order": streamed,
        "named": named,
        "readings": {id_: known.said(Subject("product", id_)) for id_ in ids},
        "objects": objects,
        "fields": list(ledger.fields(keys)),
        "since": sorted(ledger.fields_since("product", "c", ledger.last - 1)),
        "unsettled": ledger.objects("product", columns=("id",), unsettled_since=ledger.last - 1).to_pylist(),
        "last": ledger.last,
        "latest": latest,
    }


def test_a_folded_store_tells_the_same_as_a_whole_one(history: History, make_product: Make, make_model: Make) -> None:
    small_edits(history, make_product, make_model)
    before = told(history.store)
    assert before["named"] == [
        {"model": "m", "code": "C", "uuid": "c"},
        {"model": "m", "code": "E", "uuid": "e"},
        {"model": "n", "code": "A5", "uuid": "a"},
    ]
    assert fold(history.store, TWO, LATER) == 3
    # The one is kept since it read everything last, the others are the last two.
    assert history.loads() == {"one", "five", "six"}
    assert told(history.store) == before
    assert [path.name for path in sorted(history.store.ledger.glob("0*"))] == ["000005-five.zip", "000006-six.zip"]


def test_folds_one_after_the_other_tell_the_same_as_none(store: Store, load: Make, make_product: Make, make_model: Make) -> None:
    steps: list[tuple[Fields, list[Any], list[Any], list[str]]] = [
        ({"a": "1", "d": "1"}, [make_product("a", "A"), make_product("c", "C")], [], ["d"]),
        ({"a": None}, [make_product("d", "D")], [make_model("m", **associated("C", "B"))], []),
        ({"a": "2", "d": "1"}, [make_product("a", "A2")], [], ["d"]),
        ({"e": "1", "d": "2"}, [make_product("e", "C"), make_product("c", "C9")], [], ["d"]),
        ({"b": "1", "c": "1"}, [make_product("b", "B")], [], []),
        ({"e": None, "d": "1"}, [], [], ["d", "e"]),
        ({"b": "2"}, [make_product("c", "C8")], [], []),
    ]
    tell = list[dict[str, Any]]()
    for folding_each in (True, False):
        shutil.rmtree(store.root, ignore_errors=True)
        store.root.mkdir()
        history = History(store, load)
        for number, (sends, products, models, refused) in enumerate(steps):
            history.load(f"load_{number}", products, models, f"load_{number - 1}" if number else None, sends, refused)
            if folding_each:
                fold(store, TWO, LATER)
        assert history.loads() == ({"load_0", "load_5", "load_6"} if folding_each else {f"load_{n}" for n in range(len(steps))})
        tell.append(told(store))
    assert tell[0] == tell[1]
    assert tell[1]["named"] == [{"model": "m", "code": "B", "uuid": "b"}, {"model": "m", "code": "C", "uuid": "c"}]


def test_the_base_tells_which_load_file_and_line_carried_an_object_last(
    history: History, make_product: Make, make_model: Make
) -> None:
    small_edits(history, make_product, make_model)
    fold(history.store, TWO, LATER)
    entries = Known.of(history.store).history(Subject("product", "c"), ["c"])
    place = ("load", "archive", "file", "first_line", "verdict", "deleted")
    assert [tuple(entry[name] for name in place) for entry in entries] == [
        ("three", "three.zip", "catalog.xml", 1, "confirmed", False)
    ]
    deleted = Known.of(history.store).history(Subject("product", "b"), ["b"])[-1]
    assert tuple(deleted[name] for name in place) == ("three", "three.zip", "catalog.xml", 2, "confirmed", True)


def test_a_record_that_sfcc_goes_on_refusing_leaves_one_entry(history: History, make_product: Make) -> None:
    history.load("load_1", [make_product("a", "A")], sends={"a": "x"}, refused=["a"])
    for number in range(2, 9):
        history.load(f"load_{number}", previous=f"load_{number - 1}", sends={"a": "x"}, refused=["a"])
    fold(history.store, TWO, LATER)
    entries = history.store.select("SELECT number, load FROM ledger_entries ORDER BY number", Ledger(history.store).views)
    left = [(row["number"], row["load"]) for batch in entries for row in batch.to_pylist()]
    assert left == [(6, "load_6"), (7, "load_7"), (8, "load_8")]


class Killed(BaseException):
    """A process's end."""


def gist(store: Store) -> list[Any]:
    """What a store holds, in short."""
    last = windows.last_successful(store)
    assert last is not None
    products = store.select(f"FROM ({Mirror.of(store, last).sql('products', 'key, code')}) ORDER BY ALL")
    objects = Ledger(store).objects("product", columns=("id", "verdict", "load")).to_pylist()
    return [[tuple(row.values()) for batch in products for row in batch.to_pylist()], objects]


def files(store: Store) -> set[Path]:
    """The files of a store, whatever the base's folders are called."""
    paths = (path.relative_to(store.root) for path in store.root.rglob("*") if path.is_file() and path.parent.name != "tmp")
    return {Path(*("N" if part.isdigit() else part for part in path.parts)) for path in paths}


def test_a_fold_that_is_killed_anywhere_leaves_a_whole_store_and_the_next_one_ends_it(
    history: History, make_product: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    history.load("one", [make_product("a", "A"), make_product("b", "B")], sends={"a": "1", "b": "1"})
    history.load("two", [make_product("a", "A2")], previous="one", sends={"a": "2"})
    history.load("three", previous="two", sends={"b": "2"})
    history.load("four", previous="three")
    store, remove, steps = history.store, shutil.rmtree, list[str]()
    before, keep = gist(store), Keep(loads=1, days=0)
    shutil.copytree(store.root, tmp_path / "unfolded")
    fold(store, keep, LATER)
    after = files(store)

    def counted(name: str, work: Callable[..., Any], dies_at: int) -> Callable[..., Any]:
        def step(when: str) -> None:
            steps.append(f"{when} {name}")
            if len(steps) == dies_at:
                raise Killed

        def called(*given: Any, **more: Any) -> Any:
            step("before")
            done = work(*given, **more)
            step("after")
            return done

        return called

    killed = True
    while killed:
        remove(store.root)
        shutil.copytree(tmp_path / "unfolded", store.root)
        place = len(steps) + 1
        steps.clear()
        with monkeypatch.context() as patch:
            for where, name in ((folding, "write_ledger"), (folding, "write_mirror"), (Base, "save"), (Path, "rename")):
                patch.setattr(where, name, counted(name, getattr(where, name), place))
            patch.setattr(shutil, "rmtree", counted("rmtree", remove, place))
            try:
                fold(store, keep, LATER)
                killed = False
            except Killed:
                pass
        assert gist(store) == before, steps
        fold(store, keep, LATER)
        assert gist(store) == before, steps
        assert files(store) == after, steps
    works = ("write_ledger", "write_mirror", "save", "rename", "rmtree")
    assert {f"{when} {work}" for when in ("before", "after") for work in works} == set(steps)


def test_nothing_is_folded_while_no_more_than_the_loads_to_keep_or_the_days_to_keep_have_passed(
    history: History, make_product: Make, make_model: Make
) -> None:
    small_edits(history, make_product, make_model)
    assert fold(history.store, Keep(loads=6, days=0), LATER) == 0
    assert fold(history.store, Keep(loads=2, days=365), LATER) == 0
    assert history.loads() == {"one", "two", "three", "four", "five", "six"}
    assert fold(history.store, Keep(loads=2, days=362), LATER) == 1  # begun before 4 January: the first two
    assert history.loads() == {"one", "three", "four", "five", "six"}


def test_a_fold_waits_until_a_tenth_of_the_loads_to_keep_is_to_go(history: History) -> None:
    left = []
    for number in range(23):
        history.load(f"load_{number:02d}", previous=f"load_{number - 1:02d}" if number else None)
        fold(history.store, Keep(loads=20, days=0), LATER)
        left.append(len(history.loads()))
    # The first stays, since it read everything last; then two can go after the 23rd.
    assert left == [*range(1, 23), 21]
    assert history.loads() == {"load_00"} | {f"load_{number:02d}" for number in range(3, 23)}


def test_old_plans_imports_and_stopped_loads_go_with_the_loads_of_their_time(history: History, make_product: Make) -> None:
    store = history.store
    history.package(Package.of_structure_import(store, "attributes", "run-1"), steps=["list:attributes", "attribute_feeds"])
    history.package(Package.of_load(store, "a plan"), None, ["changes", "plan"], kind="full", plan=True)
    history.package(Package.of_structure_import(store, "attributes", "run-2"), steps=["list:attributes", "attribute_feeds"])
    history.package(Package.of_load(store, "stopped"), "stopped", kind="full")
    for number in range(3):
        history.load(f"load_{number}", [make_product("a", "A")], previous=f"load_{number - 1}" if number else None)
    history.package(Package.of_load(store, "new plan"), None, ["changes", "plan"], kind="full", plan=True)
    forgotten = list[str]()
    assert fold(store, TWO, LATER, forget=lambda package: forgotten.append(package.name)) == 3
    assert forgotten == ["run-1", "a plan", "stopped"]
    # run-2 is the last that has read the list of attributes.
    assert {package.name for package in all_packages(store)} == {"run-2", "load_0", "load_1", "load_2", "new plan"}
    assert Base.of(store).folded == ["a plan", "stopped"]


def test_an_import_that_a_run_has_not_ended_with_stays_with_its_archives_and_all_later_ones(history: History) -> None:
    for number in range(5):
        history.load(f"load_{number}", sends={"a": str(number)})
    assert fold(history.store, TWO, LATER, in_use=["load_1"]) == 1
    assert history.loads() == {"load_1", "load_2", "load_3", "load_4"}
    assert Base.of(history.store).through == 1
    assert fold(history.store, TWO, LATER) == 2
    assert history.loads() == {"load_3", "load_4"}


def test_an_archive_without_verdict_stays_until_later_ones_have_carried_all_its_objects(history: History) -> None:
    history.load("load_0", sends={"a": "1"})
    history.load("died", sends={"a": "2", "b": "1"}, answered=False)
    for number in range(1, 4):
        history.load(f"load_{number}", sends={"a": str(number)})
    fold(history.store, TWO, LATER)
    assert "died" in history.loads()
    assert Base.of(history.store).through == 1
    history.load("load_4", sends={"b": "1"})
    fold(history.store, TWO, LATER)
    assert history.loads() == {"load_3", "load_4"}
    assert Base.of(history.store).through == 4


def test_a_full_load_lets_the_mirror_of_the_loads_before_it_go(history: History, make_product: Make) -> None:
    history.load("load_0", [make_product("a", "A")])
    for number in range(1, 4):
        history.load(f"load_{number}", previous=f"load_{number - 1}")
    fold(history.store, TWO, LATER)
    assert Base.of(history.store).load == "load_1"
    history.load("full", [make_product("b", "B")])
    history.load("after", previous="full")
    fold(history.store, TWO, LATER)
    assert (Base.of(history.store).load, history.loads()) == (None, {"full", "after"})
    assert list(history.store.base.glob("0*")) == []


def test_of_folded_archives_the_ledger_knows_those_whose_mark_a_catalog_may_have(history: History) -> None:
    ledger = Ledger(history.store)
    for number in range(5):
        history.load(f"load_{number}", sends={"a": str(number)} if number < 3 else None)
    ledger.note_marks({"c": 3, "other": 2})
    fold(history.store, TWO, LATER)
    assert ledger.folded == ledger.last == 3
    assert [ledger.number_of(f"load_{number}.zip") for number in range(3)] == [None, 2, 3]
    history.load("load_5", sends={"a": "5"})
    assert ledger.last == 4


def test_what_the_guard_let_pass_within_a_day_counts_after_the_fold_as_before(history: History) -> None:
    for number in range(4):
        history.load(f"load_{number}")
        Package.of_load(history.store, f"load_{number}").seal("retired", {"passed": {"product": number + 1}}, [])
    ends = datetime.fromisoformat(Package.of_load(history.store, "load_2").concluded or "")
    now, new = ends + timedelta(hours=23), Package.of_load(history.store, "new")
    before = passed_lately(new, now)
    assert before == {"product": 3 + 4}  # that the last one ends an hour later hides nothing here
    assert fold(history.store, Keep(loads=1, days=0), now) == 3
    assert passed_lately(new, now) == before
    assert passed_lately(new, now + timedelta(hours=2)) == {"product": 4}


@pytest.mark.parametrize("table", ["ledger", "products", "read_by"])
def test_a_missing_file_of_the_base_is_named(history: History, make_product: Make, make_model: Make, table: str) -> None:
    small_edits(history, make_product, make_model)
    fold(history.store, TWO, LATER)
    (file,) = history.store.base.rglob(f"{table}*.parquet")
    file.unlink()
    with pytest.raises(DamagedFileError, match=f"{table}.* is missing"):
        told(history.store)


def test_items_of_many_small_loads_lie_in_few_row_groups(history: History, make_product: Make) -> None:
    for number in range(8):
        history.load(f"load_{number}", [make_product(str(number), "P")], previous=f"load_{number - 1}" if number else None)
        fold(history.store, TWO, LATER)
    (products,) = Base.of(history.store).package.raw_parts("products")
    with parquet(products, tables.ITEMS) as file:
        assert (file.metadata.num_rows, file.num_row_groups) == (6, 1)


def test_a_store_is_as_small_after_many_loads_as_after_few(
    history: History, make_product: Make, pytestconfig: pytest.Config
) -> None:
    """Each load reads and sends one of ten products, one is refused for ever; a plan and an import by job 1 come in between.
    Nothing reads a file twice, so that what a load reads grows with the files that there are."""
    loads, store = pytestconfig.getoption("--loads"), history.store
    keep = Keep(loads=min(50, loads // 4), days=0)
    sizes = list[tuple[int, int, int]]()
    for number in range(loads):
        id_ = str(number % 10)
        imported = Package.of_structure_import(store, "attributes", f"run-{number}")
        history.package(imported, steps=["list:attributes", "attribute_feeds"])
        history.package(Package.of_load(store, f"plan_{number}"), None, ["changes", "plan"], kind="full", plan=True)
        previous = f"load_{number - 1}" if number else None
        products = [make_product(id_, f"SKU-{number:06d}")]
        history.load(f"load_{number}", products, [], previous, {id_: f"x\n{number:06d}", "refused": "x"}, ["refused"])
        fold(store, keep, LATER + timedelta(days=10 * loads))
        kept = [path for path in store.root.rglob("*") if path.is_file() and path.name != "base.json"]
        sizes.append((len(kept), sum(path.stat().st_size for path in kept), len(Ledger(store).sent())))
    early, late = sizes[loads // 2 : loads * 3 // 4], sizes[loads * 3 // 4 :]
    for number, what in enumerate(("files", "bytes", "archives")):
        before, after = max(size[number] for size in early), max(size[number] for size in late)
        assert after <= before * 1.02, what  # numbers in names and tables get longer
    assert len(Base.of(store).folded) <= REMEMBERED
    assert Ledger(store).last == loads
    last = windows.last_successful(store)
    assert last is not None
    products_known = store.select(f"SELECT key, code FROM ({Mirror.of(store, last).sql('products', 'key, code')}) ORDER BY key")
    codes = {row["key"]: row["code"] for batch in products_known for row in batch.to_pylist()}
    assert codes == {str(number % 10): f"SKU-{number:06d}" for number in range(loads)}
