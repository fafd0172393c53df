"""Which calls a fault meets, and what it makes of an answer: without a server. The kinds themselves: test_fault_switch."""

import orjson
import pytest

from sandbox.pim.pim_faults import CutMedia, PagePastEnd, Reply, Request, Status, TwoWayStamp, read_faults

READ = Request("GET", "/api/rest/v1/products-uuid", "limit=100&page=2", {})


def _asked(method: str, path: str) -> Request:
    return Request(method, path, "", {})


@pytest.mark.parametrize(
    ("method", "path", "met"),
    [
        ("GET", "/api/rest/v1/families", True),
        ("POST", "/api/rest/v1/products-uuid/search", True),
        ("PATCH", "/api/rest/v1/families", False),
        ("POST", "/api/oauth/v1/token", False),
        ("GET", "/api/rest/v1", False),
    ],
)
def test_without_path_and_method_every_reading_call_below_the_api_is_met(method: str, path: str, met: bool) -> None:
    assert Status(status=500).meets(_asked(method, path)) is met


def test_a_path_with_a_slash_at_its_start_is_the_whole_path() -> None:
    assert Status(status=500, path="/api/oauth/v1/token").meets(_asked("POST", "/api/oauth/v1/token"))
    assert Status(status=500, path="/*").meets(_asked("GET", "/api/rest/v1"))


@pytest.mark.parametrize(
    ("query", "met"),
    [({"page": "2"}, True), ({"page": "1"}, False), ({"limit": "1*", "page": "?"}, True), ({"search": ""}, True)],
)
def test_all_patterns_of_the_query_must_fit_and_an_absent_parameter_is_empty(query: dict[str, str], met: bool) -> None:
    assert Status(status=500, query=query).meets(READ) is met


def test_cuts_are_about_downloads_and_two_way_stamps_about_writes() -> None:
    assert CutMedia(at=1).meets(_asked("GET", "/api/rest/v1/media-files/a/b/x.png/download"))
    assert not CutMedia(at=1).meets(_asked("GET", "/api/rest/v1/media-files/a/b/x.png"))
    assert TwoWayStamp().meets(_asked("PATCH", "/api/rest/v1/products-uuid"))
    assert not TwoWayStamp().meets(READ)


def test_the_page_after_the_last_one_is_made_from_its_own_link() -> None:
    page = {
        "_links": {"self": {"href": "http://pim/x?page=2&limit=3"}},
        "current_page": 2,
        "_embedded": {"items": [{"code": "a"}]},
    }
    altered = PagePastEnd().altered(Reply(200, {"content-type": "application/json"}, orjson.dumps(page)))
    assert orjson.loads(altered.body)["_links"]["next"] == {"href": "http://pim/x?page=3&limit=3"}
    assert altered.headers["content-length"] == str(len(altered.body))


def test_an_error_is_no_page_and_stays_as_it_is() -> None:
    reply = Reply(404, {"content-type": "application/json"}, b'{"code":404}')
    assert PagePastEnd().altered(reply) == reply


def test_an_empty_document_has_no_faults() -> None:
    assert read_faults(b"{}") == ()
