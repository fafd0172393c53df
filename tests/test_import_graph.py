"""Who imports whom: no circle, no arrow back up, and sandboxes and connector are strangers to each other.

Imports inside functions count like those at a module's head. A module or package that is new needs a place in LAYERS: below
everything that is to import it, above everything that it imports.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[1]
CONNECTOR: Final = ("sfcc_resources", "akeneo_assets")

LAYERS: Final[tuple[str, ...]] = (
    # SFCC: what a record is, how it is written, sent and answered
    "sfcc_resources.records sfcc_resources.redaction sfcc_resources.archive_paths",
    "sfcc_resources.fields",
    "sfcc_resources.clearing",
    "sfcc_resources.xml",
    "sfcc_resources.limits",
    "sfcc_resources.record_types",
    "sfcc_resources.feeds sfcc_resources.log_wording",
    "sfcc_resources.archive sfcc_resources.exported_objects sfcc_resources.logged_objects sfcc_resources.xsd_check",
    "sfcc_resources.verdicts sfcc_resources.archive_excerpts",
    "sfcc_resources.delivery",
    # The connector: settings and PIM, what they mean, what a load decides, Dagster's assets, jobs, and what people start
    "akeneo_assets.errors akeneo_assets.collector",
    "akeneo_assets.tables",
    "akeneo_assets.store",
    "akeneo_assets.settings akeneo_assets.pim",
    "akeneo_assets.structure",
    "akeneo_assets.mapping",
    "akeneo_assets.loads akeneo_assets.starter akeneo_assets.events",
    "akeneo_assets.readiness",
    "akeneo_assets.job_names akeneo_assets.checks akeneo_assets.progress akeneo_assets.run_locks",
    "akeneo_assets.queue_order",
    "akeneo_assets.waiting",
    "akeneo_assets.run_failures akeneo_assets.old_runs",
    "akeneo_assets.resources",
    "akeneo_assets.assets",
    "akeneo_assets.jobs",
    "akeneo_assets.schedules akeneo_assets.sensors akeneo_assets.starters akeneo_assets.notices",
    "akeneo_assets.definitions akeneo_assets.diagnosis",
    "akeneo_assets.commands",
    "akeneo_assets.cli",
)
"""The lowest first. A package may import the packages below its line, and none of its own line or above."""

RANKS: Final = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}


class Import(NamedTuple):
    """One import: who, on which line, whom; `who` and `whom` are modules."""

    who: str
    line: int
    whom: str

    def __str__(self) -> str:
        return f"{self.who}, line {self.line}, imports {self.whom}"


def imports(root: Path, packages: tuple[str, ...]) -> list[Import]:
    """All imports of modules of these packages by one another, in order."""
    files = {_name(root, path): path for package in packages for path in sorted((root / package).rglob("*.py"))}
    return list(dict.fromkeys(edge for who, path in files.items() for edge in _of_module(who, path, files)))


def _name(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _of_module(who: str, path: Path, files: Mapping[str, Path]) -> Iterator[Import]:
    package = who if path.name == "__init__.py" else who.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            source = ".".join(filter(None, (above, node.module)))
            names = [f"{source}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            # `from package import module`, else `from module import name`
            whom = name if name in files else name.rpartition(".")[0]
            if whom in files and whom != who:
                yield Import(who, node.lineno, whom)


def part(module: str) -> str:
    """The package or module directly below a top package: `akeneo_assets.loads.ledger` -> `akeneo_assets.loads`."""
    return ".".join(module.split(".")[:2])


def back_up(edges: list[Import], ranks: Mapping[str, int]) -> list[str]:
    """The imports that lead to another part of the same or a higher rank."""
    return [
        f"{edge}: {part(edge.whom)} is not below {part(edge.who)}"
        for edge in edges
        if part(edge.who) != part(edge.whom) and ranks.get(part(edge.whom), 0) >= ranks.get(part(edge.who), len(ranks))
    ]


def circles(edges: list[Import]) -> list[str]:
    """Each circle of modules once: `a -> b -> a`."""
    graph: dict[str, list[str]] = {}
    for edge in edges:
        graph.setdefault(edge.who, []).append(edge.whom)
    closed: set[str] = set()
    seen: dict[frozenset[str], str] = {}

    def walk(module: str, chain: list[str]) -> None:
        if module in chain:
            circle = chain[chain.index(module) :]
            seen.setdefault(frozenset(circle), " -> ".join([*circle, module]))
        elif module not in closed:
            for whom in graph.get(module, []):
                walk(whom, [*chain, module])
            closed.add(module)

    for module in sorted(graph):
        walk(module, [])
    return list(seen.values())


@cache
def own() -> list[Import]:
    return imports(ROOT, CONNECTOR)


@cache
def everywhere() -> list[Import]:
    return imports(ROOT, (*CONNECTOR, "sandbox", "benchmarks", "tests"))


def between(who: set[str], whom: set[str]) -> list[str]:
    """The imports that lead from one of these top packages to another of those."""
    return [str(edge) for edge in everywhere() if _top(edge.who) in who and _top(edge.whom) in whom - {_top(edge.who)}]


def _top(module: str) -> str:
    return module.partition(".")[0]


def test_each_module_has_its_layer() -> None:
    files = [_name(ROOT, path) for package in CONNECTOR for path in (ROOT / package).rglob("*.py")]
    assert sorted({part(name) for name in files} - RANKS.keys() - set(CONNECTOR)) == [], "give them a place in LAYERS"


def test_no_import_leads_back_up() -> None:
    assert back_up(own(), RANKS) == []


def test_no_module_imports_itself_through_others() -> None:
    assert circles(everywhere()) == []


def test_sandboxes_and_connector_are_strangers_to_each_other() -> None:
    assert between({"sandbox"}, set(CONNECTOR)) + between(set(CONNECTOR), {"sandbox"}) == []


def test_nothing_imports_the_benchmarks_or_the_tests() -> None:
    assert between({*CONNECTOR, "sandbox"}, {"benchmarks", "tests"}) == []


# --- The questions themselves ---------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two layers, `shop.low` below `shop.high`, with a circle, and a step back up inside a function."""
    texts = {
        "shop/__init__.py": "",
        "shop/low/__init__.py": "",
        "shop/low/a.py": "import os\nfrom shop.low import b\n",
        "shop/low/b.py": "def f():\n    from shop.high.c import g\n    return g\n",
        "shop/high/__init__.py": "from shop.high.c import g\n",
        "shop/high/c.py": "import shop.low.a\nfrom . import d\ng = 1\n",
        "shop/high/d.py": "from .c import g\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_imports_are_found_at_the_head_and_in_functions_of_modules_and_of_names(project: Path) -> None:
    assert [str(edge) for edge in imports(project, ("shop",))] == [
        "shop.high, line 1, imports shop.high.c",
        "shop.high.c, line 1, imports shop.low.a",
        "shop.high.c, line 2, imports shop.high.d",
        "shop.high.d, line 1, imports shop.high.c",
        "shop.low.a, line 2, imports shop.low.b",
        "shop.low.b, line 2, imports shop.high.c",
    ]


def test_a_step_back_up_is_named_with_its_line(project: Path) -> None:
    edges = imports(project, ("shop",))
    assert back_up(edges, {"shop.low": 0, "shop.high": 1}) == [
        "shop.low.b, line 2, imports shop.high.c: shop.high is not below shop.low"
    ]
    assert back_up(edges, {"shop.low": 0, "shop.high": 0}) == [
        "shop.high.c, line 1, imports shop.low.a: shop.low is not below shop.high",
        "shop.low.b, line 2, imports shop.high.c: shop.high is not below shop.low",
    ]


def test_each_circle_is_named_once(project: Path) -> None:
    assert circles(imports(project, ("shop",))) == [
        "shop.high.c -> shop.low.a -> shop.low.b -> shop.high.c",
        "shop.high.c -> shop.high.d -> shop.high.c",
    ]
