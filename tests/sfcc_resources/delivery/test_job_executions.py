"""Executions of SFCC's jobs: followed, and looked up whatever shape the answer has."""

import pytest

from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.archive_transfer import IMPORT
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccAnswerError, SfccTransientError

from .conftest import Sfcc


def test_an_answer_that_is_no_execution_is_told(client: Client, sfcc: Sfcc) -> None:
    for _ in range(4):
        sfcc.fail("GET", 200, b"<html>Please log in</html>")
    with pytest.raises(SfccTransientError, match=r"Asking for execution e1 .* failed: 127\.0\.0\.1:\d+ gave no JSON object"):
        job_executions.status(client, IMPORT, "e1")


def test_a_job_that_never_ends_is_given_up_after_the_limit(client: Client, sfcc: Sfcc) -> None:
    sfcc.polls = 10**6
    now = [0.0]
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    started = job_executions.start(client, IMPORT, {"file_name": "x.zip"})
    with pytest.raises(SfccTransientError, match="is still running after 60 s; look it up in Business Manager"):
        job_executions.follow(client, started, limit=60, clock=lambda: now[0], sleep=sleep)
    assert pauses[0] == 0.2
    assert pauses == sorted(pauses)
    assert max(pauses) == 10.0


@pytest.mark.parametrize(
    "hit",
    [
        None,
        1,
        "e1",
        [],
        {},
        {"id": None},
        {"id": ""},
        {"id": {"a": 1}},
        {"id": "e\n1"},
        {"id": "e1\n"},
        {"id": "\x1b[31m"},
        {"id": "e1", "job_id": [1]},
        {"id": "e1", "execution_status": {"a": 1}},
        {"id": "e1", "status": 7},
        {"id": "e1", "exit_status": "OK"},
        {"id": "e1", "exit_status": {"message": [1]}},
        {"id": "e1", "parameters": {"name": "x"}},
        {"id": "e1", "parameters": [None]},
        {"id": "e1", "parameters": [{"name": 1}]},
        {"id": "e1", "parameters": [{"value": "x"}]},
        {"id": "e1", "start_time": 12},
        {"id": "e1", "is_log_file_existing": "no"},
        {"id": "e1", "log_file_path": ["x"]},
        {"id": "e1", "log_file_name": "x\x00.log"},
    ],
)
def test_one_hit_that_is_no_execution_as_documented_fails_the_search(client: Client, sfcc: Sfcc, hit: object) -> None:
    """It may be the one that is looked for: passed over, an archive would be sent twice."""
    for _ in range(4):
        sfcc.fail("job_execution_search", 200, {"hits": [{"id": "e2"}, hit]})
    sentence = (
        r"^Looking for executions of SFCC's job sfcc-site-archive-import failed: SFCC's answer describes an execution otherwise "
        r"than OCAPI does \((Expected|Object)[ -~]+; try again later\)\. Given up after 4 tries\.$"
    )
    with pytest.raises(SfccAnswerError, match=sentence):
        job_executions.search(client, IMPORT)


def test_what_an_execution_does_not_say_is_empty(client: Client, sfcc: Sfcc) -> None:
    silent = {"exit_status": None, "log_file_name": None, "log_file_path": None, "parameters": [{"name": "x", "value": None}]}
    sfcc.fail("job_execution_search", 200, {"hits": [{"id": "e1"}, {"id": "e2", **silent}]})
    executions = job_executions.search(client, IMPORT)
    assert [(execution.id, execution.execution_status, execution.exit_code) for execution in executions] == [
        ("e1", "unknown", ""),
        ("e2", "unknown", ""),
    ]
    assert executions[1].parameters == {"x": ""}
    assert not any(execution.ok or execution.done or execution.has_log for execution in executions)


def test_no_executions_may_be_said_without_a_list(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("job_execution_search", 200, {"count": 0, "start": 0, "total": 0})
    assert job_executions.search(client, IMPORT) == []


@pytest.mark.parametrize("answer", [{}, {"hits": None}, {"hits": {"a": 1}}, {"total": 3}])
def test_an_answer_without_list_of_executions_is_not_taken_for_none(client: Client, sfcc: Sfcc, answer: object) -> None:
    for _ in range(4):
        sfcc.fail("job_execution_search", 200, answer)
    with pytest.raises(SfccAnswerError, match=r"holds no list of executions \(try again later\)\. Given up after 4 tries\.$"):
        job_executions.search(client, IMPORT)
