"""Files over WebDAV."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST
from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccTransientError
from sfcc_resources.delivery.staticfiles import files_present, webdav_path
from sfcc_resources.delivery.webdav import Entry

from .conftest import ENTRY, LISTING, Sfcc

TIME = datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_file_goes_there_and_comes_back(client: Client, sfcc: Sfcc, tmp_path: Path) -> None:
    source = tmp_path / "a b.zip"
    source.write_bytes(bytes(range(256)) * 5_000)
    webdav.put(client, "Impex/src/instance/a b.zip", source)
    assert webdav.size(client, "Impex/src/instance/a b.zip") == 1_280_000
    assert webdav.get(client, "Impex/src/instance/a b.zip", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
    assert webdav.delete(client, "Impex/src/instance/a b.zip")
    assert not webdav.delete(client, "Impex/src/instance/a b.zip")


def test_an_empty_file_is_uploaded_as_such(client: Client, sfcc: Sfcc, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    webdav.put(client, "Impex/empty", tmp_path / "empty")
    assert sfcc.files["Impex/empty"] == b""


def test_what_is_not_there_is_none_and_leaves_no_file(client: Client, tmp_path: Path) -> None:
    assert webdav.size(client, "Impex/x") is None
    assert webdav.listing(client, "Impex/x") is None
    assert not webdav.get(client, "Impex/x", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_listing_names_files_with_size_and_folders_without(client: Client, sfcc: Sfcc) -> None:
    sfcc.files |= {"Catalogs/c/default/é a.jpg": b"123", "Catalogs/c/default/sub/b.jpg": b"1"}
    assert webdav.listing(client, "Catalogs/c/default") == [
        Entry("sub", None, TIME, is_folder=True),
        Entry("é a.jpg", 3, TIME, is_folder=False),
    ]


@pytest.mark.parametrize("answer", ["<html>", LISTING.format(ENTRY.format(href="/a", kind="", size="many"))])
def test_what_is_no_listing_is_told(client: Client, sfcc: Sfcc, answer: str) -> None:
    sfcc.fail("PROPFIND", 207, answer.encode())
    with pytest.raises(SfccTransientError, match="Listing Impex in SFCC failed: the answer is no WebDAV listing"):
        webdav.listing(client, "Impex")


def test_a_static_file_is_present_when_it_lies_there_with_its_size(client: Client, sfcc: Sfcc, tmp_path: Path) -> None:
    sfcc.files |= {
        "Catalogs/c/default/images/a.jpg": b"123",
        "Catalogs/c/default/images/short.jpg": b"1",
        "Libraries/l/default/d.pdf": b"12",
    }
    entries = [
        ("catalogs/c/static/default/images/a.jpg", 3),
        ("catalogs/c/static/default/images/short.jpg", 2),
        ("catalogs/c/static/default/images/absent.jpg", 3),
        ("catalogs/c/static/default/nowhere/x.jpg", 3),
        ("libraries/l/static/default/d.pdf", 2),
    ]
    rows = [("c", records.FILE, feed, False, 0, feed, None, None, "a-0001.zip", size) for feed, size in entries]
    rows.append(("c", records.PRODUCT, "p", False, 1, "catalogs/c/catalog.xml", 3, 3, "a-0001.zip", None))
    manifest = tmp_path / "manifest.parquet"
    pq.write_table(pa.table([list(column) for column in zip(*rows, strict=True)], schema=ARCHIVE_MANIFEST), manifest)
    assert files_present(client, manifest) == {entries[0][0], entries[4][0]}
    assert [call for call in sfcc.calls if "images" in call] == [
        "PROPFIND /on/demandware.servlet/webdav/Sites/Catalogs/c/default/images/"
    ]


def test_an_archives_entry_lies_below_the_containers_default_folder() -> None:
    assert webdav_path("catalogs/c/static/default/images/a.jpg") == "Catalogs/c/default/images/a.jpg"
    assert webdav_path("libraries/l/static/default/a/static/b.jpg") == "Libraries/l/default/a/static/b.jpg"
    assert webdav_path("sites/RefArch/library/static/default/a.jpg") == "Libraries/RefArch/default/a.jpg"
