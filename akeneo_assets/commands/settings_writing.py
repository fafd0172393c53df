"""What `init` and `migrate` share: asking the PIM for its lists, and a connector.yaml that is written whole or not at all.

Belongs here: both, and the sentences where they fail. Doesn't: the file's text (`akeneo_assets.starter`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from akeneo_assets.commands.schema import SCHEMA_NAME, schema_text
from akeneo_assets.diagnosis.structure_reading import Lists, build_structure, read_lists
from akeneo_assets.errors import ConnectorError
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.resources import CLEAR
from akeneo_assets.starter.starter_text import LISTS
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.redaction import one_line

_LENGTH = 4_000  # characters of a sentence


def read_structure(client: PimClient) -> tuple[Structure, Lists]:
    """The PIM's structure, and the lists that it is made of. Raises ConnectorError: a line for each list that the PIM refuses."""
    client.connect()
    lists, failures = read_lists(client, LISTS)
    if failures:
        raise ConnectorError("\n".join(failures))
    return build_structure(lists), lists


@contextmanager
def writing(output: Path, *, force: bool) -> Iterator[Callable[[str], None]]:
    """A function that writes connector.yaml, its JSON Schema beside it for editors. A file that is there is refused, unless
    `force`; whatever fails in the block is told in sentences, with exit code 1."""

    def write(text: str) -> None:
        _write(output, text)
        _write(output.with_name(SCHEMA_NAME), schema_text())

    try:
        if output.exists() and not force:
            raise ConnectorError(f"{output} is there already: give another file with --output, or overwrite it with --force.")
        yield write
    except CLEAR as error:
        for sentence in str(error).splitlines():
            typer.echo(one_line(sentence, length=_LENGTH), err=True)
        raise typer.Exit(1) from None


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all: one that is there survives a full disk."""
    aside = path.with_name(f".{path.name}.part")
    try:
        try:
            aside.write_text(text, "utf-8")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise ConnectorError(f"{path} can't be written ({error.strerror}): give another file with --output.") from None
