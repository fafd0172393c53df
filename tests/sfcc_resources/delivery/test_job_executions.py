"""Executions of SFCC's jobs: followed, and looked up whatever shape the answer has."""

import pytest

from sfcc_resources.delivery import job_executions
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccTransientError
from sfcc_resources.delivery.sitearchive import IMPORT

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
    "hits",
    [
        [],
        [None, 1, "e1", [], {}, {"id": None}, {"id": {"a": 1}}, {"id": "e\n1"}, {"id": "\x1b[31m"}],
        [
            {
                "id": "e1",
                "job_id": [1],
                "execution_status": {"a": 1},
                "status": 7,
                "exit_status": "OK",
                "parameters": {"name": "x"},
                "start_time": 12,
                "is_log_file_existing": "no",
                "log_file_path": ["x"],
            },
            {"id": "e2", "parameters": [None, {"name": 1}, {"value": []}], "exit_status": {"code": None, "message": [1]}},
        ],
    ],
)
def test_executions_of_any_shape_are_read(client: Client, sfcc: Sfcc, hits: list[object]) -> None:
    sfcc.fail("job_execution_search", 200, {"hits": hits})
    executions = job_executions.search(client, IMPORT)
    assert [execution.id for execution in executions] == (["e1", "e2"] if len(hits) == 2 else [])
    assert not any(execution.ok or execution.has_log for execution in executions)


def test_no_executions_may_be_said_without_a_list(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("job_execution_search", 200, {"count": 0, "start": 0, "total": 0})
    assert job_executions.search(client, IMPORT) == []


@pytest.mark.parametrize("answer", [{}, {"hits": None}, {"hits": {"a": 1}}, {"total": 3}])
def test_an_answer_without_list_of_executions_is_not_taken_for_none(client: Client, sfcc: Sfcc, answer: object) -> None:
    for _ in range(4):
        sfcc.fail("job_execution_search", 200, answer)
    with pytest.raises(SfccTransientError, match=r"holds no list of executions \(try again later\)\. Given up after 4 tries\.$"):
        job_executions.search(client, IMPORT)
