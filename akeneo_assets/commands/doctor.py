"""`akeneo-sfcc doctor`: both ends and this machine examined, one line a check, with what to do.

Belongs here: the order of the checks, printing, the exit code. Doesn't: the checks (`akeneo_assets.diagnosis`).
"""

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer
from rich.text import Text

from akeneo_assets.commands.command_session import session
from akeneo_assets.commands.dagster_home import examine_home
from akeneo_assets.commands.half_environment import HereEnvironment, PimEnvironment, SfccEnvironment
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.diagnosis import pim_findings, quota_findings, sfcc_findings, store_findings
from akeneo_assets.diagnosis.finding import Finding, Verdict, lines
from akeneo_assets.errors import SettingsError
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.mapping.sites import Sites, resolve
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.connector import ConnectorSettings, load
from akeneo_assets.settings.environment import Environment, load_env_file
from akeneo_assets.store import Store
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccError

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_STYLES: Final[dict[Verdict, str]] = {"ok": "green", "warning": "yellow", "problem": "bold red", "unknown": "cyan"}
_RETRIES: Final = 1  # a person waits


@app.command()
def doctor(
    export: Annotated[
        bool, typer.Option("--export", help="Start SFCC exports to learn locales, currencies, view types.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Examine both ends and this machine, and say what to do. Exit code 1 if a load would fail or go wrong."""
    findings = []
    console = terminal()
    for finding in map(Finding.readable, examine(export=export)):
        findings.append(finding)
        if not as_json:
            console.print(_line(finding), soft_wrap=True)
    ok = all(finding.verdict != "problem" for finding in findings)
    if as_json:
        report = {"ok": ok, "findings": [asdict(finding) for finding in findings]}
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    raise typer.Exit(0 if ok else 1)


def examine(*, export: bool) -> Iterator[Finding]:
    """All findings, as they come. What is missing stops only the checks that need it."""
    whole, missing = _read(Environment)
    told = missing or f"All variables are set. {Environment.origins()}"
    yield from lines("here", "environment", "problem" if missing else "ok", told)
    here = whole or _read(HereEnvironment)[0]
    if here is None:  # the .env file can't be read
        return
    load_env_file()
    for_pim, for_sfcc = whole or _read(PimEnvironment)[0], whole or _read(SfccEnvironment)[0]
    settings = yield from _settings(here.connector_config)
    structure = (yield from _pim(for_pim, settings)) if for_pim else None
    sites = resolve(settings, structure) if settings and structure and not validate(settings, structure) else None
    if for_sfcc:
        yield from _sfcc(for_sfcc, settings, sites, export=export)
    if sites and structure:
        yield from quota_findings.of_categories(structure, sites)
    files = Store(here.connector_store)
    yield from store_findings.examine(files, _ends(whole, settings) if whole and settings else {})
    yield examine_home(os.environ)
    if files.root.is_dir():
        if settings and structure:
            yield from store_findings.vanished_codes(files, settings, structure)
        if sites and settings and structure:
            yield from store_findings.price_books(files, settings, structure)
        yield from quota_findings.of_store(files)


def _ends(environment: Environment, settings: ConnectorSettings) -> dict[str, str]:
    """What the store should belong to, if both addresses are good (the other checks say so where they aren't)."""
    try:
        with closing(session(environment, settings.akeneo)) as own:
            return own.ends
    except (PimError, SfccError):
        return {}


def _read(environment: type[Environment]) -> tuple[Environment | None, str]:
    """The environment, or None and what it lacks."""
    try:
        return environment.read(), ""
    except SettingsError as error:
        return None, str(error)


def _settings(path: Path) -> Generator[Finding, None, ConnectorSettings | None]:
    try:
        settings = load(path)
    except SettingsError as error:
        yield from lines("here", "connector.yaml", "problem", error)
        return None
    yield Finding("here", "connector.yaml", "ok", f"{path.absolute()} is valid.")
    return settings


def _pim(environment: Environment, settings: ConnectorSettings | None) -> Generator[Finding, None, Structure | None]:
    try:
        with closing(session(environment, settings.akeneo if settings else Akeneo())) as own:
            return (yield from pim_findings.examine(own.pim, settings))
    except PimError as error:  # an address that is none
        yield Finding("PIM", "address", "problem", str(error))
        return None


def _sfcc(
    environment: Environment, settings: ConnectorSettings | None, sites: Sites | None, *, export: bool
) -> Iterator[Finding]:
    try:
        with closing(session(environment)) as own, Client(replace(own.sfcc.instance, retries=_RETRIES)) as client:
            usable = True
            for finding in sfcc_findings.examine(client, settings):
                usable = usable and finding.verdict != "problem"
                yield finding
            if usable and (settings is None or not export):
                yield sfcc_findings.without_export()
            elif usable and settings is not None:
                yield from sfcc_findings.examine_exports(client, settings, sites)
    except SfccError as error:  # an address that is none
        yield Finding("SFCC", "address", "problem", str(error))


def _line(finding: Finding) -> Text:
    advice = f" -> {finding.advice}" if finding.advice else ""
    return Text.assemble(
        (f"{finding.verdict:<8}", _STYLES[finding.verdict]),
        f"{finding.area}, {finding.check}: {finding.sentence}",
        (advice, "bold"),
    )
