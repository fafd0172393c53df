import base64
import gzip
import json
import logging
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import trustme
from scripted_pim import TOKEN_PATH, Reply, ScriptedPim, new_client, serving

from akeneo_assets.pim.pim_addresses import media_path
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import (
    AuthenticationError,
    BrokenAnswerError,
    DamagedFileError,
    PermanentPimError,
    PimError,
    TransientPimError,
    UnreachableError,
)

CHANNELS = "/api/rest/v1/anything"  # of no particular shape


def test_an_answer_carries_the_pims_clock_and_the_body(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({"a": 1}))
    answer = client.fetch("anything", {"limit": 100, "with_count": True, "search": {"code": [1]}, "page": None})
    assert answer.body == {"a": 1}
    assert answer.server_time == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    (seen,) = pim.calls(CHANNELS)
    assert seen.query == {"limit": "100", "with_count": "true", "search": '{"code":[1]}'}
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert "gzip" in seen.headers["Accept-Encoding"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_statuses_that_may_pass_are_asked_again(pim: ScriptedPim, client: PimClient, sleeps: list[float], status: int) -> None:
    pim.answers(CHANNELS, Reply(status=status), Reply(status=status), Reply({"a": 1}))
    assert client.get("anything") == {"a": 1}
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
    assert client.get("anything") == {"a": 1}


def test_a_pim_that_does_not_answer_in_time_is_asked_again(pim: ScriptedPim, sleeps: list[float]) -> None:
    client = new_client(pim.address, timeout=(5, 0.1), sleep=sleeps.append)
    pim.answers(CHANNELS, Reply(delay=0.5), Reply({"a": 1}))
    assert client.get("anything") == {"a": 1}
    assert len(sleeps) == 1
    client.close()


def test_retries_used_up_end_with_the_pims_message(pim: ScriptedPim, client: PimClient, sleeps: list[float]) -> None:
    pim.answers(CHANNELS, Reply({"code": 503, "message": "Maintenance"}, 503))
    with pytest.raises(TransientPimError, match=r"GET /api/rest/v1/anything .*after 9 tries: 503: Maintenance.*try again later"):
        client.get("anything")
    assert len(pim.calls(CHANNELS)) == 9
    assert len(sleeps) == 8
    assert max(sleeps) <= 61


def test_nobody_at_the_address_is_told_after_the_retries(sleeps: list[float]) -> None:
    client = new_client("http://127.0.0.1:9", retries=2, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"no answer from http://127.0.0.1:9 \(Connection refused\): check AKENEO_URL"):
        client.get("anything")
    assert len(sleeps) == 2
    client.close()


def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, sleeps: list[float]) -> None:
    monkeypatch.setenv("http_proxy", "http://someone:s3cret@127.0.0.1:9")
    client = new_client("http://pim.example.com", retries=1, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"through the proxy \(Connection refused\): check HTTP_PROXY") as error:
        client.get("anything")
    assert "s3cret" not in str(error.value)
    assert len(sleeps) == 1
    client.close()


def test_a_proxy_that_refuses_to_connect_is_quoted(monkeypatch: pytest.MonkeyPatch, pim: ScriptedPim) -> None:
    monkeypatch.setenv("https_proxy", pim.address)  # which answers 501 to CONNECT
    client = new_client("https://pim.example.com", retries=0)
    with pytest.raises(UnreachableError, match=r"through the proxy \(Tunnel connection failed: 501 .*\): check HTTP_PROXY"):
        client.get("anything")
    client.close()


def test_an_unknown_host_is_told(sleeps: list[float]) -> None:
    client = new_client("http://pim.invalid", retries=0, sleep=sleeps.append)
    with pytest.raises(UnreachableError, match=r"http://pim\.invalid"):
        client.get("anything")
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
        PermanentPimError, match=rf"^GET /api/rest/v1/anything .*\({status}\): No such thing \(labels: too long\): .*{advice}"
    ) as e:
        client.get("anything", {"limit": 7})
    assert e.value.status == status
    assert sleeps == []


def test_a_redirect_names_the_address_to_use(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(status=301, headers={"Location": "https://pim.example.com/api/rest/v1/channels"}))
    with pytest.raises(PermanentPimError, match=r"redirects to https://pim\.example\.com/api/rest/v1/channels: set AKENEO_URL"):
        client.get("anything")


