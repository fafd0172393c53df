"""The commands as a person runs them: real sandboxes and an environment of their own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from sandbox import stack

Run = Callable[..., Result]

PASSWORD = "sandbox"


@pytest.fixture(scope="session")
def pim_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo catalogue's PIM; no test changes it."""
    folder = tmp_path_factory.mktemp("pim")
    yield from _pim("demo", folder)


@pytest.fixture(scope="session")
def icecat_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The icecat catalogue's PIM; no test changes it."""
    shared = Path(os.environ.get("SHARED_DIR", str(stack.REPOSITORY.parent / "shared")))
    if not (shared / "icecat").is_dir():
        pytest.skip(f"{shared}/icecat is absent")
    yield from _pim(str(shared / "icecat"), tmp_path_factory.mktemp("icecat"))


def _pim(catalog: str, folder: Path) -> Iterator[str]:
    arguments = ["sandbox", "pim", "--catalog", catalog, "--port", "0", "--state", str(folder / "pim.sqlite")]
    with stack.server("PIM", [str(stack.COMMAND), *arguments], folder / "pim.log") as url:
        yield url


@dataclass(frozen=True)
class Instance:
    """An SFCC sandbox and the folder of its files."""

    url: str
    root: Path


@pytest.fixture(scope="session")
def empty_sfcc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An SFCC instance into which no test imports anything."""
    yield from _sfcc(tmp_path_factory.mktemp("empty_sfcc"))


@pytest.fixture
def own_sfcc(tmp_path: Path) -> Iterator[Instance]:
    """An SFCC instance of the test's own."""
    yield from _sfcc(tmp_path / "sfcc")


def _sfcc(root: Path) -> Iterator[Instance]:
    arguments = ["sandbox", "sfcc", "--root", str(root), "--port", "0"]
    with stack.server("SFCC", [str(stack.COMMAND), *arguments], root.with_suffix(".log")) as url:
        yield Instance(url, root)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder, with no variable of the connector but those given."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in stack.CONNECTOR_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def invoke(app: typer.Typer, *arguments: str, **variables: str | None) -> Result:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            return CliRunner().invoke(app, list(arguments))

    return invoke


def pim_variables(url: str) -> dict[str, str]:
    """The PIM's half of the environment."""
    return {
        "AKENEO_URL": url,
        "AKENEO_CLIENT_ID": "sandbox",
        "AKENEO_CLIENT_SECRET": PASSWORD,
        "AKENEO_USERNAME": "sandbox",
        "AKENEO_PASSWORD": PASSWORD,
    }


@pytest.fixture
def pim_half(pim_url: str) -> dict[str, str]:
    return pim_variables(pim_url)


@pytest.fixture
def sfcc_half(empty_sfcc: Instance) -> dict[str, str]:
    url = empty_sfcc.url
    return {"SFCC_URL": url, "SFCC_LOGIN_URL": url, "SFCC_CLIENT_ID": "sandbox", "SFCC_CLIENT_SECRET": PASSWORD}
