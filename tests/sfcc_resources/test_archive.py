"""Site archives: layout, order over several archives, size, manifests, determinism."""

import hashlib
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sfcc_resources import records
from sfcc_resources.archive import static_files, write_archives
from sfcc_resources.feeds import write_feeds

Table = Callable[[Iterable[Any]], list[pa.RecordBatch]]
Row = tuple[str, str, str, bool, Any]


def product(object_id: str, text: str = "x") -> Row:
    return ("c", records.PRODUCT, object_id, False, {"id": object_id, "fields": {"brand": {"": text}}})


def definition(object_id: str) -> Row:
    return ("Product", records.ATTRIBUTE_DEFINITION, object_id, False, {"id": object_id, "type": "string", "names": {}})


def file(container: str, path: str, source: str, *, delete: bool = False) -> Row:
    return (container, records.FILE, path, delete, None if delete else {"id": path, "source": source, "size": 3, "sha1": ""})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "one").write_bytes(b"one")
    (folder / "two").write_bytes(b"2" * 3_000)
    return folder


def test_the_layout_is_that_of_a_site_archive(table: Table, tmp_path: Path, store: Path) -> None:
    batches = table([definition("a"), file("c", "images/a.jpg", "one"), file("lib", "b.pdf", "two"), product("p")])
    feeds = write_feeds(batches, tmp_path / "feeds")
    [archive] = write_archives(feeds, static_files(batches, store, libraries={"lib"}), tmp_path / "out", name="load 1")
    assert archive.path.name == archive.name
    assert archive.name.startswith("load_1-")
    top = archive.path.stem
    with zipfile.ZipFile(archive.path) as zipped:
        assert zipped.testzip() is None
        assert zipped.namelist() == [
            f"{top}/meta/system-objecttype-extensions.xml",
            f"{top}/catalogs/c/static/default/images/a.jpg",
            f"{top}/libraries/lib/static/default/b.pdf",
            f"{top}/catalogs/c/catalog.xml",
        ]
        assert zipped.read(f"{top}/catalogs/c/static/default/images/a.jpg") == b"one"
        assert zipped.read(f"{top}/catalogs/c/catalog.xml") == (tmp_path / "feeds/catalogs/c/catalog.xml").read_bytes()
    assert (archive.feeds, archive.files, archive.objects, archive.bytes) == (
        ("meta/system-objecttype-extensions.xml", "catalogs/c/catalog.xml"),
        2,
        4,
        archive.path.stat().st_size,
    )


def test_what_is_enclosed_goes_into_each_archive_by_its_name_and_catalogs_and_into_no_manifest(
    table: Table, tmp_path: Path, store: Path
) -> None:
    def enclosed(archive: str, catalogs: Collection[str]) -> dict[str, bytes]:
        return {"note.json": f"{archive} {sorted(catalogs)}".encode()}

    batches = table([definition("a"), file("files", "a.jpg", "one"), file("lib", "b.pdf", "two"), product("p")])
    feeds = write_feeds(batches, tmp_path / "feeds")
    found = static_files(batches, store, libraries={"lib"})
    [archive] = write_archives(feeds, found, tmp_path / "out", name="load 1", enclosed=enclosed)
    with zipfile.ZipFile(archive.path) as zipped:
        assert zipped.read(f"{archive.path.stem}/note.json").decode() == f"{archive.name} ['c', 'files']"
    assert pq.read_table(archive.manifest)["feed"].to_pylist().count("note.json") == 0
    assert (archive.files, archive.objects) == (2, 4)


def test_files_of_a_sites_private_library_go_below_the_site(table: Table, store: Path) -> None:
    [found] = static_files(table([file("sites/S", "b.pdf", "two")]), store, libraries={"sites/S"})
    assert found.name == "sites/S/library/static/default/b.pdf"


def test_the_manifest_tells_the_archive_of_each_object(table: Table, tmp_path: Path, store: Path) -> None:
    batches = table([file("c", "a.jpg", "two"), product("p"), ("c", records.PRODUCT, "gone", True, None)])
    [archive] = write_archives(write_feeds(batches, tmp_path / "f"), static_files(batches, store), tmp_path / "out", name="n")
    assert [tuple(row.values()) for row in pq.read_table(archive.manifest).to_pylist()] == [
        ("c", "file", "a.jpg", False, 0, "catalogs/c/static/default/a.jpg", None, None, "n-0001.zip", 3_000),
        ("c", "product", "p", False, 1, "catalogs/c/catalog.xml", 3, 3, "n-0001.zip", None),
        ("c", "product", "gone", True, 1, "catalogs/c/catalog.xml", 4, 4, "n-0001.zip", None),
    ]


