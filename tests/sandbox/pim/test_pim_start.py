"""The command: one line when ready, a kept state, a clean stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.pim.pim_database import Store
from sandbox.pim.pim_start import open_pim

COMMAND = [sys.executable, "-c", "import typer; from sandbox.pim.pim_command import pim; typer.run(pim)"]
PLAIN = "11111111-1111-4111-8111-111111111111"


@contextmanager
def started(*options: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command's address and process; ended if the test didn't."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen([*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line.startswith("Akeneo PIM ready at http://127.0.0.1:"), line
        yield line.split()[4], process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def catalog(shop: Any, tmp_path: Path) -> str:
    shop.store.close()
    return str(tmp_path / "catalog")


def test_sigterm_ends_it_with_exit_code_0_and_removes_its_temporary_state(catalog: str, tmp_path: Path, make_client: Any) -> None:
    with started("--catalog", catalog, folder=tmp_path) as (base, process):
        client = make_client(base)
        assert len(client.items("/products-uuid")) == 8
        client.session.close()
        assert list(tmp_path.glob("pim-*"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stdout.read() == ""
    assert not list(tmp_path.glob("pim-*"))


def test_a_kept_state_outlives_a_kill_and_is_used_as_it_is(catalog: str, tmp_path: Path, make_client: Any) -> None:
    state = tmp_path / "state.sqlite"
    with started("--catalog", catalog, "--state", str(state), folder=tmp_path) as (base, process):
        client = make_client(base)
        assert client.patch(f"/products-uuid/{PLAIN}", {"enabled": False}).status_code == 204
        token = client.session.headers["Authorization"]
        client.session.close()
        process.kill()
        process.wait()
    with started("--catalog", "generated:5", "--state", str(state), folder=tmp_path) as (base, _):
        client = make_client(base)
        client.session.headers["Authorization"] = token
        assert client.get(f"/products-uuid/{PLAIN}")["enabled"] is False
        client.session.close()


def test_a_half_loaded_state_is_loaded_afresh(catalog: str, tmp_path: Path) -> None:
    state = tmp_path / "half.sqlite"
    half = Store(state)
    half.put("family", "left_over", {"code": "left_over"}, 0)
    half.close()
    pim = open_pim(catalog, state)
    assert pim.store.get("family", "left_over") is None
    assert pim.store.get("family", "shirt") is not None
    pim.store.close()


def test_a_catalogue_that_does_not_exist_ends_with_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--catalog", str(tmp_path / "nope")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"--catalog {tmp_path / 'nope'}: there is no such folder; give one, demo or generated:N.\n"


def test_the_time_zone_decides_offsets_and_how_filters_are_read(catalog: str, tmp_path: Path, make_client: Any) -> None:
    with started("--catalog", catalog, "--timezone", "Europe/Paris", folder=tmp_path) as (base, _):
        client = make_client(base)
        item = client.get(f"/products-uuid/{PLAIN}")
        found = client.items("/products-uuid", {"created": [{"operator": "=", "value": "2025-01-01 10:00:00"}]})
        client.session.close()
    assert item["created"] == "2025-01-01T10:00:00+01:00"
    assert item["values"]["released"][0]["data"] == "2024-03-01T00:00:00+01:00"
    assert [p["uuid"] for p in found] == [PLAIN]


def test_latency_delays_answers_without_queueing_them(catalog: str, tmp_path: Path, make_client: Any) -> None:
    """Four calls overlap while they wait: the server counts them as four at once and refuses the fifth."""
    with started("--catalog", catalog, "--latency-ms", "1000", folder=tmp_path) as (base, _):
        client = make_client(base)
        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(lambda _: client.call("GET", "/families"), range(5)))
        client.session.close()
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 429]
