"""Bodies of answers against a server on a real port: packed, cut off, too large, too slow."""

import gzip
import time
import tracemalloc
from pathlib import Path

import pytest
from scripted_pim import Reply, ScriptedPim, new_client

from akeneo_assets.pim import pim_bodies
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import BrokenAnswerError, PermanentPimError, PimError

PATH = "/api/rest/v1/anything"
PACKED = {"Content-Encoding": "gzip"}


def test_gzip_is_unpacked(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(PATH, Reply(gzip.compress(b'{"a": "\xc3\xa9"}'), headers=PACKED))
    assert client.get("anything") == {"a": "é"}


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b'{"a":', mtime=0) + gzip.compress(b"1}", mtime=0),  # members one after the other are one content
        gzip.compress(b'{"a":1}', mtime=0) + bytes(100),  # what some servers pad with
    ],
)
def test_what_follows_a_packed_content_is_its_next_part_or_nothing(pim: ScriptedPim, client: PimClient, content: bytes) -> None:
    pim.answers(PATH, Reply(content, headers={"Content-Encoding": "X-Gzip"}))
    assert client.get("anything") == {"a": 1}


def test_a_next_part_that_only_begins_is_cut_off(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(PATH, Reply(gzip.compress(b'{"a":1}') + b"\x1f", headers=PACKED))
    with pytest.raises(BrokenAnswerError, match=r"not whole \(cut off\)"):
        client.get("anything")


def test_an_answer_packed_as_nobody_asked_is_told(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(PATH, Reply(b"...", headers={"Content-Encoding": "br"}))
    with pytest.raises(BrokenAnswerError, match="packed in a way that was not asked for"):
        client.get("anything")
    assert pim.calls(PATH)[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["anything", "media-files/x/download"])
def test_a_bomb_ends_in_one_sentence_and_little_memory(
    pim: ScriptedPim, client: PimClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    monkeypatch.setattr(pim_bodies, "SMALL", 1_000_000)
    pim.answers(f"/api/rest/v1/{path}", Reply(bomb, headers=PACKED))
    tracemalloc.start()
    with pytest.raises(PermanentPimError, match="answered by more data than any PIM gives: check AKENEO_URL"):
        client.download(path, tmp_path / "file") if "media" in path else client.get(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(bomb) < 60_000
    assert peak < 25_000_000
    assert len(pim.calls(f"/api/rest/v1/{path}")) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_in_a_refusal_does_no_harm(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(PATH, Reply(gzip.compress(b"no " * 10_000_000, 9), 403, headers=PACKED))
    with pytest.raises(PermanentPimError, match=r"refused by the PIM \(403\): no no no"):
        client.get("anything")


def test_pages_that_pack_well_are_no_bombs(pim: ScriptedPim, client: PimClient) -> None:
    content = b"[" + b",".join([b'{"code":"a"}'] * 300_000) + b"]"
    packed = gzip.compress(content)
    assert len(content) / len(packed) > pim_bodies.MOST_TIMES_PACKED
    pim.answers(PATH, Reply(packed, headers=PACKED))
    assert len(client.get("anything")) == 300_000


@pytest.mark.parametrize("name", ["MOST_JSON", "MOST_FILE"])
def test_no_answer_is_larger_than_any_pim_gives(
    pim: ScriptedPim, client: PimClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(pim_bodies, name, 1000)
    pim.answers(PATH, Reply(b'{"a":"' + b"x" * 2000 + b'"}'))
    with pytest.raises(PermanentPimError, match="more data than any PIM gives"):
        client.download("anything", tmp_path / "x") if name == "MOST_FILE" else client.get("anything")


def test_a_server_that_drips_is_left(pim: ScriptedPim, tmp_path: Path) -> None:
    client = new_client(pim.address, timeout=(5, 1.0), retries=0)
    pim.answers(PATH, Reply(b'{"a":"' + b"x" * 2000 + b'"}', drip=0.05))
    started = time.monotonic()
    for ask in (lambda: client.get("anything"), lambda: client.download("anything", tmp_path / "x")):
        with pytest.raises(BrokenAnswerError, match=r"not whole \(too slow\)"):
            ask()
    assert time.monotonic() - started < 40  # the whole body would take 100
    client.close()


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_a_success_without_the_answer_is_none(pim: ScriptedPim, client: PimClient, tmp_path: Path, status: int) -> None:
    pim.answers(PATH, Reply(b"", status))
    for ask in (lambda: client.get("anything"), lambda: client.download("anything", tmp_path / "x")):
        with pytest.raises(BrokenAnswerError, match=f"after 9 tries: the answer is not whole .status {status}"):
            ask()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b'{"a": 1234567890}', cut=5),
        Reply(b'{"a": 1234567890}', cut=5, headers={"Content-Length": ""}),
        Reply(b'{"a": 1234567890}', headers={"Content-Length": "100000"}, cut=17),
        Reply(b'5\r\n{"a":\r\n', headers={"Content-Length": "", "Transfer-Encoding": "chunked"}, cut=10),
        Reply(b"zz\r\n", headers={"Content-Length": "", "Transfer-Encoding": "chunked"}),
        Reply(gzip.compress(b'{"a": 1234567890}')[:-12], headers={**PACKED, "Content-Length": ""}),
        Reply(gzip.compress(b'{"a": 1234567890}')[:-3] + b"abc", headers=PACKED),
        Reply(b"not gzip", headers=PACKED),
        Reply(b'{"a": "\xff"}'),
        Reply(b'{"a": NaN}'),
        Reply(b'{"a": 1e999}'),
        Reply(b'{"a": "\\ud800"}'),
        Reply(b'{"a":' * 100_000),
        Reply(b"[" * 5_000 + b"]" * 5_000),
        Reply(b""),
    ],
)
def test_whatever_is_wrong_with_a_body_is_one_sentence(pim: ScriptedPim, client: PimClient, reply: Reply) -> None:
    pim.answers(PATH, reply)
    with pytest.raises(PimError) as error:
        client.get("anything")
    assert str(error.value).startswith("GET /api/rest/v1/anything")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 400
