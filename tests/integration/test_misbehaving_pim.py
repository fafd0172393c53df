"""What a load does when the PIM gives less than the whole: it stops in one sentence, and SFCC keeps all that it has."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from akeneo_assets import resources
from akeneo_assets.pim.pim_client import PimClient

PRODUCTS = {"path": "products-uuid", "query": {"pagination_type": "search_after"}}
NOT_FOUND = {"kind": "status", "status": 404, "body": {"code": 404, "message": "No route found"}}


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    made = place_at(pim_of("demo"))
    made.jobs("3-2")
    return made


@pytest.fixture(scope="module")
def before(place: Any) -> dict[str, str]:
    """What the instance held before the PIM misbehaved."""
    return dict(place.export().objects())


@pytest.fixture
def misbehave(place: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well. The client doesn't wait between its tries."""

    class Hasty(PimClient):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, sleep=lambda _: None, **options)

    def put(*faults: dict[str, Any]) -> None:
        requests.put(f"{place.pim_url}/sandbox/faults", json={"faults": faults}, timeout=10).raise_for_status()

    monkeypatch.setattr(resources, "PimClient", Hasty)
    yield put
    put()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (NOT_FOUND | {"path": "categories"}, r"GET /api/rest/v1/categories was refused by the PIM \(404\)"),
        (NOT_FOUND | {"path": "attributes"}, r"GET /api/rest/v1/attributes was refused by the PIM \(404\)"),
        (NOT_FOUND | {"path": "families"}, r"GET /api/rest/v1/families was refused by the PIM \(404\)"),
        ({"kind": "empty_list", "path": "attributes"}, r"list attributes is empty, which it is in no working PIM"),
        ({"kind": "partial_list", "path": "families", "keep": 3, "counts_all": True}, r"list families is not whole: 3 items"),
        (
            {"kind": "body", "path": "families", "body": {"code": 500, "message": "Oops"}},
            r"after 9 tries: the answer is not whole",
        ),
        (PRODUCTS | {"kind": "body", "body": {}, "after": 1}, r"after 9 tries: the answer is not whole"),
        (PRODUCTS | {"kind": "self_next"}, r"products-uuid.* (twice|circle|no end|again|itself)"),
        (
            PRODUCTS | {"kind": "partial_list", "keep": 0.5},
            r"list products is not whole: 43 items were read, but the PIM counted 85 before and 85 after",
        ),
    ],
    ids=lambda value: f"{value['kind']} {value['path']}" if isinstance(value, dict) else "",
)
def test_an_answer_that_is_not_whole_stops_the_load_and_takes_nothing_away(
    place: Any, before: dict[str, str], misbehave: Callable[..., None], fault: dict[str, Any], sentence: str
) -> None:
    misbehave(fault)
    run = place.job("3-2")
    assert not run.ok
    assert any(re.search(sentence, failure) for failure in run.failures), run.failures
    assert "Traceback" not in "\n".join(run.failures)
    assert run.objects == {}
    assert dict(place.export().objects()) == before


def test_the_next_clean_load_finds_everything_as_it_was(
    place: Any, before: dict[str, str], misbehave: Callable[..., None]
) -> None:
    misbehave()
    run = place.job("3-2")
    assert run.ok, run.failures
    assert dict(place.export().objects()) == before
