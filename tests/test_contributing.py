"""CONTRIBUTING.md against the tree: every folder, module and name that its tables send a reader to is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

_NAME: Final = re.compile(r"`([^`]+)`")


def rows(first_head: str) -> list[list[str]]:
    """The cells of each row of the table whose first column has this head."""
    _, _, table = PAGE.partition(f"\n| {first_head} |")
    lines = table.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def is_there(path: Path) -> bool:
    """Whether a path is a folder or file, or a module whose name lacks its ending."""
    return path.exists() or path.with_suffix(".py").is_file()


def names_in_folders() -> Iterator[tuple[str, str]]:
    """(folder, what the row says is in it). A name with a path is meant from the root."""
    for folder, what in rows("folder"):
        (folder_name,) = _NAME.findall(folder)
        yield folder_name, ""
        for name in _NAME.findall(what):
            yield ("", name) if "/" in name.rstrip("/") else (folder_name, name)


def places() -> Iterator[tuple[str, str]]:
    """(module or folder, the name in it that is meant, or nothing) of each place of a rule. A module without a folder stands
    beside the one before, or in the folder before; what is no module is a name in the one before."""
    for _, where in rows("rule"):
        at = ""
        for name in _NAME.findall(where):
            if "/" in name:
                at = name
            elif name.endswith(".py"):
                at = str((Path(at) if at.endswith("/") else Path(at).parent) / name)
            else:
                yield at, name
                continue
            yield at, ""


@pytest.mark.parametrize(("folder", "name"), list(names_in_folders()))
def test_what_a_folder_is_said_to_hold_is_there(folder: str, name: str) -> None:
    assert is_there(ROOT / folder / name)


@pytest.mark.parametrize(("place", "name"), list(places()))
def test_the_place_of_each_rule_is_there(place: str, name: str) -> None:
    assert (ROOT / place).exists()
    if name:
        tree = ast.parse((ROOT / place).read_text("utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
        targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
        assert name in defined | {target.id for target in targets if isinstance(target, ast.Name)}


def test_both_tables_are_read() -> None:
    assert ("akeneo_assets/", "pim/") in list(names_in_folders())
    assert {
        ("akeneo_assets/loads/changes.py", ""),
        ("akeneo_assets/loads/to_map.py", ""),
        ("akeneo_assets/settings/settings_file.py", ""),
        ("akeneo_assets/mapping/emptied.py", "handed_over"),
        ("tests/test_import_graph.py", "LAYERS"),
    } <= set(places())
