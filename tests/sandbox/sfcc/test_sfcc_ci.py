"""The real client sfcc-ci (npm) against the instance: proof that the HTTP surface is SFCC's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

VERSION = "2.13.0"
REPOSITORY = Path(__file__).parents[3]


def _unavailable(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"sfcc-ci must run in CI: {reason}")
    pytest.skip(f"sfcc-ci is not available: {reason}")


@pytest.fixture(scope="module")
def sfcc_ci():
    """Path of the client, installed once below the repository's untracked node_modules."""
    if not (shutil.which("node") and shutil.which("npm")):
        _unavailable("node or npm is missing")
    prefix = REPOSITORY / "node_modules" / f".sfcc-ci-{VERSION}"
    command = prefix / "node_modules" / ".bin" / "sfcc-ci"
    if not command.exists():
        prefix.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(prefix), f"sfcc-ci@{VERSION}"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            _unavailable(f"npm could not install it: {done.stderr.strip()[-300:]}")
    return command


@pytest.fixture
def run(sfcc_ci, make_server, tmp_path):
    """Runs sfcc-ci with the instance's CA and a home of its own; returns its process result."""
    server = make_server("--tls")
    host = server.url.removeprefix("https://")
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "NODE_EXTRA_CA_CERTS": str(server.root / "tls/ca.pem"),
        "SFCC_LOGIN_URL": host,
        "NODE_NO_WARNINGS": "1",
    }
    for name in ("SFCC_OAUTH_CLIENT_ID", "SFCC_OAUTH_CLIENT_SECRET"):
        environment.pop(name, None)

    def command(*arguments):
        full = [str(sfcc_ci), *[a.replace("HOST", host) for a in arguments]]
        return subprocess.run(full, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120, check=False)

    command.server = server
    return command


def test_sfcc_ci_authenticates_uploads_imports_and_reads_job_and_log(run, feeds, tmp_path):
    catalog = feeds.document("catalog", '<category category-id="k"/><product product-id="p"/>', 'catalog-id="c"')
    (tmp_path / "site.zip").write_bytes(feeds.archive({"catalogs/c/catalog.xml": catalog}, "site"))

    authenticated = run("client:auth", "sandbox", "sandbox")
    assert authenticated.returncode == 0, authenticated.stdout + authenticated.stderr
    uploaded = run("instance:upload", "site.zip", "-i", "HOST")
    assert uploaded.returncode == 0, uploaded.stdout + uploaded.stderr
    imported = run("instance:import", "site.zip", "-i", "HOST", "-s", "-f")
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assert b'product-id="p"' in run.server.export({"catalogs": {"all": True}})["catalogs/c/catalog.xml"]

    started = run("job:run", "sfcc-site-archive-import", "ImportFile=site.zip", "-i", "HOST", "-s")
    assert started.returncode == 0, started.stdout + started.stderr
    query = {"query": {"match_all_query": {}}, "count": 1}
    newest = run.server.data("POST", "job_execution_search", json=query).json()["hits"][0]
    assert newest["parameters"] == [{"name": "ImportMode", "value": "merge"}, {"name": "ImportFile", "value": "site.zip"}]

    status = run("job:status", "sfcc-site-archive-import", newest["id"], "-i", "HOST", "-l")
    assert status.returncode == 0, status.stdout + status.stderr
    assert "DATAWARNING [category 'k'" in status.stdout or "Processed 1 product elements successfully" in status.stdout


def test_sfcc_ci_reports_a_wrong_secret_and_a_failed_import(run, feeds, tmp_path):
    refused = run("client:auth", "sandbox", "wrong")
    assert refused.returncode != 0
    assert "Client authentication failed" in refused.stdout + refused.stderr
    assert run("client:auth", "sandbox", "sandbox").returncode == 0
    failed = run("instance:import", "ghost.zip", "-i", "HOST", "-s", "-f")
    assert failed.returncode != 0
