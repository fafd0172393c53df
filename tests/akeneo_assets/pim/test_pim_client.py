import gzip
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from scripted_pim import TOKEN_PATH, Reply, ScriptedPim, new_client

from akeneo_assets.pim.pim_addresses import media_path
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import AuthenticationError, PermanentPimError, PimError, TransientPimError, UnreachableError

CHANNELS = "/api/rest/v1/channels"


def test_an_answer_carries_the_pims_clock_and_the_body(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({"a": 1}))
    answer = client.fetch("channels", {"limit": 100, "with_count": True, "search": {"code": [1]}, "page": None})
    assert answer.body == {"a": 1}
    assert answer.server_time == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    (seen,) = pim.calls(CHANNELS)
    assert seen.query == {"limit": "100", "with_count": "true", "search": '{"code":[1]}'}
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert "gzip" in seen.headers["Accept-Encoding"]


def test_gzip_is_unpacked(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(gzip.compress(b'{"a": "\xc3\xa9"}'), headers={"Content-Encoding": "gzip"}))
    assert client.get("channels") == {"a": "é"}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_statuses_that_may_pass_are_asked_again(pim: ScriptedPim, client: PimClient, sleeps: list[float], status: int) -> None:
    pim.answers(CHANNELS, Reply(status=status), Reply(status=status), Reply({"a": 1}))
    assert client.get("channels") == {"a": 1}
    assert len(sleeps) == 2
    assert sleeps[0] < sleeps[1]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "failure",
    [
        Reply(drop=True),
        Reply(b'{"a": 1234567890}', cut=5),
        Reply(b'{"a": 1234567890}', cut=5, headers={**JSON, "Content-Length": ""}),  # as proxies of HTTP/1.0 send it
        Reply(gzip.compress(b'{"a": 1234567890}')[:-12], headers={**JSON, "Content-Encoding": "gzip"}),
        Reply(b"not gzip", headers={"Content-Encoding": "gzip"}),
    ],
)
def test_broken_connections_and_bodies_are_asked_again(pim: ScriptedPim, client: PimClient, failure: Reply) -> None:
    pim.answers(CHANNELS, failure, Reply({"a": 1}))
    assert client.get("channels") == {"a": 1}


def test_a_pim_that_does_not_answer_in_time_is_asked_again(pim: ScriptedPim, sleeps: list[float]) -> None:
    client = new_client(pim.address, timeout=(5, 0.1), sleep=sleeps.append)
    pim.answers(CHANNELS, Reply(delay=0.5), Reply({"a": 1}))
    assert client.get("channels") == {"a": 1}
    assert len(sleeps) == 1
    client.close()


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 8),
        ("86400", 300, 301),  # more patience than is good for a load: capped
        ("whenever", 0, 2),  # unreadable: the usual backoff
    ],
)
def test_retry_after_is_honoured(
    pim: ScriptedPim, client: PimClient, sleeps: list[float], header: str, least: float, most: float
) -> None:
    pim.answers(CHANNELS, Reply(status=429, headers={"Retry-After": header}), Reply({}))
    client.get("channels")
    assert least <= sleeps[0] <= most


def test_retries_used_up_end_with_the_pims_message(pim: ScriptedPim, client: PimClient, sleeps: list[float]) -> None:
    pim.answers(CHANNELS, Reply({"code": 503, "message": "Maintenance"}, 503))
    with pytest.raises(TransientPimError, match=r"GET /api/rest/v1/channels .*503: Maintenance.*try again later"):
        client.get("channels")
    assert len(pim.calls(CHANNELS)) == 9
    assert len(sleeps) == 8
    assert max(sleeps) <= 61


def test_nobody_at_the_address_is_told_after_the_retries(sleeps: list[float]) -> None:
    client = new_client("http://127.0.0.1:9", retries=2, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"no answer from http://127.0.0.1:9 \(Connection refused\): check AKENEO_URL"):
        client.get("channels")
    assert len(sleeps) == 2
    client.close()


def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, sleeps: list[float]) -> None:
    monkeypatch.setenv("http_proxy", "http://someone:s3cret@127.0.0.1:9")
    client = new_client("http://pim.example.com", retries=1, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"through the proxy \(Connection refused\): check HTTP_PROXY") as error:
        client.get("channels")
    assert "s3cret" not in str(error.value)
    assert len(sleeps) == 1
    client.close()


def test_a_proxy_that_refuses_to_connect_is_quoted(monkeypatch: pytest.MonkeyPatch, pim: ScriptedPim) -> None:
    monkeypatch.setenv("https_proxy", pim.address)  # which answers 501 to CONNECT
    client = new_client("https://pim.example.com", retries=0)
    with pytest.raises(UnreachableError, match=r"through the proxy \(Tunnel connection failed: 501 .*\): check HTTP_PROXY"):
        client.get("channels")
    client.close()


