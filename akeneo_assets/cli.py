"""The command `akeneo-sfcc`: finds its commands by name and imports one only when it is asked for (all of them for the help).

No behaviour here: `run` and its kin live in `akeneo_assets.commands`, the sandboxes register theirs as entry points.
"""

import sys
from importlib.metadata import entry_points
from io import TextIOWrapper

import typer.main

from akeneo_assets import collector
from akeneo_assets.errors import shown

USAGE = "Akeneo PIM to Salesforce B2C Commerce.\n\nakeneo-sfcc COMMAND ...   `akeneo-sfcc COMMAND --help` tells more of each:"


def main() -> None:
    """Run the command that the first argument names: a `typer.Typer` of the entry-point group `akeneo_sfcc.commands`."""
    _show_what_an_encoding_lacks()
    commands = {entry.name: entry for entry in entry_points(group="akeneo_sfcc.commands")}
    name, arguments = (sys.argv[1:2] or ["--help"])[0], sys.argv[2:]
    if name in commands:
        with collector.at_rest():
            command = commands[name].load()
        collector.pass_over_all_so_far()
        command(args=arguments, prog_name=f"akeneo-sfcc {name}")
        return
    wrong = name not in ("-h", "--help")
    lines = [f"'{shown(name)}' is no command."] if wrong else []
    helps = (
        f"  {known:8} {typer.main.get_command(commands[known].load()).get_short_help_str(120)}" for known in sorted(commands)
    )
    print("\n".join([*lines, USAGE, *helps]), file=sys.stderr if wrong else sys.stdout)
    sys.exit(2 if wrong else 0)


def _show_what_an_encoding_lacks() -> None:
    """Let a terminal or log of another encoding than UTF-8 show `\\xe9` for an é, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
