"""What a load does when the PIM gives less than the whole, or other than it should: it stops in one sentence, and SFCC keeps all
that it has."""

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from akeneo_assets import resources
from akeneo_assets.pim.pim_client import PimClient

PRODUCTS = {"path": "products-uuid", "query": {"pagination_type": "search_after"}}
NOT_FOUND = {"kind": "status", "status": 404, "body": {"code": 404, "message": "No route found"}}
TOKEN = "/api/oauth/v1/token"


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    made = place_at(pim_of("demo"))
    made.jobs("3-2")
    return made


@pytest.fixture(scope="module")
def before(place: Any) -> dict[str, str]:
    """What the instance held before the PIM misbehaved."""
    return dict(place.export().objects())


@pytest.fixture
def misbehave(place: Any, tell_pim: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well. The client doesn't wait between its tries."""

    class Hasty(PimClient):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, sleep=lambda _: None, **options)

    monkeypatch.setattr(resources, "PimClient", Hasty)
    yield partial(tell_pim, place.pim_url)
    tell_pim(place.pim_url)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (NOT_FOUND | {"path": "categories"}, r"GET /api/rest/v1/categories was refused by the PIM \(404\)"),
        (NOT_FOUND | {"path": "attributes"}, r"GET /api/rest/v1/attributes was refused by the PIM \(404\)"),
        (NOT_FOUND | {"path": "families"}, r"GET /api/rest/v1/families was refused by the PIM \(404\)"),
        ({"kind": "empty_list", "path": "attributes"}, r"list attributes is empty, which it is in no working PIM"),
        ({"kind": "partial_list", "path": "families", "keep": 3, "counts_all": True}, r"list families is not whole: 3 items"),
        (
            {"kind": "body", "path": "families", "body": {"code": 500, "message": "Oops"}},
            r"after 9 tries: the answer is not whole",
        ),
        (PRODUCTS | {"kind": "body", "body": {}, "after": 1}, r"after 9 tries: the answer is not whole"),
        (PRODUCTS | {"kind": "self_next"}, r"products-uuid.* (twice|circle|no end|again|itself)"),
        (
            PRODUCTS | {"kind": "partial_list", "keep": 0.5},
            r"list products is not whole: 43 items were read, but the PIM counted 85 before and 85 after",
        ),
        (
            {"kind": "gzip_bomb", "path": "families"},
            r"GET /api/rest/v1/families on \S+ was answered by more data than any PIM gives: check AKENEO_URL",
        ),
        (
            PRODUCTS | {"kind": "status", "status": 401},
            r"GET /api/rest/v1/products-uuid was refused by the PIM \(401\): Told to fail: check the connection's",
        ),
    ],
    ids=lambda value: f"{value['kind']} {value['path']}" if isinstance(value, dict) else "",
)
def test_an_answer_that_is_not_whole_stops_the_load_and_takes_nothing_away(
    place: Any, before: dict[str, str], misbehave: Callable[..., None], fault: dict[str, Any], sentence: str
) -> None:
    misbehave(fault)
    run = place.job("3-2")
    assert not run.ok
    assert any(re.search(sentence, failure) for failure in run.failures), run.failures
    assert "Traceback" not in "\n".join(run.failures)
    assert run.objects == {}
    assert dict(place.export().objects()) == before


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """A host that isn't the PIM: its address, and the requests that reached it."""
    seen: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.requestline} {self.headers}")
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 - the name that http.server asks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://localhost:{server.server_address[1]}", seen
        server.shutdown()


@pytest.mark.parametrize(("path", "call"), [("categories", "GET /api/rest/v1/categories"), (TOKEN, f"POST {TOKEN}")])
def test_a_redirect_to_another_host_stops_the_load_and_takes_no_credentials_there(
    place: Any, misbehave: Callable[..., None], stranger: tuple[str, list[str]], path: str, call: str
) -> None:
    address, seen = stranger
    misbehave({"kind": "redirect", "path": path, "to": address, "status": 307})
    run = place.job("3-2")
    assert not run.ok
    sentence = f"{call} on {place.pim_url} redirects to {address}{call.split()[1]}: set AKENEO_URL to the PIM's own address."
    assert run.failures == [sentence]
    assert seen == []


def test_tokens_that_the_pim_refuses_are_renewed_and_the_load_goes_on(
    place: Any, before: dict[str, str], misbehave: Callable[..., None]
) -> None:
    def refusal(path: str, after: int = 0) -> dict[str, Any]:
        return {"kind": "status", "status": 401, "path": path, "after": after, "times": 1}

    # The second token is asked for by the refresh token, which is refused: the password gives one.
    misbehave(refusal("channels"), refusal("products-uuid", after=1), refusal(TOKEN, after=1))
    run = place.job("3-2")
    assert run.ok, run.failures
    met = requests.get(f"{place.pim_url}/sandbox/faults", timeout=10).json()["hits"]
    assert met == [1, 1, 1]
    assert dict(place.export().objects()) == before


