"""What a load does when SFCC refuses, stays silent, is busy or dies, and when another load runs."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dagster as dg
import orjson
import pytest
import yaml

from akeneo_assets import resources
from akeneo_assets.loads.lock import held
from sandbox import stack
from sandbox.catalogue_edits import Pim
from sfcc_resources.delivery.sfcc_client import Instance

TENT = "products-uuid/14937f72-3b3e-4f7e-a0f5-fe67a88ba771"
TARP = "products-uuid/705b37b8-2bef-4207-8d52-c11b3c314d48"
NO_EXPORT = [{"on": "POST .*/jobs/sfcc-site-archive-export/executions", "status": 403}]


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    made = place_at(pim_of("demo"))
    made.jobs("3-2")
    return made


@pytest.fixture
def rename(place: Any, editor: Callable[[str], Pim]) -> Iterator[Callable[..., None]]:
    """Gives products a new English name; afterwards SFCC has no more faults."""
    session = editor(place.pim_url)

    def edit(name: str, *paths: str) -> None:
        for path in paths:
            session.patch(path, {"values": {"name": [{"locale": "en_US", "scope": None, "data": name}]}})

    yield edit
    place.faults()


def names(place: Any, product: str) -> set[str]:
    return {one.text for one in place.export().product(product).iterfind("display-name")}


def test_a_refused_product_fails_the_check_by_name_and_is_sent_again_alone(place: Any, rename: Callable[..., None]) -> None:
    rename("refused once", TENT, TARP)
    place.faults(refuse={"product": ["TENT-RIDGE-3"]})
    done = place.command("3-1", "--load", "refused")
    assert done.returncode == 1
    assert "Check sfcc_confirmed_everything of sfcc/product_import failed" in done.stdout
    assert "product 'TENT-RIDGE-3' of akeneo-catalog refused (" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert ("refused once" in names(place, "TENT-RIDGE-3"), "refused once" in names(place, "TARP-3X3")) == (False, True)
    place.faults()
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {("product", "TENT-RIDGE-3")}
    assert "refused once" in names(place, "TENT-RIDGE-3")


def test_without_a_log_nothing_is_confirmed_and_all_of_it_is_sent_again(place: Any, rename: Callable[..., None]) -> None:
    rename("without a log", TENT, TARP)
    place.faults(no_log=True, answers=NO_EXPORT)
    run = place.job("3-1")
    assert not run.ok
    assert run.objects["product"] == {"sent": 2, "unconfirmed": 2}
    assert any("SFCC left no log of this import." in failure for failure in run.failures)
    place.faults()
    again = place.job("3-1")
    assert again.ok, again.failures
    assert again.to_send == {("product", "TENT-RIDGE-3"), ("product", "TARP-3X3")}


def test_what_is_refused_in_unknown_words_is_told_by_sfcc_s_own_export(place: Any, rename: Callable[..., None]) -> None:
    rename("told by the export", TENT, TARP)
    place.faults(refuse={"product": ["TENT-RIDGE-3"]}, log_wording={"data_error": "FEHLER: nicht eingelesen"})
    run = place.job("3-1")
    assert not run.ok
    assert run.objects["product"] == {"sent": 2, "confirmed": 1, "refused": 1}
    (failure,) = run.failures
    assert "product 'TENT-RIDGE-3' of akeneo-catalog refused (SFCC's export shows other values in " in failure
    assert "FEHLER: nicht eingelesen" in failure
    place.faults()
    again = place.job("3-1")
    assert again.ok, again.failures
    assert again.to_send == {("product", "TENT-RIDGE-3")}


def test_a_log_that_breaks_off_on_its_way_is_fetched_again(place: Any, rename: Callable[..., None]) -> None:
    rename("after half a log", TENT, TARP)
    place.faults(answers=[{"on": "GET .*/LOGS/.*", "lost": True, "times": 2}])
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.objects["product"] == {"sent": 2, "confirmed": 2}
    assert orjson.loads((place.sfcc_root / "faults.json").read_bytes())["answers"][0]["times"] == 0


def test_a_log_that_always_breaks_off_confirms_nothing_and_the_next_load_sends_it_again(
    place: Any, rename: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.job("3-1")  # what an earlier test has left to send
    rename("never a whole log", TENT)
    place.faults(answers=[{"on": "GET .*/LOGS/.*", "lost": True}])
    monkeypatch.setattr(resources, "Instance", partial(Instance, backoff=0.01))
    run = place.job("3-1")
    assert not run.ok
    (sentence,) = run.failures
    assert re.match(r"Downloading LOGS/\S+ from SFCC failed: the answer of \S+ broke off .* Given up after 6 tries\.", sentence)
    place.faults()
    again = place.job("3-1")
    assert again.ok, again.failures
    assert again.to_send == {("product", "TENT-RIDGE-3")}


def test_two_imports_never_run_together_a_killed_one_frees_the_next_and_a_busy_sfcc_is_waited_for(
    place: Any, rename: Callable[..., None]
) -> None:
    rename("one at a time", TENT)
    holder = place.store / "product_load.holder"
    before = holder.read_text()
    place.faults(job_already_running=1)  # the first one waits long enough
    first = subprocess.Popen(
        [str(stack.COMMAND), "run", "3-2", "--load", "first"],
        env=place.environment(),
        cwd=place.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while holder.read_text() == before:
            assert first.poll() is None, first.stdout.read() if first.stdout else ""
            time.sleep(0.05)
        second = place.job("3-1", load="second")
        assert not second.ok
        (said,) = [failure for failure in second.failures if "Another import of products is running" in failure]
        assert "3-1 and 3-2 never run together" in said
        assert not (place.store / "loads" / "second").exists()
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.communicate()
    place.faults(job_already_running=1)
    third = place.job("3-1", load="second")
    assert third.ok, third.failures
    assert "one at a time" in names(place, "TENT-RIDGE-3")


def test_a_run_that_was_ended_in_dagster_sends_nothing_more_and_its_load_goes_on(place: Any, rename: Callable[..., None]) -> None:
    assert place.job("3-1").ok
    rename("sent by the second run", TENT)
    archives = sorted((place.store / "ledger").iterdir())
    with ThreadPoolExecutor(1) as pool:
        with held(place.store / "sending.lock", "another import", 0, print):
            ending = pool.submit(place.job, "3-1", load="ended")
            while place.package("ended").state != "sending":  # it waits for the lock then
                assert not ending.done(), ending.result().failures
                time.sleep(0.05)
            (run,) = place.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
            place.instance.report_run_canceled(run)
        ended = ending.result()
    assert [failure.partition(": nothing more of it is sent.")[0] for failure in ended.failures] == [
        "Dagster has this run as CANCELED"
    ]
    assert sorted((place.store / "ledger").iterdir()) == archives
    window = place.package("ended").window_file.read_bytes()
    again = place.job("3-1", load="ended")
    assert (again.ok, again.failures) == (True, [])
    assert place.package("ended").window_file.read_bytes() == window
    assert "sent by the second run" in names(place, "TENT-RIDGE-3")


def test_a_load_that_sfcc_s_death_ended_goes_on_with_its_window(
    place: Any, tmp_path: Path, place_at: Any, editor: Callable[[str], Pim]
) -> None:
    place = place_at(place.pim_url)
    place.jobs("3-2")
    session = editor(place.pim_url)
    session.patch(TENT, {"values": {"name": [{"locale": "en_US", "scope": None, "data": "before the crash"}]}})
    session.patch(TARP, {"values": {"name": [{"locale": "en_US", "scope": None, "data": "before the crash"}]}})
    place.faults(kill_after_objects=1)
    failed = place.job("3-1", load="crashed")
    assert not failed.ok
    window = orjson.loads((place.store / "loads" / "crashed" / "window.json").read_bytes())
    (place.sfcc_root / "faults.json").unlink()
    # PIM and its content move on before the load is tried again: what is now sent is not what SFCC was given before.
    session.patch(TARP, {"values": {"name": [{"locale": "en_US", "scope": None, "data": "after the crash"}]}})
    command = [
        str(stack.COMMAND),
        "sandbox",
        "sfcc",
        "--port",
        str(urlsplit(place.sfcc_url).port),
        "--root",
        str(place.sfcc_root),
    ]
    with stack.server("sfcc", command, tmp_path / "sfcc.log") as place.sfcc_url:
        # The instance tells that the import broke off: the retry sends its archive again, as it was, and SFCC takes it.
        again = place.job("3-1", load="crashed")
        both = {("product", "TENT-RIDGE-3"), ("product", "TARP-3X3")}
        assert (again.ok, again.failures, again.to_send) == (True, [], both)
        assert again.objects["product"]["confirmed"] == 2
        assert "before the crash" in names(place, "TENT-RIDGE-3")
        assert "before the crash" in names(place, "TARP-3X3")
        assert orjson.loads((place.store / "loads" / "crashed" / "window.json").read_bytes()) == window
        broken, sent = sorted(path.name for path in (place.store / "ledger").glob("*-akeneo-crashed-*"))
        assert broken.split("-", 1)[1] == sent.split("-", 1)[1]
        assert int(sent[:6]) == int(broken[:6]) + 1
        # What the PIM changed since goes with the next load, and nothing else does.
        last = place.job("3-1")
        assert (last.ok, last.to_send) == (True, {("product", "TARP-3X3")})
        assert "after the crash" in names(place, "TARP-3X3")


def test_a_load_tried_again_after_a_later_one_sends_nothing_older(place: Any, rename: Callable[..., None]) -> None:
    assert place.job("3-1").ok
    rename("older", TENT)
    assert place.job("3-1", load="overtaken").ok
    place.reopen("overtaken")
    rename("newer", TENT)
    assert place.job("3-1", load="overtaking").ok
    archives = sorted((place.store / "ledger").iterdir())
    again = place.job("3-1", load="overtaken")
    assert not again.ok
    assert any("'overtaken' read the PIM before 'overtaking' did, which is imported" in failure for failure in again.failures)
    assert sorted((place.store / "ledger").iterdir()) == archives
    assert "newer" in names(place, "TENT-RIDGE-3")


def test_what_a_load_that_did_not_end_has_changed_is_changed_back(place: Any, editor: Callable[[str], Pim]) -> None:
    """The PIM is as the last successful load saw it, and SFCC is not: a load that did not end gave it something else."""
    assert place.job("3-1").ok
    option, session = "attributes/color/options/white", editor(place.pim_url)
    session.patch(option, {"labels": {"en_US": "Snow"}})
    assert place.job("3-1", load="not_ended").ok
    place.reopen("not_ended")
    session.patch(option, {"labels": {"en_US": "White"}})
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {("attribute-definition", "akeneo_color"), ("product", "mug_enamel"), ("product", "shirt_summit")}
    assert "Snow" not in {one.text for one in place.export().product("mug_enamel").iter("display-value")}


def test_a_job_of_the_customers_follows_a_load_that_sent_something_and_its_absence_is_told(
    place: Any, rename: Callable[..., None], tmp_path: Path
) -> None:
    assert place.job("3-1").ok
    config = tmp_path / "connector.yaml"
    settings = (stack.REPOSITORY / "connector.yaml").read_text("utf-8")
    config.write_text(f"{settings}\ndelivery: {{follow_up_job: Reindex}}\n", "utf-8")
    rename("followed", TENT)
    failed = place.command("3-1", CONNECTOR_CONFIG=str(config))
    assert failed.returncode == 1
    assert "The load is imported, but delivery.follow_up_job could not be started: " in failed.stdout
    assert "No job with ID 'Reindex' was found" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    instance = place.sfcc_root / "instance.json"
    instance.write_bytes(orjson.dumps(orjson.loads(instance.read_bytes()) | {"jobs": {"Reindex": []}}))
    rename("followed again", TENT)
    done = place.command("3-1", CONNECTOR_CONFIG=str(config))
    assert done.returncode == 0, done.stdout
    assert "Started your job Reindex in SFCC: execution " in done.stderr
    nothing_sent = place.command("3-1", CONNECTOR_CONFIG=str(config))
    assert (nothing_sent.returncode, "Reindex" in nothing_sent.stderr) == (0, False)


def test_what_a_load_that_did_not_end_has_deleted_under_other_settings_comes_back(place: Any, tmp_path: Path) -> None:
    assert place.job("3-1").ok
    before = place.export().recommended("TENT-RIDGE-2")
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
    del settings["associations"]["X_SELL"]
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(settings))
    assert place.job("3-1", load="other_settings", CONNECTOR_CONFIG=str(other)).ok
    assert place.export().recommended("TENT-RIDGE-2") < before
    place.reopen("other_settings")
    assert place.job("3-1").ok
    assert place.export().recommended("TENT-RIDGE-2") == before
