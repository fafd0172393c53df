"""`akeneo-sfcc plan [full|differential]`: what the next import of products would change in SFCC, before it does.

Belongs here: starting the job, printing and writing what it found out. Doesn't: finding it out
(`akeneo_assets.loads.plan_difference`), the page (`akeneo_assets.assets.plan_page`).
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import orjson
import pandas as pd
import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from akeneo_assets.assets.plan_page import Card, cards
from akeneo_assets.commands.run import execute, run_config
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.job_names import PLAN
from akeneo_assets.loads.load_names import Kind
from akeneo_assets.loads.package import Package, Report
from akeneo_assets.loads.partitions import plan_key
from akeneo_assets.loads.plan_difference import plan_lines
from akeneo_assets.run_failures import failures_in
from akeneo_assets.settings.environment import Environment
from akeneo_assets.store import Store
from akeneo_assets.tables import PLAN as PLAN_TABLE
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
console = terminal()

_OBJECTS: Final = 20
_LINES: Final = 12
_TEXT: Final = 100
"""What is printed: so many objects, lines of each, and characters of a value."""


@app.command()
def plan(
    kind: Annotated[str, typer.Argument(help="differential (what 3-1 would do) or full (3-2)")] = "differential",
    as_json: Annotated[Path | None, typer.Option("--json", help="Write all of it to this file, as JSON")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all of it to this file, a value a line")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file, to read and filter in a browser")] = None,
) -> None:
    """Tell what the next import of products would change in SFCC. Sends nothing."""
    if kind not in get_args(Kind):
        raise typer.BadParameter(f"'{one_line(kind, length=_TEXT)}' is no load: choose differential or full.")
    name = plan_key(datetime.now(UTC))
    result = execute(PLAN, name, run_config(plan=kind))
    for failure in failures_in(result.all_events):
        console.print(f"[red]{escape(failure)}[/red]", soft_wrap=True)
    if not result.success:
        raise typer.Exit(1)
    package = Package.of_load(Store(Environment.read().connector_store), name)
    report = package.report("plan") or {}
    _print(package, report)
    for path, write in ((as_json, _write_json), (csv, _write_csv), (html, _write_page)):
        if path is not None:
            try:
                write(path, package, report)
            except OSError as error:
                console.print(f"[red]{escape(str(path))} can't be written ({error.strerror}): give another file.[/red]")
                raise typer.Exit(1) from None
            console.print(f"Wrote {escape(str(path))}.", soft_wrap=True)


def _write_json(path: Path, package: Package, report: Report) -> None:
    """`plan`, `actions`, `again`, `unchanged` (as `write_plan` returns them), `changes`: the `tables.PLAN` rows."""
    document = {"plan": package.name, **report, "changes": list(plan_lines(package))}
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _write_csv(path: Path, package: Package, _report: Report) -> None:
    pd.DataFrame(plan_lines(package), columns=PLAN_TABLE.schema.names).to_csv(path, index=False)


def _write_page(path: Path, package: Package, _report: Report) -> None:
    shutil.copyfile(package.plan_page, path)


def _print(package: Package, report: Report) -> None:
    if report["actions"]:
        table = Table("would be", "objects", "", title=f"Plan {package.name}", title_justify="left", box=SIMPLE, pad_edge=False)
        table.columns[2].justify = "right"
        for action, kinds in report["actions"].items():
            for kind, count in kinds.items():
                table.add_row(action, kind, f"{count:,}")
        console.print(table)
    else:
        console.print(f"Plan {package.name}: SFCC has everything already, nothing would change.")
    found = list(cards(plan_lines(package)).values())
    for card in found[:_OBJECTS]:
        _print_card(card)
    if len(found) > _OBJECTS:
        console.print(f"{len(found) - _OBJECTS:,} more objects: --html, --csv and --json write them to files.")
    if again := sum(report["again"].values()):
        console.print(f"{again:,} objects would be sent again as they are.")
    console.print(f"Nothing was sent. The page: {escape(str(package.plan_page))}", soft_wrap=True)
    if report["actions"] or again:
        console.print(f"To send it while it is still so: akeneo-sfcc apply {package.name}", soft_wrap=True)


def _print_card(card: Card) -> None:
    name = f" {_text(card.name)}" if card.name else ""
    console.print(f"[bold]{_text(f'{card.kind} {card.id}')}[/bold]{name}: {', '.join(card.actions)}", soft_wrap=True)
    lines = [line for line in card.lines if line["field"]]
    for line in lines[:_LINES]:
        console.print(f"  {_told(line)}", soft_wrap=True)
    if len(lines) > _LINES:
        console.print(f"  and {len(lines) - _LINES:,} more")


def _told(line: dict[str, Any]) -> str:
    """Example: `display-name fr-FR: Tente -> Tente 2`."""
    where = " ".join(filter(None, (line["field"], line["locale"], line["site"] and f"on {line['site']}")))
    new = "stays" if line["action"] == "held back" else "empty" if line["new"] is None else line["new"]
    if line["action"] == "created":
        return f"{_text(where)}: {_text(new)}"
    old = "unknown" if not line["old_known"] else "empty" if line["old"] is None else line["old"]
    return f"{_text(where)}: {_text(old)} -> {_text(new)}"


def _text(text: str) -> str:
    return escape(one_line(text, length=_TEXT))
