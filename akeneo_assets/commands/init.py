"""`akeneo-sfcc init`: a commented starter connector.yaml, made from what the PIM has.

Belongs here: asking the person. Doesn't: the file's text (`akeneo_assets.starter`), writing it (`settings_writing`). Needs the
AKENEO_ variables alone.
"""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from akeneo_assets.commands.command_session import session
from akeneo_assets.commands.half_environment import PimEnvironment
from akeneo_assets.commands.schema import SCHEMA_NAME
from akeneo_assets.commands.settings_writing import read_structure, writing
from akeneo_assets.diagnosis.structure_reading import first_page, printed_date, version
from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.mapping.sites import label
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.starter.starter_text import About, starter
from akeneo_assets.starter.storefront_presets import Storefront
from akeneo_assets.structure.pim_structure import Channel, Structure

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def init(
    output: Annotated[Path, typer.Option(help="File to write.")] = Path("connector.yaml"),
    channel: Annotated[str | None, typer.Option(help="The PIM channel to import; needed where there are several.")] = None,
    storefront: Annotated[
        Storefront, typer.Option("--for", help="Switch on what this storefront, or one fed by the official cartridge, expects.")
    ] = Storefront.plain,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Read a PIM on another machine by plain http; the file then says so, too.")
    ] = False,
) -> None:
    """Ask the PIM what it has and write a commented connector.yaml, its JSON Schema beside it. Exit code 1: nothing was written,
    and why."""
    with writing(output, force=force) as write:
        with closing(session(PimEnvironment.read(), Akeneo(allow_http=allow_http))) as own:
            structure, lists = read_structure(own.pim)
            chosen = choose(structure, channel, ask=sys.stdin.isatty())
            pim = about(own.pim, SCHEMA_NAME, allow_http=allow_http)
        write(starter(structure, lists["families"], chosen, pim, storefront))
    typer.echo(f"{output} is written for the channel {shown(chosen.code)}, and {SCHEMA_NAME} beside it for editors.")
    typer.echo("Read its suggestions, set the SFCC_ variables, then run `akeneo-sfcc doctor`.")


def choose(structure: Structure, wanted: str | None, *, ask: bool) -> Channel:
    """The channel of that code, or the only one, or the one that the person at the terminal names (`ask`).

    Raises:
        ConnectorError: there is none such, or several and nobody to ask; the message names them.
    """
    channels = structure.channels
    if not channels:
        raise ConnectorError("The PIM shows no channel: let the connection's role list channels.")
    if wanted is None and len(channels) == 1:
        return _with_locales(next(iter(channels.values())))
    named = ", ".join(
        f"{shown(one.code)} ({shown(label(one.labels, one.code, ('en_US', *one.locales)))})" for one in channels.values()
    )
    if wanted is None and ask:
        wanted = typer.prompt(f"The PIM has the channels {named}. Import which")
    if wanted is None:
        raise ConnectorError(f"The PIM has several channels: choose one with --channel: {named}.")
    channel = channels.get(wanted.casefold())
    if channel is None:
        raise ConnectorError(f"The PIM has no channel '{shown(wanted)}': choose one with --channel: {named}.")
    return _with_locales(channel)


def _with_locales(channel: Channel) -> Channel:
    if not channel.locales:
        raise ConnectorError(f"The PIM's channel '{shown(channel.code)}' has no locale: give it one in the PIM first.")
    return channel


def about(client: PimClient, schema: str, *, allow_http: bool = False) -> About:
    """What the file says of the PIM. Raises PimError."""
    number, edition, _ = version(client)
    products = first_page(client, "products-uuid", {"limit": 1})
    return About(client.host, number, edition, printed_date(products), schema, allow_http=allow_http)
