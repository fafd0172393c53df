"""`akeneo-sfcc adopt`: go on with an instance that others filled first, or whose ledger is lost.

Belongs here: mapping the catalogue without sending it, asking SFCC for its export, printing. Doesn't: what is entered into the
ledger (`akeneo_assets.loads.adoption`).
"""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from akeneo_assets.commands.run import execute, run_config
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.errors import ConnectorError
from akeneo_assets.job_names import FULL
from akeneo_assets.loads import lock, sentinel
from akeneo_assets.loads.adoption import Adopted, Adoption, Place
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import new_key
from akeneo_assets.resources import CLEAR, Session
from akeneo_assets.run_failures import failures_in
from akeneo_assets.settings.environment import load_env_file
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_SENDING: Final = ("sfcc/retired", "sfcc/product_feeds", "sfcc/product_import", "sfcc/readiness")
"""The assets of job 3-2 that compare with the ledger, send, and judge what was sent."""

_SHOWN: Final = 20


@app.command()
def adopt(
    retire: Annotated[
        bool, typer.Option("--retire", help="Have the next load retire what the connector left behind, too.")
    ] = False,
) -> None:
    """Enter into an empty ledger what SFCC has of the PIM's objects. Sends nothing: the next load does."""
    load_env_file()
    try:
        with closing(Session()) as session:
            key = new_key("full", datetime.now(UTC))
            adopted = _adopted(session, key, retire=retire)
    except (*CLEAR, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _print(terminal(), adopted, key, retire=retire)


def _adopted(session: Session, key: str, *, retire: bool) -> Adopted:
    """Map the catalogue as the load `key`, and enter into the ledger what SFCC has of it.

    Raises:
        ConnectorError: the ledger isn't empty; the catalogue can't be mapped; an import goes on sending for too long.
        SfccError: SFCC gives no export.
        ValueError: the export can't be read.
    """
    settings, store, ledger = session.settings, session.store, Ledger(session.store)
    _refuse_filled(ledger)
    if mark := sentinel.seen(session.delivery, settings.organization.master_catalog):
        ledger.undo(0, {}, mark.ledger)  # that of the lost ledger: without this every job would stop at it
    result = execute(FULL, key, run_config(""), without=_SENDING)
    if not result.success:
        raise ConnectorError(" ".join(("Nothing was adopted:", *failures_in(result.all_events))))
    adoption = Adoption(Package.of_load(store, key), settings.attributes.id_prefix)

    def tell(text: str) -> None:
        typer.echo(text, err=True)

    with (
        lock.held(store.lock("sending"), "akeneo-sfcc adopt", settings.delivery.busy_minutes * 60, tell),
        tempfile.TemporaryDirectory(prefix="adopt-", dir=store.root) as folder,
    ):
        _refuse_filled(ledger)  # an import may have sent meanwhile
        exported = session.export(adoption.units(), Path(folder), tell=tell)
        return adoption.adopt(exported, retire=retire)


def _refuse_filled(ledger: Ledger) -> None:
    if ledger.last:
        raise ConnectorError(
            f"Nothing was adopted: the store {ledger.store.root} knows already what it has sent to SFCC; name an empty store in "
            "CONNECTOR_STORE, or use akeneo-sfcc verify --sfcc."
        )


def _print(console: Console, adopted: Adopted, key: str, *, retire: bool) -> None:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in adopted.entered.items())
    console.print(f"Adopted {counts or 'nothing: SFCC has none of what the PIM exports'}.", soft_wrap=True)
    if adopted.left_behind:
        verdict = "The next load retires" if retire else "Not adopted (--retire: the next load retires)"
        console.print(f"{verdict} what the connector once made and the PIM doesn't export:", soft_wrap=True)
        console.print(*_lines(adopted.left_behind), sep="\n", soft_wrap=True)
    console.print(
        f"The next load sends everything: run jobs 1 and 2, then 3-2 (akeneo-sfcc run 3-2 --load {key} takes what is mapped).",
        soft_wrap=True,
    )


def _lines(places: Sequence[Place]) -> list[str]:
    lines = [f"  {escape(one_line(f'{kind} {id_} in {container}', length=200))}" for container, kind, id_ in places[:_SHOWN]]
    return [*lines, f"  and {len(places) - _SHOWN:,} more"] if len(places) > _SHOWN else lines
