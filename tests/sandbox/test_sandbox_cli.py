"""The command group `sandbox`: what it says before a server starts."""

import sys

import pytest
from typer.testing import CliRunner

from sandbox.sandbox_cli import app


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)  # as Python itself marks what can't be imported
    done = CliRunner().invoke(app, ["pim", "--catalog", "demo", "--port", "0"])
    assert done.exit_code == 1
    assert done.output == "The sandboxes need PIL, not installed here: pip install '.[sandbox]' brings it.\n"
