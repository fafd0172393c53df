"""The Dagster UI in a real browser, both sandboxes behind it: what a person sees is what happened.

The tests stand in the order of a first day: look around, run jobs, turn the sensor on. The servers are started once.
"""

import os
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import stack
from sandbox.catalogue_edits import edit
from tests.integration.dagster_api import LOCATION, DagsterApi

FULL, DIFFERENTIAL = "akeneo_3_2_full_import_products", "akeneo_3_1_differential_import_products"
JOBS = ["akeneo_1_import_attributes", "akeneo_2_import_media_assets_pricebook", DIFFERENTIAL, FULL]
KEY = "my first load"  # as a person would type it
START_SECONDS = 90.0


@dataclass(frozen=True)
class Dagster(DagsterApi):
    """The UI, and what is behind it."""

    running: stack.Stack


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory, tab: Any) -> Iterator[Dagster]:
    """`dagster dev` with both sandboxes behind it. Asks for the browser first: without one nothing is started."""
    folder = stack.prepare(tmp_path_factory.mktemp("ui") / "var")
    with stack.sandboxes("demo", folder) as running, _dagster_dev(running) as url:
        yield Dagster(url, running)


@contextmanager
def _dagster_dev(running: stack.Stack) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [Path(sysconfig.get_path("scripts")) / "dagster", "dev", "-w", stack.REPOSITORY / "workspace.yaml", "-p", str(port)]
    log = running.var / "logs" / "dagster.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=dict(running.environment),
            cwd=running.var,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url, until = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
        while not _answers(url):
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < until, (
                f"dagster dev is not ready after {START_SECONDS} s: {log.read_text(errors='replace')}"
            )
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its own group, made above
            process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/server_info", timeout=5).ok
    except requests.RequestException:
        return False


# What the lineage page shows of each asset group: the horizontal middle of its box.
_BOXES = """Object.fromEntries([...document.querySelectorAll('foreignObject')].map(box => {
    const place = box.getBoundingClientRect(); return [box.textContent, place.x + place.width / 2]; }))"""


def test_the_lineage_page_tells_the_way_from_the_pim_to_sfcc(dagster: Dagster, tab: Any) -> None:
    tab.open(f"{dagster.url}/asset-groups")
    tab.wait_for("Global asset lineage", "akeneo_structure", "sfcc_imports")
    places = tab.wait_until(_BOXES, lambda boxes: len(boxes or {}) == 11)
    way = ["akeneo", "akeneo_structure", "sfcc_records", "sfcc_feeds", "sfcc_imports", "sfcc"]
    found = [next(x for text, x in places.items() if text.startswith(name) and not text.startswith(f"{name}_")) for name in way]
    assert found == sorted(found), dict(zip(way, found, strict=True))
    tab.picture("lineage")


def test_the_jobs_page_shows_the_four_jobs_and_the_plan(dagster: Dagster, tab: Any) -> None:
    tab.open(f"{dagster.url}/locations/akeneo-sfcc/jobs")
    shown = tab.wait_for(*JOBS, "akeneo_plan_products")
    assert {line for line in shown.splitlines() if line.startswith("akeneo_")} == {*JOBS, "akeneo_plan_products"}


# The automation page has a box that selects all, then one that selects and a switch for each of the ten automations: the four
# schedules, `dead_runs`, `import_age`, `named_loads`, `notices`, `pim_changes` and `waiting_runs`.
_SWITCHES = "[...document.querySelectorAll('input[type=checkbox]')].map(box => box.checked).filter((_, at) => at && at % 2 === 0)"


def test_schedules_and_sensors_that_start_loads_by_themselves_or_tell_people_are_shown_stopped(
    dagster: Dagster, tab: Any
) -> None:
    tab.open(f"{dagster.url}/automation")
    tab.wait_for(*(f"{job}_schedule" for job in JOBS), "dead_runs", "pim_changes", "At 02:00 AM UTC, only on Sunday")
    tab.wait_until(_SWITCHES, lambda on: on == [*[False] * 4, True, True, True, False, False, True])


