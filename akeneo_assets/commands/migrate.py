"""`akeneo-sfcc migrate`: a connector.yaml from the official cartridge's site preferences.

Belongs here: reading the file, asking the PIM for its codes, writing. Doesn't: what a preference becomes
(`akeneo_assets.starter.cartridge_preferences`). Needs the AKENEO_ variables alone.
"""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from akeneo_assets.commands.command_session import session
from akeneo_assets.commands.half_environment import PimEnvironment
from akeneo_assets.commands.init import write_settings
from akeneo_assets.diagnosis.structure_reading import build_structure, read_lists
from akeneo_assets.errors import ConnectorError
from akeneo_assets.resources import CLEAR
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.starter.cartridge_preferences import Instances, migrate, read_preferences, text_of
from akeneo_assets.starter.starter_text import LISTS
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


class Of(StrEnum):
    """The kind of instance whose values count."""

    development = "development"
    staging = "staging"
    production = "production"


@app.command(name="migrate")
def migrate_preferences(
    preferences: Annotated[Path, typer.Argument(help="The site's preferences.xml, as in a site export.")],
    output: Annotated[Path, typer.Option(help="File to write.")] = Path("connector.yaml"),
    instance: Annotated[Of | None, typer.Option(help="Values for this kind of instance, over those for all.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Read a PIM on another machine by plain http.")] = False,
) -> None:
    """Write a connector.yaml that imports as the official cartridge does, with a remark at what has no equal. Exit code 1:
    nothing was written, and why."""
    try:
        if output.exists() and not force:
            raise ConnectorError(f"{output} is there already: give another file with --output, or overwrite it with --force.")
        given = read_preferences(preferences, cast(Instances | None, instance and instance.value))
        with closing(session(PimEnvironment.read(), Akeneo(allow_http=allow_http))) as own:
            own.pim.connect()
            lists, failures = read_lists(own.pim, LISTS)
        if failures:
            raise ConnectorError("\n".join(failures))
        made = migrate(given, build_structure(lists))
        write_settings(output, "\n".join(text_of(made)) + "\n")
    except CLEAR as error:
        for sentence in str(error).splitlines():
            typer.echo(one_line(sentence, length=_LENGTH), err=True)
        raise typer.Exit(1) from None
    remarks = sum(map(len, made.remarks.values()))
    typer.echo(
        f"{output} is written from {len(given)} preferences, with {remarks} remarks on what has no equal or goes elsewhere."
    )
    typer.echo("Read them, then run `akeneo-sfcc doctor`.")


_LENGTH = 4_000  # characters of a sentence
