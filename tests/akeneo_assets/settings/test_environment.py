"""Addresses and secrets: what is missing is named, what is secret stays so."""

import os
import traceback
from pathlib import Path

import pytest

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.environment import Environment, load_env_file

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
        monkeypatch.setenv(name.upper(), "")  # so that what load_env_file sets goes with the test
        monkeypatch.delenv(name.upper())
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


def test_a_secrets_file_in_the_environment_wins_over_a_secret_in_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in COMPLETE.items()))
    (tmp_path / "secret").write_text("of the file")
    monkeypatch.setenv("AKENEO_PASSWORD_FILE", str(tmp_path / "secret"))
    assert Environment.read().akeneo_password.get_secret_value() == "of the file"


def test_a_secret_may_lie_in_a_file_of_its_own_unless_the_variable_is_set(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" of the file \n")
    named = {
        f"{name}_FILE": str(tmp_path / "secret") for name in ("AKENEO_PASSWORD", "SFCC_CLIENT_SECRET", "AKENEO_EVENTS_SECRET")
    }
    environment = Environment.of({name: text for name, text in COMPLETE.items() if name != "AKENEO_PASSWORD"} | named)
    assert environment.akeneo_password.get_secret_value() == " of the file "
    assert environment.sfcc_client_secret.get_secret_value() == "hush"
    assert environment.akeneo_events_secret is not None
    assert environment.akeneo_events_secret.get_secret_value() == " of the file "


def test_a_file_of_a_secret_that_cannot_be_read_is_told_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"hush\xe9")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "latin", "nul\0"):
        with pytest.raises(SettingsError) as told:
            Environment.of(COMPLETE | {"AKENEO_EVENTS_SECRET_FILE": str(path)})
        assert str(told.value) == (
            "Not usable in the environment: AKENEO_EVENTS_SECRET_FILE; give the path of a file in UTF-8 that this user may read."
        )


def test_what_the_environment_has_wins_over_the_file_unless_it_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in COMPLETE.items()) + "\n")
    monkeypatch.setenv("AKENEO_URL", "https://other.example")
    monkeypatch.setenv("SFCC_URL", "")
    environment = Environment.read()
    assert (environment.akeneo_url, environment.sfcc_url) == ("https://other.example", "https://sfcc.example")


def test_an_environment_may_be_given_without_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKENEO_URL", "https://other.example")
    assert Environment.of(COMPLETE).akeneo_url == "https://pim.example"
    with pytest.raises(SettingsError, match="Missing in the environment: AKENEO_URL"):
        Environment.of(COMPLETE | {"AKENEO_URL": ""})


def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


def complaint() -> str:
    with pytest.raises(SettingsError) as error:
        Environment.read()
    return str(error.value)


def test_each_missing_variable_is_named_with_what_it_is_and_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    monkeypatch.delenv("AKENEO_PASSWORD")
    monkeypatch.setenv("SFCC_URL", "")
    assert complaint().splitlines() == [
        (
            "Missing in the environment: AKENEO_PASSWORD, the password of that user (the PIM shows it once; "
            "Connect > Connection settings makes a new one); set it there or in an .env file."
        ),
        (
            "Missing in the environment: SFCC_URL, the address of the SFCC instance, "
            "e.g. https://zzzz-001.dx.commercecloud.salesforce.com; set it there or in an .env file."
        ),
    ]


ADDRESS = "give it as https://host, without user and password"
HEADER = "it holds blanks, control characters or letters beyond ASCII, so copy it again"
TEXT = "it holds a line break, another control character, or bytes that are no UTF-8, so copy it again"
PIM = "the address of the PIM, e.g. https://example.cloud.akeneo.com"
INSTANCE = "the address of the SFCC instance, e.g. https://zzzz-001.dx.commercecloud.salesforce.com"
IN_THE_PIM = "(in the PIM under Connect > Connection settings)"
IN_THE_ACCOUNT_MANAGER = "(in the Account Manager under API Client)"
THE_PASSWORD = "the password of that user (the PIM shows it once; Connect > Connection settings makes a new one)"