def test_over_several_archives_nothing_precedes_what_it_refers_to(table: Table, tmp_path: Path, store: Path) -> None:
    rows = [definition("a"), *(file("c", f"{n}.bin", "two") for n in range(3)), *(product(f"p{n}", "x" * 200) for n in range(20))]
    rows += [("c", records.CATEGORY_ASSIGNMENTS, "p0", False, {"id": "p0", "categories": [{"category": "k"}]})]
    batches = table(rows)
    feeds = write_feeds(batches, tmp_path / "feeds", max_bytes=2_000)
    archives = write_archives(feeds, static_files(batches, store), tmp_path / "out", name="n", max_bytes=3_600)
    assert [archive.name for archive in archives] == [f"n-{n:04d}.zip" for n in range(1, len(archives) + 1)]
    assert len(archives) > 2
    assert all(archive.bytes <= 3_600 for archive in archives)
    order = [row for archive in archives for row in pq.read_table(archive.manifest, columns=["type", "id"]).to_pylist()]
    assert order == [{"type": kind, "id": object_id} for _, kind, object_id, _, _ in rows]


def test_what_packs_well_shares_an_archive_so_that_products_find_those_they_link_to(table: Table, tmp_path: Path) -> None:
    feeds = list(write_feeds(table([product(f"p{n}", "x" * 200) for n in range(40)]), tmp_path / "feeds", max_bytes=2_000))
    (archive,) = write_archives(feeds, [], tmp_path / "out", name="n", max_bytes=8_000)
    assert sum(feed.bytes for feed in feeds) > 10_000
    assert archive.bytes < 8_000


def test_a_catalog_never_shares_an_archive_with_what_it_names_in_another(table: Table, tmp_path: Path) -> None:
    def category(catalog: str) -> Row:
        return (catalog, records.CATEGORY, "k", False, {"id": "k", "fields": {}})

    def relation(catalog: str, kind: str, record: Any) -> Row:
        return (catalog, kind, "p", False, {"id": "p"} | record)

    assigned = {"categories": [{"category": "k"}]}
    batches = table(
        [
            category("app"),
            category("web"),
            ("master", records.PRODUCT, "p", False, {"id": "p", "fields": {}}),
            relation("app", records.CATEGORY_ASSIGNMENTS, assigned),
            relation("web", records.CATEGORY_ASSIGNMENTS, assigned),
            relation("master", records.RECOMMENDATIONS, {"targets": [{"type": "1", "target": "q"}]}),
        ]
    )
    archives = write_archives(write_feeds(batches, tmp_path / "feeds"), [], tmp_path / "out", name="n")
    assert [archive.feeds for archive in archives] == [
        ("catalogs/app/catalog.xml", "catalogs/web/catalog.xml"),
        ("catalogs/master/catalog.xml",),
        ("catalogs/app/catalog_0002.xml", "catalogs/web/catalog_0002.xml", "catalogs/master/catalog_0002.xml"),
    ]


def test_static_files_without_any_feed_make_an_archive(table: Table, tmp_path: Path, store: Path) -> None:
    [archive] = write_archives([], static_files(table([file("c", "a", "one")]), store), tmp_path / "out", name="n")
    assert (archive.feeds, archive.files) == ((), 1)


def test_nothing_to_send_makes_no_archive(table: Table, tmp_path: Path) -> None:
    assert write_archives([], [], tmp_path / "out", name="n") == []
    assert list((tmp_path / "out").iterdir()) == []


def test_the_same_content_makes_the_same_bytes(table: Table, tmp_path: Path, store: Path) -> None:
    sums = set()
    for folder in ("a", "b"):
        batches = table([file("c", "a.jpg", "one"), product("p")])
        feeds = write_feeds(batches, tmp_path / folder)
        [archive] = write_archives(feeds, static_files(batches, store), tmp_path / folder / "out", name="n")
        sums.add(hashlib.sha256(archive.path.read_bytes()).hexdigest())
    assert len(sums) == 1


def test_deleted_files_are_not_the_archives_business(table: Table, store: Path) -> None:
    assert list(static_files(table([file("c", "a.jpg", "one", delete=True)]), store)) == []


@pytest.mark.parametrize("path", ["images/été.jpg", "../escape", "/absolute", "a//b", "a\\b"])
def test_a_file_name_that_sfcc_would_not_unpack_is_refused(path: str, table: Table, store: Path) -> None:
    with pytest.raises(ValueError, match=r"can.t go into a site archive: its path"):
        list(static_files(table([file("c", path, "one")]), store))


def test_an_entry_larger_than_an_archive_is_refused_by_name(table: Table, tmp_path: Path, store: Path) -> None:
    batches = table([file("c", "big", "two")])
    with pytest.raises(ValueError, match="catalogs/c/static/default/big has 3000 bytes, but an archive holds 2000"):
        write_archives([], static_files(batches, store), tmp_path / "out", name="n", max_bytes=2_000)


def test_an_absent_source_is_an_error(table: Table, tmp_path: Path, store: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_archives([], static_files(table([file("c", "a", "absent")]), store), tmp_path / "out", name="n")
