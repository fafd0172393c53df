"""connector.yaml's JSON Schema and its documentation page, both made from the models.

Belongs here: turning `connector.ConnectorSettings` into what editors and readers take. Doesn't: any setting.
`python -m akeneo_assets.settings.settings_schema` writes docs/settings.md and docs/connector.schema.json of the working directory
anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticUndefined
from pydantic_core.core_schema import ModelSchema

from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.environment import Environment
from akeneo_assets.settings.section import Section, section_in
from akeneo_assets.settings.setting_docs import setting_docs
from akeneo_assets.settings.settings_file import MAX_BYTES, MAX_TEXT
from akeneo_assets.settings.source_settings import CustomSource, Source
from akeneo_assets.settings.standard_fields import CATEGORY_FIELDS, PRODUCT_FIELDS

SETTINGS_PAGE: Final = Path("docs/settings.md")
SCHEMA_FILE: Final = Path("docs/connector.schema.json")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of connector.yaml, with the short forms that the models take: a source as a bare attribute code, a view
    type as its name, one conversion without a list, a number where a text is meant."""
    schema: dict[str, Any] = _with_numbers(ConnectorSettings.model_json_schema(by_alias=True, schema_generator=_Described))
    definitions = schema["$defs"]
    for name in ("Source", "CustomSource"):
        properties = definitions[name]["properties"]
        for key in ("constant", "default"):
            properties[key]["anyOf"].append({"type": "boolean"})
        convert = properties["convert"]
        conversion = convert.pop("items")
        convert["anyOf"] = [conversion, {"type": convert.pop("type"), "items": conversion}]
    for name in ("Source", "CustomSource", "ViewType"):
        definitions[name] = {"anyOf": [{"type": ["string", "integer"]}, definitions[name]]}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "connector.yaml"
    return schema