def test_a_redirect_to_a_path_of_the_same_host_names_the_host(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(status=302, headers={"Location": "/user/login"}))
    with pytest.raises(PermanentPimError, match=rf"redirects to {pim.address}/user/login: set AKENEO_URL"):
        client.get("anything")


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"null", b'"maintenance"'])
def test_what_is_no_document_is_asked_for_again_and_then_told(pim: ScriptedPim, client: PimClient, body: bytes) -> None:
    pim.answers(CHANNELS, Reply(body), Reply(body), Reply({"a": 1}))
    assert client.get("anything") == {"a": 1}
    pim.answers(CHANNELS, Reply(body))
    with pytest.raises(BrokenAnswerError, match=r"anything on .*, after 9 tries: .*(something else than JSON|not whole)"):
        client.get("anything")


def test_an_answer_without_a_clock_is_refused(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({}, headers={"Date": ""}))
    with pytest.raises(PermanentPimError, match="without a Date header"):
        client.get("anything")


def test_at_most_four_calls_are_under_way_whatever_the_number_of_clients_and_threads(pim: ScriptedPim) -> None:
    clients = [new_client(pim.address, requests_per_second=1000) for _ in range(2)]
    pim.answers(CHANNELS, Reply({}, delay=0.1))
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: clients[n % 2].get("anything"), range(24)))
    assert pim.most_under_way == 4
    for client in clients:
        client.close()


def test_the_rate_limit_is_kept(pim: ScriptedPim) -> None:
    client = new_client(pim.address, requests_per_second=8)
    pim.answers(CHANNELS, Reply({}))
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get("anything"), range(8)))
    # Nine calls with the token's, eight a second: the ninth is never earlier than this.
    assert time.monotonic() - start >= 1
    client.close()


def test_a_cancelled_call_does_not_wait_for_its_retries(pim: ScriptedPim) -> None:
    client = new_client(pim.address)
    pim.answers(CHANNELS, Reply(status=429, headers={"Retry-After": "250"}))
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(TransientPimError):
        client.get("anything", cancel=cancel)
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
        list(pool.map(lambda _: client.get("anything"), range(16)))
    (asked,) = pim.calls(TOKEN_PATH)
    assert asked.headers["Authorization"] == "Basic dGhlLWNsaWVudDp0aGUtc2VjcmV0"  # the-client:the-secret
    assert orjson.loads(asked.body) == {"grant_type": "password", "username": "the-user", "password": "the-password"}


EXPIRED = Reply({"code": 401, "message": "The access token provided has expired."}, 401)


def test_an_expired_token_is_refreshed_and_the_call_repeated(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, EXPIRED, Reply({"a": 1}))
    assert client.get("anything") == {"a": 1}
    assert [orjson.loads(call.body)["grant_type"] for call in pim.calls(TOKEN_PATH)] == ["password", "refresh_token"]
    assert [call.headers["Authorization"] for call in pim.calls(CHANNELS)] == ["Bearer token-1", "Bearer token-2"]


def test_a_refresh_token_that_is_refused_falls_back_to_the_password(pim: ScriptedPim, client: PimClient) -> None:
    token = {"access_token": "t", "refresh_token": "r", "expires_in": 3600}
    refused = Reply({"code": 422, "message": "Refresh token is invalid or has expired"}, 422)
    pim.answers(TOKEN_PATH, Reply(token), refused, Reply(token))
    pim.answers(CHANNELS, EXPIRED, Reply({"a": 1}))
    assert client.get("anything") == {"a": 1}
    assert [orjson.loads(call.body)["grant_type"] for call in pim.calls(TOKEN_PATH)] == ["password", "refresh_token", "password"]


def test_tokens_that_are_refused_again_and_again_end_in_one_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({"code": 401, "message": "Authentication is required"}, 401))
    with pytest.raises(AuthenticationError, match=r"401\): Authentication is required: check the connection"):
        client.get("anything")
    assert len(pim.calls(CHANNELS)) == 3


@pytest.mark.parametrize("message", ["No user found for the given username and password", 'Parameter "client_id" is missing'])
def test_wrong_credentials_name_the_settings(pim: ScriptedPim, client: PimClient, message: str) -> None:
    pim.answers(TOKEN_PATH, Reply({"code": 422, "message": message}, 422))
    with pytest.raises(AuthenticationError, match=rf"422\): {message}: check AKENEO_CLIENT_ID"):
        client.connect()


