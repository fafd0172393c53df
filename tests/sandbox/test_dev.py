"""`akeneo-sfcc dev`: what stops it before anything runs, and the addresses that it tells."""

import socket
from pathlib import Path

from typer.testing import CliRunner

from sandbox.dev import addresses, app
from sandbox.stack import Stack


def test_a_port_in_use_ends_it_in_one_sentence_and_nothing_of_an_earlier_one_is_removed(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["--port", str(port), "--var", str(var)])
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"Nothing was left running: port {port} can't be used (Address already in use): give another one with --port."
    ]
    assert not var.exists()


def test_the_shop_is_the_first_address(tmp_path: Path) -> None:
    lines = addresses(Stack(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2", {}), 3000)
    assert lines[0].startswith("Storefront   http://127.0.0.1:2/s/ ")
    assert "Dagster UI   http://127.0.0.1:3000" in lines