class _Described(GenerateJsonSchema):
    """Gives each setting the description that its docstring is."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        model = schema["cls"]
        for name, text in setting_docs(model).items():
            described["properties"][model.model_fields[name].alias or name]["description"] = text
        return described


def _with_numbers(node: Any) -> Any:
    """The schema with a number allowed wherever a free text is: codes may be digits alone."""
    if isinstance(node, dict):
        schema = {key: _with_numbers(value) for key, value in node.items()}
        if schema.get("type") == "string" and "enum" not in schema:
            schema["type"] = ["string", "number"]
        return schema
    return [_with_numbers(item) for item in node] if isinstance(node, list) else node


def page() -> str:
    """docs/settings.md."""
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "Made from the models by `python -m akeneo_assets.settings.settings_schema`; edit the descriptions there."
    yield ""
    yield "`connector.yaml` (named by `CONNECTOR_CONFIG`) holds everything but addresses and secrets. Every key has a default,"
    yield "so that a file of remarks alone works; an empty file is refused, since it may be what is left of another one. Unknown"
    yield "keys, keys given twice and values that aren't allowed are errors with the key's path. The file is UTF-8, has at most"
    yield f"{MAX_BYTES >> 20} MiB, no key or value of more than {MAX_TEXT:,} characters, and no YAML tags (`!!int`)."
    yield ""
    yield "Codes and a filter's operators need no quotes: only true, false, null and decimals of up to 15 digits are no texts"
    yield "(`010`, `no`, `2024-01-31`, `>=` are). For editors there is a JSON Schema, `docs/connector.schema.json`:"
    yield "`# yaml-language-server: $schema=docs/connector.schema.json`."
    yield ""
    yield from _section("connector.yaml", ConnectorSettings, "")
    yield from _section("Sources", CustomSource, "source")
    yield from _fields_page()
    yield from _environment()


def _section(title: str, model: type[Section], path: str) -> Iterator[str]:
    below: list[tuple[str, type[Section]]] = []
    yield f"## {title}"
    yield ""
    if path == "source":
        yield "Where a value comes from: the code of a PIM attribute alone, or these keys."
        yield ""
    elif path:
        yield _plain(model.__doc__)
        yield ""
    yield "| key | takes | default | meaning |"
    yield "|---|---|---|---|"
    meaning = setting_docs(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield f"| `{key}` | {_cell(_kind(field.annotation))} | {_cell(_default(field))} | {_cell(_plain(meaning.get(name)))} |"
        nested = section_in(field.annotation)
        if nested is not None and not issubclass(nested, Source):
            below.append((f"{path}.{key}".lstrip("."), nested))
    yield ""
    for section_path, section in below:
        yield from _section(f"`{section_path}`", section, section_path)


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is Literal:
        return " / ".join(f"`{a}`" for a in arguments)
    if origin in (Union, UnionType):
        return " or ".join(_kind(a) for a in arguments if a is not type(None))
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"{_kind(arguments[0])}: {_kind(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return "a source" if issubclass(annotation, Source) else "a section"
    return {str: "text", int: "number", bool: "`true` / `false`", Any: "anything", Path: "path"}.get(annotation, "text")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        value = [v.model_dump(exclude_defaults=True, by_alias=True) for v in value]
    return "" if value in (None, (), {}) else f"`{json.dumps(value)}`"


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _fields_page() -> Iterator[str]:
    yield "## Standard attributes that can be mapped"
    yield ""
    yield "Under `attributes.standard`; SFCC's camelCase spelling (`shortDescription`) works too, and `name` for"
    yield "`display-name`. An attribute that SFCC has no way to clear needs a `default` in its source."
    yield ""
    yield "| attribute | localizable | per site | takes | can be cleared |"
    yield "|---|---|---|---|---|"
    for field in PRODUCT_FIELDS.values():
        limit = f" up to {field.type.max_length}" if field.type.max_length else ""
        flags = ["yes" if flag else "" for flag in (field.localized, field.site_specific)]
        cleared = "yes" if field.clearable else "no: give a default"
        yield f"| `{field.name}` | {flags[0]} | {flags[1]} | {field.type.name}{limit} | {cleared} |"
    yield ""
    yield f"Under `categories.enriched`: {', '.join(f'`{name}`' for name in CATEGORY_FIELDS)}."
    yield ""


def _environment() -> Iterator[str]:
    yield "## Environment"
    yield ""
    yield "Read from the environment or an `.env` file in the working directory: UTF-8, lines `NAME=value`, a value that holds"
    yield "blanks, `#` or `$` in single quotes. What the environment has wins over the file. A secret may lie in a file of its"
    yield "own: `AKENEO_PASSWORD_FILE=/run/secrets/pim` is read where `AKENEO_PASSWORD` isn't set; so for the other secrets."
    yield ""
    yield "SFCC's address and API client may stand where the b2c CLI keeps them, too: `SFCC_SERVER` (a host) for `SFCC_URL`,"
    yield "`SFCC_ACCOUNT_MANAGER_HOST` for `SFCC_LOGIN_URL`; and `hostname`, `client-id`, `client-secret` and"
    yield "`account-manager-host` in the file that `SFCC_CONFIG` names, else `dw.json` in the working directory; of several"
    yield "`configs` the one that `SFCC_INSTANCE` names, else the active one. Variables win over the file; an id and its secret"
    yield "come from one place; an entry for another host than the variables' is passed over. `akeneo-sfcc doctor` tells where"
    yield "each comes from."
    yield ""
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    meaning = setting_docs(Environment)
    for name, field in Environment.model_fields.items():
        default = "required" if field.is_required() else "" if field.default is None else f"`{field.default}`"
        yield f"| `{name.upper()}` | {default} | {_cell(_plain(meaning.get(name)))} |"
    yield ""


def write() -> None:
    """Writes both files, below the working directory."""
    SETTINGS_PAGE.write_text(page(), "utf-8")
    SCHEMA_FILE.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write()
