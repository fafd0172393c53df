"""`akeneo-sfcc events --port`: receives the PIM's events, so that a change starts 3-1 within a minute or so.

Belongs here: reading the environment, starting the server, the log's form. Doesn't: receiving (`akeneo_assets.events`).
"""

import logging
import socket
import sys
from typing import Annotated, NoReturn

import typer
from filelock import FileLock, Timeout

from akeneo_assets.commands.half_environment import HereEnvironment
from akeneo_assets.errors import SettingsError
from akeneo_assets.events.event_receiver import EventReceiver, event_server
from akeneo_assets.settings.environment import Environment
from akeneo_assets.store import Store

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def events(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0: any that is free")],
    host: Annotated[str, typer.Option(help="The address to listen on, for a reverse proxy that speaks https")] = "127.0.0.1",
) -> None:
    """Receive the PIM's events until ended: they wake the sensor pim_changes."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s  %(message)s")
    environment = _environment()
    secret, store = environment.akeneo_events_secret, Store(environment.connector_store)
    if secret is None:
        _end("Missing in the environment: AKENEO_EVENTS_SECRET, the secret of the PIM's event subscription.")
    try:
        store.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(store.lock("events"), timeout=0), _listening(host, port) as listener:
            receiver = EventReceiver(secret.get_secret_value(), store.events)
            address, port, *_ = listener.getsockname()
            typer.echo(f"Listening on http://{address}:{port} for events of the PIM; they wake the sensor pim_changes.")
            event_server(receiver).run([listener])
    except Timeout:
        _end(f"Another akeneo-sfcc events works on the store {store.root} already: end it first, or name another store.")
    except OSError as error:
        why = error.strerror or error
        _end(f"Events can't be received ({why}): choose another --port or --host, or let this user write the store.")


def _environment() -> Environment:
    try:
        return HereEnvironment.read()
    except SettingsError as error:
        _end(str(error))


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _end(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
