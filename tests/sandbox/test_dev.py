"""`akeneo-sfcc dev`: what stops it before anything runs."""

import socket
from pathlib import Path

from typer.testing import CliRunner

from sandbox.dev import app


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
