"""The SFCC instance as the b2c CLI keeps it: which file and entry hold, and what wins."""

import json
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.dw_json import of_dw_json
from akeneo_assets.settings.environment import Environment

SANDBOX = {
    "name": "sandbox",
    "hostname": "abcd-001.example",
    "client-id": "the-client",
    "client-secret": "hush",
    "username": "someone",
    "code-version": "v1",
}
STAGING = {"name": "staging", "server": "staging.example", "clientId": "other", "clientSecret": "shh"}
GIVEN = {"SFCC_URL": "https://abcd-001.example", "SFCC_CLIENT_ID": "the-client", "SFCC_CLIENT_SECRET": "hush"}
PIM = {f"AKENEO_{name}": "x" for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")} | {"AKENEO_URL": "https://pim"}


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*(name.upper() for name in Environment.model_fields), "SFCC_SERVER", "SFCC_CONFIG", "SFCC_INSTANCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def written(document: Any, path: str = "dw.json") -> None:
    Path(path).write_text(json.dumps(document))


@pytest.mark.parametrize(
    "document",
    [
        SANDBOX,
        {"configs": [STAGING, SANDBOX | {"active": True}]},
        STAGING | {"configs": [SANDBOX | {"active": True}]},
        SANDBOX | {"configs": [STAGING]},
    ],
    ids=["a root", "the active one", "an active one before the root", "the root where none is active"],
)
def test_the_entry_that_holds_gives_address_and_client(document: Any) -> None:
    written(document)
    assert of_dw_json({}) == ("dw.json (sandbox)", GIVEN)


def test_an_entry_may_be_named_in_a_file_that_is_named() -> None:
    written({"configs": [SANDBOX | {"active": True}, STAGING]}, "all.json")
    place, given = of_dw_json({"SFCC_CONFIG": "all.json", "SFCC_INSTANCE": "staging"})
    assert place == "all.json (staging)"
    assert given == {"SFCC_URL": "https://staging.example", "SFCC_CLIENT_ID": "other", "SFCC_CLIENT_SECRET": "shh"}


def test_no_file_and_no_active_entry_give_nothing() -> None:
    assert of_dw_json({}) == ("", {})
    written({"active": False, "hostname": "abcd-001.example"})
    assert of_dw_json({})[1] == {}


@pytest.mark.parametrize("name", ["SFCC_CLIENT_ID", "SFCC_CLIENT_SECRET", "SFCC_CLIENT_SECRET_FILE"])
def test_an_id_and_its_secret_come_from_one_place(name: str) -> None:
    written(SANDBOX)
    assert of_dw_json({name: "mine"})[1] == {"SFCC_URL": "https://abcd-001.example"}


@pytest.mark.parametrize("variables", [{"SFCC_URL": "https://other.example"}, {"SFCC_SERVER": "other.example"}])
def test_credentials_never_go_to_another_host(variables: dict[str, str]) -> None:
    written(SANDBOX)
    assert of_dw_json(variables) == ("", {})


def test_variables_win_over_the_file_and_the_origin_of_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    written(SANDBOX | {"account-manager-host": "login.example"})
    Path(".env").write_text("SFCC_LOGIN_URL=https://mine.example\n")
    for name, text in PIM.items():
        monkeypatch.setenv(name, text)
    environment = Environment.read()
    assert (environment.sfcc_url, environment.sfcc_login_url) == ("https://abcd-001.example", "https://mine.example")
    assert environment.sfcc_client_secret.get_secret_value() == "hush"
    assert Environment.origins() == (
        "From the environment: AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET, AKENEO_PASSWORD, AKENEO_URL, AKENEO_USERNAME. "
        "From .env: SFCC_LOGIN_URL. From dw.json (sandbox): SFCC_CLIENT_ID, SFCC_CLIENT_SECRET, SFCC_URL."
    )


def test_a_host_in_the_clis_variable_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (PIM | {"SFCC_SERVER": "abcd-002.example", "SFCC_CLIENT_ID": "a", "SFCC_CLIENT_SECRET": "b"}).items():
        monkeypatch.setenv(name, text)
    assert Environment.read().sfcc_url == "https://abcd-002.example"
    assert "From the b2c CLI's variables: SFCC_URL." in Environment.origins()


@pytest.mark.parametrize(
    ("content", "variables", "said"),
    [
        ("{", {}, "dw.json, the b2c CLI's file, is no JSON object in UTF-8: mend it, or move it away."),
        ("[]", {}, "dw.json, the b2c CLI's file, is no JSON object in UTF-8: mend it, or move it away."),
        ('{"hostname": 5}', {}, "dw.json, the b2c CLI's file: hostname is no text; write it in quotes."),
        (
            '{"configs": [{"name": "a"}]}',
            {"SFCC_INSTANCE": "b"},
            "dw.json has no instance 'b', which SFCC_INSTANCE names. It has: a.",
        ),
        (
            "{}",
            {"SFCC_CONFIG": "no.json"},
            "no.json, the b2c CLI's file, can't be read (No such file or directory): let this user read it, or name another by SFCC_CONFIG.",  # noqa: E501
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_one_sentence(content: str, variables: dict[str, str], said: str) -> None:
    Path("dw.json").write_text(content)
    with pytest.raises(SettingsError) as error:
        of_dw_json(variables)
    assert str(error.value) == said
