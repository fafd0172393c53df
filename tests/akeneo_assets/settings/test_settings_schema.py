"""The JSON Schema and the settings page: made from the models, and kept so."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from akeneo_assets.settings import settings_schema
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.environment import Environment
from akeneo_assets.settings.section import section_in
from akeneo_assets.settings.setting_docs import setting_docs

ROOT = Path(__file__).parents[3]


def test_the_page_and_the_schema_file_are_up_to_date() -> None:
    assert (ROOT / settings_schema.SETTINGS_PAGE).read_text("utf-8") == settings_schema.page()
    assert json.loads((ROOT / settings_schema.SCHEMA_FILE).read_text("utf-8")) == settings_schema.json_schema()


def test_the_repositorys_own_file_is_valid_by_the_schema() -> None:
    jsonschema.validate(yaml.safe_load((ROOT / "connector.yaml").read_text("utf-8")), settings_schema.json_schema())


@pytest.mark.parametrize(
    ("data", "valid"),
    [
        ({"attributes": {"standard": {"name": "title"}}}, True),
        ({"attributes": {"standard": {"name": {"attribute": "title", "convert": ["upper"]}}}}, True),
        ({"images": {"view_types": ["large", {"id": "small"}]}}, True),
        ({"associations": {"X": {"as": "recommendation", "type": "1"}}}, True),
        ({"schedules": {"1": "0 1 * * *", "2": ["0 1 * * *"], "3-1": None, "timezone": "UTC"}}, True),
        ({"schedules": {"3": "0 1 * * *"}}, False),
        ({"atributes": {}}, False),
        ({"attributes": {"id_style": "kebab"}}, False),
    ],
)
def test_the_schema_accepts_what_the_file_may_say(data: Any, valid: bool) -> None:
    assert jsonschema.Draft202012Validator(settings_schema.json_schema()).is_valid(data) is valid


def models(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = [model]
    for field in model.model_fields.values():
        nested = section_in(field.annotation)
        if nested is not None and nested not in found:
            found += [m for m in models(nested) if m not in found] if nested is not model else []
    return found


@pytest.mark.parametrize("model", [*models(ConnectorSettings), Environment], ids=lambda model: model.__name__)
def test_every_setting_has_a_description(model: type[BaseModel]) -> None:
    assert [name for name in model.model_fields if not setting_docs(model).get(name)] == []
