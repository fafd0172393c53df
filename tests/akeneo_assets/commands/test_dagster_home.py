"""DAGSTER_HOME: made whole and for its owner alone, or refused in one sentence; with Dagster itself."""

import os
import resource
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from filelock import FileLock

import akeneo_assets
from akeneo_assets.commands import dagster_home
from akeneo_assets.commands.dagster_home import SETTINGS, examine_home, open_instance, prepare_home
from akeneo_assets.errors import ConnectorError

PROJECT_S_OWN = f"mend it, or remove it: the next run puts the project's own there ({SETTINGS})."
NOTHING = "Nothing was read or sent."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "below" / "home"


def refusal(home: Path, use: Callable[[dict[str, str]], object]) -> str:
    with pytest.raises(ConnectorError) as error:
        use({"DAGSTER_HOME": str(home)})
    return str(error.value)


def test_dagster_s_settings_are_installed_with_the_package() -> None:
    package = Path(akeneo_assets.__file__).parent
    project = tomllib.loads((package.parent / "pyproject.toml").read_text())
    assert SETTINGS.is_file()
    assert str(SETTINGS.relative_to(package)) in project["tool"]["setuptools"]["package-data"]["akeneo_assets"]


def test_a_home_is_made_for_its_owner_alone_with_the_project_s_settings(home: Path) -> None:
    assert prepare_home({"DAGSTER_HOME": str(home)}) == home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (home / "dagster.yaml").read_bytes() == SETTINGS.read_bytes()


def test_an_unset_home_is_var_dagster_and_is_then_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for environment in ({}, {"DAGSTER_HOME": ""}):
        assert prepare_home(environment) == tmp_path / "var" / "dagster"
        assert environment == {"DAGSTER_HOME": str(tmp_path / "var" / "dagster")}


def test_settings_that_are_there_are_kept(home: Path) -> None:
    home.mkdir(parents=True, mode=0o755)
    (home / "dagster.yaml").write_text("# all of Dagster's defaults\n")
    prepare_home({"DAGSTER_HOME": str(home)})
    assert (home / "dagster.yaml").read_text() == "# all of Dagster's defaults\n"
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_the_instance_queues_imports_and_loads_and_keeps_what_it_is_told(home: Path) -> None:
    environment = {"DAGSTER_HOME": str(home)}
    with open_instance(environment) as instance:
        assert instance.get_concurrency_config().run_queue_config.tag_concurrency_limits == [
            {"key": "akeneo_sfcc/import", "limit": 1},
            {"key": "akeneo_sfcc/load", "limit": 1},
        ]
        instance.add_dynamic_partitions("loads", ["one"])
    with dg.DagsterInstance.from_config(str(home)) as again:
        assert again.get_dynamic_partitions("loads") == ["one"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\n \n", "is empty", id="blank lines alone"),
        pytest.param(
            b"concurrency: [",
            "is no YAML (while parsing a flow node expected the node content, but found '<stream end>' in \"<unicode string>\", "
            "line 1, column 15: concurrency: [ ^)",
            id="cut short",
        ),
        pytest.param(
            b"a: \xe9", "is no YAML ('utf-8' codec can't decode byte 0xe9 in position 3: unexpected end of data)", id="Latin-1"
        ),
        pytest.param(b"[" * 5000, "is no YAML (nested too deep)", id="absurdly deep"),
        pytest.param(b"- a", "must hold sections such as 'concurrency:', not a list", id="a list"),
    ],
)
def test_settings_that_are_broken_are_refused_in_one_sentence(home: Path, content: bytes, reason: str) -> None:
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_bytes(content)
    sentence = refusal(home, prepare_home)
    assert sentence.startswith(f"{home}/dagster.yaml {reason}")
    assert sentence.endswith(f": {PROJECT_S_OWN} {NOTHING}")
    assert "\n" not in sentence
    finding = examine_home({"DAGSTER_HOME": str(home)})
    assert (finding.verdict, f"{finding.sentence} {NOTHING}") == ("problem", sentence)
    assert (home / "dagster.yaml").read_bytes() == content


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no_such_key: 1", 'Received unexpected config entry "no_such_key" at the root.'),
        (
            SETTINGS.read_text().replace("limit: 1", "limit: many", 1),
            (
                'Invalid scalar at path root:concurrency:runs:tag_concurrency_limits[0]:limit. Value "many" of type '
                '"<class \'str\'>" is not valid for expected type "Int".'
            ),
        ),
        (
            "run_queue: {}\nrun_coordinator: {module: a, class: b}",
            "Found config for `run_queue` which is incompatible with `run_coordinator` config entry.",
        ),
        (
            "storage: {mysql: {mysql_url: 'mysql+mysqlconnector://dagster:hush@127.0.0.1/runs'}}",
            (
                "Couldn't import module dagster_mysql when attempting to load the configurable class "
                "dagster_mysql.DagsterMySQLStorage"
            ),
        ),
    ],
)
def test_settings_that_dagster_does_not_take_are_refused_in_its_words(home: Path, text: str, reason: str) -> None:
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text(text)
    assert refusal(home, open_instance) == f"{home}/dagster.yaml can't be used ({reason}): {PROJECT_S_OWN} {NOTHING}"


