"""What SFCC's log doesn't tell in words that are known: asked of an instance in its own process, by its export and in halves."""

from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from akeneo_assets.loads.batches import BatchWriter, Contents
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, record_files
from akeneo_assets.loads.sending import Sender
from akeneo_assets.store import Store, read_json
from sfcc_resources.delivery import instance_export, job_executions
from sfcc_resources.delivery.archive_transfer import EXPORT, IMPORT
from sfcc_resources.delivery.site_archive_delivery import SiteArchiveDelivery

MIB = 1024 * 1024

ERROR = "FEHLER: Ein Element wurde nicht eingelesen."
GERMAN = {"data_error": ERROR, "data_warning": "HINWEIS: Ein Feld fehlt.", "import_finished": "Import beendet"}
"""A wording that no pattern knows, and that names no object."""
UNCOUNTED = {**GERMAN, "processed_type": None, "processed_total": None}
NAMED = {**GERMAN, "data_error": "FEHLER in {type} <{id}>: nicht eingelesen."}
PATTERN = r"FEHLER in (?P<type>\S+) <(?P<id>[^>]*)>: (?P<message>.*)"
NO_EXPORT = [{"on": "POST .*/jobs/sfcc-site-archive-export/executions", "status": 403}]


@pytest.fixture(autouse=True)
def an_empty_instance_without_faults(sfcc: SimpleNamespace) -> None:
    sfcc.faults()
    requests.post(f"{sfcc.url}/sandbox/reset", timeout=10).raise_for_status()


@pytest.fixture
def load(store: Store, sfcc: SimpleNamespace) -> Callable[..., Any]:
    """Sends products, with their recommendations, as a load of this name; returns the answer, and how many imports and exports
    it took."""

    def send(
        key: str,
        *products: str,
        links: Mapping[str, str] | None = None,
        bisect_imports: int = 12,
        patterns: tuple[str, ...] = (),
        fields: Mapping[str, str] | None = None,
    ) -> SimpleNamespace:
        package = Package.of_load(store, key)
        package.begin(settings="", kind="full")
        with RecordFiles(package.records("products")) as files:
            for id_ in products:
                values = {name: {"": value} for name, value in (fields or {}).items()}
                placed = [("product", "master", {"id": id_, "fields": {"online-flag": {"": "true"}, **values}})]
                if id_ in (links or {}):
                    targets = [{"target": (links or {})[id_], "type": "1"}]
                    placed.append(("recommendations", "master", {"id": id_, "targets": targets}))
                files.write(placed, f"product:{id_}")
        writer = BatchWriter(package, f"akeneo-{key}", 190 * MIB)
        if not package.feeds_file.exists():
            writer.write(Contents([(record_files(package.records("products")), False)]))
        said: list[str] = []
        delivery = SiteArchiveDelivery(sfcc.client, busy_minutes=1, wait_minutes=1, keep_archives=False)
        export = partial(instance_export.export, sfcc.client)
        counted = {job: len(job_executions.search(sfcc.client, job)) for job in (IMPORT, EXPORT)}
        sender = Sender(package, delivery, writer, 1, said.append, patterns, export=export, bisect_imports=bisect_imports)
        answer = sender.send()
        imports, exports = (len(job_executions.search(sfcc.client, job)) - before for job, before in counted.items())
        return SimpleNamespace(package=package, answer=answer, imports=imports, exports=exports, said=said)

    return send


def verdicts(store: Store, kind: str = "product") -> dict[str, str]:
    """What the ledger says of each object."""
    return {row["id"]: row["verdict"] for row in Ledger(store).objects(kind, columns=["id", "verdict"]).to_pylist()}


def messages(sent: SimpleNamespace) -> dict[str, str]:
    return {exception["id"]: exception["message"] for exception in sent.answer["exceptions"]}


@pytest.mark.parametrize("wording", [GERMAN, UNCOUNTED, {**GERMAN, "import_finished": "DataErrorCount: {errors}"}])
def test_what_is_refused_in_unknown_words_is_found_by_sfcc_s_own_export(
    store: Store, sfcc: SimpleNamespace, load: Any, wording: dict[str, str | None]
) -> None:
    sfcc.faults(refuse={"product": ["b"]}, log_wording=wording)
    sent = load("one", "a", "b", "c")
    assert sent.answer["objects"] == {"product": {"sent": 3, "confirmed": 2, "refused": 1}}
    assert verdicts(store) == {"a": "confirmed", "b": "refused", "c": "confirmed"}
    assert messages(sent)["b"].startswith("SFCC's export shows that SFCC did not take it.")
    assert (sent.imports, sent.exports) == (1, 1)
    assert list((sent.package.archives).glob("export*")) == []


