"""`akeneo-sfcc demo`: the four jobs against both sandboxes, from an empty instance to a differential import, told in tables.

Belongs here: the order of the demo and its presentation. Doesn't: starting the sandboxes (`stack`), the edits
(`catalogue_edits`), the counting (`census`). The connector is used as a person uses it: by its command line, its summaries and
its environment.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import requests
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from sandbox import stack
from sandbox.catalogue_edits import Edit, EditError, edit
from sandbox.census import CensusError, census, export

app = typer.Typer(add_completion=False)

CHANNEL: Final = "ecommerce"  # what the repository's connector.yaml imports
BEFORE_EDITS: Final = ("1", "2", "3-2")
AFTER_EDITS: Final = ("3-1",)
TITLES: Final = {"1": "attributes", "2": "media and price books", "3-2": "full import", "3-1": "differential import"}
COUNTS: Final = ("sent", "confirmed", "deleted", "refused", "pending", "unconfirmed", "unchanged")

Summary = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one job's run came to: exit code, and its summary or None when it wrote none."""

    job: str
    code: int
    summary: Summary | None

    @property
    def ok(self) -> bool:
        """Green only when the command says so in both ways."""
        return self.code == 0 and self.summary is not None and self.summary["ok"] is True


def run_job(running: stack.Stack, job: str) -> Outcome:
    """Runs one job of the connector with its output on this terminal."""
    file = running.var / f"summary-{job}.json"
    code = stack.run([str(stack.COMMAND), "run", job, "--summary", str(file)], running.environment)
    return Outcome(job, code, orjson.loads(file.read_bytes()) if file.is_file() else None)


def run_jobs(running: stack.Stack, jobs: Sequence[str], console: Console) -> list[Outcome]:
    """Runs the jobs in order and stops after the first that fails: the later ones build on it."""
    outcomes: list[Outcome] = []
    for job in jobs:
        console.rule(f"Job {job}: {TITLES[job]}")
        outcomes.append(run_job(running, job))
        if not outcomes[-1].ok:
            break
    return outcomes


def imported_table(outcomes: Sequence[Outcome]) -> Table:
    """What each job says that it imported, by type of object; only the counts that occur have a column."""
    summaries: list[Summary] = [{"objects": {}, "seconds": 0.0, "warnings": 0} | (o.summary or {}) for o in outcomes]
    occurring = {c for s in summaries for counts in s["objects"].values() for c, number in counts.items() if number}
    shown = [c for c in COUNTS if c in occurring]
    table = Table(title="Imported, by SFCC's own log", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", min_width=24, no_wrap=True)
    for heading in (*shown, "seconds", ""):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for outcome, summary in zip(outcomes, summaries, strict=True):
        verdict = "[green]ok[/]" if outcome.ok else f"[red]failed ({outcome.code})[/]"
        table.add_row(f"[bold]{outcome.job} {TITLES[outcome.job]}[/]", *("" for _ in shown), f"{summary['seconds']:.1f}", verdict)
        for kind, counts in summary["objects"].items():
            table.add_row(f"  {kind}", *(f"{counts.get(c, 0):,}" for c in shown), "", "")
        if summary["warnings"]:
            table.add_row(f"  {summary['warnings']} warnings", *("" for _ in (*shown, "", "")))
    return table


def census_table(counts: dict[str, int]) -> Table:
    """What stands in the instance, from its own export: a kind `whole: part` stands indented below `whole`."""
    table = Table(
        title="Standing in the instance, counted in its own export", title_justify="left", box=SIMPLE, show_header=False
    )
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for kind in sorted(counts):
        whole, _, part = kind.partition(": ")
        table.add_row(f"  {part}" if part else whole, f"{counts[kind]:,}")
    return table


def print_files(outcomes: Sequence[Outcome], store: Path, console: Console) -> None:
    """Where the XML and Parquet of each job lie."""
    for outcome in outcomes:
        if outcome.summary and "folder" in outcome.summary:
            console.print(f"Job {outcome.job}: Parquet in {outcome.summary['folder']}", soft_wrap=True, markup=False)
            for path in outcome.summary["xml"]:
                console.print(f"    {store / path}", soft_wrap=True, markup=False)


def print_edits(edits: Sequence[Edit], console: Console) -> None:
    """Which edits were made."""
    for made in edits:
        console.print(f"Edited {made.kind} {made.code} ({made.attribute})", soft_wrap=True, markup=False)


def show(catalog: str, var: Path, console: Console) -> bool:
    """The whole demo in the prepared folder; True when every job ran green.

    Raises StackError, EditError, CensusError or a requests error when a sandbox doesn't do its part.
    """
    started = time.monotonic()
    console.print(f"Starting an Akeneo PIM with catalogue {catalog} and an SFCC instance", soft_wrap=True, markup=False)
    with stack.sandboxes(catalog, var) as running:
        console.print(f"PIM at {running.pim_url}, SFCC at {running.sfcc_url}, logs in {var / 'logs'}", soft_wrap=True)
        outcomes = run_jobs(running, BEFORE_EDITS, console)
        if all(o.ok for o in outcomes):
            console.rule("Edits in the PIM")
            print_edits(edit(running.pim_url, stack.CREDENTIAL, CHANNEL), console)
            outcomes += run_jobs(running, AFTER_EDITS, console)
        console.rule("Result")
        counts = census(export(running.sfcc_url, stack.CREDENTIAL, var / "instance.zip"))
    wide = Console(highlight=False, width=max(console.width, 130))  # a figure cut short to fit a narrow terminal would be none
    wide.print(imported_table(outcomes))
    console.print(census_table(counts))
    print_files(outcomes, var / "store", console)
    console.print(f"All of it in {var}; it took {time.monotonic() - started:.0f} s.", soft_wrap=True)
    return len(outcomes) == len(BEFORE_EDITS + AFTER_EDITS) and all(o.ok for o in outcomes)


@app.command()
def demo(
    catalog: Annotated[str, typer.Option(help="An Akeneo CSV export's folder, `demo` or `generated:N`.")] = "demo",
    var: Annotated[Path, typer.Option(help="Where everything is kept; emptied at the start.")] = Path("var/demo"),
) -> None:
    """Runs jobs 1, 2 and 3-2 from a PIM sandbox into an SFCC sandbox, edits the PIM, runs 3-1, and tells what stands in SFCC."""
    stack.leave_on_sigterm()
    try:
        ok = show(stack.catalogue(catalog), stack.prepare(var), Console(highlight=False))
    except (stack.StackError, EditError, CensusError, requests.RequestException) as error:
        typer.echo(f"The demo stopped: {error}", err=True)
        raise typer.Exit(1) from error
    if not ok:
        typer.echo("The demo failed: not every job was confirmed by SFCC, see above.", err=True)
        raise typer.Exit(1)
