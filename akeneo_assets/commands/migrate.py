"""`akeneo-sfcc migrate`: a connector.yaml from the official cartridge's site preferences.

Belongs here: the command. Doesn't: what a preference becomes (`akeneo_assets.starter.cartridge_preferences`), writing the file
(`settings_writing`). Needs the AKENEO_ variables alone.
"""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from akeneo_assets.commands.command_session import session
from akeneo_assets.commands.half_environment import PimEnvironment
from akeneo_assets.commands.settings_writing import read_structure, writing
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.starter.cartridge_preferences import Instances, migrate, read_preferences, text_of

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command(name="migrate")
def migrate_preferences(
    preferences: Annotated[Path, typer.Argument(help="The site's preferences.xml, as in a site export.")],
    output: Annotated[Path, typer.Option(help="File to write.")] = Path("connector.yaml"),
    instance: Annotated[Instances | None, typer.Option(help="Values for this kind of instance, over those for all.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Read a PIM on another machine by plain http.")] = False,
) -> None:
    """Write a connector.yaml that imports as the official cartridge does, with a remark at what has no equal. Exit code 1:
    nothing was written, and why."""
    with writing(output, force=force) as write:
        given = read_preferences(preferences, instance)
        with closing(session(PimEnvironment.read(), Akeneo(allow_http=allow_http))) as own:
            structure, _ = read_structure(own.pim)
        made = migrate(given, structure)
        write("\n".join(text_of(made)) + "\n")
    remarks = sum(map(len, made.remarks.values()))
    typer.echo(
        f"{output} is written from {len(given)} preferences, with {remarks} remarks on what has no equal or goes elsewhere."
    )
    typer.echo("Read them, then run `akeneo-sfcc doctor`.")
