"""Tokens, retries and failures: what is tried again, and what a person is told."""

import base64
import gzip
import socket
from pathlib import Path

import pytest
import requests
import trustme

from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError
from sfcc_resources.delivery.sfcc_tokens import TokenSource

from .conftest import SECRET, Sfcc, fault, served_over_tls


def test_one_token_serves_many_calls(client: Client, sfcc: Sfcc) -> None:
    for _ in range(3):
        webdav.size(client, "Impex/x")
    assert sfcc.tokens == 1


def test_a_token_is_renewed_before_it_expires(sfcc: Sfcc) -> None:
    now = [0.0]
    with requests.Session() as session:
        source = TokenSource(session, sfcc.url, "client", SECRET, timeout=(5, 5), clock=lambda: now[0])
        tokens = []
        for now[0] in (0.0, 1700.0, 1740.0):
            tokens.append(source.token())
    assert tokens == ["token-1", "token-1", "token-2"]


def test_a_refused_token_is_renewed_and_the_upload_sent_again_whole(client: Client, sfcc: Sfcc, tmp_path) -> None:
    webdav.size(client, "Impex/x")
    sfcc.valid.clear()
    source = tmp_path / "big"
    source.write_bytes(b"x" * 300_000)
    webdav.put(client, "Impex/src/big", source)
    assert sfcc.files["Impex/src/big"] == b"x" * 300_000
    assert sfcc.tokens == 2


def test_a_permission_that_is_missing_is_not_retried_for_ever(client: Client, sfcc: Sfcc) -> None:
    for _ in range(2):
        sfcc.fail("HEAD", 401)
    with pytest.raises(SfccPermanentError, match=r"Looking for Impex/x in SFCC failed at HEAD .*HTTP 401 .*check SFCC_CLIENT_ID"):
        webdav.size(client, "Impex/x")
    assert [call.split()[0] for call in sfcc.calls].count("HEAD") == 2


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_the_whole_body(client: Client, sfcc: Sfcc, status: int, tmp_path) -> None:
    sfcc.fail("PUT", status, headers={"Retry-After": "0"})
    source = tmp_path / "file"
    source.write_bytes(b"content")
    webdav.put(client, "Impex/src/file", source)
    assert sfcc.files["Impex/src/file"] == b"content"


def test_what_does_not_pass_ends_as_transient_after_the_retries(client: Client, sfcc: Sfcc) -> None:
    for _ in range(4):
        sfcc.fail("HEAD", 503)
    with pytest.raises(SfccTransientError, match=r"HTTP 503 \(try again later\)"):
        webdav.size(client, "Impex/x")


def test_wrong_credentials_say_so_without_the_secret(sfcc: Sfcc) -> None:
    with Client(Instance(sfcc.url, "client", "wr&ng", sfcc.url)) as client, pytest.raises(SfccPermanentError) as caught:
        webdav.size(client, "Impex/x")
    assert "Logging in to SFCC failed" in str(caught.value)
    assert "Client authentication failed for client:***" in str(caught.value)
    assert "wr&ng" not in str(caught.value)
    assert "wr%26ng" not in str(caught.value)


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(Instance("https://x.example", "client", SECRET))


