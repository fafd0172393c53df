"""connector.yaml from its file to plain data: lists, mappings, texts, numbers.

Belongs here: reading the file, its limits, and this project's dialect of YAML. Doesn't: what the keys mean (`connector`).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from akeneo_assets.errors import SettingsError, shown
from sfcc_resources.redaction import one_line

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 40
"""Lists and mappings inside one another; the models nest seven deep, a filter three deeper."""
MAX_NODES: Final = 100_000
"""Keys and values, those that an alias (`*name`) repeats counted as often as it does."""
MAX_TEXT: Final = 4_000
"""Characters of one key or value: SFCC's longest limited text."""


def read_settings_file(path: Path) -> dict[str, Any]:
    """The file's data: keys are texts as written, values as `_PlainLoader` reads them. Empty where the file holds nothing but
    remarks.

    Raises:
        SettingsError: the file can't be read, is empty, or isn't the YAML of a mapping within the limits above; one sentence.
    """
    text = _text(path)
    try:
        data = yaml.load(_BARE_OPERATOR.sub(r'\1"\2"', text), Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise SettingsError(f"{path}{_line(error)}: {_reason(error)}.") from None
    except yaml.reader.ReaderError as error:
        character = f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character)
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError(f"{path}, line {line}: holds the character {character}, which YAML forbids; take it out.") from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingsError(f"{path}: must hold sections such as 'organization:', not a {type(data).__name__}.")
    return data


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # a folder, or a pipe that would never end
            raise SettingsError(f"{path}: is no file; set CONNECTOR_CONFIG to the path of the settings file.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            f"{path}: the settings file can't be read ({error.strerror}); set CONNECTOR_CONFIG to its path."
        ) from None
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{path}: has more than {MAX_BYTES >> 20} MiB; settings need a few kilobytes, so check the file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}, line {line}: isn't UTF-8; save the file in that encoding.") from None
    if not text.strip():
        raise SettingsError(f"{path}: is empty; restore it, or write a remark (# ...) into it to run with all defaults.")
    return text


def _line(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f", line {mark.line + 1}" if mark is not None else ""


def _reason(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error, _RefusedError):
        return str(error.problem)
    words = one_line(" ".join(part for part in (error.context, error.problem) if part), length=MAX_TEXT)
    advice = "; indent with blanks, not tabs" if "'\\t'" in words else ""
    return f"is no valid YAML ({words}){advice}"


_BARE_OPERATOR: Final = re.compile(
    r"""(\boperator["']?:[ \t]+)((?:>=?|!=)(?: ON ALL LOCALES)?)(?=[ \t]*(?:[,}#]|$))""", re.MULTILINE
)
"""A filter's operator without quotes, which YAML takes for the start of a folded text or for a tag."""


class _RefusedError(yaml.MarkedYAMLError):
    """Valid YAML that this project doesn't take; `problem` is the end of a sentence."""

    def __init__(self, problem: str, mark: Any) -> None:
        super().__init__(problem=problem, problem_mark=mark)


_TOO_DEEP: Final = f"nests lists and keys more than {MAX_DEPTH} deep"


def _refuse_form(event: Any) -> None:
    """Refuse a tag and a text of absurd length."""
    if getattr(event, "tag", None) is not None:
        tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
        raise _RefusedError(f"has the tag '{tag}', which isn't allowed; a text that begins with ! needs quotes", event.start_mark)
    if isinstance(event, yaml.ScalarEvent) and len(event.value) > MAX_TEXT:
        raise _RefusedError(f"has a text of {len(event.value):,} characters; {MAX_TEXT:,} are allowed", event.start_mark)


@dataclass
class _Size:
    """How large a node is with all below it, aliases counted as what they stand for."""

    nodes: int = 1
    depth: int = 1

    def with_child(self, child: "_Size") -> "_Size":
        self.nodes += child.nodes
        self.depth = max(self.depth, child.depth + 1)
        return self


class _PlainLoader(yaml.SafeLoader):
    """A SafeLoader within limits that converts nothing but true, false, null and plain decimals of up to 15 digits.

    All else (dates, 010, 0x1F, 1_000, 12:30, no, =) is a code or a text, as written; so is every key. Longer numbers stay texts,
    since a float would round them. A key given twice is refused, where YAML would keep the last one without a word; so are tags
    (`!!int`), which convert.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._open: list[_Size] = []  # of each list or mapping that is being read
        self._sizes: dict[int, _Size] = {}  # of each node that was read, by its id

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read one node with all below it and hold it against the limits. This comes before anything is built of the nodes, which
        aliases of aliases would let grow without bound."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        _refuse_form(event)
        if len(self._open) >= MAX_DEPTH:
            raise _RefusedError(_TOO_DEEP, event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            node = super().compose_node(parent, index)
            size = self._sizes.get(id(node))
            if size is None:
                raise _RefusedError(f"has the alias *{shown(str(event.anchor))} inside of what it stands for", event.start_mark)
        else:
            self._open.append(_Size())
            node = super().compose_node(parent, index)
            size = self._sizes[id(node)] = self._open.pop()
        if len(self._open) + size.depth > MAX_DEPTH:
            raise _RefusedError(_TOO_DEEP, event.start_mark)
        if self._open:
            size = self._open[-1].with_child(size)
        if size.nodes > MAX_NODES:
            raise _RefusedError(f"has more than {MAX_NODES:,} keys and values, repeated by aliases or not", event.start_mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping whose keys are texts, each of them once."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag.endswith(":merge"):
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise _RefusedError("has a list or a mapping for a key; write a text", key_node.start_mark)
            key_node.tag = "tag:yaml.org,2002:str"
            if key_node.value in seen:
                raise _RefusedError(f"the key '{shown(key_node.value)}' stands there twice", key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"0|-?[1-9][0-9]{0,14}", "-0123456789"),
    ("float", r"-?(?=[.0-9]{3,16}$)(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))
