"""`akeneo-sfcc init`: a commented starter connector.yaml, made from what the PIM has.

Belongs here: asking the PIM and the person, writing the file. Doesn't: its text (`akeneo_assets.starter`). Needs the AKENEO_
variables alone.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from akeneo_assets import starter
from akeneo_assets.commands.half_environment import PimEnvironment, session
from akeneo_assets.commands.schema import SCHEMA_NAME, schema_text
from akeneo_assets.errors import ConnectorError
from akeneo_assets.mapping.sites import label
from akeneo_assets.pim.clock import printed_moment
from akeneo_assets.pim.paging import items
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.resources import CLEAR
from akeneo_assets.structure import pim_lists
from akeneo_assets.structure.pim_structure import Channel, Structure

app = typer.Typer(add_completion=False)

Lists = dict[str, list[dict[str, Any]]]


@app.command()
def init(
    output: Annotated[Path, typer.Option(help="File to write.")] = Path("connector.yaml"),
    channel: Annotated[str | None, typer.Option(help="The PIM channel to import; needed where there are several.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Ask the PIM what it has and write a commented connector.yaml, its JSON Schema beside it."""
    try:
        if output.exists() and not force:
            raise ConnectorError(f"{output} is there already: give another file with --output, or overwrite it with --force.")
        with closing(session(PimEnvironment.read())) as own:
            own.pim.connect()
            lists = read_lists(own.pim, starter.LISTS)
            chosen = choose(lists, channel, ask=sys.stdin.isatty())
            text = starter.starter(lists, chosen, about(own.pim, SCHEMA_NAME))
        _write(output, text)
        _write(output.with_name(SCHEMA_NAME), schema_text())
    except CLEAR as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{output} is written for the channel {chosen.code}, and {SCHEMA_NAME} beside it for editors.")
    typer.echo("Read its suggestions, set the SFCC_ variables, then run `akeneo-sfcc doctor`.")


def read_lists(client: PimClient, names: Sequence[str]) -> Lists:
    """These lists of the PIM, whole. Raises PimError."""
    read: Lists = {}
    for pim_list in pim_lists.PIM_LISTS:
        if pim_list.name in names:
            read[pim_list.name] = list(pim_list.read(client, read.__getitem__) or ())
    return read


def choose(lists: Mapping[str, Sequence[Mapping[str, Any]]], wanted: str | None, *, ask: bool) -> Channel:
    """The channel of that code, or the only one, or the one that the person at the terminal names (`ask`).

    Raises:
        ConnectorError: there is none such, or several and nobody to ask; the message names them.
    """
    channels = Structure.build(channels=lists["channels"], attributes=()).channels
    if not channels:
        raise ConnectorError("The PIM shows no channel: let the connection's role list channels.")
    if wanted is None and len(channels) == 1:
        return next(iter(channels.values()))
    named = ", ".join(f"{c.code} ({label(c.labels, c.code, ('en_US', *c.locales))})" for c in channels.values())
    if wanted is None and ask:
        wanted = typer.prompt(f"The PIM has the channels {named}. Import which")
    if wanted is None:
        raise ConnectorError(f"The PIM has several channels: choose one with --channel: {named}.")
    found = channels.get(wanted.casefold())
    if found is None:
        raise ConnectorError(f"The PIM has no channel '{wanted}': choose one with --channel: {named}.")
    if not found.locales:
        raise ConnectorError(f"The PIM's channel '{found.code}' has no locale: give it one in the PIM first.")
    return found


def about(client: PimClient, schema: str) -> starter.About:
    """What the file says of the PIM. Raises PimError."""
    info = client.get("system-information")
    version, edition = client.readable(info["version"]), client.readable(info["edition"])
    return starter.About(client.host, version, edition, printed_date(client), schema)


def printed_date(client: PimClient) -> datetime | None:
    """A date as the PIM prints it, with its server's offset; None when it has no product. Raises PimError."""
    products = items(client.get("products-uuid", {"limit": 1}))
    return printed_moment(products[0]) if products else None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConnectorError(f"{path} can't be written ({error.strerror}): give another file with --output.") from error
