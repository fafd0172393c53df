"""`akeneo-sfcc show PRODUCT`: one product, model or category: what the PIM said, what SFCC was given and answered, what is next.

Belongs here: printing. Doesn't: finding it out (`akeneo_assets.loads.object_history`, `object_export`). Reads the store alone. It
answers while a person waits, so that nothing here may import Dagster.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

import orjson
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from akeneo_assets.commands.half_environment import HereEnvironment
from akeneo_assets.commands.terminal import terminal
from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.loads.object_export import Exporter, State
from akeneo_assets.loads.object_history import Known
from akeneo_assets.mapping.levels import values_of
from akeneo_assets.settings.connector import fingerprint, load
from akeneo_assets.store import Store
from sfcc_resources.redaction import one_line

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_TEXT: Final = 60  # characters of a value that a table shows
_SENTENCE: Final = 1000
_ENTRIES: Final = 40  # the latest of the history, as many as a table shows


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PRODUCT", help="SKU, uuid, product model, category, or an id in SFCC")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON, the PIM's item included.")] = False,
) -> None:
    """Tell all of a product, product model or category, from the PIM to SFCC's verdict."""
    try:
        environment = HereEnvironment.read()
        settings = load(environment.connector_config)
        known = Known.of(Store(environment.connector_store))
        subjects = known.named(name)
        exporter = Exporter(known, settings)
        document = {
            "asked": name,
            "load": known.window.key,
            "read": known.window.poll_start,
            "settings_changed": known.package.settings not in ("", fingerprint(settings)),
            "objects": [exporter.told(subject) for subject in subjects],
        }
    except (ConnectorError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    else:
        _print(terminal(), document)


def _print(console: Console, document: dict[str, Any]) -> None:
    for told in document["objects"]:
        _print_object(console, told)
    said = [f"All of it as the load '{document['load']}' has read the PIM, from {document['read']} on."]
    if document["settings_changed"]:
        said.append("connector.yaml has changed since: which products are exported, and as which ids, is as that load decided.")
    console.print(*map(_line, said), sep="\n", soft_wrap=True)


def _print_object(console: Console, told: dict[str, Any]) -> None:
    pim, now, history = told["pim"], told["now"], told["history"]
    kind, code = told["kind"].replace("_", " "), told["code"] or told["key"]
    uuid = f" (uuid {told['key']})" if told["kind"] == "product" else ""
    console.print(f"[bold]{_line(f'{kind.capitalize()} {code}{uuid}')}[/bold]", soft_wrap=True)
    console.print(_line(_said(pim)), soft_wrap=True)
    if pim is not None:
        if told["kind"] == "category":
            _print_table(console, ("PIM", "value"), ((name, _value(value)) for name, value in pim["item"].items()))
        else:
            _print_table(console, ("PIM attribute", "locale", "channel", "value"), _values(pim["item"]))
    console.print(*map(_line, _state(told)), sep="\n", soft_wrap=True)
    for record in now["records"]:
        where = f"{record['type']} {record['id']} in {record['container']}: {STATES[record['state']]}"
        console.print(f"[bold]{_line(where)}[/bold]", soft_wrap=True)
        parts = ((part["name"], ", ".join(part["origin"]), _value(part["value"])) for part in record["parts"])
        _print_table(console, ("SFCC", "from the PIM", "value"), parts)
    if history:
        earlier = f", without {len(history) - _ENTRIES:,} earlier ones (--json has all)" if len(history) > _ENTRIES else ""
        console.print(f"[bold]What SFCC was sent[/bold]{earlier}", soft_wrap=True)
        _print_table(console, ("load", "object", "feed, line", "verdict"), map(_sent, history[-_ENTRIES:]))


STATES: Final[dict[State, str]] = {
    "as sent": "SFCC has it like this",
    "differs": "SFCC has it otherwise, the next load sends it",
    "new": "SFCC doesn't have it, the next load sends it",
    "not confirmed": "SFCC did not confirm it, the next load sends it again",
}
"""What becomes of a record, for people."""


def _said(pim: dict[str, Any] | None) -> str:
    if pim is None:
        return "The PIM doesn't have it."
    item = pim["item"]
    times = [f"{name} {pim[name]}" for name in ("created", "updated") if pim[name]]
    properties = [
        f"{name.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else str(value)}"
        for name in ("family", "parent", "enabled", "categories", "groups")
        if (value := item.get(name)) not in (None, [])
    ]
    return f"Read from the PIM by the load '{pim['load']}', from {pim['read']} on. " + ", ".join((*times, *properties)) + "."


def _state(told: dict[str, Any]) -> Iterator[str]:
    """Whether it is exported, and what of it isn't, a sentence each."""
    now = told["now"]
    if now["exported"]:
        master = f", below the master {told['master']}" if told["master"] else ""
        yield f"It is exported as {told['id']}{master}."
    else:
        yield f"It is {'left out' if now['left_out'] else 'not exported'}: {now['reason']}."
    for problem in now["problems"]:
        yield f"Not exported of it: {problem['attribute'] or 'its whole'}: {problem['reason']}."
    for entry in now["still_in_sfcc"]:
        yield (
            f"SFCC was sent {entry['type']} {entry['id']} in {entry['container']} by the load '{entry['load']}' "
            f"({entry['verdict']}), and it is exported no more."
        )


def _values(item: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The values of a product or model."""
    for code, entries in values_of(item).items():
        for entry in entries:
            yield code, entry.get("locale") or "", entry.get("scope") or "", _value(entry["data"])


def _sent(entry: dict[str, Any]) -> tuple[str, str, str, str]:
    what = f"{'deletion of ' if entry['deleted'] else ''}{entry['type']} {entry['id']}"
    first, last = entry["first_line"], entry["last_line"]
    lines = "" if first is None else f", {first}" if first == last else f", {first}-{last}"
    message = f": {entry['message']}" if entry["message"] else ""
    return entry["load"], what, f"{entry['file']}{lines}", f"{entry['verdict']}{message}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return one_line(text, length=_TEXT)


def _line(text: str) -> str:
    """A text of others as one readable line, which the console takes as it is."""
    return escape(one_line(text, length=_SENTENCE))


def _print_table(console: Console, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*columns, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for row in rows:
        table.add_row(*map(_line, row))
    console.print(table)
