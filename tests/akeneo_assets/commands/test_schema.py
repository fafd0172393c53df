"""`akeneo-sfcc schema`."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import Result

from akeneo_assets.commands import schema
from sandbox import stack

Run = Callable[..., Result]


def test_the_schema_is_one_and_takes_the_projects_own_file(run: Run) -> None:
    assert run(schema.app).exit_code == 0
    written = json.loads(Path("connector.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(written)
    jsonschema.validate(yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text()), written)


def test_the_schema_refuses_an_unknown_key(run: Run) -> None:
    printed = run(schema.app, "--output", "-")
    with pytest.raises(jsonschema.ValidationError, match="catalogue"):
        jsonschema.validate({"organization": {"catalogue": "x"}}, json.loads(printed.output))
    assert list(Path().iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_sentence(run: Run) -> None:
    result = run(schema.app, "--output", "no/such/folder.json")
    assert result.exit_code == 1
    assert result.output == "no/such/folder.json can't be written (No such file or directory): give another file with --output.\n"
