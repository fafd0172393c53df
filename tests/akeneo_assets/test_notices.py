"""People are told of each cause once, until a run of the job ends well; over real HTTP, as apprise sends it."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.notices import notices, send

JOB = "akeneo_1_import_attributes"


@pytest.fixture
def inbox(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a receiver was sent whose address CONNECTOR_NOTIFY names."""
    messages = list[str]()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("CONNECTOR_NOTIFY", f"json://127.0.0.1:{server.server_port}/")
        yield messages
        server.shutdown()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AKENEO_CLIENT_ID", "AKENEO_CLIENT_SECRET", "AKENEO_USERNAME", "AKENEO_PASSWORD", "SFCC_CLIENT_ID"):
        monkeypatch.setenv(name, "x")
    for name in ("AKENEO_URL", "SFCC_URL"):
        monkeypatch.setenv(name, "https://example.com")
    monkeypatch.setenv("SFCC_CLIENT_SECRET", "x")


def end(instance: dg.DagsterInstance, said: str | None, new: int = 0, name: str = JOB) -> None:
    """A run of a job that failed with this sentence, or ended well."""

    @dg.op(out=dg.Out(dg.Nothing))
    def work(context: dg.OpExecutionContext) -> None:
        context.log_event(dg.AssetMaterialization(["sfcc", "held_back"], metadata={"objects new since the load before": new}))
        if said is not None:
            raise dg.Failure(said)

    @dg.job(name=name)
    def job() -> None:
        work()

    job.execute_in_process(instance=instance, raise_on_error=False)


class Ticks:
    """The sensor, tick after tick."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance, self._cursor = instance, None

    def tick(self) -> str:
        with dg.build_sensor_context(self._instance, cursor=self._cursor) as context:
            skipped = notices(context)
            self._cursor = context.cursor
        assert isinstance(skipped, dg.SkipReason)
        return str(skipped.skip_message)


def test_a_cause_is_told_once_until_the_job_ends_well(inbox: list[str], instance: dg.DagsterInstance) -> None:
    end(instance, "An old failure.")
    ticks = Ticks(instance)
    assert ticks.tick() == "There is nothing new to tell."
    end(instance, "The PIM is not reachable after 9 tries.")
    assert ticks.tick() == "Told of 1 runs."
    end(instance, "The PIM is not reachable after 8 tries.")
    end(instance, None, name="somebody_elses")
    assert ticks.tick() == "There is nothing new to tell."
    end(instance, "SFCC is not reachable.")
    end(instance, None)
    end(instance, "The PIM is not reachable after 7 tries.")
    ticks.tick()
    told = [line for message in inbox for line in message.splitlines() if line.endswith(".")]
    assert told == [
        "The PIM is not reachable after 9 tries.",
        "SFCC is not reachable.",
        "The PIM is not reachable after 7 tries.",
    ]


def test_what_comes_into_the_quarantine_is_told(inbox: list[str], instance: dg.DagsterInstance) -> None:
    ticks = Ticks(instance)
    ticks.tick()
    end(instance, None, new=3)
    end(instance, None)
    ticks.tick()
    (message,) = inbox
    assert message.splitlines()[1:] == ["3 more products, models or categories are held back: see the asset sfcc/held_back."]


def test_what_could_not_be_sent_is_tried_again(
    inbox: list[str], instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = os.environ["CONNECTOR_NOTIFY"]
    monkeypatch.setenv("CONNECTOR_NOTIFY", "json://127.0.0.1:9/secret-token")
    ticks = Ticks(instance)
    ticks.tick()
    end(instance, "SFCC is not reachable.")
    with pytest.raises(ConnectorError, match=r"^A notice could not be sent to all addresses of CONNECTOR_NOTIFY: it is tried"):
        ticks.tick()
    monkeypatch.setenv("CONNECTOR_NOTIFY", address)
    assert ticks.tick() == "Told of 1 runs."
    assert len(inbox) == 1


@pytest.mark.usefixtures("environment")
def test_without_addresses_nobody_is_told(instance: dg.DagsterInstance) -> None:
    assert Ticks(instance).tick() == "CONNECTOR_NOTIFY names no address, so that nobody is told."


def test_an_unknown_address_is_told_by_its_place_and_not_by_its_text() -> None:
    with pytest.raises(ConnectorError) as told:
        send("json://127.0.0.1/ unknown://secret-token", ["text"])
    assert str(told.value).startswith("CONNECTOR_NOTIFY: its address number 2 is none that apprise knows;")
    assert "secret" not in str(told.value)
