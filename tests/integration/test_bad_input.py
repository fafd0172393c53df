"""Bad input: one clear sentence, exit code 1, nothing sent, no secret told."""

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from akeneo_assets.commands.run import app
from sandbox import stack

SECRET = "s3cret-of-nobody"


class Case(NamedTuple):
    """A job, the environment and the settings that are wrong with it, and what is said."""

    job: str
    said: str
    environment: dict[str, str] = {}  # noqa: RUF012 - never changed
    settings: tuple[str, str] = ("", "")


CASES = {
    "wrong secret of the PIM's client": Case("3-2", "AKENEO_CLIENT_SECRET", {"AKENEO_CLIENT_SECRET": SECRET}),
    "wrong password of the PIM's user": Case("1", "AKENEO_PASSWORD", {"AKENEO_PASSWORD": SECRET}),
    "wrong secret of SFCC's client": Case("3-2", "SFCC_CLIENT_SECRET", {"SFCC_CLIENT_SECRET": SECRET}),
    "PIM out of reach": Case("3-1", "http://127.0.0.1:9", {"AKENEO_URL": "http://127.0.0.1:9"}),
    "no address": Case("2", "Missing in the environment: AKENEO_URL", {"AKENEO_URL": ""}),
    "address without https://": Case("1", "Not usable in the environment: SFCC_URL", {"SFCC_URL": "sfcc.example"}),
    "store that can't be made": Case(
        "1", "CONNECTOR_STORE, /dev/null/store, can't be made", {"CONNECTOR_STORE": "/dev/null/store"}
    ),
    "DAGSTER_HOME that can't be made": Case(
        "1", "DAGSTER_HOME, /dev/null/home, can't be used", {"DAGSTER_HOME": "/dev/null/home"}
    ),
    "relative DAGSTER_HOME": Case("1", "DAGSTER_HOME is 'home': give it as an absolute path", {"DAGSTER_HOME": "home"}),
    "unknown channel": Case("3-2", "'no_such_channel'", settings=("channel: ecommerce", "channel: no_such_channel")),
    "unknown key": Case("1", "no_such_key", settings=("price_books:", "no_such_key: 1\nprice_books:")),
    "unknown attribute": Case(
        "3-2", "'no_such_attribute'", settings=("{attribute: ean, optional: true}", "{attribute: no_such_attribute}")
    ),
}


class Ended(NamedTuple):
    code: int
    output: str
    folder: Path


@pytest.fixture(scope="module")
def ended(pim_of: Callable[[str], str], place_at: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Each case run in an installation of its own, against one PIM and one instance."""
    place = place_at(pim_of("demo"))  # its DAGSTER_HOME serves them all

    def run(case: Case) -> Ended:
        folder = tmp_path_factory.mktemp("case")
        settings = (stack.REPOSITORY / "connector.yaml").read_text()
        assert case.settings[0] in settings
        (folder / "connector.yaml").write_text(settings.replace(*case.settings, 1) if case.settings[0] else settings)
        environment = place.environment(
            CONNECTOR_STORE=str(folder / "store"),
            CONNECTOR_CONFIG=str(folder / "connector.yaml"),
            AKENEO_PASSWORD="sandbox",
        )
        with chdir(folder):
            done = CliRunner().invoke(app, [case.job], env=environment | case.environment)
        return Ended(done.exit_code, done.output, folder)

    return {name: run(case) for name, case in CASES.items()} | {"": Ended(0, "", place.sfcc_root)}


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_in_one_sentence_without_a_traceback(ended: dict[str, Ended], name: str) -> None:
    code, output, _ = ended[name]
    assert code == 1
    assert CASES[name].said in output
    assert "Traceback" not in output
    assert output.count(CASES[name].said) == 1


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_told_or_kept(ended: dict[str, Ended], name: str) -> None:
    _, output, folder = ended[name]
    assert SECRET not in output
    files = [*folder.rglob("*"), *ended[""].folder.with_name("dagster").rglob("*")]
    kept = [path for path in files if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert any(path.name.endswith(".db") for path in files)
    assert kept == []


def test_nothing_was_sent(ended: dict[str, Ended]) -> None:
    impex = ended[""].folder / "webdav" / "Impex"
    assert impex.is_dir()
    assert [path for path in impex.rglob("*") if path.is_file()] == []
