"""The command group `sandbox`: stand-in servers for demo, tests and benchmarks.

Only the registration; a server is imported when its command runs.
"""

from importlib.util import find_spec
from typing import Final

import typer

from sandbox.pim.command import pim
from sandbox.sfcc.instance_command import sfcc

app = typer.Typer(help="Stand-in servers: an Akeneo PIM and an SFCC instance.", no_args_is_help=True)
EXTRA: Final = ("httptools", "PIL", "starlette", "trustme", "uvicorn", "uvloop")


@app.callback()
def installed() -> None:
    """A production install does without the servers' packages."""
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        typer.echo(f"The sandboxes need {', '.join(missing)}, not installed here: pip install '.[sandbox]' brings it.", err=True)
        raise typer.Exit(1)


app.command("pim")(pim)
app.command("sfcc")(sfcc)
