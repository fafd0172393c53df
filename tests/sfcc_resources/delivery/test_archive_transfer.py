"""Site archives on their way: started once, followed to their end, their log fetched; waiting, resuming, failing."""

from pathlib import Path

import pytest

from sfcc_resources.delivery import archive_transfer
from sfcc_resources.delivery.archive_transfer import EXPORT, IMPORT, deliver, export
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError

from .conftest import Sfcc, fault

BUSY = fault("JobAlreadyRunningException", "The job 'sfcc-site-archive-import' is already running.")
START = f"POST /s/-/dw/data/v25_6/jobs/{IMPORT}/executions"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "load-0001.zip"
    path.write_bytes(b"PK archive")
    return path


def test_an_archive_is_uploaded_imported_followed_and_its_log_fetched(client: Client, sfcc: Sfcc, archive: Path) -> None:
    said: list[str] = []
    execution = deliver(client, archive, on_progress=said.append)
    assert (execution.ok, execution.exit_code, execution.id) == (True, "OK", "e1")
    assert sfcc.files["Impex/src/instance/load-0001.zip"] == b"PK archive"
    assert execution.log == archive.with_name("load-0001.zip.log")
    assert execution.log.read_text("utf-8") == "Starting Import\nProcessed 0 total elements\n"
    assert said == [
        "load-0001.zip: uploading 10 bytes",
        f"{IMPORT}: execution e1 is pending",
        f"{IMPORT}: execution e1 ended finished OK",
    ]


def test_the_uploaded_file_is_deleted_only_if_told_and_only_after_success(client: Client, sfcc: Sfcc, archive: Path) -> None:
    deliver(client, archive, delete_after=True)
    assert "Impex/src/instance/load-0001.zip" not in sfcc.files
    sfcc.final = "ERROR"
    assert not deliver(client, archive, delete_after=True).ok
    assert "Impex/src/instance/load-0001.zip" in sfcc.files


def test_a_job_without_log_gives_none(client: Client, sfcc: Sfcc, archive: Path) -> None:
    for _ in range(4):
        sfcc.fail("GET /on/demandware.servlet/webdav/Sites/LOGS", 404)
    assert deliver(client, archive).log is None
    sfcc.log_after = 5
    assert deliver(client, archive).log is None


def test_a_busy_job_is_waited_for_saying_once_who_holds_it(client: Client, sfcc: Sfcc, archive: Path) -> None:
    running = {
        "id": "e0",
        "job_id": IMPORT,
        "client_id": "merchant",
        "execution_status": "running",
        "start_time": "2026-11-24T01:00:00Z",
    }
    sfcc.executions["e0"] = running
    for _ in range(2):
        sfcc.fail(START, 400, BUSY)
    said: list[str] = []
    assert deliver(client, archive, on_progress=said.append, busy_pause=0.01).ok
    waits = [line for line in said if "waiting" in line]
    assert waits == [f"{IMPORT}: waiting for execution e0 of merchant, running since 2026-11-24T01:00:00Z"]


def test_a_job_busy_beyond_the_limit_is_a_transient_failure(client: Client, sfcc: Sfcc, archive: Path) -> None:
    for _ in range(500):
        sfcc.fail(START, 400, BUSY)
    with pytest.raises(SfccTransientError, match="is already running") as caught:
        deliver(client, archive, busy_limit=0.05, busy_pause=0.01)
    assert caught.value.fault == "JobAlreadyRunningException"


