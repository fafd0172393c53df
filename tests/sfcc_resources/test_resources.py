"""The Dagster resource: settings are read when asked for, and missing ones are named."""

import pytest

from sfcc_resources.delivery.errors import SfccPermanentError
from sfcc_resources.resources import SfccInstance, instance_of

SETTINGS = {"SFCC_URL": "https://shop.example", "SFCC_CLIENT_ID": "id", "SFCC_CLIENT_SECRET": "secret"}


def test_the_account_manager_is_salesforces_unless_told_otherwise() -> None:
    assert instance_of(SETTINGS).login_url == "https://account.demandware.com"
    assert instance_of({**SETTINGS, "SFCC_LOGIN_URL": ""}).login_url == "https://account.demandware.com"
    assert instance_of({**SETTINGS, "SFCC_LOGIN_URL": "https://am.example"}).login_url == "https://am.example"


def test_missing_settings_are_named_together() -> None:
    with pytest.raises(SfccPermanentError, match="SFCC can't be reached without SFCC_CLIENT_ID, SFCC_CLIENT_SECRET; set it"):
        instance_of({"SFCC_URL": "https://shop.example"})


def test_the_environment_is_read_when_a_client_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    resource = SfccInstance()
    with pytest.raises(SfccPermanentError, match="SFCC_URL"):
        resource.client()
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SFCC_CA_FILE", "ca.pem")
    with resource.client() as client:
        assert (client.instance.url, client.instance.ca_file) == ("https://shop.example", "ca.pem")
