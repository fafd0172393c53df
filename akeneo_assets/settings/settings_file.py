"""connector.yaml from its file to plain data: lists, mappings, texts, numbers.

Belongs here: reading the file, and this project's dialect of YAML. Doesn't: what the keys mean (`connector`).
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from akeneo_assets.errors import SettingsError


def read_settings_file(path: Path) -> dict[str, Any]:
    """The file's data; empty where it holds nothing but remarks.

    Raises:
        SettingsError: the file can't be read, or isn't the YAML of a mapping.
    """
    try:
        text = _BARE_OPERATOR.sub(r'\1"\2"', path.read_text("utf-8"))
        data = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise SettingsError(
            f"{path}: the settings file can't be read ({error.strerror}); set CONNECTOR_CONFIG to its path."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is no valid YAML: {' '.join(str(error).split())}.") from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingsError(f"{path}: must hold sections such as 'organization:', not a {type(data).__name__}.")
    return data


_BARE_OPERATOR: Final = re.compile(
    r"""(\boperator["']?:[ \t]+)((?:>=?|!=)(?: ON ALL LOCALES)?)(?=[ \t]*(?:[,}#]|$))""", re.MULTILINE
)
"""A filter's operator without quotes, which YAML takes for the start of a folded text or for a tag."""


class _PlainLoader(yaml.SafeLoader):
    """A SafeLoader that refuses a key given twice, where YAML would keep the last one without a word, and that converts nothing
    but true, false, null and plain decimals: all else (dates, 010, 0x1F, 1_000, 12:30, no, =) is a code or a text, as written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag.endswith(":merge") or not isinstance(key_node, yaml.ScalarNode):
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' stands there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"0|-?[1-9][0-9]*", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))
