"""From records to archives to SFCC's answer, against an instance in its own process."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from akeneo_assets.loads.batches import Plan, write
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import RecordFiles, record_files
from akeneo_assets.loads.sending import send, summary
from akeneo_assets.settings.delivery_settings import Delivery
from akeneo_assets.store import Store, read_json, rows
from sandbox import stack
from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccError
from sfcc_resources.delivery.sitearchive import IMPORT

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def sfcc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The instance: a client of it, and what it does wrong."""
    root = tmp_path_factory.mktemp("sfcc")
    command = [str(stack.COMMAND), "sandbox", "sfcc", "--port", "0", "--root", str(root)]
    with (
        stack.server("sfcc", command, root / "sfcc.log") as url,
        Client(Instance(url, "sandbox", "sandbox", url)) as client,
    ):
        yield SimpleNamespace(client=client, root=root, faults=lambda **f: (root / "faults.json").write_text(json.dumps(f)))


@pytest.fixture
def plan(store: Store, sfcc: SimpleNamespace) -> Iterator[Callable[..., Any]]:
    """Writes feeds and archives of products into a load's folder; returns the folder and what was made."""
    sfcc.faults()

    def make(load: str, *products: str, name: str = "x", max_bytes: int = 190 * MIB) -> tuple[Path, Any]:
        folder = store.load(load)
        with RecordFiles(folder / "records") as files:
            for id_ in products:
                record = {"id": id_, "fields": {"display-name": {"x-default": f"{name} {id_}"}, "online-flag": {"": "true"}}}
                files.write([("product", "master", record)], f"product:{id_}")
        made = write(store, folder, f"akeneo-{load}", Plan([(record_files(folder / "records"), False)]), max_bytes)
        return folder, made

    yield make
    sfcc.faults()


def delivered(store: Store, sfcc: SimpleNamespace, folder: Path) -> Any:
    return send(store, sfcc.client, folder, folder.name, Delivery(), lambda _: None)


def imports(sfcc: SimpleNamespace) -> int:
    return len(job_executions.search(sfcc.client, IMPORT))


def test_archives_hold_what_the_ledger_lacks_each_object_once(store: Store, plan: Any) -> None:
    folder, made = plan("one", "a", "b")
    assert (made.sent, made.unchanged, made.in_archives) == ({"product": 2}, {}, {"product": 2})
    (archive,) = made.archives
    with zipfile.ZipFile(archive.path) as zipped:
        assert [name.split("/", 1)[1] for name in zipped.namelist()] == ["catalogs/master/catalog.xml"]
        assert zipped.read(zipped.namelist()[0]).count(b"<product ") == 2
    assert [row["id"] for row in rows([folder / "to_send.parquet"])] == ["a", "b"]
    assert read_json(folder / "feeds.json")["archives"] == [archive.name]


def test_an_archive_s_name_tells_its_content(plan: Any) -> None:
    first, again, other = (plan("one", "a", "b", name=name)[1].archives[0].name for name in ("x", "x", "y"))
    assert first == again != other
    assert first.startswith("akeneo-one-")
    assert first.endswith("-0001.zip")


def test_nothing_to_send_makes_no_archive_and_asks_sfcc_nothing(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    before = imports(sfcc)
    folder, made = plan("none")
    answer = delivered(store, sfcc, folder)
    assert (made.archives, answer["ok"], answer["objects"]) == ([], True, {})
    assert imports(sfcc) == before


def test_sfcc_s_answer_is_kept_in_the_ledger_and_the_next_load_sends_what_it_lacks(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    folder, _ = plan("one", "a", "b", "c")
    sfcc.faults(refuse={"product": ["b"]})
    answer = delivered(store, sfcc, folder)
    assert answer["ok"] is False
    assert answer["objects"] == {"product": {"sent": 3, "confirmed": 2, "refused": 1}}
    assert [(one["id"], one["verdict"]) for one in answer["exceptions"]] == [("b", "refused")]
    told = summary(store, "run", "one")
    assert told is not None
    assert (told["objects"], told["folder"]) == (answer["objects"], str(folder))
    _, next_one = plan("two", "a", "b", "c")
    assert (next_one.sent, next_one.unchanged) == ({"product": 1}, {"product": 2})


def test_feeds_are_split_to_fit_small_archives_whose_answers_are_added_up(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    folder, made = plan("many", *(f"p{n}" for n in range(30)), max_bytes=2_500)
    assert len(made.archives) == 2
    answer = delivered(store, sfcc, folder)
    assert answer["objects"] == {"product": {"sent": 30, "confirmed": 30}}
    assert Ledger(store).last == 2


def test_a_retry_asks_sfcc_nothing_that_it_has_answered(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    folder, _ = plan("one", "a")
    first = delivered(store, sfcc, folder)
    before = imports(sfcc)
    assert delivered(store, sfcc, folder) == first
    assert imports(sfcc) == before


def test_a_retry_after_a_crash_follows_the_import_that_sfcc_knows(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    folder, made = plan("crashed", "a", "b")
    delivered(store, sfcc, folder)
    (kept,) = store.ledger.glob("*/verdict.parquet")
    kept.unlink()  # as if the process had died while SFCC worked
    (folder / "archives" / f"{made.archives[0].name}.answer.json").unlink()
    before = imports(sfcc)
    assert delivered(store, sfcc, folder)["objects"] == {"product": {"sent": 2, "confirmed": 2}}
    assert imports(sfcc) == before
    assert len(list(store.ledger.iterdir())) == 1


def test_what_was_answered_with_a_refusal_is_sent_anew_by_a_later_try_of_the_same(
    store: Store, sfcc: SimpleNamespace, plan: Any
) -> None:
    sfcc.faults(refuse={"product": ["a"]})
    folder, _ = plan("full", "a")
    assert delivered(store, sfcc, folder)["ok"] is False
    sfcc.faults()
    folder, _ = plan("full", "a")
    assert delivered(store, sfcc, folder)["ok"] is True


def test_without_a_log_all_is_unconfirmed(store: Store, sfcc: SimpleNamespace, plan: Any) -> None:
    sfcc.faults(no_log=True)
    folder, _ = plan("silent", "a", "b")
    answer = delivered(store, sfcc, folder)
    assert answer["objects"] == {"product": {"sent": 2, "unconfirmed": 2}}
    assert {one["message"] for one in answer["exceptions"]} == {"SFCC left no log of this import."}


def test_an_sfcc_out_of_reach_leaves_the_intent_unconfirmed(store: Store, plan: Any) -> None:
    folder, _ = plan("unreached", "a")
    with (
        Client(Instance("http://127.0.0.1:9", "sandbox", "sandbox", "http://127.0.0.1:9", retries=0, backoff=0.01)) as nowhere,
        pytest.raises(SfccError),
    ):
        send(store, nowhere, folder, "unreached", Delivery(), lambda _: None)
    assert [row["verdict"] for row in Ledger(store).objects("product").to_pylist()] == ["unconfirmed"]
    assert not (folder / "import.json").exists()
