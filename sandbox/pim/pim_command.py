"""The command `sandbox pim`. Import-light: the server is imported when it runs."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer


def pim(
    catalog: Annotated[str, typer.Option(help="A folder (Akeneo CSV export or JSON lines), demo, or generated:N.")] = "demo",
    port: Annotated[int, typer.Option(help="0 = a free one.")] = 8080,
    latency_ms: Annotated[int, typer.Option(help="Each answer takes at least this long.")] = 0,
    state: Annotated[Path | None, typer.Option(help="SQLite file to keep; used as it is when it holds a catalogue.")] = None,
    client_id: str = "sandbox",
    secret: str = "sandbox",
    username: str = "sandbox",
    password: str = "sandbox",
    timezone: Annotated[str, typer.Option(help="The PIM server's time zone.")] = "UTC",
    token_seconds: Annotated[int, typer.Option(help="How long an access token lives.")] = 3600,
    limits: Annotated[bool, typer.Option(help="Rate limits: 4 calls at once a connection, 100 a second.")] = True,
    faults: Annotated[Path | None, typer.Option(help="JSON file: how to misbehave from the start (docs/demo.md).")] = None,
    gzip: Annotated[bool, typer.Option(help="Compress answers for clients that accept it.")] = True,
) -> None:
    """An Akeneo PIM."""
    from sandbox.pim.catalogue_loading import LoadError  # noqa: PLC0415 - the command line stays light
    from sandbox.pim.issued_tokens import Credentials  # noqa: PLC0415
    from sandbox.pim.pim_faults import FaultsError, read_faults  # noqa: PLC0415
    from sandbox.pim.pim_server import Options  # noqa: PLC0415
    from sandbox.pim.pim_start import run  # noqa: PLC0415

    try:
        planned = () if faults is None else read_faults(faults.read_bytes())
    except (OSError, FaultsError) as wrong:
        raise SystemExit(f"--faults {faults}: {wrong}") from wrong
    options = Options(
        credentials=Credentials(client_id, secret, username, password),
        latency=latency_ms / 1000,
        limits=limits,
        gzip=gzip,
        token_seconds=token_seconds,
        faults=planned,
    )
    try:
        if state is not None:
            run(catalog, state, port, timezone, options)
        else:
            with tempfile.TemporaryDirectory(prefix="pim-") as folder:
                run(catalog, Path(folder) / "pim.sqlite", port, timezone, options)
    except LoadError as wrong:
        raise SystemExit(str(wrong)) from wrong
