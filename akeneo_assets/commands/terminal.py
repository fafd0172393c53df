"""The console of all commands that print tables or colours.

Belongs here: how wide it is. Doesn't: what a command prints.
"""

import sys

from rich.console import Console


def terminal() -> Console:
    """A console on standard output: as wide as the terminal, 120 columns where there is none."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)
