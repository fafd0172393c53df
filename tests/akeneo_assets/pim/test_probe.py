from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from scripted_pim import TOKEN_PATH, Reply, ScriptedPim, new_client

from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import AuthenticationError, BrokenAnswerError, UnreachableError, WrongSettingError
from akeneo_assets.pim.probe import PimInfo, changed_since, check_connection

API = "/api/rest/v1"


def listed(*items: dict[str, Any]) -> Reply:
    return Reply({"_links": {}, "_embedded": {"items": list(items)}})


@pytest.fixture
def pim(pim: ScriptedPim) -> ScriptedPim:
    pim.answers(f"{API}/system-information", Reply({"version": "7.0.42", "edition": "CE"}))
    both = [{"code": code, "category_tree": "master", "locales": [], "currencies": ["EUR"]} for code in ("ecommerce", "print")]
    pim.answers(f"{API}/channels", listed(*both))
    return pim


def test_a_sound_connection_tells_version_and_edition(pim: ScriptedPim, client: PimClient) -> None:
    assert check_connection(client, ["ECommerce", "print"]) == PimInfo("7.0.42", "CE")


def test_an_unknown_channel_names_those_that_exist(pim: ScriptedPim, client: PimClient) -> None:
    with pytest.raises(WrongSettingError, match=r"no channel 'web': set one of those it has \(ecommerce, print\)"):
        check_connection(client, ["ecommerce", "web"])


@pytest.mark.parametrize(
    ("version", "accepted"), [("6.0.12", False), ("v5.0.1", False), ("7.0.0", True), ("20260812", True), ("", True)]
)
def test_a_pim_without_products_by_uuid_is_refused(pim: ScriptedPim, client: PimClient, version: str, accepted: bool) -> None:
    pim.answers(f"{API}/system-information", Reply({"version": version, "edition": "CE"}))
    if accepted:
        assert check_connection(client, ["ecommerce"]).version == version
    else:
        with pytest.raises(WrongSettingError, match=r"need 7\.0 or later"):
            check_connection(client, ["ecommerce"])


@pytest.mark.parametrize("body", [{}, [], None, {"version": 7, "edition": "CE"}, {"message": "Down"}])
def test_a_version_that_is_none_ends_it(pim: ScriptedPim, client: PimClient, body: Any) -> None:
    pim.answers(f"{API}/system-information", Reply(body))
    with pytest.raises(BrokenAnswerError, match=r"system-information on .* the answer is not whole"):
        check_connection(client, ["ecommerce"])


def test_codes_of_the_pim_are_made_readable(pim: ScriptedPim, client: PimClient) -> None:
    strange = {"code": "a\x1b[31m\nb", "category_tree": "t", "locales": [], "currencies": []}
    pim.answers(f"{API}/channels", listed(strange))
    with pytest.raises(WrongSettingError, match=r"one of those it has \(a b\)"):
        check_connection(client, ["ecommerce"])


def test_wrong_credentials_end_it(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(TOKEN_PATH, Reply({"code": 422, "message": "No user found for the given username and password"}, 422))
    with pytest.raises(AuthenticationError, match="No user found"):
        check_connection(client, ["ecommerce"])


def test_an_unreachable_host_is_told_after_one_retry() -> None:
    sleeps: list[float] = []
    client = new_client("http://127.0.0.1:9", sleep=sleeps.append)
    with pytest.raises(UnreachableError, match="no answer from http://127"):
        check_connection(client, ["ecommerce"])
    assert len(sleeps) == 1
    client.close()


def test_changes_are_asked_of_each_list_on_its_own_clock(pim: ScriptedPim, client: PimClient) -> None:
    nothing, something = listed(), listed({"code": "x", "uuid": "1", "type": "text"})
    for path, reply in {
        "products-uuid": something,
        "product-models": nothing,
        "categories": something,
        "attributes": nothing,
        "families": nothing,
    }.items():
        pim.answers(f"{API}/{path}", reply)
    changed = changed_since(client, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "Europe/Paris")
    assert changed == {"products-uuid", "categories"}
    asked = {call.path.removeprefix(f"{API}/"): call.query for call in pim.seen if call.path != TOKEN_PATH}
    assert {name: query["limit"] for name, query in asked.items()} == dict.fromkeys(asked, "1")
    stamps = {name: orjson.loads(query["search"])["updated"][0] for name, query in asked.items()}
    assert stamps == {
        "products-uuid": {"operator": ">", "value": "2026-07-02 00:30:00"},
        "product-models": {"operator": ">", "value": "2026-07-02 00:30:00"},
        "categories": {"operator": ">", "value": "2026-07-01T22:30:00+00:00"},
        "attributes": {"operator": ">", "value": "2026-07-01T22:30:00+00:00"},
        "families": {"operator": ">", "value": "2026-07-01T22:30:00+00:00"},
    }
