"""The command `akeneo-sfcc`: finds its command groups by name and imports one only when it is asked for.

No behaviour here: `run` and its kin live in `akeneo_assets.commands`, the sandboxes register theirs as entry points.
"""

from importlib.metadata import entry_points
from typing import Any

import click
import typer.main


class LazyCommands(click.Group):
    """Commands from the entry-point group `akeneo_sfcc.commands`; each is a `typer.Typer` imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({e.name for e in entry_points(group="akeneo_sfcc.commands")})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found: Any = next(iter(entry_points(group="akeneo_sfcc.commands", name=cmd_name)), None)
        return None if found is None else typer.main.get_command(found.load())


@click.command(cls=LazyCommands, name="akeneo-sfcc", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Akeneo PIM to Salesforce B2C Commerce."""
