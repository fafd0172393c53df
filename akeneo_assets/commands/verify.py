"""`akeneo-sfcc verify`: what SFCC has confirmed, held against what its own export says that it has now; with `--all` also what
the PIM said, held against what it says now.

Belongs here: asking for the export, printing, the exit code. Doesn't: the comparisons (`akeneo_assets.loads.drift`, `pim_drift`).
"""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Final

import orjson
import pandas as pd
import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from akeneo_assets.commands.terminal import terminal
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads import drift, lock
from akeneo_assets.loads.drift import Drift
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.list_reading import structure_of
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.pim_drift import PimDrift, pim_drifts
from akeneo_assets.loads.window import last_successful
from akeneo_assets.mapping.emptied import handed_over
from akeneo_assets.resources import CLEAR, Session
from akeneo_assets.settings.environment import load_env_file
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_SHOWN: Final = 40
_TEXT: Final = 40  # characters of a value that the table shows
_COLUMNS: Final = ("type", "container", "id", "field", "sent", "held", "load")


@app.command()
def verify(
    sfcc: Annotated[bool, typer.Option("--sfcc", help="Hold the ledger against SFCC's own export.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="As --sfcc; and read the whole PIM, and hold it against what the last load knows.")
    ] = False,
    mend: Annotated[bool, typer.Option("--mend", help="Have the next load send again what differs.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write all that differs to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that differs as JSON.")] = False,
) -> None:
    """Find what SFCC no longer holds as it has confirmed it, or the PIM says otherwise. Exit code 1 where something differs."""
    if not sfcc and not everything:
        raise typer.BadParameter("say what to verify: --sfcc or --all.")
    load_env_file()
    try:
        with closing(Session()) as session:
            of_pim = _of_pim(session) if everything else []
            drifts = _found(session, mend=mend)
        if csv is not None:
            pd.DataFrame(drifts, columns=list(_COLUMNS)).to_csv(csv, index=False)
    except (*CLEAR, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"A file can't be written ({error.strerror}): {error.filename}. Make room, or give another place.", err=True)
        raise typer.Exit(1) from None
    if as_json:
        told = [{name: entry[name] for name in _COLUMNS} for entry in drifts]
        document = {"ok": not drifts and not of_pim, "differing": told} | ({"pim": of_pim} if everything else {})
        typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    else:
        if everything:
            _print_of_pim(of_pim)
        _print(drifts, mend=mend)
    raise typer.Exit(1 if drifts or of_pim else 0)


def _of_pim(session: Session) -> list[PimDrift]:
    """What the PIM says otherwise than the last successful load knows. No load of products runs meanwhile.

    Raises:
        ConnectorError: no load has succeeded yet, or one runs.
        PimError: the PIM can't be read.
    """
    store, holder = session.store, "akeneo-sfcc verify"
    path = store.lock("product_load")
    lock.acquire(path, holder)
    try:
        last = last_successful(store)
        if last is None:
            raise ConnectorError("Nothing was compared: no load has succeeded yet; run job 3-2 first (akeneo-sfcc run 3-2).")
        structure = structure_of(Package.of_load(store, last.key))
        with tempfile.TemporaryDirectory(prefix="verify-", dir=store.root) as folder:
            return pim_drifts(session.pim, Mirror.of(store, last), session.reading, structure, Path(folder))
    finally:
        lock.release(path, holder)


def _found(session: Session, *, mend: bool) -> list[Drift]:
    """What differs; with `mend`, the next load sends it. No import sends anything meanwhile.

    Raises:
        ConnectorError: the store is another instance's, or has sent nothing yet; an import goes on sending for too long.
        SfccError: SFCC gives no export.
        ValueError: an archive can't be read.
    """
    settings, store, ledger = session.settings, session.store, Ledger(session.store)
    if stranger := ledger.stranger(session.ends):
        raise ConnectorError(f"Nothing was compared: {stranger}")

    def tell(text: str) -> None:
        typer.echo(text, err=True)

    with lock.held(store.lock("sending"), "akeneo-sfcc verify", settings.delivery.busy_minutes * 60, tell):
        units = drift.units_to_compare(ledger)
        if not units:
            raise ConnectorError("Nothing was compared: SFCC has confirmed nothing of this store yet; run a load first.")
        with tempfile.TemporaryDirectory(prefix="verify-", dir=store.root) as folder:
            exported = session.export(units, Path(folder), tell=tell)
            drifts = drift.drifted(ledger, exported, handed_over(settings))
        if mend:
            drift.mend(ledger, drifts)
    return drifts


def _print_of_pim(drifts: Sequence[PimDrift]) -> None:
    console = terminal()
    if not drifts:
        console.print("The PIM says what the last load knows.")
        return
    lines = (
        (e["owner"].replace("_", " "), e["code"] or e["key"], e["how"], e["known"] or "", e["now"] or "") for e in drifts[:_SHOWN]
    )
    console.print(_table(("type", "code", "how", "known of", "now of"), lines))
    rest = f" ({_SHOWN} shown; --json prints all)" if len(drifts) > _SHOWN else ""
    console.print(
        f"{len(drifts):,} products and models differ in the PIM{rest}: the next differential load reads what is new, edited or "
        "not listed; what is otherwise without a newer time needs a full load.",
        soft_wrap=True,
    )


def _print(drifts: Sequence[Drift], *, mend: bool) -> None:
    console = terminal()
    if not drifts:
        console.print("SFCC holds all that it has confirmed, as it was sent.")
        return
    lines = (
        (e["type"], f"{e['id']} in {e['container']}", e["field"] or "(all of it)", e["sent"] or "nothing", e["held"] or "nothing")
        for e in drifts[:_SHOWN]
    )
    console.print(_table(("type", "object", "field", "sent", "SFCC has"), lines))
    objects = len({entry["key"] for entry in drifts})
    rest = f" ({_SHOWN} of {len(drifts):,} lines shown; --csv FILE writes all)" if len(drifts) > _SHOWN else ""
    console.print(f"{objects:,} objects differ{rest}.", soft_wrap=True)
    advice = "The next load sends them again." if mend else "With --mend, the next load sends them again."
    console.print(advice)


def _table(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> Table:
    """A table of short texts."""
    table = Table(*columns, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for line in lines:
        table.add_row(*(escape(one_line(text, length=_TEXT)) for text in line))
    return table
