"""`python -m sandbox.sfcc`: the command of `sandbox.sfcc.command` without its group."""

import typer

from sandbox.sfcc.command import sfcc

typer.run(sfcc)
