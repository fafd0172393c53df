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


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<html>",
        "<html><body>Please log in</body></html>",
        LISTING.format(""),
        LISTING.format(ENTRY.format(href="/a", kind="", size=1))[:-20],
        LISTING.format(ENTRY.format(href="/a", kind="", size="many")),
        LISTING.format(ENTRY.format(href="http://[/a", kind="", size=1)),
    ],
)
def test_what_is_no_listing_is_told(client: Client, sfcc: Sfcc, answer: str) -> None:
    for _ in range(4):
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


FOLDER = "/on/demandware.servlet/webdav/Sites/Impex"


@pytest.mark.parametrize(
    "href",
    [
        FOLDER + "/{0}",
        "https://shop.example.com" + FOLDER + "/{0}",
        "/ON/Demandware.servlet/webdav/sites/IMPEX/{0}",
        "{0}",
        "\n " + FOLDER + "/./{0} ",
    ],
)
@pytest.mark.parametrize("prefix", ["D", "d", "ns0"])
def test_a_listing_is_read_whatever_its_prefixes_and_the_form_of_its_addresses(
    client: Client, sfcc: Sfcc, href: str, prefix: str
) -> None:
    own = ENTRY.format(href=href.format(""), kind="<D:collection/>", size=0)
    file = ENTRY.format(href=href.format("%C3%A9%20a.jpg"), kind="", size=3)
    text = LISTING.format(own + file).replace("D:", f"{prefix}:").replace(":D=", f":{prefix}=")
    sfcc.fail("PROPFIND", 207, text.encode())
    assert webdav.listing(client, "Impex") == [Entry("é a.jpg", 3, TIME, is_folder=False)]


def test_a_listing_without_prefix_and_with_a_time_of_odd_shape_is_read(client: Client, sfcc: Sfcc) -> None:
    text = LISTING.format(ENTRY.format(href=FOLDER + "/a.jpg", kind="", size=3).replace("Tue, 24 Nov 2026 02:00:00 GMT", "soon"))
    sfcc.fail("PROPFIND", 207, text.replace("D:", "").replace("xmlns:D", "xmlns").replace('xmlns="AV:"', 'xmlns="DAV:"').encode())
    assert webdav.listing(client, "Impex") == [Entry("a.jpg", 3, None, is_folder=False)]


def test_a_listing_that_breaks_off_is_asked_for_again(client: Client, sfcc: Sfcc) -> None:
    sfcc.files["Impex/a"] = b"123"
    sfcc.cut("PROPFIND", 100)
    sfcc.cut("PROPFIND", 100, sized=False)
    assert webdav.listing(client, "Impex") == [Entry("a", 3, TIME, is_folder=False)]


def test_a_size_that_is_not_told_is_not_taken_for_nothing(client: Client, sfcc: Sfcc) -> None:
    sfcc.files["Impex/a"] = b"123"
    sfcc.cut("HEAD", 0, sized=False)
    with pytest.raises(SfccTransientError, match=r"Looking for Impex/a in SFCC failed: the answer tells no size"):
        webdav.size(client, "Impex/a")
