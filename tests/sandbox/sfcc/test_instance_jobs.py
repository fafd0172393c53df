"""Tokens, job executions over OCAPI, faults, restarts, TLS."""

import json
import signal
import ssl

import pytest
import requests

IMPORT, EXPORT = "sfcc-site-archive-import", "sfcc-site-archive-export"


def catalog(feeds, inner):
    return {"catalogs/c/catalog.xml": feeds.document("catalog", inner, 'catalog-id="c"')}


def fault(answer):
    assert set(answer.json()) == {"_v", "fault"}
    return answer.status_code, answer.json()["fault"]["type"]


def test_a_token_has_three_parts_and_expires_in_1799_seconds(server):
    token = server.token()
    assert token["status"] == 200
    assert (token["expires_in"], token["token_type"]) == (1799, "Bearer")
    assert token["access_token"].count(".") == 2


def test_a_wrong_secret_or_grant_is_refused_with_a_description(server):
    assert server.token("wrong") == {
        "status": 401,
        "error": "invalid_client",
        "error_description": "Client authentication failed",
    }
    other = requests.post(f"{server.url}/dwsso/oauth2/access_token", auth=("sandbox", "sandbox"), data={"grant_type": "password"})
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")


def test_a_foreign_token_is_an_invalid_access_token(server):
    answer = requests.get(f"{server.url}/s/-/dw/data/v21_3/jobs/x/executions/1", headers={"Authorization": "Bearer a.b.c"})
    assert fault(answer) == (401, "InvalidAccessTokenException")


def test_an_expired_token_is_an_invalid_access_token(make_server):
    server = make_server("--token-seconds", "1")
    answer = server.data("GET", "jobs/x/executions/1")
    while answer.status_code != 401:
        assert answer.status_code == 404
        answer = server.data("GET", "jobs/x/executions/1")
    assert fault(answer) == (401, "InvalidAccessTokenException")
    assert "expired" in answer.json()["fault"]["message"]


def test_an_import_runs_and_its_log_can_be_read_in_both_places(server, feeds):
    server.dav("PUT", "Impex/src/instance/a.zip", data=feeds.archive(catalog(feeds, '<product product-id="p"/>'), "a"))
    started = server.start_job(IMPORT, {"file_name": "a.zip"})
    assert started.status_code == 202
    assert started.json()["status"] == "PENDING"
    assert started.json()["execution_status"] == "pending"
    assert (started.json()["is_log_file_existing"], started.json()["log_file_name"]) == (False, None)
    assert started.json()["parameters"] == [{"name": "ImportMode", "value": "merge"}, {"name": "ImportFile", "value": "a.zip"}]
    execution = server.wait(started.json())
    assert (execution["execution_status"], execution["status"]) == ("finished", "OK")
    assert execution["exit_status"] == {"code": "OK", "message": "", "status": "ok"}
    assert execution["client_id"] == "sandbox"
    assert execution["step_executions"][0]["status"] == "OK"
    assert execution["is_log_file_existing"] is True
    log = server.dav("GET", f"Impex/log/{execution['log_file_name']}").text
    assert "Processed 1 product elements successfully" in log
    assert server.dav("GET", execution["log_file_path"].removeprefix("/Sites/")).text == log


def test_data_errors_leave_the_job_ok_and_process_errors_make_it_fail(server, feeds):
    execution = server.site_import(
        catalog(feeds, '<product product-id="p"><display-name xml:lang="pt">x</display-name></product>')
    )
    assert execution["status"] == "OK"
    execution = server.site_import({"catalogs/c/catalog.xml": "<broken"})
    assert (execution["execution_status"], execution["status"]) == ("finished", "ERROR")
    assert execution["exit_status"]["status"] == "error"
    execution = server.wait(server.start_job(IMPORT, {"file_name": "ghost.zip"}).json())
    assert execution["status"] == "ERROR"


def test_the_parameters_of_older_instances_are_taken(server, feeds):
    server.dav("PUT", "Impex/src/instance/old.zip", data=feeds.archive(catalog(feeds, ""), "old"))
    body = {"parameters": [{"name": "ImportFile", "value": "old.zip"}]}
    assert server.wait(server.start_job(IMPORT, body).json())["status"] == "OK"
    units = json.dumps({"catalogs": {"all": True}})
    body = {"parameters": [{"name": "ExportFile", "value": "older.zip"}, {"name": "DataUnits", "value": units}]}
    assert server.wait(server.start_job(EXPORT, body).json())["status"] == "OK"
    assert "catalogs/c/catalog.xml" in feeds.unpacked(server.dav("GET", "Impex/src/instance/older.zip").content)