@pytest.fixture(scope="module")
def loaded(dagster: Dagster) -> Dagster:
    """Job 1 and a full import, started as from the UI."""
    dagster.launch(JOBS[0])
    dagster.launch(FULL, KEY)
    return dagster


def test_the_asset_page_shows_what_a_load_imported(loaded: Dagster, tab: Any) -> None:
    tab.open(f"{loaded.url}/assets/sfcc/product_import?view=partitions&partition={KEY}")
    shown = tab.wait_for(KEY, "Materialized", "not confirmed", "objects\tsent\tconfirmed\t")
    # 85 products but for two without identifier and two variants of the model flask_cairn; 13 root models but for flask_cairn,
    # whose id a product has.
    assert "product\t93\t93\t0\t0\t0\t0\t0\t0\n" in shown
    # The categories below tree `master`, and the tree itself.
    assert "category\t21\t21\t0\t0\t0\t0\t0\t0\n" in shown


def test_the_check_shows_that_sfcc_confirmed_everything(loaded: Dagster, tab: Any) -> None:
    tab.open(f"{loaded.url}/assets/sfcc/product_import?view=checks&checkDetail=sfcc_confirmed_everything")
    shown = tab.wait_for("sfcc_confirmed_everything", "Evaluation result", "objects sent, all confirmed.")
    assert "Evaluation result\nPassed\n" in shown


def test_the_sensor_turned_on_imports_what_is_edited(loaded: Dagster, tab: Any) -> None:
    edited = edit(loaded.running.pim_url, stack.CREDENTIAL, "ecommerce")
    assert len(edited) >= 5
    assert loaded.runs(DIFFERENTIAL) == {}
    started = loaded.ask(
        "mutation($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename } }",
        s={**LOCATION, "sensorName": "pim_changes"},
    )
    assert started["startSensor"]["__typename"] == "Sensor"
    loaded.succeeded(DIFFERENTIAL)
    tab.open(f"{loaded.url}/automation")
    tab.wait_for("pim_changes")
    tab.wait_until(_SWITCHES, lambda on: on == [*[False] * 4, True, True, True, False, True, True])
    tab.open(f"{loaded.url}/assets/sfcc/product_import")
    shown = tab.wait_for("diff_", "not confirmed", "product\t")
    (product,) = [line for line in shown.splitlines() if line.startswith("product\t")]
    sent, confirmed = product.split("\t")[1:3]
    assert 0 < int(sent) == int(confirmed) < 93


def test_two_clicks_start_a_load_that_is_named_by_the_clock(loaded: Dagster, tab: Any) -> None:
    known = loaded.runs(FULL)
    tab.open(f"{loaded.url}/locations/akeneo-sfcc/jobs/start_3_2_full_import_products/playground")
    launch = "[...document.querySelectorAll('button')].find(button => /^Launch run$/i.test(button.innerText.trim()))"
    tab.wait_until(f"!!{launch} && !{launch}.disabled", bool)
    tab.evaluate(f"{launch}.click()")
    loaded.succeeded(FULL, loaded.new_run(FULL, known))


def test_a_run_whose_process_was_killed_is_ended_so_that_the_run_queued_behind_it_begins(loaded: Dagster) -> None:
    known = loaded.runs(FULL)
    command = [str(stack.COMMAND), "run", "3-2", "--load", "killed"]
    with subprocess.Popen(command, env=dict(loaded.running.environment), cwd=loaded.running.var) as process:
        try:
            while (begun := [run for run, status in loaded.runs(FULL).items() if run not in known and status == "STARTED"]) == []:
                assert process.poll() is None
                time.sleep(0.1)
        finally:
            process.kill()
    (killed,) = begun
    loaded.launch(DIFFERENTIAL, "behind the killed one")
    assert loaded.runs(FULL)[killed] == "FAILURE"
    assert "The process of this run died before the run had ended" in loaded.why(killed)
