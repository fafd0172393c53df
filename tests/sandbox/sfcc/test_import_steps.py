"""A merchant's own jobs: exit codes of their steps, and where files go afterwards."""

import gzip
import json
from datetime import UTC, datetime

import pytest

BROKEN = "<catalog"
DATA_ERROR = '<product product-id="p"><display-name xml:lang="pt-BR">x</display-name></product>'


@pytest.fixture
def run(make_server, feeds):
    """Runs a job of these steps on files of Impex/src/feeds; returns the execution."""
    server = make_server()
    server.dav("MKCOL", "Impex/src/feeds")

    def command(files, *steps):
        configuration = json.loads((server.root / "instance.json").read_text())
        configuration["jobs"] = {"own": [{"WorkingFolder": "feeds", **step} for step in steps]}
        (server.root / "instance.json").write_text(json.dumps(configuration))
        for name, inner in files.items():
            text = BROKEN if inner == BROKEN else feeds.document("catalog", inner, 'catalog-id="c"')
            assert server.dav("PUT", f"Impex/src/feeds/{name}", data=text.encode()).ok
        return server.wait(server.start_job("own", {}).json())

    command.server = server
    return command


def codes(execution):
    return [(step["step_id"], step["status"], step["exit_status"]["status"]) for step in execution["step_executions"]]


def test_steps_without_problems_end_ok_each_with_its_own_execution(run):
    done = run({"a.xml": '<product product-id="p"/>'}, {"type": "ImportCatalog", "id": "first"}, {"type": "ExecuteScriptModule"})
    assert (done["execution_status"], done["status"]) == ("finished", "OK")
    assert codes(done) == [("first", "OK", "ok"), ("ExecuteScriptModule", "OK", "ok")]


@pytest.mark.parametrize("inner", [DATA_ERROR, BROKEN])
def test_a_failed_import_is_a_warning_by_default_and_the_job_goes_on(run, inner):
    done = run({"a.xml": inner}, {"type": "ImportCatalog"}, {"type": "ExecuteScriptModule"})
    assert (done["execution_status"], done["status"]) == ("finished", "WARN")
    assert done["exit_status"] == {"code": "WARN", "message": "", "status": "ok"}
    assert codes(done) == [("ImportCatalog", "WARN", "ok"), ("ExecuteScriptModule", "OK", "ok")]


@pytest.mark.parametrize("inner", [DATA_ERROR, BROKEN])
def test_a_failed_import_ends_the_job_where_the_step_says_so(run, inner):
    done = run({"a.xml": inner}, {"type": "ImportCatalog", "ImportFailedHandling": "ERROR"}, {"type": "ExecuteScriptModule"})
    assert done["exit_status"] == {"code": "ERROR", "message": "see the log", "status": "error"}
    assert codes(done) == [("ImportCatalog", "ERROR", "error")]
    kept = run.server.dav("GET", "Impex/src/feeds/a.xml").status_code
    assert kept == (200 if inner == BROKEN else 404)  # only a file that can't be read stays where it is


@pytest.mark.parametrize(
    ("handling", "code", "status"),
    [
        ({}, "NO_FILES_FOUND", "ok"),
        ({"NoFilesFoundHandling": "OK"}, "OK", "ok"),
        ({"NoFilesFoundHandling": "WARN"}, "WARN", "ok"),
        ({"NoFilesFoundHandling": "ERROR"}, "ERROR", "error"),
    ],
)
def test_what_no_matching_file_means_is_the_steps_own_matter(run, handling, code, status):
    done = run({"a.xml": ""}, {"type": "ImportCatalog", "FileNamePattern": "b.*", **handling})
    assert (done["execution_status"], done["status"], done["exit_status"]["status"]) == ("finished", code, status)
    assert "no file matches 'b.*'" in run.server.log(done)


def test_a_job_ends_with_the_worst_code_of_its_steps(run):
    empty = {"type": "ImportCatalog", "FileNamePattern": "no.*"}
    assert run({"a.xml": DATA_ERROR}, {"type": "ImportCatalog"}, empty)["status"] == "WARN"
    assert run({}, {"type": "ExecuteScriptModule"}, empty)["status"] == "NO_FILES_FOUND"


def test_each_step_counts_its_own_problems(run):
    done = run({"a.xml": DATA_ERROR}, {"type": "ImportCatalog", "AfterImportFileHandling": "Keep"}, {"type": "ImportCatalog"})
    assert run.server.log(done).count("DataErrorCount: 1, ") == 2


def test_files_go_into_an_archive_of_the_days_folder_packed_or_nowhere(run):
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    run({"a.xml": ""}, {"type": "ImportCatalog", "AfterImportFileHandling": "Archive In Subfolders", "ArchiveFolder": "done"})
    assert run.server.dav("GET", f"Impex/done/{day}/a.xml").ok
    run({"a.xml": ""}, {"type": "ImportCatalog", "AfterImportFileHandling": "Archive Zipped"})
    assert gzip.decompress(run.server.dav("GET", "Impex/archive/a.xml.gz").content).startswith(b"<?xml")
    run({"a.xml": ""}, {"type": "ImportCatalog", "AfterImportFileHandling": "Delete"})
    assert run.server.dav("GET", "Impex/src/feeds/a.xml").status_code == 404