def test_the_message_of_what_was_refused_repeats_the_line_that_could_not_be_read(sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["b"]}, log_wording=GERMAN)
    message = messages(load("one", "a", "b"))["b"]
    assert "2 elements product sent, 1 processed, 0 refused. Its log also says: [" in message
    assert message.endswith(ERROR)


def test_a_change_that_sfcc_did_not_take_is_told_by_its_fields(store: Store, sfcc: SimpleNamespace, load: Any) -> None:
    assert load("one", "a", "b").answer["ok"]
    sfcc.faults(refuse={"product": ["b"]}, log_wording=GERMAN)
    sent = load("two", "a", "b", fields={"brand": "new"})
    assert verdicts(store) == {"a": "confirmed", "b": "refused"}
    assert messages(sent)["b"].startswith("SFCC's export shows other values in fields/brand/.")


def test_a_log_without_counts_confirms_by_the_export_what_sfcc_took(store: Store, sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(log_wording=UNCOUNTED)
    sent = load("one", "a", "b", links={"a": "b"})
    assert (sent.answer["ok"], sent.imports) == (True, 2)
    assert sent.exports == 2  # one for the objects, one for their links
    assert verdicts(store) | verdicts(store, "recommendations") == {"a": "confirmed", "b": "confirmed"}


def test_links_go_only_once_the_export_has_told_of_their_products(store: Store, sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["a"]}, log_wording=GERMAN)
    sent = load("one", "a", "b", "c", links={"a": "c", "b": "c"})
    assert sent.answer["objects"] == {
        "product": {"sent": 3, "confirmed": 2, "refused": 1},
        "recommendations": {"sent": 1, "confirmed": 1, "withheld": 1},
    }
    sfcc.faults()
    again = load("two", "a", "b", "c", links={"a": "c", "b": "c"})
    assert again.answer["objects"] == {
        "product": {"sent": 1, "confirmed": 1, "unchanged": 2},
        "recommendations": {"sent": 1, "confirmed": 1, "unchanged": 1},
    }


def test_where_no_export_may_be_had_the_refused_record_is_found_in_halves(store: Store, sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["c"]}, log_wording=GERMAN, answers=NO_EXPORT)
    sent = load("one", *"abcdefgh")
    assert sent.answer["objects"] == {"product": {"sent": 8, "confirmed": 7, "refused": 1}}
    assert verdicts(store) == {id_: "refused" if id_ == "c" else "confirmed" for id_ in "abcdefgh"}
    # abcd (doubtful) and efgh, ab (clean, so that cd holds the fault), c and d
    assert (sent.imports, sent.exports) == (1 + 5, 0)
    assert ERROR in messages(sent)["c"]
    assert any("SFCC does not let this client export" in sentence for sentence in sent.said)
    assert Ledger(store).last == 6


def test_a_record_that_was_refused_before_and_is_the_same_is_sent_alone_and_not_looked_for_again(
    store: Store, sfcc: SimpleNamespace, load: Any
) -> None:
    sfcc.faults(refuse={"product": ["c"]}, log_wording=GERMAN, answers=NO_EXPORT)
    load("one", "c", "d")
    sent = load("two", *"abcdefgh")
    assert sent.answer["objects"] == {"product": {"sent": 7, "confirmed": 6, "refused": 1, "unchanged": 1}}
    assert sent.imports == 1 + 2  # c alone, then all others together
    changed = load("three", *"cefgh", fields={"brand": "new"})
    assert changed.answer["objects"]["product"] == {"sent": 5, "confirmed": 4, "refused": 1}
    assert changed.imports == 1 + 4  # c is another one now: ce (doubtful) and fgh, then c and e