def test_an_unknown_host_is_told(sleeps: list[float]) -> None:
    client = new_client("http://pim.invalid", retries=0, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"http://pim\.invalid"):
        client.get("channels")
    client.close()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "filters and settings"),
        (403, "permission"),
        (404, "exists"),
        (406, "asking again would not help"),
        (407, "a proxy before it asks for a login"),
        (422, "filters"),
    ],
)
def test_other_4xx_are_final_and_quote_the_pim(
    pim: ScriptedPim, client: PimClient, sleeps: list[float], status: int, advice: str
) -> None:
    body = {"code": status, "message": "No such thing.", "errors": [{"property": "labels", "message": "too long"}]}
    pim.answers(CHANNELS, Reply(body, status))
    with pytest.raises(
        PermanentPimError, match=rf"^GET /api/rest/v1/channels .*\({status}\): No such thing \(labels: too long\): .*{advice}"
    ) as e:
        client.get("channels", {"limit": 7})
    assert e.value.status == status
    assert sleeps == []


def test_a_redirect_names_the_address_to_use(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(status=301, headers={"Location": "https://pim.example.com/api/rest/v1/channels"}))
    with pytest.raises(PermanentPimError, match=r"redirects to https://pim\.example\.com/api/rest/v1/channels: set AKENEO_URL"):
        client.get("channels")


def test_a_redirect_to_a_path_of_the_same_host_names_the_host(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(status=302, headers={"Location": "/user/login"}))
    with pytest.raises(PermanentPimError, match=rf"redirects to {pim.address}/user/login: set AKENEO_URL"):
        client.get("channels")


@pytest.mark.parametrize(
    "address", ["pim.example.com", "pim.example.com:8080", "ftp://pim.example.com", "http://", "http://[::1", "http://pim:99999"]
)
def test_an_address_that_is_none_is_told_before_any_call(address: str) -> None:
    with pytest.raises(PermanentPimError, match="AKENEO_URL is no web address: write it as in https://"):
        new_client(address)


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"null", b'"maintenance"'])
def test_a_page_of_html_is_no_pim(pim: ScriptedPim, client: PimClient, body: bytes) -> None:
    pim.answers(CHANNELS, Reply(body))
    with pytest.raises(PermanentPimError, match="something else than JSON"):
        client.get("channels")


def test_an_answer_without_a_clock_is_refused(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({}, headers={"Date": ""}))
    with pytest.raises(PermanentPimError, match="without a Date header"):
        client.get("channels")


@pytest.mark.parametrize(
    "link",
    [
        "channels?page=2",
        "/api/rest/v1/channels?page=2",
        "http://internal:8080/api/rest/v1/channels?page=2",
        "https://pim.example.com/behind/api/rest/v1/channels?page=2",
    ],
)
def test_links_are_asked_of_the_configured_address(link: str) -> None:
    client = new_client("http://proxy.example.com/akeneo/")
    assert client.url(link) == "http://proxy.example.com/akeneo/api/rest/v1/channels?page=2"
    client.close()


def test_a_link_that_leads_out_of_the_api_is_refused(client: PimClient) -> None:
    with pytest.raises(PermanentPimError, match="outside /api/rest/v1"):
        client.url("http://elsewhere.example.com/login")


def test_at_most_four_calls_are_under_way_whatever_the_number_of_clients_and_threads(pim: ScriptedPim) -> None:
    clients = [new_client(pim.address, requests_per_second=1000) for _ in range(2)]
    pim.answers(CHANNELS, Reply({}, delay=0.1))
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: clients[n % 2].get("channels"), range(24)))
    assert pim.most_under_way == 4
    for client in clients:
        client.close()


def test_the_rate_limit_is_kept(pim: ScriptedPim) -> None:
    client = new_client(pim.address, requests_per_second=8)
    pim.answers(CHANNELS, Reply({}))
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get("channels"), range(8)))
    # Nine calls with the token's, eight a second: the ninth is never earlier than this.
    assert time.monotonic() - start >= 1
    client.close()


def test_a_cancelled_call_does_not_wait_for_its_retries(pim: ScriptedPim) -> None:
    client = new_client(pim.address)
    pim.answers(CHANNELS, Reply(status=429, headers={"Retry-After": "250"}))
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(TransientPimError):
        client.get("channels", cancel=cancel)
    client.close()


