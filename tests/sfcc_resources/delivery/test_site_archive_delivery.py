"""Delivery by site archive through the port, against a real server."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST
from sfcc_resources.delivery.delivery_port import Delivered, DeliveryPort
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError
from sfcc_resources.delivery.site_archive_delivery import SiteArchiveDelivery

from .conftest import Sfcc, fault

FEED = "catalogs/c/static/default/a.jpg"
ABSENT = "catalogs/c/static/default/b.jpg"
UPLOADED = "Impex/src/instance/load-0001.zip"


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, Path]:
    """An archive and its manifest, which lists two static files."""
    path = tmp_path / "load-0001.zip"
    path.write_bytes(b"PK archive")
    rows = [
        {"container": "c", "type": records.FILE, "id": name, "delete": False, "elements": 0, "feed": feed, "size": 3}
        | {"archive": path.name}
        for name, feed in (("a.jpg", FEED), ("b.jpg", ABSENT))
    ]
    manifest = tmp_path / "load-0001.zip.manifest.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=ARCHIVE_MANIFEST), manifest)
    return path, manifest


def delivery(client: Client, *, keep_archives: bool = False) -> DeliveryPort:
    return SiteArchiveDelivery(client, busy_minutes=1, wait_minutes=1, keep_archives=keep_archives)


def test_an_archive_is_delivered_with_its_log_and_the_files_that_lie_there(
    client: Client, sfcc: Sfcc, archive: tuple[Path, Path]
) -> None:
    sfcc.files["Catalogs/c/default/a.jpg"] = b"abc"
    said: list[str] = []
    delivered = delivery(client).deliver(*archive, resume=False, tell=said.append)
    assert delivered == Delivered(True, False, "", archive[0].with_name("load-0001.zip.log"), frozenset({FEED}))
    assert UPLOADED not in sfcc.files
    assert said[0] == "load-0001.zip: uploading 10 bytes"


def test_a_static_file_is_read_by_its_path_in_an_archive_and_may_be_absent(client: Client, sfcc: Sfcc) -> None:
    sfcc.files["Catalogs/c/default/a.jpg"] = b"abc"
    assert [delivery(client).static_file(name) for name in (FEED, ABSENT)] == [b"abc", None]


def test_the_archive_stays_in_sfcc_if_it_is_to_be_kept(client: Client, sfcc: Sfcc, archive: tuple[Path, Path]) -> None:
    delivery(client, keep_archives=True).deliver(*archive, resume=False, tell=lambda _: None)
    assert sfcc.files[UPLOADED] == b"PK archive"


def test_a_job_that_ends_badly_is_no_error_of_the_delivery(client: Client, sfcc: Sfcc, archive: tuple[Path, Path]) -> None:
    sfcc.final = "ERROR"
    delivered = delivery(client).deliver(*archive, resume=False, tell=lambda _: None)
    assert (delivered.job_ok, delivered.broke_off) == (False, False)


def test_a_job_that_was_aborted_broke_off(client: Client, sfcc: Sfcc, archive: tuple[Path, Path]) -> None:
    sfcc.final, sfcc.ends_as = "ABORTED", "aborted"
    delivered = delivery(client).deliver(*archive, resume=False, tell=lambda _: None)
    assert (delivered.job_ok, delivered.broke_off) == (False, True)


def test_what_was_sent_before_is_not_sent_again(client: Client, sfcc: Sfcc, archive: tuple[Path, Path]) -> None:
    delivery(client).deliver(*archive, resume=False, tell=lambda _: None)
    sfcc.calls.clear()
    delivery(client).deliver(*archive, resume=True, tell=lambda _: None)
    assert not [call for call in sfcc.calls if call.startswith("PUT")]


def test_the_check_changes_nothing_and_tells_what_is_missing(client: Client, sfcc: Sfcc) -> None:
    delivery(client).check()
    assert [call.split()[0] for call in sfcc.calls] == ["POST", "POST"]
    assert sfcc.calls[-1].endswith("/job_execution_search")
    sfcc.fail("job_execution_search", 403, fault("ForbiddenException", "Not you."))
    with pytest.raises(SfccPermanentError, match=r"HTTP 403: Not you\. \(grant the API client this resource"):
        delivery(client).check()
