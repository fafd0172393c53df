"""Putting a PIM together: pick the catalogue's loader, open the store, serve."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from types import FrameType

import uvicorn

from sandbox.pim import csv_catalogue, generated_catalogue, jsonl_catalogue
from sandbox.pim.api_shared import Pim
from sandbox.pim.catalogue_loading import LoadError, open_store
from sandbox.pim.fault_switch import FaultSwitch
from sandbox.pim.pim_server import App, Options, listen, make_server

DEMO = Path(__file__).parent.parent / "catalogs" / "demo"


def open_pim(catalog: str, state: Path, timezone: str = "UTC") -> Pim:
    """The PIM of a catalogue: `demo`, `generated:N`, or a folder. Raises LoadError."""
    if catalog.startswith("generated:"):
        number = catalog.removeprefix("generated:")
        if not number.isdecimal() or int(number) < 1:
            raise LoadError(f"--catalog {catalog}: give the number of products, as in generated:25000.")
        return Pim(open_store(state, timezone, partial(generated_catalogue.fill, count=int(number))))
    folder = DEMO if catalog == "demo" else Path(catalog)
    if not folder.is_dir():
        raise LoadError(f"--catalog {catalog}: there is no such folder; give one, demo or generated:N.")
    fill = csv_catalogue.fill if (folder / "products.csv").is_file() else jsonl_catalogue.fill
    return Pim(open_store(state, timezone, partial(fill, folder=folder)))


def run(catalog: str, state: Path, port: int, timezone: str, options: Options) -> None:
    """Serve on loopback until SIGTERM; says on standard output when it is ready."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    pim = open_pim(catalog, state, timezone)
    with listen(port) as listener:
        app = App(pim, options)
        server = make_server(FaultSwitch(app, options.faults))
        count = pim.store.connection.execute("SELECT count(*) FROM product").fetchone()[0]
        sys.stdout.write(f"Akeneo PIM ready at http://127.0.0.1:{listener.getsockname()[1]} with {count} products\n")
        sys.stdout.flush()
        try:
            server.run(sockets=[listener])
        finally:
            app.close()


def _stop(_: int, __: FrameType | None) -> None:
    """Leave by the ordinary way out, so that files are closed and temporary ones removed."""
    raise SystemExit(0)


@contextlib.contextmanager
def running(pim: Pim, options: Options | None = None) -> Iterator[str]:
    """Serve in a thread of this process for the time of the block; gives the address. For tests."""
    with listen(0) as listener:
        options = options or Options()
        app = App(pim, options)
        server: uvicorn.Server = make_server(FaultSwitch(app, options.faults))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            app.close()
