"""HTTP answers and logs that go wrong because `faults.json` asks for it."""

import json

import pytest
import requests
from lxml import etree

IMPORT = "sfcc-site-archive-import"


@pytest.fixture
def provoke(server):
    """Writes the faults; they are gone after the test."""

    def write(**faults):
        (server.root / "faults.json").write_text(json.dumps(faults))

    yield write
    (server.root / "faults.json").unlink(missing_ok=True)


def product(feeds, inner='<product product-id="p"/>'):
    return {"catalogs/c/catalog.xml": feeds.document("catalog", inner, 'catalog-id="c"')}


@pytest.mark.parametrize("status", [404, 503])
def test_a_logs_download_fails_as_often_as_asked(server, feeds, provoke, status):
    execution = server.site_import(product(feeds))
    path = execution["log_file_path"].removeprefix("/Sites/")
    provoke(answers=[{"on": "GET .*/LOGS/.*", "status": status, "times": 2, "headers": {"Retry-After": "1"}}])
    answers = [server.dav("GET", path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers["retry-after"] == "1"
    assert "Importing file" in answers[2].text


def test_a_log_s_download_breaks_off_at_its_half_as_often_as_asked(server, feeds, provoke):
    execution = server.site_import(product(feeds))
    path = execution["log_file_path"].removeprefix("/Sites/")
    whole = server.dav("GET", path)
    provoke(answers=[{"on": "GET .*/LOGS/.*", "lost": True, "times": 1}])
    broken = server.dav("GET", path, stream=True)
    assert (broken.status_code, broken.headers["content-length"]) == (200, str(len(whole.content)))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        broken.content  # noqa: B018 - reads it
    assert server.dav("GET", path).content == whole.content


def test_look_ups_of_executions_fail_as_often_as_asked(server, feeds, provoke):
    execution = server.site_import(product(feeds))
    provoke(answers=[{"on": "GET .*/executions/.*", "status": 503, "times": 1}, {"on": ".*search", "status": 500, "times": 1}])
    path = f"jobs/{IMPORT}/executions/{execution['id']}"
    failed = server.data("GET", path)
    assert (failed.status_code, failed.json()["fault"]["type"]) == (503, "ProvokedException")
    assert server.data("GET", path).status_code == 200
    query = {"query": {"match_all_query": {}}}
    assert [server.data("POST", "job_execution_search", json=query).status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize("how", [{"lost": True}, {"status": 504, "carried_out": True}])
def test_the_answer_to_a_start_gets_lost_and_the_job_runs(server, feeds, provoke, how):
    name = "lost" if "lost" in how else "late"
    server.dav("PUT", f"Impex/src/instance/{name}.zip", data=feeds.archive(product(feeds), name))
    provoke(answers=[{"on": "POST .*/executions", "times": 1, **how}])
    if "lost" in how:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            server.start_job(IMPORT, {"file_name": f"{name}.zip"})
    else:
        assert server.start_job(IMPORT, {"file_name": f"{name}.zip"}).status_code == 504
    query = {"query": {"match_all_query": {}}, "count": 1}
    (newest,) = server.data("POST", "job_execution_search", json=query).json()["hits"]
    assert newest["parameters"][1]["value"] == f"{name}.zip"
    assert server.wait(newest)["status"] == "OK"


def test_an_error_repeats_the_credentials_that_came_with_the_request(server, provoke):
    provoke(answers=[{"on": "POST /dwsso/.*", "status": 400, "echo": True, "body": "bad request:"}])
    answer = requests.post(
        f"{server.url}/dwsso/oauth2/access_token", auth=("sandbox", "s3cret"), data={"grant_type": "client_credentials"}
    )
    assert answer.status_code == 400
    assert answer.text == (
        "bad request: Authorization: Basic c2FuZGJveDpzM2NyZXQ= (sandbox:s3cret); grant_type=client_credentials"
    )


def test_a_listing_fails_or_shows_a_part_of_the_folder(server, provoke):
    server.dav("MKCOL", "Catalogs/c")
    for name in ("a.jpg", "b.jpg", "d.jpg"):
        server.dav("PUT", f"Catalogs/c/{name}", data=b"x")
    provoke(answers=[{"on": "PROPFIND .*/Catalogs/.*", "status": 502, "times": 1}, {"on": "PROPFIND .*", "entries": 2}])
    assert server.dav("PROPFIND", "Catalogs/c").status_code == 502
    answer = server.dav("PROPFIND", "Catalogs/c")
    assert answer.status_code == 207
    names = [e.text for e in etree.fromstring(answer.content).iter("{DAV:}displayname")]
    assert names == ["c", "a.jpg", "b.jpg"]
    assert server.dav("PROPFIND", "Catalogs/ghost").status_code == 404


def test_other_requests_are_answered_as_ever(server, provoke):
    provoke(answers=[{"on": "GET .*/LOGS/.*", "status": 503}])
    assert server.token()["status"] == 200
    assert server.dav("PUT", "Impex/src/instance/x.txt", data=b"x").ok


def test_a_log_breaks_off_in_its_middle(server, feeds, provoke):
    provoke(log_ends_after=4)
    execution = server.site_import(product(feeds))
    assert (execution["status"], execution["is_log_file_existing"]) == ("OK", True)
    lines = [line.partition("GMT] ")[2] for line in server.log(execution).splitlines()]
    assert lines[1:] == ["Starting Import", "Importing file 'catalogs/c/catalog.xml'", "Phase 1 - Items"]


def test_a_log_has_lines_of_unknown_wording(server, feeds, provoke):
    provoke(free_lines=["Element at 12:4 rejected: it is not good enough", "{braces} are kept"])
    lines = [line.partition("GMT] ")[2] for line in server.log(server.site_import(product(feeds))).splitlines()]
    assert lines[3:5] == ["Element at 12:4 rejected: it is not good enough", "{braces} are kept"]


def test_a_log_is_worded_otherwise_or_lacks_some_lines(server, feeds, provoke):
    german = {"data_error": "FEHLER: Ein Element wurde nicht eingelesen.", "processed_type": None, "processed_total": None}
    provoke(refuse={"product": ["p"]}, log_wording=german)
    lines = [line.partition("GMT] ")[2] for line in server.log(server.site_import(product(feeds))).splitlines()]
    assert lines[3:] == [
        "Phase 1 - Items",
        "FEHLER: Ein Element wurde nicht eingelesen.",
        "Phase 2 - Relations",
        "Import finished with status IMPEX-0, DataErrorCount: 1, DataWarningCount: 0",
        "Job [sfcc-site-archive-import] finished with status [OK]",
    ]


def test_a_file_that_can_not_be_read_leaves_the_job_ok_where_asked(server, provoke):
    files = {"catalogs/c/catalog.xml": "<catalog"}
    assert server.site_import(files)["status"] == "ERROR"
    provoke(ok_over_malformed=True)
    execution = server.site_import(files)
    assert (execution["status"], execution["exit_status"]["status"]) == ("OK", "ok")
    assert "ERROR [catalogs/c/catalog.xml]: not well-formed XML" in server.log(execution)
    assert server.wait(server.start_job(IMPORT, {"file_name": "ghost.zip"}).json())["status"] == "ERROR"


def test_older_instances_know_nothing_but_parameters(server, feeds, provoke):
    server.dav("PUT", "Impex/src/instance/old.zip", data=feeds.archive(product(feeds), "old"))
    provoke(parameters_only=True)
    refused = server.start_job(IMPORT, {"file_name": "old.zip"})
    assert (refused.status_code, refused.json()["fault"]["type"]) == (400, "UnknownPropertyException")
    assert refused.json()["fault"]["arguments"] == {"document": "job_execution_request", "property": "file_name"}
    body = {"parameters": [{"name": "ImportFile", "value": "old.zip"}]}
    assert server.wait(server.start_job(IMPORT, body).json())["status"] == "OK"