def test_a_start_whose_answer_was_lost_is_looked_up_not_repeated(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.drop_start = True
    assert deliver(client, archive, busy_pause=0.01).id == "e1"
    assert sum(call == START for call in sfcc.calls) == 1


def test_a_start_that_never_arrived_is_repeated(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail(START, 503)
    assert deliver(client, archive, busy_pause=0.01).ok
    assert sum(call == START for call in sfcc.calls) == 2


@pytest.mark.parametrize("answer", [b"<html>Back soon</html>", b"[]", b"{}"])
def test_a_start_that_is_answered_with_something_else_is_looked_up_and_repeated(
    client: Client, sfcc: Sfcc, archive: Path, answer: bytes
) -> None:
    sfcc.fail(START, 200, answer)
    assert deliver(client, archive, busy_pause=0.01).ok
    assert sum(call == START for call in sfcc.calls) == 2


def test_looking_for_executions_is_tried_again_like_any_reading(client: Client, sfcc: Sfcc, archive: Path) -> None:
    for _ in range(2):
        sfcc.fail("job_execution_search", 503)
    assert deliver(client, archive).ok


def test_an_earlier_import_of_the_same_file_name_is_not_taken_for_this_one(client: Client, sfcc: Sfcc, archive: Path) -> None:
    deliver(client, archive)
    sfcc.fail(START, 503)
    assert deliver(client, archive, busy_pause=0.01).id == "e2"


def test_after_a_crash_the_known_execution_is_followed_instead_of_sending_again(
    client: Client, sfcc: Sfcc, archive: Path
) -> None:
    deliver(client, archive)
    sfcc.calls.clear()
    assert deliver(client, archive, resume=True).id == "e1"
    assert not [call for call in sfcc.calls if call.startswith(("PUT", START))]
    assert deliver(client, archive.rename(archive.with_name("other.zip")), resume=True).id == "e2"


def test_an_old_instance_gets_the_file_name_as_a_parameter(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail(START, 400, fault("UnknownPropertyException", "Property 'file_name' is unknown."))
    assert deliver(client, archive).parameters == {"ImportFile": "load-0001.zip"}


def test_a_refused_start_ends_with_sfccs_message(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail(START, 404, fault("JobNotFoundException", "No job with ID 'sfcc-site-archive-import' was found."))
    with pytest.raises(SfccPermanentError, match=r"Starting SFCC's job .* HTTP 404: No job with ID .* \(check SFCC_URL"):
        deliver(client, archive)


def test_an_export_is_downloaded(client: Client, sfcc: Sfcc, tmp_path: Path) -> None:
    sfcc.files["Impex/src/instance/out.zip"] = b"PK export"
    assert export(client, "out.zip", {"catalogs": {"all": True}}, tmp_path / "out.zip").job_id == EXPORT
    assert (tmp_path / "out.zip").read_bytes() == b"PK export"


def test_an_export_without_archive_is_an_error(client: Client, tmp_path: Path) -> None:
    with pytest.raises(SfccPermanentError, match=r"SFCC's export to out.zip ended finished OK without an archive"):
        export(client, "out.zip", {}, tmp_path / "out.zip")


LOG = "GET /on/demandware.servlet/webdav/Sites/LOGS"


def test_a_log_that_appears_a_little_after_the_jobs_end_is_waited_for(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.log_after = 2
    execution = deliver(client, archive)
    assert execution.log is not None
    assert execution.log.read_bytes() == b"Starting Import\nProcessed 0 total elements\n"


@pytest.mark.parametrize("sized", [True, False])
def test_a_log_that_was_cut_short_is_fetched_again(client: Client, sfcc: Sfcc, archive: Path, sized: bool) -> None:
    sfcc.cut(LOG, 17, sized=sized)
    execution = deliver(client, archive)
    assert execution.log is not None
    assert execution.log.read_bytes() == b"Starting Import\nProcessed 0 total elements\n"
    assert sorted(path.name for path in archive.parent.iterdir()) == ["load-0001.zip", "load-0001.zip.log"]


def test_a_log_without_total_is_taken_as_it_is_when_it_does_not_grow(client: Client, sfcc: Sfcc, archive: Path) -> None:
    for _ in range(2):
        sfcc.fail(LOG, 200, b"Copied 3 static files\n")
    execution = deliver(client, archive)
    assert execution.log is not None
    assert execution.log.read_bytes() == b"Copied 3 static files\n"


def test_a_log_that_always_breaks_off_is_told_with_the_number_of_tries(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.cut(LOG, 17, times=4)
    message = (
        r"^Downloading LOGS/jobs/e1\.log from SFCC failed: the answer of 127\.0\.0\.1:\d+ broke off \(try again later\)\. "
        r"Given up after 4 tries\.$"
    )
    with pytest.raises(SfccTransientError, match=message):
        deliver(client, archive)
    assert sorted(path.name for path in archive.parent.iterdir()) == ["load-0001.zip"]


def test_a_log_larger_than_any_is_not_kept(client: Client, sfcc: Sfcc, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_transfer, "_LOG_BYTES", 1024 * 1024)
    sfcc.fail(LOG, 200, b"x" * 1_100_000)
    with pytest.raises(SfccPermanentError, match=r"e1\.log from SFCC failed: it is larger than 1 MiB; look at it in SFCC\.$"):
        deliver(client, archive)
    assert sorted(path.name for path in archive.parent.iterdir()) == ["load-0001.zip"]


def test_a_secret_that_a_log_echoes_is_not_kept(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail(LOG, 200, b"Starting Import\r\n\xff Bearer token-1, s3cr%26t\r\nProcessed 0 total elements\n")
    execution = deliver(client, archive)
    assert execution.log is not None
    assert execution.log.read_bytes() == b"Starting Import\r\n\xff Bearer ***, ***\r\nProcessed 0 total elements\n"


def test_looking_an_execution_up_is_tried_again_when_the_answer_breaks_off(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.cut("GET /s/-/dw/data", 10, times=2)
    sfcc.cut("POST /s/-/dw/data/v25_6/job_execution_search", 3)
    assert deliver(client, archive).ok


def test_a_start_whose_answer_breaks_off_is_looked_up_not_repeated(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.cut(START, 10)
    assert deliver(client, archive, busy_pause=0.01).id == "e1"
    assert sum(call == START for call in sfcc.calls) == 1


def test_a_start_that_sfcc_has_not_taken_because_of_too_many_calls_is_repeated(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail(START, 429, headers={"Retry-After": "0"})
    assert deliver(client, archive, busy_pause=60).ok


def test_an_uploaded_file_that_cannot_be_deleted_fails_no_import(client: Client, sfcc: Sfcc, archive: Path) -> None:
    sfcc.fail("DELETE", 403)
    said: list[str] = []
    assert deliver(client, archive, delete_after=True, on_progress=said.append).ok
    assert "load-0001.zip: stays in Impex/src/instance/, it could not be deleted (Deleting" in said[-1]


@pytest.mark.parametrize(("status", "ok"), [("OK", True), ("WARN", True), ("ERROR", False), ("NO_FILES_FOUND", False)])
def test_a_job_has_ended_well_with_ok_or_a_warning(client: Client, sfcc: Sfcc, archive: Path, status: str, ok: bool) -> None:
    sfcc.final = status
    assert deliver(client, archive).ok is ok
