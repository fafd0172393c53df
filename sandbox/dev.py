"""`akeneo-sfcc dev`: both sandboxes and the Dagster UI, left running for a person to click in.

Belongs here: starting the UI and telling the addresses. Doesn't: starting the sandboxes (`stack`).
"""

import sysconfig
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sandbox import stack

app = typer.Typer(add_completion=False)


@app.command()
def dev(
    catalog: Annotated[str, typer.Option(help="An Akeneo CSV export's folder, `demo` or `generated:N`.")] = "demo",
    var: Annotated[Path, typer.Option(help="Where everything is kept; emptied at the start.")] = Path("var/dev"),
    port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
) -> None:
    """Starts both sandboxes and the Dagster UI with daemon, until Ctrl-C."""
    stack.leave_on_sigterm()
    console = Console()
    try:
        source, folder = stack.catalogue(catalog), stack.prepare(var)
        with stack.sandboxes(source, folder) as running:
            console.print(f"Dagster UI   http://127.0.0.1:{port}")
            console.print(
                f"Akeneo PIM   {running.pim_url}  (client, secret, user and password: {stack.CREDENTIAL})", soft_wrap=True
            )
            console.print(f"SFCC         {running.sfcc_url}  (client and secret: {stack.CREDENTIAL})")
            console.print(f"Files        {folder}", soft_wrap=True)
            console.print("Ctrl-C ends all of them.")
            dagster = Path(sysconfig.get_path("scripts")) / "dagster"
            workspace = stack.REPOSITORY / "workspace.yaml"
            code = stack.run([str(dagster), "dev", "-w", str(workspace), "-p", str(port)], running.environment, stack.REPOSITORY)
    except stack.StackError as error:
        typer.echo(f"Nothing was left running: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        return
    if code:
        raise typer.Exit(code)
