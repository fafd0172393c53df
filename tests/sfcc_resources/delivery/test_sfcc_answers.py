"""What an HTTP answer of SFCC tells: bounded, in one readable line, without secrets."""

import base64
import gzip
import socket

import pytest

from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError

from .conftest import SECRET, Sfcc, fault


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