def test_a_fault_is_told_in_sfccs_own_words_without_the_token(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("PUT", 403, fault("ForbiddenException", "Not for token-1."))
    with pytest.raises(SfccPermanentError, match=r"HTTP 403: Not for \*\*\*\. \(grant the API client") as caught:
        client.request("Trying", "PUT", "/x", data=b"")
    assert (caught.value.status, caught.value.fault) == (403, "ForbiddenException")


def test_a_page_instead_of_a_fault_is_told_as_its_text(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("GET", 410, b"<html><h1>Gone\n  away</h1></html>")
    with pytest.raises(SfccPermanentError, match="HTTP 410: Gone away"):
        client.request("Trying", "GET", "/x")


def test_an_unreachable_host_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Client(Instance(url, "client", SECRET, url, retries=1, backoff=0.01)) as client:
        message = r"Logging in to SFCC failed: 127\.0\.0\.1:\d+ can't be reached"
        with pytest.raises(SfccTransientError, match=message):
            webdav.size(client, "Impex/x")


@pytest.mark.parametrize("answer", [b"<html>hello</html>", b"[]", b"{}", b'{"access_token": null}'])
def test_a_login_page_that_gives_no_token_is_not_an_account_manager(client: Client, sfcc: Sfcc, answer: bytes) -> None:
    sfcc.fail("access_token", 200, answer)
    with pytest.raises(SfccPermanentError, match="gave no access token; check SFCC_LOGIN_URL"):
        webdav.size(client, "Impex/x")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://shop.example.com", "unencrypted; use https"),
        ("shop.example.com", "not an address of SFCC"),
        ("ftp://x", "not an address"),
        ("https://[::1", "not an address"),
    ],
)
def test_an_address_that_would_leak_a_secret_is_refused(url: str, message: str) -> None:
    with pytest.raises(SfccPermanentError, match=message):
        Instance(url, "client", SECRET)


def test_a_ca_file_that_is_not_there_is_told_before_any_call() -> None:
    with pytest.raises(SfccPermanentError, match=r"SFCC_CA_FILE names /no/such\.pem, which is no file"):
        Instance("https://x.example", "client", SECRET, ca_file="/no/such.pem")


def test_a_certificate_counts_only_with_its_own_ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    known, other = tmp_path / "known.pem", tmp_path / "other.pem"
    authority.cert_pem.write_to_path(known)
    stranger.cert_pem.write_to_path(other)
    with served_over_tls(authority) as (url, sfcc):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
        with Client(Instance(url, "client", SECRET, url, ca_file=str(known))) as client:
            assert webdav.size(client, "Impex/x") is None
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(known))
        sfcc.calls.clear()
        untrusting = Client(Instance(url, "client", SECRET, url, ca_file=str(other), retries=0))
        with untrusting, pytest.raises(SfccPermanentError, match=r"no certificate that is trusted here \(set SFCC_CA_FILE"):
            webdav.size(untrusting, "Impex/x")
        assert sfcc.calls == []


def test_a_message_says_after_how_many_tries_only_if_there_were_several(client: Client, sfcc: Sfcc) -> None:
    for _ in range(4):
        sfcc.fail("HEAD", 503)
    with pytest.raises(SfccTransientError, match=r"\(try again later\)\. Given up after 4 tries\.$"):
        webdav.size(client, "Impex/x")
    sfcc.fail("HEAD", 403)
    with pytest.raises(SfccPermanentError, match=r"WebDAV Client Permissions\)\)\.$"):
        webdav.size(client, "Impex/x")
    sfcc.fail("POST /s/x", 503)
    with pytest.raises(SfccTransientError, match=r"\(try again later\)\.$"):
        client.request("Trying", "POST", "/s/x", json={})


@pytest.mark.parametrize("asked", ["soon", "", "-1", "1e3", "9" * 400, "Tue, 24 Nov 2020 02:00:00 GMT", "²"])
def test_a_pause_that_sfcc_asks_for_in_odd_words_is_its_own(client: Client, sfcc: Sfcc, asked: str, monkeypatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)
    sfcc.fail("HEAD", 503, headers={"Retry-After": asked})
    assert webdav.size(client, "Impex/x") is None
    assert 0 <= pauses[0] <= 600


def test_a_pause_that_sfcc_asks_for_is_kept(client: Client, sfcc: Sfcc, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)
    sfcc.fail("HEAD", 429, headers={"Retry-After": "17"})
    webdav.size(client, "Impex/x")
    assert pauses == [17.0]


