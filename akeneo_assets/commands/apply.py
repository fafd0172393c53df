"""`akeneo-sfcc apply PLAN`: sends what a plan says, while it is still so.

Belongs here: starting the load. Doesn't: comparing it with its plan (`akeneo_assets.loads.plan_difference`).
"""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from akeneo_assets.commands.run import console, run_config, run_job
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.job_names import KINDS, NUMBERS
from akeneo_assets.loads.partitions import new_key
from akeneo_assets.loads.plan_difference import plan_to_apply
from akeneo_assets.settings.environment import Environment, load_env_file
from akeneo_assets.store import Store

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def apply(
    plan: Annotated[str, typer.Argument(help="Name of the plan, as akeneo-sfcc plan has printed it")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Send also where the difference isn't the plan's any more")] = False,
) -> None:
    """Send what a plan says, if that is still the same. Exit code 0 only if SFCC took everything."""
    try:
        load_env_file()
        kind = plan_to_apply(Store(Environment.read().connector_store), plan).kind
    except (ConnectorError, SettingsError) as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None
    number = next(number for number, name in NUMBERS.items() if KINDS.get(name) == kind)
    run_job(number, new_key(kind or "full", datetime.now(UTC)), run_config(apply=plan, anyway=anyway))
