"""`python -m sandbox.sfcc`: the command of `sandbox.sfcc.instance_command` without its group."""

import typer

from sandbox.sfcc.instance_command import sfcc

typer.run(sfcc)
