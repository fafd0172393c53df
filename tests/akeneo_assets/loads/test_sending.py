"""From records to archives to SFCC's answer, against an instance in its own process."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.batches import BatchWriter, Contents
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, record_files
from akeneo_assets.loads.sending import Sender, summary
from akeneo_assets.store import Store, read_json, rows
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.archive_transfer import IMPORT
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccError
from sfcc_resources.delivery.site_archive_delivery import SiteArchiveDelivery

MIB = 1024 * 1024
NO_LINKS: Mapping[str, tuple[str, ...]] = {}


@pytest.fixture
def plan(store: Store, sfcc: SimpleNamespace) -> Iterator[Callable[..., Any]]:
    """Writes feeds and archives of products into a load's folder; returns the folder and what was made."""
    sfcc.faults()

    def make(
        load: str, *products: str, name: str = "x", max_bytes: int = 190 * MIB, links: Mapping[str, tuple[str, ...]] = NO_LINKS
    ) -> tuple[Package, Any]:
        package = Package.of_load(store, load)
        package.begin(settings="", kind="full")
        with RecordFiles(package.records("products")) as files:
            for id_ in products:
                record = {"id": id_, "fields": {"display-name": {"x-default": f"{name} {id_}"}, "online-flag": {"": "true"}}}
                placed = [("product", "master", record)]
                if targets := [{"target": target, "type": "1"} for target in links.get(id_, ())]:
                    placed.append(("recommendations", "master", {"id": id_, "targets": targets}))
                files.write(placed, f"product:{id_}")
        contents = Contents([(record_files(package.records("products")), False)])
        return package, BatchWriter(package, f"akeneo-{load}", max_bytes).write(contents)

    yield make
    sfcc.faults()


def delivered(
    package: Package,
    client: Client,
    tell: Callable[[str], None] = lambda _: None,
    refuse_ended: Callable[[], None] = lambda: None,
) -> Any:
    delivery = SiteArchiveDelivery(client, busy_minutes=1, wait_minutes=1, keep_archives=False)
    writer = BatchWriter(package, f"akeneo-{package.name}", 190 * MIB)
    return Sender(package, delivery, writer, 1, tell, refuse_ended=refuse_ended).send()


def imports(sfcc: SimpleNamespace) -> int:
    return len(job_executions.search(sfcc.client, IMPORT))


def test_archives_hold_what_the_ledger_lacks_each_object_once(store: Store, plan: Any) -> None:
    package, made = plan("one", "a", "b")
    assert (made.sent, made.unchanged, made.in_archives) == ({"product": 2}, {}, {"product": 2})
    (archive,) = made.archives
    with zipfile.ZipFile(archive.path) as zipped:
        assert [name.split("/", 1)[1] for name in zipped.namelist()] == [
            "catalogs/master/catalog.xml",
            "catalogs/master/static/default/akeneo-connector.json",
        ]
        assert zipped.read(zipped.namelist()[0]).count(b"<product ") == 2
    assert [row["id"] for row in rows([package.to_send])] == ["a", "b"]
    assert read_json(package.feeds_file)["archives"] == [archive.name]


def test_an_archive_s_name_tells_its_content(plan: Any) -> None:
    first, again, other = (plan("one", "a", "b", name=name)[1].archives[0].name for name in ("x", "x", "y"))
    assert first == again != other
    assert first.startswith("akeneo-one-2-")
    assert first.endswith("-0001.zip")


