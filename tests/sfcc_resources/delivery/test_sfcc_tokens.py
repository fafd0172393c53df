"""Access tokens: got once, renewed in time, and whatever the login page answers."""

import pytest
import requests

from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError
from sfcc_resources.delivery.sfcc_tokens import TokenSource

from .conftest import SECRET, Sfcc


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


def test_wrong_credentials_say_so_without_the_secret(sfcc: Sfcc) -> None:
    with Client(Instance(sfcc.url, "client", "wr&ng", sfcc.url)) as client, pytest.raises(SfccPermanentError) as caught:
        webdav.size(client, "Impex/x")
    assert "Logging in to SFCC failed" in str(caught.value)
    assert "Client authentication failed for client:***" in str(caught.value)
    assert "wr&ng" not in str(caught.value)
    assert "wr%26ng" not in str(caught.value)


@pytest.mark.parametrize("answer", [b"<html>hello</html>", b"[]", b"{}", b'{"access_token": null}'])
def test_a_login_page_that_gives_no_token_is_not_an_account_manager(client: Client, sfcc: Sfcc, answer: bytes) -> None:
    sfcc.fail("access_token", 200, answer)
    with pytest.raises(SfccPermanentError, match="gave no access token; check SFCC_LOGIN_URL"):
        webdav.size(client, "Impex/x")


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
