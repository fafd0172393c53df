from typing import Any

import pytest
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

FAMILIES = "/api/rest/v1/families"


def page(codes: list[str], next_link: str | None = None, key: str = "items") -> Reply:
    links: dict[str, Any] = {"self": {"href": "x"}}
    if next_link:
        links["next"] = {"href": next_link}
    return Reply({"_links": links, "_embedded": {key: [{"code": code} for code in codes]}})


def codes(client: PimClient, path: str = "families") -> list[list[str]]:
    return [[item["code"] for item in found] for found in pages(client, path, {"limit": 2})]


@pytest.mark.parametrize(
    "link",
    [
        "{address}/api/rest/v1/families?limit=2&page=2",
        "/api/rest/v1/families?limit=2&page=2",
        "?limit=2&page=2",
        "families?limit=2&page=2",
    ],
)
def test_next_links_are_followed_absolute_or_relative(pim: ScriptedPim, client: PimClient, link: str) -> None:
    pim.answers(FAMILIES, page(["a", "b"], link.format(address=pim.address)), page(["c"]))
    assert codes(client) == [["a", "b"], ["c"]]
    assert [call.query for call in pim.calls(FAMILIES)] == [{"limit": "2"}, {"limit": "2", "page": "2"}]


def test_an_empty_last_page_ends_a_list_of_full_pages(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?limit=2&page=2"), page([]))
    assert codes(client) == [["a", "b"]]


def test_lists_that_spell_items_their_own_way_are_read(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers("/api/rest/v1/asset-families", page(["a"], key="_items"))
    assert codes(client, "asset-families") == [["a"]]


def test_a_bare_array_is_one_page(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers("/api/rest/v1/measurement-families", Reply([{"code": "Weight"}]))
    assert codes(client, "measurement-families") == [["Weight"]]


def test_a_list_that_leads_to_itself_is_an_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?limit=2"))
    with pytest.raises(PermanentPimError, match="families gives its own page as the next one"):
        codes(client)