def test_nothing_to_send_makes_no_archive_and_asks_sfcc_nothing(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    before = imports(sfcc)
    package, made = plan("none")
    answer = delivered(package, sfcc.client)
    assert (made.archives, answer["ok"], answer["objects"]) == ([], True, {})
    assert imports(sfcc) == before


def test_sfcc_s_answer_is_kept_in_the_ledger_and_the_next_load_sends_what_it_lacks(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    package, _ = plan("one", "a", "b", "c")
    sfcc.faults(refuse={"product": ["b"]})
    answer = delivered(package, sfcc.client)
    assert answer["ok"] is False
    assert answer["objects"] == {"product": {"sent": 3, "confirmed": 2, "refused": 1}}
    assert [(one["id"], one["verdict"]) for one in answer["exceptions"]] == [("b", "refused")]
    told = summary(package)
    assert told is not None
    assert (told["objects"], told["folder"]) == (answer["objects"], str(package.folder))
    _, next_one = plan("two", "a", "b", "c")
    assert (next_one.sent, next_one.unchanged) == ({"product": 1}, {"product": 2})


def test_feeds_are_split_to_fit_small_archives_whose_answers_are_added_up(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    package, made = plan("many", *(f"p{n}" for n in range(30)), max_bytes=2_500)
    assert len(made.archives) == 2
    answer = delivered(package, sfcc.client)
    assert answer["objects"] == {"product": {"sent": 30, "confirmed": 30}}
    assert Ledger(store).last == 2


@pytest.mark.parametrize("load", ["links", "a load's name: with blanks", "x" * 150])
def test_links_of_a_product_that_sfcc_refused_wait_for_the_load_that_brings_it(
    store: Store, sfcc: SimpleNamespace, plan: Any, load: str
) -> None:
    sfcc.faults(refuse={"product": ["a"]})
    package, made = plan(load, "a", "b", "c", links={"a": ("c",), "b": ("c",)})
    assert len(made.archives) == 2
    answer = delivered(package, sfcc.client)
    assert answer["objects"] == {
        "product": {"sent": 3, "confirmed": 2, "refused": 1},
        "recommendations": {"sent": 1, "confirmed": 1, "withheld": 1},
    }
    sfcc.faults()
    package, made = plan("the next", "a", "b", "c", links={"a": ("c",), "b": ("c",)})
    assert (made.sent, made.unchanged) == ({"product": 1, "recommendations": 1}, {"product": 2, "recommendations": 1})
    assert delivered(package, sfcc.client)["ok"] is True


def test_a_retry_asks_sfcc_nothing_that_it_has_answered(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    package, _ = plan("one", "a")
    first = delivered(package, sfcc.client)
    before = imports(sfcc)
    assert delivered(package, sfcc.client) == first
    assert imports(sfcc) == before


def test_a_run_that_was_ended_sends_no_further_archive_and_a_retry_sends_those_alone(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    package, made = plan("ended", *(f"p{n}" for n in range(30)), max_bytes=2_500)
    assert len(made.archives) == 2
    asked: list[str] = []

    def refuse_second() -> None:
        asked.append("asked")
        if len(asked) == 2:
            raise ConnectorError("ended")

    before = imports(sfcc)
    with pytest.raises(ConnectorError, match=r"^ended$"):
        delivered(package, sfcc.client, refuse_ended=refuse_second)
    assert imports(sfcc) == before + 1
    assert [path.name[7:] for path in store.ledger.glob("*-*")] == [made.archives[0].name]
    assert delivered(package, sfcc.client)["objects"] == {"product": {"sent": 30, "confirmed": 30}}
    assert imports(sfcc) == before + len(made.archives)


def test_a_retry_after_a_crash_follows_the_import_that_sfcc_knows(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    package, made = plan("crashed", "a", "b")
    delivered(package, sfcc.client)
    (kept,) = store.ledger.glob("*/verdict.parquet")
    kept.unlink()  # as if the process had died while SFCC worked
    (package.archives / f"{made.archives[0].name}.answer.json").unlink()
    before = imports(sfcc)
    assert delivered(package, sfcc.client)["objects"] == {"product": {"sent": 2, "confirmed": 2}}
    assert imports(sfcc) == before
    assert len(list(store.ledger.glob("*-*"))) == 1


def test_an_instance_that_is_reset_between_two_archives_gets_no_more_of_them(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    Ledger(store).belongs_to({"PIM": "p", "SFCC": "s", "catalog": "master"})
    package, made = plan("two halves", *(f"p{n}" for n in range(30)), max_bytes=2_500)
    assert len(made.archives) == 2

    def reset_after_the_first(said: str) -> None:
        if said.startswith("SFCC answered") and not Ledger(store).undone:
            requests.post(f"{sfcc.client.instance.url}/sandbox/reset", timeout=60, verify=False).raise_for_status()

    with pytest.raises(
        ConnectorError, match=r"^The import 'two halves' is abandoned, since SFCC's instance was reset or restored"
    ):
        delivered(package, sfcc.client, reset_after_the_first)
    assert (imports(sfcc), Ledger(store).last) == (0, 1)
    _, anew = plan("anew", *(f"p{n}" for n in range(30)))
    assert (anew.sent, anew.unchanged) == ({"product": 30}, {})


def test_an_archive_whose_verdict_was_lost_with_its_mark_s_arrival_is_looked_up(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    Ledger(store).belongs_to({"PIM": "p", "SFCC": "s", "catalog": "master"})
    delivered(plan("before", "a")[0], sfcc.client)
    marks = (store.ledger / "marks.json").read_bytes()
    package, made = plan("lost", "a", "b")
    delivered(package, sfcc.client)
    (store.ledger / "marks.json").write_bytes(marks)
    (store.ledger / f"000002-{made.archives[0].name}" / "verdict.parquet").unlink()
    (package.archives / f"{made.archives[0].name}.answer.json").unlink()
    before = imports(sfcc)
    assert delivered(package, sfcc.client)["objects"] == {"product": {"sent": 1, "confirmed": 1, "unchanged": 1}}
    assert (imports(sfcc), Ledger(store).marks, Ledger(store).undone) == (before, {"master": 2}, [])


def test_an_archive_whose_import_broke_off_is_sent_again_once_a_try_until_sfcc_takes_it(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    package, _ = plan("broken", "a", "b")
    sfcc.faults(abort_after_objects=1)
    broken = {"product": {"sent": 2, "unconfirmed": 2}}
    before = imports(sfcc)
    for number in (1, 2, 3):
        assert delivered(package, sfcc.client)["objects"] == broken
        assert (imports(sfcc) - before, Ledger(store).last) == (number, number)
    sfcc.faults()
    assert delivered(package, sfcc.client)["objects"] == {"product": {"sent": 2, "confirmed": 2}}
    assert (imports(sfcc) - before, Ledger(store).last) == (4, 4)
    assert Ledger(store).objects("product", columns=["id", "verdict"]).to_pylist() == [
        {"id": "a", "verdict": "confirmed"},
        {"id": "b", "verdict": "confirmed"},
    ]
    delivered(package, sfcc.client)
    assert (imports(sfcc) - before, Ledger(store).last) == (4, 4)


@pytest.mark.parametrize(("goes_on_breaking", "verdict"), [(False, "confirmed"), (True, "unconfirmed")])
def test_a_retry_after_a_crash_looks_the_import_up_and_sends_what_broke_off_again_once(
    store: Store, sfcc: SimpleNamespace, plan: Any, goes_on_breaking: bool, verdict: str
) -> None:
    package, made = plan("crashed", "a", "b", name=f"ends {verdict}")
    sfcc.faults(abort_after_objects=1)
    delivered(package, sfcc.client)
    (kept,) = store.ledger.glob("*/verdict.parquet")
    kept.unlink()  # as if the process had died while SFCC worked
    (package.archives / f"{made.archives[0].name}.answer.json").unlink()
    before = imports(sfcc)
    if not goes_on_breaking:
        sfcc.faults()
    assert delivered(package, sfcc.client)["objects"] == {"product": {"sent": 2, verdict: 2}}
    assert imports(sfcc) == before + 1
    # The import that broke off keeps a verdict of its own; the archive took a new number.
    names = [made.archives[0].name] * 2
    assert sorted(path.parent.name for path in store.ledger.glob("*/verdict.parquet")) == [
        f"{number:06d}-{name}" for number, name in enumerate(names, 1)
    ]


def test_what_was_answered_with_a_refusal_is_sent_anew_by_a_later_try_of_the_same(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    sfcc.faults(refuse={"product": ["a"]})
    package, _ = plan("full", "a")
    assert delivered(package, sfcc.client)["ok"] is False
    sfcc.faults()
    package, _ = plan("full", "a")
    assert delivered(package, sfcc.client)["ok"] is True


def test_without_a_log_all_is_unconfirmed(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    sfcc.faults(no_log=True)
    package, _ = plan("silent", "a", "b")
    answer = delivered(package, sfcc.client)
    assert answer["objects"] == {"product": {"sent": 2, "unconfirmed": 2}}
    assert {one["message"] for one in answer["exceptions"]} == {"SFCC left no log of this import."}


def test_an_sfcc_out_of_reach_leaves_the_intent_unconfirmed(store: Store, plan: Any) -> None:
    package, _ = plan("unreached", "a")
    with (
        Client(Instance("http://127.0.0.1:9", "sandbox", "sandbox", "http://127.0.0.1:9", retries=0, backoff=0.01)) as nowhere,
        pytest.raises(SfccError),
    ):
        delivered(package, nowhere)
    assert [row["verdict"] for row in Ledger(store).objects("product").to_pylist()] == ["unconfirmed"]
    assert not package.answer_file.exists()