@pytest.mark.parametrize(
    ("name", "value", "what", "advice"),
    [
        *(
            ("AKENEO_URL", wrong, PIM, ADDRESS)
            for wrong in ("pim.example", "127.0.0.1:80", "ftp://pim.example", "https://", "https://a b", "https://pim\n")
        ),
        ("AKENEO_URL", "https://user:hush@pim.example", PIM, ADDRESS),
        ("SFCC_URL", "sfcc.example", INSTANCE, ADDRESS),
        ("SFCC_LOGIN_URL", "account.example", "the address of the Account Manager", ADDRESS),
        ("AKENEO_CLIENT_ID", "1_hush ", f"the client id of the PIM's connection {IN_THE_PIM}", HEADER),
        ("AKENEO_CLIENT_SECRET", "hüsh", f"the secret of the PIM's connection {IN_THE_PIM}", HEADER),
        ("AKENEO_USERNAME", "hush\r", f"the user name of the PIM's connection {IN_THE_PIM}", TEXT),
        ("AKENEO_PASSWORD", "hush\udcff", THE_PASSWORD, TEXT),
        ("SFCC_CLIENT_ID", "hush\nhush", f"the id of the API client {IN_THE_ACCOUNT_MANAGER}", HEADER),
        ("SFCC_CLIENT_SECRET", "hush\n", f"the password of the API client {IN_THE_ACCOUNT_MANAGER}", TEXT),
        *(
            (
                "SFCC_CA_FILE",
                wrong,
                "certificates to trust instead of the well-known ones",
                "give the path of a file that exists and that this user may read",
            )
            for wrong in ("/nowhere/ca.pem", "/tmp", "/" + "x" * 5000)
        ),
        (
            "SFCC_XSD_DIR",
            "/nowhere",
            "folder of SFCC's XML schemas",
            "give the path of a folder that exists and that this user may read",
        ),
    ],
)
def test_what_can_t_be_used_is_named_but_not_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, what: str, advice: str
) -> None:
    complete(monkeypatch)
    monkeypatch.setenv(name, value)
    assert complaint() == f"Not usable in the environment: {name}, {what}; {advice}."


def test_a_user_name_and_passwords_may_hold_blanks_and_letters_of_any_script(monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    for name in ("AKENEO_USERNAME", "AKENEO_PASSWORD", "SFCC_CLIENT_SECRET"):
        monkeypatch.setenv(name, " пароль é ")
    environment = Environment.read()
    assert environment.akeneo_username == " пароль é "
    assert environment.akeneo_password.get_secret_value() == " пароль é "
    assert environment.sfcc_client_secret.get_secret_value() == " пароль é "


def test_an_env_file_of_a_windows_editor_serves_too(tmp_path: Path) -> None:
    text = "\r\n".join(f"{name}={value}" for name, value in COMPLETE.items())
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert Environment.read().akeneo_url == "https://pim.example"
    load_env_file()
    assert os.environ["AKENEO_URL"] == "https://pim.example"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            "AKENEO_PASSWORD=hush".encode("utf-16"),
            ".env isn't UTF-8: save it in that encoding, or set the variables in the environment.",
            id="what PowerShell writes",
        ),
        pytest.param(
            b"#" * ((1 << 20) + 1),
            ".env has more than 1 MiB: check the file, or set the variables in the environment.",
            id="more than 1 MiB",
        ),
        *(
            pytest.param(
                content,
                (
                    ".env, line 2, can't be read: write NAME=value, the value in single quotes where it holds blanks, # or $, "
                    "or set the variables in the environment."
                ),
                id=why,
            )
            for content, why in (
                (b"A=1\nAKENEO_PASSWORD: hush\n", "a colon for an equals sign"),
                (b"A=1\nAKENEO_PASSWORD='hush\nB=2\n", "a quote that does not end"),
                (b"A=1\nAKENEO_PASSWORD=hu\0sh\n", "a NUL"),
            )
        ),
    ],
)
def test_an_env_file_that_can_not_be_read_is_one_sentence_without_its_content(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    assert complaint() == sentence
    with pytest.raises(SettingsError) as error:
        load_env_file()
    assert str(error.value) == sentence


def test_a_secret_is_in_no_exception_that_led_to_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    monkeypatch.setenv("AKENEO_PASSWORD", "hush\n")
    with pytest.raises(SettingsError) as error:
        Environment.read()
    assert "hush" not in "".join(traceback.format_exception(error.value))


def test_secrets_are_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    assert "hush" not in repr(Environment.read()) + str(Environment.read())
