"""`akeneo-sfcc dev`: both sandboxes and the Dagster UI, left running for a person to click in.

Belongs here: starting the UI and telling the addresses. Doesn't: starting the sandboxes (`stack`).
"""

import os
import socket
import sysconfig
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from sandbox import stack

app = typer.Typer(add_completion=False)

# Dagster recommends a command of a package that this project doesn't need: nothing that a person clicking around can act on.
QUIET: Final = {"PYTHONWARNINGS": "ignore:Function `dev_command` is superseded"}


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
        source = stack.catalogue(catalog)
        _is_free(port)
        folder = stack.prepare(var)
        with stack.sandboxes(source, folder) as running:
            for line in addresses(running, port):
                console.print(line, soft_wrap=True)
            console.print("Ctrl-C ends all of them.")
            dagster = Path(sysconfig.get_path("scripts")) / "dagster"
            workspace = stack.REPOSITORY / "workspace.yaml"
            command = [str(dagster), "dev", "-w", str(workspace), "-p", str(port)]
            code = stack.run(command, dict(running.environment) | QUIET, stack.REPOSITORY)
    except stack.StackError as error:
        typer.echo(f"Nothing was left running: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        return
    if code:
        raise typer.Exit(code)


def addresses(running: stack.Stack, port: int) -> list[str]:
    """Where a person finds what, a line each."""
    return [
        f"Storefront   {running.sfcc_url}/s/  (what SFCC has imported, as a shopper sees it)",
        f"Dagster UI   http://127.0.0.1:{port}",
        f"Akeneo PIM   {running.pim_url}  (client, secret, user and password: {stack.CREDENTIAL})",
        f"SFCC         {running.sfcc_url}  (client and secret: {stack.CREDENTIAL})",
        f"Files        {running.var}",
    ]


def _is_free(port: int) -> None:
    """Raises StackError when something listens on the port: Dagster itself would go on without its UI."""
    try:
        # As the UI itself binds: what a UI that has just ended leaves behind is no hindrance.
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise stack.StackError(
            f"port {port} can't be used ({os.strerror(error.errno or 0)}): give another one with --port."
        ) from None
