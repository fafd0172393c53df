from typing import Any

import pytest
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.pim.paging import pages, with_parameters
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError, PimError

FAMILIES = "/api/rest/v1/families"


def page(codes: list[str], next_link: str | None = None, key: str = "items") -> Reply:
    links: dict[str, Any] = {"self": {"href": "x"}}
    if next_link:
        links["next"] = {"href": next_link}
    return Reply({"_links": links, "_embedded": {key: [{"code": code} for code in codes]}})


def codes(client: PimClient, path: str = "families", **params: Any) -> list[list[str]]:
    return [[item["code"] for item in found] for found in pages(client, path, {"limit": 2, **params})]


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


def test_a_link_that_forgets_what_was_asked_is_given_it_back(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?page=2&limit=10"), page(["c"]))
    assert codes(client, search={"updated": []}) == [["a", "b"], ["c"]]
    assert pim.calls(FAMILIES)[1].query == {"limit": "2", "page": "2", "search": '{"updated":[]}'}


def test_a_list_that_leads_to_itself_is_an_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?limit=2"))
    with pytest.raises(PermanentPimError, match="families gives its own page as the next one"):
        codes(client)


@pytest.mark.parametrize(
    "back",
    [
        "?limit=2&page=2",
        "?page=2&limit=2",
        "families?page=2&limit=2",
        "{address}/api/rest/v1/families?page=2&limit=2",
        "http://internal:8080/api/rest/v1/families/?page=2",
    ],
)
def test_a_list_that_leads_back_to_a_page_already_read_is_an_error(pim: ScriptedPim, client: PimClient, back: str) -> None:
    pim.answers(
        FAMILIES,
        page(["a", "b"], "?limit=2&page=2"),
        page(["c", "d"], "?limit=2&page=3"),
        page(["e", "f"], back.format(address=pim.address)),
    )
    with pytest.raises(PermanentPimError, match="families gives a page already read as the next one"):
        codes(client)
    assert len(pim.calls(FAMILIES)) == 3


def test_a_list_that_gives_the_same_page_under_new_cursors_ends(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?page=2"), *(page(["c", "d"], f"?page={n}") for n in range(3, 100)))
    with pytest.raises(PermanentPimError, match="families gives the same items on two pages"):
        codes(client)
    assert len(pim.calls(FAMILIES)) == 3


def test_a_page_past_the_end_that_gives_the_last_one_again_is_an_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?page=2"), page(["a", "b"]))
    with pytest.raises(PermanentPimError, match="the same items on two pages"):
        codes(client)


def test_a_list_that_goes_on_behind_an_empty_page_is_an_error(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(FAMILIES, page(["a", "b"], "?page=2"), page([], "?page=3"), page(["c"]))
    with pytest.raises(PermanentPimError, match="goes on behind an empty page"):
        codes(client)


@pytest.mark.parametrize("link", ["categories?page=2", "/api/rest/v1/families/shoes/variants?page=2", "http://[::1/x", "/login"])
def test_a_link_to_another_list_is_an_error(pim: ScriptedPim, client: PimClient, link: str) -> None:
    pim.answers(FAMILIES, page(["a", "b"], link))
    with pytest.raises(PimError, match="names a page of another list as its next one"):
        codes(client)


def test_a_parameter_takes_the_place_of_the_links_own() -> None:
    assert (
        with_parameters("http://pim/x?limit=10&search=%7B%7D&page=2", limit=5, search="é")
        == "http://pim/x?page=2&limit=5&search=%C3%A9"
    )