def test_logging_in_is_tried_again_like_any_call(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("access_token", 503)
    assert webdav.size(client, "Impex/x") is None
    sfcc.valid.clear()
    sfcc.cut("access_token", 5)
    assert webdav.size(client, "Impex/x") is None
    for _ in range(4):
        sfcc.fail("access_token", 500)
    sfcc.valid.clear()
    with pytest.raises(SfccTransientError, match=r"Logging in to SFCC failed .*HTTP 500 .* Given up after 4 tries\.$"):
        webdav.size(client, "Impex/x")
    assert [call for call in sfcc.calls if "access_token" in call] == ["POST /dwsso/oauth2/access_token"] * 8


@pytest.mark.parametrize("token", [1, ["a"], "", "a b", "a\nb", "ü", {"a": 1}])
def test_a_token_of_odd_shape_is_none(client: Client, sfcc: Sfcc, token: object) -> None:
    sfcc.fail("access_token", 200, {"access_token": token})
    with pytest.raises(SfccPermanentError, match="gave no access token; check SFCC_LOGIN_URL"):
        webdav.size(client, "Impex/x")


@pytest.mark.parametrize("lifetime", [None, "soon", [], {}, -5, 0, "1e999", True])
def test_a_lifetime_of_odd_shape_is_the_usual_one(client: Client, sfcc: Sfcc, lifetime: object) -> None:
    sfcc.valid = {"mine"}
    sfcc.fail("access_token", 200, {"access_token": "mine", "expires_in": lifetime})
    for _ in range(2):
        assert webdav.size(client, "Impex/x") is None
    assert [call for call in sfcc.calls if "access_token" in call] == ["POST /dwsso/oauth2/access_token"]


def test_json_that_is_nested_too_deeply_is_no_json(client: Client, sfcc: Sfcc) -> None:
    for _ in range(4):
        sfcc.fail("GET /x", 200, b"[" * 100_000)
    with pytest.raises(SfccTransientError, match="gave no JSON object"):
        client.document("Trying", "GET", "/x")


def test_an_answer_that_unpacks_to_more_than_any_is_refused(client: Client, sfcc: Sfcc) -> None:
    bomb = gzip.compress(b" " * 64 * 1024 * 1024)
    assert len(bomb) < 100_000
    sfcc.fail("GET /x", 200, bomb, {"Content-Encoding": "gzip"})
    with pytest.raises(SfccPermanentError, match=r"^Trying failed: the answer of 127\.0\.0\.1:\d+ is larger than 16 MiB; check"):
        client.document("Trying", "GET", "/x")


def test_a_servers_words_are_one_readable_line(client: Client, sfcc: Sfcc) -> None:
    basic = base64.b64encode(b"client:s3cr%26t").decode()
    words = f"\x1b[31mNo\r\n\u202esuch  resource\x00 for Basic {basic}, token-1, {SECRET} " + "x" * 500
    sfcc.fail("PUT", 400, fault("Odd", words))
    with pytest.raises(SfccPermanentError) as caught:
        client.request("Trying", "PUT", "/x", data=b"")
    assert "HTTP 400: No such resource for Basic ***, ***, *** xxx" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 350


@pytest.mark.parametrize("body", [{"fault": {"type": [1], "message": {"a": 1}}}, {"error": {"a": 1}}, {"fault": "x"}, [1]])
def test_a_fault_of_odd_shape_is_told_by_its_status(client: Client, sfcc: Sfcc, body: object) -> None:
    sfcc.fail("PUT", 400, body)
    with pytest.raises(SfccPermanentError, match=r"HTTP 400.* \(the request must change\)\.$"):
        client.request("Trying", "PUT", "/x", data=b"")


def test_a_redirect_is_told_with_where_it_leads(client: Client, sfcc: Sfcc) -> None:
    sfcc.fail("GET /x", 302, headers={"Location": "https://login.example.com/?token=abc"})
    with pytest.raises(SfccPermanentError, match=r"HTTP 302 \(it redirects to login\.example\.com; check SFCC_URL\)\.$"):
        client.document("Trying", "GET", "/x")


def test_the_user_of_an_address_is_in_no_message() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://user:word@127.0.0.1:{free.getsockname()[1]}"
    with Client(Instance(url, "client", SECRET, url, retries=0)) as client, pytest.raises(SfccTransientError) as caught:
        webdav.size(client, "Impex/x")
    assert "word" not in str(caught.value)