def media_of(name: str) -> str:
    """The path of a file's download, for faults."""
    return f"media-files/*_{name}/download"


def sizes(place: Any) -> dict[str, int]:
    """The bytes of each static file of the instance, by the file's name without its hash."""
    files: Iterator[Path] = (place.sfcc_root / "webdav" / "Catalogs").rglob("*.*")
    return {path.name.partition("_")[2]: path.stat().st_size for path in files if path.is_file()}


def test_files_that_break_off_stop_the_import_or_are_left_out_by_name_and_the_next_clean_one_brings_them(
    place: Any, place_at: Any, misbehave: Callable[..., None], stranger: tuple[str, list[str]]
) -> None:
    new = place_at(place.pim_url)
    whole = {"tent_ridge_3.jpg": 2785, "rope_static.jpg": 2677, "boots_moraine.jpg": 2120, "lamp_head.jpg": 2207}
    cut = {"kind": "cut_media", "at": 100}

    misbehave(cut | {"length": "whole"})
    run = new.job("2")
    (sentence,) = run.failures
    assert re.match(r"GET /api/rest/v1/\S+, after 9 tries: no answer from http\S+ \(IncompleteRead", sentence)
    address, seen = stranger
    misbehave({"kind": "redirect", "path": "media-files/*/download", "to": address})
    run = new.job("2")
    (sentence,) = run.failures
    assert re.match(rf"GET /api/rest/v1/media-files/\S+ on \S+ redirects to {address}/\S+: set AKENEO_URL", sentence)
    assert seen == []
    assert sizes(new) == {}

    misbehave(
        NOT_FOUND | {"path": media_of("tent_ridge_3.jpg")},
        cut | {"path": media_of("rope_static.jpg"), "length": "whole", "times": 1},
        cut | {"path": media_of("boots_moraine.jpg"), "length": "none", "times": 1},
        cut | {"path": media_of("lamp_head.jpg"), "length": "cut"},
    )
    done = new.command("2")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Traceback" not in said
    # The demo's PIM has lost one file itself.
    reasons = "2 x the PIM can't give it (404); 1 x the file is cut off: its jpeg has no end."
    assert f"Fetched 80 media files from the PIM, 3 more could not be had: {reasons}" in said
    came = sizes(new)
    assert {name: came.get(name) for name in whole} == whole | {"tent_ridge_3.jpg": None, "lamp_head.jpg": None}

    misbehave()
    new.jobs("2")
    assert {name: sizes(new).get(name) for name in whole} == whole
    assert sizes(new).keys() - came.keys() == {"tent_ridge_3.jpg", "lamp_head.jpg"}


def test_credentials_that_a_server_repeats_reach_neither_the_output_nor_any_file(
    servers: Callable[..., str], place_at: Any, tell_pim: Callable[..., None]
) -> None:
    secrets = {"AKENEO_CLIENT_SECRET": "k3y/of+the=client", "AKENEO_PASSWORD": "p4ss&word<of>user"}
    url = servers(
        "pim", "--catalog", "demo", "--secret", secrets["AKENEO_CLIENT_SECRET"], "--password", secrets["AKENEO_PASSWORD"]
    )
    place = place_at(url)
    tell_pim(url, {"kind": "echo_credentials", "path": TOKEN, "status": 401})
    done = place.command("1", **secrets)
    assert done.returncode == 1
    assert f"POST {TOKEN}" in done.stdout
    tell_pim(url, {"kind": "echo_credentials", "path": "families", "status": 400})
    (sentence,) = place.job("1", **secrets).failures
    assert sentence.startswith("GET /api/rest/v1/families was refused by the PIM (400): Refused: Authorization: Bearer ***")
    said = (done.stdout + done.stderr + sentence).encode()
    assert said.count(b"Refused: Authorization") == 2
    tell_pim(url)
    healed = place.job("1", **secrets)
    assert healed.ok, healed.failures
    written = said + b"".join(path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    assert b"Traceback" not in said
    basic = base64.b64encode(f"sandbox:{secrets['AKENEO_CLIENT_SECRET']}".encode())
    for secret in (*(secret.encode() for secret in secrets.values()), basic):
        assert secret not in written
    assert set(re.findall(rb"Bearer ([^ )\"]+)", written)) <= {b"***"}


def test_the_next_clean_load_finds_everything_as_it_was(
    place: Any, before: dict[str, str], misbehave: Callable[..., None]
) -> None:
    misbehave()
    run = place.job("3-2")
    assert run.ok, run.failures
    assert dict(place.export().objects()) == before