def test_a_file_is_streamed_to_disk_and_appears_only_whole(pim: ScriptedPim, client: PimClient, tmp_path: Path) -> None:
    path = "/api/rest/v1/media-files/8/6/d/5/86d5_a%20b%26c.jpg/download"
    pim.answers(path, Reply(b"x" * 200_000, cut=100_000), Reply(b"y" * 200_000))
    client.download(media_path("8/6/d/5/86d5_a b&c.jpg"), tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == b"y" * 200_000
    assert [file.name for file in tmp_path.iterdir()] == ["a.jpg"]
    assert client.get_bytes(media_path("8/6/d/5/86d5_a b&c.jpg")) == b"y" * 200_000


def test_a_missing_file_is_a_404_and_leaves_nothing(pim: ScriptedPim, client: PimClient, tmp_path: Path) -> None:
    message = 'File "a.jpg" is not present on the filesystem.'
    pim.answers("/api/rest/v1/media-files/a.jpg/download", Reply({"code": 404, "message": message}, 404))
    with pytest.raises(PermanentPimError, match="not present on the filesystem") as e:
        client.download(media_path("a.jpg"), tmp_path / "a.jpg")
    assert e.value.status == 404
    assert list(tmp_path.iterdir()) == []


def test_one_token_serves_many_calls(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({}))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.get("channels"), range(16)))
    (asked,) = pim.calls(TOKEN_PATH)
    assert asked.headers["Authorization"] == "Basic dGhlLWNsaWVudDp0aGUtc2VjcmV0"  # the-client:the-secret
    assert orjson.loads(asked.body) == {"grant_type": "password", "username": "the-user", "password": "the-password"}


EXPIRED = Reply({"code": 401, "message": "The access token provided has expired."}, 401)


def test_an_expired_token_is_refreshed_and_the_call_repeated(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, EXPIRED, Reply({"a": 1}))
    assert client.get("channels") == {"a": 1}
    assert [orjson.loads(call.body)["grant_type"] for call in pim.calls(TOKEN_PATH)] == ["password", "refresh_token"]
    assert [call.headers["Authorization"] for call in pim.calls(CHANNELS)] == ["Bearer token-1", "Bearer token-2"]


def test_a_refresh_token_that_is_refused_falls_back_to_the_password(pim: ScriptedPim, client: PimClient) -> None:
    token = {"access_token": "t", "refresh_token": "r", "expires_in": 3600}
    refused = Reply({"code": 422, "message": "Refresh token is invalid or has expired"}, 422)
    pim.answers(TOKEN_PATH, Reply(token), refused, Reply(token))
    pim.answers(CHANNELS, EXPIRED, Reply({"a": 1}))
    assert client.get("channels") == {"a": 1}
    assert [orjson.loads(call.body)["grant_type"] for call in pim.calls(TOKEN_PATH)] == ["password", "refresh_token", "password"]


def test_tokens_that_are_refused_again_and_again_end_in_one_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({"code": 401, "message": "Authentication is required"}, 401))
    with pytest.raises(AuthenticationError, match=r"401\): Authentication is required: check the connection"):
        client.get("channels")
    assert len(pim.calls(CHANNELS)) == 3


@pytest.mark.parametrize("message", ["No user found for the given username and password", 'Parameter "client_id" is missing'])
def test_wrong_credentials_name_the_settings(pim: ScriptedPim, client: PimClient, message: str) -> None:
    pim.answers(TOKEN_PATH, Reply({"code": 422, "message": message}, 422))
    with pytest.raises(AuthenticationError, match=rf"422\): {message}: check AKENEO_CLIENT_ID"):
        client.connect()


def test_an_address_without_a_pim_is_told(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(TOKEN_PATH, Reply(b"<html>Hello</html>"))
    with pytest.raises(PermanentPimError, match="gave no token: check that AKENEO_URL"):
        client.connect()
    pim.answers(TOKEN_PATH, Reply(b"nothing here", 404))
    with pytest.raises(PermanentPimError, match="gave no token: check that AKENEO_URL"):
        client.connect()


def test_no_secret_shows_in_errors_reprs_or_logs(pim: ScriptedPim, caplog: pytest.LogCaptureFixture) -> None:
    client = new_client(pim.address.replace("//", "//web:the-web-password@"), retries=1, sleep=lambda _: None)
    texts = [repr(client), repr(vars(client)["_grant"])]
    with caplog.at_level(logging.DEBUG):
        pim.answers(CHANNELS, EXPIRED)
        texts += [_failure(client)]
        pim.answers(CHANNELS, Reply(status=500))
        texts += [_failure(client)]
        pim.answers(CHANNELS, Reply(drop=True))
        texts += [_failure(client)]
        pim.answers(TOKEN_PATH, Reply({"code": 422, "message": "No user found"}, 422))
        pim.answers(CHANNELS, EXPIRED)
        texts += [_failure(client)]
    spilled = " ".join([*texts, caplog.text])
    assert [
        word for word in ("the-secret", "the-password", "the-web-password", "token-1", "refresh-1", "Bearer") if word in spilled
    ] == []
    client.close()


def _failure(client: PimClient) -> str:
    with pytest.raises(PimError) as e:
        client.get("channels")
    return f"{e.value} {e.value!r}"
