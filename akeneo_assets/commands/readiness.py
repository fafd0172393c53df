"""`akeneo-sfcc readiness`: what shoppers can't find or buy of what was imported, and why.

Belongs here: printing and writing what the asset `sfcc/readiness` has found last. Doesn't: finding it out
(`akeneo_assets.readiness`), the page (`akeneo_assets.assets.readiness_page`). Reads the store alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from akeneo_assets.assets.readiness_page import readiness_page
from akeneo_assets.commands.half_environment import HereEnvironment
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.readiness.readiness_files import write_csv, write_excel
from akeneo_assets.readiness.readiness_tables import Choice, Readiness, newest
from akeneo_assets.readiness.shop_judgement import EFFECTS
from akeneo_assets.store import Store
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_LINES: Final = 20
_TEXT: Final = 200
"""What is printed: so many reasons, and characters of each."""


@app.command()
def readiness(
    site: Annotated[str | None, typer.Option(help="Only this SFCC site's")] = None,
    locale: Annotated[str | None, typer.Option(help="Only this SFCC locale's (fr-FR), with what holds in all")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write all of it to this file, as JSON")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all of it to this file, a reason a line")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write all of it to this file, for Excel")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file, to read and filter in a browser")] = None,
) -> None:
    """Tell which products shoppers can't find or buy, and why, as of the last load."""
    console, choice = terminal(), Choice(site, locale)
    try:
        found = newest(Store(HereEnvironment.read().connector_store))
        figures = found.figures_of(choice)
        _print(console, found, figures, choice)
    except (ConnectorError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    writers: tuple[tuple[Path | None, Callable[[Path], Any]], ...] = (
        (as_json, lambda path: _write_json(path, found, figures, choice)),
        (csv, lambda path: write_csv(path, found.problems(choice))),
        (xlsx, lambda path: write_excel(path, found.problems(choice), figures)),
        (html, lambda path: path.write_text(readiness_page(found.problems(choice), figures), "utf-8")),
    )
    for path, write in writers:
        if path is not None:
            try:
                write(path)
            except OSError as error:
                sentence = f"{escape(str(path))} can't be written ({error.strerror}): give another file."
                console.print(f"[red]{sentence}[/red]", soft_wrap=True)
                raise typer.Exit(1) from None
            console.print(f"Wrote {escape(str(path))}.", soft_wrap=True)


def _print(console: Console, found: Readiness, figures: dict[str, Any], choice: Choice) -> None:
    told = f"After the load '{figures['load']}', judged on {figures['judged']}: of {figures['products']:,} products "
    console.print(_line(f"{told}{figures['concerned']:,} have something against them."), soft_wrap=True)
    table = Table("reason", "objects", "to a shopper", box=SIMPLE, pad_edge=False)
    table.columns[1].justify = "right"
    for reason, count in figures["reasons"].items():
        if count:
            table.add_row(reason, f"{count:,}", EFFECTS[reason])
    if any(figures["reasons"].values()):
        console.print(table)
    for number, problem in enumerate(found.problems(choice)):
        if number == _LINES:
            console.print("More reasons: --html, --csv, --xlsx and --json write them to files.")
            break
        where = " ".join(filter(None, (problem["site"], problem["locale"])))
        line = f"{problem['kind']} {problem['id']}{' (' + where + ')' if where else ''}: {problem['reason']}: {problem['detail']}"
        console.print(_line(line), soft_wrap=True)
    since = f"Since the load before: {figures['new']:,} reasons are new, {figures['solved']:,} are gone."
    console.print(_line(since), *map(_line, figures["not_judged"]), sep="\n", soft_wrap=True)


def _write_json(path: Path, found: Readiness, figures: dict[str, Any], choice: Choice) -> None:
    """The figures (`readiness_tables.write`), and `problems`: the `tables.READINESS` rows. Written row by row."""
    head = orjson.dumps(figures, option=orjson.OPT_INDENT_2)
    with path.open("wb") as file:
        file.write(head[: head.rindex(b"}")].rstrip() + b',\n  "problems": [')
        for number, problem in enumerate(found.problems(choice)):
            file.write((b",\n    " if number else b"\n    ") + orjson.dumps(problem))
        file.write(b"\n  ]\n}\n")


def _line(text: str) -> str:
    return escape(one_line(text, length=_TEXT))
