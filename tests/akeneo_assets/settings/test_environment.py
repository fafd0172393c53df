"""Addresses and secrets: what is missing is named, what is secret stays so."""

from pathlib import Path

import pytest

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.environment import Environment

COMPLETE = {
    "AKENEO_URL": "https://pim.example",
    "AKENEO_CLIENT_ID": "client",
    "AKENEO_CLIENT_SECRET": "hush",
    "AKENEO_USERNAME": "user",
    "AKENEO_PASSWORD": "hush-hush",
    "SFCC_URL": "https://sfcc.example",
    "SFCC_CLIENT_ID": "client",
    "SFCC_CLIENT_SECRET": "hush",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_environment_is_read_when_asked_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    environment = Environment.read()
    assert environment.akeneo_url == "https://pim.example"
    assert environment.sfcc_login_url == "https://account.demandware.com"
    assert (environment.connector_store, environment.connector_config) == (Path("var/store"), Path("connector.yaml"))
    monkeypatch.setenv("AKENEO_URL", "https://other.example")
    assert Environment.read().akeneo_url == "https://other.example"


def test_an_env_file_serves_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in COMPLETE.items()) + "\nOTHER=1\n")
    assert Environment.read().sfcc_client_secret.get_secret_value() == "hush"


def test_all_missing_variables_are_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AKENEO_PASSWORD")
    monkeypatch.setenv("SFCC_URL", "")
    with pytest.raises(SettingsError) as error:
        Environment.read()
    assert str(error.value) == "Missing in the environment: AKENEO_PASSWORD, SFCC_URL; set them there or in an .env file."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("AKENEO_URL", wrong) for wrong in ("pim.example", "127.0.0.1:80", "ftp://pim.example", "https://", "https://a b")),
        ("AKENEO_URL", "https://user:hush@pim.example"),
        ("SFCC_URL", "sfcc.example"),
        ("SFCC_LOGIN_URL", "account.example"),
        ("SFCC_CA_FILE", "/nowhere/ca.pem"),
        ("SFCC_XSD_DIR", "/nowhere"),
    ],
)
def test_what_can_t_be_used_is_named_but_not_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for good in COMPLETE.items():
        monkeypatch.setenv(*good)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        Environment.read()
    assert str(error.value) == (
        f"Not usable in the environment: {name}; give addresses as https://host, and files and folders that exist."
    )


def test_secrets_are_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    assert "hush" not in repr(Environment.read()) + str(Environment.read())
