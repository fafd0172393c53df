"""Tokens, retries and failures: what is tried again, and what a person is told."""

from pathlib import Path

import pytest
import trustme

from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError

from .conftest import SECRET, Sfcc, served_over_tls


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


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(Instance("https://x.example", "client", SECRET))


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
