"""Deliveries by a real HTTP client to the real receiver: statuses, the log, and the one load that a burst makes."""

import hashlib
import hmac
import http.client
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.events.event_receiver import EventReceiver, event_server
from akeneo_assets.events.event_wake import read_wake
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.package import Package
from akeneo_assets.sensors import pim_changes
from akeneo_assets.store import Store, write_json

SECRET = "one-of-16-to-256-characters"
UPDATED = "com.akeneo.pim.v1.product.updated"


@contextmanager
def serving(receiver: EventReceiver) -> Iterator[int]:
    """The receiver on a port of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        server = event_server(receiver)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def port(store: Store) -> Iterator[int]:
    with serving(EventReceiver(SECRET, store.events)) as number:
        yield number


def event(id_: str, kind: str = UPDATED, sent: datetime | None = None) -> bytes:
    return json.dumps({"specversion": "1.0", "id": id_, "type": kind, "time": (sent or datetime.now(UTC)).isoformat()}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-AKENEO-SIGNATURE-PRIMARY": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def post(port: int, body: bytes, headers: dict[str, str], path: str = "/", method: str = "POST") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_signed_event_is_taken_on_any_path_and_told_to_the_sensor(port: int, store: Store) -> None:
    body = event("a", "com.akeneo.pim.v1.product.deleted")
    assert post(port, body, signed(body), "/any/path?of=yours") == 200
    wake = read_wake(store.events)
    assert (wake.number, wake.kinds) == (1, {"com.akeneo.pim.v1.product.deleted": 1})


def test_a_delivery_of_the_older_events_api_is_taken_too(port: int, store: Store) -> None:
    stamp = str(int(time.time()))
    body = b'{"events": [{"action": "product.removed", "event_id": "a"}, {"action": "product.updated", "event_id": "b"}]}'
    made = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Akeneo-Request-Signature": made, "X-Akeneo-Request-Timestamp": stamp}
    assert post(port, body, headers) == 200
    assert read_wake(store.events).kinds == {"product.removed": 1, "product.updated": 1}


def test_forged_stale_and_shapeless_deliveries_are_refused_with_a_line_each_and_wake_nobody(
    port: int, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    good, old, shapeless = event("a"), event("b", sent=datetime(2026, 1, 1, tzinfo=UTC)), b"{}"
    assert post(port, good, {}) == 401
    assert post(port, good, signed(good, "a-forger's-secret")) == 401
    assert post(port, old, signed(old)) == 403
    assert post(port, shapeless, signed(shapeless)) == 400
    assert post(port, b"x" * ((16 << 20) + 1), {}) == 413
    assert post(port, b"", {}, method="DELETE") == 405
    start = "Refused a delivery of events from 127.0.0.1 with"
    assert [record.getMessage() for record in caplog.records if record.name == "akeneo_sfcc.events"] == [
        f"{start} 401: it has no signature of Akeneo's in its headers.",
        f"{start} 401: it is not signed with AKENEO_EVENTS_SECRET: set the secret that the subscription has.",
        f"{start} 403: it is of 2026-01-01 00:00:00 UTC, more than 120 minutes ago.",
        f"{start} 400: it is no event of the Event Platform (Object missing required field `id`).",
        f"{start} 413: it has more than 16 MiB.",
    ]
    assert SECRET not in caplog.text
    assert not store.events.exists()


def test_an_event_that_comes_again_is_answered_and_wakes_nobody_in_whatever_order(
    port: int, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    later, earlier = event("later"), event("earlier", sent=datetime.now(UTC) - timedelta(hours=1))
    assert [post(port, body, signed(body)) for body in (later, earlier, later, earlier)] == [200] * 4
    assert read_wake(store.events).number == 2
    said = [record.getMessage() for record in caplog.records if record.name == "akeneo_sfcc.events"]
    assert said == [f"Passed over a delivery: its events ({name}) came before." for name in ("later", "earlier")]


def test_the_platform_finds_somebody_there_by_head(port: int) -> None:
    assert post(port, b"", {}, method="HEAD") == 200
    assert post(port, b"", {}, method="GET") == 200


def test_a_body_that_does_not_arrive_keeps_no_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akeneo_assets.events.event_receiver._SLOWEST", 0.05)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sender:
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        assert sender.recv(4096).startswith(b"HTTP/1.1 408 ")


def test_the_ids_that_are_remembered_are_the_last_ones(port: int, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akeneo_assets.events.event_receiver._REMEMBERED", 2)
    for name in ("a", "b", "c", "b", "a"):  # "a" has been forgotten when it comes again
        body = event(name)
        assert post(port, body, signed(body)) == 200
    assert read_wake(store.events).number == 4


def test_a_store_that_cannot_be_written_makes_the_sender_try_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with serving(EventReceiver(SECRET, tmp_path / "file" / "events.json")) as port:
        body = event("a")
        assert post(port, body, signed(body)) == 503


def test_a_receiver_that_is_started_anew_counts_on(store: Store) -> None:
    for name in ("a", "b"):
        with serving(EventReceiver(SECRET, store.events)) as port:
            body = event(name)
            assert post(port, body, signed(body)) == 200
    assert read_wake(store.events).number == 2


# --- The sensor -----------------------------------------------------------------------------------------------------------------


Tick = Callable[[], dg.SensorResult | dg.SkipReason]


@pytest.fixture
def tick(store: Store, pim: ScriptedPim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Tick]:
    """The sensor pim_changes, tick after tick, after one load has succeeded. The PIM has no changes to tell."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "connector.yaml").write_text("# all defaults\n")
    for name in ("AKENEO", "SFCC"):
        monkeypatch.setenv(f"{name}_URL", pim.address)
        for more in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
            monkeypatch.setenv(f"{name}_{more}", "x")
    monkeypatch.setenv("CONNECTOR_STORE", str(store.root))
    monkeypatch.setenv("CONNECTOR_CONFIG", "connector.yaml")
    for path in ("products-uuid", "product-models", "categories", "attributes", "families"):
        pim.script[f"/api/rest/v1/{path}"].append(Reply({"_embedded": {"items": []}, "_links": {}}))
    package = Package.of_load(store, "full_1")
    package.begin(settings="", kind="full")
    window = windows.Window("full_1", "full", "2026-11-24T09:00:00+00:00", None, None, "")
    write_json(package.window_file, vars(window))
    windows.succeed(store, "full_1", windows.Outcome("", "", {}))
    cursor: list[str | None] = [None]
    with dg.DagsterInstance.ephemeral() as instance:

        def once() -> dg.SensorResult | dg.SkipReason:
            with dg.build_sensor_context(instance, cursor=cursor[0]) as context:
                decision = pim_changes(context)
                cursor[0] = context.cursor
            assert isinstance(decision, dg.SensorResult | dg.SkipReason)
            return decision

        yield once