def test_an_address_without_a_pim_is_told(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(TOKEN_PATH, Reply(b"<html>Hello</html>"))
    with pytest.raises(BrokenAnswerError, match="gave no token: check that AKENEO_URL"):
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
        client.get("anything")
    return f"{e.value} {e.value!r}"


def test_a_redirect_to_another_path_of_the_api_is_followed(pim: ScriptedPim, client: PimClient) -> None:
    moved = "/akeneo/api/rest/v1/anything"
    pim.answers(CHANNELS, Reply(status=308, headers={"Location": f"{moved}?limit=1"}))
    pim.answers(moved, Reply({"a": 1}))
    assert client.get("anything", {"limit": 1}) == {"a": 1}
    assert pim.calls(moved)[0].headers["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize("location", ["{here}/api/rest/v1/anything", "/api/rest/v1/anything?"])
def test_redirects_that_go_round_end(pim: ScriptedPim, client: PimClient, location: str) -> None:
    pim.answers(CHANNELS, Reply(status=302, headers={"Location": location.format(here=pim.address)}))
    with pytest.raises(PermanentPimError, match="is redirected again and again: set AKENEO_URL"):
        client.get("anything")
    assert len(pim.calls(CHANNELS)) == 6


def test_another_host_is_never_asked_nor_given_the_login(pim: ScriptedPim, client: PimClient) -> None:
    with serving(ScriptedPim()) as other:
        pim.answers(CHANNELS, Reply(status=307, headers={"Location": f"{other.address}/api/rest/v1/anything"}))
        with pytest.raises(PermanentPimError, match=f"redirects to {other.address}/api/rest/v1/anything: set AKENEO_URL"):
            client.get("anything")
        pim.answers(TOKEN_PATH, Reply(status=307, headers={"Location": f"{other.address}{TOKEN_PATH}"}))
        with pytest.raises(PermanentPimError, match=f"redirects to {other.address}{TOKEN_PATH}"):
            new_client(pim.address).connect()
        assert other.seen == []


def test_a_redirect_that_says_nothing_is_told(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply(status=302))
    with pytest.raises(PermanentPimError, match="set AKENEO_URL to the PIM's own address"):
        client.get("anything")


def test_a_pim_that_asks_for_https_is_asked_over_https_from_then_on(pim: ScriptedPim, tmp_path: Path) -> None:
    authority, secure = trustme.CA(), ScriptedPim()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    with serving(secure), closing(new_client(pim.address, verify=str(tmp_path / "ca.pem"))) as client:
        pim.answers(TOKEN_PATH, Reply(status=301, headers={"Location": f"{secure.address}{TOKEN_PATH}"}))
        secure.answers(CHANNELS, Reply({"a": 1}))
        for _ in range(2):
            assert client.get("anything") == {"a": 1}
        assert [call.path for call in pim.seen] == [TOKEN_PATH]
        assert [call.path for call in secure.seen] == [TOKEN_PATH, CHANNELS, CHANNELS]
        assert client.host == pim.address  # the store knows the PIM by the address of the settings


BAD_TOKENS = [
    b"<html>Busy</html>",
    b"null",
    b"[]",
    b"{}",
    b'{"access_token": 5}',
    b'{"access_token": "a\\nb"}',
    b'{"access_token": "\xc3\xa9"}',
]


@pytest.mark.parametrize("body", BAD_TOKENS)
def test_a_token_endpoint_that_gives_none_is_asked_again(pim: ScriptedPim, client: PimClient, body: bytes) -> None:
    pim.answers(TOKEN_PATH, *[Reply(body)] * 8, Reply({"access_token": "t"}))
    client.connect()
    assert len(pim.calls(TOKEN_PATH)) == 9


@pytest.mark.parametrize("reply", [Reply(status=503), Reply(status=429, headers={"Retry-After": "-1"}), Reply(b"{")])
def test_the_token_endpoint_is_retried_as_every_call_is(pim: ScriptedPim, sleeps: list[float], reply: Reply) -> None:
    for ask in (PimClient.connect, lambda client: client.get("anything")):
        with closing(new_client(pim.address, sleep=sleeps.append)) as client:
            pim.answers(TOKEN_PATH, *[reply] * 8, Reply({"access_token": "t", "expires_in": "soon"}))
            pim.answers(CHANNELS, Reply({}))
            ask(client)
    assert len(sleeps) == 16


def test_a_token_endpoint_that_fails_says_so_with_the_tries(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(TOKEN_PATH, Reply({"message": "Maintenance"}, 503))
    with pytest.raises(TransientPimError, match=r"^POST /api/oauth/v1/token on .*, after 9 tries: 503: Maintenance") as error:
        client.get("anything")
    assert error.value.status == 0  # which says nothing of the call that needed the token


@pytest.mark.parametrize("expires_in", [None, -5, 0, "soon", "1e999", []])
def test_a_token_of_no_readable_lifetime_is_used(pim: ScriptedPim, client: PimClient, expires_in: object) -> None:
    pim.answers(TOKEN_PATH, Reply(json.dumps({"access_token": "t", "expires_in": expires_in}).encode()))
    pim.answers(CHANNELS, Reply({}))
    for _ in range(2):
        client.get("anything")
    assert len(pim.calls(TOKEN_PATH)) == 1


def test_a_call_that_was_tried_once_claims_no_more(pim: ScriptedPim, sleeps: list[float]) -> None:
    pim.answers(CHANNELS, Reply({"message": "Maintenance"}, 503))
    with closing(new_client(pim.address, retries=0)) as client, pytest.raises(TransientPimError) as error:
        client.get("anything")
    assert "tries" not in str(error.value)
    assert "retries" not in str(error.value)


SECRETS = {
    "the secret": "the-secret",
    "the password": "the-password",
    "the Basic header": "dGhlLWNsaWVudDp0aGUtc2VjcmV0",
    "the access token": "token-1",
    "the refresh token": "refresh-1",
    "the password in base64": base64.b64encode(b"user:the-password").decode(),
}


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 422, 500])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_server_that_echoes_secrets_does_not_get_them_into_messages(
    pim: ScriptedPim, client: PimClient, secret: str, status: int
) -> None:
    client.connect()
    for body in ({"message": f"no {secret}"}, f"<p>no {secret}</p>".encode()):
        location = {"Location": f"http://u:{secret}@elsewhere/{secret}"} if status == 302 else {}
        pim.answers("/api/rest/v1/families", Reply(body, status, headers=location))
        with pytest.raises(PimError) as error:
            client.get("families")
        assert secret not in str(error.value)
        assert "***" in str(error.value)


def test_an_encoded_secret_is_hidden_too(pim: ScriptedPim) -> None:
    client = PimClient(pim.address, "me", "s3cr&t/1", "user", "p+ss w?rd", retries=0)
    for echo in ("s3cr%26t%2F1", "s3cr&amp;t/1", "p%2Bss+w%3Frd", base64.b64encode(b"me:s3cr&t/1").decode()):
        pim.answers(CHANNELS, Reply({"message": f"no {echo} here"}, 403))
        with pytest.raises(PermanentPimError, match=r"no \*\*\* here"):
            client.get("anything")
    client.close()


def test_a_servers_words_are_one_readable_line(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(CHANNELS, Reply({"message": "\x1b[31mNo\x1b[0m\r\nsuch\u202e thing" + "!" * 5000}, 403))
    with pytest.raises(PermanentPimError) as error:
        client.get("anything")
    assert "No such thing!!!" in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 400


def test_a_file_that_may_have_been_cut_off_is_asked_for_again(pim: ScriptedPim, client: PimClient, tmp_path: Path) -> None:
    path = "/api/rest/v1/media-files/a/download"
    pim.answers(path, Reply(b"half", headers={"Content-Length": ""}), Reply(b"whole", headers={"Content-Length": ""}))
    client.download("media-files/a/download", tmp_path / "a", fault=lambda file: None if file.read_bytes() == b"whole" else "cut")
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert pim.calls(path)[0].headers["Accept-Encoding"] == "identity"


def test_a_file_that_came_as_long_as_it_is_is_not_asked_for_again(pim: ScriptedPim, client: PimClient, tmp_path: Path) -> None:
    path = "/api/rest/v1/media-files/a/download"
    pim.answers(path, Reply(b"half"))
    with pytest.raises(DamagedFileError, match=r"a/download on .*: cut: replace the file in the PIM") as error:
        client.download("media-files/a/download", tmp_path / "a", fault=lambda _: "cut")
    assert error.value.reason == "cut"
    assert len(pim.calls(path)) == 1
    assert list(tmp_path.iterdir()) == []


def test_two_fetches_of_one_file_do_not_mix(pim: ScriptedPim, client: PimClient, tmp_path: Path) -> None:
    pim.answers("/api/rest/v1/media-files/a/download", *[Reply(bytes([n]) * 3_000_000) for n in range(8)])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.download("media-files/a/download", tmp_path / "a"), range(8)))
    assert len(set((tmp_path / "a").read_bytes())) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
