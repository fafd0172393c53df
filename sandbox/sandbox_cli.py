"""The command group `sandbox`: stand-in servers for demo, tests and benchmarks.

Only the registration; a server is imported when its command runs.
"""

import typer

from sandbox.pim.pim_command import pim
from sandbox.sfcc.instance_command import sfcc

app = typer.Typer(help="Stand-in servers: an Akeneo PIM and an SFCC instance.", no_args_is_help=True)
app.command("pim")(pim)
app.command("sfcc")(sfcc)
