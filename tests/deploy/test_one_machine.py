"""The files of `deploy/` for one machine: the services of compose.yaml run as processes on a real Postgres; units that systemd takes.

No container engine is needed: what an image would hold is built, the services' own commands are started.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg2
import pytest
import requests
import yaml

from akeneo_assets.settings.environment import Environment
from sandbox import stack
from tests.integration.dagster_api import DagsterApi

DEPLOY: Final = stack.REPOSITORY / "deploy"
SCRIPTS: Final = Path(sysconfig.get_path("scripts"))
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS: Final = {name: service for name, service in COMPOSE["services"].items() if name != "postgres"}
PASSWORD: Final = "not a secret"  # noqa: S105


def test_the_settings_for_postgres_are_the_projects_own_besides_the_storage() -> None:
    ours = yaml.safe_load((stack.REPOSITORY / "akeneo_assets" / "dagster.yaml").read_text())
    given = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert list(given.pop("storage")) == ["postgres"]
    assert given == ours


def test_each_variable_of_a_service_is_one_that_is_read() -> None:
    known = {name.upper() for name in Environment.model_fields} | {"DAGSTER_HOME"}
    known |= set(re.findall(r"env: (\w+)", (DEPLOY / "dagster.yaml").read_text()))
    for name, service in OURS.items():
        assert {variable.removesuffix("_FILE") for variable in service["environment"]} <= known, name


def test_each_secret_is_given_to_the_services_that_read_it() -> None:
    for name, service in OURS.items():
        read = {path.removeprefix("/run/secrets/") for path in service["environment"].values() if path.startswith("/run/secrets/")}
        assert read == set(service.get("secrets", [])), name
    assert {secret for service in OURS.values() for secret in service.get("secrets", [])} == set(COMPOSE["secrets"])


def test_each_file_that_a_service_is_given_is_in_the_folder_or_the_operators_own() -> None:
    given = {volume.split(":")[0] for service in OURS.values() for volume in service["volumes"] if volume.startswith("./")}
    assert {path for path in given if not (DEPLOY / path).exists()} == {"./connector.yaml"}


def test_what_the_image_copies_makes_the_whole_connector(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    root = tmp_path / "image"
    root.mkdir()
    for name in " ".join(copied).split():
        source = stack.REPOSITORY / name
        shutil.copytree(source, root / name) if source.is_dir() else shutil.copy(source, root)
    arguments = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(root)]
    subprocess.run([sys.executable, *arguments], check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"akeneo_assets/definitions.py", "akeneo_assets/dagster.yaml", "akeneo_assets/assets/plan.html.jinja"} <= names
    assert "sfcc_resources/archive.py" in names


@pytest.mark.parametrize("unit", sorted(path.name for path in (DEPLOY / "systemd").glob("*.service")))
def test_systemd_takes_a_unit_whose_command_is_installed(unit: str, tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is missing: install Debian's systemd")
    text = (DEPLOY / "systemd" / unit).read_text()
    (tmp_path / unit).write_text(text.replace("/srv/connector/.venv/bin/", f"{SCRIPTS}/"))
    done = subprocess.run([verifier, "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if unit in line] == []
    assert done.returncode == 0, done.stderr


# --- The services at work -------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """A Postgres server of its own; Dagster's variables for it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("Postgres is missing: install Debian's postgresql")
    user = "postgres" if os.getuid() == 0 else None  # it refuses to be root
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other users
    data, port = folder / "data", free_port()
    (folder / "password").write_text(PASSWORD)
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    initdb = [programs[-1] / "initdb", "-D", data, "-U", "dagster", "--pwfile", folder / "password", "-A", "scram-sha-256"]
    subprocess.run(initdb, check=True, user=user, capture_output=True, timeout=120)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs[-1] / "postgres", "-D", data, "-p", str(port), *options], user=user, stdout=log, stderr=log
        )
    try:
        _await(lambda: _connect(port, "postgres").close(), "Postgres")
        with closing(_connect(port, "postgres")) as connection:
            connection.cursor().execute("CREATE DATABASE dagster")
        yield {
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_PORT": str(port),
            "DAGSTER_PG_DB": "dagster",
            "DAGSTER_PG_USERNAME": "dagster",
            "DAGSTER_PG_PASSWORD": PASSWORD,
        }
    finally:
        stack.stop(server)
        shutil.rmtree(folder)


def _connect(port: int, database: str) -> Any:
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="dagster", password=PASSWORD, dbname=database)
    connection.autocommit = True
    return connection


def _await(ready: Any, what: str, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            ready()
        except (OSError, psycopg2.OperationalError, requests.RequestException, AssertionError) as error:
            assert time.monotonic() < until, f"{what} isn't ready after {seconds} s: {error}"
            time.sleep(0.2)
        else:
            return


@contextmanager
def service(name: str, environment: dict[str, str], log: Path, **options: str) -> Iterator[None]:
    """A service of compose.yaml as a process of this machine, its command's `options` as they have to be here."""
    program, *words = OURS[name]["command"]
    arguments = [options.get(before.removeprefix("--"), word) for before, word in zip(["", *words], words, strict=False)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [SCRIPTS / program, *arguments], env=environment, cwd=log.parent, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield
    finally:
        stack.stop(process)


def test_a_job_started_in_the_ui_runs_by_daemon_code_location_and_postgres(tmp_path: Path) -> None:
    with ExitStack() as services:
        records = services.enter_context(postgres())
        running = services.enter_context(stack.sandboxes("demo", stack.prepare(tmp_path / "var")))
        environment = dict(running.environment) | records
        home = Path(environment["DAGSTER_HOME"])
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEPLOY / "dagster.yaml", home)
        code, ui = free_port(), free_port()
        workspace = tmp_path / "workspace.yaml"
        workspace.write_text((DEPLOY / "workspace.yaml").read_text().replace("host: code", "host: 127.0.0.1").replace("4000", str(code)))
        here = {"host": "127.0.0.1", "workspace": str(workspace)}
        services.enter_context(service("code", environment, tmp_path / "code.log", port=str(code), **here))
        _await(lambda: socket.create_connection(("127.0.0.1", code), 1).close(), "the code location")
        services.enter_context(service("webserver", environment, tmp_path / "ui.log", port=str(ui), **here))
        services.enter_context(service("daemon", environment, tmp_path / "daemon.log", **here))
        dagster = DagsterApi(f"http://127.0.0.1:{ui}")
        _await(lambda: requests.get(f"{dagster.url}/server_info", timeout=5).raise_for_status(), "the UI")
        dagster.launch("akeneo_1_import_attributes")
        dagster.launch("start_3_2_full_import_products")  # its sensor starts the load, the queue lets it run
        full = "akeneo_3_2_full_import_products"
        dagster.succeeded(full, dagster.new_run(full, []))
        with closing(_connect(int(records["DAGSTER_PG_PORT"]), "dagster")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pipeline_name, status FROM runs")
            names = ("akeneo_1_import_attributes", "start_3_2_full_import_products", full)
            assert sorted(cursor.fetchall()) == sorted((name, "SUCCESS") for name in names)
        assert list(home.rglob("*.db")) == []
