"""The command group `sandbox`: what it says before a server starts."""

import subprocess
import sys

from typer.testing import CliRunner

from sandbox.sandbox_cli import app


def test_the_help_names_both_servers() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert "An Akeneo PIM." in done.output
    assert "An SFCC instance" in done.output


def test_the_help_imports_no_server() -> None:
    asked = "import sys, sandbox.sandbox_cli; print({'uvicorn', 'starlette', 'PIL'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"
