"""`akeneo-sfcc run 1|2|3-1|3-2`: one job in this process, for cron and shells; the run shows in the Dagster UI like any other.

Belongs here: starting a job, printing what it says, the exit code. Doesn't: anything that a job does.
"""

import os
import time
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import dagster as dg
import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from akeneo_assets import run_locks
from akeneo_assets.commands.dagster_home import open_instance
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.definitions import build
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.job_names import KINDS, NUMBERS, STRUCTURE_FOLDERS
from akeneo_assets.loads.answers import COUNTS
from akeneo_assets.loads.load_names import load_name_problem
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import KIND_TAG, PRODUCT_LOADS, new_key
from akeneo_assets.loads.sending import summary
from akeneo_assets.progress import PROGRESS
from akeneo_assets.resources import Session
from akeneo_assets.run_failures import failures_in
from akeneo_assets.settings.environment import Environment, load_env_file
from akeneo_assets.store import Store, write_json
from akeneo_assets.waiting import beside, named

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
console = terminal()


@app.command()
def run(
    job: Annotated[
        str, typer.Argument(help="1 (attributes), 2 (media, price books), 3-1 (differential products) or 3-2 (all products)")
    ],
    load: Annotated[
        str | None, typer.Option(help="Name of the load (3-1, 3-2): a new one, or that of a failed load to go on with")
    ] = None,
    confirm: Annotated[
        str,
        typer.Option(help="Name of an import that stopped or held something back: confirm that what the PIM lacked is gone"),
    ] = "",
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Go on although another connector, or a replication, wrote to the SFCC instance")
    ] = False,
    summary_file: Annotated[Path | None, typer.Option("--summary", help="Write what was imported to this file, as JSON")] = None,
) -> None:
    """Run one job now. Exit code 0 only if SFCC took everything."""
    if job not in NUMBERS:
        raise typer.BadParameter(f"'{job}' is no job; choose one of {', '.join(NUMBERS)}.")
    kind = KINDS.get(NUMBERS[job])
    key = (load or new_key(kind, datetime.now(UTC))) if kind else None
    if key and (problem := load_name_problem(key)):
        raise typer.BadParameter(problem)
    run_job(job, key, run_config(confirm, take_over=take_over), summary_file)


def run_job(job: str, key: str | None, config: dict[str, Any], summary_file: Path | None = None) -> None:
    """Run the job of this number, tell what it imported, and exit."""
    started = time.monotonic()
    result = execute(NUMBERS[job], key, config)
    failures = failures_in(result.all_events)
    for failure in failures:
        console.print(f"[red]{escape(failure)}[/red]", soft_wrap=True)
    found = summary(package_of(Store(Environment.read().connector_store), result.dagster_run, key)) if result.success else None
    ok = result.success and not failures and found is not None and found.get("ok", False)
    seconds = time.monotonic() - started
    if found:
        console.print(_table(job, key, found))
        console.print(f"XML: {found['folder']}/xml   Parquet: {found['folder']}   {seconds:,.1f} s", soft_wrap=True)
    if summary_file:
        write_json(summary_file, {"job": job, "load": key, "seconds": round(seconds, 1), **(found or {}), "ok": ok})
    raise typer.Exit(0 if ok else 1)


def execute(name: str, key: str | None, config: dict[str, Any], *, without: Sequence[str] = ()) -> dg.ExecuteInProcessResult:
    """Run a job in this process, of this partition, `without` some of its assets. Exits with a sentence where it can't begin."""
    try:
        load_env_file()
        opened = open_instance(os.environ)
    except (ConnectorError, SettingsError) as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None
    run_id = str(uuid.uuid4())
    with opened as instance, _at_work(run_id, instance):
        if said := said_beside(instance, name):
            console.print(escape(said), soft_wrap=True)
        if key:
            instance.add_dynamic_partitions(PRODUCT_LOADS.name or "", [key])
        resolved = build().resolve_job_def(name)
        left_out = {dg.AssetKey.from_user_string(asset) for asset in without}
        return resolved.execute_in_process(
            instance=instance,
            partition_key=key,
            asset_selection=sorted(resolved.asset_layer.selected_asset_keys - left_out) if without else None,
            raise_on_error=False,
            run_config=config,
            run_id=run_id,
        )


def said_beside(instance: dg.DagsterInstance, name: str) -> str | None:
    """What to tell at once of the import that works already. None: there is none; or both are loads, of which the second one is
    refused and tells that itself."""
    other = beside(instance, name)
    if other is None or (name in KINDS and KIND_TAG in other.tags):
        return None
    return f"{named(other)} works now: this import reads beside it, and sends once that one doesn't."


def _at_work(run_id: str, instance: dg.DagsterInstance) -> AbstractContextManager[None]:
    """Hold the run's lock from before Dagster knows the run until it has ended, after ending the runs of processes that died.
    Where the store can't be used, the run's first step says why."""
    try:
        store = Session().store
        run_locks.end_dead_runs(instance, store)
        return run_locks.at_work(store, run_id)
    except (ConnectorError, SettingsError, OSError):
        return nullcontext()


def run_config(confirm: str = "", *, take_over: bool = False, **more: Any) -> dict[str, Any]:
    config = {name: value for name, value in {"confirm": confirm, "take_over": take_over, **more}.items() if value}
    resources = {"connector": {"config": config}} if config else {}
    return {"loggers": {PROGRESS: {"config": {}}}, "resources": resources}


def package_of(store: Store, run: dg.DagsterRun, load: str | None) -> Package:
    """The package that a run of a job has worked in; `load`: the key of a load."""
    return (
        Package.of_load(store, load) if load else Package.of_structure_import(store, STRUCTURE_FOLDERS[run.job_name], run.run_id)
    )


def _table(job: str, key: str | None, found: dict[str, Any]) -> Table:
    """What was imported, by type of object; only the counts that occur have a column, so that it fits 80 characters."""
    occurring = {name for counts in found["objects"].values() for name, count in counts.items() if count}
    shown = [column for column in COUNTS if column in occurring]
    title = f"Job {job}" + (f", load {key}" if key else "")
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("objects", no_wrap=True)
    for column in shown:
        table.add_column(column, justify="right", no_wrap=True)
    for name, counts in found["objects"].items():
        table.add_row(name, *(f"{counts.get(column, 0):,}" for column in shown))
    return table