@pytest.mark.parametrize(
    ("home", "sentence"),
    [
        ("home", "DAGSTER_HOME is 'home': give it as an absolute path. Nothing was read or sent."),
        (
            "/tmp/a[1]",
            (
                "DAGSTER_HOME is '/tmp/a[1]': name a folder without *, ? and [, which Dagster reads as a pattern. "
                "Nothing was read or sent."
            ),
        ),
        (
            "/dev/null/home",
            (
                "DAGSTER_HOME, /dev/null/home, can't be used (Not a directory): let this user write it, make room on its disk, "
                "or name another folder. Nothing was read or sent."
            ),
        ),
        (
            "/" + "x" * 300,
            (
                f"DAGSTER_HOME, /{'x' * 99}..., can't be used (File name too long): let this user write it, make room on its "
                "disk, or name another folder. Nothing was read or sent."
            ),
        ),
    ],
)
def test_a_home_that_can_not_be_is_refused(home: str, sentence: str) -> None:
    assert refusal(Path(home), open_instance) == sentence


def test_a_database_that_is_none_is_refused_without_sql(home: Path) -> None:
    with open_instance({"DAGSTER_HOME": str(home)}):
        pass
    (home / "history" / "runs.db").write_bytes(b"no database at all" * 1000)
    assert refusal(home, open_instance) == (
        f"DAGSTER_HOME, {home}, can't be used (file is not a database): let this user write it, make room on its disk, or name "
        "another folder. Nothing was read or sent."
    )


OPEN = """
import os, resource, sys
from akeneo_assets.commands.dagster_home import open_instance
from akeneo_assets.errors import ConnectorError
if len(sys.argv) > 1:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    with open_instance(os.environ) as instance:
        instance.add_dynamic_partitions("loads", [str(os.getpid())])
except ConnectorError as error:
    sys.exit(str(error))
"""


def opening(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DAGSTER_HOME": str(home)}
    return subprocess.Popen([sys.executable, "-c", OPEN, *arguments], env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("room", "reason"),
    [
        pytest.param(10, "File too large", id="no room for dagster.yaml"),
        pytest.param(10_000, "disk I/O error", id="no room for the databases"),
    ],
)
def test_a_disk_without_room_is_one_sentence_and_the_next_start_heals(home: Path, room: int, reason: str) -> None:
    # A limit on the size of files stands for the full disk: what is written fails in the same places.
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    full = opening(home, str(room))
    _, said = full.communicate()
    assert (full.returncode, said.strip()) == (
        1,
        (
            f"DAGSTER_HOME, {home}, can't be used ({reason}): let this user write it, make room on its disk, or name another "
            "folder. Nothing was read or sent."
        ),
    )
    assert sorted(path.name for path in home.iterdir() if "dagster.yaml" in path.name) in ([], ["dagster.yaml"])
    with open_instance({"DAGSTER_HOME": str(home)}) as instance:
        assert instance.get_dynamic_partitions("loads") == []
    assert (home / "dagster.yaml").read_bytes() == SETTINGS.read_bytes()


def test_processes_that_start_at_once_share_a_new_home(home: Path) -> None:
    starting = [opening(home) for _ in range(4)]
    outcomes = [(process.communicate()[1], process.returncode) for process in starting]
    assert outcomes == [("", 0)] * 4
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert sorted(instance.get_dynamic_partitions("loads")) == sorted(str(process.pid) for process in starting)


def test_a_home_that_another_process_never_finishes_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_home({"DAGSTER_HOME": str(home)})
    monkeypatch.setattr(dagster_home, "_LOCK_SECONDS", 0.1)
    with FileLock(home / ".akeneo-sfcc.lock"):
        sentence = refusal(home, prepare_home)
    assert sentence == f"Another process has been setting up {home} for 0 s: wait for it, or end it. Nothing was read or sent."
