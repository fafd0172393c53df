from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.pim.counting import READINGS, came_meanwhile, count, counted_whole, more_than_counted, whole_list
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import BrokenAnswerError, PermanentPimError

FAMILIES = "/api/rest/v1/families"


@pytest.mark.parametrize(
    ("read", "before", "after", "came"),
    [
        (93, 93, 93, 0),
        (0, 0, 0, 0),
        (93, 93, 95, 0),  # two came where they had been passed
        (95, 93, 95, 0),  # and were read, too
        (90, 93, 90, 0),
        (93, 93, 90, 0),  # three went after they were read
        (91, 93, 93, 2),  # two came, unread; two went, unread
        (95, 93, 93, 2),
        (88, 93, 90, 2),
    ],
)
def test_edits_while_a_list_is_read_explain_a_difference(read: int, before: int, after: int, came: int) -> None:
    assert counted_whole("families", read, before, after, came) is None


@pytest.mark.parametrize(
    ("read", "before", "after", "came"),
    [(37, 93, 93, 0), (92, 93, 93, 0), (94, 93, 93, 0), (92, 93, 95, 0), (89, 93, 90, 0), (0, 93, 93, 5), (0, 93, 0, -5)],
)
def test_anything_else_is_told_with_all_three_numbers(read: int, before: int, after: int, came: int) -> None:
    said = counted_whole("families", read, before, after, came)
    if (read, before, after) == (0, 93, 0):  # all of them went, before they were read
        assert said is None
    else:
        assert said is not None
        assert (
            f"list families is not whole: {read} items were read, but the PIM counted {before} before and {after} after" in said
        )


@given(
    there=st.integers(0, 50),
    added=st.integers(0, 50),
    added_read=st.integers(0, 50),
    deleted=st.integers(0, 50),
    deleted_read=st.integers(0, 50),
    edited_too=st.integers(0, 5),
)
def test_no_honest_edit_trips_the_rule(
    there: int, added: int, added_read: int, deleted: int, deleted_read: int, edited_too: int
) -> None:
    deleted = min(deleted, there)
    read = there - deleted + min(deleted_read, deleted) + min(added_read, added)
    assert counted_whole("x", read, there, there + added - deleted, added + edited_too) is None
    if not deleted or not added:
        assert counted_whole("x", read, there, there + added - deleted) is None


def test_a_list_may_grow_but_not_to_twice_its_size_and_a_thousand() -> None:
    assert not more_than_counted(1_200, 100)
    assert more_than_counted(1_201, 100)


def test_products_are_counted_with_page_paging(pim: ScriptedPim, client: PimClient) -> None:
    path = "/api/rest/v1/products-uuid"
    pim.answers(path, Reply({"_links": {}, "_embedded": {"items": []}, "items_count": 93}))
    assert count(client, "products-uuid", {"family": []}) == 93
    assert came_meanwhile(client, "products-uuid", {"updated": [{"operator": ">", "value": "a"}]}, "b") == 93
    first, second = pim.calls(path)
    assert first.query == {"pagination_type": "page", "limit": "1", "with_count": "true", "search": '{"family":[]}'}
    assert orjson.loads(second.query["search"]) == {"updated": [{"operator": ">", "value": "a"}, {"operator": ">", "value": "b"}]}


def test_a_count_that_is_missing_is_no_zero(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers("/api/rest/v1/products-uuid", Reply({"_links": {}, "_embedded": {"items": []}}))
    with pytest.raises(BrokenAnswerError, match="items_count"):
        count(client, "products-uuid", {})


def page(codes: str, counted: int, following: str | None = None) -> Reply:
    links: dict[str, Any] = {"next": {"href": following}} if following else {}
    items = [{"code": code} for code in codes]
    return Reply({"_links": links, "items_count": counted, "_embedded": {"items": items}})


def read(pim: ScriptedPim, client: PimClient, *replies: Reply) -> str:
    pim.answers(FAMILIES, *replies)
    return "".join(item["code"] for item in whole_list(client, "families", {"limit": 2}))


def test_a_list_is_held_against_its_own_count(pim: ScriptedPim, client: PimClient) -> None:
    assert read(pim, client, page("ab", 3, "?page=2"), page("c", 3)) == "abc"
    assert [call.query["with_count"] for call in pim.calls(FAMILIES)] == ["true", "true"]


def test_a_list_that_lacks_items_is_read_again_and_then_told(pim: ScriptedPim, client: PimClient) -> None:
    assert read(pim, client, page("ab", 3), page("ab", 3, "?page=2"), page("c", 3)) == "abc"
    pim.seen.clear()
    with pytest.raises(PermanentPimError, match=r"list families is not whole: 2 items were read, .* 3 before and 3 after"):
        read(pim, client, page("ab", 3))
    assert len(pim.calls(FAMILIES)) == READINGS


def test_an_item_that_came_while_a_list_was_read_may_be_missing(pim: ScriptedPim, client: PimClient) -> None:
    assert read(pim, client, page("bc", 3, "?page=2"), page("d", 4)) == "bcd"  # a came before b


def test_an_item_that_moved_to_the_next_page_is_read_once(pim: ScriptedPim, client: PimClient) -> None:
    assert read(pim, client, page("bc", 3, "?page=2"), page("cd", 4)) == "bcd"


def test_a_deleted_item_lets_another_slip_through_so_that_the_list_is_read_again(pim: ScriptedPim, client: PimClient) -> None:
    slipped = (page("ab", 4, "?page=2"), page("d", 3))  # a is gone, c has moved to the page read already
    assert read(pim, client, *slipped, page("bc", 3, "?page=2"), page("d", 3)) == "bcd"
    with pytest.raises(PermanentPimError, match="families lost items each time that it was read"):
        read(pim, client, *slipped * READINGS)


def test_a_list_that_never_ends_is_left_after_a_bounded_number_of_pages(pim: ScriptedPim, client: PimClient) -> None:
    replies = [
        Reply({"_links": {"next": {"href": f"?page={n}"}}, "items_count": 3, "_embedded": {"items": items(n)}})
        for n in range(200)
    ]
    with pytest.raises(PermanentPimError, match="list families is not whole"):
        read(pim, client, *replies)
    assert len(pim.calls(FAMILIES)) < 60


def items(page_number: int) -> list[dict[str, str]]:
    return [{"code": f"{page_number}-{n}"} for n in range(100)]
