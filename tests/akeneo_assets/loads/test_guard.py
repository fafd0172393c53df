"""What is said and what is absent, what is held back, when a load stops, and what a person confirms."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.confirmations import confirm, held_back, how_many
from akeneo_assets.loads.guard import Judgement, is_value, judge, passed_lately
from akeneo_assets.loads.ledger import object_key
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.package import Package
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.guard_settings import Guard
from akeneo_assets.store import Store, rows, write_table

BRAND = "fields/brand/"
Absent = Callable[..., dict[str, Any]]


def absence(id_: str, path: str = "", kind: str = "product") -> dict[str, Any]:
    """An object, or a field of one, that is no longer there."""
    names = {"container": "c", "type": kind, "id": id_, "source": f"product:{id_}"}
    return {"key": object_key("c", kind, id_), "path": path} | names


@pytest.fixture
def judged(store: Store, load: Any, send: Any, make_product: Any) -> Callable[..., Judgement]:
    """Judges absences of a load after one in which 20 products p0 to p19 had a brand; `edited`: those edited since."""
    products = [make_product(f"p{n}", updated="2026-11-24T00:00:00+00:00") for n in range(20)]
    load("before", products)
    windows.succeed(store, "before", windows.Outcome("s", "t", {}))
    send("1.zip", {("product", f"p{n}"): BRAND for n in range(20)}, {})

    def decide(*absences: dict[str, Any], edited: tuple[str, ...] = (), key: str = "now", **limits: float) -> Judgement:
        now = [item | ({"updated": "2026-11-25T00:00:00+00:00"} if item["uuid"] in edited else {}) for item in products]
        load(key, now)
        package = Package.of_load(store, key)
        identity = {"owner": "product", "code": None, "root": None, "left_out": False}
        own = [identity | {"key": item["uuid"], "sfcc_id": item["uuid"], "own_id": item["uuid"]} for item in now]
        write_table(package.identities, tables.IDENTITIES, own)
        window = windows.recorded(store, key)
        assert window is not None
        at_work = Load(package, window, ConnectorSettings(), None)  # type: ignore[arg-type]
        return judge(at_work, absences, Guard(**{"share": 10, "above": 3, **limits}))

    return decide


def test_up_to_a_number_or_a_share_absences_pass(judged: Any) -> None:
    assert judged(*(absence(f"p{n}") for n in range(3))) == Judgement({"product": 3}, {}, {})
    assert judged(*(absence(f"p{n}") for n in range(9)), share=50) == Judgement({"product": 9}, {}, {})


def test_beyond_both_those_of_a_type_or_field_are_held_back_and_the_others_pass(judged: Any, store: Store) -> None:
    judgement = judged(*(absence(f"p{n}", BRAND) for n in range(4)), absence("p9"))
    assert judgement == Judgement({"product": 1}, {f"product: {BRAND}": 4}, {f"product: {BRAND}": 20})
    held = rows([Package.of_load(store, "now").absences])
    assert [(row["id"], row["path"]) for row in held] == [("p0", BRAND), ("p1", BRAND), ("p2", BRAND), ("p3", BRAND)]


def test_files_pass_only_where_nothing_is_held_back_since_what_is_held_may_show_them(judged: Any) -> None:
    held = judged(*(absence(f"p{n}", BRAND) for n in range(4)), absence("a.jpg", kind="file"))
    assert held == Judgement({}, {f"product: {BRAND}": 4}, {f"product: {BRAND}": 20})
    assert judged(absence("a.jpg", kind="file")) == Judgement({"file": 1}, {}, {})


def test_what_was_edited_is_said_and_does_not_count(judged: Any) -> None:
    edited = tuple(f"p{n}" for n in range(20))
    assert judged(*(absence(id_, BRAND) for id_ in edited), edited=edited) == Judgement({}, {}, {})


def test_more_than_half_of_a_type_stops_the_load_and_says_what_to_do(judged: Any) -> None:
    with pytest.raises(ConnectorError, match=r"^Nothing was sent.*: 11 of 20 product\. .*--confirm 'now'"):
        judged(*(absence(f"p{n}") for n in range(11)), share=100)


def test_all_products_stop_the_load_be_they_few(judged: Any) -> None:
    with pytest.raises(ConnectorError, match="20 of 20 product"):
        judged(*(absence(f"p{n}") for n in range(20)), above=1_000, share=100)


def test_objects_with_an_attribute_called_retired_count_as_standing(judged: Any, send: Any) -> None:
    send("2.zip", {("product", f"p{n}"): f"custom/akeneo_retired/\n{BRAND}" for n in range(20)}, {})
    assert judged(*(absence(f"p{n}") for n in range(4))) == Judgement({}, {"product": 4}, {"product": 20})


def test_half_of_a_field_is_held_back_and_stops_nothing(judged: Any) -> None:
    assert judged(*(absence(f"p{n}", BRAND) for n in range(20))).held == {f"product: {BRAND}": 20}


def test_a_confirmation_holds_for_its_objects_and_fields_in_later_loads(judged: Any, store: Store) -> None:
    judged(*(absence(f"p{n}") for n in range(4)))
    assert how_many(store) == 0
    assert confirm(store, "now", "product/p[01]/*") == 2
    assert confirm(store, "now", "product/p[01]/*") == 2
    assert how_many(store) == 2
    assert judged(*(absence(f"p{n}") for n in range(4)), key="later") == Judgement({"product": 2}, {}, {})
    assert judged(*(absence(f"p{n}") for n in range(6)), key="last").held == {"product": 4}
    assert [row["id"] for row in held_back(store, "last")] == ["p2", "p3", "p4", "p5"]


def test_a_load_that_holds_nothing_back_has_nothing_to_confirm(store: Store) -> None:
    with pytest.raises(ConnectorError, match="nothing to confirm: the import 'quiet'"):
        confirm(store, "quiet")


def test_what_others_let_pass_within_a_day_counts(judged: Any, store: Store) -> None:
    judged(absence("p0"), absence("p1"), key="morning")
    morning = Package.of_load(store, "morning")
    morning.begin(settings="t")
    morning.seal("retired", {"passed": {"product": 2}})
    morning.conclude()
    now = Package.of_load(store, "now")
    assert passed_lately(now, datetime.now(UTC)) == {"product": 2}
    assert passed_lately(now, datetime.now(UTC) + timedelta(hours=25)) == {}
    assert judged(absence("p2"), absence("p3")).held == {"product": 2}


@pytest.mark.parametrize(
    ("path", "value"), [(BRAND, True), ("category/tents", True), ("primary/tents", False), ("retired/", False)]
)
def test_paths_that_say_how_something_stood_are_no_values(path: str, value: bool) -> None:
    assert is_value(path) is value
