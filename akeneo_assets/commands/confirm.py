"""`akeneo-sfcc confirm LOAD`: what an import was stopped for or holds back, shown, and confirmed to be gone.

Belongs here: showing and asking. Doesn't: what is held back (`akeneo_assets.loads.guard`), keeping confirmations
(`akeneo_assets.loads.confirmations`).
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape

from akeneo_assets.commands.terminal import terminal
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.loads.confirmations import confirm as confirm_absences
from akeneo_assets.loads.confirmations import held_back
from akeneo_assets.settings.environment import Environment, load_env_file
from akeneo_assets.store import Store

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
console = terminal()

_SHOWN = 20


@app.command()
def confirm(
    load: Annotated[str, typer.Argument(help="Name of the load that stopped or held something back")],
    only: Annotated[str, typer.Option(help="Only what matches, as type/id/path: 'product/*', '*/display-name/fr-FR'")] = "*",
    csv: Annotated[Path | None, typer.Option(help="Write what is held back to this file and confirm nothing")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show what is held back and confirm nothing")] = False,
) -> None:
    """Confirm that what the PIM lacks is gone: the next load takes it out of the shop."""
    try:
        load_env_file()
        store = Store(Environment.read().connector_store)
        held = held_back(store, load, only)
        if csv is not None:
            pd.DataFrame(held).to_csv(csv, index=False)
            console.print(f"Wrote {len(held):,} absences to {escape(str(csv))}.")
        elif show:
            for absence in held[:_SHOWN]:
                console.print(escape("  ".join(filter(None, (absence["type"], absence["id"], absence["path"])))), soft_wrap=True)
            console.print(f"{len(held):,} absences in all." if held else "Nothing is held back.")
        else:
            count = confirm_absences(store, load, only)
            console.print(
                f"Confirmed {count:,} absences of the import '{escape(load)}': the next load takes them out of the shop."
            )
    except (ConnectorError, SettingsError) as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None
    except OSError as error:
        console.print(f"[red]{escape(str(csv))} can't be written ({error.strerror}): give another file with --csv.[/red]")
        raise typer.Exit(1) from None
