"""Tokens, retries and failures: what is tried again, and what a person is told."""

import socket
from pathlib import Path

import pytest
import trustme

from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client, Instance, _session
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError
from sfcc_resources.delivery.sfcc_tokens import TokenSource

from .conftest import SECRET, Sfcc, fault, served_over_tls


def test_one_token_serves_many_calls(client: Client, sfcc: Sfcc) -> None:
    for _ in range(3):
        webdav.size(client, "Impex/x")
    assert sfcc.tokens == 1


def test_a_token_is_renewed_before_it_expires(sfcc: Sfcc) -> None:
    now = [0.0]
    instance = Instance(sfcc.url, "client", SECRET, sfcc.url)
    with _session(instance, frozenset({"POST"})) as session:
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
