"""What the two distributions install: the connector's wheel brings no top-level package of a common name."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("akeneo_assets", "sfcc_resources", "sandbox")


def _build(source: Path, target: Path) -> Path:
    """The wheel of a project, built with what is installed here: nothing is downloaded."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(target), str(source)], check=True, timeout=300)
    (wheel,) = target.iterdir()
    return wheel


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a fresh clone holds of the two projects: no leftover of an earlier build may come into a wheel."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, folder)
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    return folder


@pytest.fixture(scope="module")
def connector(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(checkout, tmp_path_factory.mktemp("connector"))


def _tops(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as zipped:
        return {name.split("/")[0] for name in zipped.namelist() if not name.split("/")[0].endswith(".dist-info")}


def test_the_connectors_wheel_installs_its_own_two_packages_alone(connector: Path) -> None:
    assert _tops(connector) == {"akeneo_assets", "sfcc_resources"}


def test_the_sandboxs_wheel_installs_all_of_the_sandbox_its_catalogues_and_templates(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wheel = _build(checkout / "sandbox", tmp_path_factory.mktemp("sandbox"))
    assert _tops(wheel) == {"sandbox"}
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "sandbox").rglob("*")
        if path.is_file() and (path.suffix == ".py" or {"catalogs", "templates"} & set(path.parts)) and "build" not in path.parts
    }
    with zipfile.ZipFile(wheel) as zipped:
        assert {name for name in zipped.namelist() if name.startswith("sandbox/")} == wanted


def test_the_command_line_lists_its_commands_without_the_sandbox(connector: Path, tmp_path: Path) -> None:
    """A production install: the connector's wheel and its dependencies, without any distribution of this checkout."""
    site = Path(sysconfig.get_path("purelib"))
    for path in site.iterdir():
        if "akeneo_sfcc" not in path.name and path.name != "__pycache__":
            (tmp_path / path.name).symlink_to(path)
    with zipfile.ZipFile(connector) as zipped:
        zipped.extractall(tmp_path)
    asked = f"import sys; sys.path.append({str(tmp_path)!r}); from akeneo_assets.cli import main; main()"
    # -S: no site-packages but those above; -P: nor the working directory.
    command = [sys.executable, "-S", "-P", "-c", asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ours = ("adopt", "apply", "confirm", "doctor", "events", "init", "migrate", "plan", "readiness", "run", "schema", "show")
    named = [*ours, "verify"]
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")] == named
    done = subprocess.run([*command, "demo"], capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("'demo' is no command.")