def test_halving_is_bounded_and_what_stays_open_goes_again_with_the_next_load(
    store: Store, sfcc: SimpleNamespace, load: Any
) -> None:
    sfcc.faults(refuse={"product": ["c", "f"]}, log_wording=GERMAN, answers=NO_EXPORT)
    sent = load("one", *"abcdefgh", bisect_imports=4)
    assert sent.imports == 1 + 4
    # abcd and efgh (both doubtful), ab (clean), ef (doubtful)
    assert verdicts(store) == {id_: "confirmed" if id_ in "ab" else "unconfirmed" for id_ in "abcdefgh"}
    assert sorted(messages(sent)) == list("cdefgh")
    sfcc.faults()
    assert load("two", *"abcdefgh").answer["objects"] == {"product": {"sent": 6, "confirmed": 6, "unchanged": 2}}


def test_without_any_imports_to_spare_all_stays_unconfirmed(sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["a"]}, log_wording=GERMAN, answers=NO_EXPORT)
    sent = load("one", "a", "b", bisect_imports=0)
    assert sent.answer["objects"] == {"product": {"sent": 2, "unconfirmed": 2}}
    assert sent.imports == 1


def test_logs_that_are_never_whole_end_the_halving_after_one_import(sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(log_wording=UNCOUNTED, answers=NO_EXPORT)
    sent = load("one", "a", "b", "c")
    assert sent.answer["objects"] == {"product": {"sent": 3, "unconfirmed": 3}}
    assert sent.imports == 1 + 1


def test_not_even_records_that_were_refused_before_are_sent_again_where_logs_are_never_whole(
    sfcc: SimpleNamespace, load: Any
) -> None:
    sfcc.faults(refuse={"product": ["a", "b"]})
    load("one", "a", "b")
    sfcc.faults(log_wording=UNCOUNTED, answers=NO_EXPORT)
    sent = load("two", "a", "b", "c")
    assert sent.answer["objects"] == {"product": {"sent": 3, "unconfirmed": 3}}
    assert sent.imports == 1 + 1


def test_a_record_that_stands_alone_and_is_counted_was_taken_with_a_warning(
    store: Store, sfcc: SimpleNamespace, load: Any
) -> None:
    sfcc.faults(answers=NO_EXPORT, free_lines=["WARN: Etwas stimmt nicht."])
    sent = load("one", "a")
    assert sent.answer["objects"] == {"product": {"sent": 1, "pending": 1}}
    assert verdicts(store) == {"a": "pending"}
    assert "WARN: Etwas stimmt nicht." in messages(sent)["a"]


def test_a_pattern_that_teaches_the_wording_makes_neither_export_nor_halves_needed(
    store: Store, sfcc: SimpleNamespace, load: Any
) -> None:
    sfcc.faults(refuse={"product": ["b"]}, log_wording=NAMED)
    untaught = load("one", "a", "b", "c")
    assert (untaught.imports, untaught.exports) == (1, 1)
    taught = load("two", "a", "b", "c", fields={"brand": "x"}, patterns=(PATTERN,))
    assert taught.answer["objects"] == {"product": {"sent": 3, "confirmed": 2, "refused": 1}}
    assert messages(taught) == {"b": "nicht eingelesen."}
    assert (taught.imports, taught.exports) == (1, 0)


def test_a_retry_after_a_crash_in_the_halving_sends_no_part_twice(store: Store, sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["c"]}, log_wording=GERMAN, answers=NO_EXPORT)
    sent = load("one", *"abcd")
    (first,) = [folder for folder in store.ledger.iterdir() if folder.name.startswith("000001-")]
    (first / "verdict.parquet").unlink()  # as if the process had died before the last conclusion
    (archive,) = read_json(sent.package.feeds_file)["archives"]
    (sent.package.archives / f"{archive}.answer.json").unlink()
    again = load("one", *"abcd")
    assert (again.imports, again.answer["objects"]) == (0, sent.answer["objects"])
    assert verdicts(store) == {"a": "confirmed", "b": "confirmed", "c": "refused", "d": "confirmed"}


def test_a_retry_of_what_stayed_open_asks_no_more(sfcc: SimpleNamespace, load: Any) -> None:
    sfcc.faults(refuse={"product": ["a"]}, log_wording=GERMAN, answers=NO_EXPORT)
    sent = load("one", "a", "b", bisect_imports=0)
    again = load("one", "a", "b")
    assert (again.imports, again.exports, again.answer) == (0, 0, sent.answer)