@pytest.mark.parametrize(
    ("job", "body", "expected"),
    [
        ("ghost", {}, (404, "JobNotFoundException")),
        (IMPORT, {}, (400, "JobInvalidException")),
        (IMPORT, {"file": "a.zip"}, (400, "UnknownPropertyException")),
        (IMPORT, {"file_name": "../a.zip"}, (400, "JobInvalidException")),
        (IMPORT, {"file_name": "a.zip", "mode": "replace"}, (400, "JobInvalidException")),
        (
            IMPORT,
            {"parameters": [{"name": "ImportFile", "value": "a.zip"}, {"name": "ImportMode", "value": "delete"}]},
            (400, "JobInvalidException"),
        ),
        (IMPORT, [], (400, "MalformedRequestException")),
        (IMPORT, {"parameters": [{"name": "ImportFile", "value": "x" * 1001}]}, (400, "JobInvalidException")),
        (EXPORT, {"export_file": "x.zip"}, (202, None)),
        (EXPORT, {"export_file": "x.zip", "data_units": {"everything": True}}, (400, "UnknownPropertyException")),
        (EXPORT, {"export_file": "x.zip", "data_units": {"catalogs": ["c"]}}, (400, "MalformedRequestException")),
        (
            EXPORT,
            {"parameters": [{"name": "ExportFile", "value": "x"}, {"name": "DataUnits", "value": "{"}]},
            (400, "JobInvalidException"),
        ),
    ],
)
def test_what_a_job_can_not_take_is_a_fault(server, job, body, expected):
    answer = server.start_job(job, body)
    if expected[1] is None:
        assert answer.status_code == 202
        server.wait(answer.json())
    else:
        assert fault(answer) == expected


@pytest.mark.parametrize("search", [{"query": {"term_query": []}}, {"query": {"match_all_query": {}}, "count": "all"}])
def test_a_search_of_another_form_is_a_fault(server, search):
    assert fault(server.data("POST", "job_execution_search", json=search)) == (400, "MalformedRequestException")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "sites", (404, "ResourcePathNotFoundException")),
        ("PATCH", "job_execution_search", (405, "MethodNotAllowedException")),
    ],
)
def test_what_the_data_api_does_not_have_is_a_fault_too(server, method, path, expected):
    assert fault(server.data(method, path)) == expected


def test_executions_are_searched_and_deleted(server, feeds):
    execution = server.site_import(catalog(feeds, ""), name="searched")
    term = {"term_query": {"fields": ["job_id"], "operator": "is", "values": [IMPORT]}}
    finished = {"term_query": {"fields": ["status"], "operator": "one_of", "values": ["OK"]}}
    body = {
        "query": {"bool_query": {"must": [term, finished]}},
        "sorts": [{"field": "start_time", "sort_order": "desc"}],
        "count": 1,
    }
    found = server.data("POST", "job_execution_search", json=body).json()
    assert [hit["id"] for hit in found["hits"]] == [execution["id"]]
    assert found["total"] >= found["count"] == 1
    none = {"query": {"term_query": {"fields": ["job_id"], "operator": "is", "values": ["ghost"]}}}
    assert server.data("POST", "job_execution_search", json=none).json()["total"] == 0
    path = f"jobs/{IMPORT}/executions/{execution['id']}"
    assert server.data("DELETE", path).status_code == 204
    assert fault(server.data("GET", path)) == (404, "JobExecutionNotFoundException")


def test_a_running_job_can_not_be_started_or_deleted_and_is_aborted_by_a_stop(make_server):
    server = make_server("--import-delay-ms", "700")
    running = server.start_job(IMPORT, {"file_name": "a.zip"}).json()
    assert fault(server.start_job(IMPORT, {"file_name": "a.zip"})) == (400, "JobAlreadyRunningException")
    path = f"jobs/{IMPORT}/executions/{running['id']}"
    assert fault(server.data("DELETE", path)) == (403, "JobExecutionNotFinishedException")
    running = server.data("GET", path).json()
    assert running["status"] == "RUNNING"
    while not running["is_log_file_existing"]:
        running = server.data("GET", path).json()
    while "Executing job" not in server.log(running):
        assert server.data("GET", path).json()["status"] == "RUNNING"
    other = server.start_job(EXPORT, {"export_file": "x.zip", "data_units": {}})
    assert other.status_code == 202
    assert server.wait(running)["status"] == "ERROR"


def test_busy_answers_missing_logs_and_aborts_can_be_provoked(make_server, feeds):
    server = make_server()
    faults = server.root / "faults.json"
    faults.write_text(json.dumps({"job_already_running": 2, "no_log": True, "abort_after_objects": 2}))
    for _ in range(2):
        assert fault(server.start_job(IMPORT, {"file_name": "a.zip"})) == (400, "JobAlreadyRunningException")
    execution = server.site_import(catalog(feeds, "".join(f'<product product-id="{i}"/>' for i in range(5))))
    assert (execution["execution_status"], execution["status"]) == ("aborted", "ABORTED")
    assert execution["is_log_file_existing"] is False
    assert server.dav("GET", "Impex/log").text.strip() == ""
    faults.unlink()
    assert server.export({"catalogs": {"all": True}})["catalogs/c/catalog.xml"].count(b"<product ") == 2


