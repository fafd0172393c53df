"""The command `akeneo-sfcc sandbox sfcc`: its options only. Imports the server when it runs."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer


def sfcc(
    root: Annotated[Path, typer.Option(help="Folder of the instance's state; made if missing, kept for the next start.")],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one, told in the ready line.")] = 0,
    tls: Annotated[
        bool, typer.Option("--tls", help="HTTPS with a certificate of the instance's own CA (told in the ready line).")
    ] = False,
    client_id: Annotated[str, typer.Option(help="API client that may ask for tokens.")] = "sandbox",
    client_secret: Annotated[str, typer.Option(help="Its secret.")] = "sandbox",
    xsd_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="SFCC_XSD_DIR", help="Folder of SFCC's XSDs: with it, every feed is validated.", exists=True, file_okay=False
        ),
    ] = None,
    locales: Annotated[
        str | None, typer.Option(help="Locales of the instance, comma-separated, instead of those in instance.json.")
    ] = None,
    import_delay_ms: Annotated[
        int, typer.Option(min=0, help="Wait this long before each job's work, as a slow instance does.")
    ] = 0,
    token_seconds: Annotated[int, typer.Option(min=1, help="How long an access token is good for.")] = 1799,
    upload_limit_bytes: Annotated[int, typer.Option(min=1, help="Largest WebDAV upload; SFCC's is 500 MiB.")] = 500 * 1024 * 1024,
    log_wording: Annotated[
        Literal["public", "help", "assumed", "mix"],  # import_log_writer.Form, which only the running server imports
        typer.Option(help="How the log words data errors and warnings; `mix` takes the three forms in turn, line by line."),
    ] = "mix",
    log_wording_file: Annotated[
        Path | None, typer.Option(help="JSON file with entries to replace in the log's wording.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """An SFCC instance: tokens, WebDAV, jobs, imports by SFCC's own rules."""
    from sandbox.sfcc.import_log_writer import REPLACEABLE  # noqa: PLC0415
    from sandbox.sfcc.instance_server import serve  # noqa: PLC0415
    from sandbox.sfcc.instance_settings import Settings  # noqa: PLC0415

    wording = json.loads(log_wording_file.read_text(encoding="utf-8")) if log_wording_file else {}
    unknown = sorted(set(wording) - REPLACEABLE)
    if unknown:
        raise typer.BadParameter(f"{log_wording_file} has unknown entries {unknown}; known are {sorted(REPLACEABLE)}")
    root.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        root=root.resolve(),
        client_id=client_id,
        client_secret=client_secret,
        xsd_dir=xsd_dir,
        locales=tuple(part.strip() for part in locales.split(",")) if locales else None,
        import_delay_ms=import_delay_ms,
        token_seconds=token_seconds,
        upload_limit_bytes=upload_limit_bytes,
        log_wording=log_wording,
        wording=wording,
    )
    serve(settings, port, tls)
