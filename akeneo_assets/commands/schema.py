"""`akeneo-sfcc schema`: the JSON Schema of connector.yaml for editors.

Belongs here: writing it. Doesn't: what it says (`akeneo_assets.settings.settings_schema`).
"""

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from akeneo_assets.settings.settings_schema import json_schema

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

SCHEMA_NAME: Final = "connector.schema.json"
"""The file beside connector.yaml that its first line names."""


@app.command()
def schema(
    output: Annotated[Path, typer.Option(help="File to write; - prints it.")] = Path(SCHEMA_NAME),
) -> None:
    """Write the JSON Schema of connector.yaml: editors complete and check the file by it."""
    if str(output) == "-":
        typer.echo(schema_text(), nl=False)
        return
    try:
        output.write_text(schema_text(), "utf-8")
    except OSError as error:
        typer.echo(f"{output} can't be written ({error.strerror}): give another file with --output.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{output} is written; connector.yaml names it in its first line: # yaml-language-server: $schema={output.name}")


def schema_text() -> str:
    """The schema as indented JSON."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