def test_a_killed_instance_keeps_what_was_committed_and_reports_the_job_aborted(make_server, feeds):
    server = make_server()
    (server.root / "faults.json").write_text(json.dumps({"kill_after_objects": 3}))
    server.dav(
        "PUT",
        "Impex/src/instance/a.zip",
        data=feeds.archive(catalog(feeds, "".join(f'<product product-id="{i}"/>' for i in range(9))), "a"),
    )
    execution = server.start_job(IMPORT, {"file_name": "a.zip"}).json()
    assert server.process.wait(30) == -signal.SIGKILL
    server.process.stdout.close()
    (server.root / "faults.json").unlink()
    old_token = server.session.headers["Authorization"]
    server.start()
    server.session.headers["Authorization"] = old_token
    aborted = server.data("GET", f"jobs/{IMPORT}/executions/{execution['id']}").json()
    assert (aborted["execution_status"], aborted["status"]) == ("aborted", "ABORTED")
    assert server.export({"catalogs": {"all": True}})["catalogs/c/catalog.xml"].count(b"<product ") == 3
    assert list((server.root / "work").iterdir()) == []


def test_state_survives_a_restart_and_sigterm_stops_cleanly(make_server, feeds):
    server = make_server()
    server.site_import(catalog(feeds, '<product product-id="p"/>'))
    assert server.stop() == 0
    server.start()
    assert b'product-id="p"' in server.export({"catalogs": {"c": True}})["catalogs/c/catalog.xml"]


def test_tls_has_a_ca_of_its_own_that_the_ready_line_names(make_server):
    server = make_server("--tls")
    assert server.url.startswith("https://127.0.0.1:")
    assert f"CA certificate {server.root / 'tls/ca.pem'}" in server.ready
    assert server.token()["status"] == 200
    with pytest.raises(requests.exceptions.SSLError) as refused:
        requests.get(server.url)
    assert isinstance(refused.value.args[0].reason.args[0], ssl.SSLCertVerificationError)


def test_the_body_may_name_the_mode(server, feeds):
    server.dav("PUT", "Impex/src/instance/moded.zip", data=feeds.archive(catalog(feeds, ""), "moded"))
    started = server.start_job(IMPORT, {"file_name": "moded.zip", "mode": "merge"})
    assert server.wait(started.json())["status"] == "OK"


def test_a_look_up_never_answers_pending(make_server):
    """sfcc-ci takes PENDING for the end of the job."""
    server = make_server("--import-delay-ms", "300")
    execution = server.start_job(IMPORT, {"file_name": "ghost.zip"}).json()
    seen = set()
    while execution["execution_status"] in ("pending", "running"):
        execution = server.data("GET", f"jobs/{IMPORT}/executions/{execution['id']}").json()
        seen.add(execution["status"])
    assert seen == {"RUNNING", "ERROR"}


def test_the_fault_for_an_unknown_property_names_the_document(server):
    arguments = server.start_job(IMPORT, {"file": "a.zip"}).json()["fault"]["arguments"]
    assert arguments == {"document": "job_execution_request", "property": "file"}


def test_a_merchants_job_imports_single_feeds_by_its_own_mode(make_server, feeds):
    server = make_server()
    configuration = json.loads((server.root / "instance.json").read_text())
    step = {
        "type": "ImportCatalog",
        "WorkingFolder": "akeneo",
        "FileNamePattern": r"cat.*\.xml",
        "ImportMode": "${Mode}",
        "AfterImportFileHandling": "Archive",
    }
    configuration["jobs"] = {"import-catalog": [step, {"type": "ExecuteScriptModule"}]}
    (server.root / "instance.json").write_text(json.dumps(configuration))
    server.dav("MKCOL", "Impex/src/akeneo")

    def run(mode, inner):
        server.dav("PUT", "Impex/src/akeneo/cat1.xml", data=feeds.document("catalog", inner, 'catalog-id="c"').encode())
        body = {"parameters": [{"name": "Mode", "value": mode}]}
        assert server.wait(server.start_job("import-catalog", body).json())["status"] == "OK"

    run("Merge", '<product product-id="a"/><product product-id="b"/>')
    assert server.dav("GET", "Impex/archive/cat1.xml").ok
    assert server.dav("GET", "Impex/src/akeneo/cat1.xml").status_code == 404
    run("Delete", '<product product-id="a"/>')
    exported = server.export({"catalogs": {"all": True}})["catalogs/c/catalog.xml"]
    assert exported.count(b"<product ") == 1
    failed = server.wait(server.start_job("import-catalog", {"parameters": [{"name": "Mode", "value": "Swap"}]}).json())
    log = server.dav("GET", f"Impex/log/{failed['log_file_name']}").text
    assert "ERROR [ImportCatalog]: ImportMode 'Swap' is none of Merge, Update, Replace, Delete" in log
