"""The OAuth answers, as the PIM's own integration tests state them."""

from typing import Any

import pytest
import requests

GOOD = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
TOKEN = "/api/oauth/v1/token"


def ask(client: Any, auth: tuple[str, str] | None = ("sandbox", "sandbox"), **kwargs: Any) -> requests.Response:
    return requests.post(client.base + TOKEN, auth=auth, timeout=10, **kwargs)


@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_token_is_given_for_json_and_for_a_form(reader: Any, encoding: str) -> None:
    answer = ask(reader, **{encoding: GOOD})
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access_token", "expires_in", "token_type", "scope", "refresh_token"}
    assert (body["expires_in"], body["token_type"], body["scope"]) == (3600, "bearer", None)


BAD_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
NO_REFRESH = 'Parameter "grant_type" or "refresh_token" is missing or empty'
BAD_GRANT = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'


@pytest.mark.parametrize(
    ("auth", "body", "message"),
    [
        (("sandbox", "wrong"), GOOD, BAD_CLIENT),
        (("wrong", "sandbox"), GOOD, BAD_CLIENT),
        (None, GOOD, BAD_CLIENT),
        (("sandbox", "sandbox"), {**GOOD, "password": "wrong"}, "No user found for the given username and password"),
        (("sandbox", "sandbox"), {**GOOD, "username": "wrong"}, "No user found for the given username and password"),
        (("sandbox", "sandbox"), {"grant_type": "password", "username": "sandbox"}, BAD_GRANT),
        (("sandbox", "sandbox"), {**GOOD, "grant_type": "magic"}, BAD_GRANT),
        (("sandbox", "sandbox"), {"grant_type": "client_credentials"}, "This grant type is not authorized for this client"),
        (
            ("sandbox", "sandbox"),
            {"grant_type": "refresh_token"},
            'Parameter "grant_type" or "refresh_token" is missing or empty',
        ),
        (
            ("sandbox", "sandbox"),
            {"grant_type": "refresh_token", "refresh_token": "no"},
            "Refresh token is invalid or has expired",
        ),
    ],
)
def test_bad_credentials_are_422_not_401(reader: Any, auth: tuple[str, str] | None, body: Any, message: str) -> None:
    answer = ask(reader, auth, json=body)
    assert (answer.status_code, answer.json()) == (422, {"code": 422, "message": message})


def test_another_content_type_is_415_and_a_huge_body_413(reader: Any) -> None:
    assert ask(reader, data="x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert ask(reader, json={**GOOD, "username": "x" * 20_000}).status_code == 413


def test_a_refresh_token_works_once_and_gives_a_new_pair(reader: Any) -> None:
    first = ask(reader, json=GOOD).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = ask(reader, json=refresh).json()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert ask(reader, json=refresh).status_code == 422


@pytest.mark.parametrize(
    ("header", "message"),
    [(None, "Authentication is required"), ("Bearer nonsense", "The access token provided is invalid.")],
)
def test_a_resource_without_a_good_token_is_401(reader: Any, header: str | None, message: str) -> None:
    answer = requests.get(reader.base + "/api/rest/v1/families", headers={"Authorization": header} if header else {}, timeout=10)
    assert (answer.status_code, answer.json()) == (401, {"code": 401, "message": message})


def test_an_access_token_expires_and_the_refresh_token_outlives_it(client: Any, clock: Any) -> None:
    pair = client.token()
    clock.now += 3600
    old = requests.get(
        client.base + "/api/rest/v1/families", headers={"Authorization": f"Bearer {pair['access_token']}"}, timeout=10
    )
    assert (old.status_code, old.json()["message"]) == (401, "The access token provided has expired.")
    refreshed = client.token(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    client.session.headers["Authorization"] = f"Bearer {refreshed['access_token']}"
    assert client.get("/families")["current_page"] == 1
    clock.now += 1_209_600
    late = ask(client, json={"grant_type": "refresh_token", "refresh_token": refreshed["refresh_token"]})
    assert late.json()["message"] == "Refresh token is invalid or has expired"