NOTHING = "Nothing has changed in the PIM since 2026-11-24T09:00:00+00:00 (load full_1)."


def loads(ticks: list[dg.SensorResult | dg.SkipReason]) -> list[str]:
    """Why loads were started, a text each."""
    results = [tick for tick in ticks if isinstance(tick, dg.SensorResult)]
    return [request.tags["akeneo_sfcc/changed"] for result in results for request in result.run_requests or []]


def test_ten_thousand_deliveries_make_one_load(store: Store, tick: Tick) -> None:
    def lately() -> datetime:
        return datetime.now(UTC) - timedelta(seconds=31)

    assert loads([tick()]) == []
    with serving(EventReceiver(SECRET, store.events, lately)) as port:

        def send(part: int) -> set[int]:
            connection, statuses = http.client.HTTPConnection("127.0.0.1", port, timeout=60), set()
            for number in range(2_500):
                body = event(f"{part}-{number}", UPDATED if number % 2 else UPDATED.replace("updated", "deleted"), lately())
                connection.request("POST", "/", body, signed(body))
                answer = connection.getresponse()
                answer.read()
                statuses.add(answer.status)
            connection.close()
            return statuses

        with ThreadPoolExecutor(4) as senders:
            assert list(senders.map(send, range(4))) == [{200}] * 4
    assert read_wake(store.events).number == 10_000
    ticks = [tick() for _ in range(4)]
    assert loads(ticks) == ["event com.akeneo.pim.v1.product.deleted, event com.akeneo.pim.v1.product.updated"]
    assert isinstance(ticks[0], dg.SensorResult)
    assert [tick.skip_message for tick in ticks if isinstance(tick, dg.SkipReason)] == [NOTHING] * 3


def test_the_sensor_waits_for_the_end_of_a_burst(port: int, tick: Tick) -> None:
    body = event("a")
    assert post(port, body, signed(body)) == 200
    assert loads([tick(), tick()]) == []


def test_without_events_the_pim_is_asked_every_five_minutes_and_not_with_each_tick(tick: Tick, pim: ScriptedPim) -> None:
    ticks = [tick() for _ in range(3)]
    assert [str(tick.skip_message) for tick in ticks if isinstance(tick, dg.SkipReason)] == [NOTHING] * 3
    assert len([seen for seen in pim.seen if seen.path == "/api/rest/v1/products-uuid"]) == 1


# --- The command ----------------------------------------------------------------------------------------------------------------


COMMAND = [sys.executable, "-c", "from akeneo_assets.commands.events import app; app()", "--port", "0"]


def test_the_command_needs_its_secret_and_its_store_alone_and_one_works_a_store(tmp_path: Path) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment["CONNECTOR_STORE"] = str(tmp_path / "store")
    lacking = subprocess.run(COMMAND, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = "Missing in the environment: AKENEO_EVENTS_SECRET, the secret of the PIM's event subscription.\n"
    assert (lacking.returncode, lacking.stderr) == (1, said)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    environment["AKENEO_EVENTS_SECRET_FILE"] = str(tmp_path / "secret")
    with subprocess.Popen(
        COMMAND, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        try:
            assert first.stdout is not None
            line = first.stdout.readline()
            assert line.startswith("Listening on http://127.0.0.1:")
            body = event("a")
            port = int(line.split(":")[2].split()[0])
            assert post(port, body, signed(body)) == 200
            assert post(port, body, signed(body, "a-forger's-secret")) == 401
            second = subprocess.run(COMMAND, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert second.returncode == 1
            assert second.stderr.startswith("Another akeneo-sfcc events works on the store")
        finally:
            first.send_signal(signal.SIGTERM)
        assert first.stderr is not None
        (refusal,) = first.stderr.read().splitlines()
    said = "401: it is not signed with AKENEO_EVENTS_SECRET: set the secret that the subscription has."
    assert refusal.endswith(f"  Refused a delivery of events from 127.0.0.1 with {said}")
    assert read_wake(tmp_path / "store" / "events.json").number == 1
