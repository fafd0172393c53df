"""Media: asked for once, kept, and told where the PIM can't give them."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted_pim import TOKEN_PATH, Reply

from akeneo_assets.loads import media_files
from akeneo_assets.loads.media_files import FAILING_TRIES, fetch, fold_index, forget_damaged, missing
from akeneo_assets.mapping.media_keys import media_key
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.store import Store, rows

PATH = "/api/rest/v1/media-files/"
PICTURE = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def key(code: str) -> str:
    return media_key("media-files", code)


def lay_out(pim: Any, code: str, body: bytes = b"", status: int = 200) -> None:
    answered = body if status == 200 else {"code": status, "message": "refused"}
    pim.answers(f"{PATH}{code}/download", Reply(answered, status))


def found(store: Store, run: str) -> dict[str, Any]:
    return {row["media"]: row for row in rows([store.root / run / "media.parquet"])}


def get(store: Store, client: Any, run: str, *codes: str, tell: Callable[[str], None] = lambda _: None) -> dict[str, int]:
    return fetch(store, client, map(key, codes), run, store.root / run, tell)


def test_each_file_is_kept_with_its_size_and_checksum(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "a/b/x.jpg", PICTURE)
    assert get(store, pim_client, "one", "a/b/x.jpg", "a/b/x.jpg") == {"wanted": 1, "missing": 0}
    row = found(store, "one")[key("a/b/x.jpg")]
    assert (store.root / row["path"]).read_bytes() == PICTURE
    assert (row["size"], row["sha1"]) == (14, "383ed85131f4ed92dc15ebfe44585c7e14074264")
    assert not Path(row["path"]).is_absolute()


def test_a_file_known_is_not_asked_for_again(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "x.jpg", PICTURE)
    get(store, pim_client, "one", "x.jpg")
    assert get(store, pim_client, "two", "x.jpg") == {"wanted": 1, "missing": 0}
    assert len(pim.calls(f"{PATH}x.jpg/download")) == 1
    assert found(store, "two")[key("x.jpg")]["size"] == 14


def test_a_folded_index_tells_the_same_and_does_so_when_a_kill_left_its_old_files(
    store: Store, pim: Any, pim_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, run in (("x.jpg", "one"), ("y.jpg", "two")):
        lay_out(pim, code, PICTURE)
        lay_out(pim, "z.jpg", status=404)
        get(store, pim_client, run, code, "z.jpg")
    lay_out(pim, "z.jpg", PICTURE)
    get(store, pim_client, "three", "z.jpg", "x.jpg", "y.jpg")
    lay_out(pim, "w.jpg", status=404)
    get(store, pim_client, "four", "w.jpg")
    before = found(store, "three")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception, match="killed"):
            fold_index(store)
    for left in (10, 2):  # the files of four fetches and of the fold, each with its number; then those of a fold alone
        assert len(list((store.media / "index").iterdir())) == left
        assert get(store, pim_client, "later", "z.jpg", "x.jpg", "y.jpg") == {"wanted": 3, "missing": 0}
        assert found(store, "later") == before
        assert list(missing(store)) == [key("w.jpg")]
        fold_index(store)
    get(store, pim_client, "last", "w.jpg")
    assert len(list((store.media / "index").iterdir())) == 4


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 404, "the PIM can't give it (404)"),
        (b"", 410, "the PIM can't give it (410)"),
        (b"", 200, "the file is empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", 200, "the file is no jpeg but text/html"),
        (b"\x00\x01\x02\x03", 200, "the file is no jpeg but unknown content"),
    ],
)
def test_a_file_that_the_pim_cannot_give_is_told_and_asked_for_again(
    store: Store, pim: Any, pim_client: Any, body: bytes, status: int, reason: str
) -> None:
    lay_out(pim, "x.jpg", body, status)
    assert get(store, pim_client, "one", "x.jpg") == {"wanted": 1, "missing": 1}
    assert found(store, "one")[key("x.jpg")]["reason"] == reason
    assert list(missing(store)) == [key("x.jpg")]
    lay_out(pim, "x.jpg", PICTURE)
    assert get(store, pim_client, "two", "x.jpg") == {"wanted": 1, "missing": 0}
    assert list(missing(store)) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.png", PICTURE),  # an image of another kind than its ending: browsers look at the content
        ("a.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("a.webp", b"RIFF\x08\x00\x00\x00WEBPVP8 "),
        ("a.svgz", gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg"/>', mtime=0)),
        ("a.tif", b"II+\x00\x08\x00\x00\x00" + bytes(16)),  # BigTIFF
        ("b.tif", b"MM\x00+\x00\x08\x00\x00" + bytes(16)),
        ("a.pdf", b"%PDF-1.4\n%%EOF\n"),
        ("b.pdf", b"\xef\xbb\xbf%PDF-1.4\n%%EOF\n"),
        ("c.pdf", b"\x1b%-12345X@PJL JOB\r\n%PDF-1.4\n%%EOF\n"),
        ("a.txt", b"no picture, and not said to be one"),
        ("a", b"\x00\x01"),
    ],
)
def test_a_file_of_the_kind_that_its_name_says_is_kept(store: Store, pim: Any, pim_client: Any, name: str, body: bytes) -> None:
    lay_out(pim, name, body)
    assert get(store, pim_client, "one", name) == {"wanted": 1, "missing": 0}


def test_a_packed_drawing_that_is_none_is_told(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "a.svgz", b"<!DOCTYPE html><html><body>Log in</body></html>")
    assert get(store, pim_client, "one", "a.svgz") == {"wanted": 1, "missing": 1}
    assert found(store, "one")["a.svgz"]["reason"] == "the file is no svg+xml but text/html"


def test_a_pdf_that_is_none_is_told(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "manual.pdf", PICTURE)
    assert get(store, pim_client, "one", "manual.pdf") == {"wanted": 1, "missing": 1}
    assert found(store, "one")["manual.pdf"]["reason"] == "the file is no pdf but image/gif"


@pytest.mark.parametrize("status", [500, 429, 400, 403, 422])
def test_a_file_that_alone_goes_on_failing_leaves_the_others_whole(store: Store, pim: Any, pim_client: Any, status: int) -> None:
    lay_out(pim, "a.jpg", b"", status)
    lay_out(pim, "b.jpg", PICTURE)
    assert get(store, pim_client, "one", "a.jpg", "b.jpg") == {"wanted": 2, "missing": 1}
    assert found(store, "one")[key("a.jpg")]["reason"] == f"the PIM can't give it ({status})"
    assert list(missing(store)) == [key("a.jpg")]
    pim.seen.clear()
    assert get(store, pim_client, "two", "a.jpg") == {"wanted": 1, "missing": 1}
    asked = [len(pim.calls(f"{PATH}{code}/download")) for code in ("a.jpg", "b.jpg")]
    assert asked == [9 if status in (500, 429) else 1, 1]  # as often as any call; b.jpg tells that the PIM gives files


@pytest.mark.parametrize("status", [500, 503, 429, 400, 403, 407, 422])
def test_a_pim_that_fails_for_every_file_stops_the_load(store: Store, pim: Any, pim_client: Any, status: int) -> None:
    """One that was deleted since says nothing of the others."""
    for code in ("a_old.jpg", "given.jpg"):
        lay_out(pim, code, PICTURE)
    get(store, pim_client, "one", "a_old.jpg", "given.jpg")
    lay_out(pim, "a_old.jpg", b"", 404)
    for code in ("given.jpg", "x.jpg", "y.jpg"):
        lay_out(pim, code, b"", status)
    for wanted in (["x.jpg"], ["given.jpg", "x.jpg", "y.jpg"]):
        with pytest.raises(PimError, match=f"{status}.*: refused"):
            get(store, pim_client, "two", *wanted)
    assert list(missing(store)) == []


@pytest.mark.parametrize("why", [{"status": 401}, {"drop": True}, {"status": 302, "headers": {"Location": "/login"}}])
def test_a_pim_that_does_not_let_in_or_does_not_answer_stops_the_load(
    store: Store, pim: Any, pim_client: Any, why: dict[str, Any]
) -> None:
    lay_out(pim, "a.jpg", PICTURE)
    pim.answers(f"{PATH}x.jpg/download", Reply(**why))
    with pytest.raises(PimError):
        get(store, pim_client, "one", "a.jpg", "x.jpg")


def test_what_ended_with_an_error_leaves_no_index(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "x.jpg", b"", 500)
    with pytest.raises(PimError):
        get(store, pim_client, "one", "x.jpg")
    assert not (store.root / "one" / "media.parquet").exists()
    assert list(missing(store)) == []


def test_nothing_wanted_asks_nobody(store: Store, pim: Any, pim_client: Any) -> None:
    assert get(store, pim_client, "one") == {"wanted": 0, "missing": 0}
    assert pim.seen == []


NO_LENGTH = {"Content-Length": ""}


def test_a_picture_cut_off_without_a_length_is_asked_for_again(store: Store, pim: Any, pim_client: Any) -> None:
    pim.answers(f"{PATH}x.jpg/download", Reply(PICTURE[:-1], headers=NO_LENGTH), Reply(PICTURE, headers=NO_LENGTH))
    assert get(store, pim_client, "one", "x.jpg") == {"wanted": 1, "missing": 0}
    assert (store.root / found(store, "one")[key("x.jpg")]["path"]).read_bytes() == PICTURE


def test_a_picture_that_stays_cut_off_is_not_kept(store: Store, pim: Any, pim_client: Any) -> None:
    pim.answers(f"{PATH}x.jpg/download", Reply(PICTURE[:-1], headers=NO_LENGTH))
    lay_out(pim, "y.jpg", PICTURE)
    assert get(store, pim_client, "one", "x.jpg", "y.jpg") == {"wanted": 2, "missing": 1}
    assert found(store, "one")[key("x.jpg")]["reason"] == "the file is cut off: its gif has no end"
    assert len(pim.calls(f"{PATH}x.jpg/download")) == 9
    assert [path.name for path in store.media.rglob("*x.jpg*")] == []


def test_a_picture_that_is_cut_off_in_the_pim_is_not_asked_for_in_vain(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "x.jpg", PICTURE[:-1])
    assert get(store, pim_client, "one", "x.jpg") == {"wanted": 1, "missing": 1}
    assert len(pim.calls(f"{PATH}x.jpg/download")) == 1


def test_a_body_shorter_than_its_length_is_asked_for_again(store: Store, pim: Any, pim_client: Any) -> None:
    pim.answers(f"{PATH}notes.txt/download", Reply(b"a long text", cut=4), Reply(b"a long text"))
    assert get(store, pim_client, "one", "notes.txt") == {"wanted": 1, "missing": 0}
    assert found(store, "one")[key("notes.txt")]["size"] == 11


@pytest.mark.parametrize("body", [b"<html><body>Log in</body></html>", PICTURE[:-1]])
def test_a_pim_that_gives_no_file_as_it_should_be_stops_the_load(store: Store, pim: Any, pim_client: Any, body: bytes) -> None:
    for code in ("a.jpg", "b.jpg", "c.jpg"):
        lay_out(pim, code, body)
    with pytest.raises(PimError, match=r"GET .*: the file is .*: replace the file in the PIM"):
        get(store, pim_client, "one", "a.jpg", "b.jpg", "c.jpg")
    assert list(missing(store)) == []


def test_the_progress_counts_what_was_fetched_and_what_could_not_be(store: Store, pim: Any, pim_client: Any) -> None:
    said: list[str] = []
    codes = [f"{n}.jpg" for n in range(142)]
    for code in codes:
        lay_out(pim, code, b"", 404)
    get(store, pim_client, "one", *codes, tell=said.append)
    assert said == ["Fetched 0 media files from the PIM, 142 more could not be had: 142 x the PIM can't give it (404)."]
    lay_out(pim, "1.jpg", PICTURE)
    get(store, pim_client, "two", "1.jpg", "2.jpg", tell=said.append)
    assert said[1] == "Fetched 1 media files from the PIM, 1 more could not be had: 1 x the PIM can't give it (404)."
    get(store, pim_client, "three", "1.jpg", "2.jpg", tell=said.append)
    assert said[2] == "Fetched 0 media files from the PIM, 1 more could not be had: 1 x the PIM can't give it (404)."


def test_many_files_that_fail_for_ever_share_their_tries(store: Store, pim: Any, pim_client: Any) -> None:
    codes = [f"{n:03}.jpg" for n in range(142)]
    for code in codes:
        lay_out(pim, code, b"", 500)
    lay_out(pim, "given.jpg", PICTURE)
    get(store, pim_client, "one", "given.jpg")
    pim.seen.clear()
    assert get(store, pim_client, "two", "given.jpg", *codes) == {"wanted": 143, "missing": 142}
    tries = sum(len(pim.calls(f"{PATH}{code}/download")) for code in codes)
    assert 142 + FAILING_TRIES - 9 <= tries <= 142 + FAILING_TRIES + 4 * 9  # as many as are under way are tried to their end


def test_files_that_fail_slowly_end_the_fetch(store: Store, pim: Any, pim_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_files, "FAILING_SECONDS", 0.2)
    for n in range(100):
        pim.answers(f"{PATH}{n}.jpg/download", Reply({"message": "busy"}, 500, delay=0.05))
    lay_out(pim, "given.jpg", PICTURE)
    get(store, pim_client, "one", "given.jpg")
    pim.seen.clear()
    with pytest.raises(PimError, match=r"Too many media files fail \(\d+ so far, .*500: busy.*start the load again"):
        get(store, pim_client, "two", *(f"{n}.jpg" for n in range(100)))
    assert len(pim.seen) < 80


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda file: file.unlink(), "the stored file is gone"),
        (lambda file: file.write_bytes(PICTURE[:-1]), "the stored file has changed"),
        (lambda file: file.write_bytes(PICTURE[:-1] + b"!"), "the stored file has changed"),
    ],
)
def test_a_stored_file_that_is_damaged_is_fetched_again(
    store: Store, pim: Any, pim_client: Any, damage: Callable[[Path], object], reason: str
) -> None:
    for code in ("x.jpg", "y.jpg"):
        lay_out(pim, code, PICTURE)
    get(store, pim_client, "one", "x.jpg", "y.jpg")
    said: list[str] = []
    assert forget_damaged(store, "two", said.append) == 0
    assert said == []
    file = store.root / found(store, "one")[key("x.jpg")]["path"]
    damage(file)
    assert forget_damaged(store, "two", said.append) == 1
    assert said == [f"1 stored media files are damaged and asked for again: {key('x.jpg')} ({reason})."]
    pim.seen.clear()
    assert get(store, pim_client, "two", "x.jpg", "y.jpg") == {"wanted": 2, "missing": 0}
    assert [call.path for call in pim.seen] == [f"{PATH}x.jpg/download"]
    assert file.read_bytes() == PICTURE


def test_a_file_stored_cut_off_by_an_earlier_version_is_fetched_again(
    store: Store, pim: Any, pim_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(pim, "x.jpg", PICTURE[:-1])
    with monkeypatch.context() as before:
        before.setattr(media_files, "fault", lambda *_: None)
        get(store, pim_client, "one", "x.jpg")
    lay_out(pim, "x.jpg", PICTURE)
    assert forget_damaged(store, "two", lambda _: None) == 1
    assert get(store, pim_client, "two", "x.jpg") == {"wanted": 1, "missing": 0}
    assert found(store, "two")[key("x.jpg")]["size"] == len(PICTURE)


def test_a_token_endpoint_that_is_missing_is_no_files_fault(store: Store, pim: Any, pim_client: Any) -> None:
    pim.answers(TOKEN_PATH, Reply({"message": "No route found"}, 404))
    with pytest.raises(PimError, match="gave no token"):
        get(store, pim_client, "one", "x.jpg")


def test_a_retry_keeps_what_the_first_try_fetched(store: Store, pim: Any, pim_client: Any) -> None:
    lay_out(pim, "x.jpg", PICTURE)
    get(store, pim_client, "one", "x.jpg")
    assert get(store, pim_client, "one", "x.jpg") == {"wanted": 1, "missing": 0}
    assert list(found(store, "one")) == [key("x.jpg")]
    assert len(pim.calls(f"{PATH}x.jpg/download")) == 1
